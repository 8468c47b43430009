"""Records as JSON text, the way the contract's examples hold them.

As the schema says, with two differences: an instant is ISO 8601 with offset (`2026-11-03T08:00:00+07:00`; a
number is milliseconds since the epoch, for instants no calendar has), and bytes are base64.
"""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from egovhub.errors import RejectedInput

Read = Callable[[Any], Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.]\d{1,6})?)?(?:[Zz]|[+-]\d\d:[0-5]\d)",
    re.ASCII,
)


def instant_of(text: str, field: str) -> int:
    """Milliseconds since the epoch of an ISO 8601 date, time and offset; parts of a millisecond are cut off.

    Only this form: `fromisoformat` alone would also take week dates and times without offset.

    Raises:
        RejectedInput: bad-value for another form, no-such-date for a day or an offset that does not exist.
    """
    if not _INSTANT.fullmatch(text):
        raise RejectedInput("bad-value", f"{field} is no instant with offset, like 2026-11-03T08:00:00+07:00")
    try:
        return (datetime.fromisoformat(text.upper()) - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError):
        raise RejectedInput("no-such-date", field) from None


def compile_reader(schema: Any, path: str = "") -> Read:
    """The function that turns the JSON form of a type into what the encoder takes, which judges all the rest.

    Raises (the function):
        RejectedInput: bad-value for an instant of another form or bytes that are not base64; no-such-date.
    """
    match schema:
        case ["null", some]:
            inner = compile_reader(some, path)
            return lambda form: None if form is None else inner(form)
        case {"logicalType": "timestamp-millis"}:
            return lambda form: instant_of(form, path) if isinstance(form, str) else form
        case "bytes":
            return lambda form: _octets(form, path)
        case {"type": "record", "fields": fields}:
            return _record(
                {f["name"]: compile_reader(f["type"], f"{path}.{f['name']}".lstrip(".")) for f in fields}
            )
        case {"type": "array", "items": items}:
            item = compile_reader(items, path)
            return lambda form: [item(one) for one in form] if isinstance(form, list) else form
        case _:
            return lambda form: form


def _record(fields: dict[str, Read]) -> Read:
    def read(form: Any) -> Any:
        if not isinstance(form, Mapping):
            return form
        return {name: fields[name](value) if name in fields else value for name, value in form.items()}

    return read


def _octets(form: Any, path: str) -> bytes:
    try:
        return base64.b64decode(form, validate=True)
    except (TypeError, ValueError):
        raise RejectedInput("bad-value", f"{path} is not base64") from None
