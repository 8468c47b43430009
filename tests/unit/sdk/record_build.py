"""Records of any version of a subject, drawn and written."""

from collections.abc import Mapping
from typing import Any

from egovhub.contract import Version, installed
from egovhub.writer import compile_writer
from hypothesis import strategies as st

SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=20),
    "bytes": st.binary(max_size=20),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
}


def records(schema: Any, subject: str) -> st.SearchStrategy[Any]:
    """Any value of a type."""
    match schema:
        case ["null", some]:
            return st.none() | records(some, subject)
        case {"type": "record", "fields": fields}:
            return st.fixed_dictionaries({f["name"]: records(f["type"], subject) for f in fields})
        case {"type": "enum", "name": "Domain"}:
            return st.just(subject.upper().replace("-", "_"))
        case {"type": "enum", "symbols": symbols}:
            return st.sampled_from(symbols)
        case {"type": "array", "items": items}:
            return st.lists(records(items, subject), max_size=3)
        case {"type": "map", "values": values}:
            return st.dictionaries(st.text(max_size=8), records(values, subject), max_size=4)
        case {"type": simple}:
            return SIMPLE[simple]
        case _:
            return SIMPLE[schema]


def version_of(subject: str, number: int) -> Version:
    return next(v for v in installed().by_id.values() if (v.subject, v.number) == (subject, number))


def written(version: Version, record: Mapping[str, Any]) -> bytes:
    """The value of a record in a version, be it the latest or an earlier one.

    Raises: RejectedInput, as `encode`.
    """
    write = compile_writer(version.subject, version.schema)
    return b"\0" + version.schema_id.to_bytes(4, "big") + write(record)
