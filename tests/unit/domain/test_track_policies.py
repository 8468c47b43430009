"""The four policies of the release on one case each: `domain/deadlines.md`, 2."""

from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.organisations import Organisations
from services.domain.procedures import Procedures
from tests.unit.domain.build import LAW, WARD, fact, judge
from tests.unit.domain.timeline_build import as_seen, buckets

RELEASED = replace(LAW, organisations=Organisations(), procedures=Procedures())
FOUR = ("national-portal", "by-day", "completed-only", "province-publication")
RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
FAR = "Thu 2026-12-31 12:00"


def test_these_are_the_policies_of_the_release() -> None:
    assert tuple(policy.name for policy in RELEASED.policies) == FOUR


def verdicts(*facts: Fact, as_of: str = FAR) -> str:
    found = buckets(judge(list(facts), as_of, RELEASED), RELEASED)
    return " ".join(found[name] for name in FOUR)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("Mon 2026-01-05 08:00", "on_time early early early"),
        ("Thu 2026-01-08 23:59 +59999ms", "on_time early early early"),
        ("Fri 2026-01-09 00:00", "on_time on_time early early"),
        ("Fri 2026-01-09 16:59 +59999ms", "on_time on_time early early"),
        ("Fri 2026-01-09 17:00", "on_time on_time on_time early"),
        ("Fri 2026-01-09 17:00 +1ms", "late on_time late early"),
        ("Fri 2026-01-09 23:59 +59999ms", "late on_time late early"),
        ("Sat 2026-01-10 00:00", "late late late late"),
    ],
)
def test_a_result_handed_over_is_judged_by_instant_or_day(end: str, expected: str) -> None:
    assert verdicts(RECEIVED, fact("RETURNED", end)) == expected


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("Wed 2026-01-07 16:59 +59999ms", "in_time in_time in_time in_time"),
        ("Wed 2026-01-07 17:00", "in_time in_time in_time due_soon"),
        ("Fri 2026-01-09 17:00", "in_time in_time in_time due_soon"),
        ("Fri 2026-01-09 17:00 +1ms", "overdue in_time overdue due_soon"),
        ("Fri 2026-01-09 23:59 +59999ms", "overdue in_time overdue due_soon"),
        ("Sat 2026-01-10 00:00", "overdue overdue overdue overdue"),
    ],
)
def test_an_open_case_is_in_time_until_its_due_instant_or_the_end_of_its_due_day(
    as_of: str, expected: str
) -> None:
    assert verdicts(RECEIVED, as_of=as_of) == expected


def test_what_is_finished_and_not_handed_over_is_open_for_one_policy() -> None:
    assert verdicts(RECEIVED, PROCESSED, as_of="Thu 2026-01-08 10:00") == "on_time early early due_soon"
    assert verdicts(RECEIVED, PROCESSED) == "on_time early early overdue"
    assert (
        verdicts(RECEIVED, PROCESSED, fact("RETURNED", "Sat 2026-01-10 00:00")) == "on_time early early late"
    )


@pytest.mark.parametrize(
    ("kind", "in_time", "too_late"),
    [
        ("REFUSED", "on_time early refused refused", "late late refused refused"),
        ("WITHDRAWN", "on_time early withdrawn withdrawn", "late late withdrawn withdrawn"),
        ("STOPPED", "on_time stopped stopped stopped", "late stopped stopped stopped"),
    ],
)
def test_what_ended_without_a_result_is_judged_by_some_and_apart_for_others(
    kind: str, in_time: str, too_late: str
) -> None:
    assert verdicts(RECEIVED, fact(kind, "Thu 2026-01-08 10:00")) == in_time
    assert verdicts(RECEIVED, fact(kind, "Mon 2026-01-12 10:00")) == too_late


ASKED = fact("SUPPLEMENT_REQUESTED", "Wed 2026-01-07 16:00")
ANSWERED = fact("SUPPLEMENTED", "Thu 2026-01-08 16:00")


def test_waiting_for_the_applicant() -> None:
    assert verdicts(RECEIVED, ASKED) == "paused paused paused paused"
    again = fact("SUPPLEMENT_REQUESTED", "Thu 2026-01-08 10:00")
    assert verdicts(RECEIVED, ASKED, again) == "overdue paused paused paused"
    too_late = fact("SUPPLEMENT_REQUESTED", "Mon 2026-01-12 10:00")
    assert verdicts(RECEIVED, too_late) == "overdue paused overdue overdue"
    assert (
        verdicts(RECEIVED, fact("FEE_REQUESTED", "Wed 2026-01-07 16:00")) == "overdue paused overdue overdue"
    )


