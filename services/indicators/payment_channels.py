"""Paid dossiers that were paid online.

paid online / paid dossiers of which it is known how, by the month of the payment. A dossier is paid if the payment
platform had a successful payment, its source marks it as paid online, or its source tells a payment. It is paid
online by either of the first two, directly if the source says that it was not paid online; else nobody says how. The
payment is at the first of these facts. The parts are columns of form II.07a.
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 3 and 4 (online payment); `domain/systems.md`, 2 and
7.

>>> figure = QUESTION.figure({"payment.online": 3, "payment.direct": 4, "payment.unsaid": 1})
>>> figure.numerator, figure.denominator, figure.total
(3, 7, 8)
"""

from typing import Final

from egovhub.events import Kind

from services.domain.cells import Cell
from services.domain.elsewhere import paid_online_at
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import Question
from services.indicators.dossiers import DOSSIERS

DEFINITION: Final = Definition(
    "payment",
    "Paid dossiers that were paid online",
    1,
    "domain/indicators.md, 3 and 4; domain/systems.md, 2 and 7",
    Aggregation.SUM,
    Horizon.AS_OF,
)
QUESTION: Final = Question(DEFINITION.id, "online", "direct")
ONLINE: Final = "payment.online"
DIRECT: Final = "payment.direct"
UNSAID: Final = "payment.unsaid"


def count(view: CaseView, book: Book) -> None:
    """A dossier that somebody says was paid."""
    if view.domain != DOSSIERS:
        return
    online_at, told_at = paid_online_at(view), view.first(Kind.PAID)
    if online_at is not None:
        QUESTION.book(book, online_at if told_at is None else min(online_at, told_at), True)
    elif told_at is not None:
        QUESTION.book(book, told_at, False if view.detail("online_payment") == "NONE" else None)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The dossiers paid in the period."""
    return QUESTION.figure(counts)
