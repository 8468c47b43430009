"""All working calendars: by jurisdiction, kind and unit, as they were known at an instant.

Layers lie over each other, from the jurisdiction to the city to the unit. For one day the row of the nearest layer
that names it wins, and of two rows of one layer the one known later; without such a row the week of the nearest layer
that has one holds. So a city may keep other hours and still close on the days off of its country.
Source: `domain/deadlines.md`, 1 (reception and processing calendars) and 3 (swaps decided a week ahead).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.domain.calendar import Calendar, DayPlan, Session
from services.domain.dated import known

Sessions = tuple[Session, ...]


class CalendarKind(StrEnum):
    """Whether dossiers are worked on or taken in: a desk may open on a Saturday on which nobody processes."""

    PROCESSING = "processing"
    RECEPTION = "reception"


class WeekRow(NamedTuple):
    """The usual week of a layer from day to day, both inclusive.

    The layer whose scope is the jurisdiction itself carries the zone and says which days are covered: those from its
    first day on, up to the first day without a row.
    """

    jurisdiction: str
    scope: str
    kinds: frozenset[CalendarKind]
    zone: ZoneInfo | None
    since: date
    until: date
    week: tuple[Sessions | None, ...]
    """Monday to Sunday; None takes the day from the layer above."""
    known_from: int | None
    source: str


class DayRow(NamedTuple):
    """A day that differs from its week: off, or worked in its own sessions or in those of a Monday."""

    scope: str
    kinds: frozenset[CalendarKind]
    on: date
    is_worked: bool
    sessions: Sessions | None
    known_from: int | None
    why: str
    source: str


class Calendars:
    """The calendars that the rows give together. The rows must have passed the loader."""

    def __init__(self, weeks: Iterable[WeekRow] = (), days: Iterable[DayRow] = ()) -> None:
        self._weeks, self._days = sorted(weeks, key=_learned), sorted(days, key=_learned)
        self._layers = {(kind, row.scope): row.jurisdiction for row in self._weeks for kind in row.kinds}
        self._special: dict[tuple[CalendarKind, str, date], DayRow] = {
            (kind, row.scope, row.on): row for row in self._days for kind in row.kinds
        }
        learned = [row.known_from for row in self._weeks] + [row.known_from for row in self._days]
        self.edges: tuple[int, ...] = tuple(sorted({at for at in learned if at is not None}))
        """The instants at which a row became known."""
        self._known: dict[int, Calendars] = {len(self.edges): self}
        self._found: dict[tuple[CalendarKind, str | None, tuple[str, ...]], Calendar | None] = {}
        self._built: dict[tuple[CalendarKind, tuple[str, ...]], Calendar | None] = {}

    def at(self, known_at: int | None) -> "Calendars":
        """The calendars of the rows known at an instant; None knows every row."""
        if known_at is None:
            return self
        learned = bisect_right(self.edges, known_at)
        if learned not in self._known:
            self._known[learned] = Calendars(known(self._weeks, known_at), known(self._days, known_at))
        return self._known[learned]

    def processing(self, jurisdiction: str | None, unit_path: Sequence[str] = ()) -> Calendar | None:
        """The calendar of a unit for working on dossiers; None if its jurisdiction has none.

        Args:
            unit_path: the unit and what it belongs to, nearest first; ids or, for any day, codes.
        """
        return self._find(CalendarKind.PROCESSING, jurisdiction, tuple(unit_path))

    def reception(self, jurisdiction: str | None, unit_path: Sequence[str] = ()) -> Calendar | None:
        """The calendar of a unit for taking dossiers in."""
        return self._find(CalendarKind.RECEPTION, jurisdiction, tuple(unit_path))

    def _find(self, kind: CalendarKind, jurisdiction: str | None, path: tuple[str, ...]) -> Calendar | None:
        asked = (kind, jurisdiction, path)
        if asked not in self._found:
            layers = self._layers_of(kind, jurisdiction, path)
            if (kind, layers) not in self._built:
                self._built[kind, layers] = self._build(kind, layers)
            self._found[asked] = self._built[kind, layers]
        return self._found[asked]

    def _layers_of(
        self, kind: CalendarKind, jurisdiction: str | None, path: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Scopes with rows, nearest first; a unit `31@2025-07-01` has those of its id, then those of its code."""
        if jurisdiction is None:
            return ()
        named = [scope for unit in path for scope in (unit, unit.partition("@")[0])]
        named.append(jurisdiction)
        return tuple(
            scope for scope in dict.fromkeys(named) if self._layers.get((kind, scope)) == jurisdiction
        )

    def _build(self, kind: CalendarKind, layers: tuple[str, ...]) -> Calendar | None:
        weeks = [
            [row for row in reversed(self._weeks) if row.scope == scope and kind in row.kinds]
            for scope in layers
        ]
        covering = weeks[-1] if weeks else []
        zone = next((row.zone for row in covering if row.zone is not None), None)
        if zone is None:
            return None
        first = day = min(row.since for row in covering)
        plans: list[DayPlan] = []
        while any(row.since <= day <= row.until for row in covering):
            plans.append(self._plan(kind, layers, weeks, day))
            day += timedelta(1)
        return Calendar(f"{'/'.join(reversed(layers))} {kind}", zone, first, plans)

    def _plan(
        self, kind: CalendarKind, layers: tuple[str, ...], weeks: list[list[WeekRow]], day: date
    ) -> DayPlan:
        for scope in layers:
            row = self._special.get((kind, scope, day))
            if row is not None:
                sessions = (row.sessions or _usual(weeks, day, 0)[0]) if row.is_worked else ()
                return DayPlan(sessions, row.why, row.source)
        sessions, source = _usual(weeks, day, day.weekday())
        return DayPlan(sessions, "working day" if sessions else "weekly rest day", source)


def _usual(weeks: list[list[WeekRow]], day: date, weekday: int) -> tuple[Sessions, str]:
    """What the nearest layer that says something about a weekday says on a day, and its source."""
    for rows in weeks:
        row = next((row for row in rows if row.since <= day <= row.until), None)
        sessions = row.week[weekday] if row is not None else None
        if row is not None and sessions is not None:
            return sessions, row.source
    raise ValueError(f"{day}: no row of the calendar's jurisdiction covers it; close the gap in its rows")


def _learned(row: WeekRow | DayRow) -> tuple[bool, int]:
    return row.known_from is not None, row.known_from or 0
