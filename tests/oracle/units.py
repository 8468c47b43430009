"""Who executes a case at an instant: what a code meant on its day, and who carried on when that unit ceased.

Source: deadlines.md, 4; ORGANISATIONS.md of the data; DESIGN 6.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from egovhub.events import Fact

from tests.oracle import readings

Row = dict[str, Any]
UNKNOWN = "unknown"
LEVELS = {"commune": "commune", "ward": "commune", "special_zone": "commune", "district": "district"}
"""Departments decide at the level of their city or province, which the table of procedures calls `department`."""


class Holder(NamedTuple):
    """Who executes from an instant on; `exists_from` None: always. `ends_at` is the end of the unit itself."""

    since: int
    unit: str
    exists_from: int | None = None
    ends_at: int | None = None


class Units:
    """The registry, searched from one end to the other; answers are kept because the rows do not change."""

    def __init__(self, rows: Sequence[Row], successions: Sequence[Row], zone: ZoneInfo) -> None:
        self.zone = zone
        self.rows: dict[str, Row] = {}
        for row in in_order_known(rows):
            self.rows[unit_id(row)] = row
        self.codes: dict[str, list[Row]] = {}
        for row in self.rows.values():
            self.codes.setdefault(row["code"], []).append(row)
        self.edges = {(row["old"], row["new"], row["on"]): row for row in in_order_known(successions)}
        self._heirs: dict[str, str] = {}

    def midnight(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) * 1000

    def resolve(self, code: str, at: int) -> str:
        """The unit a code meant at an instant.

        A code of no row is its own id. Before the first day of a code it means its first unit, after the last day
        of its unit the one that carries on.
        """
        rows = sorted(self.codes.get(code, []), key=first_day)
        if not rows:
            return code
        begun = [row for row in rows if first_day(row) == date.min or self.midnight(first_day(row)) <= at]
        unit = unit_id(begun[-1] if begun else rows[0])
        return self.chain(unit, at)[-1].unit if begun else unit

    def chain(self, unit: str, at: int) -> list[Holder]:
        """The unit and all who carried on for it up to an instant."""
        found = [self.holder(unit, 0)]
        while (end := found[-1].ends_at) is not None and end <= at:
            found.append(self.holder(self.heir(found[-1].unit), end))
        return found

    def holder(self, unit: str, since: int) -> Holder:
        row = self.rows.get(unit)
        if row is None:
            ended = self.rows.get(unit.removeprefix(readings.UNASSIGNED))
            is_pseudo = unit.startswith(readings.UNASSIGNED) and ended is not None
            return Holder(since, unit, self.midnight(ended["valid_to"]) if is_pseudo and ended else None)
        begin, end = row.get("valid_from"), row.get("valid_to")
        return Holder(
            since,
            unit,
            None if begin is None else self.midnight(begin),
            None if end is None else self.midnight(end),
        )

    def heir(self, unit: str) -> str:
        """The sole successor of a unit that ended, or the pseudo unit that stands for several."""
        if unit not in self._heirs:
            row = self.rows[unit]
            new = self.heirs_by_row(row)
            self._heirs[unit] = (
                readings.heir_without_row(self, row)
                if not new
                else (new[0] if len(new) == 1 else readings.UNASSIGNED + unit)
            )
        return self._heirs[unit]

    def heirs_by_row(self, row: Row) -> list[str]:
        """Who took over; a piece of land without people takes no case along if another edge does."""
        edges = [e for e in self.edges.values() if e["old"] == row["code"] and e["on"] == row["valid_to"]]
        peopled = [edge for edge in edges if edge.get("share") != 0] or edges
        new = [self.holding(edge["new"], row["valid_to"]) for edge in peopled]
        return list(dict.fromkeys(unit_id(heir) for heir in new if heir is not None))

    def holding(self, code: str, day: date) -> Row | None:
        held = [r for r in self.codes.get(code, []) if first_day(r) <= day < r.get("valid_to", date.max)]
        return held[0] if held else None

    def above(self, row: Row) -> Row | None:
        """The unit above, of the row that holds on a unit's last day."""
        if "parent" not in row:
            return None
        last = row["valid_to"] - timedelta(days=1) if "valid_to" in row else date.max - timedelta(days=1)
        return self.holding(row["parent"], last)

    def path(self, unit: str) -> list[str]:
        """A unit and those above it, nearest first."""
        if unit not in self.rows:
            return [unit, *self.pseudo_path(unit)]
        found, row = [], self.rows.get(unit)
        while row is not None:
            found.append(unit_id(row))
            row = self.above(row)
        return found

    def pseudo_path(self, unit: str) -> list[str]:
        """The nearest common parent of the heirs that a pseudo unit stands for, and what is above it.

        Without heirs it is the unit above the one that ended, or whoever carries on for that.
        """
        ended = self.rows.get(unit.removeprefix(readings.UNASSIGNED))
        if ended is None or not unit.startswith(readings.UNASSIGNED):
            return []
        paths = [self.path(heir)[1:] for heir in readings.heirs_of_pseudo(self, ended)]
        above = self.above(ended)
        if not paths and above is not None:
            goes_on = above.get("valid_to") != ended["valid_to"]
            return self.path(unit_id(above) if goes_on else self.heir(unit_id(above)))
        shared = [above for above in paths[0] if all(above in path for path in paths)] if paths else []
        return shared

    def root(self, unit: str) -> Row | None:
        """The topmost row a unit belongs to; a pseudo unit is of the ended unit's root."""
        while unit.startswith(readings.UNASSIGNED):
            unit = unit.removeprefix(readings.UNASSIGNED)
        return self.rows.get(self.path(unit)[-1])

    def jurisdiction(self, unit: str) -> str | None:
        root = self.root(unit)
        return None if root is None else root.get("jurisdiction")

    def level(self, unit: str) -> str | None:
        """The level at which a unit decides; a pseudo unit at that of the unit that ended."""
        row = self.rows.get(unit.removeprefix(readings.UNASSIGNED))
        if row is None:
            return None
        return LEVELS.get(row["kind"], "department")

    def holders(self, told: Sequence[Fact], at: int) -> list[Holder]:
        """Everyone who held the case up to an instant, first `unknown` until a fact names a unit."""
        named = [fact for fact in told if fact.unit is not None]
        found: list[Holder] = []
        if not named or named[0].occurred_at > told[0].occurred_at:
            found.append(Holder(told[0].occurred_at, UNKNOWN))
        for i, fact in enumerate(named):
            until = named[i + 1].occurred_at - 1 if i + 1 < len(named) else at
            first, *later = self.chain(self.resolve(fact.unit or "", fact.occurred_at), until)
            found += [acting_since(first, fact.occurred_at), *later]
        return found


def acting_since(holder: Holder, at: int) -> Holder:
    """A unit that a fact names before its first day acts already, whatever the registry calls its beginning."""
    exists_from = holder.exists_from
    return holder._replace(since=at, exists_from=None if exists_from is None else min(exists_from, at))


def unit_id(row: Row) -> str:
    return f"{row['code']}@{row['valid_from']}" if "valid_from" in row else str(row["code"])


def first_day(row: Row) -> date:
    day: date = row.get("valid_from", date.min)
    return day


def in_order_known(rows: Sequence[Row]) -> list[Row]:
    """Rows known all along first, then by when they were known; a later one replaces an earlier one."""
    return sorted(rows, key=lambda row: str(row.get("known_from", "")))
