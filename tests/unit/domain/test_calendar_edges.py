"""What mutants of the calendar showed that no other test held."""

from zoneinfo import ZoneInfo

import pytest

from services.domain.calendar import Limit, LimitUnit, UncoveredDate
from tests.unit.domain.calendar_build import DAYS, FULL, HOURS, MONTHS, at, days_of, national, on

VN = national()
THREE_DAYS = days_of("Fri 2026-01-09", FULL, (), FULL)


def test_units_are_called_what_reference_files_call_them() -> None:
    assert list(LimitUnit) == ["hours", "working_days", "calendar_days", "months"]


def test_no_time_passes_between_an_instant_and_itself_even_outside_the_coverage() -> None:
    outside = at("Mon 2030-01-07 08:00")
    assert THREE_DAYS.between(outside, outside) == 0


@pytest.mark.parametrize("start", ["Fri 2026-01-09 00:00", "Fri 2026-01-09 08:00"])
def test_of_two_ends_the_one_outside_the_coverage_is_named(start: str) -> None:
    with pytest.raises(UncoveredDate) as refusal:
        THREE_DAYS.between(at(start), at("Tue 2026-01-13 08:00"))
    assert refusal.value.day == on("Tue 2026-01-13")


def test_a_day_counts_towards_a_limit_in_hours_for_one_second() -> None:
    notes = VN.explain(at("Fri 2026-01-09 16:59 +59000ms"), Limit(1, HOURS))
    assert [(note.day, note.counted, note.seconds) for note in notes] == [
        (on("Fri 2026-01-09"), True, 1),
        (on("Sat 2026-01-10"), True, 3599),
    ]


def test_every_way_out_of_the_coverage_names_the_calendar() -> None:
    start = at("Fri 2026-01-09 08:00")
    ways = (
        lambda: THREE_DAYS.add(start, Limit(3, DAYS)),
        lambda: THREE_DAYS.add(start, Limit(100, HOURS)),
        lambda: THREE_DAYS.add_working_days(on("Fri 2026-01-09"), -1),
        lambda: THREE_DAYS.add_working_days(on("Fri 2026-01-09"), 2),
        lambda: THREE_DAYS.is_working(on("Mon 2026-01-12")),
        lambda: THREE_DAYS.day_of(at("Mon 2026-01-12 08:00")),
    )
    for way in ways:
        with pytest.raises(UncoveredDate) as refusal:
            way()
        assert refusal.value.calendar == "test"


def test_an_instant_is_whole_milliseconds_on_the_day_clocks_change_too() -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    made = days_of("Sun 2026-03-29", FULL, FULL, zone=zone)
    due = made.add(at("Sun 2026-03-29 08:30 +1ms", zone), Limit(1, DAYS))
    assert (type(due), due) == (int, at("Mon 2026-03-30 08:30 +1ms", zone))


@pytest.mark.parametrize(
    ("start", "due"), [("Tue 2023-10-31", "Thu 2023-11-30"), ("Mon 2024-12-30", "Mon 2025-02-03")]
)
def test_a_month_ends_with_its_own_last_day_around_the_end_of_a_year(start: str, due: str) -> None:
    assert VN.day_of(VN.add(at(f"{start} 09:00"), Limit(1, MONTHS))) == on(due)
