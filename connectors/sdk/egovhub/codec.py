"""Values on the wire: a Confluent frame and Avro, written strictly and canonically, read by the generic reader.

The same record always gives the same bytes: map keys are sorted, arrays are one block. What the Avro writer would let
pass and a reader elsewhere would trip over (an integer beyond 64 bits, true for 1, a lone surrogate, a field that does
not exist) is refused here, on the side that can still say why. Facts are read faster by `egovhub.decoder`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

from fastavro import parse_schema, schemaless_reader, schemaless_writer

from egovhub.contract import FACT_SUBJECTS, Contract, installed
from egovhub.decoder import FRAME, frame_version, symbol_of
from egovhub.errors import RejectedInput
from egovhub.events import DOMAINS, Fact, Kind

Check = Callable[[Any, str], Any]
"""Gives the canonical form of a value, or refuses it; the text is the path of the field, for the refusal."""

INT = range(-(2**31), 2**31)
LONG = range(-(2**63), 2**63)


def encode(subject: str, record: Mapping[str, Any] | Fact) -> bytes:
    """The value of a record: frame and Avro body in the latest version of the subject.

    Args:
        subject: folder of the schema.
        record: symbols of enums as text, instants in milliseconds since the epoch; a field with a default may be
            missing, a field the schema does not have may not be there.

    Raises: RejectedInput: missing-value, bad-value, unknown-kind, instant-out-of-range, lone-surrogate.
    """
    return _writer(subject)(fact_record(record) if isinstance(record, Fact) else record)


def encode_fact(fact: Fact) -> bytes:
    """The value of a case fact, in the schema of its domain.

    Raises: RejectedInput, as `encode`; a fact of no domain cannot be written.
    """
    if fact.domain not in FACT_SUBJECTS:
        raise RejectedInput("bad-value", "domain")
    return _writer(fact.domain)(fact_record(fact))


def decode(value: bytes) -> tuple[str, dict[str, Any]]:
    """Subject and record of a value, as the latest version of the subject sees it.

    Raises: RejectedInput: empty, bad-magic, truncated-frame, unknown-schema, malformed-body, trailing-bytes.
    """
    version = frame_version(value)
    writer, reader, check = _reader(version.schema_id)
    body = BytesIO(value)
    body.seek(FRAME)
    try:
        record = schemaless_reader(body, writer, reader)
        check(record, version.subject)
    except (EOFError, IndexError, KeyError, TypeError, ValueError, OverflowError, MemoryError, RejectedInput):
        raise RejectedInput("malformed-body", version.subject) from None
    if body.tell() != len(value):
        raise RejectedInput("trailing-bytes", version.subject)
    return version.subject, record  # type: ignore[return-value]


def fact_record(fact: Fact) -> dict[str, Any]:
    """A fact as a record of its schema: symbols of the wire for kind and domain."""
    record = fact._asdict()
    record["kind"] = fact.kind.name
    record["domain"] = symbol_of(fact.domain)
    return record


def fact_of(record: Mapping[str, Any]) -> Fact:
    """The fact in a decoded record of one of the domains' schemas."""
    values = dict(record)
    values["kind"] = Kind[values["kind"]]
    values["domain"] = _DOMAIN_OF[values["domain"]]
    values["retracts"] = tuple(values["retracts"])
    values["details"] = {name: value for name, value in values["details"].items() if value is not None}
    return Fact(**values)


_DOMAIN_OF = {"UNKNOWN": "unknown"} | {symbol_of(domain): domain for domain in DOMAINS}


@cache
def _writer(subject: str) -> Callable[[Mapping[str, Any]], bytes]:
    version = installed().version(subject)
    return writer(subject, version.schema, version.schema_id)


@cache
def _reader(schema_id: int) -> tuple[Any, Any, Check]:
    contract: Contract = installed()
    version = contract.by_id[schema_id]
    latest = contract.version(version.subject).schema
    check = checker(latest, version.subject)
    own = parse_schema(_plain(version.schema))
    return own, None if latest is version.schema else parse_schema(_plain(latest)), check


