"""Months, quarters and years in one zone.

A period is half-open, `[start, end)`; its reporting instant is its last millisecond. Inside the core a month is an
integer, the months since January 2000, because quarters and years are sums of months.
"""

from bisect import bisect_right
from datetime import datetime
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

    def month_of(self, instant: int) -> int:
        """The month that holds an instant (milliseconds since the epoch).

        An instant before 2000 in this zone counts in the first month: the door lets no such fact in, but midnight of
        2000-01-01 UTC is still 1999 west of Greenwich.
        """
        month = bisect_right(self._starts, instant) - 1
        return month if month > 0 else 0  # noqa: FURB136 - for every fact

    def start_of(self, month: int) -> int:
        """The first instant of a month, in milliseconds since the epoch."""
        return self._starts[month]


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
