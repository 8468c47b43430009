"""Indicator 2.1: the share of cases handled on time, 20 points.

(finished on time + still open within the due instant) / all that were finished in the period or are open at
its end. Cases without a deadline, or that reference data cannot judge, are in the total but in no share:
coverage says how many.
Rule: points = 20 x share, linear. Aggregation: sum (pooled counts). Horizon: flows
at their own instant, open cases at the end of the period or at `as_of`. Source: Decision 766/QD-TTg,
indicator 2.1.

>>> from services.domain.case import COUNTERS
>>> counts = [0] * len(COUNTERS)
>>> given = {"ended.on_time": 3, "ended.late": 1, "open.in_time": 2, "open.no_deadline": 5, "orphan": 7}
>>> for name, n in given.items():
...     counts[COUNTERS.index(name)] = n
>>> kept = frozenset({"on_time", "in_time"})
>>> judged = kept | {"late", "overdue"}
>>> policy = Policy("national-portal", 1, "", kept, judged, judged | {"no_deadline"})
>>> figure = measure(counts, policy)
>>> figure.numerator, figure.denominator, figure.total
(5, 6, 11)
>>> figure.buckets["no_deadline"], figure.buckets["orphan"]
(5, 7)
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from services.domain.case import COUNTERS
from services.domain.policy import BUCKETS, Policy

INDICATOR: Final = "2.1"
DEFINITION: Final = "766-2.1@1"
POINTS_MAX: Final = 20
_BUCKET_OF: Final = tuple(
    name if name == "orphan" else name.split(".")[1] if "." in name else None for name in COUNTERS
)


class Figure(NamedTuple):
    """Counts behind one figure; the share is numerator / denominator, and no data if the denominator is 0.

    `buckets` names all of `BUCKETS`; they sum to `total` plus the orphans. Coverage is denominator / total.
    """

    numerator: int
    denominator: int
    total: int
    buckets: dict[str, int]


def measure(counts: Sequence[int], policy: Policy) -> Figure:
    """The figure of one period from its counts in the order of `COUNTERS`."""
    buckets = dict.fromkeys(BUCKETS, 0)
    for bucket, n in zip(_BUCKET_OF, counts, strict=True):
        if bucket is not None:
            buckets[bucket] += n
    return Figure(
        sum(n for bucket, n in buckets.items() if bucket in policy.numerator),
        sum(n for bucket, n in buckets.items() if bucket in policy.denominator),
        sum(n for bucket, n in buckets.items() if bucket in policy.total),
        buckets,
    )
