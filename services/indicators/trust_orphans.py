"""Trust: cases that have a start, of all that the hub has heard of.

cases in any bucket / these and the orphans, which are facts about cases whose owner has not told the start of. An
orphan has no unit and no procedure yet: it is in the figure of everything and of the unit `unknown`, and there is
none of any other unit. Which source is to blame is not known either.
Aggregation: sum. Horizon: period end. Source: DESIGN, law 3; `domain/indicators.md`, 4.

>>> from services.domain.policy import Policy
>>> portal = Policy("national-portal", 1, "", frozenset(), frozenset(), frozenset())
>>> figure = of({"ended.on_time": 3, "open.in_time": 2, "orphan": 1}, portal, [portal])
>>> figure.numerator, figure.denominator, figure.parts
(5, 6, {'orphan': 1})
"""

from collections.abc import Sequence
from typing import Final

from services.domain.case import UNKNOWN
from services.domain.cells import Cell
from services.domain.indicator import Definition, Figure, Setting
from services.domain.organisations import ALL
from services.domain.policy import Policy
from services.domain.verdicts import buckets

DEFINITION: Final = Definition(
    "trust.orphans",
    "Cases that have a start",
    1,
    "DESIGN, law 3; domain/indicators.md, 4",
)


def measure(counts: Cell, setting: Setting) -> Figure | None:
    """The cases ended in the period or open at its end; None for a unit, which can have no orphans."""
    if setting.unit not in {ALL, UNKNOWN}:
        return None
    return of(counts, setting.policy, setting.law.policies)


def of(counts: Cell, policy: Policy, policies: Sequence[Policy]) -> Figure:
    """The figure of the counts of a period."""
    found = buckets(counts, policy, policies)
    everything, orphans = sum(found.values()), found["orphan"]
    return Figure(everything - orphans, everything, everything, {"orphan": orphans})
