"""Indicator 1.3: the share of published procedures that have all their parts, 2 points.

complete / published, as of the reporting day. A published procedure of which nobody says whether it is complete is in
the total alone; one that is not published by that day, or not said to be, is nowhere.
Aggregation: none, the imported catalogue of the unit and of those below it. Horizon: the reporting day.
Source: Decision 766/QD-TTg, indicator 1.3.

>>> figure = of([True, True, False, None])
>>> figure.numerator, figure.denominator, figure.total
(2, 3, 4)
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from services.domain.cells import Cell
from services.domain.imports import CatalogueEntry
from services.domain.indicator import Aggregation, Definition, Figure, Setting
from services.indicators.answers import Answer, tally
from services.indicators.catalogue import entries

DEFINITION: Final = Definition(
    "1.3",
    "Published procedures with all their parts",
    1,
    "Decision 766/QD-TTg, indicator 1.3",
    Aggregation.IMPORTED,
)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the procedures published by the reporting day; None if the unit has no catalogue."""
    found = entries(setting)
    if not found:
        return None
    day = setting.law.periods.day_of(setting.at)
    return of(entry.is_complete for entry in found if is_published(entry, day))


def is_published(entry: CatalogueEntry, day: date) -> bool:
    """Whether a procedure is said to have been published by a day."""
    return entry.published_on is not None and entry.published_on <= day


def of(answers: Iterable[Answer]) -> Figure:
    """The figure of published procedures by whether they are complete."""
    return tally(answers, "complete", "incomplete")
