"""Facts as lines of JSON: what `egovhub preview` prints and the batch commands read.

One object a line with the field names of the schema; instants are ISO 8601 with offset, milliseconds; fields
that say nothing are left out. Reading is as strict as JSON readers are lax: a doubled key, NaN, a fraction,
an integer beyond 64 bits or a field that does not exist refuses the line. What a newer writer may say that
this reader does not know is read as Avro would: an unknown symbol is UNKNOWN, an unknown field of `details`
is passed over.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import Any, Final, NoReturn

from egovhub.codec import decode_fact, encode
from egovhub.contract import FACT_SUBJECTS, installed
from egovhub.decoder import symbol_of
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.json_form import instant_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANTS: Final = ("occurred_at", "recorded_at", "due_at")
_INTEGER: Final = re.compile(r"-?\d{1,19}", re.ASCII)
_DOMAIN_OF: Final = {symbol_of(domain): domain for domain in FACT_SUBJECTS}


def fact_to_json(fact: Fact, zone: tzinfo = UTC) -> str:
    """One line for a fact, without the line feed.

    Args:
        zone: in which instants are written; the offset is always there, so no zone changes what is said.
    """
    form = {
        name: value
        for name, value in fact._asdict().items()
        if value is not False and value not in (None, (), {})
    }
    form["domain"] = symbol_of(fact.domain)
    form["kind"] = fact.kind.name
    for name in _INSTANTS:
        if name in form:
            form[name] = _instant_text(form[name], zone)
    return json.dumps(form, ensure_ascii=False, separators=(",", ":"))


def fact_from_json(line: str | bytes) -> tuple[Fact, int | None]:
    """The fact in a line, and since when it is known if the line says so in `known_at`.

    Only types and forms are judged; whether a fact is admitted is the door's business. An instant may also
    be an integer, milliseconds since the epoch, which is how `known_at` is returned.

    Raises:
        RejectedInput: bad-text, bad-row, missing-value, bad-value, no-such-date, instant-out-of-range,
            lone-surrogate.
    """
    form = _object(line)
    known_at = form.pop("known_at", None)
    if isinstance(known_at, str):
        known_at = instant_of(known_at, "known_at")
    if known_at is not None and type(known_at) is not int:
        raise RejectedInput("bad-value", "known_at")
    return _fact(form), known_at


def _fact(form: dict[str, Any]) -> Fact:
    subject, schema = _subject(form)
    details = form.get("details", {})
    if not isinstance(details, Mapping):
        raise RejectedInput("bad-value", "details")
    form["details"] = {name: details[name] for name in schema.details if name in details}
    for name in schema.instants & form.keys():
        if isinstance(form[name], str):
            form[name] = instant_of(form[name], name)
    _forget_unknown(form, schema.symbols)
    _forget_unknown(form["details"], schema.detail_symbols)
    return decode_fact(encode(subject, form))


def _subject(form: dict[str, Any]) -> tuple[str, "_Schema"]:
    """The schema by which to read a form, whose domain is made the symbol that schema allows.

    A fact of no known domain is read as any other would be, but for its details.
    """
    symbol = form.setdefault("domain", "UNKNOWN")
    if not isinstance(symbol, str):
        raise RejectedInput("bad-value", "domain")
    domain = symbol if symbol in FACT_SUBJECTS else _DOMAIN_OF.get(symbol, "")
    form["domain"] = symbol_of(domain) if domain else "UNKNOWN"
    return domain or FACT_SUBJECTS[0], _schema(domain)


def _forget_unknown(form: dict[str, Any], symbols: dict[str, frozenset[str]]) -> None:
    """Make symbols this reader does not know UNKNOWN; anything but a text is left to the check of types."""
    for name in symbols.keys() & form.keys():
        if isinstance(form[name], str) and form[name] not in symbols[name]:
            form[name] = "UNKNOWN"


class _Schema:
    """What reading needs of a domain's schema; no domain has the same fields and no details."""

    def __init__(self, domain: str) -> None:
        schema = installed().version(domain or FACT_SUBJECTS[0]).schema
        types = {field["name"]: _some(field["type"]) for field in schema["fields"]}
        details = {field["name"]: _some(field["type"]) for field in types.pop("details")["fields"]}
        self.details = details if domain else {}
        self.instants = {name for name, some in types.items() if "logicalType" in some}
        self.symbols = _symbols(types)
        self.detail_symbols = _symbols(details)


_schema = cache(_Schema)


def _some(type_: Any) -> Any:
    """What an optional type holds if it holds something; other types as they are."""
    return type_[1] if isinstance(type_, list) else type_


def _symbols(types: dict[str, Any]) -> dict[str, frozenset[str]]:
    return {name: frozenset(some["symbols"]) for name, some in types.items() if "symbols" in some}


def _object(line: str | bytes) -> dict[str, Any]:
    try:
        text = line if isinstance(line, str) else line.decode()
    except UnicodeDecodeError:
        raise RejectedInput("bad-text", "line is not UTF-8") from None
    try:
        form = _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        raise RejectedInput("bad-row", "line is not JSON") from None
    if not isinstance(form, dict):
        raise RejectedInput("bad-row", "line is not a JSON object")
    return form


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    form = dict(pairs)
    if len(form) != len(pairs):
        raise RejectedInput("bad-value", "a key stands twice")
    return form


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise RejectedInput("bad-value", "an integer is beyond 64 bits")
    return int(text)


def _no_number(_text: str) -> NoReturn:
    raise RejectedInput("bad-value", "a number is not an integer")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
)


def _instant_text(instant: int, zone: tzinfo) -> str | int:
    """An instant in a zone; as the number it is, if no calendar year holds it."""
    try:
        return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone).isoformat(timespec="milliseconds")
    except OverflowError:
        return instant
