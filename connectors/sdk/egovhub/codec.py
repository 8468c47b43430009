"""Values on the wire: a Confluent frame and an Avro body, in the latest version of a subject.

Written by `egovhub.writer`, strictly and canonically. `decode` uses the generic reader and serves every
subject; facts are read a few times faster by `decode_fact`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any, Final

from fastavro import parse_schema, schemaless_reader

from egovhub.contract import FACT_SUBJECTS, installed
from egovhub.decoder import FRAME, decode_fact, frame_version, symbol_of
from egovhub.errors import RejectedInput
from egovhub.events import DOMAINS, Fact, Kind
from egovhub.writer import Write, compile_writer

__all__ = ["decode", "decode_fact", "encode", "encode_fact", "fact_of", "fact_record"]

_SYMBOL_OF: Final = {"unknown": "UNKNOWN"} | {domain: symbol_of(domain) for domain in DOMAINS}
_DOMAIN_OF: Final = {symbol: domain for domain, symbol in _SYMBOL_OF.items()}

_READ_ERRORS: Final = (
    EOFError,
    IndexError,
    KeyError,
    MemoryError,
    OverflowError,
    RejectedInput,
    TypeError,
    ValueError,
)
"""What the generic reader raises for bytes that are no record, and the check for a record no writer makes."""


def encode(subject: str, record: Mapping[str, Any] | Fact) -> bytes:
    """The value of a record: frame and body in the latest version of the subject.

    Args:
        subject: folder of the schema.
        record: symbols of enums as text, instants in milliseconds since the epoch. A field with a default and
            `details` may be missing; a field that the schema does not have may not be there.

    Raises:
        RejectedInput: missing-value, bad-value, unknown-kind, instant-out-of-range or lone-surrogate.
    """
    frame, write = _writer(subject)
    return frame + write(fact_record(record) if isinstance(record, Fact) else record)


def encode_fact(fact: Fact) -> bytes:
    """The value of a case fact, in the schema of its domain.

    Raises:
        RejectedInput: as `encode`; bad-value for a fact of no known domain.
    """
    if fact.domain not in FACT_SUBJECTS:
        raise RejectedInput("bad-value", "domain")
    return encode(fact.domain, fact)


def decode(value: bytes) -> tuple[str, dict[str, Any]]:
    """Subject and record of a value, as the latest version of the subject sees it.

    Raises:
        RejectedInput: empty, bad-magic, truncated-frame, unknown-schema, malformed-body or trailing-bytes.
    """
    version = frame_version(value)
    read, check = _reader(version.schema_id)
    body = BytesIO(value)
    body.seek(FRAME)
    try:
        record = read(body)
        check(record)
    except _READ_ERRORS:
        raise RejectedInput("malformed-body", version.subject) from None
    if body.tell() != len(value):
        raise RejectedInput("trailing-bytes", version.subject)
    return version.subject, record


def fact_record(fact: Fact) -> dict[str, Any]:
    """A fact as a record of its schema: symbols of the wire for kind and domain."""
    record = fact._asdict()
    record["kind"] = fact.kind.name
    record["domain"] = _SYMBOL_OF.get(fact.domain)
    return record


def fact_of(record: Mapping[str, Any]) -> Fact:
    """The fact in a decoded record of one of the domains' schemas."""
    return Fact(
        **{
            **record,
            "kind": Kind[record["kind"]],
            "domain": _DOMAIN_OF[record["domain"]],
            "retracts": tuple(record["retracts"]),
            "details": {name: value for name, value in record["details"].items() if value is not None},
        }
    )


def plain(schema: Any) -> Any:
    """A schema without logical types: inside the hub an instant is an integer, not a datetime."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if key != "logicalType"}
    if isinstance(schema, list):
        return [plain(part) for part in schema]
    return schema


@cache
def _writer(subject: str) -> tuple[bytes, Write]:
    version = installed().version(subject)
    return b"\0" + version.schema_id.to_bytes(4, "big"), compile_writer(subject, version.schema)


@cache
def _reader(schema_id: int) -> tuple[Callable[[BytesIO], Any], Write]:
    version = installed().by_id[schema_id]
    latest = installed().version(version.subject)
    written = parse_schema(plain(version.schema))
    wanted = None if latest is version else parse_schema(plain(latest.schema))
    return lambda body: schemaless_reader(body, written, wanted), _writer(version.subject)[1]
