"""Cells: counters of one unit, procedure and period, and how they add up.

A cell maps the names of counters to integers, zeros left out. Cases are counted in cells of months; a quarter or a
year is the sum of its months, flows and change points alike. A counter is a *level* by the beginning of its name:
its cells hold change points, and the level of a period is their sum over all months up to its end.
Source: DESIGN 5, "Cells".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from services.domain.organisations import ALL
from services.domain.periods import GRAIN_MONTHS, Grain, first_month
from services.domain.sums import Point

Cell = dict[str, int]
"""Counter to a number that is not zero."""

LEVELS: Final = ("open.", "handover.open.", "awaiting.", "orphan")
"""How the names of levels begin; all other counters are flows."""

_GRAINS: Final = tuple(GRAIN_MONTHS.items())


@cache
def is_level(counter: str) -> bool:
    """Whether a counter is kept as change points."""
    return counter.startswith(LEVELS)


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


def book(cells: dict[CellKey, Cell], contributions: Mapping[Point, int], sign: int = 1) -> None:
    """Add what a case contributes to the cells of all three grains, or take it away with `sign` -1."""
    places: dict[tuple[str, str, int], list[Cell]] = {}
    for (unit, procedure, month, counter), n in contributions.items():
        found = places.get((unit, procedure, month))
        if found is None:
            keys = (CellKey(unit, procedure, grain, month - month % months) for grain, months in _GRAINS)
            found = places[unit, procedure, month] = [cells.setdefault(key, {}) for key in keys]
        for cell in found:
            increase(cell, counter, sign * n)


def increase(cell: Cell, counter: str, n: int) -> None:
    """Add to one counter of a cell; a counter that comes to zero is left out."""
    total = cell.get(counter, 0) + n
    if total:
        cell[counter] = total
    else:
        cell.pop(counter, None)


def increase_all(cell: Cell, added: Mapping[str, int]) -> None:
    """Add all counters of one cell to another."""
    for counter, n in added.items():
        increase(cell, counter, n)


class PeriodCounts(NamedTuple):
    """Counts of one period: flows of the period, levels at its end or at the reporting instant."""

    grain: Grain
    month: int
    counts: Cell


class Series:
    """The months of one unit and procedure (pooled or not), and the counts of every period up to a month."""

    __slots__ = ("months",)

    def __init__(self) -> None:
        self.months: dict[int, Cell] = {}

    def add(self, month: int, counter: str, n: int) -> None:
        """Add `n` to one counter of one month."""
        cell = self.months.get(month)
        if cell is None:
            cell = self.months[month] = {}
        increase(cell, counter, n)

    def periods(self, since: int, until: int) -> Iterator[PeriodCounts]:
        """Counts of every period that ends in or after month `since` and begins in or before month `until`."""
        begun = [month for month in self.months if month <= until]
        if not begun:
            return
        begin = max(min(begun), first_month(since, Grain.YEAR))
        level: Cell = {}
        for month in begun:
            if month < begin:
                increase_all(level, _levels(self.months[month]))
        flows: dict[Grain, Cell] = {grain: {} for grain in Grain}
        for month in range(begin, until + 1):
            cell = self.months.get(month, {})
            increase_all(level, _levels(cell))
            for grain, months in _GRAINS:
                if month % months == 0:
                    flows[grain] = {}
                counts = flows[grain]
                increase_all(counts, _flows(cell))
                if month >= since and (month == until or (month + 1) % months == 0):
                    yield PeriodCounts(grain, first_month(month, grain), {**counts, **level})


def _levels(cell: Cell) -> Cell:
    return {counter: n for counter, n in cell.items() if is_level(counter)}


def _flows(cell: Cell) -> Cell:
    return {counter: n for counter, n in cell.items() if not is_level(counter)}


SeriesKey = tuple[str, str]
"""Unit and procedure, either of which may be `ALL`."""


class Pool:
    """Every series, pooled along the organisation tree and over procedures.

    Args:
        path: the units whose figures include a unit's: `Organisations.path`, or `path_now` for the view as now.
        by_procedure: keep a series per procedure as well.
    """

    def __init__(self, path: Callable[[str], Iterable[str]], *, by_procedure: bool = True) -> None:
        self.series: dict[SeriesKey, Series] = {}
        self._path = path
        self._by_procedure = by_procedure
        self._procedures: dict[str, set[str]] = {}
        self._units: dict[str, set[str]] = {}
        self._own: dict[str, Series] = {}

    def add(self, unit: str, procedure: str, month: int, counter: str, n: int) -> Iterator[SeriesKey]:
        """Add to a unit, all units above it, and the sums over procedures; yields the series that changed."""
        self._own.setdefault(unit, Series()).add(month, counter, n)
        totals = (procedure, ALL) if self._by_procedure and procedure != ALL else (ALL,)
        for above in self._path(unit):
            self._units.setdefault(above, set()).add(unit)
            for total in totals:
                series = self.series.get((above, total))
                if series is None:
                    series = self.series[above, total] = Series()
                    self._procedures.setdefault(above, set()).add(total)
                series.add(month, counter, n)
                yield above, total

    def fill(self, points: Mapping[Point, int]) -> "Pool":
        """Add the contributions of many cases."""
        for (unit, procedure, month, counter), n in points.items():
            for _ in self.add(unit, procedure, month, counter, n):
                pass
        return self

    def flow_by_procedure(self, unit: str, months: range, counter: str) -> dict[str, int]:
        """A flow of a unit and all below it in some months, per procedure; zeros left out."""
        procedures = self._procedures.get(unit, set()) - {ALL}
        return _flows_of({name: self.series[unit, name] for name in procedures}, months, counter)

    def flow_by_unit(self, unit: str, months: range, counter: str) -> dict[str, int]:
        """A flow in some months, per unit at or below a unit, itself alone; zeros left out."""
        return _flows_of({name: self._own[name] for name in self._units.get(unit, ())}, months, counter)


def _flows_of(series: Mapping[str, Series], months: range, counter: str) -> dict[str, int]:
    found = {
        name: sum(cell.get(counter, 0) for month in months if (cell := one.months.get(month)))
        for name, one in series.items()
    }
    return {name: n for name, n in found.items() if n}
