"""Indicator 2.1 and the rates of the other policies: which counts are in numerator, denominator and total."""

import doctest

import pytest

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Figure, Horizon
from services.domain.organisations import ALL
from services.domain.periods import month_of_label
from services.domain.policy import BUCKETS, Policy
from services.indicators import on_time_share
from services.indicators.on_time_share import DEFINITION, measure, rate
from tests.unit.domain.build import RULES

POLICIES = RULES.law.policies
NATIONAL, BY_DAY, COMPLETED, PROVINCE = POLICIES
KEPT = ("early", "on_time", "in_time", "due_soon", "paused")


def figure(counts: Cell) -> Figure:
    """Under the national portal's policy, of counters that name its bucket alone."""
    return rate(counts, NATIONAL, [NATIONAL])


@pytest.mark.parametrize("state", ["ended", "open"])
@pytest.mark.parametrize(
    ("bucket", "numerator", "denominator"),
    [
        *((bucket, 1, 1) for bucket in KEPT),
        *((bucket, 0, 1) for bucket in ("late", "overdue")),
        *((bucket, 0, 0) for bucket in ("refused", "withdrawn", "stopped", "no_deadline", "unknown")),
    ],
)
def test_every_bucket_has_its_place_in_the_share_of_the_portal(
    state: str, bucket: str, numerator: int, denominator: int
) -> None:
    found = figure({f"{state}.{bucket}": 1})
    assert (found.numerator, found.denominator, found.total) == (numerator, denominator, 1)
    assert found.parts == {name: int(name == bucket) for name in BUCKETS}


def test_orphans_are_shown_and_in_no_total() -> None:
    found = figure({"orphan": 3})
    assert (found.numerator, found.denominator, found.total, found.parts["orphan"]) == (0, 0, 0, 3)


@pytest.mark.parametrize(
    "counter", ["received", "transferred_in", "transferred_out", "reopened", "handover.ended.late"]
)
def test_moves_and_the_other_track_are_in_no_bucket(counter: str) -> None:
    assert not any(figure({counter: 1}).parts.values())


def test_buckets_sum_to_total_and_orphans() -> None:
    counts = {f"ended.{name}": n for n, name in enumerate(BUCKETS[:-1], 1)} | {"orphan": 99}
    found = figure(counts)
    assert found.total == 78
    assert sum(found.parts.values()) == found.total + found.parts["orphan"]


def test_no_data_is_a_denominator_of_zero() -> None:
    assert figure({}) == Figure(0, 0, 0, dict.fromkeys(BUCKETS, 0))


JOINT = {
    "ended.late/on_time/late": 1,
    "ended.on_time/stopped/stopped": 2,
    "open.in_time/in_time/in_time": 4,
    "open.overdue/paused/overdue": 8,
    "handover.ended.early": 16,
    "handover.open.due_soon": 32,
}


@pytest.mark.parametrize(
    ("policy", "numerator", "denominator", "total"),
    [(NATIONAL, 6, 15, 15), (BY_DAY, 15, 15, 15), (COMPLETED, 0, 1, 15), (PROVINCE, 16, 16, 48)],
)
def test_each_policy_reads_its_own_buckets_by_its_own_table(
    policy: Policy, numerator: int, denominator: int, total: int
) -> None:
    found = rate(JOINT, policy, POLICIES)
    assert (found.numerator, found.denominator, found.total) == (numerator, denominator, total)


def test_the_share_of_a_setting_is_that_of_its_policy() -> None:
    month = month_of_label("2026-01")
    pool = RULES.pool().fill({("a", "p", month, counter): n for counter, n in JOINT.items()})
    period = next(pool.series["a", ALL].periods(month, month))
    for policy in POLICIES:
        setting = RULES.maker().setting(pool, "a", ALL, period, policy, as_of=0)
        assert measure(period.counts, setting) == rate(JOINT, policy, POLICIES)


def test_the_indicator_is_a_sum_per_policy_at_the_end_of_a_period() -> None:
    assert (DEFINITION.id, DEFINITION.name, DEFINITION.unit) == (
        "2.1",
        "Cases handled early or on time",
        "share",
    )
    assert DEFINITION.version == 1
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.PERIOD_END)
    assert DEFINITION.is_per_policy
    assert DEFINITION.has_drill_down
    assert DEFINITION.source == "Decision 766/QD-TTg, indicator 2.1"


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(on_time_share).failed == 0
