"""The due instants of a case as lines: whose they are, how they differ, and every step with its source."""

from dataclasses import replace
from datetime import date

import pytest

from services.domain.calendar import DayNote
from services.domain.deadline import Step
from services.domain.due_account import DueAccount, Missing
from services.domain.policy import Stands
from services.text_layout import WIDTH
from services.why_due_text import WHY_MISSING, Sources, due_lines
from tests.unit.domain.build import ZONE, at

HOUR = 3_600_000
DUE = DueAccount(
    stands=(Stands.PROCESSING, Stands.HAND_OVER),
    judged_at=at("Mon 2026-01-12 10:00"),
    source_at=at("Fri 2026-01-09 09:00"),
    given_by=3,
    credit_ms=0,
    computed_at=at("Thu 2026-01-08 09:00"),
    missing=None,
    rule_set="Decree X",
    rule_source="Decree X (paper)",
    steps=(),
    difference_ms=24 * HOUR,
    difference_working_seconds=8 * 3600,
)


def told(account: DueAccount) -> list[str]:
    return list(due_lines(account, Sources(), ZONE))


def test_both_due_instants_and_their_difference_are_told() -> None:
    assert told(DUE) == [
        "  For the processing and the hand-over, by the facts up to Mon 2026-01-12 10:00:",
        "  by the source   Fri 2026-01-09 09:00, given by #3",
        "  by the law      Thu 2026-01-08 09:00",
        "  under           Decree X  [1]",
        "  difference      the source's is 24 h 0 min later on the clock, 8 h 0 min in working time",
    ]
    assert told(replace(DUE, stands=(Stands.HAND_OVER,)))[0].startswith("  For the hand-over, by the facts")


@pytest.mark.parametrize(
    ("ms", "working", "said"),
    [
        (0, 0, "none, both agree"),
        (-90 * 60_000, -3600, "the source's is 1 h 30 min earlier on the clock, 1 h 0 min in working time"),
        (HOUR, None, "the source's is 1 h 0 min later on the clock"),
    ],
)
def test_the_difference_says_which_is_earlier(ms: int, working: int | None, said: str) -> None:
    account = replace(DUE, difference_ms=ms, difference_working_seconds=working)
    assert f"  difference      {said}" in told(account)


def test_credited_waiting_is_told_with_what_it_moves() -> None:
    line = " ".join(" ".join(told(replace(DUE, credit_ms=24 * HOUR))[1:3]).split())
    assert line == (
        "by the source Fri 2026-01-09 09:00, given by #3;"
        " Sat 2026-01-10 09:00 where 24 h 0 min of waiting are credited"
    )


@pytest.mark.parametrize("missing", Missing)
def test_without_a_computed_due_instant_the_reason_is_told(missing: Missing) -> None:
    account = replace(
        DUE, computed_at=None, missing=missing, rule_set=None, rule_source=None, difference_ms=None
    )
    lines = told(replace(account, source_at=None, given_by=None))
    assert lines[1] == "  by the source   none: it named no appointment"
    assert (
        " ".join(" ".join(lines[2:]).split()) == f"by the law none: {WHY_MISSING[missing]} ({missing.value})"
    )


def test_each_step_and_each_day_has_its_source_and_each_source_one_number() -> None:
    days = (
        DayNote(date(2026, 1, 5), False, None, 21_600, "working day; the clock starts", "the calendar"),
        DayNote(date(2026, 1, 6), True, 1, 0, "holiday " * 12, "the law"),
    )
    steps = (Step("limit", None, "the law"), Step("due", at("Thu 2026-01-08 09:00"), "the law", True, days))
    sources = Sources()
    lines = list(due_lines(replace(DUE, steps=steps), sources, ZONE))
    assert lines[5:8] == [
        "    limit  [2]",
        "    due: Thu 2026-01-08 09:00  [2]",
        "      Mon 2026-01-05      -  6 h 0 min  working day; the clock starts  [3]",
    ]
    assert lines[8].startswith("      Tue 2026-01-06  day 1          -  holiday")
    assert all(len(line) <= WIDTH for line in lines)
    assert list(sources.lines()) == ["  [1] Decree X (paper)", "  [2] the law", "  [3] the calendar"]
