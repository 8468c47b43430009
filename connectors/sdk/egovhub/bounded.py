"""Bytes of a stranger, unpacked without letting them fill the memory: gzip bombs end where a bound is passed."""

import io
import zlib
from collections.abc import Iterable
from typing import BinaryIO, Final, cast

from egovhub.errors import RejectedInput

GZIP_MAGIC: Final = b"\x1f\x8b"
LARGEST: Final = 256 << 20
"""Most bytes that anything may unpack to."""

MOST_TIMES: Final = 250
"""Most times that something may grow when it is unpacked; texts of systems grow 5 to 60 times."""

_FREE: Final = 1 << 20
_CHUNK: Final = 1 << 16


class Unpacked(io.RawIOBase):
    """A stream of what a gzip stream holds, of all its members.

    Args:
        packed: the gzip stream.
        largest: most bytes it may give.

    Raises (while it is read):
        RejectedInput: expands-too-far; bad-text if it is damaged.
    """

    def __init__(self, packed: BinaryIO, largest: int = LARGEST) -> None:
        super().__init__()
        self._packed = packed
        self._largest = largest
        self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._waiting = b""
        self._taken = 0
        self._given = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, target: "bytearray | memoryview") -> int:  # type: ignore[override]
        """Unpack the next bytes into a buffer."""
        text = self._next(len(target))
        target[: len(text)] = text
        return len(text)

    def _next(self, size: int) -> bytes:
        while True:
            if not self._waiting:
                self._waiting = self._packed.read(_CHUNK)
                self._taken += len(self._waiting)
            if not self._waiting:
                if not self._member.eof:
                    raise RejectedInput("bad-text", "gzip ends too early")
                return b""
            if self._member.eof:
                self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            try:
                text = self._member.decompress(self._waiting, size)
            except zlib.error:
                raise RejectedInput("bad-text", "gzip is damaged") from None
            if not self._given and text.startswith(GZIP_MAGIC):
                raise RejectedInput("expands-too-far", "gzip inside gzip")
            self._waiting = self._member.unconsumed_tail or self._member.unused_data
            self._given += len(text)
            if self._given > min(self._largest, max(_FREE, self._taken * MOST_TIMES)):
                raise RejectedInput("expands-too-far", "gzip")
            if text:
                return text


def unpacked(stream: BinaryIO, largest: int = LARGEST) -> BinaryIO:
    """A stream as it is, or what it holds if it is gzip.

    Args:
        stream: at its beginning; buffered.
        largest: most bytes it may give.
    """
    buffered = cast("io.BufferedReader", stream)
    if buffered.peek(2)[:2] != GZIP_MAGIC:
        return stream
    return cast("BinaryIO", io.BufferedReader(Unpacked(stream, largest), _CHUNK))


def all_of(stream: BinaryIO, largest: int) -> bytes:
    """All bytes of a stream.

    Raises:
        RejectedInput: oversized if there are more than the bound.
    """
    body = stream.read(largest + 1)
    if len(body) > largest:
        raise RejectedInput("oversized", f"more than {largest >> 20} MiB")
    return body


def joined(chunks: Iterable[bytes], *, is_gzip: bool, largest: int) -> bytes:
    """Chunks in one, unpacked if need be.

    Raises:
        RejectedInput: oversized, expands-too-far, bad-text.
    """
    packed = bytearray()
    for chunk in chunks:
        packed += chunk
        if len(packed) > largest:
            raise RejectedInput("oversized", f"more than {largest >> 20} MiB")
    if not is_gzip:
        return bytes(packed)
    return all_of(cast("BinaryIO", io.BufferedReader(Unpacked(io.BytesIO(packed), largest + 1))), largest)
