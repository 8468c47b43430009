"""Indicator 2.2: the mean processing time of administrative procedures, in working seconds; shown, without points.

working time from the acceptance to the end, without that of the union of all pauses / cases that have ended. The
period is that of the start, so closed periods go on changing as their cases end. The end is the one that stands by
2.1, rule 2, whatever its kind; the calendar is that of the unit charged with the end. A case that ended before it
was accepted, or whose days no calendar covers, has no time: it is in the total alone.
Aggregation: sum. Horizon: as of. Source: Decision 766/QD-TTg, indicator 2.2.

>>> figure = of({"2.2.ended": 4, "2.2.seconds": 4 * 28_800, "2.2.uncovered": 1})
>>> figure.numerator // figure.denominator, figure.total
(28800, 5)
"""

from typing import Final

from services.domain.calendar import UncoveredDate
from services.domain.case import End
from services.domain.cells import Cell
from services.domain.deadline import net_working_seconds
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "2.2",
    "Mean processing time",
    1,
    "Decision 766/QD-TTg, indicator 2.2",
    Aggregation.SUM,
    Horizon.AS_OF,
    unit="seconds",
    has_drill_down=True,
)
ENDED: Final = "2.2.ended"
SECONDS: Final = "2.2.seconds"
NO_TIME: Final = ("end_before_start", "uncovered")
"""Parts without a time."""


def count(view: CaseView, book: Book) -> None:
    """The time of an ended case, or why there is none, in the month of its start."""
    at, end = view.state.clock_starts_at, view.judged.processing_end
    if at is None or end is None or not view.is_procedure:
        return
    if end.at < at:
        book.add("2.2.end_before_start", at)
        return
    seconds = _seconds(view, at, end)
    if seconds is None:
        book.add("2.2.uncovered", at)
        return
    book.add(ENDED, at)
    book.add(SECONDS, at, seconds)


def _seconds(view: CaseView, at: int, end: End) -> int | None:
    calendar = view.calendar_at(end.at)
    if calendar is None:
        return None
    try:
        return net_working_seconds(calendar, at, end.at, [(p.since, p.until) for p in view.judged.pauses])
    except UncoveredDate:
        return None


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The mean over the cases that started in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period; its numerator is seconds."""
    ended = counts.get(ENDED, 0)
    parts = {part: counts.get(f"2.2.{part}", 0) for part in NO_TIME}
    return Figure(counts.get(SECONDS, 0), ended, ended + sum(parts.values()), {"ended": ended, **parts})
