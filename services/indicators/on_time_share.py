"""Indicator 2.1: the share of cases handled early or on time, 20 points.

(finished on time + still open within the due instant) / all that were finished in the period or are open at
its end. Cases without a deadline, or that reference data cannot judge, are in the total but in no share:
coverage says how many. The same formula gives the rate of every other policy, from that policy's own table.
Aggregation: sum (pooled counts). Horizon: flows at their own instant, open cases at the end of the period or at
`as_of`. Source: Decision 766/QD-TTg, indicator 2.1; `domain/deadlines.md`, 2.

>>> from services.domain.policy import Policy
>>> kept = frozenset({"on_time", "in_time"})
>>> judged = kept | {"late", "overdue"}
>>> portal = Policy("national-portal", 1, "", kept, judged, judged | {"no_deadline"})
>>> counts = {"ended.on_time": 3, "ended.late": 1, "open.in_time": 2, "open.no_deadline": 5, "orphan": 7}
>>> figure = rate(counts, portal, [portal])
>>> figure.numerator, figure.denominator, figure.total
(5, 6, 11)
>>> figure.parts["no_deadline"], figure.parts["orphan"]
(5, 7)
"""

from collections.abc import Sequence
from typing import Final

from services.domain.cells import Cell
from services.domain.indicator import Definition, Figure, Setting
from services.domain.policy import Policy
from services.domain.verdicts import buckets, counted

DEFINITION: Final = Definition(
    "2.1",
    "Cases handled early or on time",
    1,
    "Decision 766/QD-TTg, indicator 2.1",
    is_per_policy=True,
    has_drill_down=True,
)


def measure(counts: Cell, setting: Setting) -> Figure | None:
    """The share under the policy of the setting."""
    return rate(counts, setting.policy, setting.law.policies)


def rate(counts: Cell, policy: Policy, policies: Sequence[Policy]) -> Figure:
    """Numerator, denominator and total as the policy's table has them."""
    found = buckets(counts, policy, policies)
    return Figure(
        counted(found, policy.numerator),
        counted(found, policy.denominator),
        counted(found, policy.total),
        found,
    )
