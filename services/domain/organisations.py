"""The registry of units: who a code meant on a day, whose figures a unit's are pooled into, who succeeds it.

The statistics office uses codes again: 113 of the 114 commune codes of 2025-07-01 had been another commune's the day
before. So a unit's id is its code only if its row has no first day, else `code@valid_from`; facts name codes, figures
name ids. A unit's figures are its own and all its descendants', by pooled counts: sums of numerators over sums of
denominators, never averages of shares. A code the registry does not know is a unit of its own, in itself and in `ALL`.
Source: DESIGN 5 and 6; `domain/deadlines.md` §4; `domain/indicators.md`, 2.1.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Final, NamedTuple

from services.domain.succession import BEGINNING, Succession, as_known, heirs, learned, unassigned

ALL: Final = "all"
"""Everything the hub counts: the root above every unit, and the sum over all procedures."""

COMMUNE_LEVEL: Final = frozenset({"commune", "ward", "special_zone"})
"""Kinds of the lower of the two tiers: they are ranked in one group."""

_LEVELS: Final = dict.fromkeys(COMMUNE_LEVEL, "commune") | {
    "district": "district",
    "department": "department",
    "city": "province",
    "province": "province",
}
KINDS: Final = frozenset(_LEVELS)
"""What a unit may be."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
DAY: Final = timedelta(days=1)


class Unit(NamedTuple):
    """One row of the registry; it holds on the days d with `valid_from` <= d < `valid_to`."""

    code: str
    name: str
    kind: str
    """With its parent the group in which the unit is ranked."""
    parent: str | None
    """Code or id of the unit above; in a built registry its id, of the row that holds on this unit's last day."""
    valid_from: date | None
    """None: before the records begin."""
    source: str
    valid_to: date | None = None
    """None: still valid."""
    verified: str = ""
    known_from: int | None = None
    """In milliseconds; None: known from the beginning. Of two rows of one id the one known later stands."""
    jurisdiction: str | None = None
    """Whose law and calendar hold; given for a root, inherited below it."""

    @property
    def id(self) -> str:
        """The unit's id: codes are used again, code and first day are not."""
        return f"{self.code}@{self.valid_from}" if isinstance(self.valid_from, date) else self.code


