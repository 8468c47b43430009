"""The imported catalogue as indicators read it: the procedures of a unit on the reporting day.

A commune, district or department has the procedures of its own level; any other unit all of its catalogues and of
those of the units below it, each procedure and level once. The limits of 1.1 and 1.2 count working days in the
processing calendar of the unit whose catalogue it is, and are those in force on the date of the decision.
Source: `domain/indicators.md`, 1; the catalogue is described in `services/reference/README.md`.

>>> authority("ministry"), authority("department"), authority("commune")
('ministry', 'province', 'province')
>>> figure = timeliness(["on_time", "on_time", "late", "undated", "uncovered"])
>>> figure.numerator, figure.denominator, figure.total
(2, 3, 5)
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Final

from services.domain.calendar import Calendar, UncoveredDate
from services.domain.imports import CatalogueEntry, Imports
from services.domain.indicator import Figure, Setting
from services.domain.law import Law
from services.domain.organisations import Organisations
from services.indicators.answers import Answer, share

LOWER_LEVELS: Final = frozenset({"commune", "district", "department"})
"""Units that have the procedures of their own level alone."""

PARTS: Final = ("on_time", "late", "undated", "uncovered")
"""Of a decided procedure: `undated` if a date is not said, `uncovered` if calendar or allowance do not reach."""

Entries = tuple[CatalogueEntry, ...]


def entries(setting: Setting) -> Entries:
    """The procedures of the setting's unit in force on the reporting day; empty: none were imported."""
    law = setting.law
    return _entries(setting.imports, law.organisations, setting.unit, law.periods.day_of(setting.at))


@lru_cache(1024)
def _entries(imports: Imports, organisations: Organisations, unit: str, day: date) -> Entries:
    level = organisations.level(unit)
    below = [other for other in imports.catalogue_units if unit in organisations.path(other)]
    return imports.catalogue(organisations.path(unit), day, level if level in LOWER_LEVELS else None, below)


def by_procedure(
    found: Iterable[CatalogueEntry], answer_of: Callable[[CatalogueEntry], Answer]
) -> dict[str, Answer]:
    """What the catalogue answers of each procedure: yes if it does at any level, no if it does at all of them."""
    answers: dict[str, set[Answer]] = {}
    for entry in found:
        answers.setdefault(entry.procedure, set()).add(answer_of(entry))
    return {
        procedure: True if True in said else None if None in said else False
        for procedure, said in answers.items()
    }


def decided(setting: Setting) -> Entries:
    """The procedures whose decision is dated in the period, up to the reporting day."""
    periods = setting.law.periods
    first, last = periods.day_of(periods.start_of(setting.month)), periods.day_of(setting.at)
    return tuple(
        entry
        for entry in entries(setting)
        if entry.decision_on is not None and first <= entry.decision_on <= last
    )


def authority(level: str) -> str:
    """Whose allowance of working days holds for a procedure of a level."""
    return "ministry" if level == "ministry" else "province"


def allowed_days(entry: CatalogueEntry, indicator: str, law: Law) -> int | None:
    """The working days that an indicator allows for a decided procedure; None if no row says."""
    assert entry.decision_on is not None
    row = law.thresholds.allowance(indicator, authority(entry.level), entry.decision_on)
    return None if row is None else row.working_days


def in_time(on: date | None, start: date | None, days: int | None, calendar: Calendar | None) -> str:
    """Which of `PARTS` something is in that must be done by the nth working day after a day, or before it.

    Args:
        on: when it was done; None: not said.
        days: n, negative if it counts backwards; None: nobody says how many are allowed.
    """
    if on is None or start is None:
        return "undated"
    if days is None or calendar is None:
        return "uncovered"
    try:
        return "on_time" if on <= calendar.add_working_days(start, days) else "late"
    except UncoveredDate:
        return "uncovered"


def timeliness(parts: Iterable[str]) -> Figure:
    """The share on time, of the parts that procedures are in."""
    found = dict.fromkeys(PARTS, 0)
    for part in parts:
        found[part] += 1
    return share(found, "on_time", "late")
