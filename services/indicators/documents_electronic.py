"""Documents exchanged electronically, without a paper copy.

electronic / documents of which the source says whether they are, by the month in which they began to count; all
others are in the total alone.
Aggregation: sum. Horizon: as of, for the source may say it later. Source: `domain/indicators.md`, 2 and 4.

>>> figure = QUESTION.figure({"documents.electronic.electronic": 8, "documents.electronic.paper": 2})
>>> figure.numerator, figure.denominator, figure.total
(8, 10, 10)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.documents import DOCUMENTS
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.dossiers import flag

DEFINITION: Final = Definition(
    "documents.electronic",
    "Documents exchanged electronically",
    1,
    "domain/indicators.md, 2 and 4",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "electronic", "paper")
ELECTRONIC: Final = "documents.electronic.electronic"
"""The flow of electronic documents, counted at their receiver."""


def count(view: CaseView, book: Book) -> None:
    """A document."""
    if view.domain == DOCUMENTS:
        QUESTION.book(book, view.started_at, flag(view, "is_electronic"))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The documents that began in the period."""
    return QUESTION.figure(counts)
