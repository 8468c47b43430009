"""Documents resolved by their assigned deadline.

resolved in time / resolved, or past the deadline; by the month in which the document began to count. In time is meant
by the first policy. A document without a deadline is never in time: there is no general limit, so it is in the total
alone, as is one whose deadline has not come yet (pending) or cannot be judged. One that was refused, taken back or
stopped is not counted.
Aggregation: sum. Horizon: as of; the deadline passes by time alone. Source: Decree 30/2020/NĐ-CP;
`domain/systems.md`, 1 (third sense of "on time").

>>> figure = of({"documents.resolved.in_time": 3, "documents.resolved.late": 1, "documents.resolved.no_deadline": 6})
>>> figure.numerator, figure.denominator, figure.total
(3, 4, 10)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.documents import DOCUMENTS, is_gone
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import share

DEFINITION: Final = Definition(
    "documents.resolved",
    "Documents resolved by their deadline",
    1,
    "Decree 30/2020/NĐ-CP; domain/systems.md, 1",
    Aggregation.SUM,
    Horizon.AS_OF,
)
PARTS: Final = ("in_time", "late", "pending", "no_deadline", "unknown")

_PART_OF: Final = {
    "early": "in_time",
    "on_time": "in_time",
    "late": "late",
    "overdue": "late",
    "no_deadline": "no_deadline",
    "unknown": "unknown",
}
"""Part of each bucket; all others are of documents whose deadline has not come."""


def count(view: CaseView, book: Book) -> None:
    """A document, in the part that its bucket says."""
    if view.domain == DOCUMENTS and not is_gone(view):
        part = _PART_OF.get(view.judged.bucket, "pending")
        book.add(f"documents.resolved.{part}", view.started_at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The documents that began in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    return share({part: counts.get(f"documents.resolved.{part}", 0) for part in PARTS}, "in_time", "late")
