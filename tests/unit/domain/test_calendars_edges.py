"""What mutants of the layers of calendars showed that no other test held."""

from datetime import date

import pytest

from services.domain.calendar import Session
from services.domain.calendars import CalendarKind, Calendars, DayRow, Sessions, WeekRow
from tests.unit.domain.calendar_build import FULL, HOUR, MORNING, ZONE, on

KINDS = frozenset(CalendarKind)
MONDAY, SATURDAY = "Mon 2026-03-02", "Sat 2026-03-07"
WEEK: tuple[Sessions | None, ...] = (MORNING, FULL, FULL, FULL, FULL, (), ())


def week(sessions: tuple[Sessions | None, ...] = WEEK, known_from: int | None = None) -> WeekRow:
    return WeekRow("VN", "VN", KINDS, ZONE, date(2026, 3, 1), date(2026, 3, 31), sessions, known_from, "law")


def worked(sessions: Sessions | None = None, known_from: int | None = None) -> DayRow:
    return DayRow("VN", KINDS, on(SATURDAY), True, sessions, known_from, "swapped", "decree")


def hours(calendars: Calendars, day: str) -> float:
    calendar = calendars.processing("VN")
    assert calendar is not None
    return sum(closes - opens for opens, closes in calendar.sessions(on(day))) // 1000 // HOUR


@pytest.mark.parametrize(("earlier", "later"), [(5, 7), (0, 1), (-7, -5), (-1, 0)])
def test_of_two_rows_learned_the_one_learned_later_wins_in_whatever_order_they_stand(
    earlier: int, later: int
) -> None:
    two_hours = (Session(7 * HOUR, 9 * HOUR),)
    days = [worked(two_hours, later), worked(FULL, earlier)]
    weeks = [week((two_hours, *WEEK[1:]), later), week(known_from=earlier)]
    for calendars in (Calendars(weeks, days), Calendars(weeks[::-1], days[::-1])):
        assert (hours(calendars, SATURDAY), hours(calendars, MONDAY)) == (2, 2)


def test_a_saturday_made_up_for_has_the_sessions_of_a_monday() -> None:
    assert hours(Calendars([week()], [worked()]), SATURDAY) == 4


def test_a_weekday_of_which_no_layer_says_anything_is_a_gap_in_the_rows() -> None:
    with pytest.raises(ValueError, match="2026-03-01: no row of the calendar's jurisdiction covers it"):
        Calendars([week((None,) * 7)]).processing("VN")
