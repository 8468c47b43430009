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


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("09:00", "Tue 2026-03-03 09:00"),
        ("11:30", "Tue 2026-03-03 11:30"),
        ("13:30", "Tue 2026-03-03 11:30"),
        ("17:00", "Tue 2026-03-03 11:30"),
    ],
)
def test_a_due_time_after_the_last_session_of_a_half_day_is_its_closing(start: str, due: str) -> None:
    calendar = days_of("Mon 2026-03-02", FULL, MORNING)
    assert calendar.add(at(f"Mon 2026-03-02 {start}"), Limit(1, WORKING)) == at(due)
    assert calendar.add(at(f"Mon 2026-03-02 {start}"), Limit(1, DAYS)) == at(due)


def test_a_due_time_before_or_between_the_sessions_of_a_day_is_the_start_of_the_next() -> None:
    gap = (Session(7 * HOUR, 8 * HOUR), Session(10 * HOUR, 11 * HOUR))
    calendar = days_of("Mon 2026-03-02", MORNING, AFTERNOON, gap)
    assert calendar.add(at("Mon 2026-03-02 09:00"), Limit(1, WORKING)) == at("Tue 2026-03-03 13:30")
    assert calendar.add(at("Mon 2026-03-02 09:00"), Limit(2, WORKING)) == at("Wed 2026-03-04 10:00")
    assert calendar.add(at("Mon 2026-03-02 08:00"), Limit(2, WORKING)) == at("Wed 2026-03-04 08:00")


def test_a_half_day_is_a_working_day_with_its_own_hours() -> None:
    calendar = days_of("Mon 2026-03-02", FULL, MORNING, FULL)
    assert calendar.add_working_days(on("Mon 2026-03-02"), 2) == on("Wed 2026-03-04")
    assert calendar.add(at("Mon 2026-03-02 14:30"), Limit(8, HOURS)) == at("Wed 2026-03-04 08:00")
    assert calendar.between(at("Tue 2026-03-03 00:00"), at("Wed 2026-03-04 00:00")) == 4 * HOUR + 1800
    assert calendar.closing(on("Tue 2026-03-03")) == at("Tue 2026-03-03 11:30")
