"""One working calendar: which time counts, where a limit ends, and why.

Everything is precomputed when the calendar is built, so that no question costs more for dates far apart. Instants are
milliseconds since the epoch, working time is whole seconds, a day runs from midnight to midnight of the calendar's
zone. A session includes its first and its last instant: what arrives at 17:00 sharp is not "after 17:00".
Source: Decree 118/2025/NĐ-CP; `domain/deadlines.md`, 1 and 3.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
SECOND: Final = 1000
HOUR_SECONDS: Final = 3600
DAY: Final = 86_400_000


class LimitUnit(StrEnum):
    """What a limit is counted in."""

    HOURS = "hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


ROLLING: Final = frozenset({LimitUnit.CALENDAR_DAYS, LimitUnit.MONTHS})
"""Limits that count days off, and roll a due date that is one forward."""


class Limit(NamedTuple):
    """The time a procedure gives; hours are working hours."""

    amount: int
    unit: LimitUnit


class UncoveredDate(ValueError):
    """A day of which the calendar knows nothing: it is neither worked nor off."""

    def __init__(self, day: date, calendar: str) -> None:
        super().__init__(f"{day} is not covered by the calendar {calendar}; extend its coverage")
        self.day = day
        self.calendar = calendar


class Session(NamedTuple):
    """Working time of a day, in seconds after midnight on the wall clock."""

    start: int
    end: int


class DayPlan(NamedTuple):
    """One day: its sessions in order, none if it is off; why it is so, and who says it."""

    sessions: tuple[Session, ...]
    why: str
    source: str


class DayNote(NamedTuple):
    """One line of an explanation.

    `number` is its place among the days that counted; `seconds` is its working time between the start of the clock
    and the due instant.
    """

    day: date
    counted: bool
    number: int | None
    seconds: int
    why: str
    source: str


class Calendar:
    """A working calendar over days without a gap; a question that needs any other day raises `UncoveredDate`.

    Args:
        name: what messages call it.
        zone: cuts the days and is the clock of the sessions.
        first: the first day covered.
        plans: one per day from `first` on.
    """

    def __init__(self, name: str, zone: ZoneInfo, first: date, plans: Sequence[DayPlan]) -> None:
        self.name = name
        self.zone = zone
        self._plans = tuple(plans)
        self._first = first.toordinal()
        self._days: list[int] = []  # start of each day, and of the day after the last
        self._first_session: list[int] = []  # place in _opens of the first session from that day on
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []  # working milliseconds before the session
        self._workdays: list[int] = []  # places of the working days
        self._workdays_before: list[int] = []  # working days before that day
        total = 0
        for place, plan in enumerate(self._plans):
            day = first + timedelta(place)
            self._mark_day(day)
            for session in plan.sessions:
                self._opens.append(_instant(day, session.start * SECOND, zone))
                self._closes.append(_instant(day, session.end * SECOND, zone))
                self._before.append(total)
                total += self._closes[-1] - self._opens[-1]
            if plan.sessions:
                self._workdays.append(place)
        self._mark_day(first + timedelta(len(self._plans)))
        self._total = total

    def _mark_day(self, day: date) -> None:
        self._days.append(_instant(day, 0, self.zone))
        self._first_session.append(len(self._opens))
        self._workdays_before.append(len(self._workdays))

    def covers(self, day: date) -> bool:
        """Whether the calendar knows the day."""
        return 0 <= day.toordinal() - self._first < len(self._plans)

    def is_working(self, day: date) -> bool:
        """Whether the day has a session."""
        return bool(self._plans[self._place_of(day)].sessions)

    def day_of(self, instant: int) -> date:
        """The day that holds an instant."""
        return self._date(self._place(instant))

    def start_of_day(self, day: date) -> int:
        """The first instant of a day."""
        return self._days[self._place_of(day)]

    def sessions(self, day: date) -> tuple[tuple[int, int], ...]:
        """First and last instant of each session of a day, in order."""
        place = self._place_of(day)
        of_day = slice(self._first_session[place], self._first_session[place + 1])
        return tuple(zip(self._opens[of_day], self._closes[of_day], strict=True))

    def closing(self, day: date) -> int:
        """The end of the last session of a working day.

        Raises:
            ValueError: if the day is no working day.
        """
        place = self._place_of(day)
        if not self._plans[place].sessions:
            raise ValueError(f"{day} is no working day in the calendar {self.name}; ask for one that is")
        return self._closes[self._first_session[place + 1] - 1]

    def opening(self, instant: int) -> int:
        """The instant itself if it lies within a session, else the start of the next session.

        Received before 07:00 counts from 07:00, at lunch from 13:30, after 17:00 or on a day off from the next
        working morning.
        """
        if not self._days[0] <= instant < self._days[-1]:
            raise self._uncovered(instant)
        session = bisect_right(self._opens, instant)
        if session and instant <= self._closes[session - 1]:
            return instant
        if session == len(self._opens):
            raise self._beyond()
        return self._opens[session]

    def between(self, a: int, b: int) -> int:
        """Working seconds from a to b; 0 if b is not after a.

        A second of working time belongs to the interval in which it ends, so that intervals which follow each other
        add up exactly.
        """
        if b <= a:
            return 0
        if a < self._days[0] or b >= self._days[-1]:
            raise self._uncovered(a if a < self._days[0] else b)
        return self._worked(b) // SECOND - self._worked(a) // SECOND

    def add_seconds(self, start: int, working_seconds: int) -> int:
        """The instant at which so much working time has passed since the start; the opening if none has to pass.

        It ends with a session rather than with the start of the next one.

        Raises:
            ValueError: if the time is negative.
        """
        if working_seconds < 1:
            _refuse_negative(working_seconds)
            return self.opening(start)
        if not self._days[0] <= start < self._days[-1]:
            raise self._uncovered(start)
        target = self._worked(start) + working_seconds * SECOND
        if target > self._total:
            raise self._beyond()
        session = bisect_left(self._before, target) - 1
        return self._opens[session] + target - self._before[session]

    def add_working_days(self, day: date, n: int) -> date:
        """The nth working day after a day, or before it if n is negative.

        0 is the day itself, or the next working day if it is none.
        """
        return self._date(self._nth_working(self._place_of(day), n))

    def add(self, start: int, limit: Limit) -> int:
        """The due instant of a limit whose clock starts at an instant; equality with it is still on time.

        The start first moves to its opening. Hours are working time. Otherwise day 1 is the day after, and it is due
        at the same clock time of the last day; of calendar days and months (the last day of a shorter month stands
        for one that it lacks) a last day off rolls forward to the next working day. A last day that has no session
        at that clock time (a half day) is due at it all the same.

        Raises:
            ValueError: if the amount is negative.
            UncoveredDate: if the count leaves the coverage.

        Source: Civil Code 2015, art. 147 and 148.
        """
        if limit.unit is LimitUnit.HOURS:
            return self.add_seconds(start, limit.amount * HOUR_SECONDS)
        _refuse_negative(limit.amount)
        opened = self.opening(start)
        place = bisect_right(self._days, opened) - 1
        return self._at_clock(self._nth_working(*self._counted(place, limit)), self._clock(opened, place))

    def explain(self, start: int, limit: Limit) -> list[DayNote]:
        """Each day from the start to the due instant of `add`: whether it counted, and why."""
        opened, due = self.opening(start), self.add(start, limit)
        received, begin, end = self._place(start), self._place(opened), self._place(due)
        rolls = limit.unit in ROLLING
        last = self._counted(begin, limit)[0] if rolls else end
        notes: list[DayNote] = []
        number = 0
        for place in range(received, end + 1):
            plan = self._plans[place]
            seconds = self.between(max(opened, self._days[place]), min(due, self._days[place + 1]))
            if limit.unit is LimitUnit.HOURS:
                counted = seconds > 0
            else:
                counted = begin < place <= last and (rolls or bool(plan.sessions))
            number += counted
            why = f"{plan.why}{_role(place, received, begin, last)}"
            notes.append(
                DayNote(self._date(place), counted, number if counted else None, seconds, why, plan.source)
            )
        return notes

    def _counted(self, place: int, limit: Limit) -> tuple[int, int]:
        """The day that a limit in days or months leads to, and how many working days to go on from there."""
        if limit.unit is LimitUnit.WORKING_DAYS:
            return place, limit.amount
        if limit.unit is LimitUnit.CALENDAR_DAYS:
            last = place + limit.amount
        else:
            last = _months_later(self._date(place), limit.amount).toordinal() - self._first
        if last >= len(self._plans):
            raise UncoveredDate(self._date(last), self.name)
        return last, 0

    def _nth_working(self, place: int, n: int) -> int:
        nth = self._workdays_before[place] + n
        if n > 0 and not self._plans[place].sessions:
            nth -= 1
        if nth < 0:
            raise UncoveredDate(self._date(-1), self.name)
        if nth >= len(self._workdays):
            raise self._beyond()
        return self._workdays[nth]

    def _clock(self, instant: int, place: int) -> int:
        """What the wall clock shows at an instant of a day, in milliseconds after midnight."""
        if self._is_even(place):
            return instant - self._days[place]
        wall = self._wall(instant)
        return ((wall.hour * 60 + wall.minute) * 60 + wall.second) * SECOND + wall.microsecond // 1000

    def _at_clock(self, place: int, clock: int) -> int:
        """The instant of a day at which the wall clock shows a time."""
        if self._is_even(place):
            return self._days[place] + clock
        return _instant(self._date(place), clock, self.zone)

    def _wall(self, instant: int) -> datetime:
        return (EPOCH + instant * MILLISECOND).astimezone(self.zone)

    def _is_even(self, place: int) -> bool:
        return self._days[place + 1] - self._days[place] == DAY

    def _worked(self, instant: int) -> int:
        """Working milliseconds from the start of the coverage to an instant."""
        session = bisect_right(self._opens, instant) - 1
        if session < 0:
            return 0
        closes = self._closes[session]
        return self._before[session] + (instant if instant < closes else closes) - self._opens[session]  # noqa: FURB136 - hot

    def _place(self, instant: int) -> int:
        if not self._days[0] <= instant < self._days[-1]:
            raise self._uncovered(instant)
        return bisect_right(self._days, instant) - 1

    def _place_of(self, day: date) -> int:
        place = day.toordinal() - self._first
        if not 0 <= place < len(self._plans):
            raise UncoveredDate(day, self.name)
        return place

    def _date(self, place: int) -> date:
        return date.fromordinal(self._first + place)

    def _uncovered(self, instant: int) -> UncoveredDate:
        return UncoveredDate(self._wall(instant).date(), self.name)

    def _beyond(self) -> UncoveredDate:
        return UncoveredDate(self._date(len(self._plans)), self.name)


def _instant(day: date, clock: int, zone: ZoneInfo) -> int:
    """When the wall clock shows a time (milliseconds after midnight); the first time if it does so twice."""
    wall = datetime.combine(day, time(), zone) + clock * MILLISECOND
    return (wall - EPOCH) // MILLISECOND


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day if it has no such day."""
    month = day.year * 12 + day.month - 1 + months
    after = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(month // 12, month % 12 + 1, 1) + timedelta(day.day - 1), after - timedelta(1))


def _refuse_negative(amount: int) -> None:
    if amount < 0:
        raise ValueError(f"{amount}: a limit does not lead back; give 0 or more")


def _role(place: int, received: int, begin: int, last: int) -> str:
    """What a day is to a limit, besides being worked or off."""
    if place == begin:
        return "; the clock starts"
    if place == received:
        return "; received outside working time"
    return "; rolled forward" if place > last else ""
