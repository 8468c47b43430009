"""What an indicator adds to the counters of a case beside the core's own, under the small law of `build`."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import time
from types import ModuleType
from typing import Any

from egovhub.events import Fact

from services.domain.evaluation import evaluate
from services.domain.law import Law
from services.domain.periods import Grain, label
from services.domain.rule_sets import RuleSet, RuleSets
from services.domain.standing import Known
from services.domain.sums import Point
from tests.unit.domain.build import at, day, fact
from tests.unit.indicators.build import LAW

AS_OF = "Thu 2026-12-31 12:00"
DECREE = RuleSet("a decree", time(15), 24 * 3_600_000, 1, "the decree", "two-sources")
RULED = replace(LAW, rule_sets=RuleSets([DECREE]))
"""The small law with general rules: an apology a day ahead, one new appointment."""


def document(kind: str, occurred: str | int, status: str | None = None, **fields: Any) -> Fact:
    """A fact of a document at its receiver, ward W."""
    own = {"case_id": "documents:1", "source": "documents", "domain": "documents", "unit": "W"}
    return fact(kind, occurred, **{**own, "source_status": status, **fields})


def found(
    module: ModuleType, facts: Iterable[Fact | Known], as_of: str = AS_OF, law: Law = LAW
) -> dict[str, int]:
    """What the indicator alone counted of one case, as {"2026-01 W counter": n}; the procedure is left out."""
    known = as_known(facts)
    core = evaluate(known, at(as_of), replace(law, counts=())).contributions
    counts = (module.count,)
    total = evaluate(known, at(as_of), replace(law, counts=counts)).contributions
    return named({point: n - core.get(point, 0) for point, n in total.items() if n != core.get(point, 0)})


def levels(
    module: ModuleType, facts: Iterable[Fact], as_of: str = AS_OF, law: Law = LAW
) -> dict[str, list[int]]:
    """Counter and unit to the level at the end of January, February and March."""
    ends: dict[str, list[int]] = {}
    for name, n in found(module, facts, as_of, law).items():
        month, unit, counter = name.split(" ", 2)
        level = ends.setdefault(f"{unit} {counter}", [0, 0, 0])
        for place in range(int(month[5:]) - 1, 3):
            level[place] += n
    return ends


def changes_at(
    module: ModuleType, facts: Iterable[Fact], as_of: str = AS_OF, law: Law = LAW
) -> str | int | None:
    """When time alone changes the case next, to the minute, or in milliseconds if it is none."""
    change = evaluate(as_known(facts), at(as_of), replace(law, counts=(module.count,))).next_change
    return day(change) if change is None or change % 60_000 == 0 else change


def as_known(facts: Iterable[Fact | Known]) -> list[Known]:
    return [one if isinstance(one, Known) else Known(one, None) for one in facts]


def named(contributions: dict[Point, int]) -> dict[str, int]:
    return {
        f"{label(month, Grain.MONTH)} {unit} {counter}": n
        for (unit, _, month, counter), n in contributions.items()
    }
