"""The due instant of a case: tables of dates a person can check."""

from datetime import date, time

import pytest

from services.domain.calendar import Calendar, UncoveredDate
from services.domain.deadline import (
    Extension,
    Supplement,
    due_instant,
    net_working_seconds,
    union,
    wall_ms,
    working_seconds,
)
from services.domain.procedures import RESTART, Procedure
from tests.unit.domain.build import at, day
from tests.unit.domain.deadline_build import (
    FIFTEEN_CALENDAR_DAYS,
    NEW,
    ONE_HOUR,
    ONE_MONTH,
    OVERLAPPING,
    RECEIVED,
    RESTARTING,
    RULE_SET,
    SAME_DAY,
    THREE_DAYS,
    TWELVE_CALENDAR_DAYS,
    country,
    extension,
    supplement,
)


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return country()


def due(
    rule: Procedure,
    calendar: Calendar,
    received: str = RECEIVED,
    supplements: tuple[Supplement, ...] = (),
    extensions: tuple[Extension, ...] = (),
) -> str | None:
    return day(due_instant(rule, RULE_SET, calendar, at(received), supplements, extensions))


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("Mon 2026-01-05 09:00", "Thu 2026-01-08 09:00"),
        ("Mon 2026-01-05 15:30", "Thu 2026-01-08 15:30"),  # the 15:00 rule does not move a limit of days
        ("Mon 2026-01-05 06:00", "Thu 2026-01-08 07:00"),
        ("Mon 2026-01-05 12:00", "Thu 2026-01-08 13:30"),
        ("Mon 2026-01-05 17:00", "Thu 2026-01-08 17:00"),
        ("Mon 2026-01-05 18:00", "Fri 2026-01-09 07:00"),
        ("Sun 2026-01-04 10:00", "Thu 2026-01-08 07:00"),
        ("Thu 2026-01-08 09:00", "Mon 2026-01-12 09:00"),  # Saturday 10 is worked for 2 January
        ("Fri 2026-02-13 10:00", "Wed 2026-02-25 10:00"),  # Tet
        ("Sat 2026-02-14 10:00", "Thu 2026-02-26 07:00"),
        ("Fri 2026-08-21 10:00", "Tue 2026-08-25 10:00"),  # Saturday 22 is worked for 31 August
        ("Fri 2026-08-28 10:00", "Mon 2026-09-07 10:00"),
    ],
)
def test_a_limit_of_working_days_ends_at_the_clock_time_it_began(
    calendar: Calendar, received: str, expected: str
) -> None:
    assert due(THREE_DAYS, calendar, received) == expected
    assert due(THREE_DAYS._replace(after_15h=True), calendar, received) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("Mon 2026-01-05 07:00", "Mon 2026-01-05 17:00"),
        ("Mon 2026-01-05 06:00", "Mon 2026-01-05 17:00"),
        ("Mon 2026-01-05 12:00", "Mon 2026-01-05 17:00"),
        ("Mon 2026-01-05 15:00", "Mon 2026-01-05 17:00"),
        ("Mon 2026-01-05 15:00 +1ms", "Tue 2026-01-06 17:00"),
        ("Mon 2026-01-05 17:00", "Tue 2026-01-06 17:00"),
        ("Mon 2026-01-05 17:00 +1ms", "Tue 2026-01-06 17:00"),
        ("Fri 2026-01-09 15:30", "Sat 2026-01-10 17:00"),  # worked for 2 January
        ("Sat 2026-01-10 15:30", "Mon 2026-01-12 17:00"),
        ("Fri 2026-01-16 15:30", "Mon 2026-01-19 17:00"),
        ("Sat 2026-01-17 15:30", "Mon 2026-01-19 17:00"),  # counts from Monday morning, before 15:00
        ("Fri 2026-02-13 15:00", "Fri 2026-02-13 17:00"),
        ("Fri 2026-02-13 15:01", "Mon 2026-02-23 17:00"),
        ("Tue 2026-02-17 09:00", "Mon 2026-02-23 17:00"),
    ],
)
def test_a_same_day_case_received_after_15_hours_is_due_the_next_working_day(
    calendar: Calendar, received: str, expected: str
) -> None:
    assert due(SAME_DAY, calendar, received) == expected


