"""The calendars of the release against every second of their coverage, counted one by one by other code."""

import random

import pytest

from services.domain.calendar import HOUR_SECONDS, Calendar, Limit, LimitUnit
from services.load_calendar import FILE
from tests.unit.domain.calendar_build import REFERENCE, released
from tests.unit.domain.calendar_oracle import DAY_SECONDS, Oracle

INTERVALS = 100_000
WARD = ("10507", "31", "all")
EDGES = [clock * 1800 for clock in (14, 23, 27, 34)]


@pytest.fixture(scope="module", params=["processing", "reception"])
def pair(request: pytest.FixtureRequest) -> tuple[Calendar, Oracle]:
    calendar = getattr(released(), request.param)("VN", WARD)
    assert isinstance(calendar, Calendar)
    return calendar, Oracle(REFERENCE / FILE, ["31", "VN"], request.param)


def drawn(draw: random.Random, oracle: Oracle) -> int:
    """An instant: any, or one within two seconds of where a session may start or end."""
    if draw.random() < 0.5:
        return draw.randrange(oracle.start * 1000, oracle.end * 1000)
    midnight = oracle.start + draw.randrange(len(oracle.dates)) * DAY_SECONDS
    return (midnight + draw.choice(EDGES)) * 1000 + draw.randrange(-2000, 2001)


def test_the_two_agree_on_which_days_are_worked(pair: tuple[Calendar, Oracle]) -> None:
    calendar, oracle = pair
    assert [calendar.is_working(day) for day in oracle.dates] == [1 in marks for marks in oracle.marks]
    assert calendar.covers(oracle.dates[0])
    assert calendar.covers(oracle.dates[-1])


def test_the_two_agree_on_working_seconds_between_any_two_instants(pair: tuple[Calendar, Oracle]) -> None:
    calendar, oracle = pair
    draw = random.Random(4)
    for _ in range(INTERVALS):
        a, b = drawn(draw, oracle), drawn(draw, oracle)
        if draw.random() < 0.5:
            b = min(max(a + draw.randrange(-DAY_SECONDS, 10 * DAY_SECONDS) * 1000, a), oracle.end * 1000 - 1)
        assert calendar.between(a, b) == oracle.between(a, b), (a, b)


def test_the_two_agree_on_when_working_time_has_passed(pair: tuple[Calendar, Oracle]) -> None:
    calendar, oracle = pair
    draw = random.Random(9)
    latest = oracle.before[-1]
    for _ in range(2_000):
        start = drawn(draw, oracle) // 1000
        seconds = draw.choice([1, 59, 4 * HOUR_SECONDS, 8 * HOUR_SECONDS, draw.randrange(1, 10**6)])
        if oracle.worked(start) + seconds > latest:
            continue
        assert calendar.add_seconds(start * 1000, seconds) == oracle.after(start, seconds) * 1000, (
            start,
            seconds,
        )


def test_the_two_agree_on_limits_in_hours(pair: tuple[Calendar, Oracle]) -> None:
    calendar, oracle = pair
    draw = random.Random(8)
    for _ in range(500):
        start, hours = drawn(draw, oracle) // 1000, draw.randrange(1, 200)
        if oracle.worked(start) + hours * HOUR_SECONDS > oracle.before[-1]:
            continue
        due = calendar.add(start * 1000, Limit(hours, LimitUnit.HOURS))
        assert due == oracle.after(start, hours * HOUR_SECONDS) * 1000, (start, hours)


def test_the_opening_is_the_next_instant_that_is_worked(pair: tuple[Calendar, Oracle]) -> None:
    calendar, oracle = pair
    draw = random.Random(7)
    for _ in range(5_000):
        instant = drawn(draw, oracle)
        second, part = divmod(instant, 1000)
        if second >= oracle.end - 30 * DAY_SECONDS:
            continue
        # The last instant of a session is within it: the second before it is worked, and it is whole.
        within = oracle.is_worked(second) or (part == 0 and oracle.is_worked(second - 1))
        expected = instant if within else oracle.after(second, 1) * 1000 - 1000
        assert calendar.opening(instant) == expected, instant