def writer(subject: str, schema: dict[str, Any], schema_id: int) -> Callable[[Mapping[str, Any]], bytes]:
    """The function that writes records of one schema version."""
    check = checker(schema, subject)
    parsed = parse_schema(_plain(schema))
    frame = b"\0" + schema_id.to_bytes(4, "big")

    def write(record: Mapping[str, Any]) -> bytes:
        body = BytesIO()
        body.write(frame)
        schemaless_writer(body, parsed, check(record, ""))
        return body.getvalue()

    return write


def checker(schema: Any, subject: str) -> Check:
    """The check of a type, recursively; `subject` is the domain that a fact's `domain` must name."""
    match schema:
        case ["null", some]:
            return _optional(checker(some, subject))
        case {"type": "long", "logicalType": "timestamp-millis"}:
            return _integer(LONG, "instant-out-of-range")
        case {"type": "record", "fields": fields}:
            return _record([_field(field, subject) for field in fields])
        case {"type": "enum", "name": name, "symbols": symbols}:
            own = {"UNKNOWN", symbol_of(subject)} if name == "Domain" else set(symbols)
            return _symbol(own, "unknown-kind" if name == "Kind" else "bad-value")
        case {"type": "array", "items": items}:
            return _array(checker(items, subject))
        case {"type": "map", "values": values}:
            return _map(checker(values, subject))
        case {"type": str(simple)}:
            return _SIMPLE[simple]
        case _:
            return _SIMPLE[schema]


Field = tuple[str, Check, bool, Any]


def _field(field: dict[str, Any], subject: str) -> Field:
    """Name, check, whether it may be missing, and what it then is; details may, since all of it may be null."""
    default = field.get("default", {} if field["name"] == "details" else None)
    return field["name"], checker(field["type"], subject), "default" in field or field["name"] == "details", default


def _record(fields: list[Field]) -> Check:
    names = {name for name, *_ in fields}

    def check(value: Any, path: str) -> Any:
        if not isinstance(value, Mapping):
            raise RejectedInput("bad-value", path)
        for name in value:
            if name not in names:
                raise RejectedInput("bad-value", f"{path}.{name} is no field of the schema".lstrip("."))
        record = {}
        for name, field, may_miss, default in fields:
            at = f"{path}.{name}" if path else name
            if name not in value and not may_miss:
                raise RejectedInput("missing-value", at)
            record[name] = field(value.get(name, default), at)
        return record

    return check


def _optional(some: Check) -> Check:
    return lambda value, path: None if value is None else some(value, path)


def _integer(bounds: range, beyond: str) -> Check:
    def check(value: Any, path: str) -> Any:
        if type(value) is not int:
            raise RejectedInput("bad-value", path)
        if value not in bounds:
            raise RejectedInput(beyond, path)
        return value

    return check


def _symbol(symbols: set[str], unknown: str) -> Check:
    def check(value: Any, path: str) -> Any:
        if not isinstance(value, str):
            raise RejectedInput("bad-value", path)
        if value not in symbols:
            raise RejectedInput(unknown, path)
        return value

    return check


def _text(value: Any, path: str) -> Any:
    if not isinstance(value, str):
        raise RejectedInput("bad-value", path)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise RejectedInput("lone-surrogate", path) from None
    return value


def _boolean(value: Any, path: str) -> Any:
    if type(value) is not bool:
        raise RejectedInput("bad-value", path)
    return value


def _bytes(value: Any, path: str) -> Any:
    if type(value) is not bytes:
        raise RejectedInput("bad-value", path)
    return value


def _array(item: Check) -> Check:
    def check(value: Any, path: str) -> Any:
        if not isinstance(value, (list, tuple)):
            raise RejectedInput("bad-value", path)
        return [item(one, path) for one in value]

    return check


def _map(one: Check) -> Check:
    def check(value: Any, path: str) -> Any:
        if not isinstance(value, Mapping):
            raise RejectedInput("bad-value", path)
        for key in value:
            _text(key, path)
        return {key: one(value[key], path) for key in sorted(value)}

    return check


_SIMPLE: dict[str, Check] = {
    "string": _text,
    "boolean": _boolean,
    "bytes": _bytes,
    "int": _integer(INT, "bad-value"),
    "long": _integer(LONG, "bad-value"),
}


def _plain(schema: Any) -> Any:
    """A schema without logical types: inside the hub instants are integers, not datetimes."""
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in schema.items() if key != "logicalType"}
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    return schema
