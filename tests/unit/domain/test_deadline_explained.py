"""Why a due instant is that one: the steps a person reads."""

from datetime import date, time

import pytest

from services.domain.calendar import Calendar
from services.domain.deadline import Extension, Supplement, explain_due
from services.domain.procedures import RESTART, Procedure
from tests.unit.domain.build import at, day
from tests.unit.domain.deadline_build import (
    FIFTEEN_CALENDAR_DAYS,
    NEW,
    OVERLAPPING,
    RECEIVED,
    RULE_SET,
    SAME_DAY,
    THREE_DAYS,
    country,
    extension,
    supplement,
)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return country()


def told(
    rule: Procedure,
    calendar: Calendar,
    received: str,
    supplements: tuple[Supplement, ...] = (),
    extensions: tuple[Extension, ...] = (),
) -> list[tuple[str, str | None, bool]]:
    steps = explain_due(rule, RULE_SET, calendar, at(received), supplements, extensions)
    return [(step.what, day(step.instant), step.is_due) for step in steps]


def test_an_explanation_names_the_rule_and_each_shift(calendar: Calendar) -> None:
    new = extension("Tue 2026-01-06 12:00", NEW, "Tue 2026-01-06 12:00")
    second = extension("Tue 2026-01-13 12:00", "Thu 2026-01-22 10:00", "Tue 2026-01-13 12:00")
    without = extension("Tue 2026-01-06 12:00", "Thu 2026-01-22 10:00", None)
    assert told(THREE_DAYS, calendar, "Sun 2026-01-04 09:00", OVERLAPPING, (without, new, second)) == [
        ("limit: 3 working days, 1.001022 (commune)", None, False),
        ("received", "Sun 2026-01-04 09:00", False),
        ("outside working time: the clock starts with the next session", "Mon 2026-01-05 07:00", False),
        ("due", "Thu 2026-01-08 07:00", True),
        ("due, moved by 7200 working seconds of waiting for supplements", "Thu 2026-01-08 09:00", True),
        ("extended, apology in time: the new appointment", NEW, True),
        ("due, moved by 3600 working seconds of waiting for supplements", "Thu 2026-01-15 11:00", True),
        ("extension ignored: no apology early enough before the due instant", "Tue 2026-01-06 12:00", False),
        ("extension ignored: there is at most one new appointment", "Tue 2026-01-13 12:00", False),
    ]


def test_waiting_that_moves_a_limit_of_calendar_days_is_told_by_the_clock(calendar: Calendar) -> None:
    rule = FIFTEEN_CALENDAR_DAYS._replace(levels=("commune", "department"))
    waited = (supplement("Tue 2026-01-06 09:00", "Tue 2026-01-06 10:00"),)
    assert told(rule, calendar, RECEIVED, waited) == [
        ("limit: 15 calendar days, 1.001022 (commune, department)", None, False),
        ("received", RECEIVED, False),
        ("due", "Tue 2026-01-20 09:00", True),
        ("due, moved by 3600000 milliseconds of waiting for supplements", "Tue 2026-01-20 10:00", True),
    ]


def test_an_explanation_says_that_the_limit_begins_anew(calendar: Calendar) -> None:
    dated = SAME_DAY._replace(supplement=RESTART, valid_from=date(2026, 1, 1), scope="31")
    waited = (supplement("Mon 2026-01-05 16:30", "Tue 2026-01-06 15:30"),)
    assert told(dated, calendar, "Mon 2026-01-05 16:00", waited) == [
        ("limit: the day of reception, 1.001022 (commune) from 2026-01-01 set by 31", None, False),
        ("received", "Mon 2026-01-05 16:00", False),
        ("received after 15:00: counts on the next working day", "Mon 2026-01-05 16:00", False),
        ("due", "Tue 2026-01-06 17:00", True),
        ("supplement completed: the limit begins anew", "Tue 2026-01-06 15:30", False),
        ("received after 15:00: counts on the next working day", "Tue 2026-01-06 15:30", False),
        ("due", "Wed 2026-01-07 17:00", True),
    ]


def test_an_explanation_says_that_the_limit_begins_anew_after_the_new_appointment(calendar: Calendar) -> None:
    restarting = SAME_DAY._replace(supplement=RESTART)
    new = extension("Mon 2026-01-05 16:00", NEW, "Mon 2026-01-05 16:00")
    waited = (supplement("Tue 2026-01-06 10:00", "Fri 2026-01-16 15:30"),)
    assert told(restarting, calendar, "Mon 2026-01-05 15:30", waited, (new,)) == [
        ("limit: the day of reception, 1.001022 (commune)", None, False),
        ("received", "Mon 2026-01-05 15:30", False),
        ("received after 15:00: counts on the next working day", "Mon 2026-01-05 15:30", False),
        ("due", "Tue 2026-01-06 17:00", True),
        ("extended, apology in time: the new appointment", NEW, True),
        ("supplement completed: the limit begins anew", "Fri 2026-01-16 15:30", False),
        ("received after 15:00: counts on the next working day", "Fri 2026-01-16 15:30", False),
        ("due", "Mon 2026-01-19 17:00", True),
    ]


def test_an_explanation_without_a_limit_says_so(calendar: Calendar) -> None:
    [step] = explain_due(THREE_DAYS._replace(limit=None), RULE_SET, calendar, at(RECEIVED), OVERLAPPING)
    assert step.what == "no limit is known, 1.001022 (commune)"
    assert step.source == "the law (two-sources)"
    assert step.days == ()


def test_an_explanation_shows_each_day_and_what_was_worked_on_it(calendar: Calendar) -> None:
    steps = explain_due(THREE_DAYS, RULE_SET, calendar, at("Fri 2026-02-13 10:00"))
    notes = steps[-1].days
    assert [f"{note.day:%d}" for note in notes if note.counted] == ["23", "24", "25"]
    assert sum(note.seconds for note in notes) == 3 * 8 * 3600
    steps = explain_due(SAME_DAY, RULE_SET, calendar, at("Mon 2026-01-05 16:00"))
    assert [(f"{note.day:%a}", note.counted, note.seconds) for note in steps[-1].days] == [
        ("Mon", False, 3600),
        ("Tue", True, 8 * 3600),
    ]
    steps = explain_due(SAME_DAY, RULE_SET, calendar, at("Mon 2026-01-05 09:00"))
    assert [(f"{note.day:%a}", note.seconds) for note in steps[-1].days] == [("Mon", 6 * 3600)]


def test_an_explanation_names_the_hour_and_the_source_of_the_decree(calendar: Calendar) -> None:
    decree = RULE_SET._replace(hand_on_after=time(14, 30), source="another decree")
    steps = explain_due(SAME_DAY, decree, calendar, at("Mon 2026-01-05 14:31"))
    assert [(step.what, step.source) for step in steps[1:3]] == [
        ("received", "the case"),
        ("received after 14:30: counts on the next working day", "another decree"),
    ]
    new = extension("Tue 2026-01-06 12:00", NEW, "Tue 2026-01-06 12:00")
    steps = explain_due(THREE_DAYS, decree, calendar, at(RECEIVED), (), (new,))
    assert (steps[-1].instant, steps[-1].source) == (new.due_at, "another decree")
    none = decree._replace(new_appointments=0)
    steps = explain_due(THREE_DAYS, none, calendar, at(RECEIVED), (), (new,))
    assert (steps[-1].is_due, steps[-1].source) == (False, "another decree")
