"""From facts to figures in one go: what the batch command shows and what a verification expects."""

from collections.abc import Iterator, Mapping

from services.domain.cells import Cell, increase_all
from services.domain.evaluation import Evaluation, evaluate
from services.domain.figures import AS_NOW, AS_WAS, FigureRow
from services.domain.indicator import Figure
from services.domain.organisations import ALL
from services.domain.policy import Policy
from services.domain.standing import Known
from services.domain.sums import Point
from services.indicators.on_time_share import rate
from services.rules import Rules

VIEWS = (AS_WAS, AS_NOW)

Cases = dict[str, list[Known]]
"""Everything known of each case, by case id; repeats included."""


def evaluations(cases: Cases, rules: Rules, as_of: int, known_at: int | None = None) -> Iterator[Evaluation]:
    """Evaluate every case at one instant; the facts of a case are let go once it is evaluated."""
    law = rules.law
    while cases:
        _, known = cases.popitem()
        yield evaluate(known, as_of, law, known_at)


def figures(points: Mapping[Point, int], rules: Rules, as_of: int) -> list[FigureRow]:
    """The figures of every period up to `as_of` in both views, in the order of their keys."""
    until = rules.periods.month_of(as_of)
    found: list[FigureRow] = []
    for view in VIEWS:
        pool = rules.pool(view).fill(points)
        found += rules.maker(view).rows(pool, list(pool.series), 0, until, as_of)
    return sorted(found, key=lambda row: row.key)


def overall(points: Mapping[Point, int], rules: Rules, policy: Policy) -> list[tuple[str, Figure]]:
    """Per unit as was, over all procedures and periods: everything that ended, and what is open at the end."""
    units = []
    for (unit, procedure), series in rules.pool(AS_WAS).fill(points).series.items():
        if procedure == ALL:
            counts: Cell = {}
            for cell in series.months.values():
                increase_all(counts, cell)
            units.append((unit, rate(counts, policy, rules.law.policies)))
    return units
