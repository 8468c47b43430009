"""One row of a permit, written as each door takes it."""

import gzip
import json
from collections.abc import Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from tests.bad_inputs.case import APPLICANT

ROW: Final[Mapping[str, Any]] = {
    "id": "H24-1",
    "status": "1",
    "at": "20260105080000",
    "due": "20260112170000",
    "unit": "H24.1",
    "procedure": "1.001193",
    "stage": "mới",
    "fee": "50000",
    "applicant": APPLICANT,
}
COLUMNS: Final = tuple(ROW)
HEADER: Final = ",".join(COLUMNS).encode() + b"\n"


def json_row(**changes: Any) -> bytes:
    """A JSON object; a lone surrogate is written as an escape."""
    text = json.dumps({**ROW, **changes}, ensure_ascii=False)
    return "".join(f"\\u{ord(sign):04x}" if "\ud800" <= sign <= "\udfff" else sign for sign in text).encode()


def with_token(name: str, token: bytes) -> bytes:
    """A JSON object in which a field has a value that is written so."""
    return json_row(**{name: "@@"}).replace(b'"@@"', token)


def csv_row(**changes: str) -> bytes:
    """A line of CSV, every field in quotes."""
    row = {**ROW, **changes}
    return ",".join('"' + row[name].replace('"', '""') + '"' for name in COLUMNS).encode()


def event(**changes: str) -> bytes:
    """An event of an XES log."""
    row = {**ROW, **changes}
    inside = "".join(f'<string key="{name}" value={quoteattr(text)}/>' for name, text in row.items())
    return f"<event>{inside}</event>".encode()


def log(*events: bytes) -> bytes:
    """An XES log of one trace."""
    return b'<log><trace><string key="concept:name" value="t"/>' + b"".join(events) + b"</trace></log>"


def notice(before: str = "", after: str = "", **changes: str) -> bytes:
    """An XML message; what stands before its root and inside it behind its elements can be given."""
    row = {**ROW, **changes}
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in row.items())
    return f"{before}<permit>{inside}{after}</permit>".encode()


def with_markup(name: str, markup: str) -> bytes:
    """A message in which an element holds markup."""
    return notice(**{name: "@@"}).replace(b"@@", markup.encode())


def packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


GOOD: Final = {
    "rest": json_row,
    "row": json_row,
    "json": lambda **changes: b'{"data":[' + json_row(**changes) + b"]}",
    "ndjson": json_row,
    "gzip": lambda **changes: packed(json_row(**changes) + b"\n"),
    "csv": csv_row,
    "xes": lambda **changes: log(event(**changes)),
    "event": event,
    "xml": notice,
    "mailbox": notice,
}
"""By door what writes a good row there."""
