"""An explanation has a line for each day: whether it counted, why, and who says so."""

import pytest

from services.domain.calendar import Calendar, Limit
from tests.unit.domain.calendar_build import (
    DAYS,
    FULL,
    HOUR,
    HOURS,
    MONTHS,
    MORNING,
    WORKING,
    at,
    days_of,
    national,
    on,
)

VN = national()


def explained(calendar: Calendar, start: str, limit: Limit) -> list[tuple[str, bool, int | None, int, str]]:
    return [
        (f"{note.day:%a %d}", note.counted, note.number, note.seconds, note.why)
        for note in calendar.explain(at(start), limit)
    ]


def test_working_days_are_explained_day_by_day() -> None:
    calendar = days_of("Fri 2026-03-06", FULL, (), (), FULL, MORNING)
    assert explained(calendar, "Fri 2026-03-06 16:00", Limit(2, WORKING)) == [
        ("Fri 06", False, None, HOUR, "plan 0; the clock starts"),
        ("Sat 07", False, None, 0, "plan 1"),
        ("Sun 08", False, None, 0, "plan 2"),
        ("Mon 09", True, 1, 8 * HOUR, "plan 3"),
        ("Tue 10", True, 2, 4 * HOUR + 1800, "plan 4"),
    ]


def test_a_start_outside_working_time_is_explained_from_the_day_it_was_received() -> None:
    calendar = days_of("Fri 2026-03-06", FULL, (), (), FULL, FULL)
    assert explained(calendar, "Fri 2026-03-06 18:00", Limit(1, WORKING)) == [
        ("Fri 06", False, None, 0, "plan 0; received outside working time"),
        ("Sat 07", False, None, 0, "plan 1"),
        ("Sun 08", False, None, 0, "plan 2"),
        ("Mon 09", False, None, 8 * HOUR, "plan 3; the clock starts"),
        ("Tue 10", True, 1, 0, "plan 4"),
    ]


def test_hours_are_explained_by_the_seconds_of_each_day() -> None:
    calendar = days_of("Fri 2026-03-06", FULL, (), FULL)
    assert explained(calendar, "Fri 2026-03-06 12:00", Limit(4, HOURS)) == [
        ("Fri 06", True, 1, 3 * HOUR + 1800, "plan 0; the clock starts"),
        ("Sat 07", False, None, 0, "plan 1"),
        ("Sun 08", True, 2, 1800, "plan 2"),
    ]


@pytest.mark.parametrize("limit", [Limit(1, DAYS), Limit(2, DAYS)])
def test_a_calendar_day_off_counts_and_the_due_date_rolls_forward(limit: Limit) -> None:
    calendar = days_of("Thu 2026-03-05", (), FULL, (), (), FULL)
    assert explained(calendar, "Thu 2026-03-05 10:00", limit) == [
        ("Thu 05", False, None, 0, "plan 0; received outside working time"),
        ("Fri 06", False, None, 8 * HOUR, "plan 1; the clock starts"),
        ("Sat 07", True, 1, 0, "plan 2"),
        (
            "Sun 08",
            limit.amount == 2,
            2 if limit.amount == 2 else None,
            0,
            f"plan 3{'' if limit.amount == 2 else '; rolled forward'}",
        ),
        ("Mon 09", False, None, 0, "plan 4; rolled forward"),
    ]


def test_each_line_of_an_explanation_gives_its_source() -> None:
    notes = VN.explain(at("Wed 2025-12-31 09:00"), Limit(2, WORKING))
    assert [(f"{note.day:%d}", note.number, note.why) for note in notes] == [
        ("31", None, "working day; the clock starts"),
        ("01", None, "Tết Dương lịch (New Year)"),
        ("02", None, "swap: off between 1/1 and the weekend, worked on Saturday 10/1"),
        ("03", None, "weekly rest day"),
        ("04", None, "weekly rest day"),
        ("05", 1, "working day"),
        ("06", 2, "working day"),
    ]
    assert notes[1].source == "Labour Code 2019, art. 112"
    assert notes[2].source == "decision of 2025-12-25 on the New Year swap of 2026"
    assert notes[3].source.startswith("Decision 188/1999/QĐ-TTg")


def test_months_are_explained_to_the_day_of_the_month() -> None:
    notes = VN.explain(at("Mon 2026-03-02 09:00"), Limit(1, MONTHS))
    assert (len(notes), notes[-1].day, notes[-1].number) == (32, on("Thu 2026-04-02"), 31)
    assert sum(note.seconds for note in notes) == VN.between(
        at("Mon 2026-03-02 09:00"), at("Thu 2026-04-02 09:00")
    )
