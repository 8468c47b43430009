"""Rows of figures: the indicators of every unit, procedure and period in view, with ranks.

The same function serves the batch, the live stage and the check of one against the other.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from services.domain.cells import Pool, SeriesKey
from services.domain.organisations import ALL, Organisations, competition_ranks
from services.domain.periods import Grain, label
from services.domain.policy import Policy
from services.indicators import on_time_share
from services.indicators.on_time_share import Figure

AS_WAS: Final = "as-was"
"""Figures under the unit that existed and executed at each instant."""


class FigureKey(NamedTuple):
    """Which figure; `procedure` may be `ALL`, `view` is `AS_WAS`."""

    indicator: str
    unit: str
    procedure: str
    period: str
    policy: str
    view: str


class FigureRow(NamedTuple):
    """One figure of one period. `month` is the first month of the period."""

    key: FigureKey
    grain: Grain
    month: int
    figure: Figure


def rows(
    pool: Pool, policy: Policy, series: Iterable[SeriesKey], since: int, until: int
) -> Iterator[FigureRow]:
    """The figures of some series for the periods that end in or after `since` and begin in or before `until`.

    A period in which nothing was counted has no row: no data is not zero.
    """
    for unit, procedure in series:
        for grain, month, counts in pool.series[unit, procedure].periods(since, until):
            figure = on_time_share.measure(counts, policy)
            if figure.total or figure.buckets["orphan"]:
                period = label(month, grain)
                key = FigureKey(on_time_share.INDICATOR, unit, procedure, period, policy.label, AS_WAS)
                yield FigureRow(key, grain, month, figure)


class Rank(NamedTuple):
    """Place in a group: `rank` is None where the unit has no data; `ranked` counts the units with data."""

    group: str
    rank: int | None
    ranked: int


def ranks(rows: Iterable[FigureRow], organisations: Organisations) -> dict[FigureKey, Rank]:
    """Competition ranks of the units of each group, per period, over all procedures, by the exact fraction."""
    groups: dict[tuple[str, str], dict[str, FigureRow]] = {}
    for row in rows:
        group = organisations.group(row.key.unit)
        if group is not None and row.key.procedure == ALL:
            groups.setdefault((group, row.key.period), {})[row.key.unit] = row
    placed: dict[FigureKey, Rank] = {}
    for (group, _), members in groups.items():
        shares = {unit: (row.figure.numerator, row.figure.denominator) for unit, row in members.items()}
        by_unit = competition_ranks(shares)
        for unit, row in members.items():
            placed[row.key] = Rank(group, by_unit.get(unit), len(by_unit))
    return placed
