"""Loads `imports/`: the figures the hub does not compute, every problem of every file told at once.

A kind of record lies in `<kind>.toml` and in any number of `<kind>-<what>.toml`, so that a monthly import is a new file
and no edit. A kind without a file is a kind of which nothing was imported.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from services.domain.imports import (
    FIGURES,
    LEVELS,
    LINKS,
    TOTAL,
    CatalogueEntry,
    ExpectedAgency,
    Imports,
    OnlineLevel,
    PortalCount,
    PublishedFigure,
)
from services.domain.periods import GRAIN_MONTHS, label, month_of_label
from services.load_thresholds import contradicting
from services.reference_fields import VERIFIED, flag, instant, known_from, one_of, only, text, validity, whole
from services.reference_files import day_of, read_table

DIRECTORY: Final = "imports"
Made = TypeVar("Made")

_KEYS: Final = {"catalogue": "procedure", "portal": "count", "published": "figure", "agencies": "agency"}
"""The kinds of files, and what their rows are called."""
_DATES: Final = ("announced_on", "decision_on", "effective_on", "published_on")
_FEES: Final = ("has_fee", "is_fee_integrated")
_RESULTS: Final = ("has_document_result", "is_subject_person", "is_population_connected")
_SAID: Final = ("known_from", "source", "verified")
_DATED: Final = ("valid_from", "valid_to", *_SAID)
_CATALOGUE: Final = (
    "procedure",
    "unit",
    "level",
    *_DATES,
    "is_complete",
    "online_level",
    *_FEES,
    *_RESULTS,
    *_DATED,
)
_PORTAL: Final = ("unit", "period", "synchronised", "known_to_portal", "as_of", *_SAID)
_PUBLISHED: Final = ("figure", "unit", "year", "component", "value", "rank", "ranked", "note", *_SAID)
_AGENCY: Final = ("unit", "link", *_DATED)


def load_imports(directory: Path, zone: ZoneInfo, problems: list[str]) -> Imports:
    """Read and check the files below `imports/`; what is wrong goes to `problems`.

    Args:
        directory: the reference data; may be without `imports/`.
        zone: cuts the day that a `known_from` without a time begins.
    """
    files = sorted((directory / DIRECTORY).glob("*.toml"))
    problems += _of_no_kind(files)
    origins: dict[int, str] = {}

    def read(kind: str, make: Callable[[dict[str, Any], ZoneInfo], Made]) -> list[Made]:
        made: list[Made] = []
        for path in (path for path in files if _kind(path) == kind):
            rows = read_table(path, _KEYS[kind], lambda row: make(row, zone), problems)
            origins.update((id(row), path.name) for row in rows)
            made += rows
        return made

    def file(row: object) -> str:
        return origins[id(row)]

    catalogue, agencies = read("catalogue", _entry), read("agencies", _agency)
    portal, published = read("portal", _count), read("published", _figure)
    problems += contradicting(
        catalogue, lambda row: f"procedure {row.procedure} of unit {row.unit}, level {row.level}", file
    )
    problems += contradicting(agencies, lambda row: f"agency {row.unit}, {row.link}", file)
    problems += _repeated(portal, _PORTAL_KEY, file) + _repeated(published, _FIGURE_KEY, file)
    return Imports(catalogue, portal, published, agencies)


def _kind(path: Path) -> str:
    return path.stem.partition("-")[0]


_PORTAL_KEY: Final = ("unit", "period", "as_of", "known_from")
_FIGURE_KEY: Final = ("figure", "unit", "year", "component", "source")


def _of_no_kind(files: Iterable[Path]) -> list[str]:
    return [
        f"{path.name}: is no kind of import; name it {', '.join(f'{kind}.toml' for kind in _KEYS)} "
        "or one of these with a dash and a word before .toml"
        for path in files
        if _kind(path) not in _KEYS
    ]


def _repeated(
    rows: Sequence[PortalCount | PublishedFigure], key: Sequence[str], file: Callable[[object], str]
) -> list[str]:
    first: dict[tuple[object, ...], str] = {}
    found: list[str] = []
    for row in rows:
        values = tuple(getattr(row, field) for field in key)
        if values in first:
            told = ", ".join(f"{f} {v}" for f, v in zip(key, values, strict=True))
            found.append(f"{file(row)}: given already in {first[values]}: {told}; keep one row")
        first.setdefault(values, file(row))
    return found


def _entry(row: dict[str, Any], zone: ZoneInfo) -> CatalogueEntry:
    only(row, _CATALOGUE)
    online = (
        one_of(row, "online_level", [level.value for level in OnlineLevel]) if "online_level" in row else None
    )
    announced, decided, effective, published = (day_of(row, field) for field in _DATES)
    has_fee, is_fee_integrated = (flag(row, field) for field in _FEES)
    has_document, is_person, is_connected = (flag(row, field) for field in _RESULTS)
    return CatalogueEntry(
        text(row, "procedure"),
        text(row, "unit"),
        one_of(row, "level", LEVELS),
        announced,
        decided,
        effective,
        published,
        flag(row, "is_complete"),
        None if online is None else OnlineLevel(online),
        has_fee,
        is_fee_integrated,
        has_document,
        is_person,
        is_connected,
        *validity(row),
        known_from(row, zone),
        row["source"],
        one_of(row, "verified", VERIFIED),
    )


def _count(row: dict[str, Any], zone: ZoneInfo) -> PortalCount:
    only(row, _PORTAL)
    return PortalCount(
        text(row, "unit"),
        _period(row),
        whole(row, "synchronised"),
        whole(row, "known_to_portal"),
        instant(row, "as_of"),
        known_from(row, zone),
        row["source"],
        one_of(row, "verified", VERIFIED),
    )


def _period(row: dict[str, Any]) -> str:
    name = text(row, "period")
    try:
        month = month_of_label(name)
    except ValueError:
        month = -1
    if month < 0 or name not in {label(month, grain) for grain in GRAIN_MONTHS}:
        raise ValueError(f"period: {name!r} is no period; write 2026-11, 2026-Q4 or 2026")
    return name


def _figure(row: dict[str, Any], zone: ZoneInfo) -> PublishedFigure:
    only(row, _PUBLISHED)
    rank, ranked = (whole(row, field, 1) if field in row else None for field in ("rank", "ranked"))
    if rank is not None and ranked is not None and rank > ranked:
        raise ValueError(f"rank: {rank} of {ranked} units; exchange rank and ranked, or correct one")
    return PublishedFigure(
        one_of(row, "figure", FIGURES),
        text(row, "unit"),
        whole(row, "year", 2000),
        text(row, "component") if "component" in row else TOTAL,
        _hundredths(row),
        rank,
        ranked,
        known_from(row, zone),
        row["source"],
        one_of(row, "verified", VERIFIED),
        text(row, "note") if "note" in row else "",
    )


def _hundredths(row: dict[str, Any]) -> int:
    value = row["value"]
    parts = re.fullmatch(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?", value) if isinstance(value, str) else None
    hundredths = int(parts[1]) * 100 + int((parts[2] or "").ljust(2, "0")) if parts else -1
    if not 0 <= hundredths <= 10000:
        raise ValueError(
            f'value: {value!r} is no decimal of at most two places from 0 to 100; write it in quotes, as "91.80"'
        )
    return hundredths


def _agency(row: dict[str, Any], zone: ZoneInfo) -> ExpectedAgency:
    only(row, _AGENCY)
    return ExpectedAgency(
        text(row, "unit"),
        one_of(row, "link", LINKS),
        *validity(row),
        known_from(row, zone),
        row["source"],
        one_of(row, "verified", VERIFIED),
    )
