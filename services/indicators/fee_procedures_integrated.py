"""Indicator 3.5a: the share of fee procedures integrated for online payment, 2 points, full from 80 % on.

whose fee can be paid online / procedures with a fee, in the catalogue of the reporting day. A procedure of which the
catalogue does not say whether it costs something, or can be paid online, is in the total alone. The law's key, the
dossiers' acceptance, is no property of a catalogue and is not used.
Aggregation: none, the imported catalogue of the unit and of those below it. Horizon: the reporting day.
Source: Decision 766/QD-TTg, indicator 3.5a.

>>> figure = of([(True, True), (True, False), (True, None), (None, None), (False, None)])
>>> figure.numerator, figure.denominator, figure.total
(1, 2, 4)
"""

from collections.abc import Iterable
from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Setting
from services.indicators.answers import Answer, conditional
from services.indicators.catalogue import entries

DEFINITION: Final = Definition(
    "3.5a",
    "Fee procedures integrated for online payment",
    1,
    "Decision 766/QD-TTg, indicator 3.5a",
    Aggregation.IMPORTED,
)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the fee procedures of the unit; None if it has no catalogue."""
    found = entries(setting)
    return of((entry.has_fee, entry.is_fee_integrated) for entry in found) if found else None


def of(procedures: Iterable[tuple[Answer, Answer]]) -> Figure:
    """The figure of procedures by whether they cost something, and whether that can be paid online."""
    return conditional(procedures, "integrated", "not_integrated")
