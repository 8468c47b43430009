"""Indicator 4.4: the share of dossiers that are shared for reuse, 4 points.

with a part from the personal store, or a synchronised result / dossiers accepted in the period. The facts do not tell
the personal store from a national database, and say of a result that its file is linked, not that it was synchronised:
either is taken for what the law means. A dossier that is open, or to which no document is due, has no result to share.
If the source of a dossier says nothing of its parts or of its result, it is in the total alone, whatever the other
shows.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 4.4.

>>> figure = ASKED.figure({"4.4.shared": 6, "4.4.not_shared": 2, "4.4.unsaid": 1})
>>> figure.numerator, figure.denominator, figure.total
(6, 8, 9)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question, either
from services.indicators.dossiers import accepted_at, has_linked_result, has_reused_part

DEFINITION: Final = Definition(
    "4.4",
    "Dossiers shared for reuse",
    1,
    "Decision 766/QD-TTg, indicator 4.4",
    Aggregation.SUM,
    Horizon.AS_OF,
    has_drill_down=True,
)
ASKED: Final = Question("4.4", "shared", "not_shared")


def count(view: CaseView, book: Book) -> None:
    """Every dossier when it was accepted, by whether a part or its result is shared."""
    at = accepted_at(view)
    if at is not None:
        ASKED.book(book, at, either(has_reused_part(view), has_linked_result(view, at)))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the dossiers accepted in the period."""
    return ASKED.figure(counts)
