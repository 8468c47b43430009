"""Administrative procedures that came in online, and by which channel all others did.

online / cases whose channel is known, by the month in which they began to count; every case is in exactly one part:
online, in person, public post, e-mail, internal, unknown. The parts together are `received`, as form II.06a needs
them. The channel is the one the source gave last: it says how the case came in, so that a later word corrects it.
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 3 and 4 (channel shares).

>>> figure = of({"channel.online": 6, "channel.in_person": 3, "channel.public_post": 1, "channel.unknown": 2})
>>> figure.numerator, figure.denominator, figure.total
(6, 10, 12)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "channel",
    "Cases that came in online",
    1,
    "domain/indicators.md, 3 and 4",
    Aggregation.SUM,
    Horizon.AS_OF,
)
ONLINE: Final = "channel.online"
IN_PERSON: Final = "channel.in_person"
PUBLIC_POST: Final = "channel.public_post"
EMAIL: Final = "channel.email"
INTERNAL: Final = "channel.internal"
UNKNOWN: Final = "channel.unknown"

_COUNTERS: Final[dict[str | None, str]] = {
    "ONLINE": ONLINE,
    "IN_PERSON": IN_PERSON,
    "PUBLIC_POST": PUBLIC_POST,
    "EMAIL": EMAIL,
    "INTERNAL": INTERNAL,
}


def count(view: CaseView, book: Book) -> None:
    """Every administrative procedure, by its channel."""
    if view.is_procedure:
        book.add(_COUNTERS.get(view.state.channel, UNKNOWN), view.started_at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that began in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    counters = (*_COUNTERS.values(), UNKNOWN)
    parts = {counter.removeprefix("channel."): counts.get(counter, 0) for counter in counters}
    total = sum(parts.values())
    return Figure(parts["online"], total - parts["unknown"], total, parts)
