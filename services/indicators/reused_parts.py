"""Indicator 4.3: the share of dossiers that reuse digitised data, 2 points, full from 80 % on.

with at least one reused part / dossiers accepted in the period. A dossier of which the source does not say how many
parts were reused is in the total alone.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 4.3.

>>> figure = ASKED.figure({"4.3.reusing": 4, "4.3.not_reusing": 1, "4.3.unsaid": 3})
>>> figure.numerator, figure.denominator, figure.total
(4, 5, 8)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.dossiers import accepted_at, has_reused_part

DEFINITION: Final = Definition(
    "4.3",
    "Dossiers reusing digitised data",
    1,
    "Decision 766/QD-TTg, indicator 4.3",
    Aggregation.SUM,
    Horizon.AS_OF,
    has_drill_down=True,
)
ASKED: Final = Question("4.3", "reusing", "not_reusing")


def count(view: CaseView, book: Book) -> None:
    """Every dossier when it was accepted, by whether it reuses a part."""
    at = accepted_at(view)
    if at is not None:
        ASKED.book(book, at, has_reused_part(view))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the dossiers accepted in the period."""
    return ASKED.figure(counts)
