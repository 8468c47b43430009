"""Which sessions a day has for a unit: layers of rows over each other. Source: the notes of calendar.toml."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.oracle.worktime import Sessions, Uncovered, Worktime

if TYPE_CHECKING:
    from tests.oracle.units import Units

Row = dict[str, Any]
WEEKEND = {5: "saturday", 6: "sunday"}


class Calendars:
    """Every calendar row; a unit's calendar is put together from the rows of its layers."""

    def __init__(self, weeks: Sequence[Row], days: Sequence[Row], units: "Units") -> None:
        self.weeks = [row for row in weeks if "processing" in row.get("kinds", ["processing"])]
        self.days = [
            row
            for row in days
            if row.get("in_force", True) and "processing" in row.get("kinds", ["processing"])
        ]
        self.units = units
        self._made: dict[tuple[str, ...], Worktime] = {}
        self._of: dict[str, Worktime | None] = {}

    def processing(self, unit: str) -> Worktime | None:
        """The calendar a unit works by; None if nobody knows its jurisdiction, or that has none."""
        if unit not in self._of:
            self._of[unit] = self.find(unit)
        return self._of[unit]

    def find(self, unit: str) -> Worktime | None:
        jurisdiction = self.units.jurisdiction(unit)
        base = [row for row in self.weeks if row["scope"] == row["jurisdiction"] == jurisdiction]
        if jurisdiction is None or not base:
            return None
        scopes = {row["scope"] for row in self.weeks if row["jurisdiction"] == jurisdiction}
        named = [name for above in self.units.path(unit) for name in (above, above.split("@")[0])]
        layers = tuple(name for name in dict.fromkeys([*named, jurisdiction]) if name in scopes)
        if layers not in self._made:
            zone = next(row["zone"] for row in base if "zone" in row)
            self._made[layers] = Worktime(zone, lambda day: self.sessions(layers, base, day))
        return self._made[layers]

    def sessions(self, layers: Sequence[str], base: Sequence[Row], day: date) -> Sessions:
        if not is_covered(base, day):
            raise Uncovered(day)
        for scope in layers:
            rows = [row for row in self.days if row["scope"] == scope and row["on"] == day]
            if rows:
                row = max(rows, key=known)
                if row["state"] == "off":
                    return ()
                return parsed(row["sessions"]) if "sessions" in row else self.usual(layers, day, 0)
        return self.usual(layers, day, day.weekday())

    def usual(self, layers: Sequence[str], day: date, weekday: int) -> Sessions:
        """What the nearest layer that speaks of a weekday says about it; no layer speaks: it is a day of rest."""
        field = WEEKEND.get(weekday, "sessions")
        for scope in layers:
            rows = [row for row in self.weeks if row["scope"] == scope and row["from"] <= day <= row["to"]]
            if rows and field in (row := max(rows, key=known)):
                return parsed(row[field])
        return ()


def is_covered(base: Sequence[Row], day: date) -> bool:
    """Whether the jurisdiction's own rows reach the day from their first day on without a hole."""
    reached = min(row["from"] for row in base)
    if day < reached:
        return False
    for row in sorted(base, key=lambda row: row["from"]):
        if row["from"] <= reached <= row["to"]:
            reached = row["to"] + timedelta(days=1)
    return bool(day < reached)


def known(row: Row) -> str:
    return str(row.get("known_from", ""))


def parsed(sessions: Sequence[str]) -> Sessions:
    def instant(text: str) -> int:
        hour, minute = text.split(":")
        return (int(hour) * 60 + int(minute)) * 60_000

    pairs = (session.split("-") for session in sessions)
    return tuple((instant(begin), instant(end)) for begin, end in pairs)
