"""What an indicator is: a definition, what it counts of a case, and the figure it makes of the counts of a period.

Each indicator is one file in `services/indicators`, with a `DEFINITION`, a function `measure`, and where it counts
something of its own a function `count`. Files are discovered; nothing else has to know of a new one.
Source: DESIGN 5 and 7.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from services.domain.cells import Cell
from services.domain.imports import Imports
from services.domain.law import Law
from services.domain.periods import Grain
from services.domain.policy import Policy
from services.domain.view import Book, CaseView


class Aggregation(StrEnum):
    """How a unit's figure comes from those of the units and procedures below it."""

    SUM = "sum"
    """Pooled counts: the sum of numerators over the sum of denominators."""
    DISTINCT_PROCEDURES = "distinct procedures"
    """Summed per procedure first, then counted: the children do not add up to the parent."""
    DISTINCT_UNITS = "distinct units"
    """Units below are counted, each once."""
    HISTOGRAM = "histogram"
    """Counts per class of length, summed; quantiles are read from the sums."""
    IMPORTED = "imported"
    """Dated figures of others, or counts of an imported catalogue; nothing is summed."""


class Horizon(StrEnum):
    """Up to when facts move the figure of a period."""

    PERIOD_END = "period end"
    """What counts lies in the period: levels at its end, flows within it."""
    AS_OF = "as of"
    """The period names a cohort; its figure changes as long as its cases do."""


@dataclass(frozen=True, slots=True)
class Definition:
    """One indicator.

    Args:
        id: as the law or the hub numbers it; the key of its rows.
        version: of the formula; another meaning is another version.
        unit: of numerator over denominator: `share`, `seconds` (a mean), or `count` (no denominator).
        is_per_policy: there is one figure for each lateness policy.
        has_drill_down: its rows are also published per procedure.
        source: the law or paper.
    """

    id: str
    name: str
    version: int
    source: str
    aggregation: Aggregation = Aggregation.SUM
    horizon: Horizon = Horizon.PERIOD_END
    unit: str = "share"
    is_per_policy: bool = False
    has_drill_down: bool = False

    @property
    def label(self) -> str:
        """How a row names its definition: `2.1@1`."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Figure:
    """Counts behind one figure; its value is numerator / denominator, and no data if the denominator is 0.

    Args:
        total: what could have been judged; coverage is denominator / total.
        parts: what the figure is made of, by name; for lateness figures the buckets, which sum to total + orphans.
    """

    numerator: int
    denominator: int
    total: int
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a figure is measured for.

    Args:
        unit: its id, or `organisations.ALL`.
        procedure: its stem, or `organisations.ALL`.
        month: the first month of the period.
        policy: of the figure.
        at: the reporting instant: the last millisecond of the period, or `as_of` if that is earlier.
        by_procedure: from a flow counter to its sums in the period, per procedure.
        by_unit: from a flow counter to its sums in the period, per unit below.
        as_of: what is dated later is not known, be the period closed or not.
    """

    unit: str
    procedure: str
    grain: Grain
    month: int
    policy: Policy
    at: int
    law: Law
    imports: Imports
    by_procedure: Callable[[str], Mapping[str, int]]
    by_unit: Callable[[str], Mapping[str, int]]
    as_of: int


class Indicator(Protocol):
    """A module of `services.indicators`; `count` may be missing."""

    DEFINITION: Definition

    def measure(self, counts: Cell, setting: Setting) -> Figure | None:
        """The figure of a period from its counts; None if it cannot be had for this setting."""


Count = Callable[[CaseView, Book], None]
"""What an indicator counts of a case."""
