"""Reference data and calendars as rows: days, periods, sessions, units, thresholds, and every file of `imports`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tests.oracle.indicators.columns import ENTRY
from tests.oracle.oracle import Opinion
from tests.oracle.reference import Reference, known_from, read
from tests.oracle.tables import following, pooled
from tests.oracle.worktime import Uncovered, Worktime

Row = tuple[Any, ...]
DAYS = (date(1999, 12, 1), date(2028, 1, 1))
WORKING_DAYS = (date(2022, 6, 1), date(2027, 6, 1))


class Question(Protocol):
    """The instant that is asked for, the law as known then, and what the case oracle answered."""

    as_of: int
    law: Reference
    directory: Path
    opinions: list[Opinion]


def times(asked: Question) -> dict[str, Iterable[Row]]:
    """Days and periods of the city, working time and places of every unit."""
    law = asked.law
    units = sorted(
        {unit for answer in asked.opinions for unit in units_of(answer)} | set(imported_units(asked))
    )
    named = sorted({above for unit in units for above in law.units.path(unit)} | set(units))
    calendars: dict[int, tuple[int, Worktime]] = {}
    rows: list[Row] = []
    for unit in named:
        work = law.calendars.processing(unit)
        number = None if work is None else calendars.setdefault(id(work), (len(calendars), work))[0]
        rows.append((unit, level_of(unit, law), number))
    sessions, covered = working_time([*calendars.values()])
    return {
        "day": [(day, midnight(day, law.zone), midnight(day + ONE, law.zone) - 1) for day in days(*DAYS)],
        "unit": rows,
        "session": sessions,
        "covered": covered,
        "above": pooled(named, law),
        "period": periods(asked.as_of, law),
    }


ONE = timedelta(1)


def units_of(answer: Opinion) -> Iterator[str]:
    for _, case in answer.answers:
        yield from (part.unit for part in case.sides)
        if case.phase == "orphan":
            yield case.unit


def imported_units(asked: Question) -> Iterator[str]:
    for row in imports(asked)["catalogue"]:
        yield row[1]
    for row in imports(asked)["agency"]:
        yield row[0]


def level_of(unit: str, law: Reference) -> str | None:
    """Commune, district, department or, of a root, province."""
    row = law.units.rows.get(unit)
    if row is not None and "parent" not in row and row["kind"] in ("city", "province"):
        return "province"
    return law.units.level(unit)


def working_time(calendars: Sequence[tuple[int, Worktime]]) -> tuple[list[Row], list[Row]]:
    sessions: list[Row] = []
    covered: list[Row] = []
    for number, work in calendars:
        for day in days(*WORKING_DAYS):
            try:
                found = work.sessions(day)
            except Uncovered:
                continue
            covered.append((number, day))
            sessions += [
                (number, day, work.midnight(day) + begin, work.midnight(day) + end) for begin, end in found
            ]
    return sessions, covered


def days(first: date, last: date) -> Iterator[date]:
    day = first
    while day < last:
        yield day
        day += ONE


def midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000


def periods(as_of: int, law: Reference) -> Iterator[Row]:
    """Months, quarters and years up to that of `as_of`, with the last instant that each is asked for."""
    month = f"{DAYS[0].year}-12"
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    while (begin := midnight(date.fromisoformat(f"{month}-01"), law.zone)) <= as_of:
        year, number = month.split("-")
        end = midnight(date.fromisoformat(f"{following(month)}-01"), law.zone) - 1
        for period in (month, f"{year}-Q{(int(number) + 2) // 3}", year):
            starts.setdefault(period, begin)
            ends[period] = min(end, as_of)
        month = following(month)
    yield from ((period, begin, ends[period]) for period, begin in starts.items())


def reference(asked: Question) -> dict[str, Iterable[Row]]:
    law = asked.law
    return {
        "counts_in": [
            (
                f"{row['name']}@{row['version']}",
                bucket,
                bucket in row["numerator"],
                bucket in row["denominator"],
                True,
            )
            for row in law.policies
            for bucket in row["total"]
        ],
        "procedure": [
            (
                *(row["code"], f"[{', '.join(row['levels'])}]", row.get("valid_from"), row.get("valid_to")),
                *(known_or_before(row, law), row["fee"], json_value(row["document_result"])),
            )
            for row in law.tables["procedure"]
        ],
        "allowance": [
            (
                *(row["indicator"], row["step"], row["working_days"]),
                *(row.get("valid_from"), row.get("valid_to"), since(row, law.zone)),
            )
            for row in read(asked.directory, "thresholds", "allowance")
        ],
        "threshold": [
            (
                *(
                    row["table"],
                    row["group"],
                    row["indicator"],
                    row["max_points"],
                    row["rule"],
                    row.get("threshold"),
                ),
                *(row.get("none"), row.get("valid_from"), row.get("valid_to"), since(row, law.zone)),
            )
            for row in read(asked.directory, "thresholds", "threshold")
        ],
    }


def since(row: dict[str, Any], zone: ZoneInfo) -> int | None:
    return int(known_from(row, zone)) if "known_from" in row else None


def known_or_before(row: dict[str, Any], law: Reference) -> int:
    return int(max(known_from(row, law.zone), -1))


def imports(asked: Question) -> dict[str, Iterable[Row]]:
    """Every file of `imports`, whatever was known of it: the scripts look at that."""
    zone = asked.law.zone
    return {
        "catalogue": [
            (*(json_value(row.get(name)) for name in ENTRY), since(row, zone))
            for row in imported(asked.directory, "catalogue", "procedure")
        ],
        "portal": [
            (
                *(row["unit"], row["period"], row["synchronised"], row["known_to_portal"]),
                *(milliseconds(row["as_of"]), since(row, zone)),
            )
            for row in imported(asked.directory, "portal", "count")
        ],
        "agency": [
            (row["unit"], row["link"], row["valid_from"], row.get("valid_to"), since(row, zone))
            for row in imported(asked.directory, "agencies", "agency")
        ],
    }


def imported(directory: Path, kind: str, name: str) -> list[dict[str, Any]]:
    paths = sorted((directory / "imports").glob(f"{kind}*.toml"))
    return [row for path in paths for row in read(path.parent, path.stem, name)]


def milliseconds(value: datetime) -> int:
    return int(value.timestamp()) * 1000


def json_value(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool) else value
