"""Indicator 4.2: the share of digitised dossiers, 4 points.

all parts digitised, and the result electronic where a document is due / dossiers, by the month of acceptance (the law
names no key). When a document is due and what an open dossier's result counts for is as in 3.3. If nobody says how many
parts there are or are digitised, or what the result is, a dossier is in the total alone, unless one no settles it.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 4.2.

>>> all_parts(4, 4), all_parts(4, 3), all_parts(None, 3)
(True, False, None)
>>> figure = ASKED.figure({"4.2.digitised": 1, "4.2.not_digitised": 1, "4.2.unsaid": 1})
>>> figure.numerator, figure.denominator, figure.total
(1, 2, 3)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Answer, Question, both
from services.indicators.dossiers import accepted_at, electronic, number, result_of

DEFINITION: Final = Definition(
    "4.2",
    "Digitised dossiers",
    1,
    "Decision 766/QD-TTg, indicator 4.2",
    Aggregation.SUM,
    Horizon.AS_OF,
    has_drill_down=True,
)
ASKED: Final = Question("4.2", "digitised", "not_digitised")


def count(view: CaseView, book: Book) -> None:
    """Every dossier when it was accepted, by whether all of it is digitised."""
    at = accepted_at(view)
    if at is None:
        return
    parts = all_parts(number(view, "parts"), number(view, "digitised_parts"))
    ASKED.book(book, at, parts is not False and both(parts, electronic(result_of(view, at))))


def all_parts(parts: int | None, digitised: int | None) -> Answer:
    """Whether all parts of a dossier are digitised."""
    return None if parts is None or digitised is None else digitised >= parts


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the dossiers accepted in the period."""
    return ASKED.figure(counts)
