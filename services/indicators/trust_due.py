"""Trust: cases that have a due instant, per source.

with a due instant / cases that should have one: those whose clock has started, or that have one already; by the month
in which they began to count, under the source that owns them. The due instant is that of the first policy, the
source's or the computed one. A case that only waits for its reception should have none yet: it is in the total alone.
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 4 (trust in the figure).

>>> counts = {"trust.cases.seen/onestop": 9, "trust.cases.no_due/onestop": 2, "trust.cases.waiting/onestop": 3}
>>> figure = measured(counts)
>>> figure.numerator, figure.denominator, figure.total
(4, 6, 9)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.trust import CASES, book_case, share
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "trust.due",
    "Cases with a due instant",
    1,
    "domain/indicators.md, 4",
    Aggregation.SUM,
    Horizon.AS_OF,
)
NO_DUE: Final = "no_due"
WAITING: Final = "waiting"


def count(view: CaseView, book: Book) -> None:
    """A case without a due instant."""
    case = view.judged
    if case.due_at is None:
        book_case(view, book, WAITING if case.clock_starts_at is None else NO_DUE)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that began in the period."""
    return measured(counts)


def measured(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    return share(counts, CASES, NO_DUE, left_out=WAITING)
