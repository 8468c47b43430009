"""Reads the fields that rows of reference data share; a bad one is a ValueError that names the field and the remedy.

None is "the row does not say", which no field takes for zero, no or the empty text.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from services.reference_files import day_of

VERIFIED: Final = ("two-sources", "one-source", "illustrative")
"""How sure a row is; `illustrative` is for demonstrations and never to be quoted."""


def only(row: Mapping[str, Any], fields: Collection[str]) -> None:
    """Refuse a field that nobody would read: it is a typing error in the name of another."""
    if unknown := sorted(set(row) - set(fields)):
        raise ValueError(f"{unknown[0]}: is no field of this row; the fields are {', '.join(sorted(fields))}")


def text(row: Mapping[str, Any], field: str) -> str:
    value = row[field]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field}: {value!r} is not a text; write it in quotes")
    return value


def one_of(row: Mapping[str, Any], field: str, allowed: Collection[str]) -> str:
    value = text(row, field)
    if value not in allowed:
        raise ValueError(f"{field}: {value!r} is unknown; the closed list is {', '.join(allowed)}")
    return value


def flag(row: Mapping[str, Any], field: str) -> bool | None:
    value = row.get(field)
    if value is not None and not isinstance(value, bool):
        raise ValueError(
            f"{field}: {value!r} is not a claim; write true or false, or leave it out if not known"
        )
    return value


def whole(row: Mapping[str, Any], field: str, least: int = 0) -> int:
    value = row[field]
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(
            f"{field}: {value!r} is not a whole number of at least {least}; write it without quotes"
        )
    return value


def instant(row: Mapping[str, Any], field: str) -> int:
    """Milliseconds since the epoch of an instant with an offset."""
    value = row[field]
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(
            f"{field}: {value!r} is not an instant; write 2026-01-31T17:00:00+07:00 without quotes"
        )
    return int(value.timestamp()) * 1000


def known_from(row: Mapping[str, Any], zone: ZoneInfo) -> int | None:
    """Since when a row is known: an instant, or the first instant of a day; None = from the beginning."""
    value = row.get("known_from")
    if value is None or isinstance(value, datetime):
        return None if value is None else instant(row, "known_from")
    day = day_of(row, "known_from")
    return None if day is None else int(datetime.combine(day, time.min, zone).timestamp()) * 1000


def validity(row: Mapping[str, Any]) -> tuple[date, date | None]:
    """First day, and the day after the last or None = until further notice."""
    first, end = day_of(row, "valid_from"), day_of(row, "valid_to")
    if first is None:
        raise KeyError("valid_from")
    if end is not None and end <= first:
        raise ValueError(
            f"valid_to: {end} is not after valid_from; it is the first day on which the row no longer holds"
        )
    return first, end
