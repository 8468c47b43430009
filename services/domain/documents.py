"""The steps of a document at its receiver, and until when each of them is in time.

A document counts from its arrival: a REGISTERED says that it lay in the mailbox, else the receiver's own RECEIVED.
The status codes may be skipped: whoever assigned a document (04) had entered it in the register (03). What arrives
outside working time counts from the next session, so "the same day" is the first working day on which somebody could
act.
Source: Decree 30/2020/NĐ-CP; `domain/systems.md`, 1.
"""

from datetime import timedelta
from typing import Final

from egovhub.events import Kind

from services.domain.calendar import UncoveredDate
from services.domain.view import CaseView

DOCUMENTS: Final = "documents"
"""The domain whose cases are documents at one receiver."""

SAME_DAY: Final = 0
NEXT_DAY: Final = 1
"""Working days after the one on which the document arrived."""

_ENTERED: Final = frozenset({"03", "04", "05", "06"})
"""Status codes of a document that stands in the register."""


def arrived_at(view: CaseView) -> int | None:
    """When the document came; None if only later steps are known."""
    return view.first(Kind.REGISTERED, Kind.RECEIVED)


def registered_at(view: CaseView) -> int | None:
    """When it was entered in the register, or the first sign that it had been."""
    for fact in view.facts:
        if fact.kind is Kind.ACCEPTED or fact.kind is Kind.PROCESSED or fact.source_status in _ENTERED:
            return fact.occurred_at
    return None


def sent_at(view: CaseView) -> int | None:
    """When the document itself came, as apart from what its receiver said of it; None if no fact tells them apart."""
    return view.first(Kind.REGISTERED)


def acknowledged_at(view: CaseView) -> int | None:
    """When the receiver first said anything of it."""
    at = view.first(Kind.RECEIVED, Kind.REFUSED)
    registered = registered_at(view)
    return min((one for one in (at, registered) if one is not None), default=None)


def is_gone(view: CaseView) -> bool:
    """Whether it was refused, taken back or stopped."""
    end = view.state.processing_end
    return end is not None and end.kind is not Kind.PROCESSED and end.kind is not Kind.RETURNED


def late_from(view: CaseView, arrived: int, working_days: int) -> int | None:
    """The first instant at which a step is late; None if no calendar says.

    Args:
        working_days: how many after the day of arrival are still in time.
    """
    calendar = view.calendar_at(arrived)
    if calendar is None:
        return None
    try:
        day = calendar.day_of(calendar.opening(arrived))
        last = calendar.add_working_days(day, working_days)
        return calendar.start_of_day(last + timedelta(1))
    except UncoveredDate:
        return None
