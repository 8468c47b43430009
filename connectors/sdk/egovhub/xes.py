"""Events of an XES log, one after the other, however large it is.

An event is a flat table of texts: its own attributes by key, those of its trace with `case:` before the key, which is
how process-mining tools write such a log as CSV. Attributes inside attributes are passed over.
Source: IEEE 1849-2016, XES.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.parsers import expat

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.xml_tree import check_encoding, parser

LARGEST_EVENT: Final = 1 << 20
_DEEPEST: Final = 32
_MOST_ATTRIBUTES: Final = 512
_CHUNK: Final = 1 << 16
_VALUES: Final = ("string", "date", "int", "float", "boolean", "id")


def events(stream: BinaryIO, ticket: str = "") -> Iterator[Payload]:
    """The events of a log, in its order.

    Args:
        stream: the log, unpacked.
        ticket: of the log; an event's is that and its number.

    Raises:
        RejectedInput: not-xml, bad-text, forbidden-markup, too-deep, oversized.
    """
    reader = _Reader()
    number = 0
    chunk = stream.read(_CHUNK)
    check_encoding(chunk)
    while chunk:
        for fields, body in reader.feed(chunk, is_last=False):
            number += 1
            yield Payload(body, f"{ticket} event {number}".strip(), value=fields, ticket=f"{ticket}:{number}")
        chunk = stream.read(_CHUNK)
    for fields, body in reader.feed(b"", is_last=True):
        number += 1
        yield Payload(body, f"{ticket} event {number}".strip(), value=fields, ticket=f"{ticket}:{number}")


class _Reader:
    """Collects the attributes of traces and events while expat reads, with each event's bytes."""

    def __init__(self) -> None:
        self._expat = parser()
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._path: list[str] = []
        self._trace: dict[str, str] = {}
        self._event: dict[str, str] = {}
        self._event_start = 0
        self._buffer = bytearray()
        self._buffer_start = 0
        self._ready: list[tuple[dict[str, str], bytes]] = []

    def feed(self, chunk: bytes, *, is_last: bool) -> list[tuple[dict[str, str], bytes]]:
        """The events that end in a chunk."""
        self._buffer += chunk
        self._ready = []
        try:
            self._expat.Parse(chunk, is_last)
        except expat.ExpatError:
            raise RejectedInput("not-xml") from None
        self._forget()
        return self._ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition("}")[2]
        self._path.append(kind)
        if len(self._path) > _DEEPEST:
            raise RejectedInput("too-deep", "XES")
        match self._path:
            case ["log", "trace"]:
                self._trace = {}
            case ["log", "trace", "event"]:
                self._event, self._event_start = {}, self._expat.CurrentByteIndex
            case ["log", "trace", "event", *_] if len(self._path) == 4:
                _put(self._event, kind, attributes, "")
            case ["log", "trace", *_] if len(self._path) == 3:
                _put(self._trace, kind, attributes, "case:")

    def _end(self, _name: str) -> None:
        if self._path == ["log", "trace", "event"]:
            start = self._event_start - self._buffer_start
            end = self._end_of(start, self._expat.CurrentByteIndex - self._buffer_start)
            self._ready.append((self._trace | self._event, bytes(self._buffer[start:end])))
            self._event_start = self._buffer_start + end
        self._path.pop()

    def _end_of(self, start: int, here: int) -> int:
        """Where an event ends; of one without content expat is behind it, of any other before its closing tag."""
        inside = self._buffer[start:here]
        if inside.count(b"<") == 1 and inside.endswith(b"/>"):
            return here
        return self._buffer.index(b">", here) + 1

    def _forget(self) -> None:
        """Let go of the bytes before the event that is being read."""
        inside = self._path[:3] == ["log", "trace", "event"]
        keep = self._event_start if inside else self._expat.CurrentByteIndex
        if len(self._buffer) - (keep - self._buffer_start) > LARGEST_EVENT:
            raise RejectedInput("oversized", "XES event")
        del self._buffer[: max(0, keep - self._buffer_start)]
        self._buffer_start = max(self._buffer_start, keep)


def _put(table: dict[str, str], kind: str, attributes: dict[str, str], prefix: str) -> None:
    if kind in _VALUES and "key" in attributes and "value" in attributes:
        table[prefix + attributes["key"]] = attributes["value"]
        if len(table) > _MOST_ATTRIBUTES:
            raise RejectedInput("oversized", "XES attributes")
