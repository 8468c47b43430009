"""Rows of a CSV stream, told apart even where some are broken, with a digest of what was read.

A row that cannot be read costs itself and nothing behind it: a quote that is never closed takes its own line
only, an endless line does not fill the memory.
"""

import csv
import hashlib
from codecs import BOM_UTF8
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.mapping import Csv

LONGEST_LINE: Final = 1 << 20
"""Longest line in bytes; a longer one is refused and passed over."""

_MOST_LINES: Final = 200
_LONGEST_ROW: Final = 1 << 16
_OPEN_QUOTE: Final = "unexpected end of data"


class RawRow(NamedTuple):
    """One row: the line it begins on (the header is line 1), its fields or why it has none, and its bytes.

    A line that is too long has no bytes here, for not all of them are held.
    """

    line: int
    fields: list[str]
    refused: RejectedInput | None = None
    text: bytes = b""


class _Line(NamedTuple):
    """A line of the stream without its end; of one too long the digest stands for the text."""

    number: int
    text: bytes
    oversized: bool


class _UnfinishedRow(Exception):
    """The stream ends inside quotes and may still grow."""


class Rows:
    """Reads rows on demand.

    Args:
        stream: bytes, read forward once.
        form: how the rows are written.
        where: name of the stream in messages.
        whole_lines: leave a last line without line feed unread: its writer may not have finished.

    Raises:
        ConfigurationError: there is no header.
    """

    def __init__(self, stream: BinaryIO, form: Csv, where: str, *, whole_lines: bool = False) -> None:
        self._stream = stream
        self._form = form
        self._whole_lines = whole_lines
        self._read_ahead: deque[_Line] = deque()
        self._last_line: int | None = None
        self._lines_met = 0
        self._has_ended = False
        self._digest = hashlib.sha256()
        self.line = 0
        """Last line consumed."""
        self.header: list[str] = []
        first = next(self.rows(), None)
        if first is None or first.refused or not any(first.fields):
            raise ConfigurationError(f"{where}: line 1: no header; the first line must name the columns")
        self.header = [name.strip() for name in first.fields]

    @property
    def sha256(self) -> str:
        """Digest of the lines consumed; how they ended, and whether the last did, plays no part."""
        return self._digest.hexdigest()

    def rows(self, last_line: int | None = None) -> Iterator[RawRow]:
        """The rows from here on; empty lines are none.

        Args:
            last_line: read as if the stream ended behind this line.
        """
        self._last_line = last_line
        while (first := self._next_line()) is not None:
            try:
                row = self._row(first)
            except _UnfinishedRow:
                return
            if row is not None:
                yield row

    def _row(self, first: _Line) -> RawRow | None:
        if first.oversized:
            return self._consumed([first], [], RejectedInput("oversized", "line"))
        if not first.text.strip():
            return self._consumed([first], [], None)
        lines = [first]
        fields, broken = self._fields(lines)
        if broken == _OPEN_QUOTE:
            fields, broken = self._quoted(lines)
        refused = self._judged(fields, broken)
        if refused and len(lines) > 1:
            self._read_ahead.extendleft(reversed(lines[1:]))
            lines, refused = lines[:1], RejectedInput("bad-row", "a quote is not closed")
        return self._consumed(lines, fields, refused)

    def _quoted(self, lines: list[_Line]) -> tuple[list[str], str]:
        """Append lines until the quotes are even and the row closes; a broken row stays as it is."""
        quote = self._form.quote.encode()
        quotes, size = lines[0].text.count(quote), len(lines[0].text)
        while len(lines) < _MOST_LINES and size < _LONGEST_ROW:
            line = self._next_line()
            if line is None:
                if self._whole_lines and self._has_ended:
                    raise _UnfinishedRow
                break
            lines.append(line)
            if line.oversized:
                break
            quotes += line.text.count(quote)
            size += len(line.text)
            if quotes % 2 == 0:
                fields, broken = self._fields(lines)
                if broken != _OPEN_QUOTE:
                    return fields, broken
        return [], _OPEN_QUOTE

    def _fields(self, lines: list[_Line]) -> tuple[list[str], str]:
        """The fields of lines as one row, and what is wrong with it; what is no text becomes surrogates."""
        text = b"\n".join(line.text for line in lines).decode(self._form.encoding, "surrogateescape")
        reader = csv.reader([text], delimiter=self._form.delimiter, quotechar=self._form.quote, strict=True)
        try:
            return next(reader), ""
        except csv.Error as error:
            return [], str(error)

    def _judged(self, fields: list[str], broken: str) -> RejectedInput | None:
        if broken:
            why = "a quote is not closed" if broken == _OPEN_QUOTE else "quotes or field sizes"
            return RejectedInput("bad-row", why)
        if self.header and len(fields) != len(self.header):
            return RejectedInput("bad-row", f"{len(fields)} fields, the header has {len(self.header)}")
        for place, field in enumerate(fields):
            if field.isascii() and "\0" not in field:
                continue
            column = f"column {self.header[place]}" if self.header else "header"
            if "\0" in field:
                return RejectedInput("control-character", column)
            if any("\udc80" <= character <= "\udcff" for character in field):
                return RejectedInput("bad-text", f"{column} is not {self._form.encoding}")
        return None

    def _consumed(
        self, lines: list[_Line], fields: list[str], refused: RejectedInput | None
    ) -> RawRow | None:
        for line in lines:
            self._digest.update(line.text + b"\n")
        self.line = lines[-1].number
        if not fields and not refused:
            return None
        text = b"" if lines[0].oversized else b"\n".join(line.text for line in lines)
        return RawRow(lines[0].number, fields, refused, text)

    def _next_line(self) -> _Line | None:
        if self._read_ahead:
            is_behind = self._is_behind_the_end(self._read_ahead[0].number)
            return None if is_behind else self._read_ahead.popleft()
        if self._is_behind_the_end(self._lines_met + 1):
            return None
        line = self._read_line()
        self._lines_met += line is not None
        return line

    def _is_behind_the_end(self, number: int) -> bool:
        return self._last_line is not None and number > self._last_line

    def _read_line(self) -> _Line | None:
        text = self._stream.readline(LONGEST_LINE)
        if len(text) == LONGEST_LINE and not text.endswith(b"\n"):
            return self._pass_over(text)
        if not text or (self._whole_lines and not text.endswith(b"\n")):
            self._has_ended = True
            return None
        if self._lines_met == 0:
            text = text.removeprefix(BOM_UTF8)
        return _Line(self._lines_met + 1, text.rstrip(b"\r\n"), oversized=False)

    def _pass_over(self, text: bytes) -> _Line:
        digest = hashlib.sha256(text)
        while text and not text.endswith(b"\n"):
            text = self._stream.readline(LONGEST_LINE)
            digest.update(text.rstrip(b"\r\n"))
        return _Line(self._lines_met + 1, digest.digest(), oversized=True)
