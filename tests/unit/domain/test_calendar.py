"""A working calendar: sessions, days off, made-up Saturdays, half days, limits, and the reasons day by day."""

import pytest

from services.domain.calendar import Limit, LimitUnit, Session, UncoveredDate
from tests.unit.domain.calendar_build import (
    DAYS,
    HOUR,
    HOURS,
    MONTHS,
    WORKING,
    at,
    days_of,
    national,
    on,
)

VN = national()


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("Thu 2023-01-19", 3, "Tue 2023-01-31"),
        ("Fri 2023-04-28", 1, "Thu 2023-05-04"),
        ("Thu 2023-08-31", 2, "Wed 2023-09-06"),
        ("Wed 2024-02-07", 5, "Wed 2024-02-21"),
        ("Fri 2024-04-26", 5, "Tue 2024-05-07"),
        ("Fri 2025-01-24", 3, "Wed 2025-02-05"),
        ("Fri 2025-04-25", 1, "Sat 2025-04-26"),
        ("Tue 2025-04-29", 2, "Tue 2025-05-06"),
        ("Wed 2025-12-31", 1, "Mon 2026-01-05"),
        ("Fri 2026-01-09", 1, "Sat 2026-01-10"),
        ("Fri 2026-02-13", 1, "Mon 2026-02-23"),
        ("Fri 2026-04-24", 1, "Tue 2026-04-28"),
        ("Fri 2026-08-21", 1, "Sat 2026-08-22"),
    ],
)
def test_working_days_pass_over_holidays_and_swaps(start: str, n: int, end: str) -> None:
    assert VN.add_working_days(on(start), n) == on(end)
    assert VN.add_working_days(on(end), -n) == on(start)
    assert VN.add(at(f"{start} 09:30 +7ms"), Limit(n, WORKING)) == at(f"{end} 09:30 +7ms")


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ("Sat 2026-03-07", 0, "Mon 2026-03-09"),
        ("Mon 2026-03-09", 0, "Mon 2026-03-09"),
        ("Sat 2026-03-07", 1, "Mon 2026-03-09"),
        ("Sun 2026-03-08", 2, "Tue 2026-03-10"),
        ("Sat 2026-03-07", -1, "Fri 2026-03-06"),
        ("Sun 2026-03-08", -2, "Thu 2026-03-05"),
        ("Mon 2026-03-09", -1, "Fri 2026-03-06"),
    ],
)
def test_working_days_count_from_a_rest_day_too(start: str, n: int, end: str) -> None:
    assert VN.add_working_days(on(start), n) == on(end)


