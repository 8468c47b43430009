"""Indicator 3.1: the share of procedures offered online, 2 points, full from 80 % on.

with partial or full online service / procedures of the catalogue on the reporting day. A procedure of which the
catalogue does not say how far it goes online is in the total alone.
Aggregation: none, the imported catalogue of the unit and of those below it. Horizon: the reporting day.
Source: Decision 766/QD-TTg, indicator 3.1.

>>> figure = of([OnlineLevel.FULL, OnlineLevel.PARTIAL, OnlineLevel.NONE, None])
>>> figure.numerator, figure.denominator, figure.total
(2, 3, 4)
"""

from collections.abc import Iterable
from typing import Final

from services.domain.cells import Cell
from services.domain.imports import OnlineLevel
from services.domain.indicator import Aggregation, Definition, Figure, Setting
from services.indicators.answers import Answer, tally
from services.indicators.catalogue import entries

DEFINITION: Final = Definition(
    "3.1",
    "Procedures offered online",
    1,
    "Decision 766/QD-TTg, indicator 3.1",
    Aggregation.IMPORTED,
)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the procedures of the unit; None if it has no catalogue."""
    found = entries(setting)
    return of(entry.online_level for entry in found) if found else None


def of(levels: Iterable[OnlineLevel | None]) -> Figure:
    """The figure of procedures by how far they go online."""
    return tally(map(is_offered, levels), "offered", "not_offered")


def is_offered(level: OnlineLevel | None) -> Answer:
    """Whether a procedure can be done online at least in part."""
    return None if level is None else level is not OnlineLevel.NONE
