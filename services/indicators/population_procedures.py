"""Indicator 4.5a: the share of procedures connected to the population data, 2 points.

connected / procedures whose subject is a person, in the catalogue of the reporting day. A procedure of which the
catalogue does not say whether its subject is a person, or whether it is connected, is in the total alone.
Aggregation: none, the imported catalogue of the unit and of those below it. Horizon: the reporting day.
Source: Decision 766/QD-TTg, indicator 4.5a.

>>> figure = of([(True, True), (True, True), (True, False), (True, None), (None, None), (False, True)])
>>> figure.numerator, figure.denominator, figure.total
(2, 3, 5)
"""

from collections.abc import Iterable
from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Setting
from services.indicators.answers import Answer, conditional
from services.indicators.catalogue import entries

DEFINITION: Final = Definition(
    "4.5a",
    "Procedures connected to the population data",
    1,
    "Decision 766/QD-TTg, indicator 4.5a",
    Aggregation.IMPORTED,
)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the procedures about a person; None if the unit has no catalogue."""
    found = entries(setting)
    return of((entry.is_subject_person, entry.is_population_connected) for entry in found) if found else None


def of(procedures: Iterable[tuple[Answer, Answer]]) -> Figure:
    """The figure of procedures by whether their subject is a person, and whether they are connected."""
    return conditional(procedures, "connected", "not_connected")
