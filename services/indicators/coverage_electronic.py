"""Coverage: documents between agencies that are electronic; the city claims 100 %.

electronic / documents sent by an agency of which the source says whether they are, by the month in which they began
to count. A document of which no sender is known is not counted here (`documents.electronic` has it).
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 2 (coverage of documents between agencies).

>>> figure = QUESTION.figure({"coverage.electronic.electronic": 8, "coverage.electronic.unsaid": 2})
>>> figure.numerator, figure.denominator, figure.total
(8, 8, 10)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.documents import DOCUMENTS
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.dossiers import flag

DEFINITION: Final = Definition(
    "coverage.electronic",
    "Documents between agencies that are electronic",
    1,
    "domain/indicators.md, 2",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "electronic", "paper")


def count(view: CaseView, book: Book) -> None:
    """A document whose sender is known."""
    if view.domain == DOCUMENTS and view.detail("sender") is not None:
        QUESTION.book(book, view.started_at, flag(view, "is_electronic"))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The documents that began in the period."""
    return QUESTION.figure(counts)