def test_one_millisecond_before_15_hours_is_not_after_it(calendar: Calendar) -> None:
    assert (
        day(due_instant(SAME_DAY, RULE_SET, calendar, at("Mon 2026-01-05 15:00") - 1))
        == "Mon 2026-01-05 17:00"
    )


def test_without_the_15_hours_rule_a_same_day_case_is_due_on_its_day(calendar: Calendar) -> None:
    plain = SAME_DAY._replace(after_15h=False)
    assert due(plain, calendar, "Mon 2026-01-05 16:59") == "Mon 2026-01-05 17:00"
    assert due(plain, calendar, "Mon 2026-01-05 17:01") == "Tue 2026-01-06 17:00"


@pytest.mark.parametrize(
    ("rule", "received", "expected"),
    [
        (ONE_HOUR, "Mon 2026-01-05 11:00", "Mon 2026-01-05 14:00"),
        (ONE_HOUR, "Fri 2026-01-16 16:30", "Mon 2026-01-19 07:30"),
        (FIFTEEN_CALENDAR_DAYS, "Mon 2026-01-05 09:00", "Tue 2026-01-20 09:00"),
        (TWELVE_CALENDAR_DAYS, "Mon 2026-01-05 09:00", "Mon 2026-01-19 09:00"),  # Saturday 17 rolls forward
        (ONE_MONTH, "Fri 2026-01-30 09:00", "Mon 2026-03-02 09:00"),  # Saturday 28 February rolls forward
    ],
)
def test_hours_are_working_time_and_calendar_limits_roll_forward(
    calendar: Calendar, rule: Procedure, received: str, expected: str
) -> None:
    assert due(rule, calendar, received) == expected


def test_without_a_known_limit_there_is_no_due_instant(calendar: Calendar) -> None:
    unknown = THREE_DAYS._replace(limit=None)
    assert due(unknown, calendar, supplements=(supplement(RECEIVED, "Tue 2026-01-06 09:00"),)) is None
    assert due(unknown, calendar, "Mon 2035-01-01 09:00") is None


def test_a_day_that_the_calendar_does_not_cover_is_an_error(calendar: Calendar) -> None:
    with pytest.raises(UncoveredDate) as outside:
        due(THREE_DAYS, calendar, "Wed 2026-12-30 09:00")
    assert outside.value.day == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        ("Tue 2026-01-06 09:00", "Wed 2026-01-07 09:00", "Fri 2026-01-09 09:00"),
        ("Tue 2026-01-06 09:00", "Tue 2026-01-06 09:05", "Thu 2026-01-08 09:05"),
        (
            "Mon 2026-01-05 18:00",
            "Tue 2026-01-06 06:00",
            "Thu 2026-01-08 09:00",
        ),  # a night is no working time
        (
            "Wed 2026-01-07 16:00",
            "Mon 2026-01-12 08:00",
            "Mon 2026-01-12 11:00",
        ),  # 1 + 8 + 8 (worked Saturday) + 1 h
        ("Fri 2026-02-13 16:00", "Mon 2026-02-23 08:00", "Thu 2026-01-08 11:00"),  # 2 h around Tet
        (
            "Sun 2026-01-04 09:00",
            "Mon 2026-01-05 10:00",
            "Thu 2026-01-08 10:00",
        ),  # only what lies after the start
        ("Sun 2026-01-04 09:00", "Mon 2026-01-05 08:00", "Thu 2026-01-08 09:00"),
        ("Tue 2026-01-06 09:00", None, "Thu 2026-01-08 09:00"),
        ("Tue 2026-01-06 09:00", "Tue 2026-01-06 08:00", "Thu 2026-01-08 09:00"),
    ],
)
def test_waiting_is_added_to_a_limit_of_working_time_as_working_time(
    calendar: Calendar, asked: str, given: str | None, expected: str
) -> None:
    assert due(THREE_DAYS, calendar, supplements=(supplement(asked, given),)) == expected


