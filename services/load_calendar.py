"""Reads `calendar.toml` into the working calendars; every problem is told, with its row and what to do about it."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.domain.calendar import Session
from services.domain.calendars import CalendarKind, Calendars, DayRow, Sessions, WeekRow
from services.reference_fields import VERIFIED, flag, known_from, one_of, only, text
from services.reference_files import day_of, read_table

FILE: Final = "calendar.toml"
_SHARED: Final = ("scope", "kinds", "sessions", "known_from", "source", "verified")
_WEEK: Final = ("jurisdiction", "zone", "from", "to", "saturday", "sunday", *_SHARED)
_DAY: Final = ("on", "state", "in_force", "why", *_SHARED)
_SESSION: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
UTC: Final = ZoneInfo("UTC")
"""Stands in for a zone that was refused, or belongs to a scope that will be."""
_OFF, _WORKED = "off", "worked"

Row = TypeVar("Row")


def load(directory: Path, problems: list[str]) -> Calendars:
    """The calendars of `calendar.toml`; what is wrong with it goes to `problems`.

    What one row says of another is checked once every week is readable: days are not to blame for a refused week.
    """
    refused: list[str] = []
    zones = _zones(directory)
    weeks = _read(directory, "calendar", lambda row: _week_row(row, zones), refused)
    told: list[str] = []
    read = _read(directory, "day", lambda row: _day_row(row, zones), told)
    problems += dict.fromkeys(refused + told)  # what is wrong with the file itself is told by both
    days = [day for day, is_in_force in read if is_in_force]
    found = _twice(days) if refused else [*_week_problems(weeks), *_uncovered(weeks, days), *_twice(days)]
    problems += [f"{FILE}: {problem}" for problem in found]
    return Calendars(weeks, days)


def _read(directory: Path, key: str, make: Callable[[dict[str, Any]], Row], problems: list[str]) -> list[Row]:
    """The rows of one of the two tables; a problem says which, because each counts its rows from 1."""
    found: list[str] = []
    rows = read_table(directory / FILE, key, make, found)
    problems += [problem.replace(": row ", f": [[{key}]] row ", 1) for problem in found]
    return rows


def _zones(directory: Path) -> dict[str, ZoneInfo]:
    """The zone of each scope, which is that of its jurisdiction wherever its row stands."""
    rows = _read(
        directory,
        "calendar",
        lambda row: (text(row, "scope"), text(row, "jurisdiction"), _zone(row) if "zone" in row else None),
        [],  # what is wrong with them is told when they are read
    )
    own = {jurisdiction: zone for _, jurisdiction, zone in rows if zone is not None}
    return {scope: own.get(jurisdiction, UTC) for scope, jurisdiction, _ in rows}


def _week_row(row: Mapping[str, Any], zones: Mapping[str, ZoneInfo]) -> WeekRow:
    jurisdiction, scope = text(row, "jurisdiction"), text(row, "scope")
    only(row, _WEEK)
    is_whole = scope == jurisdiction
    if "zone" in row and not is_whole:
        raise ValueError(f"zone: belongs to the row of {jurisdiction} itself; leave it out")
    since, until = _day(row, "from"), _day(row, "to")
    if until < since:
        raise ValueError(f"to: {until} lies before from; exchange them")
    return WeekRow(
        jurisdiction,
        scope,
        zone=_zone(row) if is_whole else None,
        since=since,
        until=until,
        week=_week(row, is_whole),
        **_shared(row, zones.get(scope, UTC)),
    )


def _week(row: Mapping[str, Any], is_whole: bool) -> tuple[Sessions | None, ...]:
    """Monday to Sunday; what a jurisdiction does not say is off, what a layer does not say is as above it."""
    if is_whole and "sessions" not in row:
        raise KeyError("sessions")
    workday, saturday, sunday = (_sessions(row, field) for field in ("sessions", "saturday", "sunday"))
    if is_whole:
        saturday, sunday = saturday or (), sunday or ()
    return (workday,) * 5 + (saturday, sunday)


def _day_row(row: Mapping[str, Any], zones: Mapping[str, ZoneInfo]) -> tuple[DayRow, bool]:
    """A day, and whether it is in force."""
    scope, state = text(row, "scope"), one_of(row, "state", (_OFF, _WORKED))
    only(row, _DAY)
    sessions = _sessions(row, "sessions")
    if sessions is not None and state == _OFF:
        raise ValueError("sessions: a day off has none; leave them out or make it worked")
    day = DayRow(
        scope,
        on=_day(row, "on"),
        is_worked=state == _WORKED,
        sessions=sessions,
        why=text(row, "why"),
        **_shared(row, zones.get(scope, UTC)),
    )
    return day, flag(row, "in_force") is not False


def _shared(row: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """What both tables say: kinds, knowledge and source."""
    one_of(row, "verified", VERIFIED)
    return {
        "kinds": _kinds(row),
        "known_from": known_from(row, zone),
        "source": text(row, "source"),
    }


def _week_problems(weeks: Iterable[WeekRow]) -> list[str]:
    """Overlaps and holes within a layer, layers that belong nowhere or reach beyond their jurisdiction."""
    found: list[str] = []
    layers: dict[tuple[str, str, CalendarKind], list[WeekRow]] = {}
    for row in sorted(weeks, key=lambda row: (row.since, row.until)):
        for kind in sorted(row.kinds):
            layers.setdefault((row.jurisdiction, row.scope, kind), []).append(row)
    jurisdictions: dict[str, str] = {}
    for (jurisdiction, scope, kind), rows in layers.items():
        name = f"[[calendar]] {scope} {kind}"
        if jurisdictions.setdefault(scope, jurisdiction) != jurisdiction:
            found.append(f"{name}: also belongs to {jurisdictions[scope]}; a scope has one jurisdiction")
        found += [f"{name}: {problem}" for problem in _stretch_problems(rows)]
        whole = layers.get((jurisdiction, jurisdiction, kind))
        if whole is None:
            found.append(f"{name}: {jurisdiction} has no row of this kind; add [[calendar]] {jurisdiction}")
        elif rows[0].since < whole[0].since or _last(rows) > _last(whole):
            found.append(f"{name}: reaches beyond the coverage of {jurisdiction}; shorten it or extend that")
    return found


def _stretch_problems(rows: list[WeekRow]) -> list[str]:
    """Rows of one layer that overlap though known at one time, and days between rows that none has."""
    found: list[str] = []
    for number, row in enumerate(rows):
        found += [
            f"{other.since} is in two rows known from one instant; end the earlier one before it"
            for other in rows[number + 1 :]
            if other.since <= row.until and other.known_from == row.known_from
        ]
    reached = rows[0].until
    for row in rows[1:]:
        if row.since > reached + timedelta(1):
            found.append(f"no row has {reached + timedelta(1)} to {row.since - timedelta(1)}; close the hole")
        reached = max(reached, row.until)
    return found + _zone_problems(rows)


def _zone_problems(rows: Iterable[WeekRow]) -> list[str]:
    names = sorted({str(row.zone) for row in rows})
    return [f"has the zones {' and '.join(names)}; a jurisdiction keeps one"] if len(names) > 1 else []


def _uncovered(weeks: Iterable[WeekRow], days: Iterable[DayRow]) -> list[str]:
    """Days of a layer that has no week, or outside what its weeks cover."""
    found: list[str] = []
    layers: dict[str, list[WeekRow]] = {}
    for row in weeks:
        layers.setdefault(row.scope, []).append(row)
    for day in days:
        name = f"[[day]] {day.scope} {day.on}"
        if day.scope not in layers:
            found.append(f"{name}: {day.scope!r} has no [[calendar]] row; add one or correct the scope")
            continue
        rows = [row for row in layers[day.scope] if row.since <= day.on <= row.until]
        if missing := sorted(day.kinds.difference(*(row.kinds for row in rows))):
            remedy = "extend it, or leave out the row or its kind"
            found.append(f"{name}: is outside the coverage of {day.scope} for {missing[0]}; {remedy}")
    return found


def _twice(days: Iterable[DayRow]) -> list[str]:
    """Days given twice by what was known at one instant."""
    found: list[str] = []
    seen: set[tuple[str, CalendarKind, date, int | None]] = set()
    for day in days:
        keys = {(day.scope, kind, day.on, day.known_from) for kind in day.kinds}
        if keys & seen:
            found.append(f"[[day]] {day.scope} {day.on}: given twice, known from one instant; keep one row")
        seen |= keys
    return found


def _last(rows: Iterable[WeekRow]) -> date:
    return max(row.until for row in rows)


def _day(row: Mapping[str, Any], field: str) -> date:
    day = day_of(row, field)
    if day is None:
        raise KeyError(field)
    return day


def _zone(row: Mapping[str, Any]) -> ZoneInfo:
    name = text(row, "zone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"zone: {name!r} is not a time zone; use an IANA name such as Asia/Ho_Chi_Minh"
        ) from None


def _kinds(row: Mapping[str, Any]) -> frozenset[CalendarKind]:
    """The kinds a row is for; both unless it says so."""
    names = row.get("kinds", list(CalendarKind))
    if not isinstance(names, list) or not names or not set(names) <= set(CalendarKind):
        raise ValueError(f"kinds: {names!r}; list one or both of {', '.join(CalendarKind)}, or leave it out")
    return frozenset(CalendarKind(name) for name in names)


def _sessions(row: Mapping[str, Any], field: str) -> Sessions | None:
    """Sessions in order, from texts as `07:00-11:30`; None if the row does not give the field."""
    if field not in row:
        return None
    written = row[field]
    if not isinstance(written, list) or (not written and field == "sessions"):
        raise ValueError(f'{field}: {written!r} lists no sessions; write ["07:00-11:30", "13:30-17:00"]')
    sessions = tuple(_session(session, field) for session in written)
    for before, after in pairwise(sessions):
        if after.start < before.end:
            raise ValueError(f"{field}: sessions overlap or are out of order; write them as the day goes")
    return sessions


def _session(written: object, field: str) -> Session:
    match = _SESSION.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValueError(f"{field}: {written!r} is no session; write it as 07:00-11:30")
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    session = Session((from_hour * 60 + from_minute) * 60, (to_hour * 60 + to_minute) * 60)
    if session.start >= session.end:
        raise ValueError(f"{field}: {written!r} does not end after it starts; correct one of the two")
    return session