@pytest.mark.parametrize(
    ("instant", "opening"),
    [
        ("Fri 2026-01-09 00:00", "Fri 2026-01-09 07:00"),
        ("Fri 2026-01-09 06:59 +59999ms", "Fri 2026-01-09 07:00"),
        ("Fri 2026-01-09 07:00", "Fri 2026-01-09 07:00"),
        ("Fri 2026-01-09 07:00 +1ms", "Fri 2026-01-09 07:00 +1ms"),
        ("Fri 2026-01-09 11:29 +59999ms", "Fri 2026-01-09 11:29 +59999ms"),
        ("Fri 2026-01-09 11:30", "Fri 2026-01-09 11:30"),
        ("Fri 2026-01-09 11:30 +1ms", "Fri 2026-01-09 13:30"),
        ("Fri 2026-01-09 13:29 +59999ms", "Fri 2026-01-09 13:30"),
        ("Fri 2026-01-09 13:30", "Fri 2026-01-09 13:30"),
        ("Fri 2026-01-09 16:59 +59999ms", "Fri 2026-01-09 16:59 +59999ms"),
        ("Fri 2026-01-09 17:00", "Fri 2026-01-09 17:00"),
        ("Fri 2026-01-09 17:00 +1ms", "Sat 2026-01-10 07:00"),
        ("Sat 2026-01-10 17:00 +1ms", "Mon 2026-01-12 07:00"),
        ("Sat 2026-02-14 08:00", "Mon 2026-02-23 07:00"),
        ("Sun 2023-01-01 00:00", "Tue 2023-01-03 07:00"),
    ],
)
def test_what_arrives_outside_the_sessions_counts_from_the_next(instant: str, opening: str) -> None:
    assert VN.opening(at(instant)) == at(opening)


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("Fri 2026-01-09 17:00 +1ms", Limit(1, WORKING), "Mon 2026-01-12 07:00"),
        ("Fri 2026-01-09 17:00", Limit(1, WORKING), "Sat 2026-01-10 17:00"),
        ("Fri 2026-01-09 12:00", Limit(2, WORKING), "Mon 2026-01-12 13:30"),
        ("Sun 2026-01-11 12:00", Limit(0, WORKING), "Mon 2026-01-12 07:00"),
        ("Fri 2026-01-09 09:00", Limit(0, WORKING), "Fri 2026-01-09 09:00"),
        ("Thu 2026-01-08 09:00", Limit(1, DAYS), "Fri 2026-01-09 09:00"),
        ("Thu 2026-01-08 09:00", Limit(2, DAYS), "Sat 2026-01-10 09:00"),
        ("Thu 2026-01-08 09:00", Limit(3, DAYS), "Mon 2026-01-12 09:00"),
        ("Thu 2026-02-12 16:00", Limit(4, DAYS), "Mon 2026-02-23 16:00"),
        ("Sat 2026-03-07 16:00", Limit(3, DAYS), "Thu 2026-03-12 07:00"),
        ("Tue 2026-03-31 09:00", Limit(1, MONTHS), "Mon 2026-05-04 09:00"),
        ("Fri 2025-10-31 09:00", Limit(4, MONTHS), "Mon 2026-03-02 09:00"),
        ("Tue 2023-10-31 09:00", Limit(1, MONTHS), "Thu 2023-11-30 09:00"),
        ("Tue 2023-10-31 09:00", Limit(4, MONTHS), "Thu 2024-02-29 09:00"),
        ("Thu 2025-11-13 09:00", Limit(1, MONTHS), "Mon 2025-12-15 09:00"),
        ("Wed 2025-12-03 09:00", Limit(1, MONTHS), "Mon 2026-01-05 09:00"),
        ("Thu 2024-12-05 09:00", Limit(12, MONTHS), "Fri 2025-12-05 09:00"),
        ("Mon 2024-11-04 09:00", Limit(13, MONTHS), "Thu 2025-12-04 09:00"),
        ("Fri 2026-01-09 10:30", Limit(1, HOURS), "Fri 2026-01-09 11:30"),
        ("Fri 2026-01-09 10:31", Limit(1, HOURS), "Fri 2026-01-09 13:31"),
        ("Fri 2026-01-09 07:00", Limit(8, HOURS), "Fri 2026-01-09 17:00"),
        ("Fri 2026-01-09 07:00", Limit(9, HOURS), "Sat 2026-01-10 08:00"),
        ("Fri 2026-01-09 09:00", Limit(8, HOURS), "Sat 2026-01-10 09:00"),
        ("Fri 2026-01-09 12:00", Limit(0, HOURS), "Fri 2026-01-09 13:30"),
    ],
)
def test_a_limit_leads_to_its_due_instant(start: str, limit: Limit, due: str) -> None:
    assert VN.add(at(start), limit) == at(due)


