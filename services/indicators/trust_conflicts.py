"""Trust: cases of which no fact came in two versions that nothing orders.

without one / all cases, by the month in which they began to count, under the source that owns them. Two versions of
one fact conflict if their content differs and their sequence and time of recording do not: which of them stands is
decided by their bytes, so the source has to say which is right.
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 4 (trust in the figure); DESIGN, law 2.

>>> counts = {"trust.cases.seen/onestop": 9, "trust.cases.conflicting/onestop": 2}
>>> figure = share(counts, CASES, "conflicting")
>>> figure.numerator, figure.denominator, figure.parts
(7, 9, {'onestop/conflicting': 2, 'onestop/seen': 9})
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.trust import CASES, book_case, share
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "trust.conflicts",
    "Cases without conflicting facts",
    1,
    "domain/indicators.md, 4; DESIGN, law 2",
    Aggregation.SUM,
    Horizon.AS_OF,
)


def count(view: CaseView, book: Book) -> None:
    """A case with facts in conflict."""
    if view.conflicts:
        book_case(view, book, "conflicting")


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that began in the period."""
    return share(counts, CASES, "conflicting")
