"""Months, quarters and years in one zone.

A period is half-open, `[start, end)`; its reporting instant is its last millisecond. Inside the core a month is an
integer, the months since January 2000, because quarters and years are sums of months.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2199


class Grain(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    __hash__ = str.__hash__  # an enum's own is written in Python, and cells are looked up by grain


GRAIN_MONTHS: Final = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


class Periods:
    """The periods of one zone: from an instant to its month and back.

    Args:
        zone: cuts the days at which a month begins; the city's zone, never a process setting of the machine.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._starts = [
            int(datetime(year, month, 1, tzinfo=zone).timestamp()) * 1000
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
            for month in range(1, 13)
        ]
        self._days: dict[int, Sequence[int]] = {}

    def month_of(self, instant: int) -> int:
        """The month that holds an instant (milliseconds since the epoch).

        An instant before 2000 in this zone counts in the first month: the door lets no such fact in, but midnight of
        2000-01-01 UTC is still 1999 west of Greenwich.
        """
        month = bisect_right(self._starts, instant) - 1
        return month if month > 0 else 0  # noqa: FURB136 - for every fact

    def day_of(self, instant: int) -> date:
        """The day that holds an instant; one outside the years the hub counts is their first or last day."""
        month = self.month_of(instant)
        days = self._days_of(month)
        at = min(max(bisect_right(days, instant), 1), len(days) - 1)
        return date(FIRST_YEAR + month // 12, month % 12 + 1, at)

    def start_of_day(self, instant: int) -> int:
        """The first instant of the day that holds an instant; outside the years the hub counts, the instant itself."""
        days = self._days_of(self.month_of(instant))
        at = bisect_right(days, instant)
        return days[at - 1] if 0 < at < len(days) else instant

    def start_of_next_day(self, instant: int) -> int:
        """The first instant of the day after; outside the years the hub counts, the next millisecond."""
        days = self._days_of(self.month_of(instant))
        at = bisect_right(days, instant)
        return days[at] if 0 < at < len(days) else instant + 1

    def _days_of(self, month: int) -> Sequence[int]:
        """The first instants of the days of a month, and of the day after the last."""
        days = self._days.get(month)
        if days is None:
            day = first = date(FIRST_YEAR + month // 12, month % 12 + 1, 1)
            starts: list[int] = []
            while day.month == first.month:
                starts.append(_midnight(day, self.zone))
                day += timedelta(1)
            days = self._days[month] = (*starts, _midnight(day, self.zone))
        return days

    def start_of(self, month: int) -> int:
        """The first instant of a month, in milliseconds since the epoch."""
        return self._starts[month]


def _midnight(day: date, zone: ZoneInfo) -> int:
    """The first instant of a day; in a zone that skips midnight, the first that exists."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000


def first_month(month: int, grain: Grain) -> int:
    """The first month of the period of this grain that holds the month."""
    return month - month % GRAIN_MONTHS[grain]


@cache
def label(month: int, grain: Grain) -> str:
    """The name of the period that holds a month: `2026-11`, `2026-Q4` or `2026`."""
    year, rest = FIRST_YEAR + month // 12, month % 12
    match grain:
        case Grain.MONTH:
            return f"{year}-{rest + 1:02d}"
        case Grain.QUARTER:
            return f"{year}-Q{rest // 3 + 1}"
        case Grain.YEAR:
            return str(year)


def month_of_label(name: str) -> int:
    """The first month of a named period; the inverse of `label`.

    Raises:
        ValueError: if it names no period.
    """
    year, _, rest = name.partition("-")
    months = (int(year) - FIRST_YEAR) * 12
    if not rest:
        return months
    return months + (int(rest[1:]) - 1) * 3 if rest.startswith("Q") else months + int(rest) - 1
