"""What a source system holds: entries in the order it wrote them, some of which come late, twice, or go."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Journal(Generic[T]):
    """Entries, which threads may add and read; `truth` remembers all that were ever visible, also those that went.

    Args:
        on_read: called before each reading with its number, to change the journal while it is being read.
    """

    on_read: Callable[[int], None] = lambda _number: None
    truth: list[T] = field(default_factory=list)
    _entries: list[T] = field(default_factory=list)
    _readings: int = 0
    _lock: RLock = field(default_factory=RLock)

    def add(self, *entries: T) -> None:
        """Write entries behind the others."""
        with self._lock:
            self._entries += entries
            self.truth += entries

    def insert(self, place: int, entry: T) -> None:
        """Write an entry before others, as one that is late."""
        with self._lock:
            self._entries.insert(place, entry)
            self.truth.append(entry)

    def repeat(self, place: int) -> None:
        """Write an entry a second time, behind the others."""
        with self._lock:
            self._entries.append(self._entries[place])

    def remove(self, entry: T) -> None:
        """Let an entry go; it was visible, so it belongs to the truth."""
        with self._lock:
            self._entries.remove(entry)

    def replace(self, before: T, after: T) -> None:
        """Change an entry where it stands."""
        with self._lock:
            self._entries[self._entries.index(before)] = after
            self.truth.append(after)

    def read(self, wanted: Callable[[T], bool] = lambda _entry: True) -> list[T]:
        """The entries that are visible now and wanted."""
        with self._lock:
            self._readings += 1
            self.on_read(self._readings)
            return [entry for entry in self._entries if wanted(entry)]

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._entries))


def page(entries: Sequence[T], number: int, size: int) -> list[T]:
    """A page, numbered from 1."""
    return list(entries[(number - 1) * size : number * size])
