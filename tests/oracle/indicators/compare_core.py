"""What the core says of a population: figures, points, counts, and whether order and time matter."""

from collections.abc import Iterable, Iterator, Sequence
from random import Random

from services.domain.cells import Pool
from services.domain.cells import add as add_points
from services.domain.evaluation import Evaluation, evaluate
from services.domain.figures import FigureRow
from services.domain.forms import form_07a
from services.domain.indicator import Aggregation, Figure
from services.domain.organisations import ALL
from services.domain.periods import Grain, label
from services.domain.standing import Known
from services.domain.sums import Point
from services.rules import Rules
from tests.oracle.facts import Heard
from tests.oracle.indicators.figures import Figures, Key
from tests.oracle.indicators.identities import Cell
from tests.oracle.indicators.points import TABLE, Published

LATER = 400 * 86_400_000


class Core:
    """The core's answers about some cases at one instant; each case is evaluated once.

    Attributes:
        points: what each case adds to which counter.
        restless: what is wrong with single cases: an order that matters, or a change slept through.
    """

    def __init__(
        self, cases: Sequence[Sequence[Heard]], as_of: int, known_at: int | None, rules: Rules
    ) -> None:
        self.rules, self.as_of, self.known_at = rules.at(known_at), as_of, known_at
        self.points: list[dict[Point, int]] = []
        self.restless: list[tuple[int, str]] = []
        for place, case in enumerate(cases):
            known = [Known(*heard) for heard in case]
            found = self.evaluated(known)
            self.points.append(found.contributions)
            self.restless += [(place, line) for line in self.unrest(known, found, Random(place))]
        self.counters = {counter.split("/")[0] for added in self.points for *_, counter in added}

    def evaluated(self, known: list[Known], later: int = 0) -> Evaluation:
        return evaluate(known, self.as_of + later, self.rules.law, self.known_at)

    def unrest(self, known: list[Known], found: Evaluation, random: Random) -> Iterator[str]:
        """Facts in another order, some of them twice, say the same; so does time until the core wants to be woken.

        Source: DESIGN, laws 1 and 6.
        """
        mixed = [*known, *known[:3]]
        random.shuffle(mixed)
        again = self.evaluated(mixed)
        yield from moved("order changes", found.contributions, again.contributions)
        wake = found.next_change
        asleep = LATER if wake is None else wake - 1 - self.as_of
        yield from moved(
            "asleep at a change of", found.contributions, self.evaluated(known, asleep).contributions
        )

    def rows(self, *, is_drilled: bool) -> list[FigureRow]:
        """All figures, as they are published; unless drilled, those per procedure of everything alone."""
        pool = self.pool(range(len(self.points)))
        series = [key for key in pool.series if is_drilled or ALL in key]
        return list(self.rules.maker().rows(pool, series, *self.months(pool), self.as_of))

    def alone(self, name: str, place: int) -> Figures:
        """What one indicator says of one case alone."""
        indicator = next(one for one in self.rules.indicators if one.DEFINITION.id == name)
        policies = (
            self.rules.law.policies if indicator.DEFINITION.is_per_policy else self.rules.law.policies[:1]
        )
        pool, maker = self.pool([place]), self.rules.maker()
        found: Figures = {}
        for (unit, procedure), series in pool.series.items():
            for period in series.periods(*self.months(pool)) if procedure == ALL else ():
                for policy in policies if period.counts else ():
                    asked = maker.setting(pool, unit, ALL, period, policy, self.as_of)
                    figure = indicator.measure(period.counts, asked)
                    key = Key(name, unit, ALL, label(period.month, period.grain), policy.label)
                    found[key] = (0, 0, 0, {}) if figure is None else numbers(figure)
        return {key: figure for key, figure in found.items() if any(figure[:3]) or figure[3]}

    def pool(self, places: Iterable[int]) -> Pool:
        summed: dict[Point, int] = {}
        for place in places:
            add_points(summed, self.points[place])
        return self.rules.pool().fill(summed)

    def months(self, pool: Pool) -> tuple[int, int]:
        """The first and the last month that anything was counted in, the latter at least that of the instant."""
        found = [month for series in pool.series.values() for month in series.months]
        last = self.rules.periods.month_of(self.as_of)
        return min(found, default=last), max([last, *found])

    def cells(self) -> tuple[list[Cell], str, str]:
        """Every unit's counts of every period, and the months they are of: whole years at the beginning."""
        pool = self.pool(range(len(self.points)))
        since, until = self.months(pool)
        since -= since % 12
        found = [
            (unit, label(period.month, period.grain), counter, n)
            for (unit, procedure), series in pool.series.items()
            if procedure == ALL
            for period in series.periods(since, until)
            for counter, n in period.counts.items()
        ]
        return found, label(since, Grain.MONTH), label(until, Grain.MONTH)

    def wrong_forms(self) -> Iterator[str]:
        """The report tables that break an identity of their own."""
        pool, policies = self.pool(range(len(self.points))), self.rules.law.policies
        for (unit, procedure), series in pool.series.items():
            before: dict[Grain, dict[str, int]] = {grain: {} for grain in Grain}
            for period in series.periods(*self.months(pool)) if procedure == ALL else ():
                for policy in policies:
                    form = form_07a(period.counts, before[period.grain], policy, policies)
                    for violation in form.violations():
                        yield f"{unit} in {label(period.month, period.grain)}: {violation} under {policy.label}"
                before[period.grain] = period.counts


def moved(what: str, one: dict[Point, int], other: dict[Point, int]) -> Iterator[str]:
    for point in sorted({*one, *other}):
        if one.get(point, 0) != other.get(point, 0):
            yield f"{what} {point[3]} of {point[0]}: {one.get(point, 0)}, then {other.get(point, 0)}"


def numbers(figure: Figure) -> tuple[int, int, int, dict[str, int]]:
    parts = {name: n for name, n in figure.parts.items() if n}
    return figure.numerator, figure.denominator, figure.total, parts


def figures_in(rows: Iterable[FigureRow]) -> Figures:
    return {
        Key(*row.key[:4], row.key.policy): numbers(row.figure)
        for row in rows
        if not row.key.indicator.startswith(TABLE)
    }


def named_in(rows: Iterable[FigureRow]) -> set[tuple[str, str]]:
    """Every part that a figure names, be it zero, but for the classes of quantiles."""
    return {
        (row.definition.id, part.split("/")[-1])
        for row in rows
        for part in row.figure.parts
        if not part.endswith("_seconds")
    }


def published_in(rows: Iterable[FigureRow]) -> list[Published]:
    return [
        Published(
            *(row.key.indicator, row.key.unit, row.key.period, row.points, row.points_max),
            *(row.figure.denominator, row.missing),
        )
        for row in rows
        if row.key.procedure == ALL and row.points_max is not None
    ]


def ids_of(rules: Rules) -> set[str]:
    return {one.DEFINITION.id for one in rules.indicators}


def imported(rules: Rules) -> set[str]:
    """Indicators whose figures do not come from the cases alone: shown where cases were counted."""
    kinds = (Aggregation.IMPORTED, Aggregation.DISTINCT_PROCEDURES, Aggregation.DISTINCT_UNITS)
    return {one.DEFINITION.id for one in rules.indicators if one.DEFINITION.aggregation in kinds}


def drilled(rules: Rules) -> set[str]:
    return {one.DEFINITION.id for one in rules.indicators if one.DEFINITION.has_drill_down}
