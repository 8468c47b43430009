"""Dossiers answered within 8 working hours, and those that wait."""

from dataclasses import replace

import pytest

from services.domain.calendars import Calendars
from services.domain.indicator import Definition, Figure
from services.indicators import reception_in_time
from services.indicators.reception_in_time import DEFINITION
from tests.unit.domain.build import at
from tests.unit.indicators.build import LAW, dossier, measured
from tests.unit.indicators.more_build import changes_at, document, found, levels

MONDAY = dossier("REGISTERED", "Mon 2026-01-05 10:00")  # 8 working hours later: Tuesday 10:00
JANUARY = dossier("REGISTERED", "Fri 2026-01-30 10:00")  # 8 working hours later: Monday 2026-02-02 10:00
NOWHERE = replace(LAW, calendars=Calendars())


@pytest.mark.parametrize(
    ("answered", "part"),
    [
        ("Mon 2026-01-05 10:00", "in_time"),
        ("Mon 2026-01-05 18:00", "in_time"),
        ("Mon 2026-01-05 18:01", "in_time"),
        ("Tue 2026-01-06 10:00", "in_time"),
        ("Tue 2026-01-06 10:00 +1ms", "late"),
        ("Wed 2026-01-07 08:00", "late"),
    ],
)
@pytest.mark.parametrize("kind", ["RECEIVED", "ACCEPTED", "REFUSED"])
def test_an_answer_is_in_time_up_to_eight_working_hours(kind: str, answered: str, part: str) -> None:
    assert found(reception_in_time, [MONDAY, dossier(kind, answered)]) == {
        f"2026-01 W reception.8h.{part}": 1
    }


@pytest.mark.parametrize("kind", ["WITHDRAWN", "STOPPED", "PROCESSED", "RETURNED"])
def test_a_dossier_that_ends_without_an_answer_waited_until_its_end(kind: str) -> None:
    assert found(reception_in_time, [MONDAY, dossier(kind, "Tue 2026-01-06 11:00")]) == {
        "2026-01 W reception.8h.late": 1
    }


def test_the_first_answer_counts_and_a_step_is_none() -> None:
    facts = [MONDAY, dossier("STEP", "Mon 2026-01-05 11:00"), dossier("RECEIVED", "Tue 2026-01-06 11:00")]
    facts.append(dossier("ACCEPTED", "Tue 2026-01-06 12:00"))
    assert found(reception_in_time, facts) == {"2026-01 W reception.8h.late": 1}


def test_who_did_not_register_did_not_wait() -> None:
    assert found(reception_in_time, [dossier("RECEIVED", "Mon 2026-01-05 10:00")]) == {}
    assert found(reception_in_time, [document("REGISTERED", "Mon 2026-01-05 10:00")]) == {}


def test_an_open_wait_turns_late_by_time_alone() -> None:
    facts = [MONDAY]
    assert found(reception_in_time, facts, "Mon 2026-01-05 09:59") == {}
    assert found(reception_in_time, facts, "Tue 2026-01-06 10:00") == {"2026-01 W awaiting.in_time": 1}
    assert found(reception_in_time, facts, "Tue 2026-01-06 10:00 +1ms") == {"2026-01 W awaiting.late": 1}
    assert changes_at(reception_in_time, facts, "Mon 2026-01-05 10:00") == at("Tue 2026-01-06 10:00") + 1
    assert changes_at(reception_in_time, facts, "Tue 2026-01-06 10:00") == at("Tue 2026-01-06 10:00") + 1
    assert changes_at(reception_in_time, facts, "Tue 2026-01-06 10:00 +1ms") is None


def test_an_answer_leaves_nothing_to_wait_for() -> None:
    facts = [MONDAY, dossier("WITHDRAWN", "Mon 2026-01-05 11:00")]
    assert changes_at(reception_in_time, facts, "Mon 2026-01-05 12:00") is None


def test_who_waits_over_the_end_of_a_month_is_in_its_level() -> None:
    in_time = [JANUARY, dossier("RECEIVED", "Mon 2026-02-02 09:00")]
    assert levels(reception_in_time, in_time) == {
        "W awaiting.in_time": [1, 0, 0],
        "W reception.8h.in_time": [0, 1, 1],
    }
    late = [JANUARY, dossier("RECEIVED", "Mon 2026-03-02 09:00")]
    assert levels(reception_in_time, late) == {
        "W awaiting.in_time": [1, 0, 0],
        "W awaiting.late": [0, 1, 0],
        "W reception.8h.late": [0, 0, 1],
    }


def test_who_waits_within_eight_hours_over_the_end_of_a_month_is_in_its_level_too() -> None:
    night = [dossier("REGISTERED", "Sat 2026-01-31 23:00"), dossier("RECEIVED", "Sun 2026-02-01 01:00")]
    assert levels(reception_in_time, night) == {
        "W awaiting.in_time": [1, 0, 0],
        "W reception.8h.in_time": [0, 1, 1],
    }


def test_an_answer_at_the_limit_was_never_late() -> None:
    on_edge = [JANUARY, dossier("RECEIVED", "Mon 2026-02-02 10:00")]
    assert levels(reception_in_time, on_edge) == {
        "W awaiting.in_time": [1, 0, 0],
        "W reception.8h.in_time": [0, 1, 1],
    }


