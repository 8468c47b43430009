"""What a policy says: from when a case is late, what is early, and which buckets count where."""

from dataclasses import replace
from typing import Any

import pytest
from egovhub.events import Kind

from services.domain.policy import (
    BUCKETS,
    UNJUDGED,
    Compare,
    Due,
    Early,
    Policy,
    Stands,
    Waiting,
)
from tests.unit.domain.build import PERIODS, RULES, at, day

NONE: frozenset[str] = frozenset()
BY_INSTANT = Policy("test", 2, "law", NONE, NONE, NONE)
BY_DAY = replace(BY_INSTANT, compare=Compare.DAY)
DUE = at("Fri 2026-01-09 17:00")
MIDNIGHT, NEXT = at("Fri 2026-01-09 00:00"), at("Sat 2026-01-10 00:00")
HOUR = 3_600_000


def test_the_closed_list_has_no_bucket_twice() -> None:
    assert BUCKETS == (
        "early",
        "on_time",
        "late",
        "in_time",
        "due_soon",
        "overdue",
        "paused",
        "refused",
        "withdrawn",
        "stopped",
        "no_deadline",
        "unknown",
        "orphan",
    )
    assert set(UNJUDGED.values()) < set(BUCKETS)


def test_a_figure_names_the_version_of_its_policy() -> None:
    assert BY_INSTANT.label == "test@2"


def test_a_policy_that_says_no_more_compares_instants_and_credits_nothing() -> None:
    plain = BY_INSTANT
    assert (plain.compare, plain.early, plain.stands) == (Compare.INSTANT, Early.NEVER, Stands.PROCESSING)
    assert (plain.due, plain.waiting_judged) == (Due.SOURCE_FIRST, Waiting.AT_REQUEST)
    assert (plain.credits_supplements, plain.max_requests, plain.due_soon_ms) == (False, None, 0)
    assert (plain.waiting, plain.unjudged) == (NONE, frozenset())


@pytest.mark.parametrize(
    ("choices", "values"),
    [
        (Compare, ["instant", "day"]),
        (Early, ["never", "before", "always"]),
        (Stands, ["processing", "hand-over"]),
        (Due, ["source-first", "source", "computed"]),
        (Waiting, ["at-request", "in-time"]),
    ],
)
def test_choices_are_called_what_reference_files_call_them(choices: Any, values: list[str]) -> None:
    assert [choice.value for choice in choices] == values


# late


@pytest.mark.parametrize("due", [DUE, MIDNIGHT, NEXT - 1])
def test_a_case_is_late_after_its_due_instant_or_its_due_day(due: int) -> None:
    assert BY_INSTANT.overdue_from(due, PERIODS) == due + 1
    assert BY_DAY.overdue_from(due, PERIODS) == NEXT


def ended(policy: Policy, at_: int, kind: Kind = Kind.PROCESSED) -> str:
    return policy.ended_bucket(kind, at_, DUE, PERIODS)


@pytest.mark.parametrize(("at_", "bucket"), [(0, "on_time"), (DUE, "on_time"), (DUE + 1, "late")])
def test_equality_with_the_due_instant_is_on_time(at_: int, bucket: str) -> None:
    assert ended(BY_INSTANT, at_) == bucket


@pytest.mark.parametrize(
    ("at_", "bucket"),
    [(MIDNIGHT - 1, "on_time"), (DUE + 1, "on_time"), (NEXT - 1, "on_time"), (NEXT, "late")],
)
def test_the_due_day_is_on_time(at_: int, bucket: str) -> None:
    assert ended(BY_DAY, at_) == bucket


# early


@pytest.mark.parametrize(
    ("policy", "at_", "bucket"),
    [
        (BY_INSTANT, DUE - 1, "early"),
        (BY_INSTANT, DUE, "on_time"),
        (BY_INSTANT, DUE + 1, "late"),
        (BY_DAY, MIDNIGHT - 1, "early"),
        (BY_DAY, MIDNIGHT, "on_time"),
        (BY_DAY, DUE, "on_time"),
        (BY_DAY, NEXT - 1, "on_time"),
        (BY_DAY, NEXT, "late"),
    ],
)
def test_what_ends_before_the_due_instant_or_day_may_be_early(policy: Policy, at_: int, bucket: str) -> None:
    assert ended(replace(policy, early=Early.BEFORE), at_) == bucket


def test_all_that_is_not_late_may_be_early() -> None:
    assert [ended(replace(BY_INSTANT, early=Early.ALWAYS), n) for n in (0, DUE, DUE + 1)] == [
        "early",
        "early",
        "late",
    ]


# unjudged


@pytest.mark.parametrize("kind", [Kind.REFUSED, Kind.WITHDRAWN, Kind.STOPPED])
@pytest.mark.parametrize("at_", [DUE, DUE + 1])
def test_an_end_that_a_policy_leaves_unjudged_has_a_bucket_of_its_own(kind: Kind, at_: int) -> None:
    assert ended(replace(BY_INSTANT, unjudged=frozenset({kind})), at_, kind) == kind.name.lower()
    others = frozenset(UNJUDGED) - {kind}
    assert ended(replace(BY_INSTANT, unjudged=others), at_, kind) == ("on_time" if at_ == DUE else "late")


# waiting


