"""How long something took: booked in a histogram when it is over, and read as mean, median and p90.

Time is working time by the calendar of whoever is charged at the end, without that in which the case waited for the
applicant. What no calendar can measure is in the total and in no class.
Source: `domain/indicators.md`, 4; `domain/deadlines.md`, 1 and 3.

>>> wait = Histogram("wait")
>>> found = figure({"wait.0": 1, "wait.7200": 1, "wait.seconds": 8000, "wait.unmeasured": 3}, wait)
>>> found.numerator, found.denominator, found.total
(8000, 2, 5)
>>> found.parts["median_seconds"], found.parts["p90_seconds"], found.parts["p90_below_seconds"]
(0, 7200, 8100)
"""

from collections.abc import Mapping
from typing import Final

from services.domain.calendar import UncoveredDate
from services.domain.deadline import net_working_seconds
from services.domain.histogram import Histogram, quantile, upper_bound
from services.domain.indicator import Figure
from services.domain.view import Book, CaseView

QUANTILES: Final = (("median", 50), ("p90", 90))
"""Name of a quantile, and its per cent."""


def book_duration(view: CaseView, book: Book, histogram: Histogram, since: int, until: int) -> None:
    """Count one duration in the month of its end, for whoever is charged then."""
    seconds = net_seconds(view, since, until)
    if seconds is None:
        book.add(histogram.unmeasured, until)
    else:
        book.add(histogram.counter(seconds), until)
        book.add(histogram.seconds, until, seconds)


def net_seconds(view: CaseView, since: int, until: int) -> int | None:
    """Working time without the pauses, that which is still open among them.

    None without a calendar that covers the days, or if it ends before it starts.
    """
    calendar = view.calendar_at(until)
    if calendar is None or until < since:
        return None
    case = view.state
    pauses = [(pause.since, pause.until) for pause in case.pauses]
    pauses += [(at, until) for at in (case.requested_at, case.fee_requested_at) if at is not None]
    try:
        if not pauses:
            return calendar.between(since, until)
        return net_working_seconds(calendar, since, until, pauses)
    except UncoveredDate:
        return None


def figure(counts: Mapping[str, int], histogram: Histogram) -> Figure:
    """The mean; in the parts the class of each quantile, its upper bound only if it has one."""
    classes = histogram.of(counts)
    measured, unmeasured = sum(classes.values()), counts.get(histogram.unmeasured, 0)
    parts = {"count": measured, "unmeasured": unmeasured}
    for name, percent in QUANTILES:
        lower = quantile(classes, percent)
        if lower is not None:
            parts[f"{name}_seconds"] = lower
            upper = upper_bound(lower)
            if upper is not None:
                parts[f"{name}_below_seconds"] = upper
    return Figure(counts.get(histogram.seconds, 0), measured, measured + unmeasured, parts)
