"""Documents entered in the register on the day they arrived, at the latest on the next working day.

entered by the end of the next working day / documents entered, or not entered in time; by the month of arrival. The
part `same_day` says how many of those in time were entered on the day of arrival. What arrives outside working time
counts from the next session. One not entered yet is pending, and turns late by time alone; one that was refused,
taken back or stopped before is not counted. Without a calendar, or a fact of the arrival, a document is in the total
alone.
Aggregation: sum. Horizon: as of. Source: Decree 30/2020/NĐ-CP; `domain/systems.md`, 1 (first sense of "on time").

>>> counts = {"documents.registered.same_day": 4, "documents.registered.next_day": 2, "documents.registered.late": 1}
>>> figure = of(counts)
>>> figure.numerator, figure.denominator, figure.parts["same_day"]
(6, 7, 4)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.documents import (
    DOCUMENTS,
    NEXT_DAY,
    SAME_DAY,
    arrived_at,
    is_gone,
    late_from,
    registered_at,
)
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "documents.registered",
    "Documents registered by the next working day",
    1,
    "Decree 30/2020/NĐ-CP; domain/systems.md, 1",
    Aggregation.SUM,
    Horizon.AS_OF,
)
PARTS: Final = ("same_day", "next_day", "late", "pending", "unsaid")


def count(view: CaseView, book: Book) -> None:
    """A document, in the part that says when it was entered."""
    if view.domain != DOCUMENTS:
        return
    arrived, done_at = arrived_at(view), registered_at(view)
    if done_at is None and is_gone(view):
        return
    part = "unsaid" if arrived is None else _part(view, book, arrived, done_at)
    book.add(f"documents.registered.{part}", view.started_at if arrived is None else arrived)


def _part(view: CaseView, book: Book, arrived: int, done_at: int | None) -> str:
    next_from, late = late_from(view, arrived, SAME_DAY), late_from(view, arrived, NEXT_DAY)
    if next_from is None or late is None:
        return "unsaid"
    if done_at is None:
        book.change_at(late)
        return "pending" if view.as_of < late else "late"
    if done_at >= late:
        return "late"
    return "same_day" if done_at < next_from else "next_day"


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The documents that arrived in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    parts = {part: counts.get(f"documents.registered.{part}", 0) for part in PARTS}
    in_time = parts["same_day"] + parts["next_day"]
    return Figure(in_time, in_time + parts["late"], sum(parts.values()), parts)
