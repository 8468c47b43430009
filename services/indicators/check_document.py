"""Cross-check: documents past their due date that have the status 06, handled and finished.

with the status 06 / documents whose due instant has passed, by the month of that instant. One handled after its due
date is late, but it is handled. A document refused, taken back or stopped has nothing to be handled.
Aggregation: sum. Horizon: as of; the due instant passes by time alone. Source: `domain/systems.md`, "Cross-checks".

>>> figure = QUESTION.figure({"check.document.handled": 9, "check.document.open": 1})
>>> figure.numerator, figure.denominator
(9, 10)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.documents import DOCUMENTS, is_gone
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question

DEFINITION: Final = Definition(
    "check.document",
    "Documents handled once their due date has passed",
    1,
    "domain/systems.md, cross-checks",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "handled", "open")


def count(view: CaseView, book: Book) -> None:
    """A document whose due instant has passed; equality is in time."""
    due_at = view.judged.due_at
    if view.domain != DOCUMENTS or due_at is None or is_gone(view):
        return
    book.change_at(due_at + 1)
    if view.as_of > due_at:
        QUESTION.book(book, due_at, view.state.processing_end is not None)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The documents due in the period."""
    return QUESTION.figure(counts)
