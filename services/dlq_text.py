"""How dead letters are shown: lines for a person, objects for a program, and the payload only for who asks.

Names of headers and notes may hold anything, so what a terminal would obey is spelt out.
"""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from services.dead_letters import Decision, Letter, Letters

DIGITS: Final = 12
"""Of a SHA-256 shown to a person; enough to tell letters apart."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS: Final = ("key", "refused at", "reason", "stage", "bytes", "sha-256", "decision")
_RIGHT: Final = _COLUMNS.index("bytes")
_BYTES_A_LINE: Final = 16


def listed(chosen: Sequence[Letter], letters: Letters, zone: tzinfo) -> Iterator[str]:
    """A table of letters, and how many there are for each reason."""
    rows = [_COLUMNS, *(_row(letter, letters.decisions.get(letter.key), zone) for letter in chosen)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_COLUMNS))]
    for row in rows:
        cells = (
            cell.rjust(width) if n == _RIGHT else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
    reasons = Counter(letter.reason for letter in chosen)
    counted = ", ".join(f"{reason} {n:,}" for reason, n in sorted(reasons.items()))
    yield f"{counted_letters(len(chosen))}: {counted}"


def shown(letter: Letter, decision: Decision | None, zone: tzinfo) -> Iterator[str]:
    """One letter, a line for each thing it says."""
    said = {
        "key": letter.key,
        "refused at": instant(letter.refused_at, zone),
        "reason": letter.reason,
        "stage": letter.at,
        "source": letter.source or "-",
        "bytes": f"{letter.size:,}",
        "sha-256": letter.sha256[:DIGITS],
        "headers": ", ".join(letter.headers) or "-",
        "decision": decided(decision, zone),
    }
    yield from (f"{name:12}{plain(text)}" for name, text in said.items())


def payload(held: Mapping[str, Any]) -> Iterator[str]:
    """Key, value and headers of the refused record, byte for byte."""
    parts = [("record key", held["key"]), ("record value", held["value"])]
    parts += [(f"header {header['name']}", header["value"]) for header in held["headers"]]
    for name, raw in parts:
        yield f"{plain(name)}: {'none' if raw is None else f'{len(raw):,} bytes'}"
        yield from dump(raw or b"")


def dump(raw: bytes) -> Iterator[str]:
    """Bytes as a table of their places, digits and ASCII characters."""
    for start in range(0, len(raw), _BYTES_A_LINE):
        line = raw[start : start + _BYTES_A_LINE]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        yield f"  {start:08x}  {line.hex(' '):{3 * _BYTES_A_LINE - 1}}  {text}"


def letter_object(letter: Letter, decision: Decision | None, zone: tzinfo) -> dict[str, Any]:
    """What is said of a letter without its payload."""
    return {
        "key": letter.key,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "refused_at": instant(letter.refused_at, zone),
        "reason": letter.reason,
        "at": letter.at,
        "source": letter.source,
        "bytes": letter.size,
        "sha256": letter.sha256,
        "headers": list(letter.headers),
        "decision": None
        if decision is None
        else {
            "action": decision.action,
            "decided_at": instant(decision.decided_at, zone),
            "decided_by": decision.decided_by,
            "note": decision.note,
        },
    }


def payload_object(held: Mapping[str, Any]) -> dict[str, Any]:
    """Key, value and header values of the refused record, in base64."""
    return {
        "record_key": _base64(held["key"]),
        "record_value": _base64(held["value"]),
        "record_headers": [
            {"name": header["name"], "value": _base64(header["value"])} for header in held["headers"]
        ],
    }


def counted_letters(n: int) -> str:
    """So many letters."""
    return f"{n:,} letter{'' if n == 1 else 's'}"


def print_object(said: Mapping[str, Any]) -> None:
    """One line for a program; in ASCII, so that a terminal obeys none of it."""
    print(json.dumps(said, sort_keys=True, separators=(",", ":")))


def decided(decision: Decision | None, zone: tzinfo) -> str:
    """A decision in one line; `open` if there is none."""
    if decision is None:
        return "open"
    note = f": {decision.note}" if decision.note else ""
    return f"{decision.action} {instant(decision.decided_at, zone)} by {decision.decided_by}{note}"


def instant(millis: int, zone: tzinfo) -> str:
    """An instant in the zone, or the number it is if no calendar year holds it."""
    try:
        return (_EPOCH + timedelta(milliseconds=millis)).astimezone(zone).isoformat(timespec="seconds")
    except OverflowError:
        return str(millis)


def plain(text: str) -> str:
    """A text that a terminal only shows."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode()
        for char in text
    )


def _row(letter: Letter, decision: Decision | None, zone: tzinfo) -> tuple[str, ...]:
    return (
        plain(letter.key),
        instant(letter.refused_at, zone),
        plain(letter.reason),
        plain(letter.at),
        f"{letter.size:,}",
        letter.sha256[:DIGITS],
        plain(decided(decision, zone)),
    )


def _base64(raw: bytes | None) -> str | None:
    return None if raw is None else b64encode(raw).decode()
