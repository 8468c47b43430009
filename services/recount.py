"""From facts to figures in one go: what the batch command shows and what a verification expects."""

from collections.abc import Iterator, Mapping

from services.domain.case import Evaluation, Known, Point, evaluate
from services.domain.cells import Pool
from services.domain.figures import FigureRow, rows
from services.domain.organisations import ALL
from services.indicators import on_time_share
from services.indicators.on_time_share import Figure
from services.rules import Rules

Cases = dict[str, list[Known]]
"""Everything known of each case, by case id; repeats included."""


def evaluations(cases: Cases, rules: Rules, as_of: int, known_at: int | None = None) -> Iterator[Evaluation]:
    """Evaluate every case at one instant; the facts of a case are let go once it is evaluated."""
    owners, month_of = rules.owners, rules.periods.month_of
    while cases:
        _, known = cases.popitem()
        yield evaluate(known, as_of, owners=owners, month_of=month_of, known_at=known_at)


def pooled(points: Mapping[Point, int], rules: Rules) -> Pool:
    """The counts along the organisation tree."""
    pool = Pool(rules.organisations)
    for (unit, procedure, month, counter), n in points.items():
        for _ in pool.add(unit, procedure, month, counter, n):
            pass
    return pool


def figures(pool: Pool, rules: Rules, as_of: int) -> list[FigureRow]:
    """The figures of every period up to `as_of`, in the order of their keys."""
    return sorted(rows(pool, rules.policy, list(pool.series), 0, rules.periods.month_of(as_of)))


def overall(pool: Pool, rules: Rules) -> list[tuple[str, Figure]]:
    """Per unit, over all procedures and periods: everything that ended, and what is open at the end."""
    units = []
    for (unit, procedure), series in pool.series.items():
        if procedure == ALL:
            counts = [sum(column) for column in zip(*series.months.values(), strict=True)]
            units.append((unit, on_time_share.measure(counts, rules.policy)))
    return units