@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        ("Tue 2026-01-06 09:00", "Tue 2026-01-06 10:00", "Tue 2026-01-20 10:00"),
        ("Tue 2026-01-06 09:00", "Thu 2026-01-08 21:00", "Thu 2026-01-22 21:00"),
        ("Mon 2026-01-05 18:00", "Tue 2026-01-06 06:00", "Tue 2026-01-20 21:00"),  # a night counts
        ("Tue 2026-01-06 09:00", "Sat 2026-01-10 09:00", "Mon 2026-01-26 09:00"),  # Saturday 24 rolls forward
        ("Tue 2026-01-06 09:00", "Sun 2026-01-11 10:00", "Mon 2026-01-26 10:00"),
        ("Sun 2026-01-04 09:00", "Mon 2026-01-05 10:00", "Tue 2026-01-20 10:00"),
        ("Tue 2026-01-06 09:00", None, "Tue 2026-01-20 09:00"),
    ],
)
def test_waiting_is_added_to_a_calendar_limit_by_the_clock(
    calendar: Calendar, asked: str, given: str | None, expected: str
) -> None:
    assert due(FIFTEEN_CALENDAR_DAYS, calendar, supplements=(supplement(asked, given),)) == expected


def test_a_wait_before_the_clock_starts_is_not_added(calendar: Calendar) -> None:
    weekend = supplement("Sat 2026-01-17 10:00", "Sun 2026-01-18 22:00")
    assert due(FIFTEEN_CALENDAR_DAYS, calendar, "Sat 2026-01-17 09:00", (weekend,)) == "Tue 2026-02-03 07:00"


def test_hours_and_the_same_day_wait_in_working_time(calendar: Calendar) -> None:
    waited = (supplement("Mon 2026-01-05 09:30", "Mon 2026-01-05 10:30"),)
    assert due(ONE_HOUR, calendar, supplements=waited) == "Mon 2026-01-05 11:00"
    assert due(SAME_DAY, calendar, supplements=waited) == "Tue 2026-01-06 08:00"


def test_a_month_waits_by_the_clock(calendar: Calendar) -> None:
    waited = (supplement("Tue 2026-01-06 09:00", "Wed 2026-01-07 10:00"),)
    assert due(ONE_MONTH, calendar, supplements=waited) == "Fri 2026-02-06 10:00"


NESTED = (
    supplement("Tue 2026-01-06 09:00", "Wed 2026-01-07 09:00"),
    supplement("Tue 2026-01-06 10:00", "Tue 2026-01-06 11:00"),
)
APART = (
    supplement("Tue 2026-01-06 08:00", "Tue 2026-01-06 09:00"),
    supplement("Wed 2026-01-07 10:00", "Wed 2026-01-07 11:00"),
)


@pytest.mark.parametrize(
    ("supplements", "working", "by_the_clock"),
    [
        (NESTED, "Fri 2026-01-09 09:00", "Wed 2026-01-21 09:00"),
        (OVERLAPPING, "Thu 2026-01-08 14:00", "Tue 2026-01-20 14:00"),
        (APART, "Thu 2026-01-08 11:00", "Tue 2026-01-20 11:00"),
        ((*APART, *APART), "Thu 2026-01-08 11:00", "Tue 2026-01-20 11:00"),
    ],
)
def test_supplements_that_overlap_count_once(
    calendar: Calendar, supplements: tuple[Supplement, ...], working: str, by_the_clock: str
) -> None:
    assert due(THREE_DAYS, calendar, supplements=supplements) == working
    assert due(THREE_DAYS, calendar, supplements=supplements[::-1]) == working
    assert due(FIFTEEN_CALENDAR_DAYS, calendar, supplements=supplements) == by_the_clock


