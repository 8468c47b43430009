"""The figures of one unit and period as data: the table of Decision 766, the hub's own indicators, and the forms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.domain.cells import Cell, PeriodCounts, Pool, Series
from services.domain.figures import AS_WAS, GROUPS_766, SUM_766, FigureRow, ranks
from services.domain.forms import Form07a, form_07a
from services.domain.indicator import Aggregation, Definition
from services.domain.organisations import ALL
from services.domain.periods import GRAIN_MONTHS, Grain, label
from services.domain.points import DECISION_766, INDICATORS, Threshold, hundredths
from services.domain.policy import Policy
from services.rules import Rules

HAD: Final = {
    Aggregation.IMPORTED: "imported",
    Aggregation.DISTINCT_PROCEDURES: "events and catalogue",
    Aggregation.DISTINCT_UNITS: "events and import",
}
"""Where a figure comes from, if not from events alone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, or why it cannot be had.

    Args:
        group: of Decision 766, or empty.
        numerator, denominator, total: None if it cannot be had.
        points_hundredths: None if none were computed.
        rule: how the share becomes points: `linear`, `cap 80 %`, or empty.
        origin: where the figure comes from, or why it cannot be had.
        parts: what it is made of, by name.
    """

    indicator: str
    name: str
    group: str
    unit: str
    numerator: int | None
    denominator: int | None
    total: int | None
    points_hundredths: int | None
    points_max: int | None
    rule: str
    rank: int | None
    ranked: int | None
    origin: str
    missing: tuple[str, ...]
    parts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """Everything that is shown of one unit and period; `form` holds II.07a with II.06a in it."""

    unit: str
    name: str
    period: str
    grain: str
    as_of: int
    view: str
    policy: str
    table: tuple[Line, ...]
    groups: tuple[Line, ...]
    total: Line
    others: tuple[Line, ...]
    form: Form07a
    violations: tuple[str, ...]
    code: str
    reference: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures.

    Args:
        month: the first month of the period.
        as_of: reporting instant.
    """

    unit: str
    grain: Grain
    month: int
    policy: Policy
    view: str
    as_of: int

    @property
    def last_month(self) -> int:
        """The last month of the period."""
        return self.month + GRAIN_MONTHS[self.grain] - 1


def figures_of(pool: Pool, rules: Rules, asked: Asked) -> UnitFigures:
    """The figures of a unit from pooled counts; a unit without counts has those that need none."""
    rows = {row.key.indicator: row for row in _rows(pool, rules, asked, asked.unit)}
    placed = _ranked(pool, rules, asked)
    lines = {
        indicator.DEFINITION.id: _line(indicator.DEFINITION, rows, placed, rules, asked)
        for indicator in rules.indicators
    }
    sums = {
        d.id: _line(d, rows, placed, rules, asked, group=d.id.partition(".")[2])
        for d in (*GROUPS_766.values(), SUM_766)
    }
    ids = INDICATORS[DECISION_766]
    form = form_07a(
        _counts(pool, rules, asked).counts, _before(pool, asked), asked.policy, rules.law.policies
    )
    known = rules.organisations.unit(asked.unit)
    return UnitFigures(
        asked.unit,
        known.name if known is not None else "everything" if asked.unit == ALL else "not in the registry",
        label(asked.month, asked.grain),
        asked.grain.value,
        asked.as_of,
        asked.view,
        asked.policy.label,
        tuple(lines.get(name) or _without_formula(name, rules, asked) for name in ids),
        tuple(sums[d.id] for d in GROUPS_766.values()),
        sums[SUM_766.id],
        tuple(line for name, line in lines.items() if name not in ids and _is_shown(line, asked)),
        form,
        form.violations(),
        rules.code,
        rules.reference,
    )


def _is_shown(line: Line, asked: Asked) -> bool:
    """As now, only what is judged per policy is counted."""
    return asked.view == AS_WAS or line.numerator is not None