class Organisations:
    """The registry. It must have passed `organisations_problems`, else a path or a chain of successors may not end.

    Args:
        units: the rows; of several rows of one id the one known last stands.
        successions: who carries on for the units that ended.
        zone: cuts the days on which units begin and end.
    """

    def __init__(
        self, units: Iterable[Unit] = (), successions: Iterable[Succession] = (), zone: tzinfo = UTC
    ) -> None:
        self._given = (tuple(units), tuple(successions), zone)
        self._known_since = max(learned(self._given[0]) | learned(self._given[1]), default=BEGINNING)
        by_code = rows_by_code(as_known(self._given[0], None))
        rows = [row._replace(parent=parent_id(row, by_code)) for rows in by_code.values() for row in rows]
        self._rows = {row.id: row for row in rows}
        self._paths: dict[str, tuple[str, ...]] = {ALL: (ALL,)}
        self._rows = {row.id: row._replace(jurisdiction=self._root(row).jurisdiction) for row in rows}
        self.units: Mapping[str, Unit] = self._rows.copy()
        """Every row by its id, without the pseudo units of unassigned successors."""
        self._starts = {
            row.id: _midnight(row.valid_from, zone) for row in rows if isinstance(row.valid_from, date)
        }
        self._ends = {row.id: _midnight(row.valid_to, zone) for row in rows if row.valid_to is not None}
        self._edges = sorted({*self._starts.values(), *self._ends.values()})
        self._successors = self._succeed(by_code)
        self._paths_now: dict[str, tuple[str, ...]] = {ALL: (ALL,)}
        self._timelines = {code: self._timeline(of_code) for code, of_code in by_code.items()}

    def at(self, known_at: int | None) -> "Organisations":
        """The registry as far as it was known at an instant (milliseconds since the epoch); None: all of it."""
        if known_at is None:
            return self
        units, successions, zone = self._given
        if self._known_since <= known_at:
            return self
        return Organisations(as_known(units, known_at), as_known(successions, known_at), zone)

    def day_of(self, instant: int) -> date:
        """The day that holds an instant (milliseconds since the epoch) in the registry's zone."""
        return datetime.fromtimestamp(instant // 1000, self._given[2]).date()

    def unit_at(self, code: str, instant: int) -> str:
        """The id of the unit that a code means on the day of an instant (milliseconds since the epoch).

        After the last day of a code that nobody got again it means the successor of its unit; before the first day of
        a code it means its first unit, for nobody can say who was there before. An unknown code is its own id.
        """
        timeline = self._timelines.get(code)
        if timeline is None:
            return code
        edges, ids = timeline
        return ids[bisect_right(edges, instant)]

    def unit(self, unit: str) -> Unit | None:
        """The row of an id, or that of the pseudo unit of its name; None if the registry knows neither."""
        return self._rows.get(unit)

    def starts_at(self, unit: str) -> int | None:
        """The first instant of a unit, in milliseconds; None if it has no first day or is unknown."""
        return self._starts.get(unit)

    def ends_at(self, unit: str) -> int | None:
        """The first instant after a unit, in milliseconds; None if it is still valid or unknown."""
        return self._ends.get(unit)

    def valid_in(self, unit: str, start: int, end: int) -> bool:
        """Whether a unit is valid at any instant of `[start, end)`; an unknown one is always."""
        return self._starts.get(unit, start) < end and self._ends.get(unit, end) > start

    def edges_after(self, instant: int) -> tuple[int, ...]:
        """Every later instant at which a unit begins or ends, ascending."""
        return tuple(self._edges[bisect_right(self._edges, instant) :])

    def successor(self, unit: str) -> str:
        """Who takes over the open cases of a unit at its end; a unit that does not end is its own successor.

        Its sole successor, see `heirs`; with several, the pseudo unit `unassigned successor of <id>` under their
        nearest common parent, until a fact says otherwise. A unit that ended without a row of succession, as the
        districts did in 2025, rolls up through the units below it that ended with it: their heirs are its own. If
        there are none either, its pseudo unit stands under the unit above it, or under that one's successor.
        Source: DESIGN 6; the notes of the registry on districts.
        """
        return self._successors.get(unit, unit)

    def now(self, unit: str) -> str:
        """The unit that answers for a unit today: the end of its chain of successors.

        Today is the state the registry describes last: a unit with a `valid_to`, be it in the future, hands on.
        """
        return self.path_now(unit)[0]

    def is_split(self, unit: str) -> bool:
        """Whether a unit's past stays, as now, with an unassigned successor: figures of then and now do not compare."""
        return self.now(unit) not in self.units and unit in self._rows

    def path(self, unit: str) -> tuple[str, ...]:
        """As was, the units whose figures include this one's: itself, its ancestors of its last day, `ALL`."""
        path = self._paths.get(unit)
        if path is None:
            row = self._rows.get(unit)
            above = (ALL,) if row is None or row.parent is None else self.path(row.parent)
            path = self._paths[unit] = (unit, *above)
        return path

    def path_now(self, unit: str) -> tuple[str, ...]:
        """As now, the units whose figures include this one's: its last successor, the ancestors of today, `ALL`.

        Each id maps to exactly one path that ends in `ALL`, so totals of both views are equal.
        """
        path = self._paths_now.get(unit)
        if path is None:
            heir = self._successors.get(unit)
            if heir is not None:
                path = self.path_now(heir)
            else:
                row = self._rows.get(unit)
                path = (unit, *((ALL,) if row is None or row.parent is None else self.path_now(row.parent)))
            self._paths_now[unit] = path
        return path

    def group(self, unit: str) -> str | None:
        """The name of the group a unit is ranked in: its kind below its parent; None if it is in no ranking.

        Only units valid in the period are ranked, see `valid_in`.
        """
        row = self.units.get(unit)
        if row is None or row.parent is None:
            return None
        return f"{row.parent}/{'commune' if row.kind in COMMUNE_LEVEL else row.kind}"

    def level(self, unit: str) -> str | None:
        """The level a unit decides on: commune, district, department or province; None if that is not known.

        A city or province is one only as a root; cities below a province are districts.
        """
        row = self._rows.get(unit)
        level = _LEVELS.get(row.kind) if row is not None else None
        return None if row is None or (level == "province" and row.parent is not None) else level

    def jurisdiction(self, unit: str) -> str | None:
        """Whose law and calendar hold for a unit: that of its root; None if it is unknown."""
        row = self._rows.get(unit)
        return row.jurisdiction if row is not None else None

    def _root(self, row: Unit) -> Unit:
        return self._rows[self.path(row.id)[-2]]

    def _timeline(self, rows: Sequence[Unit]) -> tuple[list[int], list[str]]:
        """The instants from which a code means another unit, and the units before, between and after them."""
        edges: list[int] = []
        ids = [rows[0].id]
        for row, after in zip(rows, [*rows[1:], None], strict=True):
            unit, until = row.id, None if after is None else self._starts[after.id]
            while (end := self._ends.get(unit)) is not None and (until is None or end < until):
                unit = self._successors[unit]
                edges.append(end)
                ids.append(unit)
            if after is not None and until is not None:
                edges.append(until)
                ids.append(after.id)
        return edges, ids

    def _succeed(self, by_code: Mapping[str, Sequence[Unit]]) -> dict[str, str]:
        """The successor of every unit that ended; adds the pseudo units to the rows."""
        edges: dict[tuple[str, date], list[Succession]] = defaultdict(list)
        for edge in as_known(self._given[1], None):
            edges[edge.old, edge.on].append(edge)
        direct: dict[str, list[str]] = {}
        below: dict[str | None, list[Unit]] = defaultdict(list)
        for row in self.units.values():
            if row.valid_to is not None:
                new = (
                    holding_row(by_code[code], row.valid_to) for code in heirs(edges[row.code, row.valid_to])
                )
                direct[row.id] = [heir.id for heir in new if heir is not None]
                below[row.parent].append(row)
        successors: dict[str, str] = {}
        for unit in direct:
            self._succeed_one(self.units[unit], direct, below, successors)
        return successors

    def _succeed_one(
        self,
        row: Unit,
        direct: Mapping[str, Sequence[str]],
        below: Mapping[str | None, Sequence[Unit]],
        successors: dict[str, str],
    ) -> str:
        """Who takes over from one unit: its one heir, or the pseudo unit between several.

        Args:
            direct: the heirs of every unit that ended, by the rows of succession.
            below: the units that ended, by the unit above them.
            successors: those found so far; this one is added.
        """
        if row.id in successors:
            return successors[row.id]
        new = direct[row.id] or _heirs_below(row, direct, below)
        if len(new) == 1:
            successors[row.id] = new[0]
            return new[0]
        paths = [self.path(heir)[1:-1] for heir in new]
        parent = next((above for above in (paths or [()])[0] if all(above in path for path in paths)), None)
        above = self.units.get(row.parent) if row.parent is not None else None
        if not new and above is not None:
            ends_too = above.valid_to == row.valid_to
            parent = self._succeed_one(above, direct, below, successors) if ends_too else above.id
        successors[row.id] = unit = unassigned(row.id)
        self._rows[unit] = row._replace(
            code=unit, name=unassigned(row.name), parent=parent, valid_from=None, valid_to=None
        )
        self._starts[unit] = self._ends[row.id]
        return unit


def _heirs_below(
    row: Unit, direct: Mapping[str, Sequence[str]], below: Mapping[str | None, Sequence[Unit]]
) -> list[str]:
    """Through whom a unit without succession of its own rolls up: the heirs of the units below that end with it."""
    found: dict[str, None] = {}
    for child in below.get(row.id, ()):
        if child.valid_to == row.valid_to:
            found |= dict.fromkeys(direct[child.id] or _heirs_below(child, direct, below))
    return list(found)


def competition_ranks(shares: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Rank by exact fraction, greatest first, equals share a rank and the next is skipped (1 2 2 4).

    Args:
        shares: unit to (numerator, denominator); a unit whose denominator is 0 has no data and gets no rank.
    """
    ordered = sorted(
        ((unit, n, d) for unit, (n, d) in shares.items() if d > 0),
        key=lambda row: Fraction(row[1], row[2]),
        reverse=True,
    )
    ranks: dict[str, int] = {}
    before: tuple[int, int] | None = None
    rank = 0
    for place, (unit, n, d) in enumerate(ordered, 1):
        if before is None or n * before[1] != before[0] * d:
            rank = place
        before = (n, d)
        ranks[unit] = rank
    return ranks


def rows_by_code(rows: Iterable[Unit]) -> dict[str, list[Unit]]:
    """The rows of each code in the order of their time."""
    by_code: dict[str, list[Unit]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    for of_code in by_code.values():
        of_code.sort(key=first_day)
    return by_code


def holding_row(rows: Iterable[Unit], day: date) -> Unit | None:
    """The row of one code that holds on a day."""
    held = (row for row in rows if first_day(row) <= day and (row.valid_to is None or day < row.valid_to))
    return next(held, None)


def parent_id(row: Unit, by_code: Mapping[str, Sequence[Unit]]) -> str | None:
    """The id of the unit above on the last day of a unit; None if there is none or it is unknown."""
    if row.parent is None:
        return None
    code, _, since = row.parent.partition("@")
    rows = by_code.get(code, ())
    if since:
        return next((above.id for above in rows if above.id == row.parent), None)
    above = holding_row(rows, date.max if row.valid_to is None else row.valid_to - DAY)
    return above.id if above is not None else None


def first_day(row: Unit) -> date:
    """The first day of a row; the first of all days if it has none."""
    return row.valid_from if isinstance(row.valid_from, date) else date.min


def _midnight(day: date, zone: tzinfo) -> int:
    return (datetime(day.year, day.month, day.day, tzinfo=zone) - _EPOCH) // _MILLISECOND
