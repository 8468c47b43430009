"""Documents that their receiver acknowledged on the day they arrived.

acknowledged the same day / documents acknowledged, or not acknowledged in time; by the month of arrival. The
acknowledgement is the receiver's first status of any kind. It can be judged only where the arrival of the document
(REGISTERED) is a fact apart from it: else, and without a calendar, the document is in the total alone. What arrives
outside working time counts from the next session. One not acknowledged yet is pending, and turns late by time alone;
one that was taken back or stopped before is not counted.
Aggregation: sum. Horizon: as of. Source: Decree 30/2020/NĐ-CP; `domain/systems.md`, 1 (second sense of "on time").

>>> figure = of({"documents.acknowledged.same_day": 4, "documents.acknowledged.unsaid": 9})
>>> figure.numerator, figure.denominator, figure.total
(4, 4, 13)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.documents import DOCUMENTS, SAME_DAY, acknowledged_at, is_gone, late_from, sent_at
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import share

DEFINITION: Final = Definition(
    "documents.acknowledged",
    "Documents acknowledged the same day",
    1,
    "Decree 30/2020/NĐ-CP; domain/systems.md, 1",
    Aggregation.SUM,
    Horizon.AS_OF,
)
PARTS: Final = ("same_day", "late", "pending", "unsaid")


def count(view: CaseView, book: Book) -> None:
    """A document, in the part that says when it was acknowledged."""
    if view.domain != DOCUMENTS:
        return
    arrived, done_at = sent_at(view), acknowledged_at(view)
    if done_at is None and is_gone(view):
        return
    part = "unsaid" if arrived is None else _part(view, book, arrived, done_at)
    book.add(f"documents.acknowledged.{part}", view.started_at if arrived is None else arrived)


def _part(view: CaseView, book: Book, arrived: int, done_at: int | None) -> str:
    late = late_from(view, arrived, SAME_DAY)
    if late is None:
        return "unsaid"
    if done_at is None:
        book.change_at(late)
        return "pending" if view.as_of < late else "late"
    return "same_day" if done_at < late else "late"


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The documents that arrived in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    parts = {part: counts.get(f"documents.acknowledged.{part}", 0) for part in PARTS}
    return share(parts, "same_day", "late")
