"""Indicator 3.5b: the share of fee procedures with an online payment, 2 points, full from 80 % on.

with at least one dossier accepted in the period that was paid online / procedures with a fee at any level in the
catalogue of the reporting day. A dossier was paid online if its source says so or the payment platform had a successful
payment for it. A procedure of which the catalogue does not say whether it costs something is in the total alone.
Aggregation: distinct procedures, so the children do not add up to the parent. Horizon: as of.
Source: Decision 766/QD-TTg, indicator 3.5b.

>>> figure = of({"a": True, "b": True, "c": False, "d": None}, {"b": 1, "d": 5})
>>> figure.numerator, figure.denominator, figure.total
(1, 2, 3)
"""

from collections.abc import Mapping
from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Answer, conditional
from services.indicators.catalogue import by_procedure, entries
from services.indicators.dossiers import accepted_at, has_online_payment

DEFINITION: Final = Definition(
    "3.5b",
    "Fee procedures with an online payment",
    1,
    "Decision 766/QD-TTg, indicator 3.5b",
    Aggregation.DISTINCT_PROCEDURES,
    Horizon.AS_OF,
)
PAID: Final = "3.5b.paid"


def count(view: CaseView, book: Book) -> None:
    """A dossier that was paid online, when it was accepted."""
    at = accepted_at(view)
    if at is not None and has_online_payment(view):
        book.add(PAID, at)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the fee procedures of the unit; None if it has no catalogue."""
    found = entries(setting)
    if not found:
        return None
    return of(by_procedure(found, lambda entry: entry.has_fee), setting.by_procedure(PAID))


def of(procedures: Mapping[str, Answer], dossiers: Mapping[str, int]) -> Figure:
    """The figure of procedures by whether they cost something, and their dossiers paid online."""
    return conditional(((fee, stem in dossiers) for stem, fee in procedures.items()), "paid", "unpaid")
