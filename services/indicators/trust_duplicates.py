"""Trust: cases in which no source told the same thing twice under two identities.

without a repeat / all cases, by the month in which they began to count, under the source that owns them. Two facts of
one source repeat each other if they are equal but for event id, sequence and time of recording. The same fact
published again under its own identity leaves no trace in the set of facts, and no harm (law 1).
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 4 (trust in the figure); DESIGN, law 1.

>>> counts = {"trust.cases.seen/onestop": 9, "trust.cases.repeated/onestop": 2}
>>> figure = share(counts, CASES, "repeated")
>>> figure.numerator, figure.denominator, figure.parts
(7, 9, {'onestop/repeated': 2, 'onestop/seen': 9})
"""

from typing import Final

from egovhub.events import Fact, canonical

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.trust import CASES, SEEN, book_case, share
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "trust.duplicates",
    "Cases without repeated facts",
    1,
    "domain/indicators.md, 4; DESIGN, law 1",
    Aggregation.SUM,
    Horizon.AS_OF,
)


def count(view: CaseView, book: Book) -> None:
    """Every case, and those with a repeat."""
    facts = (*view.facts, *view.others)
    is_plain = len({(fact.occurred_at, fact.kind) for fact in facts}) == len(facts)
    is_repeated = not is_plain and len({_content(fact) for fact in facts}) < len(facts)
    book_case(view, book, SEEN)
    if is_repeated:
        book_case(view, book, "repeated")


def _content(fact: Fact) -> bytes:
    """What a fact says, whatever its identity."""
    return canonical(fact._replace(event_id="", source_sequence=None, recorded_at=None))


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that began in the period."""
    return share(counts, CASES, "repeated")
