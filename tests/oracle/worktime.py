"""Working time counted day by day: no prefix sums, no bisection, nothing clever.

A calendar here is a function from a day to its sessions, as pairs of milliseconds since the day's midnight; no
session means no working day. A day it cannot speak about raises `Uncovered`. Source: deadlines.md, 1 and 3.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from tests.oracle import readings

DAY = timedelta(days=1)
Sessions = tuple[tuple[int, int], ...]


class Uncovered(Exception):
    """The calendar says nothing about a day that is needed."""


class Worktime:
    """One processing calendar: `sessions_of` gives a day's sessions or raises `Uncovered`."""

    def __init__(self, zone: str, sessions_of: Callable[[date], Sessions]) -> None:
        self.zone = ZoneInfo(zone)
        self.sessions = cache(sessions_of)
        self.midnight = cache(self._midnight)

    def _midnight(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) * 1000

    def day_of(self, at: int) -> date:
        return datetime.fromtimestamp(at // 1000, self.zone).date()

    def opening(self, at: int) -> int:
        """The instant itself within a session (its last instant included), else the start of the next session."""
        day = self.day_of(at)
        while True:
            for begin, end in self.sessions(day):
                begins, ends = self.midnight(day) + begin, self.midnight(day) + end
                if at <= ends:
                    return max(at, begins)
            day += DAY

    def next_working_day(self, day: date) -> date:
        day += DAY
        while not self.sessions(day):
            day += DAY
        return day

    def closing(self, day: date) -> int:
        return self.midnight(day) + self.sessions(day)[-1][1]

    def start(self, day: date) -> int:
        """The beginning of a working day's first session."""
        return self.midnight(day) + self.sessions(day)[0][0]

    def add(self, at: int, amount: int, unit: str) -> int:
        at = self.opening(at)
        match unit:
            case "working_days":
                return self._add_working_days(at, amount)
            case "hours":
                return self.add_working(at, amount * 3_600_000)
            case "calendar_days":
                return self._roll(at, self.day_of(at) + amount * DAY)
            case "months":
                return self._roll(at, months_later(self.day_of(at), amount))
        raise ValueError(unit)

    def _add_working_days(self, at: int, amount: int) -> int:
        first = day = self.day_of(at)
        for _ in range(amount):
            day = self.next_working_day(day)
        return self.midnight(day) + readings.at_clock(self.sessions(day), at - self.midnight(first))

    def _roll(self, at: int, day: date) -> int:
        """The clock time of `at` on a day, or on the next working day if that is none."""
        clock = at - self.midnight(self.day_of(at))
        while not self.sessions(day):
            day += DAY
        return self.midnight(day) + readings.at_clock(self.sessions(day), clock)

    def add_working(self, at: int, milliseconds: int) -> int:
        """The first instant at which so much working time has passed since `at`."""
        if milliseconds <= 0:
            return at
        day = self.day_of(at)
        while True:
            for begin, end in self.sessions(day):
                begins = max(self.midnight(day) + begin, at)
                here = max(self.midnight(day) + end - begins, 0)
                if milliseconds <= here:
                    return begins + milliseconds
                milliseconds -= here
            day += DAY

    def working_seconds(self, since: int, until: int) -> int:
        """Working seconds between two instants; a second belongs to the interval in which it ends."""
        total, day, last = 0, self.day_of(since), self.day_of(until)
        while day <= last:
            zero = self.midnight(day)
            for begin, end in self.sessions(day):
                first, final = max(zero + begin, since), min(zero + end, until)
                if first < final:
                    total += (final - zero - begin) // 1000 - (first - zero - begin) // 1000
            day += DAY
        return total if until > since else 0


def months_later(day: date, amount: int) -> date:
    """The same day of a later month, or its last day if the month is too short."""
    months = day.year * 12 + day.month - 1 + amount
    year, month = divmod(months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)
