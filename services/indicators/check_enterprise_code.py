"""Cross-check: business registrations whose enterprise code passes its check digit.

code valid / registrations of which the connector says whether it is, by the month of their first fact. The code
itself is not carried; a registration of which nobody says anything is in the total alone.
Aggregation: sum. Horizon: as of. Source: `domain/systems.md`, 5 (check digit) and "Cross-checks".

>>> figure = QUESTION.figure({"check.enterprise-code.valid": 9, "check.enterprise-code.invalid": 1})
>>> figure.numerator, figure.denominator
(9, 10)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.elsewhere import BUSINESS, said, told
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question

DEFINITION: Final = Definition(
    "check.enterprise-code",
    "Enterprise codes that pass their check digit",
    1,
    "domain/systems.md, 5 and cross-checks",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "valid", "invalid")


def count(view: CaseView, book: Book) -> None:
    """A business registration, a case of its own or part of a dossier."""
    facts = told(view, BUSINESS)
    if facts:
        valid = said(facts, "is_code_valid")
        QUESTION.book(book, facts[0].occurred_at, None if valid is None else valid.value is True)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The registrations first heard of in the period."""
    return QUESTION.figure(counts)
