"""Durations in classes: counts that add up in any order, and quantiles read from their sums.

A duration is counted in one class: whole quarters of an hour below one working day, whole working hours below twenty
working days, whole working days below 260 (a year of them), and one open class above; a working day is 8 hours. Its
exact seconds are summed apart, so a mean is exact. A quantile is the duration in place ceil(per cent x n / 100), the
nearest rank; what is known of it is its class: it is at least the lower bound and below the upper one.
Source: `domain/indicators.md`, 4; DESIGN 5, "Cells" (integer buckets for median and p90).

>>> wait = Histogram("wait")
>>> wait.counter(0), wait.counter(1799), wait.counter(8 * 3600 + 1)
('wait.0', 'wait.900', 'wait.28800')
>>> classes = wait.of({"wait.0": 4, "wait.900": 5, "wait.28800": 1, "other": 7})
>>> quantile(classes, 50), quantile(classes, 90), quantile(classes, 91)
(900, 900, 28800)
>>> upper_bound(900), upper_bound(28800)
(1800, 32400)
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Final

QUARTER_HOUR: Final = 900
HOUR: Final = 3600
WORKING_DAY: Final = 8 * HOUR

LOWER_BOUNDS: Final[tuple[int, ...]] = (
    *range(0, WORKING_DAY, QUARTER_HOUR),
    *range(WORKING_DAY, 20 * WORKING_DAY, HOUR),
    *range(20 * WORKING_DAY, 260 * WORKING_DAY + 1, WORKING_DAY),
)
"""First second of each class, ascending; the last class is open."""


def upper_bound(lower: int) -> int | None:
    """The first second after the class that begins with a second; None: the class is open."""
    after = bisect_right(LOWER_BOUNDS, lower)
    return LOWER_BOUNDS[after] if after < len(LOWER_BOUNDS) else None


def quantile(classes: Mapping[int, int], percent: int) -> int | None:
    """The lower bound of the class that holds the duration at nearest rank; None without any duration.

    Args:
        classes: lower bound to the number of durations.
        percent: from 1 to 100.
    """
    rank = -(-sum(classes.values()) * percent // 100)
    passed = 0
    for lower in sorted(classes):
        passed += classes[lower]
        if passed >= rank:
            return lower
    return None


class Histogram:
    """The counters of one kind of duration.

    Attributes:
        seconds: counter of the exact sum.
        unmeasured: counter of what took place and could not be measured.
    """

    __slots__ = ("_classes", "_counters", "seconds", "unmeasured")

    def __init__(self, name: str) -> None:
        self.seconds = f"{name}.seconds"
        self.unmeasured = f"{name}.unmeasured"
        self._counters = [f"{name}.{lower}" for lower in LOWER_BOUNDS]
        self._classes = dict(zip(self._counters, LOWER_BOUNDS, strict=True))

    def counter(self, seconds: int) -> str:
        """The counter of a duration's class."""
        return self._counters[bisect_right(LOWER_BOUNDS, seconds) - 1]

    def of(self, counts: Mapping[str, int]) -> dict[int, int]:
        """Lower bound to the number of durations, empty classes left out."""
        return {self._classes[counter]: counts[counter] for counter in counts.keys() & self._classes.keys()}
