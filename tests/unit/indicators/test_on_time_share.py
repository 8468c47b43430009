"""Indicator 2.1: which counts are in numerator, denominator and total."""

import doctest

import pytest

from services.domain.case import COUNTERS
from services.domain.policy import BUCKETS
from services.indicators import on_time_share
from services.rules import load_rules

POLICY = load_rules("Asia/Ho_Chi_Minh").policy


def counts(**named: int) -> list[int]:
    return [named.get(name.replace(".", "_"), 0) for name in COUNTERS]


@pytest.mark.parametrize(
    ("counter", "bucket", "numerator", "denominator", "total"),
    [
        ("ended_on_time", "on_time", 1, 1, 1),
        ("ended_late", "late", 0, 1, 1),
        ("ended_no_deadline", "no_deadline", 0, 0, 1),
        ("ended_unknown", "unknown", 0, 0, 1),
        ("open_in_time", "in_time", 1, 1, 1),
        ("open_overdue", "overdue", 0, 1, 1),
        ("open_no_deadline", "no_deadline", 0, 0, 1),
        ("open_unknown", "unknown", 0, 0, 1),
        ("orphan", "orphan", 0, 0, 0),
    ],
)
def test_every_counted_bucket_has_its_place(
    counter: str, bucket: str, numerator: int, denominator: int, total: int
) -> None:
    figure = on_time_share.measure(counts(**{counter: 1}), POLICY)
    assert (figure.numerator, figure.denominator, figure.total) == (numerator, denominator, total)
    assert figure.buckets == {name: int(name == bucket) for name in BUCKETS}


@pytest.mark.parametrize("counter", ["received", "transferred_in", "transferred_out", "reopened"])
def test_moves_are_in_no_bucket(counter: str) -> None:
    assert not any(on_time_share.measure(counts(**{counter: 1}), POLICY).buckets.values())


def test_buckets_sum_to_total_and_orphans() -> None:
    figure = on_time_share.measure(list(range(1, len(COUNTERS) + 1)), POLICY)
    assert sum(figure.buckets.values()) == figure.total + figure.buckets["orphan"]


def test_no_data_is_a_denominator_of_zero() -> None:
    assert on_time_share.measure(counts(), POLICY)[:3] == (0, 0, 0)


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(on_time_share).failed == 0