@pytest.mark.parametrize(
    ("supplements", "expected"),
    [
        (NESTED, "Sat 2026-01-10 09:00"),
        (NESTED[::-1], "Sat 2026-01-10 09:00"),
        (APART, "Sat 2026-01-10 11:00"),
        ((supplement("Tue 2026-01-06 09:00", "Sun 2026-01-18 09:00"),), "Thu 2026-01-22 07:00"),
        ((*APART, supplement("Thu 2026-01-08 08:00", None)), "Sat 2026-01-10 11:00"),
        ((supplement("Tue 2026-01-06 09:00", "Tue 2026-01-06 09:00"),), "Fri 2026-01-09 09:00"),
        ((supplement("Tue 2026-01-06 09:00", None),), "Thu 2026-01-08 09:00"),
        ((supplement("Fri 2026-01-02 09:00", "Sat 2026-01-03 09:00"),), "Thu 2026-01-08 09:00"),
    ],
)
def test_a_limit_that_restarts_counts_anew_from_the_last_completed_supplement(
    calendar: Calendar, supplements: tuple[Supplement, ...], expected: str
) -> None:
    assert due(RESTARTING, calendar, supplements=supplements) == expected


def test_a_same_day_limit_restarts_with_the_15_hours_rule(calendar: Calendar) -> None:
    restarting = SAME_DAY._replace(supplement=RESTART)
    for given, expected in (("15:00", "Tue 2026-01-06 17:00"), ("15:01", "Wed 2026-01-07 17:00")):
        waited = (supplement("Mon 2026-01-05 10:00", f"Tue 2026-01-06 {given}"),)
        assert due(restarting, calendar, supplements=waited) == expected


@pytest.mark.parametrize(
    ("apology", "expected"),
    [
        ("Tue 2026-01-06 09:00", NEW),
        ("Wed 2026-01-07 09:00", NEW),
        ("Wed 2026-01-07 09:00 +1ms", "Thu 2026-01-08 09:00"),
        (None, "Thu 2026-01-08 09:00"),
    ],
)
def test_an_extension_needs_an_apology_24_hours_before_the_due_instant(
    calendar: Calendar, apology: str | None, expected: str
) -> None:
    assert (
        due(THREE_DAYS, calendar, extensions=(extension("Wed 2026-01-07 08:00", NEW, apology),)) == expected
    )


@pytest.mark.parametrize(
    ("hours", "apology", "expected"),
    [
        (48, "Tue 2026-01-06 09:00", NEW),
        (48, "Tue 2026-01-06 09:00 +1ms", "Thu 2026-01-08 09:00"),
        (0, "Thu 2026-01-08 09:00", NEW),
        (0, "Thu 2026-01-08 09:00 +1ms", "Thu 2026-01-08 09:00"),
    ],
)
def test_the_decree_says_how_long_before_an_apology_must_come(
    calendar: Calendar, hours: int, apology: str, expected: str
) -> None:
    decree = RULE_SET._replace(apology_ahead_ms=hours * 3_600_000)
    new = (extension("Wed 2026-01-07 08:00", NEW, apology),)
    assert day(due_instant(THREE_DAYS, decree, calendar, at(RECEIVED), (), new)) == expected


def test_the_decree_may_allow_no_new_appointment(calendar: Calendar) -> None:
    decree = RULE_SET._replace(new_appointments=0)
    new = (extension("Wed 2026-01-07 08:00", NEW, "Tue 2026-01-06 09:00"),)
    assert day(due_instant(THREE_DAYS, decree, calendar, at(RECEIVED), (), new)) == "Thu 2026-01-08 09:00"


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("Mon 2026-01-05 14:00", "Mon 2026-01-05 17:00"),
        ("Mon 2026-01-05 14:00 +1ms", "Tue 2026-01-06 17:00"),
    ],
)
def test_the_decree_says_after_which_hour_a_same_day_case_counts_on_the_next_day(
    calendar: Calendar, received: str, expected: str
) -> None:
    decree = RULE_SET._replace(hand_on_after=time(14))
    assert day(due_instant(SAME_DAY, decree, calendar, at(received))) == expected


def test_there_is_at_most_one_extension(calendar: Calendar) -> None:
    first = extension("Tue 2026-01-06 08:00", NEW, "Tue 2026-01-06 08:00")
    second = extension("Tue 2026-01-13 08:00", "Thu 2026-01-22 10:00", "Tue 2026-01-13 08:00")
    assert due(THREE_DAYS, calendar, extensions=(first, second)) == NEW


