"""Rows of figures: the indicators of every unit, procedure and period in view, with ranks.

The same function serves the batch, the live stage and the check of one against the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final, NamedTuple

from services.domain.cells import PeriodCounts, Pool, SeriesKey
from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Definition, Figure, Indicator, Setting
from services.domain.law import Law
from services.domain.organisations import ALL, Organisations, competition_ranks
from services.domain.periods import GRAIN_MONTHS, Grain, label
from services.domain.points import DECISION_766, GROUPS, GroupSum, Total, hundredths, points, total
from services.domain.policy import Policy

AS_WAS: Final = "as-was"
"""Figures under the unit that existed and executed at each instant."""

AS_NOW: Final = "as-now"
"""Figures under the units of today: what a unit that ended did is its successor's."""


class FigureKey(NamedTuple):
    """Which figure; `procedure` may be `ALL`, `view` is `AS_WAS` or `AS_NOW`."""

    indicator: str
    unit: str
    procedure: str
    period: str
    policy: str
    view: str


class FigureRow(NamedTuple):
    """One figure of one period.

    Args:
        month: the first month of the period.
        points: exact; None if the figure gives none, or what it needs was not computed.
        points_max: what the full share gives; None if the figure gives no points.
        missing: of a sum of points, the indicators that could not be computed.
    """

    key: FigureKey
    definition: Definition
    grain: Grain
    month: int
    figure: Figure
    points: Fraction | None = None
    points_max: int | None = None
    missing: tuple[str, ...] = ()

    @property
    def share(self) -> tuple[int, int]:
        """What the figure is ranked by: of a sum of points the exact points of what could be had, else the share."""
        if self.definition.unit != POINTS:
            return self.figure.numerator, self.figure.denominator
        if self.points is None:
            return 0, 0
        exact = self.points * 100 / self.figure.denominator
        return exact.numerator, exact.denominator


POINTS: Final = "points"
"""Unit of the sums of points: hundredths of a point over hundredths of what could be computed."""

