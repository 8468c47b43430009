"""Files as a system would drop them, made of payloads."""

import csv
import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from egovhub.connector import Payload
from egovhub.folder import Folder
from egovhub.mapping import Mapping
from egovhub.suite_forms import to_json


def file_of(settings: Folder, payloads: Sequence[Payload]) -> bytes:
    """A file with some payloads, as a system would drop it."""
    match settings.format:
        case "whole":
            return payloads[0].body
        case "json":
            values = [payload.json() for payload in payloads]
            return to_json(nested(settings.items, values, dict(payloads[0].context)))
        case "ndjson":
            return b"\n".join(payload.body for payload in payloads) + b"\n"
        case "csv":
            return csv_of([payload.value for payload in payloads], settings, header=True)
        case _:
            return xes_of([payload.value for payload in payloads])


def csv_of(rows: Sequence[dict[str, str]], settings: Mapping | Folder, *, header: bool) -> bytes:
    """Rows as CSV."""
    form = settings.csv
    target = io.StringIO()
    names = list(rows[0])
    writer = csv.DictWriter(
        target, names, delimiter=form.delimiter, quotechar=form.quote, lineterminator="\n"
    )
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode(form.encoding)


def xes_of(rows: Sequence[dict[str, str]]) -> bytes:
    """Rows as an XES log, each event in a trace of its own."""
    traces = []
    for row in rows:
        parts = {"case": "", "event": ""}
        for key, value in row.items():
            kind = "case" if key.startswith("case:") else "event"
            parts[kind] += f"<string key={quoteattr(key.removeprefix('case:'))} value={quoteattr(value)}/>"
        traces.append(f"<trace>{parts['case']}<event>{parts['event']}</event></trace>")
    return f'<?xml version="1.0" encoding="UTF-8"?><log>{"".join(traces)}</log>'.encode()


def nested(path: str, rows: list[Any], around: dict[str, Any]) -> Any:
    """Rows at a path, inside what stands around them."""
    if not path:
        return rows
    form: Any = rows
    for name in reversed(path.split(".")):
        form = {name: form}
    return {**around, **form}


def put_at(form: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path of names joined by dots."""
    *above, last = path.split(".")
    for name in above:
        form = form.setdefault(name, {})
    form[last] = value
