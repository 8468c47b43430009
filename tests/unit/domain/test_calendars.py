"""Which calendar a unit has: by jurisdiction and kind, layer over layer, as it was known at an instant."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from services.domain.calendar import Calendar, Limit, UncoveredDate
from services.domain.calendars import CalendarKind, Calendars, DayRow, Sessions, WeekRow
from tests.unit.domain.calendar_build import FULL, HOUR, HOURS, MORNING, WORKING, ZONE, at, on, released

BOTH = frozenset(CalendarKind)
RECEPTION = frozenset({CalendarKind.RECEPTION})
PROCESSING = frozenset({CalendarKind.PROCESSING})
WEEK: tuple[Sessions | None, ...] = (FULL,) * 5 + ((), ())
INHERITED: tuple[Sessions | None, ...] = (None,) * 7
MARCH = on("Sun 2026-03-01"), on("Tue 2026-03-31")
LEARNED = at("Tue 2026-03-03 00:00")


def week(
    scope: str = "VN",
    sessions: tuple[Sessions | None, ...] = WEEK,
    since: date = MARCH[0],
    until: date = MARCH[1],
    known_from: int | None = None,
    kinds: frozenset[CalendarKind] = BOTH,
) -> WeekRow:
    zone = ZONE if scope == "VN" else None
    return WeekRow("VN", scope, kinds, zone, since, until, sessions, known_from, f"week of {scope}")


def special(
    day: str,
    is_worked: bool = False,
    scope: str = "VN",
    sessions: Sessions | None = None,
    known_from: int | None = None,
    kinds: frozenset[CalendarKind] = BOTH,
) -> DayRow:
    return DayRow(scope, kinds, on(day), is_worked, sessions, known_from, f"why {scope}", f"day of {scope}")


def processing(calendars: Calendars, *path: str) -> Calendar:
    calendar = calendars.processing("VN", path)
    assert calendar is not None
    return calendar


def hours(calendar: Calendar, day: str) -> int:
    """Working hours of a day."""
    sessions = calendar.sessions(on(day))
    return sum(closes - opens for opens, closes in sessions) // 1000 // HOUR


def test_a_jurisdiction_without_rows_has_no_calendar() -> None:
    calendars = Calendars([week()])
    assert calendars.processing(None, ("31",)) is None
    assert calendars.processing("NL", ("31", "NL")) is None
    assert Calendars().reception("VN") is None


def test_a_kind_without_rows_of_the_jurisdiction_has_no_calendar() -> None:
    calendars = Calendars([week(kinds=PROCESSING), week("31", INHERITED)])
    assert calendars.reception("VN", ("31",)) is None
    assert calendars.processing("VN", ("31",)) is not None


def test_the_nearest_layer_with_a_row_for_the_day_wins() -> None:
    rows = [
        special("Wed 2026-03-04"),
        special("Wed 2026-03-04", True, "31", MORNING),
        special("Wed 2026-03-04", True, "w1"),
        special("Thu 2026-03-05"),
    ]
    calendars = Calendars([week(), week("31", INHERITED), week("w1", INHERITED)], rows)
    assert hours(processing(calendars), "Wed 2026-03-04") == 0
    assert hours(processing(calendars, "w2", "31", "all"), "Wed 2026-03-04") == 4
    assert hours(processing(calendars, "w1", "31", "all"), "Wed 2026-03-04") == 8
    assert hours(processing(calendars, "w1", "31", "all"), "Thu 2026-03-05") == 0
    assert processing(calendars, "w1", "31", "all").name == "VN/31/w1 processing"


def test_another_week_of_a_city_leaves_the_days_off_of_its_country() -> None:
    season = week("31", (MORNING,) * 6 + (None,), on("Mon 2026-03-09"), on("Sun 2026-03-15"))
    calendars = Calendars([week(), season], [special("Wed 2026-03-11"), special("Sun 2026-03-15", True)])
    city = processing(calendars, "31")
    assert hours(city, "Fri 2026-03-06") == 8
    assert [hours(city, day) for day in ("Mon 2026-03-09", "Sat 2026-03-14")] == [4, 4]
    assert not city.is_working(on("Wed 2026-03-11"))
    assert hours(city, "Sun 2026-03-15") == 4, "a worked day without sessions has those of a Monday there"
    assert hours(city, "Mon 2026-03-16") == 8
    assert not city.is_working(on("Sat 2026-03-07"))


def test_a_day_is_explained_by_the_layer_that_decided() -> None:
    calendars = Calendars(
        [week(), week("31", (None,) * 5 + (MORNING, None))], [special("Wed 2026-03-11", scope="31")]
    )
    notes = processing(calendars, "31").explain(at("Tue 2026-03-10 08:00"), Limit(3, WORKING))
    assert [(note.why, note.source) for note in notes] == [
        ("working day; the clock starts", "week of VN"),
        ("why 31", "day of 31"),
        ("working day", "week of VN"),
        ("working day", "week of VN"),
        ("working day", "week of 31"),
    ]


def test_a_row_of_one_kind_leaves_the_other_alone() -> None:
    calendars = Calendars([week()], [special("Sat 2026-03-07", True, sessions=MORNING, kinds=RECEPTION)])
    reception = calendars.reception("VN")
    assert reception is not None
    assert hours(reception, "Sat 2026-03-07") == 4
    assert hours(processing(calendars), "Sat 2026-03-07") == 0
    assert (reception.name, processing(calendars).name) == ("VN reception", "VN processing")


def test_a_unit_has_the_rows_of_its_id_before_those_of_its_code() -> None:
    calendars = Calendars(
        [week(), week("31", INHERITED), week("31@2025-07-01", INHERITED)],
        [special("Wed 2026-03-04", scope="31"), special("Wed 2026-03-04", True, "31@2025-07-01", MORNING)],
    )
    assert hours(processing(calendars, "31@2025-07-01"), "Wed 2026-03-04") == 4
    assert hours(processing(calendars, "31@1955-05-13"), "Wed 2026-03-04") == 0


def test_layers_of_another_jurisdiction_do_not_count() -> None:
    other = WeekRow("NL", "NL", BOTH, ZoneInfo("Europe/Amsterdam"), *MARCH, WEEK, None, "week of NL")
    calendars = Calendars([week(), other, other._replace(scope="31", zone=None, week=(MORNING,) * 7)])
    assert processing(calendars, "31").name == "VN processing"
    dutch = calendars.processing("NL", ("31",))
    assert dutch is not None
    assert (dutch.name, str(dutch.zone)) == ("NL/31 processing", "Europe/Amsterdam")


def test_units_with_the_same_layers_share_one_calendar() -> None:
    calendars = Calendars([week()])
    assert calendars.processing("VN", ("a", "all")) is calendars.processing("VN", ["b"])
    assert calendars.processing("VN") is calendars.processing("VN")


def test_a_row_is_left_out_until_it_is_known() -> None:
    calendars = Calendars([week()], [special("Wed 2026-03-04", known_from=LEARNED)])
    assert calendars.edges == (LEARNED,)
    assert processing(calendars.at(LEARNED - 1)).is_working(on("Wed 2026-03-04"))
    assert not processing(calendars.at(LEARNED)).is_working(on("Wed 2026-03-04"))
    assert not processing(calendars).is_working(on("Wed 2026-03-04"))
    assert calendars.at(None) is calendars
    assert calendars.at(LEARNED + 5) is calendars
    assert calendars.at(LEARNED - 5) is calendars.at(LEARNED - 9)


@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_rows_for_a_day_the_one_known_later_wins(is_reversed: bool) -> None:
    rows = [special("Wed 2026-03-04"), special("Wed 2026-03-04", True, sessions=MORNING, known_from=LEARNED)]
    rows.append(special("Wed 2026-03-04", True, known_from=LEARNED + 1))
    calendars = Calendars([week()], rows[::-1] if is_reversed else rows)
    assert calendars.edges == (LEARNED, LEARNED + 1)
    known = (LEARNED - 1, LEARNED, LEARNED + 1, None)
    assert [hours(processing(calendars.at(at)), "Wed 2026-03-04") for at in known] == [0, 4, 8, 8]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_of_two_weeks_of_a_layer_the_one_known_later_wins(is_reversed: bool) -> None:
    rows = [week(), week(sessions=(MORNING,) * 5 + ((), ()), since=on("Mon 2026-03-09"), known_from=LEARNED)]
    calendars = Calendars(rows[::-1] if is_reversed else rows)
    assert [hours(processing(calendars), day) for day in ("Fri 2026-03-06", "Mon 2026-03-09")] == [8, 4]
    assert hours(processing(calendars.at(LEARNED - 1)), "Mon 2026-03-09") == 8


def test_coverage_that_is_learned_later_was_no_coverage_before() -> None:
    april = on("Wed 2026-04-01"), on("Thu 2026-04-30")
    calendars = Calendars([week(), week(since=april[0], until=april[1], known_from=LEARNED)])
    assert processing(calendars).covers(april[1])
    assert not processing(calendars).covers(on("Fri 2026-05-01"))
    before = processing(calendars.at(LEARNED - 1))
    with pytest.raises(UncoveredDate, match="2026-04-01"):
        before.is_working(april[0])


def test_coverage_ends_before_a_gap() -> None:
    calendar = processing(Calendars([week(until=on("Tue 2026-03-10")), week(since=on("Thu 2026-03-12"))]))
    assert calendar.covers(on("Tue 2026-03-10"))
    assert not calendar.covers(on("Thu 2026-03-12"))


def test_the_new_year_swap_of_2026_moves_exactly_the_cases_it_is_in_the_way_of() -> None:
    after = released()
    before = after.at(at("Wed 2025-12-24 23:59 +59999ms"))
    starts = {
        "Mon 2025-12-29 09:00": ("Fri 2026-01-02 09:00", "Mon 2026-01-05 09:00"),
        "Tue 2026-01-06 09:00": ("Fri 2026-01-09 09:00", "Fri 2026-01-09 09:00"),
        "Wed 2026-01-07 09:00": ("Mon 2026-01-12 09:00", "Sat 2026-01-10 09:00"),
    }
    for start, dues in starts.items():
        found = tuple(processing(known).add(at(start), Limit(3, WORKING)) for known in (before, after))
        assert found == (at(dues[0]), at(dues[1]))
    assert after.at(at("Thu 2025-12-25 00:00")) is after


def test_the_day_not_confirmed_is_worked() -> None:
    assert processing(released()).is_working(on("Tue 2026-11-24"))


def test_desks_of_the_city_take_in_on_saturday_what_is_worked_on_from_monday() -> None:
    calendars = released()
    reception = calendars.reception("VN", ("10507", "31@2025-07-01", "all"))
    assert reception is not None
    saturday = at("Sat 2026-03-07 08:00")
    assert reception.opening(saturday) == saturday
    assert reception.add(saturday, Limit(4, HOURS)) == at("Mon 2026-03-09 07:30")
    assert processing(calendars, "10507", "31@2025-07-01", "all").opening(saturday) == at(
        "Mon 2026-03-09 07:00"
    )
    assert not reception.is_working(on("Sat 2026-02-21"))
    assert hours(reception, "Sat 2026-01-10") == 8
    elsewhere = calendars.reception("VN", ("79", "all"))
    assert elsewhere is not None
    assert not elsewhere.is_working(on("Sat 2026-03-07"))
