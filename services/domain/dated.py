"""Which row of dated reference data decides on a day, as far as rows are known.

A row holds from `valid_from` to the day before `valid_to`, without one until further notice, and is known from
`known_from`, without one from the beginning. A row known later replaces the row of its key with the same
`valid_from`, end and all; of the rows that then hold on a day the one known last decides. So a change, an end and a
correction are each a new row, and no old row is ever edited. Two rows of one key that hold on one day and are known
from one instant contradict each other.
Source: DESIGN 3, law 1.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Protocol, TypeVar


class Dated(Protocol):
    """What every dated row says of itself; `known_from` in milliseconds since the epoch, `valid_to` exclusive."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def known_from(self) -> int | None: ...


class Learned(Protocol):
    """A row that is known from an instant on."""

    @property
    def known_from(self) -> int | None: ...


AnyDated = TypeVar("AnyDated", bound=Dated)
AnyLearned = TypeVar("AnyLearned", bound=Learned)


def known(rows: Iterable[AnyLearned], known_at: int | None) -> Iterator[AnyLearned]:
    """The rows known at an instant (inclusive), in their order; None stands for everything."""
    return (r for r in rows if known_at is None or r.known_from is None or r.known_from <= known_at)


def in_force(rows: Iterable[AnyDated], day: date) -> AnyDated | None:
    """The row of one key that decides on a day; None if none does."""
    versions: dict[date, AnyDated] = {}
    for row in sorted(rows, key=_since):
        versions[row.valid_from] = row
    return max((row for row in versions.values() if holds(row, day)), key=_since, default=None)


def _since(row: Dated) -> tuple[bool, int]:
    return row.known_from is not None, row.known_from or 0


def holds(row: Dated, day: date) -> bool:
    """Whether a day lies in the validity of a row."""
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)


def contradictions(rows: Sequence[AnyDated]) -> list[tuple[AnyDated, AnyDated]]:
    """The pairs of rows of one key of which neither decides: one day, one instant of knowledge."""
    return [
        (a, b)
        for a, b in combinations(rows, 2)
        if a.known_from == b.known_from and (holds(a, b.valid_from) or holds(b, a.valid_from))
    ]
