"""Buckets of the national portal's policy."""

import pytest

from services.domain.policy import BUCKETS, Policy, ended_bucket, open_bucket


@pytest.mark.parametrize(
    ("at", "ended", "open_"), [(9, "on_time", "in_time"), (10, "on_time", "in_time"), (11, "late", "overdue")]
)
def test_equality_is_on_time_for_ends_and_for_open_cases(at: int, ended: str, open_: str) -> None:
    assert ended_bucket(at, 10) == ended
    assert open_bucket(at, 10) == open_


def test_no_deadline_is_not_on_time() -> None:
    assert ended_bucket(1, None) == open_bucket(1, None) == "no_deadline"


def test_the_closed_list_has_no_bucket_twice() -> None:
    assert len(set(BUCKETS)) == len(BUCKETS) == 13


def test_a_figure_names_the_version_of_its_policy() -> None:
    nothing: frozenset[str] = frozenset()
    assert Policy("national-portal", 2, "law", nothing, nothing, nothing).label == "national-portal@2"
