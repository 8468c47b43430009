"""The feed of files: CSV, plain or gzip, read by a mapping, with a position that knows the file again."""

import json
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import GzipFile
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final, Self, cast

from egovhub.connector import Batch, Rejection, State
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact
from egovhub.files_rows import RawRow, Rows
from egovhub.mapping import Mapping
from egovhub.mapping_rows import RowMapper

STDIN: Final = Path("-")
BATCH_ROWS: Final = 500
_GZIP_MAGIC: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class FilePosition:
    """Behind which line of which file; the digest of all lines up to it knows the file again.

    So a file that has grown goes on, and one that was changed or replaced is noticed.
    """

    line: int
    sha256: str

    def to_text(self) -> str:
        """The position as `hub.positions` holds it."""
        return json.dumps({"line": self.line, "sha256": self.sha256}, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The position in a text.

        Raises:
            ConfigurationError: it is the position of another kind of feed.
        """
        try:
            form = json.loads(text)
            return cls(int(form["line"]), str(form["sha256"]))
        except (ValueError, KeyError, TypeError):
            raise ConfigurationError(
                "the position in hub.positions is not of a file; choose another --name"
            ) from None


class FilesFeed:
    """One file by one mapping; a `Feed`.

    Args:
        mapping: what its rows mean.
        path: the file; `-` is standard input, which cannot be resumed.
        clock: milliseconds since the epoch, for the door.
        batch_rows: rows a batch has at most.
        growing: the file may still be written: its last line counts once it has a line feed.
    """

    def __init__(
        self,
        mapping: Mapping,
        path: Path,
        clock: Callable[[], int],
        *,
        batch_rows: int = BATCH_ROWS,
        growing: bool = False,
    ) -> None:
        self._mapping = mapping
        self._path = path
        self._clock = clock
        self._batch_rows = batch_rows
        self._growing = growing
        self._read_to_end: tuple[str | None, tuple[int, int, int]] | None = None

    @property
    def source(self) -> str:
        """The source of the mapping."""
        return self._mapping.source

    def recall(self, state: State) -> None:
        """Nothing: a row says what happened, and not how things stand."""

    def check(self) -> None:
        """Open the file and hold its header against the mapping, before anything else is started.

        Raises:
            ConfigurationError: the file cannot be read, or lacks columns.
        """
        if self._path != STDIN:
            with self._open() as (stream, _raw):
                self._begin(stream)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The rows behind a position, in batches; see `Feed`.

        To know the file again, and which cases it had, what lies before the position is read once more.
        """
        with self._open() as (stream, raw):
            state = _state(raw)
            if self._read_to_end == (position, state) and self._path != STDIN:
                return
            rows, mapper = self._begin(stream)
            if position is not None:
                self._replay(rows, mapper, FilePosition.from_text(position))
            for batch in self._batches(rows, mapper, raw, state[0]):
                position = batch.position
                yield batch
            self._read_to_end = (position, state)

    def acknowledge(self, position: str) -> None:
        """Nothing: a file does not ask whether it was read."""

    def _begin(self, stream: BinaryIO) -> tuple[Rows, RowMapper]:
        rows = Rows(stream, self._mapping.csv, str(self._path), whole_lines=self._growing)
        return rows, RowMapper(self._mapping, rows.header, str(self._path))

    def _replay(self, rows: Rows, mapper: RowMapper, position: FilePosition) -> None:
        for row in rows.rows(position.line):
            if mapper.remembers:
                self._facts(mapper, row)
        if (rows.line, rows.sha256) != (position.line, position.sha256):
            raise ConfigurationError(
                f"{self._path}: not the file that was read up to line {position.line}: that part differs; "
                "choose another --name, or publish the file anew with --from-start"
            )

    def _batches(self, rows: Rows, mapper: RowMapper, raw: BufferedReader, size: int) -> Iterator[Batch]:
        facts: list[Fact] = []
        rejected: list[Rejection] = []
        read = 0
        for row in rows.rows():
            made = self._facts(mapper, row)
            if isinstance(made, Rejection):
                rejected.append(made)
            else:
                facts += made
            read += 1
            if read == self._batch_rows:
                yield self._batch(rows, facts, rejected, read, _share(raw, size))
                facts, rejected, read = [], [], 0
        if read:
            yield self._batch(rows, facts, rejected, read, 1.0)

    def _facts(self, mapper: RowMapper, row: RawRow) -> tuple[Fact, ...] | Rejection:
        try:
            if row.refused:
                raise row.refused
            return mapper.facts(row.fields, self._clock())
        except RejectedInput as error:
            return Rejection(row.line, error.reason, error.detail, row.text or None, str(row.line))

    def _batch(
        self, rows: Rows, facts: list[Fact], rejected: list[Rejection], read: int, done: float | None
    ) -> Batch:
        position = FilePosition(rows.line, rows.sha256).to_text()
        return Batch(tuple(facts), tuple(rejected), read, position, done)

    @contextmanager
    def _open(self) -> Iterator[tuple[BinaryIO, BufferedReader]]:
        """The stream of lines, unpacked if the file is gzip, and the file itself."""
        try:
            raw = cast("BufferedReader", sys.stdin.buffer if self._path == STDIN else self._path.open("rb"))
            is_gzip = raw.peek(2)[:2] == _GZIP_MAGIC
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror}; name a readable file") from None
        try:
            yield (cast("BinaryIO", GzipFile(fileobj=raw)) if is_gzip else raw), raw
        except (EOFError, zlib.error, OSError) as error:
            raise ConfigurationError(
                f"{self._path}: cannot be read further ({error}); fetch the file again"
            ) from error
        finally:
            if self._path != STDIN:
                raw.close()


def _state(raw: BufferedReader) -> tuple[int, int, int]:
    """Size, time of change and number of a file: while they stand, it was not written to."""
    status = os.fstat(raw.fileno())
    return status.st_size, status.st_mtime_ns, status.st_ino


def _share(raw: BufferedReader, size: int) -> float | None:
    return min(1.0, raw.tell() / size) if size and raw.seekable() else None
