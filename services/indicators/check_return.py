"""Cross-check: dossiers whose result was handed over by the due instant.

returned by the due instant / returned dossiers that have one, by the month of the hand-over. Finishing at the agency
stops the clock of indicator 2.1; the applicant has the result only now. The due instant is that of the first policy;
without one a dossier is in the total alone.
Aggregation: sum. Horizon: as of, for a result may be recalled. Source: `domain/systems.md`, "Cross-checks".

>>> figure = QUESTION.figure({"check.return.in_time": 9, "check.return.late": 1, "check.return.unsaid": 3})
>>> figure.numerator, figure.denominator, figure.total
(9, 10, 13)
"""

from typing import Final

from egovhub.events import Kind

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.dossiers import DOSSIERS

DEFINITION: Final = Definition(
    "check.return",
    "Dossiers returned by their due instant",
    1,
    "domain/systems.md, cross-checks",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "in_time", "late")


def count(view: CaseView, book: Book) -> None:
    """A dossier that was returned."""
    end = view.state.hand_over_end
    if end is None or end.kind is not Kind.RETURNED or view.domain != DOSSIERS:
        return
    due_at = view.judged.due_at
    QUESTION.book(book, end.at, None if due_at is None else end.at <= due_at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The dossiers returned in the period."""
    return QUESTION.figure(counts)
