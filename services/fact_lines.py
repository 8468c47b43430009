"""Reads a file of facts, one JSON object a line, into cases; plain or gzip, or standard input."""

import gzip
import io
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from sys import intern
from typing import Any, BinaryIO, Final, cast

from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import EARLIEST_MS, Fact, has_control, is_case_id
from egovhub.ndjson import fact_from_json
from rich.progress import Progress

from services.domain.standing import Known
from services.recount import Cases

LONGEST_LINE: Final = 1 << 22
"""A line of as many bytes or more is refused unread: a file may be one endless line, or unpack to one."""

_GZIP: Final = b"\x1f\x8b"
_LINES_PER_REPORT: Final = 4096
_NO_DETAILS: Final[dict[str, Any]] = {}
_REMEDIES: Final = {
    "bad-row": "write one JSON object a line",
    "missing-value": "give the field",
    "case-id-form": "write <namespace>:<native id>",
    "oversized": f"keep a line below {LONGEST_LINE} bytes",
}


class BadLines:
    """The lines that could not be read.

    Args:
        name: of the file.
        is_named: whether each line is named on standard error; else they are only counted.
    """

    def __init__(self, name: str, *, is_named: bool) -> None:
        self.reasons: Counter[str] = Counter()
        self._name = name
        self._is_named = is_named

    def add(self, number: int, error: RejectedInput) -> None:
        """Count a line, and name it by file, number, field and remedy, never by what it says."""
        self.reasons[error.reason] += 1
        if self._is_named:
            remedy = _REMEDIES.get(error.reason, "correct the value")
            print(f"{self._name}: line {number}: {error}; {remedy}", file=sys.stderr)


def read_cases(lines: Iterable[bytes], bad: BadLines, only: str | None = None) -> Cases:
    """The facts of each case, or of one alone; empty lines say nothing."""
    cases: Cases = {}
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            if len(line) >= LONGEST_LINE:
                raise RejectedInput("oversized", "line")
            fact, known_at = fact_from_json(line)
            _admit(fact)
        except RejectedInput as error:
            bad.add(number, error)
        else:
            if only in {None, fact.case_id}:
                known = cases.setdefault(fact.case_id, [])
                known.append(Known(_thrifty(fact, known), known_at))
    return cases


def _admit(fact: Fact) -> None:
    """What the door asks of a fact and a file can answer."""
    if not is_case_id(fact.case_id):
        raise RejectedInput("case-id-form", "case_id")
    if has_control(fact.case_id):
        raise RejectedInput("control-character", "case_id")
    if not fact.event_id or not fact.source:
        raise RejectedInput("empty-field", "event_id or source")
    if fact.occurred_at < EARLIEST_MS:
        raise RejectedInput("occurred-before-2000", "occurred_at")


def _thrifty(fact: Fact, known: list[Known]) -> Fact:
    """The same fact, sharing the texts that come back in fact after fact: memory is what limits a batch."""
    return fact._replace(
        case_id=known[0].fact.case_id if known else fact.case_id,
        source=intern(fact.source),
        unit=fact.unit and intern(fact.unit),
        receiving_unit=fact.receiving_unit and intern(fact.receiving_unit),
        procedure=fact.procedure and intern(fact.procedure),
        source_status=fact.source_status and intern(fact.source_status),
        details=fact.details or _NO_DETAILS,
    )


def lines_of(name: str, progress: Progress) -> Iterator[bytes]:
    """The lines of a file, or of standard input for `-`, none longer than `LONGEST_LINE`.

    Raises:
        ConfigurationError: if it cannot be read to its end.
    """
    task = progress.add_task("reading", total=None if name == "-" else _size(name))
    try:
        with _opened(name) as file:
            buffered = io.BufferedReader(cast("io.RawIOBase", file))
            packed = buffered.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
            unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=buffered)) if packed else buffered
            for number, line in enumerate(_bounded(unpacked), 1):
                if number % _LINES_PER_REPORT == 0:
                    done = number if name == "-" else file.tell()
                    progress.update(task, completed=done, description=f"{number:,} lines")
                yield line
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise ConfigurationError(f"--facts: {name!r} is a damaged gzip file; fetch it again") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(
            f"--facts: {name!r} cannot be read ({reason}); name a file of facts, or - for standard input"
        ) from None


def _size(name: str) -> int | None:
    return Path(name).stat().st_size if Path(name).is_file() else None


def _opened(name: str) -> BinaryIO:
    return sys.stdin.buffer if name == "-" else Path(name).open("rb")


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """Lines of a file; of a longer one only its beginning."""
    while line := file.readline(LONGEST_LINE):
        yield line
        while len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
