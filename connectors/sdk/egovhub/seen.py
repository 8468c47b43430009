"""Which rows of a source were stored already, so that a source that repeats itself is not published again and again.

A row is passed over only if the last row of its name had the same bytes: a state that changes and changes back is news.
A row counts as seen once its page is stored, never before. What is forgotten is published again, which changes nothing.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

_DIGITS: Final = 12


class Seen:
    """Remembers the last rows.

    Args:
        identity: fields that name a row; of a row that has none of them its bytes do.
        most: rows remembered.
    """

    def __init__(self, identity: Sequence[str], most: int) -> None:
        self._identity = identity
        self._most = most
        self._stored: OrderedDict[bytes, bytes] = OrderedDict()
        self._waiting: dict[bytes, bytes] = {}

    def __len__(self) -> int:
        return len(self._stored) + len(self._waiting)

    def restart(self) -> None:
        """Forget what was read and not stored."""
        self._waiting.clear()

    def is_new(self, value: Any, body: bytes) -> bool:
        """Whether a row is to be handed on; it then waits to be stored."""
        mark = _digest(body)
        name = self._name(value) or mark
        known = self._waiting.get(name) or self._stored.get(name)
        if known == mark:
            return False
        self._waiting[name] = mark
        return True

    def store(self) -> None:
        """All that waited is stored."""
        for name, mark in self._waiting.items():
            self._stored.pop(name, None)
            self._stored[name] = mark
        self._waiting.clear()
        while len(self._stored) > self._most:
            self._stored.popitem(last=False)

    def _name(self, value: Any) -> bytes:
        """The name of a row; empty if it has none, for rows without a name are not one row."""
        parts = [at(value, path) for path in self._identity]
        if all(part is None for part in parts):
            return b""
        return _digest(repr(parts).encode("utf-8", "surrogatepass"))


def at(value: Any, path: str) -> Any:
    """What stands at a path of names joined by dots; None if there is nothing."""
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGITS).digest()
