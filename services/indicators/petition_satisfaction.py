"""Indicator 5.3: the satisfaction with how petitions are handled, 6 points; all of them if there was no petition.

petitions that were neither disliked, nor raised again, nor late, each counted once / petitions, by the month in which
they were raised (the law names no key). Late is as in 5.2. A petition of which nobody can say whether it is late, and
which is neither of the others, is in the total alone; one that nobody rated is not disliked.
Aggregation: sum. Horizon: as of; an unanswered petition becomes late by time alone.
Source: Decision 766/QD-TTg, indicator 5.3.

>>> figure = ASKED.figure({"5.3.undisputed": 7, "5.3.disputed": 3, "5.3.unsaid": 0})
>>> figure.numerator, figure.denominator, figure.total
(7, 10, 10)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question, both
from services.indicators.petitions import petitions, timeliness

DEFINITION: Final = Definition(
    "5.3",
    "Satisfaction with petition handling",
    1,
    "Decision 766/QD-TTg, indicator 5.3",
    Aggregation.SUM,
    Horizon.AS_OF,
)
ASKED: Final = Question("5.3", "undisputed", "disputed")


def count(view: CaseView, book: Book) -> None:
    """Every petition when it was raised, by whether anything is held against its handling."""
    for petition in petitions(view):
        is_on_time, changes_at = timeliness(view, petition)
        is_accepted = not (petition.is_disliked or petition.is_raised_again)
        ASKED.book(book, petition.raised_at, both(is_accepted, is_on_time))
        if changes_at is not None:
            book.change_at(changes_at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the petitions raised in the period; none is a denominator of 0."""
    return ASKED.figure(counts)