def test_the_waiting_for_an_answered_supplement_is_credited_by_two_policies() -> None:
    ended = fact("RETURNED", "Sat 2026-01-10 16:00")
    assert verdicts(RECEIVED, ASKED, ANSWERED, ended) == "on_time late late early"
    open_ = "Sat 2026-01-10 16:00"
    assert verdicts(RECEIVED, ASKED, ANSWERED, as_of=open_) == "in_time overdue overdue due_soon"


@pytest.mark.parametrize("kind", ["PROCESSED", "RETURNED", "REFUSED", "WITHDRAWN", "STOPPED"])
def test_no_deadline_is_on_time_for_nobody(kind: str) -> None:
    received = RECEIVED._replace(due_at=None)
    assert verdicts(received) == "no_deadline no_deadline no_deadline no_deadline"
    assert verdicts(received, ASKED) == "no_deadline no_deadline no_deadline no_deadline"
    assert (
        verdicts(received, fact(kind, "Thu 2026-01-08 10:00"))
        == "no_deadline no_deadline no_deadline no_deadline"
    )


# 9 → 4 → 9: which end stands


def told(name: str, *facts: Fact) -> dict[str, int]:
    evaluation = judge(list(facts), FAR, RELEASED)
    policy = next(policy for policy in RELEASED.policies if policy.name == name)
    seen = as_seen(evaluation.contributions.items(), policy, RELEASED)
    return {key.replace(f" {WARD}", ""): n for key, n in seen.items()}


RECALLED = fact("RECALLED", "Mon 2026-02-09 10:00")
AGAIN = fact("PROCESSED", "Mon 2026-03-09 10:00")
RETURNED = fact("RETURNED", "Tue 2026-03-10 10:00")


@pytest.mark.parametrize(
    ("policy", "first"), [("national-portal", "on_time"), ("by-day", "early"), ("completed-only", "early")]
)
def test_a_recalled_result_is_an_end_a_reopening_and_another_end(policy: str, first: str) -> None:
    assert told(policy, RECEIVED, PROCESSED, RECALLED, AGAIN, RETURNED) == {
        "2026-01 received": 1,
        f"2026-01 ended.{first}": 1,
        "2026-02 reopened": 1,
        "2026-02 open.overdue": 1,
        "2026-03 open.overdue": -1,
        "2026-03 ended.late": 1,
    }
    assert verdicts(RECEIVED, PROCESSED, RECALLED, AGAIN).startswith("late late late")


def test_a_recall_before_the_hand_over_reopens_nothing_for_those_who_count_the_hand_over() -> None:
    assert told("province-publication", RECEIVED, PROCESSED, RECALLED, AGAIN, RETURNED) == {
        "2026-01 received": 1,
        "2026-01 open.overdue": 1,
        "2026-03 open.overdue": -1,
        "2026-03 ended.late": 1,
    }


def test_a_recall_after_the_hand_over_reopens_the_case_for_all() -> None:
    handed_over = fact("RETURNED", "Fri 2026-01-09 10:00")
    facts = [RECEIVED, PROCESSED, handed_over, RECALLED, AGAIN, RETURNED]
    expected = {
        "2026-01 received": 1,
        "2026-02 reopened": 1,
        "2026-02 open.overdue": 1,
        "2026-03 open.overdue": -1,
        "2026-03 ended.late": 1,
    }
    for policy, first in zip(FOUR, ("on_time", "early", "early", "early"), strict=True):
        assert told(policy, *facts) == expected | {f"2026-01 ended.{first}": 1}


def test_work_on_a_finished_case_does_not_reopen_it() -> None:
    step = fact("STEP", "Mon 2026-02-09 10:00")
    for policy in FOUR[:3]:
        assert told(policy, RECEIVED, PROCESSED, step, AGAIN) == told(policy, RECEIVED, PROCESSED)


def test_a_refusal_that_is_processed_after_all_ends_twice_for_some_and_once_for_others() -> None:
    refused = fact("REFUSED", "Thu 2026-01-08 10:00")
    again = {"2026-03 reopened": 1, "2026-03 ended.late": 1}
    facts = [RECEIVED, refused, AGAIN]
    assert told("national-portal", *facts) == {"2026-01 received": 1, "2026-01 ended.on_time": 1} | again
    assert told("completed-only", *facts) == {"2026-01 received": 1, "2026-01 ended.refused": 1} | again
    assert told("province-publication", *facts) == {"2026-01 received": 1, "2026-01 ended.refused": 1}
    assert verdicts(*facts) == "late late late refused"
    assert verdicts(*facts, RETURNED) == "late late late late"
