"""The calendar's file: what is read from it, and how each mistake in it is told."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.domain.calendars import Calendars
from services.load_calendar import FILE, load
from tests.unit.domain.calendar_build import REFERENCE, at, on
from tests.unit.services.calendar_rows import CITY, DAY, NATIONAL, read, refused


def hours(calendars: Calendars, day: str, *path: str) -> list[str]:
    """Sessions of a day in the calendar for processing."""
    calendar = calendars.processing("VN", path)
    assert calendar is not None
    midnight = calendar.start_of_day(on(day))
    return [
        "-".join(str(timedelta(milliseconds=edge - midnight)) for edge in session)
        for session in calendar.sessions(on(day))
    ]


def test_the_data_of_the_release_loads_without_a_problem() -> None:
    problems: list[str] = []
    calendar = load(REFERENCE, problems).processing("VN")
    assert problems == []
    assert calendar is not None
    assert [calendar.covers(on(day)) for day in ("Sun 2023-01-01", "Thu 2026-12-31")] == [True, True]
    assert [calendar.covers(on(day)) for day in ("Sat 2022-12-31", "Fri 2027-01-01")] == [False, False]


def test_a_week_without_weekend_sessions_rests_on_saturday_and_sunday(tmp_path: Path) -> None:
    calendars, problems = read(tmp_path, NATIONAL, DAY)
    assert problems == []
    assert hours(calendars, "Fri 2026-03-06") == ["7:00:00-11:30:00", "13:30:00-17:00:00"]
    assert hours(calendars, "Sat 2026-03-07") == hours(calendars, "Sun 2026-03-08") == []
    assert hours(calendars, "Wed 2026-03-04") == []


def test_a_layer_says_only_what_differs_there(tmp_path: Path) -> None:
    season = CITY.replace("saturday", "sessions").replace("07:00-11:30", "06:30-11:00")
    calendars, problems = read(
        tmp_path, NATIONAL, CITY.replace("03-31", "02-28"), season.replace("02-01", "03-01"), DAY
    )
    assert problems == []
    assert hours(calendars, "Sat 2026-02-07", "31") == ["7:00:00-11:30:00"]
    assert hours(calendars, "Fri 2026-02-06", "31") == hours(calendars, "Fri 2026-02-06")
    assert hours(calendars, "Fri 2026-03-06", "31") == ["6:30:00-11:00:00"]
    assert hours(calendars, "Sat 2026-03-07", "31") == []
    assert hours(calendars, "Wed 2026-03-04", "31") == []


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [("", ["7:00:00-11:30:00", "13:30:00-17:00:00"]), ('sessions = ["08:00-09:15"]', ["8:00:00-9:15:00"])],
)
def test_a_worked_saturday_has_its_own_sessions_or_those_of_a_monday(
    tmp_path: Path, sessions: str, expected: list[str]
) -> None:
    worked = DAY.replace('"off"', f'"worked"\n{sessions}').replace("03-04", "03-07")
    calendars, problems = read(tmp_path, NATIONAL, worked)
    assert problems == []
    assert hours(calendars, "Sat 2026-03-07") == expected


@pytest.mark.parametrize(
    ("in_force", "is_off"), [("", True), ("in_force = true", True), ("in_force = false", False)]
)
def test_a_day_can_be_written_down_before_it_is_in_force(tmp_path: Path, in_force: str, is_off: bool) -> None:
    calendars, problems = read(tmp_path, NATIONAL, DAY, in_force)
    assert problems == []
    assert (hours(calendars, "Wed 2026-03-04") == []) == is_off


@pytest.mark.parametrize("known_from", ["2026-02-01", "2026-02-01T00:00:00+07:00", "2026-01-31T17:00:00Z"])
def test_a_row_is_known_from_the_start_of_a_day_or_from_an_instant(tmp_path: Path, known_from: str) -> None:
    calendars, problems = read(tmp_path, NATIONAL, DAY, f"known_from = {known_from}")
    assert problems == []
    assert calendars.edges == (at("Sun 2026-02-01 00:00"),)


def test_the_day_from_which_a_row_is_known_begins_in_its_zone_wherever_it_stands(tmp_path: Path) -> None:
    calendars, problems = read(tmp_path, CITY, "known_from = 2026-02-01", NATIONAL, DAY)
    assert problems == []
    assert calendars.edges == (at("Sun 2026-02-01 00:00"),)


def test_rows_are_known_from_the_beginning_and_for_both_kinds_unless_they_say_so(tmp_path: Path) -> None:
    calendars, _ = read(tmp_path, NATIONAL, CITY, 'kinds = ["reception"]', DAY)
    assert calendars.edges == ()
    city = calendars.reception("VN", ("31",))
    assert city is not None
    assert city.is_working(on("Sat 2026-02-07"))
    assert not city.is_working(on("Wed 2026-03-04"))
    assert hours(calendars, "Sat 2026-02-07", "31") == []


WEEK_MISTAKES = [
    ('zone = "Asia/Ho_Chi_Minh"', "", "field 'zone' is missing"),
    ("Asia/Ho_Chi_Minh", "Asia/Hanoi", "zone: 'Asia/Hanoi' is not a time zone; use an IANA name"),
    ("Asia/Ho_Chi_Minh", "../etc", "zone: '../etc' is not a time zone"),
    ("from = 2026-01-01", "", "field 'from' is missing"),
    ("from = 2026-01-01", 'from = "2026-01-01"', "from: '2026-01-01' is not a date"),
    ("to = 2026-03-31", "to = 2025-12-31", "to: 2025-12-31 lies before from; exchange them"),
    ('sessions = ["07:00-11:30", "13:30-17:00"]', "", "field 'sessions' is missing"),
    ('["07:00-11:30", "13:30-17:00"]', "[]", "sessions: [] lists no sessions; write"),
    ('["07:00-11:30", "13:30-17:00"]', '"07:00-11:30"', "sessions: '07:00-11:30' lists no sessions"),
    ("07:00-11:30", "7:00-11:30", "sessions: '7:00-11:30' is no session; write it as 07:00-11:30"),
    ("13:30-17:00", "13:30-24:00", "sessions: '13:30-24:00' is no session"),
    ('"07:00-11:30"', "7", "sessions: 7 is no session"),
    ("07:00-11:30", "11:30-11:30", "sessions: '11:30-11:30' does not end after it starts; correct one"),
    ("07:00-11:30", "07:00-13:31", "sessions: sessions overlap or are out of order"),
    ("07:00-11:30", "17:30-18:00", "sessions: sessions overlap or are out of order"),
    ('source = "a"', "", "field 'source' is missing"),
    ('source = "a"', 'source = " "', "source: is empty"),
    ('verified = "illustrative"', "", "field 'verified' is missing"),
    ('"illustrative"', '"surely"', "verified: 'surely' is unknown; the closed list is"),
    (
        'verified = "illustrative"',
        'verified = "illustrative"\nknow_from = 2026-01-01',
        "know_from: is no field",
    ),
    (
        'verified = "illustrative"',
        'verified = "illustrative"\nkinds = ["desk"]',
        "kinds: ['desk']; list one or both",
    ),
    ('verified = "illustrative"', 'verified = "illustrative"\nkinds = []', "kinds: []; list one or both"),
    (
        'verified = "illustrative"',
        'verified = "illustrative"\nkinds = "reception"',
        "kinds: 'reception'; list",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "problem"), WEEK_MISTAKES)
def test_a_mistake_in_a_week_names_file_row_and_remedy(
    tmp_path: Path, right: str, wrong: str, problem: str
) -> None:
    assert right in NATIONAL
    for parts in ([DAY], [CITY, 'kinds = ["reception"]', DAY]):  # whose days are not to blame
        told = refused(tmp_path, NATIONAL.replace(right, wrong, 1), *parts)
        assert told.startswith(f"{FILE}: [[calendar]] row 1: {problem}")


DAY_MISTAKES = [
    ('scope = "VN"', "scope = 31", "scope: 31 is not a text"),
    ('"off"', '"worked"\nsessions = []', "sessions: [] lists no sessions"),
    ('"off"', '"free"', "state: 'free' is unknown; the closed list is off, worked"),
    ('"off"', '"off"\nsessions = ["07:00-11:30"]', "sessions: a day off has none; leave them out or"),
    ('state = "off"', "", "field 'state' is missing"),
    ("on = 2026-03-04", "", "field 'on' is missing"),
    ("2026-03-04", "2026-03-04T00:00:00", "on: datetime.datetime(2026, 3, 4, 0, 0) is not a date"),
    ('why = "why"', "", "field 'why' is missing"),
    ('why = "why"', 'why = ""', "why: '' is not a text"),
    ('source = "a"', "", "field 'source' is missing"),
    ('source = "a"', 'source = "a"\nin_force = "no"', "in_force: 'no' is not a claim"),
    ('source = "a"', 'source = "a"\nknown_from = "2026"', "known_from: '2026' is not a date"),
    ('source = "a"', 'source = "a"\nzone = "UTC"', "zone: is no field of this row"),
    ('verified = "illustrative"', "", "field 'verified' is missing"),
]


@pytest.mark.parametrize(("right", "wrong", "problem"), DAY_MISTAKES)
def test_a_mistake_in_a_day_names_file_row_and_remedy(
    tmp_path: Path, right: str, wrong: str, problem: str
) -> None:
    assert right in DAY
    told = refused(tmp_path, NATIONAL, DAY, DAY.replace(right, wrong, 1))
    assert told.startswith(f"{FILE}: [[day]] row 2: {problem}")


def test_sessions_may_follow_each_other_without_a_break(tmp_path: Path) -> None:
    assert read(tmp_path, NATIONAL.replace("13:30", "11:30"), DAY)[1] == []
