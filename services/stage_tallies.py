"""hub.tallies as its reader sees it: whole flushes, and the cut they make together.

A partition's rows change only when its marker arrives; until then they are set aside. Every flush is applied,
whatever log it counted, because its rows are differences from those before it. Which *log* the rows rest on
matters for the cut alone: while some partitions count a new log and others still an old one, or while a
partition was judged by another code or reference, their sum would be the figure of nothing, and there is no
cut. What was published before stands until all have changed over.
"""

from collections.abc import Iterable
from sys import intern
from typing import NamedTuple

from egovhub.codec import decode

from services.domain.cells import Cell, increase
from services.domain.periods import Grain
from services.rows import MARKER_KEY, Cut, LogIdentity, Marker, cell_key, read_marker
from services.rules import Rules


class Change(NamedTuple):
    """How one month of one unit and procedure differs from the flush before."""

    unit: str
    procedure: str
    month: int
    difference: Cell
    """Counter to what was added or taken away."""


class _Partition:
    """The month cells of one partition as of its marker, and the rows read since."""

    __slots__ = ("cells", "marker", "marker_appended_at", "pending")

    def __init__(self) -> None:
        self.cells: dict[bytes, Cell] = {}
        self.pending: dict[bytes, bytes | None] = {}
        self.marker: Marker | None = None
        self.marker_appended_at = 0

    def complete(self) -> Iterable[Change]:
        """Make the pending rows the standing ones; quarters and years are sums of months and not kept."""
        pending, self.pending = self.pending, {}
        for key, value in pending.items():
            unit, procedure, grain, month = cell_key(key)
            if grain is not Grain.MONTH:
                continue
            before = self.cells.pop(key, {})
            after: Cell = {}
            if value is not None:
                after = self.cells[key] = _cell(value)
            if after != before:
                yield Change(unit, procedure, month, _difference(after, before))


class Tallies:
    """All partitions of hub.tallies, each as of its last marker."""

    def __init__(self, partitions: int) -> None:
        self._partitions = [_Partition() for _ in range(partitions)]

    def take(self, partition: int, key: bytes, value: bytes | None, appended_at: int) -> list[Change]:
        """Read one committed record; the changes of a whole flush if it is the marker, else none.

        Args:
            partition: it was read from; the records of one come in their order.
            key: of the record.
            value: of the record; None is a tombstone.
            appended_at: by the broker's clock, in milliseconds.
        """
        at = self._partitions[partition]
        if key != MARKER_KEY or value is None:
            at.pending[key] = value
            return []
        marker = read_marker(value)
        assert marker.partition == partition, f"marker of {marker.partition} in partition {partition}"
        at.marker, at.marker_appended_at = marker, appended_at
        return list(at.complete())

    @property
    def markers_appended_at(self) -> dict[int, int]:
        """When the broker appended the last marker of each partition that has one, in milliseconds."""
        return {p: at.marker_appended_at for p, at in enumerate(self._partitions) if at.marker is not None}

    @property
    def logs(self) -> set[LogIdentity]:
        """The logs that the last markers name."""
        return {at.marker.log for at in self._partitions if at.marker is not None}

    @property
    def cut(self) -> tuple[Cut, ...]:
        """The last marker of each partition that has one."""
        markers = [at.marker for at in self._partitions if at.marker is not None]
        return tuple(Cut(m.partition, m.position, m.as_of, m.flush) for m in markers)

    def obstacle(self, log: LogIdentity, rules: Rules) -> str | None:
        """Why the markers make no cut, in one line; None if they do.

        Args:
            log: the identity of `facts` as it is now.
            rules: whose code and reference every flush must have been made with, for a row names one of each.
        """
        markers = {p: at.marker for p, at in enumerate(self._partitions)}
        here = (log, rules.code, rules.reference)
        if none := [p for p, marker in markers.items() if marker is None]:
            return f"no marker yet in partitions {_list(none)}"
        if other := [p for p, m in markers.items() if m is not None and m.log != log]:
            return f"another log than facts is counted in partitions {_list(other)}"
        if other := [p for p, m in markers.items() if m and (m.log, m.code, m.reference) != here]:
            return f"judged by another code or reference than this stage's: partitions {_list(other)}"
        return None


def _list(partitions: Iterable[int]) -> str:
    return ", ".join(map(str, partitions))


def _cell(value: bytes) -> Cell:
    """Names come back in row after row: keep one of each."""
    return {intern(name): n for name, n in decode(value)[1]["counters"].items()}


def _difference(after: Cell, before: Cell) -> Cell:
    difference = dict(after)
    for counter, n in before.items():
        increase(difference, counter, -n)
    return difference
