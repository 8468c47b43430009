"""Bad files and lines: JSON, NDJSON, CSV, XES and gzip. Classes 7, 8, 9, 17, 18, 19, 20, 21."""

import gzip
from collections.abc import Callable
from functools import cache

from tests.bad_inputs.case import ACCEPTED, Bad
from tests.bad_inputs.forms import csv_row, event, json_row, log, packed

MIB = 1 << 20
LINE = 4 * MIB


@cache
def bomb(size: int) -> bytes:
    """So many zeros, packed a thousand to one."""
    return packed(bytes(size))


def _large(number: int, name: str, door: str, make: Callable[[], bytes]) -> Bad:
    return Bad(number, name, door, make, "oversized", is_kept=False)


def _wide(attributes: int) -> bytes:
    return event(**{f"k{number}": "" for number in range(attributes)})


def padded(size: int) -> bytes:
    """A row of exactly so many bytes."""
    return json_row(note="x" * (size - len(json_row(note=""))))


JSON = [
    Bad(21, "an empty file", "json", lambda: b"", "not-json"),
    Bad(21, "white space", "json", lambda: b" \n\t ", "not-json"),
    Bad(21, "null", "json", lambda: b"null", "missing-value"),
    Bad(21, "a page of an error", "json", lambda: b"<html>502</html>", "not-json"),
    Bad(21, "two values", "json", lambda: b'{"data":[]} {"data":[]}', "not-json"),
    Bad(21, "another array", "json", lambda: b'{"rows":[]}', "missing-value"),
    Bad(21, "the array twice", "json", lambda: b'{"data":[],"data":[' + json_row() + b"]}", "bad-value"),
    Bad(21, "cut in the middle", "json", lambda: (b'{"data":[' + json_row())[:-20], "not-json"),
    Bad(9, "UTF-16", "json", lambda: '{"data":[]}'.encode("utf-16"), "not-json"),
    Bad(9, "a bad byte outside the rows", "json", lambda: b'{"next":"\xff","data":[]}', "bad-text"),
    Bad(
        21, "a byte order mark", "json", lambda: b'\xef\xbb\xbf{"data":[' + json_row(id="m") + b"]}", ACCEPTED
    ),
    Bad(8, "a text that never closes", "json", lambda: b'{"data":["' + b'\\"' * 200_000, "not-json"),
    _large(8, "600,000 empty arrays", "json", lambda: b'{"data":[' + b"[]," * 600_000 + b"[]]}"),
    _large(8, "a million zeros", "json", lambda: b'{"data":[' + b"0," * MIB),
    _large(7, "a file a byte too large", "json", lambda: b" " * (2 * MIB + 1)),
]

LINES = [
    _large(7, "a line of 4 MiB", "ndjson", lambda: padded(LINE)),
    _large(7, "a line of 4 MiB and a byte", "ndjson", lambda: padded(LINE + 1)),
    Bad(7, "a line a byte below the most", "ndjson", lambda: padded(LINE - 1), ACCEPTED),
    Bad(7, "a row of 1 MiB, whose fact is small", "ndjson", lambda: padded(MIB), ACCEPTED),
    Bad(21, "half a row", "ndjson", lambda: json_row()[:30], "not-json"),
    Bad(21, "two rows on a line", "ndjson", lambda: json_row() + json_row(), "not-json"),
    Bad(21, "a row in an array", "ndjson", lambda: b"[" + json_row() + b"]", "bad-value"),
    Bad(9, "a bad byte", "ndjson", lambda: json_row().replace(b"H24.1", b"H\xff"), "bad-text"),
    Bad(9, "a NUL between rows", "ndjson", lambda: b"\0", "not-json"),
    Bad(8, "nested 100,000 deep", "ndjson", lambda: b"[" * 100_000, "too-deep"),
]

