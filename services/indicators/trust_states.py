"""Trust: dossiers whose statuses follow each other as expected, per source.

without an unexpected move / dossiers with one-stop statuses, by the month in which they began to count, under the
source that owns them. Expected moves: 1 to 2, 3, 7; 2 to 4 to 9; 4 to 5 to 9; 5 to 4, 7, 8; 6 to 4, 7, 8; 9 to 10;
the first status is 1 or 2. A status that is repeated is no move; other texts are no statuses. What the source did is
counted, never dropped: a recalled result is an unexpected move.
Aggregation: sum. Horizon: as of. Source: `domain/systems.md`, 2 (expected moves); `domain/indicators.md`, 4.

>>> counts = {"trust.states.seen/onestop": 9, "trust.states.skipped/onestop": 2}
>>> figure = share(counts, DEFINITION.id, "skipped")
>>> figure.numerator, figure.denominator, figure.parts
(7, 9, {'onestop/seen': 9, 'onestop/skipped': 2})
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.trust import share
from services.domain.view import Book, CaseView
from services.indicators.dossiers import DOSSIERS

DEFINITION: Final = Definition(
    "trust.states",
    "Dossiers without a skipped state",
    1,
    "domain/systems.md, 2; domain/indicators.md, 4",
    Aggregation.SUM,
    Horizon.AS_OF,
)
START: Final = ""
"""Before the first status."""
MOVES: Final = {
    START: frozenset({"1", "2"}),
    "1": frozenset({"2", "3", "7"}),
    "2": frozenset({"4", "5", "6", "7", "8", "9"}),
    "3": frozenset[str](),
    "4": frozenset({"5", "6", "7", "8", "9"}),
    "5": frozenset({"4", "7", "8"}),
    "6": frozenset({"4", "7", "8"}),
    "7": frozenset[str](),
    "8": frozenset[str](),
    "9": frozenset({"10"}),
    "10": frozenset[str](),
}
"""From a status to those expected after it."""


def count(view: CaseView, book: Book) -> None:
    """A dossier of which statuses are known."""
    if view.domain != DOSSIERS:
        return
    before, is_expected = START, True
    for fact in view.facts:
        status = fact.source_status
        if status and status != before and status in MOVES:
            is_expected = is_expected and status in MOVES[before]
            before = status
    if before != START:
        source = view.facts[0].source
        book.add(f"trust.states.seen/{source}", view.started_at)
        if not is_expected:
            book.add(f"trust.states.skipped/{source}", view.started_at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that began in the period."""
    return share(counts, DEFINITION.id, "skipped")
