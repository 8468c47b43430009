"""Trust: cases of which no fact was revised.

without one / all cases, by the month in which they began to count, under the source that owns them. A revision is a
version of a fact that a greater one replaced (by sequence, or time of recording). Revising is normal; much of it says
that figures of closed periods move.
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 4 (trust in the figure); DESIGN, law 2.

>>> counts = {"trust.cases.seen/onestop": 9, "trust.cases.revised/onestop": 2}
>>> figure = share(counts, CASES, "revised")
>>> figure.numerator, figure.denominator, figure.parts
(7, 9, {'onestop/revised': 2, 'onestop/seen': 9})
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.trust import CASES, book_case, share
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "trust.revisions",
    "Cases without a revised fact",
    1,
    "domain/indicators.md, 4; DESIGN, law 2",
    Aggregation.SUM,
    Horizon.AS_OF,
)


def count(view: CaseView, book: Book) -> None:
    """A case with a revised fact."""
    if view.revisions:
        book_case(view, book, "revised")


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that began in the period."""
    return share(counts, CASES, "revised")
