"""Administrative procedures whose applicant was asked for supplements only as often as allowed.

asked no more often than the first policy allows (once: all defects in one notice) / cases in which a supplement was
asked for, by the month of the first request. A policy that allows any number judges none. No reference row says
within which time a supplement must be asked for, so that is not judged.
Aggregation: sum. Horizon: as of, for another request may follow. Source: Decree 118/2025/NĐ-CP;
`domain/deadlines.md`, 1; Decision 766/QD-TTg, indicator 2.1, rule 4.

>>> figure = QUESTION.figure({"supplement.once.kept": 7, "supplement.once.repeated": 1})
>>> figure.numerator, figure.denominator, figure.total
(7, 8, 8)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question

DEFINITION: Final = Definition(
    "supplement.once",
    "Cases with no more than one supplement request",
    1,
    "Decree 118/2025/NĐ-CP; domain/deadlines.md, 1",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "kept", "repeated")


def count(view: CaseView, book: Book) -> None:
    """An administrative procedure in which a supplement was asked for."""
    requests = view.state.requests
    if requests and view.is_procedure:
        allowed = view.law.policies[0].max_requests
        QUESTION.book(book, requests[0], None if allowed is None else len(requests) <= allowed)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases first asked in the period."""
    return QUESTION.figure(counts)
