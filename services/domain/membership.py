"""Which figures a case is in: what its own counts add to numerator, denominator and total of each indicator.

An indicator is measured on the counts of this case alone and on none; the difference is what the case adds. What an
imported catalogue gives without it is therefore left out. Of an indicator that counts distinct procedures it is what
the case would add if it were the only one. Figures of the units above sum the same counts.
Source: DESIGN 5, "Cells", and 6.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from services.domain.cells import PeriodCounts, Pool
from services.domain.figures import AS_NOW, Maker
from services.domain.indicator import Figure, Indicator
from services.domain.organisations import ALL
from services.domain.periods import label
from services.domain.policy import Policy
from services.domain.sums import Point


@dataclass(frozen=True, slots=True)
class Membership:
    """What a case adds to one indicator of one unit, over all procedures, in some periods.

    Args:
        unit: as was, who was charged; as now, who answers for it today.
        value_unit: what the numerator counts: cases (`share`, `count`) or `seconds`.
        periods: in the order of their ends, a month before the quarter and the year that end with it.
    """

    view: str
    unit: str
    indicator: str
    name: str
    policy: str
    value_unit: str
    numerator: int
    denominator: int
    total: int
    periods: tuple[str, ...]


class _Adds(NamedTuple):
    unit: str
    indicator: str
    name: str
    policy: str
    value_unit: str
    numerator: int
    denominator: int
    total: int


def memberships(added: Mapping[Point, int], maker: Maker, as_of: int) -> tuple[Membership, ...]:
    """The figures of one view a case is in, in the order of units and indicators.

    Args:
        added: what the case adds to which counter of which month.
        maker: of the view.
        as_of: figures of later months are not measured.
    """
    found: dict[_Adds, list[str]] = {}
    for adds, period in _added(added, maker, as_of):
        found.setdefault(adds, []).append(period)
    rows = sorted(found.items(), key=lambda row: row[0])
    return tuple(Membership(maker.view, *adds, tuple(periods)) for adds, periods in rows)


def _added(added: Mapping[Point, int], maker: Maker, as_of: int) -> Iterator[tuple[_Adds, str]]:
    organisations = maker.law.organisations
    is_now = maker.view == AS_NOW
    nothing = Pool(lambda unit: (unit,))
    own = Pool(lambda unit: (organisations.now(unit) if is_now else unit,)).fill(added)
    until = maker.law.periods.month_of(as_of)
    for (unit, procedure), series in own.series.items():
        for period in series.periods(0, until) if procedure == ALL else ():
            for indicator, policy in _asked(maker):
                adds = _difference(
                    _measured(indicator, maker, own, unit, period, policy, as_of),
                    _measured(indicator, maker, nothing, unit, period._replace(counts={}), policy, as_of),
                )
                if any(adds):
                    definition = indicator.DEFINITION
                    what = (definition.id, definition.name, policy.label, definition.unit)
                    yield _Adds(unit, *what, *adds), label(period.month, period.grain)


def _asked(maker: Maker) -> Iterator[tuple[Indicator, Policy]]:
    """The indicators of a view, each under the policies it has figures for."""
    policies = maker.law.policies
    for indicator in maker.indicators:
        if indicator.DEFINITION.is_per_policy:
            yield from ((indicator, policy) for policy in policies)
        elif maker.view != AS_NOW:
            yield indicator, policies[0]


def _measured(
    indicator: Indicator,
    maker: Maker,
    pool: Pool,
    unit: str,
    period: PeriodCounts,
    policy: Policy,
    as_of: int,
) -> Figure | None:
    return indicator.measure(period.counts, maker.setting(pool, unit, ALL, period, policy, as_of))


def _difference(one: Figure | None, other: Figure | None) -> tuple[int, int, int]:
    """What the first figure has more than the second; a figure that cannot be had has nothing."""
    more, less = one or _NOTHING, other or _NOTHING
    return more.numerator - less.numerator, more.denominator - less.denominator, more.total - less.total


_NOTHING = Figure(0, 0, 0)
