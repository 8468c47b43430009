"""Cross-check: registered births for which a personal number was issued.

number issued / births registered of which the register says whether it was, by the month of the registration. The
number itself is never carried. A birth of which the register says nothing is in the total alone.
Aggregation: sum. Horizon: as of, for the number may follow. Source: `domain/systems.md`, "Cross-checks".

>>> figure = QUESTION.figure({"check.personal-number.issued": 9, "check.personal-number.missing": 1})
>>> figure.numerator, figure.denominator
(9, 10)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.elsewhere import CIVIL_STATUS, recorded_at, said, told
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question

DEFINITION: Final = Definition(
    "check.personal-number",
    "Registered births with a personal number",
    1,
    "domain/systems.md, cross-checks",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "issued", "missing")


def count(view: CaseView, book: Book) -> None:
    """A birth that is registered, a case of its own or part of a dossier."""
    facts = told(view, CIVIL_STATUS)
    module = said(facts, "module") if facts else None
    if module is None or module.value != "BIRTH":
        return
    at = recorded_at(facts)
    if at is not None:
        issued = said(facts, "is_personal_number_issued")
        QUESTION.book(book, at, None if issued is None else issued.value is True)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The births registered in the period."""
    return QUESTION.figure(counts)
