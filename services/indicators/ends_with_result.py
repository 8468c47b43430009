"""Ended administrative procedures that ended with a result, and how all others did.

processed or returned / ended, by the month of the end that stands. The parts are the five ends; three of them are
columns of form II.07a: refused (not received), stopped, withdrawn.
Aggregation: sum. Horizon: as of, for another end may come to stand. Source: `domain/systems.md`, 2 (statuses 3, 7, 8,
9, 10); `domain/indicators.md`, 3.

>>> figure = of({"ends.processed": 5, "ends.returned": 1, "ends.refused": 2})
>>> figure.numerator, figure.denominator, figure.parts["withdrawn"]
(6, 8, 0)
"""

from typing import Final

from egovhub.events import Kind

from services.domain.case import PROCESSING_RANK
from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "ends",
    "Ended cases with a result",
    1,
    "domain/systems.md, 2; domain/indicators.md, 3",
    Aggregation.SUM,
    Horizon.AS_OF,
)
COUNTERS: Final = {kind: f"ends.{kind.name.lower()}" for kind in PROCESSING_RANK}


def count(view: CaseView, book: Book) -> None:
    """An ended administrative procedure, by its end."""
    end = view.state.processing_end
    if end is not None and view.is_procedure:
        book.add(COUNTERS[end.kind], end.at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that ended in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    found = {kind: counts.get(counter, 0) for kind, counter in COUNTERS.items()}
    ended = sum(found.values())
    parts = {kind.name.lower(): n for kind, n in found.items()}
    return Figure(found[Kind.PROCESSED] + found[Kind.RETURNED], ended, ended, parts)
