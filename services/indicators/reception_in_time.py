"""Dossiers answered within 8 working hours of their registration.

(answered in time + still waiting in time) / (answered + waiting). An answer is the first RECEIVED, ACCEPTED or
REFUSED; a dossier that ends without one waits until its end. Equality is in time, and an answer before the
registration is one at once. A dossier that still waits turns late by time alone; the unit's processing calendar
counts from the registration. Where no calendar covers it, the dossier is in the total alone, unless it was answered
within 8 hours by the clock. The levels `awaiting.in_time`, `awaiting.late` and `awaiting.unknown` are the dossiers
that wait.
Aggregation: sum. Horizon: answers at their own instant, those who wait at the end of the period or at `as_of`.
Source: `domain/indicators.md`, 4 (reception within 8 working hours).

>>> figure = of({"reception.8h.in_time": 5, "reception.8h.late": 1, "awaiting.in_time": 2, "awaiting.late": 1})
>>> figure.numerator, figure.denominator, figure.total
(7, 9, 9)
"""

from typing import Final

from egovhub.events import Kind

from services.domain.calendar import HOUR_SECONDS, UncoveredDate
from services.domain.case import PROCESSING_RANK
from services.domain.cells import Cell
from services.domain.indicator import Definition, Figure, Setting
from services.domain.view import Book, CaseView
from services.indicators.answers import share
from services.indicators.dossiers import DOSSIERS

DEFINITION: Final = Definition(
    "reception.8h",
    "Dossiers answered within 8 working hours",
    1,
    "domain/indicators.md, 4",
)
LIMIT_SECONDS: Final = 8 * HOUR_SECONDS
WAITING_IN_TIME: Final = "awaiting.in_time"
WAITING_LATE: Final = "awaiting.late"
WAITING_UNKNOWN: Final = "awaiting.unknown"

_SURELY_IN_TIME_MS: Final = LIMIT_SECONDS * 1000
"""No more working time than this lies between two instants that are no farther apart, whatever the calendar."""
_ANSWERS: Final = (Kind.RECEIVED, Kind.ACCEPTED, *PROCESSING_RANK)


def count(view: CaseView, book: Book) -> None:
    """How long a registered dossier waited, or has been waiting, for an answer."""
    if view.domain != DOSSIERS:
        return
    registered_at = view.first(Kind.REGISTERED)
    if registered_at is None:
        return
    answered_at = _answered_at(view, registered_at)
    if answered_at is not None and answered_at <= registered_at + _SURELY_IN_TIME_MS:
        _hold(view, book, WAITING_IN_TIME, registered_at, answered_at)
        book.add("reception.8h.in_time", answered_at)
        return
    late_from = _late_from(view, registered_at)
    if late_from is None:
        _book_unknown(view, book, registered_at, answered_at)
    elif answered_at is None:
        book.change_at(late_from)
        _hold(view, book, WAITING_IN_TIME, registered_at, late_from)
        _hold(view, book, WAITING_LATE, late_from, None)
    else:
        _book_answered(view, book, registered_at, answered_at, late_from)


def _answered_at(view: CaseView, registered_at: int) -> int | None:
    at = view.first(*_ANSWERS)
    return None if at is None else max(at, registered_at)


def _late_from(view: CaseView, registered_at: int) -> int | None:
    """The first instant at which an answer is late; None if no calendar says."""
    calendar = view.calendar_at(registered_at)
    try:
        return None if calendar is None else calendar.add_seconds(registered_at, LIMIT_SECONDS) + 1
    except UncoveredDate:
        return None


def _book_unknown(view: CaseView, book: Book, registered_at: int, answered_at: int | None) -> None:
    _hold(view, book, WAITING_UNKNOWN, registered_at, answered_at)
    if answered_at is not None:
        book.add("reception.8h.unknown", answered_at)


def _book_answered(view: CaseView, book: Book, registered_at: int, answered_at: int, late_from: int) -> None:
    _hold(view, book, WAITING_IN_TIME, registered_at, min(answered_at, late_from))
    _hold(view, book, WAITING_LATE, late_from, answered_at)
    book.add("reception.8h.in_time" if answered_at < late_from else "reception.8h.late", answered_at)


def _hold(view: CaseView, book: Book, level: str, since: int, until: int | None) -> None:
    """Hold a level, each stretch for whoever is charged then."""
    month_of = view.law.periods.month_of
    if until is not None and until <= view.as_of and month_of(since) == month_of(until):
        return
    end = until
    while end is None or end > since:
        begin = max(since, view.place_at(view.as_of if end is None else end - 1).since)
        book.level(level, begin, end)
        end = begin


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The share of the answers of the period and of the dossiers that wait at its end."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period; its parts add answers and those who wait."""
    parts = {
        part: counts.get(f"reception.8h.{part}", 0) + counts.get(f"awaiting.{part}", 0)
        for part in ("in_time", "late", "unknown")
    }
    waiting = sum(counts.get(level, 0) for level in (WAITING_IN_TIME, WAITING_LATE, WAITING_UNKNOWN))
    found = share(parts, "in_time", "late")
    return Figure(found.numerator, found.denominator, found.total, {**parts, "waiting": waiting})
