"""Days, sessions and clock times in a zone whose clocks change."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from services.domain.calendar import Calendar, Limit, Session, UncoveredDate
from tests.unit.domain.calendar_build import DAYS, FULL, HOUR, HOURS, WORKING, days_of, on
from tests.unit.domain.calendar_build import at as at_in

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHT = (Session(1 * HOUR, 5 * HOUR),)
SPRING = "Sat 2026-03-28", "Sun 2026-03-29", "Mon 2026-03-30"
AUTUMN = "Sat 2026-10-24", "Sun 2026-10-25", "Mon 2026-10-26"


def at(text: str) -> int:
    return at_in(text, AMSTERDAM)


def calendar(first: str, sessions: tuple[Session, ...] = FULL) -> Calendar:
    return days_of(first, sessions, sessions, sessions, zone=AMSTERDAM)


@pytest.mark.parametrize(("days", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_the_day_on_which_clocks_change_has_another_length(days: tuple[str, str, str], hours: int) -> None:
    made = calendar(days[0])
    before, changed, after = (made.start_of_day(on(day)) for day in days)
    assert (changed - before, after - changed) == (24 * HOUR * 1000, hours * HOUR * 1000)
    assert made.day_of(after - 1) == on(days[1])
    assert made.day_of(after) == on(days[2])


@pytest.mark.parametrize("days", [SPRING, AUTUMN])
@pytest.mark.parametrize("limit", [Limit(1, WORKING), Limit(1, DAYS)])
@pytest.mark.parametrize("clock", ["07:00", "08:30 +1ms", "11:30", "16:59 +59999ms", "17:00"])
def test_the_clock_time_is_kept_over_a_change_of_clocks(
    days: tuple[str, str, str], limit: Limit, clock: str
) -> None:
    made = calendar(days[0])
    assert made.add(at(f"{days[0]} {clock}"), limit) == at(f"{days[1]} {clock}")
    assert made.add(at(f"{days[1]} {clock}"), limit) == at(f"{days[2]} {clock}")


@pytest.mark.parametrize("days", [SPRING, AUTUMN])
def test_office_hours_are_as_long_on_the_day_clocks_change(days: tuple[str, str, str]) -> None:
    made = calendar(days[0])
    assert made.between(made.start_of_day(on(days[0])), made.start_of_day(on(days[2]))) == 16 * HOUR
    assert made.opening(at(f"{days[1]} 06:59")) == at(f"{days[1]} 07:00")
    assert made.add(at(f"{days[0]} 09:00"), Limit(8, HOURS)) == at(f"{days[1]} 09:00")
    assert made.closing(on(days[1])) == at(f"{days[1]} 17:00")


@pytest.mark.parametrize(("days", "hours"), [(SPRING, 3), (AUTUMN, 5)])
def test_a_session_over_the_change_lasts_as_long_as_it_lasts(days: tuple[str, str, str], hours: int) -> None:
    made = calendar(days[0], NIGHT)
    assert made.between(at(f"{days[1]} 00:00"), at(f"{days[1]} 06:00")) == hours * HOUR


def test_a_clock_time_that_comes_twice_is_the_first() -> None:
    made = calendar(AUTUMN[0], NIGHT)
    due = made.add(at("Sat 2026-10-24 02:30"), Limit(1, WORKING))
    assert due == at("Sun 2026-10-25 02:30")
    assert made.add(due + HOUR * 1000, Limit(1, WORKING)) == at("Mon 2026-10-26 02:30")


def test_a_clock_time_that_never_comes_is_as_far_from_midnight() -> None:
    made = calendar(SPRING[0], NIGHT)
    assert made.add(at("Sat 2026-03-28 02:30"), Limit(1, WORKING)) == at("Sun 2026-03-29 03:30")


def test_an_instant_outside_the_coverage_is_named_by_its_day_in_the_zone() -> None:
    made = calendar(SPRING[0])
    first = made.start_of_day(on(SPRING[0]))
    assert made.day_of(first) == on(SPRING[0])
    with pytest.raises(UncoveredDate) as refusal:
        made.day_of(first - 1)
    assert refusal.value.day == on(SPRING[0]) - timedelta(1)