def test_an_answer_before_the_registration_is_one_at_once() -> None:
    facts = [dossier("RECEIVED", "Fri 2026-01-30 09:00"), dossier("REGISTERED", "Mon 2026-02-02 09:00")]
    assert found(reception_in_time, facts, "Fri 2026-01-30 12:00") == {}
    assert found(reception_in_time, facts) == {"2026-02 W reception.8h.in_time": 1}
    assert found(reception_in_time, facts, law=NOWHERE) == {"2026-02 W reception.8h.in_time": 1}


def test_without_a_calendar_only_eight_hours_by_the_clock_are_surely_in_time() -> None:
    day_on = [MONDAY, dossier("RECEIVED", "Mon 2026-01-05 18:00")]
    assert found(reception_in_time, day_on, law=NOWHERE) == {"2026-01 W reception.8h.in_time": 1}
    longer = [MONDAY, dossier("RECEIVED", "Mon 2026-01-05 18:00 +1ms")]
    assert found(reception_in_time, longer, law=NOWHERE) == {"2026-01 W reception.8h.unknown": 1}
    over = [JANUARY, dossier("RECEIVED", "Mon 2026-02-02 11:00")]
    assert levels(reception_in_time, over, law=NOWHERE) == {
        "W awaiting.unknown": [1, 0, 0],
        "W reception.8h.unknown": [0, 1, 1],
    }
    assert found(reception_in_time, [JANUARY], law=NOWHERE) == {"2026-01 W awaiting.unknown": 1}
    assert changes_at(reception_in_time, [JANUARY], "Fri 2026-01-30 11:00", NOWHERE) is None


def test_a_limit_beyond_the_calendar_is_unknown() -> None:
    facts = [dossier("REGISTERED", "Thu 2026-12-31 10:00")]
    assert found(reception_in_time, facts, "Thu 2026-12-31 12:00") == {"2026-12 W awaiting.unknown": 1}


def test_the_calendar_is_that_of_the_unit_charged_at_the_registration() -> None:
    facts = [MONDAY, dossier("TRANSFERRED", "Mon 2026-01-05 11:00", unit="stranger")]
    assert found(reception_in_time, facts, "Mon 2026-01-05 12:00") == {"2026-01 stranger awaiting.in_time": 1}


def test_each_stretch_of_a_wait_is_charged_to_who_held_the_dossier_then() -> None:
    facts = [
        JANUARY,
        dossier("TRANSFERRED", "Tue 2026-02-10 08:00", unit="V"),
        dossier("RECEIVED", "Mon 2026-03-02 09:00", unit="V"),
    ]
    assert levels(reception_in_time, facts) == {
        "W awaiting.in_time": [1, 0, 0],
        "V awaiting.late": [0, 1, 0],
        "V reception.8h.late": [0, 0, 1],
    }
    assert levels(reception_in_time, facts[:2]) == {
        "W awaiting.in_time": [1, 0, 0],
        "V awaiting.late": [0, 1, 1],
    }
    handed_on = [JANUARY, dossier("TRANSFERRED", "Sat 2026-01-31 08:00", unit="V")]
    assert levels(reception_in_time, handed_on, "Sun 2026-02-01 08:00") == {"V awaiting.in_time": [1, 1, 1]}


def test_whoever_held_the_dossier_in_the_last_millisecond_of_a_month_is_in_its_level() -> None:
    facts = [
        JANUARY,
        dossier("TRANSFERRED", "Sat 2026-01-31 23:59 +59999ms", unit="V"),
        dossier("RECEIVED", "Sun 2026-02-01 00:00", unit="V"),
    ]
    assert levels(reception_in_time, facts) == {
        "V awaiting.in_time": [1, 0, 0],
        "V reception.8h.in_time": [0, 1, 1],
    }


def test_the_figure_adds_answers_and_those_who_wait() -> None:
    facts = [
        JANUARY,
        dossier("REGISTERED", "Mon 2026-01-12 10:00", case_id="onestop:2"),
        dossier("RECEIVED", "Mon 2026-01-12 11:00", case_id="onestop:2"),
        dossier("REGISTERED", "Mon 2026-01-12 10:00", case_id="onestop:3"),
        dossier("REFUSED", "Fri 2026-01-16 11:00", case_id="onestop:3"),
        dossier("REGISTERED", "Mon 2026-01-12 10:00", case_id="onestop:4"),
    ]
    parts = {"in_time": 2, "late": 2, "unknown": 0, "waiting": 2}
    assert measured(reception_in_time, facts) == Figure(2, 4, 4, parts)
    later = {"in_time": 0, "late": 2, "unknown": 0, "waiting": 2}
    assert measured(reception_in_time, facts, period="2026-02") == Figure(0, 2, 2, later)
    assert measured(reception_in_time, []) == Figure(0, 0, 0, dict.fromkeys(parts, 0))


def test_those_of_whom_nothing_is_known_are_in_the_total_alone() -> None:
    counts = {"reception.8h.unknown": 1, "awaiting.unknown": 2, "awaiting.in_time": 4, "awaiting.late": 8}
    parts = {"in_time": 4, "late": 8, "unknown": 3, "waiting": 14}
    assert reception_in_time.of(counts) == Figure(4, 12, 15, parts)


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "reception.8h", "Dossiers answered within 8 working hours", 1, "domain/indicators.md, 4"
    )
    assert expected == DEFINITION
