"""Coverage: agencies with interconnected document systems; the city claims 100 %.

expected agencies that received an electronic document in the period, themselves or a unit below them / agencies
expected to exchange electronic documents on the reporting day. Who is expected is imported: where nobody said so,
there is no figure. Each agency counts once, over however many links it is expected.
Aggregation: distinct units, at or below the unit. Horizon: as of, for a document may be called electronic later.
Source: `domain/indicators.md`, 2.

>>> figure = of({"a", "b", "c"}, {"a", "c", "elsewhere"})
>>> figure.numerator, figure.denominator, figure.parts
(2, 3, {'silent': 1})
"""

from collections.abc import Set as AbstractSet
from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.indicators.documents_electronic import ELECTRONIC

DEFINITION: Final = Definition(
    "coverage.agencies",
    "Agencies with interconnected document systems",
    1,
    "domain/indicators.md, 2",
    Aggregation.DISTINCT_UNITS,
    Horizon.AS_OF,
)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The agencies at or below the unit; None if none is expected there."""
    path = setting.law.organisations.path
    day = setting.law.periods.day_of(setting.at)
    expected = {row.unit for row in setting.imports.agencies(day) if setting.unit in path(row.unit)}
    if not expected:
        return None
    return of(expected, {above for unit in setting.by_unit(ELECTRONIC) for above in path(unit)})


def of(expected: AbstractSet[str], active: AbstractSet[str]) -> Figure:
    """The figure of the agencies expected, and of the units that received a document, or have one below that did."""
    found = len(expected & active)
    return Figure(found, len(expected), len(expected), {"silent": len(expected) - found})
