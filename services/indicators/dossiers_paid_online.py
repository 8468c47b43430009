"""Indicator 3.6: the share of dossiers paid online, 6 points.

paid online, on the national portal or a local gateway / dossiers of fee procedures whose processing started in the
period, without those whose fees are all 0. What a dossier itself says of its fee counts before the table of
procedures: a fee of 0 leaves it out, a greater one takes it in. Without a word of it, it is left out if the procedure
costs nothing, and in the total alone if the province sets the fee or the table does not know it, paid or not. So is a
dossier whose source does not say how it was paid; a payment on the platform turns only its no into a yes. Processing
starts with the acceptance.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 3.6.

>>> figure = ASKED.figure({"3.6.online": 2, "3.6.otherwise": 3, "3.6.unsaid": 1})
>>> figure.numerator, figure.denominator, figure.total
(2, 5, 6)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Answer, Question
from services.indicators.dossiers import accepted_at, is_paid_online, number, rule_of

DEFINITION: Final = Definition(
    "3.6",
    "Dossiers paid online",
    1,
    "Decision 766/QD-TTg, indicator 3.6",
    Aggregation.SUM,
    Horizon.AS_OF,
    has_drill_down=True,
)
ASKED: Final = Question("3.6", "online", "otherwise")


def count(view: CaseView, book: Book) -> None:
    """Every dossier with a fee, or of which nobody says, when its processing started."""
    at = accepted_at(view)
    if at is None:
        return
    fee = has_fee(view, at)
    if fee is not False:
        ASKED.book(book, at, is_paid_online(view) if fee else None)


def has_fee(view: CaseView, at: int) -> Answer:
    """Whether a dossier accepted at an instant costs something; None: nobody says."""
    amount = number(view, "fee_amount")
    if amount is not None:
        return amount > 0
    rule = rule_of(view, at)
    return None if rule is None else rule.fee


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the dossiers with a fee that started in the period."""
    return ASKED.figure(counts)