@pytest.mark.parametrize(
    ("a", "b", "seconds"),
    [
        ("Fri 2026-01-09 06:00", "Fri 2026-01-09 07:00", 0),
        ("Fri 2026-01-09 07:00", "Fri 2026-01-09 07:00 +999ms", 0),
        ("Fri 2026-01-09 07:00", "Fri 2026-01-09 07:00 +1000ms", 1),
        ("Fri 2026-01-09 06:59 +59999ms", "Fri 2026-01-09 07:00 +1000ms", 1),
        ("Fri 2026-01-09 07:00 +1ms", "Fri 2026-01-09 07:00 +1000ms", 1),
        ("Fri 2026-01-09 11:29 +59000ms", "Fri 2026-01-09 11:30", 1),
        ("Fri 2026-01-09 11:29 +59000ms", "Fri 2026-01-09 13:30 +999ms", 1),
        ("Fri 2026-01-09 11:30", "Fri 2026-01-09 13:30", 0),
        ("Fri 2026-01-09 00:00", "Sat 2026-01-10 00:00", 8 * HOUR),
        ("Fri 2026-01-09 17:00", "Sat 2026-01-10 07:00", 0),
        ("Fri 2026-01-09 16:00", "Sat 2026-01-10 08:00", 2 * HOUR),
        ("Sat 2026-02-14 00:00", "Mon 2026-02-23 07:00", 0),
        ("Fri 2026-01-09 08:00", "Fri 2026-01-09 08:00", 0),
        ("Fri 2026-01-09 09:00", "Fri 2026-01-09 08:00", 0),
        ("Sun 2023-01-01 00:00", "Thu 2026-12-31 23:59 +59999ms", 1000 * 8 * HOUR),
    ],
)
def test_working_seconds_between_two_instants(a: str, b: str, seconds: int) -> None:
    assert VN.between(at(a), at(b)) == seconds


def test_a_week_of_six_days_has_48_hours() -> None:
    assert VN.between(at("Mon 2026-01-05 00:00"), at("Mon 2026-01-12 00:00")) == 48 * HOUR


@pytest.mark.parametrize(
    ("start", "seconds", "end"),
    [
        ("Fri 2026-01-09 07:00", 1, "Fri 2026-01-09 07:00 +1000ms"),
        ("Fri 2026-01-09 11:30", 1, "Fri 2026-01-09 13:30 +1000ms"),
        ("Fri 2026-01-09 11:29 +59000ms", 1, "Fri 2026-01-09 11:30"),
        ("Fri 2026-01-09 11:29 +59001ms", 1, "Fri 2026-01-09 13:30 +1ms"),
        ("Fri 2026-01-09 12:00", 0, "Fri 2026-01-09 13:30"),
    ],
)
def test_working_seconds_after_an_instant(start: str, seconds: int, end: str) -> None:
    assert VN.add_seconds(at(start), seconds) == at(end)


def test_a_day_is_cut_at_midnight_of_the_zone() -> None:
    assert VN.day_of(at("Fri 2026-01-09 00:00")) == on("Fri 2026-01-09")
    assert VN.day_of(at("Fri 2026-01-09 23:59 +59999ms")) == on("Fri 2026-01-09")
    assert VN.start_of_day(on("Fri 2026-01-09")) == at("Fri 2026-01-09 00:00")


def test_a_day_tells_its_sessions_and_its_closing() -> None:
    morning = (at("Sat 2026-01-10 07:00"), at("Sat 2026-01-10 11:30"))
    assert VN.sessions(on("Sat 2026-01-10")) == (
        morning,
        (at("Sat 2026-01-10 13:30"), at("Sat 2026-01-10 17:00")),
    )
    assert VN.closing(on("Sat 2026-01-10")) == at("Sat 2026-01-10 17:00")
    assert VN.sessions(on("Sun 2026-01-11")) == ()
    with pytest.raises(ValueError, match=r"2026-01-11 is no working day in the calendar VN processing"):
        VN.closing(on("Sun 2026-01-11"))


BEFORE, AFTER = "Sat 2022-12-31", "Fri 2027-01-01"
FIRST = at("Sun 2023-01-01 00:00")


