"""Net processing time of finished administrative procedures: mean, median and 90 % quantile, in working seconds.

From the start of the clock (accepted, else received, else registered) to the PROCESSED or RETURNED that stands,
without the union of the pauses; by the month of the end, charged to the unit of that instant, whose calendar counts.
Cases refused, withdrawn or stopped are not finished. One that ended before it started, or on days that no calendar
covers, is in the total alone. Quantiles are of nearest rank, read from classes of a quarter of an hour (from a
working day on an hour, from twenty on a working day): the value is at least `median_seconds` and below
`median_below_seconds`. Indicator 2.2 is the mean by the month of the start.
Aggregation: histogram. Horizon: as of, for a case may be taken up again. Source: `domain/indicators.md`, 4.

>>> found = figure({"processing.time.28800": 1, "processing.time.seconds": 30_000}, HISTOGRAM)
>>> found.numerator, found.denominator, found.parts["p90_seconds"], found.parts["p90_below_seconds"]
(30000, 1, 28800, 32400)
"""

from typing import Final

from egovhub.events import Kind

from services.domain.cells import Cell
from services.domain.durations import book_duration, figure
from services.domain.histogram import Histogram
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "processing.time",
    "Net processing time of finished cases",
    1,
    "domain/indicators.md, 4",
    Aggregation.HISTOGRAM,
    Horizon.AS_OF,
    unit="seconds",
)
HISTOGRAM: Final = Histogram(DEFINITION.id)

_FINISHED: Final = frozenset({Kind.PROCESSED, Kind.RETURNED})


def count(view: CaseView, book: Book) -> None:
    """The time of a finished administrative procedure."""
    case = view.state
    end = case.processing_end
    if end is None or end.kind not in _FINISHED or not view.is_procedure:
        return
    since = case.clock_starts_at
    book_duration(view, book, HISTOGRAM, view.started_at if since is None else since, end.at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that were finished in the period."""
    return figure(counts, HISTOGRAM)