def test_an_extension_without_a_timely_apology_does_not_use_up_the_one(calendar: Calendar) -> None:
    first = extension("Tue 2026-01-06 08:00", "Thu 2026-01-22 10:00", None)
    second = extension("Tue 2026-01-06 09:00", NEW, "Tue 2026-01-06 09:00")
    assert due(THREE_DAYS, calendar, extensions=(first, second)) == NEW


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Wed 2026-01-07 09:00", NEW),  # before the extension: it then stood at Friday 9 09:00
        ("Wed 2026-01-07 12:00", NEW),  # at its very instant
        ("Wed 2026-01-07 12:00 +1ms", "Fri 2026-01-09 11:30"),
    ],
)
def test_the_apology_is_held_against_the_due_instant_that_stood_at_the_extension(
    calendar: Calendar, given: str, expected: str
) -> None:
    late = extension("Wed 2026-01-07 12:00", NEW, "Wed 2026-01-07 12:00")
    waited = (supplement("Tue 2026-01-06 09:00", given),)
    assert due(THREE_DAYS, calendar, supplements=waited, extensions=(late,)) == expected


def test_a_supplement_completed_after_the_extension_moves_the_new_appointment(calendar: Calendar) -> None:
    new = extension("Tue 2026-01-06 12:00", NEW, "Tue 2026-01-06 12:00")
    credited = supplement("Tue 2026-01-06 09:00", "Tue 2026-01-06 11:00")
    overlapping = supplement("Tue 2026-01-06 10:00", "Tue 2026-01-06 14:00")
    assert due(THREE_DAYS, calendar, supplements=(credited,), extensions=(new,)) == NEW
    both = (overlapping, credited)
    assert due(THREE_DAYS, calendar, supplements=both, extensions=(new,)) == "Thu 2026-01-15 11:00"
    assert due(FIFTEEN_CALENDAR_DAYS, calendar, supplements=both, extensions=(new,)) == "Thu 2026-01-15 13:00"


def test_a_limit_that_restarts_after_the_extension_counts_anew(calendar: Calendar) -> None:
    new = extension("Tue 2026-01-06 12:00", NEW, "Tue 2026-01-06 12:00")
    waited = supplement("Tue 2026-01-06 15:00", "Mon 2026-01-19 10:00")
    assert due(RESTARTING, calendar, supplements=(waited,), extensions=(new,)) == "Thu 2026-01-22 10:00"


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ([], []),
        ([(5, 9), (1, 3)], [(1, 3), (5, 9)]),
        ([(1, 5), (3, 9)], [(1, 9)]),
        ([(1, 9), (3, 5)], [(1, 9)]),
        ([(1, 3), (3, 5)], [(1, 5)]),
        ([(1, 3), (4, 5)], [(1, 3), (4, 5)]),
        ([(4, 4), (5, 2), (1, 3), (1, 3)], [(1, 3)]),
    ],
)
def test_a_union_holds_each_instant_once(
    intervals: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    assert union(intervals) == expected
    assert wall_ms(intervals) == sum(end - start for start, end in expected)


def test_net_working_time_leaves_out_the_pauses_within(calendar: Calendar) -> None:
    start, end = at("Mon 2026-01-05 09:00"), at("Wed 2026-01-07 09:00")
    pauses = [
        (at("Fri 2026-01-02 09:00"), at("Mon 2026-01-05 10:00")),  # 1 h within
        (at("Mon 2026-01-05 16:00"), at("Tue 2026-01-06 08:00")),  # 2 h
        (at("Mon 2026-01-05 16:30"), at("Tue 2026-01-06 07:30")),
        (at("Wed 2026-01-07 08:00"), at("Fri 2026-01-09 08:00")),  # 1 h within
        (at("Mon 2026-01-12 08:00"), at("Tue 2026-01-13 08:00")),
    ]
    assert net_working_seconds(calendar, start, end, []) == 16 * 3600
    assert net_working_seconds(calendar, start, end, pauses) == 12 * 3600
    assert net_working_seconds(calendar, end, start, pauses) == 0
    assert net_working_seconds(calendar, start, start, pauses) == 0
    assert working_seconds(calendar, pauses[1:3]) == 2 * 3600
