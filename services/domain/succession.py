"""Who carries on for a unit that ceased: dated edges, many-to-many, from an old unit to a new one.

Codes and names are used again for other units, so an edge names codes together with its day: the old row is the one
that ends on that day, the new row the one that holds on it.
Source: Resolution 202/2025/QH15; 1669/NQ-UBTVQH15; DESIGN 6; `domain/deadlines.md` §4.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple, Protocol, TypeVar

from services.domain.dated import Learned, known

KINDS: Final = frozenset({"merge", "split", "rename", "re-level"})
"""What a succession may be."""

BEGINNING: Final = -(2**63)
"""Before every instant of knowledge."""

_UNASSIGNED: Final = "unassigned successor of "


class Succession(NamedTuple):
    """One edge: part or all of a unit that ended on a day went to a unit that holds on that day."""

    old: str
    """Code of the unit that ended."""
    new: str
    """Code of the unit that carries on."""
    on: date
    """First day of the new unit's competence, which is the old one's `valid_to`."""
    kind: str
    share: int | None
    """Of the old unit's population: 1 all of it, 0 land alone; None: a part whose size no source gives."""
    source: str
    known_from: int | None = None
    """In milliseconds since the epoch; None: known from the beginning."""

    @property
    def id(self) -> str:
        """What the edge is named by in a message."""
        return f"{self.old} > {self.new} on {self.on}"


class _Versioned(Learned, Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Versioned)


def as_known(rows: Iterable[Row], known_at: int | None) -> list[Row]:
    """The rows known at an instant, one for each id: of several versions of a row the one known last stands."""
    seen = sorted(known(rows, known_at), key=lambda row: (row.known_from is not None, row.known_from or 0))
    return list({row.id: row for row in seen}.values())


def learned(rows: Iterable[Learned]) -> set[int]:
    """The instants at which something of the rows became known, after the beginning."""
    return {row.known_from for row in rows if row.known_from is not None}


def unassigned(unit: str) -> str:
    """The id of the pseudo unit that holds what a ceased unit left to nobody in particular."""
    return _UNASSIGNED + unit


def heirs(edges: Sequence[Succession]) -> list[str]:
    """The codes among which the open cases of the old unit of these edges are divided.

    An interpretation: an edge of land without people (share 0) passes on no case as long as another edge does; a part
    of unknown size (share None) does. So exactly one heir is the sole successor, several leave the cases unassigned.
    """
    peopled = [edge for edge in edges if edge.share != 0]
    return list(dict.fromkeys(edge.new for edge in peopled or edges))


def problems(
    edges: Iterable[Succession],
    codes: Collection[str],
    ended: Collection[tuple[str, date]],
    is_holding: Callable[[str, date], bool],
) -> list[str]:
    """Everything wrong with successions against the registry they belong to.

    Args:
        edges: as known at one time.
        codes: that the registry knows.
        ended: code and `valid_to` of every unit that ended.
        is_holding: whether a row of a code holds on a day.
    """
    found: list[str] = []
    for edge in edges:
        wrong: list[str] = []
        if edge.old not in codes:
            wrong.append(f"predecessor {edge.old} is not in the registry; add it or correct the code")
        elif (edge.old, edge.on) not in ended:
            wrong.append(f"no row of predecessor {edge.old} has valid_to {edge.on}; the two dates are one")
        if edge.new not in codes:
            wrong.append(f"successor {edge.new} is not in the registry; add it or correct the code")
        elif not is_holding(edge.new, edge.on):
            wrong.append(
                f"no row of successor {edge.new} holds on {edge.on}; correct its valid_from or the day"
            )
        found += [f"succession {edge.id}: {text}" for text in wrong]
    return found


def repeated(edges: Iterable[Succession]) -> list[str]:
    """A problem for each edge that is given more than once with one date of knowledge."""
    times = Counter((edge.id, edge.known_from) for edge in edges)
    return [f"succession {name}: given twice; keep one row" for (name, _), n in times.items() if n > 1]
