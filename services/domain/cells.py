"""Cells: counters of one unit, procedure and period, and how they add up.

A cell is a list of integers in the order of `case.COUNTERS`. Cases are counted in cells of months; a
quarter or a year is the sum of its months, flows and change points alike. The level of a period is the sum
of the change points of all months up to its end. Source: DESIGN 5, "Cells".
"""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from services.domain.case import COUNTERS, LEVELS, Point
from services.domain.organisations import ALL, Organisations
from services.domain.periods import GRAIN_MONTHS, Grain, first_month

SIZE: Final = len(COUNTERS)
_LEVELS: Final = tuple(i for i, is_level in enumerate(LEVELS) if is_level)
_FLOWS: Final = tuple(i for i, is_level in enumerate(LEVELS) if not is_level)


_EMPTY: Final = (0,) * SIZE
_NAMES: Final = tuple(sorted(COUNTERS))
_in_name_order: Final = itemgetter(*(COUNTERS.index(name) for name in _NAMES))
_GRAINS: Final = tuple(GRAIN_MONTHS.items())


class CellKey(NamedTuple):
    """Which cell: `month` is the first month of the period."""

    unit: str
    procedure: str
    grain: Grain
    month: int


def add(points: dict[Point, int], contributions: Mapping[Point, int], sign: int = 1) -> None:
    """Add what a case contributes to the sum of many, or take it away with `sign` -1."""
    for point, n in contributions.items():
        points[point] = points.get(point, 0) + sign * n


def book(cells: dict[CellKey, list[int]], contributions: Mapping[Point, int], sign: int = 1) -> None:
    """Add what a case contributes to the cells of all three grains, or take it away with `sign` -1."""
    for (unit, procedure, month, counter), n in contributions.items():
        for grain, months in _GRAINS:
            key = CellKey(unit, procedure, grain, month - month % months)
            cell = cells.get(key)
            if cell is None:
                cell = cells[key] = [0] * SIZE
            cell[counter] += sign * n


def named(cell: Sequence[int]) -> dict[str, int]:
    """The counters of a cell that are not zero, by name, in the order of the names."""
    return {name: n for name, n in zip(_NAMES, _in_name_order(cell), strict=True) if n}


class PeriodCounts(NamedTuple):
    """Counts of one period: flows of the period, levels at its end or at the reporting instant."""

    grain: Grain
    month: int
    counts: list[int]


class Series:
    """The months of one unit and procedure (pooled or not), and the counts of every period up to a month."""

    __slots__ = ("months",)

    def __init__(self) -> None:
        self.months: dict[int, list[int]] = {}

    def add(self, month: int, counter: int, n: int) -> None:
        """Add `n` to one counter of one month."""
        cell = self.months.get(month)
        if cell is None:
            cell = self.months[month] = [0] * SIZE
        cell[counter] += n

    def periods(self, since: int, until: int) -> Iterator[PeriodCounts]:
        """Counts of every period that ends in or after month `since` and begins in or before month `until`."""
        begun = [month for month in self.months if month <= until]
        if not begun:
            return
        begin = max(min(begun), first_month(since, Grain.YEAR))
        level = [0] * SIZE
        for month in begun:
            if month < begin:
                _add(level, self.months[month], _LEVELS)
        flows = {grain: [0] * SIZE for grain in Grain}
        for month in range(begin, until + 1):
            cell = self.months.get(month, _EMPTY)
            _add(level, cell, _LEVELS)
            for grain, months in _GRAINS:
                if month % months == 0:
                    flows[grain] = [0] * SIZE
                counts = flows[grain]
                _add(counts, cell, _FLOWS)
                if month >= since and (month == until or (month + 1) % months == 0):
                    _add(counts, level, _LEVELS)
                    yield PeriodCounts(grain, first_month(month, grain), list(counts))


def _add(into: list[int], cell: Sequence[int], counters: Sequence[int]) -> None:
    if cell is not _EMPTY:
        for i in counters:
            into[i] += cell[i]


SeriesKey = tuple[str, str]
"""Unit and procedure, either of which may be `ALL`."""


class Pool:
    """Every series, pooled along the organisation tree and over procedures."""

    def __init__(self, organisations: Organisations) -> None:
        self.series: dict[SeriesKey, Series] = {}
        self._organisations = organisations

    def add(self, unit: str, procedure: str, month: int, counter: int, n: int) -> Iterator[SeriesKey]:
        """Add to a unit, all units above it, and the sums over procedures; yields the series that changed."""
        for above in self._organisations.path(unit):
            for total in (procedure, ALL) if procedure != ALL else (ALL,):
                series = self.series.get((above, total))
                if series is None:
                    series = self.series[above, total] = Series()
                series.add(month, counter, n)
                yield above, total
