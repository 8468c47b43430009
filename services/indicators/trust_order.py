"""Trust: cases that did not end before they were received, per source.

without an end before the reception / all cases, by the month in which they began to count, under the source that owns
them. The end is the one that stands; without a reception the registration stands for it. Also books the flows by
which form II.06a makes up for cases that ended before they began.
Aggregation: sum. Horizon: as of, for another end may come to stand. Source: `domain/indicators.md`, 4 (trust in the
figure).

>>> counts = {"trust.cases.seen/onestop": 9, "trust.cases.reversed/onestop": 2}
>>> figure = share(counts, CASES, "reversed")
>>> figure.numerator, figure.denominator, figure.parts
(7, 9, {'onestop/reversed': 2, 'onestop/seen': 9})
"""

from typing import Final

from services.domain.ahead import book_ahead
from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.trust import CASES, book_case, share
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "trust.order",
    "Cases that did not end before they were received",
    1,
    "domain/indicators.md, 4",
    Aggregation.SUM,
    Horizon.AS_OF,
)


def count(view: CaseView, book: Book) -> None:
    """A case that ended before it was received."""
    book_ahead(view, book)
    ended_at, received_at = view.state.ended_at, view.state.received_at
    if ended_at is not None and received_at is not None and ended_at < received_at:
        book_case(view, book, "reversed")


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that began in the period."""
    return share(counts, CASES, "reversed")