def late_since(policy: Policy, requested_at: int, *requests: int) -> int | None:
    return policy.waiting_late_since(requested_at, requests, DUE, PERIODS)


def test_a_case_asked_at_its_due_instant_is_paused_and_one_asked_after_it_is_late_since() -> None:
    assert late_since(BY_INSTANT, DUE, DUE) is None
    assert late_since(BY_INSTANT, DUE + 1, DUE + 1) == DUE + 1
    assert late_since(BY_INSTANT, DUE + HOUR, DUE + HOUR) == DUE + 1
    assert late_since(BY_DAY, NEXT - 1, NEXT - 1) is None
    assert late_since(BY_DAY, NEXT, NEXT) == NEXT


def test_a_policy_may_let_a_case_wait_whenever_it_was_asked() -> None:
    policy = replace(BY_INSTANT, waiting_judged=Waiting.IN_TIME, max_requests=0)
    assert late_since(policy, DUE + HOUR, DUE + HOUR) is None


def test_a_case_asked_too_often_is_late_since_the_request_that_was_too_many() -> None:
    once = replace(BY_INSTANT, max_requests=1)
    assert late_since(once, 5, 5) is None
    assert late_since(once, 5, 5, 7) == 7
    assert late_since(once, 5, 5, 7, 9) == 7
    assert late_since(replace(once, max_requests=2), 5, 5, 7, 9) == 9
    assert late_since(replace(once, max_requests=0), 5, 5) == 5
    assert late_since(BY_INSTANT, 5, 5, 7, 9) is None


def test_a_case_asked_too_often_before_is_late_since_it_waits_again() -> None:
    assert late_since(replace(BY_INSTANT, max_requests=1), 9, 5, 7, 9) == 9
    assert late_since(replace(BY_INSTANT, max_requests=1), 6, 5, 6) == 6


def test_a_case_asked_too_late_is_late_since_its_due_instant_however_often_it_was_asked() -> None:
    assert late_since(replace(BY_INSTANT, max_requests=1), DUE + 9, 5, DUE + 9) == DUE + 1


# time alone


def course(policy: Policy, at_: int, due: int = DUE) -> list[tuple[str | None, str]]:
    return [(day(since), bucket) for since, bucket in policy.course(at_, due, PERIODS)]


def test_an_open_case_is_in_time_and_then_overdue() -> None:
    assert BY_INSTANT.course(5, DUE, PERIODS) == [(5, "in_time"), (DUE + 1, "overdue")]
    assert BY_INSTANT.course(DUE, DUE, PERIODS) == [(DUE, "in_time"), (DUE + 1, "overdue")]
    assert BY_INSTANT.course(DUE + 1, DUE, PERIODS) == [(DUE + 1, "overdue")]
    assert BY_INSTANT.course(DUE + 9, DUE, PERIODS) == [(DUE + 9, "overdue")]
    assert course(BY_DAY, DUE) == [("Fri 2026-01-09 17:00", "in_time"), ("Sat 2026-01-10 00:00", "overdue")]


def test_a_case_is_due_soon_in_the_band_before_its_due_instant() -> None:
    soon = replace(BY_INSTANT, due_soon_ms=48 * HOUR)
    begins = DUE - 48 * HOUR
    assert soon.course(begins - 1, DUE, PERIODS) == [
        (begins - 1, "in_time"),
        (begins, "due_soon"),
        (DUE + 1, "overdue"),
    ]
    assert soon.course(begins, DUE, PERIODS) == [(begins, "due_soon"), (DUE + 1, "overdue")]
    assert soon.course(DUE, DUE, PERIODS) == [(DUE, "due_soon"), (DUE + 1, "overdue")]
    assert soon.course(DUE + 1, DUE, PERIODS) == [(DUE + 1, "overdue")]


def test_the_band_of_a_policy_that_compares_days_lasts_to_the_end_of_the_due_day() -> None:
    soon = replace(BY_DAY, due_soon_ms=HOUR)
    assert course(soon, MIDNIGHT) == [
        ("Fri 2026-01-09 00:00", "in_time"),
        ("Fri 2026-01-09 16:00", "due_soon"),
        ("Sat 2026-01-10 00:00", "overdue"),
    ]


# the table of the release: numerator, denominator and total of each bucket


def test_every_policy_of_the_release_says_where_each_bucket_counts() -> None:
    everything = set(BUCKETS) - {"orphan"}
    for policy in RULES.law.policies:
        assert policy.total == everything
        assert policy.numerator < policy.denominator < policy.total
        assert not policy.denominator & {"no_deadline", "unknown", "orphan"}
        assert {"late", "overdue", "no_deadline", "unknown", "orphan"}.isdisjoint(policy.numerator)


def test_rates_count_done_on_time_and_open_in_time_or_what_is_done_alone() -> None:
    portal, by_day, completed, province = RULES.law.policies
    kept = {"early", "on_time", "in_time", "due_soon", "paused"}
    assert portal.numerator == kept
    assert portal.denominator == kept | {"late", "overdue"}
    assert by_day.numerator == kept | {"stopped"}
    assert by_day.denominator == kept | {"stopped", "late", "overdue"}
    for policy in (completed, province):
        assert policy.numerator == {"early", "on_time"}
        assert policy.denominator == {"early", "on_time", "late"}