@pytest.mark.parametrize("day", [BEFORE, AFTER])
def test_a_day_outside_the_coverage_is_an_error_that_names_it(day: str) -> None:
    assert not VN.covers(on(day))
    instant = at(f"{day} {'23:59' if day == BEFORE else '00:00'}")
    for ask in (VN.is_working, VN.start_of_day, VN.sessions, VN.closing, lambda d: VN.add_working_days(d, 0)):
        with pytest.raises(UncoveredDate, match=f"{on(day)} is not covered by the calendar VN processing"):
            ask(on(day))
    for about in (VN.day_of, VN.opening, lambda i: VN.add_seconds(i, 1), lambda i: VN.add(i, Limit(0, DAYS))):
        with pytest.raises(UncoveredDate) as refusal:
            about(instant)
        assert (refusal.value.day, refusal.value.calendar) == (on(day), "VN processing")


def test_working_time_needs_both_ends_covered() -> None:
    inside = at("Fri 2026-01-09 08:00")
    with pytest.raises(UncoveredDate) as before:
        VN.between(at(f"{BEFORE} 23:59 +59999ms"), inside)
    with pytest.raises(UncoveredDate) as after:
        VN.between(inside, at(f"{AFTER} 00:00"))
    assert (before.value.day, after.value.day) == (on(BEFORE), on(AFTER))
    assert VN.between(FIRST, inside) > 0
    assert VN.between(at(f"{AFTER} 00:00"), inside) == 0


def test_the_first_day_is_covered_from_its_first_instant() -> None:
    assert VN.covers(on("Sun 2023-01-01"))
    assert VN.start_of_day(on("Sun 2023-01-01")) == FIRST
    assert VN.add_seconds(FIRST, 2) == at("Tue 2023-01-03 07:00 +2000ms")
    night = days_of("Mon 2026-03-02", (Session(0, HOUR),), (Session(0, HOUR),))
    start = at("Mon 2026-03-02 00:00")
    assert night.opening(start) == start
    assert night.between(start, start + 5000) == 5
    assert night.add(start, Limit(1, WORKING)) == at("Tue 2026-03-03 00:00")


def test_a_count_that_leaves_the_coverage_names_the_first_day_it_lacks() -> None:
    last = "Thu 2026-12-31"
    assert VN.covers(on(last))
    assert VN.add_working_days(on("Wed 2026-12-30"), 1) == on(last)
    with pytest.raises(UncoveredDate) as days:
        VN.add_working_days(on(last), 1)
    assert VN.add_seconds(at(f"{last} 16:00"), HOUR) == at(f"{last} 17:00")
    with pytest.raises(UncoveredDate) as hours:
        VN.add_seconds(at(f"{last} 16:00"), HOUR + 1)
    with pytest.raises(UncoveredDate) as opening:
        VN.opening(at(f"{last} 17:00 +1ms"))
    with pytest.raises(UncoveredDate) as calendar_days:
        VN.add(at(f"{last} 09:00"), Limit(1, DAYS))
    errors = (days, hours, opening, calendar_days)
    assert {error.value.day for error in errors} == {on(AFTER)}
    with pytest.raises(UncoveredDate) as months:
        VN.add(at(f"{last} 09:00"), Limit(2, MONTHS))
    assert months.value.day == on("Sun 2027-02-28")
    with pytest.raises(UncoveredDate) as back:
        VN.add_working_days(on("Tue 2023-01-03"), -1)
    assert back.value.day == on(BEFORE)
    assert VN.add_working_days(on("Wed 2023-01-04"), -1) == on("Tue 2023-01-03")


@pytest.mark.parametrize("unit", list(LimitUnit))
def test_a_limit_does_not_lead_back(unit: LimitUnit) -> None:
    with pytest.raises(ValueError, match=r"-[0-9]+: a limit does not lead back"):
        VN.add(at("Fri 2026-01-09 08:00"), Limit(-1, unit))


def test_days_of_the_week_in_these_tests_are_checked() -> None:
    with pytest.raises(AssertionError, match="2026-01-09 is a Fri"):
        on("Thu 2026-01-09")
    assert at("Fri 2026-01-09 07:00 +1ms") == 1_767_916_800_001
