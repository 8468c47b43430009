"""What holds of every calendar: whatever its days, its sessions and its zone."""

from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.domain.calendar import Calendar, DayPlan, Limit, LimitUnit, Session, UncoveredDate

ZONES = ["Asia/Ho_Chi_Minh", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe"]
CLOCKS = st.integers(5 * 60, 23 * 60 + 59).map(lambda minute: minute * 60)
SIZES = st.integers(0, 5)


class Drawn(NamedTuple):
    calendar: Calendar
    days: list[date]
    instants: list[int]
    """Three, in order; many of them where a session starts or ends."""

    @property
    def working(self) -> list[date]:
        return [day for day in self.days if self.calendar.is_working(day)]


@st.composite
def plans(draw: st.DrawFn) -> DayPlan:
    edges = sorted(draw(st.sets(CLOCKS, max_size=6)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return DayPlan(tuple(Session(*pair) for pair in pairs), "a day", "a source")


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    """A few days of March 2026: clocks change on the 8th in New York and on the 29th in Amsterdam."""
    first = date(2026, 3, draw(st.sampled_from([1, 5, 26])))
    made = draw(st.lists(plans(), min_size=1, max_size=12))
    calendar = Calendar("drawn", ZoneInfo(draw(st.sampled_from(ZONES))), first, made)
    days = [first + timedelta(number) for number in range(len(made))]
    edges = [edge for day in days for session in calendar.sessions(day) for edge in session]
    instant = st.integers(calendar.start_of_day(days[0]), calendar.start_of_day(days[-1]) + 72_000_000)
    if edges:
        instant |= st.builds(int.__add__, st.sampled_from(edges), st.integers(-2, 2))
    return Drawn(calendar, days, sorted(draw(st.lists(instant, min_size=3, max_size=3))))


@given(drawn())
def test_working_time_adds_up_and_is_never_more_than_time(case: Drawn) -> None:
    calendar, (a, b, c) = case.calendar, case.instants
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert 0 <= calendar.between(a, b) <= (b - a + 999) // 1000
    assert calendar.between(b, a) == 0


def worked(case: Drawn, start: int, end: int) -> int:
    """Working milliseconds, session by session."""
    sessions = [session for day in case.days for session in case.calendar.sessions(day)]
    return sum(max(0, min(end, closes) - max(start, opens)) for opens, closes in sessions)


@given(drawn())
def test_all_working_time_lies_in_sessions(case: Drawn) -> None:
    start, _, end = case.instants
    assert abs(case.calendar.between(start, end) * 1000 - worked(case, start, end)) < 1000


@given(drawn(), st.integers(1, 100_000))
def test_working_time_added_has_passed_at_that_instant_and_not_before(case: Drawn, seconds: int) -> None:
    start = case.instants[0]
    if worked(case, start, start + 10**10) < seconds * 1000:
        with pytest.raises(UncoveredDate) as refusal:
            case.calendar.add_seconds(start, seconds)
        assert refusal.value.day == case.days[-1] + timedelta(1)
        return
    due = case.calendar.add_seconds(start, seconds)
    assert worked(case, start, due) == seconds * 1000
    assert worked(case, start, due - 1) == seconds * 1000 - 1
    assert case.calendar.between(start, due) == seconds


@given(drawn())
def test_no_working_time_passes_before_the_opening(case: Drawn) -> None:
    start = case.instants[0]
    try:
        opening = case.calendar.opening(start)
    except UncoveredDate:
        assert case.calendar.between(start, case.instants[-1]) == 0
        return
    assert opening >= start
    assert case.calendar.between(start, opening) == 0
    assert case.calendar.opening(opening) == opening
    sessions = case.calendar.sessions(case.calendar.day_of(opening))
    assert any(opens <= opening <= closes for opens, closes in sessions)


@given(drawn(), st.data(), SIZES)
def test_working_days_back_lead_where_working_days_on_came_from(
    case: Drawn, data: st.DataObject, n: int
) -> None:
    assume(case.working)
    start = data.draw(st.sampled_from(case.working))
    at = case.working.index(start)
    if at + n >= len(case.working):
        with pytest.raises(UncoveredDate):
            case.calendar.add_working_days(start, n)
        return
    end = case.calendar.add_working_days(start, n)
    assert end == case.working[at + n]
    assert case.calendar.add_working_days(end, -n) == start


@given(drawn(), st.data(), st.sampled_from([-5, -2, -1, 1, 2, 3, 8]))
def test_the_nth_working_day_is_the_nth_beside_the_day(case: Drawn, data: st.DataObject, n: int) -> None:
    start = data.draw(st.sampled_from(case.days))
    beside = [day for day in case.working if (day > start if n > 0 else day < start)]
    if len(beside) < abs(n):
        with pytest.raises(UncoveredDate):
            case.calendar.add_working_days(start, n)
        return
    assert case.calendar.add_working_days(start, n) == beside[n - 1 if n > 0 else n]


def due_at(case: Drawn, start: int, limit: Limit) -> int:
    """The due instant, or one after all others if it is not covered."""
    try:
        return case.calendar.add(start, limit)
    except UncoveredDate:
        return 10**15


@given(drawn(), SIZES, st.sampled_from([LimitUnit.HOURS, LimitUnit.WORKING_DAYS]))
def test_who_comes_later_is_due_no_earlier(case: Drawn, amount: int, unit: LimitUnit) -> None:
    dues = [due_at(case, start, Limit(amount, unit)) for start in case.instants]
    assert dues == sorted(dues)


@given(drawn(), SIZES, st.sampled_from(LimitUnit))
def test_an_explanation_leads_to_the_due_instant(case: Drawn, amount: int, unit: LimitUnit) -> None:
    start, limit = case.instants[0], Limit(0 if unit is LimitUnit.MONTHS else amount, unit)
    due = due_at(case, start, limit)
    assume(due < 10**15)
    notes = case.calendar.explain(start, limit)
    first, last = case.calendar.day_of(start), case.calendar.day_of(due)
    assert [note.day for note in notes] == [first + timedelta(n) for n in range((last - first).days + 1)]
    whole = [note for note in notes if note.counted]
    assert [note.number for note in whole] == list(range(1, len(whole) + 1))
    assert unit is LimitUnit.HOURS or len(whole) == limit.amount
    opened = case.calendar.opening(start)
    assert sum(note.seconds for note in notes) == case.calendar.between(opened, due)
