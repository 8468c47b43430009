"""Data as canonical JSON: the same data always give the same bytes, instants in the zone."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum, IntEnum
from typing import Any, Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANTS: Final = frozenset({"at", "as_of", "instant"})


def canonical(value: Any, zone: tzinfo) -> str:
    """One line of JSON: no spaces, sorted keys, UTF-8.

    Args:
        value: frozen dataclasses, named tuples, mappings with texts as keys, sequences, integers, texts, dates.
        zone: in which the instants are shown: the integers under names that end in `_at`, and `as_of`.
    """
    return json.dumps(as_object(value, zone), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def as_object(value: Any, zone: tzinfo, name: str = "") -> Any:
    """What JSON can hold of a value that stands under a name."""
    match value:
        case IntEnum():
            return value.name
        case Enum():
            return value.value
        case bool() | None | str():
            return value
        case int():
            return spelt(value, zone) if name in _INSTANTS or name.endswith("_at") else value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): as_object(inner, zone, str(key)) for key, inner in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return as_object(value._asdict(), zone)
        case tuple() | list():
            return [as_object(inner, zone) for inner in value]
    if is_dataclass(value):
        return {
            field.name: as_object(getattr(value, field.name), zone, field.name) for field in fields(value)
        }
    raise TypeError(f"{name}: {type(value).__name__} has no canonical form")


def spelt(instant: int, zone: tzinfo) -> str | int:
    """An instant in the zone; as the number it is if no calendar year holds it, which a due instant may."""
    try:
        return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone).isoformat(timespec="milliseconds")
    except OverflowError:
        return instant
