"""Limits that end on a day with fewer or other sessions."""

import pytest

from services.domain.calendar import Limit, Session
from tests.unit.domain.calendar_build import (
    AFTERNOON,
    DAYS,
    FULL,
    HOUR,
    HOURS,
    MORNING,
    WORKING,
    at,
    days_of,
    on,
)


@pytest.mark.parametrize("start", ["09:00", "11:30", "13:30", "17:00"])
def test_a_half_day_is_due_at_the_same_clock_time_as_any_other_day(start: str) -> None:
    calendar = days_of("Mon 2026-03-02", FULL, MORNING)
    due = at(f"Tue 2026-03-03 {start}")
    assert calendar.add(at(f"Mon 2026-03-02 {start}"), Limit(1, WORKING)) == due
    assert calendar.add(at(f"Mon 2026-03-02 {start}"), Limit(1, DAYS)) == due


def test_a_day_is_due_at_the_clock_time_also_before_or_between_its_sessions() -> None:
    gap = (Session(7 * HOUR, 8 * HOUR), Session(10 * HOUR, 11 * HOUR))
    calendar = days_of("Mon 2026-03-02", MORNING, AFTERNOON, gap)
    assert calendar.add(at("Mon 2026-03-02 09:00"), Limit(1, WORKING)) == at("Tue 2026-03-03 09:00")
    assert calendar.add(at("Mon 2026-03-02 09:00"), Limit(2, WORKING)) == at("Wed 2026-03-04 09:00")


def test_what_comes_outside_the_sessions_of_its_day_is_due_at_the_clock_time_of_the_opening() -> None:
    calendar = days_of("Mon 2026-03-02", AFTERNOON, MORNING, FULL)
    assert calendar.add(at("Mon 2026-03-02 09:00"), Limit(1, WORKING)) == at("Tue 2026-03-03 13:30")
    assert calendar.add(at("Tue 2026-03-03 12:00"), Limit(0, WORKING)) == at("Wed 2026-03-04 07:00")


def test_a_half_day_is_a_working_day_with_its_own_hours() -> None:
    calendar = days_of("Mon 2026-03-02", FULL, MORNING, FULL)
    assert calendar.add_working_days(on("Mon 2026-03-02"), 2) == on("Wed 2026-03-04")
    assert calendar.add(at("Mon 2026-03-02 14:30"), Limit(8, HOURS)) == at("Wed 2026-03-04 08:00")
    assert calendar.between(at("Tue 2026-03-03 00:00"), at("Wed 2026-03-04 00:00")) == 4 * HOUR + 1800
    assert calendar.closing(on("Tue 2026-03-03")) == at("Tue 2026-03-03 11:30")
