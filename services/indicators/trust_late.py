"""Trust: facts that the hub knew within a day of their occurrence, per source.

known in time / facts of which it is known since when the hub knew them, by the month in which they occurred, each
under its own source. What a source published while it filled in its history, by the table of backfills, did not
arrive late and is not counted. A fact known from the beginning says nothing of its arrival. Also counts, in classes,
the facts dated after the hub knew them: `trust.clock` reads them.
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 4 (trust in the figure); DESIGN 4.

>>> counts = {"trust.late.seen/onestop": 9, "trust.late.late/onestop": 2}
>>> figure = share(counts, DEFINITION.id, "late")
>>> figure.numerator, figure.denominator, figure.parts
(7, 9, {'onestop/late': 2, 'onestop/seen': 9})
>>> ahead_class(1), ahead_class(1000), ahead_class(1001), ahead_class(300_001)
('ahead_1s', 'ahead_1s', 'ahead_10s', 'ahead_more')
"""

from collections.abc import Sequence
from typing import Final

from egovhub.events import Fact

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.law import Backfill
from services.domain.standing import occurred_at_of
from services.domain.trust import share
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "trust.late",
    "Facts known within a day",
    1,
    "domain/indicators.md, 4; DESIGN 4",
    Aggregation.SUM,
    Horizon.AS_OF,
)
LATE_AFTER_MS: Final = 24 * 3_600_000
"""A fact known later than this after it occurred arrived late; equality is in time."""

_CLASSES: Final = ((1_000, "ahead_1s"), (10_000, "ahead_10s"), (60_000, "ahead_60s"), (300_000, "ahead_300s"))
_MORE: Final = "ahead_more"
AHEAD: Final = (*(name for _, name in _CLASSES), _MORE)
"""The parts of facts dated after they were known, by how far: up to 1, 10, 60, 300 seconds, and more."""


def count(view: CaseView, book: Book) -> None:
    """The facts of the case whose arrival is known, its owner's and others'."""
    known, backfills = view.known_since, view.law.backfills
    if not known:
        return
    facts = (*view.facts, *view.others)
    sole = _sole_instant(view, facts)
    seen: dict[tuple[int, str], int] = {}
    for fact in facts:
        source, occurred_at = fact.source, fact.occurred_at
        at = known.get((source, fact.event_id))
        if at is None or (backfills and _is_backfilled(backfills, source, at)):
            continue
        where = (occurred_at if sole is None else sole, source)
        seen[where] = seen.get(where, 0) + 1
        lag = at - occurred_at
        if lag > LATE_AFTER_MS:
            book.add(f"trust.late.late/{source}", occurred_at)
        elif lag < 0:
            book.add(f"trust.late.{ahead_class(-lag)}/{source}", occurred_at)
    for (occurred_at, source), n in seen.items():
        book.add(f"trust.late.seen/{source}", occurred_at, n)


def _sole_instant(view: CaseView, facts: Sequence[Fact]) -> int | None:
    """An instant that stands for those of all facts, if they count in one month and place; so most cases' do."""
    instants = list(map(occurred_at_of, facts))
    first, last = min(instants), max(instants)
    month_of = view.law.periods.month_of
    is_one = month_of(first) == month_of(last) and view.place_at(first) is view.place_at(last)
    return first if is_one else None


def ahead_class(milliseconds: int) -> str:
    """The part of a fact dated so far ahead of the instant at which the hub knew it."""
    return next((name for limit, name in _CLASSES if milliseconds <= limit), _MORE)


def _is_backfilled(backfills: Sequence[Backfill], source: str, known_at: int) -> bool:
    return any(row.source == source and row.since <= known_at < row.until for row in backfills)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The facts that occurred in the period."""
    return share(counts, DEFINITION.id, "late")
