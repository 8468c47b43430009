"""Waiting for reception: mean, median and 90 % quantile, in working seconds.

From REGISTERED to the first RECEIVED, ACCEPTED or REFUSED of a dossier. By the month in which the stage ended and
charged to the unit of that instant, whose calendar counts; the time in which the dossier waited for the applicant is
left out. Quantiles are of nearest rank, read from classes of a quarter of an hour (from a working day on an hour,
from twenty on a working day): the value is at least `median_seconds` and below `median_below_seconds`.
Aggregation: histogram. Horizon: period end. Source: `domain/indicators.md`, 4 (stage times); `domain/systems.md`, 2.

>>> found = figure({"stage.wait.0": 2, "stage.wait.900": 1, "stage.wait.seconds": 1500}, HISTOGRAM)
>>> found.numerator, found.denominator, found.parts["median_seconds"], found.parts["p90_below_seconds"]
(1500, 3, 0, 1800)
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.durations import book_duration, figure
from services.domain.histogram import Histogram
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.stages import waiting
from services.domain.view import Book, CaseView
from services.indicators.dossiers import DOSSIERS

DEFINITION: Final = Definition(
    "stage.wait",
    "Wait for reception",
    1,
    "domain/indicators.md, 4; domain/systems.md, 2",
    Aggregation.HISTOGRAM,
    Horizon.PERIOD_END,
    unit="seconds",
)
HISTOGRAM: Final = Histogram(DEFINITION.id)


def count(view: CaseView, book: Book) -> None:
    """The stage of a dossier, once it is over."""
    if view.domain != DOSSIERS:
        return
    stage = waiting(view)
    if stage is not None:
        book_duration(view, book, HISTOGRAM, *stage)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The stages that ended in the period."""
    return figure(counts, HISTOGRAM)