PACKED = [
    Bad(8, "gzip, 1,000 to 1, 200 MB", "gzip", lambda: bomb(200_000_000), "expands-too-far"),
    Bad(8, "gzip of gzip", "gzip", lambda: packed(bomb(20_000_000)), "expands-too-far"),
    Bad(8, "gzip cut off", "gzip", lambda: packed(json_row() * 50)[:-9], "bad-text"),
    Bad(8, "gzip with a wrong sum", "gzip", lambda: packed(json_row())[:-8] + bytes(8), "bad-text"),
    Bad(8, "no gzip behind its first bytes", "gzip", lambda: b"\x1f\x8b" + b"x" * 50, "bad-text"),
    Bad(8, "10,000 members of 0 bytes", "gzip", lambda: gzip.compress(b"") * 10_000, ACCEPTED),
    _large(7, "a file too large", "gzip", lambda: b"\n" * (9 * MIB)),
]

CELLS = [
    Bad(18, "equals", "csv", lambda: csv_row(unit="=1+1"), "bad-value"),
    Bad(18, "a command", "csv", lambda: csv_row(stage="=cmd|' /C calc'!A0"), "bad-value"),
    Bad(18, "a formula after a quote", "csv", lambda: csv_row(unit='"=1+1'), ACCEPTED),
    Bad(18, "a formula after a separator", "csv", lambda: csv_row(unit="x,=1+1"), ACCEPTED),
    Bad(17, "a line feed inside quotes", "csv", lambda: csv_row(unit="H24\n=1"), "control-character"),
    Bad(9, "a bad byte", "csv", lambda: csv_row().replace(b"H24.1", b"H\xff"), "bad-text"),
    Bad(9, "NUL", "csv", lambda: csv_row(unit="H\0"), "control-character"),
    Bad(21, "a field too many", "csv", lambda: csv_row() + b',"x"', "bad-row"),
    Bad(21, "a field too few", "csv", lambda: csv_row().rpartition(b",")[0], "bad-row"),
    Bad(21, "a quote that does not close", "csv", lambda: b'"' + csv_row().replace(b'"', b""), "bad-row"),
    Bad(21, "text behind a quote", "csv", lambda: csv_row().replace(b'"1"', b'"1"x'), "bad-row"),
    _large(7, "a line of 2 MiB", "csv", lambda: csv_row(unit="x" * 2 * MIB)),
    Bad(20, "words: points between thousands", "csv", lambda: csv_row(fee="1.000,00"), "bad-value"),
    Bad(10, "30 February", "csv", lambda: csv_row(at="20260230080000"), "no-such-date"),
    Bad(24, "a citizen number", "csv", lambda: csv_row(unit="031099001234"), "personal-data"),
]

PASSWORDS = b'<!DOCTYPE log [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LOGS = [
    Bad(19, "DTD", "xes", lambda: b"<!DOCTYPE log>" + log(event()), "forbidden-markup"),
    Bad(19, "a file as entity", "xes", lambda: PASSWORDS + log(event()), "forbidden-markup"),
    Bad(19, "cut off", "xes", lambda: log(event())[:-40], "not-xml"),
    Bad(19, "UTF-16", "xes", lambda: log(event()).decode().encode("utf-16"), "bad-text"),
    Bad(19, "elements 100,000 deep", "xes", lambda: b"<log>" + b"<a>" * 100_000, "too-deep"),
    Bad(19, "an event of 1,000 attributes", "xes", lambda: log(_wide(1_000)), "oversized"),
    _large(7, "an event of 2 MiB", "xes", lambda: log(event(note="x" * 2 * MIB))),
    Bad(10, "30 February", "event", lambda: event(at="20260230080000"), "no-such-date"),
    Bad(20, "a superscript", "event", lambda: event(fee="²"), "bad-value"),
    Bad(21, "an empty event", "event", lambda: b"<event/>", "missing-value"),
]

FILES: tuple[Bad, ...] = (*JSON, *LINES, *PACKED, *CELLS, *LOGS)
