"""What lies in a file: the payloads of each format, read as a stream where the format allows it."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Literal, Protocol

from egovhub.bounded import all_of, unpacked
from egovhub.connector import Payload
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.files_rows import Rows
from egovhub.mapping import Csv
from egovhub.strict_json import elements
from egovhub.xes import events

Format = Literal["whole", "json", "ndjson", "csv", "xes"]

LONGEST_LINE: Final = 4 << 20
"""Longest line of NDJSON in bytes; a longer one is refused and passed over."""


class Settings(Protocol):
    """What the readers need to know."""

    @property
    def format(self) -> Format:
        """The format."""

    @property
    def items(self) -> str:
        """Path to the array of a JSON file."""

    @property
    def csv(self) -> Csv:
        """How rows are written."""

    @property
    def largest_document(self) -> int:
        """Most bytes of a file that is read at once."""


def payloads_of(stream: BinaryIO, settings: Settings, stamp: str) -> Iterator[Payload]:
    """The payloads of a file.

    Args:
        stream: of the file, plain or gzip.
        settings: of the folder.
        stamp: what the file is called in positions and logs.

    Raises:
        RejectedInput: the file cannot be read, or not further.
    """
    return _READERS[settings.format](unpacked(stream), settings, stamp)


def _whole(stream: BinaryIO, settings: Settings, stamp: str) -> Iterator[Payload]:
    yield Payload(all_of(stream, settings.largest_document), stamp, ticket=stamp)


def _json(stream: BinaryIO, settings: Settings, stamp: str) -> Iterator[Payload]:
    body = all_of(stream, settings.largest_document)
    if not settings.items and not body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
        yield Payload(body, stamp, ticket=stamp)
        return
    found, around = elements(body, settings.items)
    for number, element in enumerate(found, 1):
        yield Payload(
            element.body,
            f"{stamp} element {number}",
            "",
            element.value,
            around,
            element.refused,
            f"{stamp}:{number}",
        )


def _ndjson(stream: BinaryIO, _settings: Settings, stamp: str) -> Iterator[Payload]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        place, ticket = f"{stamp} line {number}", f"{stamp}:{number}"
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            yield Payload(b"", place, ticket=ticket, refused=RejectedInput("oversized", "line"))
        elif line.strip():
            yield Payload(line.rstrip(b"\r\n"), place, ticket=ticket)


def _csv(stream: BinaryIO, settings: Settings, stamp: str) -> Iterator[Payload]:
    try:
        rows = Rows(stream, settings.csv, stamp)
    except ConfigurationError:
        raise RejectedInput("bad-row", "no header") from None
    for row in rows.rows():
        place, ticket = f"{stamp} line {row.line}", f"{stamp}:{row.line}"
        fields = dict(zip(rows.header, row.fields, strict=False)) or None
        yield Payload(row.text, place, value=fields, refused=row.refused, ticket=ticket)


def _xes(stream: BinaryIO, _settings: Settings, stamp: str) -> Iterator[Payload]:
    return events(stream, stamp)


_READERS: Final[dict[str, Callable[[BinaryIO, Settings, str], Iterator[Payload]]]] = {
    "whole": _whole,
    "json": _json,
    "ndjson": _ndjson,
    "csv": _csv,
    "xes": _xes,
}
