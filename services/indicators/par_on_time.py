"""The share of dossiers on time of the units of one level, an input of the PAR INDEX.

finished early or on time / finished, in the period, under the policy of the figure; of the units of the level at or
below the unit that the figure is of, summed. Dossiers that are open are not finished and do not count, unlike in 2.1.
What the policy does not judge is in the total or nowhere, as its table says. Levels are scored apart: full at 100 %,
in proportion from 95 % on, nothing below (`thresholds.toml`).
Source: `domain/indicators.md`, 2.

>>> by_unit = {"ended.on_time": {"W": 96, "D": 50}, "ended.late": {"W": 4, "D": 1}}
>>> of_level(by_unit, {"W": "commune", "D": "department"}.get, "commune")
{'ended.on_time': 96, 'ended.late': 4}
"""

from collections.abc import Callable, Mapping

from services.domain.cells import Cell
from services.domain.indicator import Figure, Setting
from services.domain.verdicts import buckets, counted, verdict_of


def measured(counts: Cell, setting: Setting, level: str) -> Figure:
    """The share of the units of a level."""
    policy, law = setting.policy, setting.law
    by_unit = {
        counter: setting.by_unit(counter)
        for counter in counts
        if (verdict := verdict_of(counter)) and not verdict.is_open and verdict.stands is policy.stands
    }
    ended = of_level(by_unit, law.organisations.level, level)
    found = buckets(ended, policy, law.policies, is_open=False)
    return Figure(
        counted(found, policy.numerator),
        counted(found, policy.denominator),
        counted(found, policy.total),
        found,
    )


def of_level(
    by_unit: Mapping[str, Mapping[str, int]], level_of: Callable[[str], str | None], level: str
) -> Cell:
    """The sums of some counters over the units of a level; zeros left out."""
    sums = {
        counter: sum(n for unit, n in units.items() if level_of(unit) == level)
        for counter, units in by_unit.items()
    }
    return {counter: n for counter, n in sums.items() if n}
