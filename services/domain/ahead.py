"""Cases that ended before they began: an end dated earlier than the first fact from which the case counts.

Such an end counts in its own period and the beginning in a later one, so that neither period's received and carried
over equal its resolved and in process. These two flows, booked per track, make up the difference.
Source: DESIGN 5, "Cells"; `DECISIONS.md`, 1.
"""

from collections.abc import Mapping
from typing import Final

from egovhub.events import Kind

from services.domain.case import HAND_OVER_RANK, PROCESSING_RANK
from services.domain.policy import Stands
from services.domain.track import PREFIX
from services.domain.view import Book, CaseView

ENDED: Final = "ahead.ended"
"""Ends of the period whose cases began later."""
BEGUN: Final = "ahead.begun"
"""Beginnings of the period whose cases had ended earlier."""

_RANKS: Final[Mapping[Stands, Mapping[Kind, int]]] = {
    Stands.PROCESSING: PROCESSING_RANK,
    Stands.HAND_OVER: HAND_OVER_RANK,
}


def book_ahead(view: CaseView, book: Book) -> None:
    """Both flows of each track on which an administrative procedure had ended when it began."""
    if view.facts[0].occurred_at >= view.started_at or not view.is_procedure:
        return
    for stands, ranks in _RANKS.items():
        ended_at = _ended_at(view, ranks)
        if ended_at is not None and ended_at < view.started_at:
            book.add(PREFIX[stands] + ENDED, ended_at)
            book.add(PREFIX[stands] + BEGUN, view.started_at)


def _ended_at(view: CaseView, ranks: Mapping[Kind, int]) -> int | None:
    """When the end that stood at the beginning was reached; of several the lowest rank stands."""
    standing: int | None = None
    ended_at: int | None = None
    for fact in view.facts:
        if fact.occurred_at > view.started_at:
            break
        rank = ranks.get(fact.kind)
        if fact.kind is Kind.RECALLED:
            standing = ended_at = None
        elif rank is not None and (standing is None or rank < standing):
            standing, ended_at = rank, fact.occurred_at
    return ended_at