_SOURCE: Final = "Decision 766/QD-TTg, `domain/indicators.md`, 1"
SUM_766: Final = Definition(
    DECISION_766, "Points of Decision 766", 1, _SOURCE, Aggregation.IMPORTED, unit=POINTS
)
GROUPS_766: Final = {
    group: Definition(
        f"{DECISION_766}.{group}", f"Points for {group}", 1, _SOURCE, Aggregation.IMPORTED, unit=POINTS
    )
    for group in GROUPS[DECISION_766]
}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes figures of pooled counts.

    Args:
        indicators: in the order of their ids.
        view: of the pool the counts come from.
    """

    law: Law
    imports: Imports
    indicators: Sequence[Indicator]
    view: str = AS_WAS

    def rows(
        self, pool: Pool, series: Iterable[SeriesKey], since: int, until: int, as_of: int
    ) -> Iterator[FigureRow]:
        """The figures of some series for the periods that end in or after `since` and begin in or before `until`.

        A period in which nothing was counted has no row, nor has an indicator that cannot be had: no data is not zero.
        """
        for unit, procedure in series:
            for counts in pool.series[unit, procedure].periods(since, until):
                if counts.counts:
                    yield from self.of(pool, unit, procedure, counts, as_of)

    def of(
        self, pool: Pool, unit: str, procedure: str, period: PeriodCounts, as_of: int
    ) -> Iterator[FigureRow]:
        """All figures of one unit, procedure and period; over all procedures the sums of points as well."""
        policies, first = self.law.policies, self.law.policies[:1]
        settings = [
            self.setting(pool, unit, procedure, period, policy, as_of)
            for policy in (policies if procedure == ALL else first)
        ]
        has_points = procedure == ALL and self.view == AS_WAS
        exact: dict[str, Fraction | None] = {}
        for indicator in self.indicators:
            definition = indicator.DEFINITION
            if not self._is_shown(definition, procedure):
                continue
            for setting in settings if definition.is_per_policy else settings[:1]:
                figure = indicator.measure(period.counts, setting)
                row = FigureRow(self._key(setting, definition), definition, *period[:2], figure or _NOTHING)
                if has_points and setting is settings[0]:
                    row = self._with_points(row, figure, setting)
                    exact[definition.id] = row.points
                if figure is not None and _says_something(figure):
                    yield row
        if has_points:
            yield from self._sums(settings[0], period, exact)

    def _is_shown(self, definition: Definition, procedure: str) -> bool:
        """As now, and per procedure, only what adds up over units and procedures is shown."""
        if procedure != ALL and not definition.has_drill_down:
            return False
        return self.view == AS_WAS or definition.is_per_policy

    def _with_points(self, row: FigureRow, figure: Figure | None, setting: Setting) -> FigureRow:
        threshold = self.law.thresholds.of(row.definition.id, self.law.periods.day_of(setting.at))
        if threshold is None or not threshold.max_points:
            return row
        is_unjudged = figure is not None and figure.total > 0 and figure.denominator == 0
        exact = (
            None if figure is None or is_unjudged else points(threshold, figure.numerator, figure.denominator)
        )
        return row._replace(points=exact, points_max=threshold.max_points)

    def _sums(
        self, setting: Setting, period: PeriodCounts, exact: Mapping[str, Fraction | None]
    ) -> Iterator[FigureRow]:
        """Points of each group and of the whole table; what could not be computed is named, never zero."""
        table = self.law.thresholds.table(DECISION_766, self.law.periods.day_of(setting.at))
        if not table:
            return
        summed = total(table, exact)
        yield from (self._sum(setting, period, GROUPS_766[group.group], group) for group in summed.groups)
        yield self._sum(setting, period, SUM_766, summed)

    def _sum(
        self, setting: Setting, period: PeriodCounts, definition: Definition, summed: Total | GroupSum
    ) -> FigureRow:
        n = 0 if summed.points is None else hundredths(summed.points)
        figure = Figure(n, 100 * summed.of_max, 100 * summed.max_points)
        key = self._key(setting, definition)
        return FigureRow(
            key, definition, *period[:2], figure, summed.points, summed.max_points, summed.missing
        )

    def setting(
        self, pool: Pool, unit: str, procedure: str, period: PeriodCounts, policy: Policy, as_of: int
    ) -> Setting:
        """What the figures of a period are measured for."""
        months = range(period.month, period.month + GRAIN_MONTHS[period.grain])
        end = self.law.periods.start_of(months.stop) - 1
        return Setting(
            unit,
            procedure,
            period.grain,
            period.month,
            policy,
            min(end, as_of),
            self.law,
            self.imports,
            partial(pool.flow_by_procedure, unit, months),
            partial(pool.flow_by_unit, unit, months),
            as_of,
        )

    def _key(self, setting: Setting, definition: Definition) -> FigureKey:
        period = label(setting.month, setting.grain)
        policy = setting.policy.label
        return FigureKey(definition.id, setting.unit, setting.procedure, period, policy, self.view)


_NOTHING: Final = Figure(0, 0, 0)


def _says_something(figure: Figure) -> bool:
    return bool(figure.total or figure.denominator or any(figure.parts.values()))


class Rank(NamedTuple):
    """Place in a group: `rank` is None where the unit has no data; `ranked` counts the units with data."""

    group: str
    rank: int | None
    ranked: int


RankGroup = tuple[str, str, str, str, str]
"""Group of units, indicator, period, policy, view."""


def rank_group(row: FigureRow, organisations: Organisations) -> RankGroup | None:
    """Among whom a figure is ranked; None if it is in no ranking."""
    key = row.key
    if key.procedure != ALL or row.definition.unit not in {"share", POINTS}:
        return None
    group = organisations.group(key.unit)
    return None if group is None else (group, key.indicator, key.period, key.policy, key.view)


def ranks(rows: Iterable[FigureRow], organisations: Organisations) -> dict[FigureKey, Rank]:
    """Competition ranks of the units of each group, per indicator, period, policy and view, by the exact fraction."""
    groups: dict[RankGroup, dict[str, FigureRow]] = {}
    for row in rows:
        group = rank_group(row, organisations)
        if group is not None:
            groups.setdefault(group, {})[row.key.unit] = row
    placed: dict[FigureKey, Rank] = {}
    for group, members in groups.items():
        placed.update(_placed(group[0], members))
    return placed


def _placed(group: str, members: Mapping[str, FigureRow]) -> dict[FigureKey, Rank]:
    shares = {unit: row.share for unit, row in members.items()}
    by_unit = competition_ranks(shares)
    return {row.key: Rank(group, by_unit.get(unit), len(by_unit)) for unit, row in members.items()}
