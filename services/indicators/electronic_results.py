"""Indicator 4.1: the share of dossiers with an electronic result, 6 points.

with a file of the result linked / dossiers of procedures with a document as result, by the month of acceptance (the
law names no key). A dossier that was refused, withdrawn or stopped has no result and is left out, unless a file is
linked; an open one is in the denominator. If nobody says whether the procedure gives a document, linked or not, or
whether the result of an ended dossier is electronic, it is in the total alone.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 4.1.

>>> figure = ASKED.figure({"4.1.linked": 5, "4.1.not_linked": 2, "4.1.unsaid": 1})
>>> figure.numerator, figure.denominator, figure.total
(5, 7, 8)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.dossiers import Result, accepted_at, electronic, result_of, rule_of

DEFINITION: Final = Definition(
    "4.1",
    "Dossiers with an electronic result",
    1,
    "Decision 766/QD-TTg, indicator 4.1",
    Aggregation.SUM,
    Horizon.AS_OF,
    has_drill_down=True,
)
ASKED: Final = Question("4.1", "linked", "not_linked")


def count(view: CaseView, book: Book) -> None:
    """Every dossier to which a document is due, when it was accepted."""
    at = accepted_at(view)
    if at is None:
        return
    result = result_of(view, at)
    if result is Result.LINKED:
        rule = rule_of(view, at)
        is_due = None if rule is None else rule.document_result
        if is_due is not False:
            ASKED.book(book, at, is_due)
    elif result is not Result.NONE_DUE:
        ASKED.book(book, at, electronic(result))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the dossiers accepted in the period."""
    return ASKED.figure(counts)
