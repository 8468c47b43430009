"""Indicator 5.2: the share of petitions answered on time, 6 points; all of them if there was no petition.

whose steps are all on time, and those still to be answered within their limit / petitions, by the month in which they
were raised (the law names no key). The limits of the steps are those of `petitions`. A petition with a step of which no
allowance or calendar covers the days, and none that is late, is in the total alone.
Aggregation: sum. Horizon: as of; an unanswered petition becomes late by time alone.
Source: Decision 766/QD-TTg, indicator 5.2.

>>> figure = ASKED.figure({"5.2.on_time": 9, "5.2.late": 1, "5.2.unsaid": 2})
>>> figure.numerator, figure.denominator, figure.total
(9, 10, 12)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.petitions import petitions, timeliness

DEFINITION: Final = Definition(
    "5.2",
    "Petitions answered on time",
    1,
    "Decision 766/QD-TTg, indicator 5.2",
    Aggregation.SUM,
    Horizon.AS_OF,
)
ASKED: Final = Question("5.2", "on_time", "late")


def count(view: CaseView, book: Book) -> None:
    """Every petition when it was raised."""
    for petition in petitions(view):
        is_on_time, changes_at = timeliness(view, petition)
        ASKED.book(book, petition.raised_at, is_on_time)
        if changes_at is not None:
            book.change_at(changes_at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the petitions raised in the period; none is a denominator of 0."""
    return ASKED.figure(counts)
