"""Indicator 4.5b: the share of dossiers that use population data, 2 points.

using population data / dossiers, by the month of acceptance (the law names no key). A dossier uses it if its source
says so, or if the population database was asked about it, whatever it answered. One whose source does not speak of it
is in the total alone, asked about or not: else such a source would be judged by the questions alone, all of them a yes.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 4.5b.

>>> figure = ASKED.figure({"4.5b.using": 7, "4.5b.not_using": 1, "4.5b.unsaid": 2})
>>> figure.numerator, figure.denominator, figure.total
(7, 8, 10)
"""

from typing import Final

from egovhub.events import Kind

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Answer, Question
from services.indicators.dossiers import accepted_at, flag

DEFINITION: Final = Definition(
    "4.5b",
    "Dossiers using population data",
    1,
    "Decision 766/QD-TTg, indicator 4.5b",
    Aggregation.SUM,
    Horizon.AS_OF,
    has_drill_down=True,
)
ASKED: Final = Question("4.5b", "using", "not_using")


def count(view: CaseView, book: Book) -> None:
    """Every dossier when it was accepted, by whether population data was used."""
    at = accepted_at(view)
    if at is not None:
        ASKED.book(book, at, uses_population_data(view))


def uses_population_data(view: CaseView) -> Answer:
    """Whether the source says so, or the database was asked; None if the source does not speak of it."""
    said = flag(view, "is_population_data_used")
    if said is None:
        return None
    return said or any(fact.kind is Kind.VERIFIED and fact.domain == "population" for fact in view.others)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the dossiers accepted in the period."""
    return ASKED.figure(counts)