def _rows(pool: Pool, rules: Rules, asked: Asked, unit: str) -> Iterator[FigureRow]:
    """The rows of one unit: under the policy asked for, or under the first where there is no choice."""
    counts, labels = _counts(pool, rules, asked, unit), (asked.policy.label, rules.policy.label)
    rows = list(rules.maker(asked.view).of(pool, unit, ALL, counts, asked.as_of))
    for row in rows:
        if row.key.policy == labels[row.definition.is_per_policy is False]:
            yield row


def _counts(pool: Pool, rules: Rules, asked: Asked, unit: str | None = None) -> PeriodCounts:
    until = min(asked.last_month, rules.periods.month_of(asked.as_of))
    nothing = PeriodCounts(asked.grain, asked.month, {})
    series = pool.series.get((unit or asked.unit, ALL), Series())
    found = (counts for counts in series.periods(until, until) if counts[:2] == nothing[:2])
    return next(found, nothing)


def _before(pool: Pool, asked: Asked) -> Cell:
    """The counts of the month before: its levels are carried over."""
    series, month = pool.series.get((asked.unit, ALL), Series()), asked.month - 1
    return next((counts.counts for counts in series.periods(month, month) if counts.grain is Grain.MONTH), {})


def _ranked(pool: Pool, rules: Rules, asked: Asked) -> Mapping[str, tuple[int | None, int]]:
    """Rank and number of ranked units, by indicator, among the units of the same group."""
    organisations, periods = rules.organisations, rules.periods
    group = organisations.group(asked.unit)
    if group is None:
        return {}
    start, end = periods.start_of(asked.month), periods.start_of(asked.last_month + 1)
    members = [
        unit
        for unit in organisations.units
        if organisations.group(unit) == group and organisations.valid_in(unit, start, end)
    ]
    rows = [row for unit in members for row in _rows(pool, rules, asked, unit)]
    found = ranks(rows, organisations)
    return {key.indicator: (rank.rank, rank.ranked) for key, rank in found.items() if key.unit == asked.unit}


def _line(
    definition: Definition,
    rows: Mapping[str, FigureRow],
    placed: Mapping[str, tuple[int | None, int]],
    rules: Rules,
    asked: Asked,
    group: str | None = None,
) -> Line:
    row = rows.get(definition.id)
    threshold = _threshold(definition.id, rules, asked)
    rank, ranked = placed.get(definition.id, (None, None))
    figure = row.figure if row is not None else None
    return Line(
        definition.id,
        definition.name,
        group if group is not None else "" if threshold is None else threshold.group,
        definition.unit,
        None if figure is None else figure.numerator,
        None if figure is None else figure.denominator,
        None if figure is None else figure.total,
        None if row is None or row.points is None else hundredths(row.points),
        row.points_max if row is not None else None if threshold is None else threshold.max_points,
        "" if threshold is None else _rule(threshold),
        rank,
        ranked,
        _origin(definition, figure is not None, asked),
        () if row is None else row.missing,
        {} if figure is None else dict(figure.parts),
    )


def _origin(definition: Definition, is_had: bool, asked: Asked) -> str:
    if is_had:
        return HAD.get(definition.aggregation, "events")
    if asked.view != AS_WAS:
        return "as was only"
    return "nothing counted" if definition.aggregation not in HAD else "nothing imported"


def _without_formula(name: str, rules: Rules, asked: Asked) -> Line:
    threshold = _threshold(name, rules, asked)
    of_max = None if threshold is None else threshold.max_points
    group, rule = ("", "") if threshold is None else (threshold.group, _rule(threshold))
    origin = "formula not available"
    return Line(name, "", group, "share", None, None, None, None, of_max, rule, None, None, origin, (), {})


def _threshold(name: str, rules: Rules, asked: Asked) -> Threshold | None:
    end = rules.periods.start_of(asked.last_month + 1) - 1
    return rules.law.thresholds.of(name, rules.periods.day_of(min(end, asked.as_of)))


def _rule(threshold: Threshold) -> str:
    limit = "" if threshold.threshold is None else f" {threshold.threshold} %"
    return f"{threshold.rule.value}{limit}"
