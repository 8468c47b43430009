"""Cross-check: dossiers of which source and payment platform agree whether they were paid online.

both say paid / dossiers of which one says paid, and what the other says can be compared; by the month of the first
word of a payment. A dossier marked as paid at the national portal needs a payment; a payment needs a mark, not the
word that nothing was paid online. A local gateway does not answer to the platform, and a source that says nothing of
online payment contradicts nobody: such dossiers are in the total alone.
Aggregation: sum. Horizon: as of, for the other side may speak later. Source: `domain/systems.md`, "Cross-checks".

>>> figure = QUESTION.figure({"check.payment.agrees": 9, "check.payment.differs": 1, "check.payment.unsaid": 4})
>>> figure.numerator, figure.denominator, figure.total
(9, 10, 14)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.elsewhere import paid_at, paid_online_at
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Answer, Question
from services.indicators.dossiers import DOSSIERS

DEFINITION: Final = Definition(
    "check.payment",
    "Dossiers whose payment is confirmed",
    1,
    "domain/systems.md, cross-checks",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "agrees", "differs")

_AGREE: Final[dict[tuple[object, bool], Answer]] = {
    ("NATIONAL_PORTAL", True): True,
    ("NATIONAL_PORTAL", False): False,
    ("LOCAL_GATEWAY", True): True,
    ("NONE", True): False,
}
"""What the source marks, and whether there is a payment, to whether they agree."""


def count(view: CaseView, book: Book) -> None:
    """A dossier that was paid online, as at least one side says."""
    at = paid_online_at(view) if view.domain == DOSSIERS else None
    if at is not None:
        mark = view.detail("online_payment")
        QUESTION.book(book, at, _AGREE.get((mark, paid_at(view) is not None)))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The dossiers first said to be paid in the period."""
    return QUESTION.figure(counts)
