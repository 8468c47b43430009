"""Which source owns a case: only its facts move life cycle, unit, procedure and due instant.

Source: DESIGN, law 3.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class OwnerRow(NamedTuple):
    """From `valid_from` (milliseconds since the epoch, inclusive) on, `source` owns the cases of a namespace."""

    namespace: str
    valid_from: int
    source: str


class Owners:
    """The dated table of owners. A namespace without a row is owned by the source of the same name.

    That default lets a connector made of configuration alone publish cases of its own; a namespace that two systems
    share, or that changes hands, gets rows.
    """

    def __init__(self, rows: Iterable[OwnerRow] = ()) -> None:
        self._rows: dict[str, tuple[list[int], list[str]]] = {}
        for row in sorted(rows):
            starts, sources = self._rows.setdefault(row.namespace, ([], []))
            starts.append(row.valid_from)
            sources.append(row.source)

    def owner(self, namespace: str, instant: int) -> str | None:
        """The source that owned the namespace at an instant; None before the first row of a listed namespace."""
        rows = self._rows.get(namespace)
        if rows is None:
            return namespace
        at = bisect_right(rows[0], instant) - 1
        return rows[1][at] if at >= 0 else None

    def sole_owner(self, namespace: str) -> str | None:
        """The owner at every instant, or None if the namespace has dated rows and each fact must be asked for."""
        return None if namespace in self._rows else namespace
