"""Trust: facts that are not dated after the hub knew them, per source.

dated no later than known / facts of which it is known since when the hub knew them, by the month of the date they
bear, each under its own source. A fact dated ahead means a clock that is fast; the parts say how far ahead: up to 1,
10, 60, 300 seconds, and more (the door lets in no more than 300). Facts of a backfill are left out. Counted by
`trust.late`.
Aggregation: sum. Horizon: as of. Source: `domain/indicators.md`, 4 (clock skew per source); DESIGN 4.

>>> figure = measured({"trust.late.seen/onestop": 9, "trust.late.ahead_10s/onestop": 2, "trust.late.late/onestop": 5})
>>> figure.numerator, figure.denominator, figure.parts
(7, 9, {'onestop/ahead_10s': 2, 'onestop/seen': 9})
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.trust import share
from services.indicators import trust_late

DEFINITION: Final = Definition(
    "trust.clock",
    "Facts not dated after they were known",
    1,
    "domain/indicators.md, 4; DESIGN 4",
    Aggregation.SUM,
    Horizon.AS_OF,
)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The facts that occurred in the period."""
    return measured(counts)


def measured(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    return share(counts, trust_late.DEFINITION.id, *trust_late.AHEAD)
