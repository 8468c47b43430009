"""Indicator 1.1: the share of procedures announced on time, 6 points.

announced at least 20 (ministry) or 5 (province) working days before the newest legal basis takes effect / procedures
announced in the period. The period is that of the decision's date. A row that does not say when it was announced or
when its basis takes effect is in the total alone, as is one whose working days no calendar or allowance covers.
Aggregation: none, the imported catalogue of the unit and of those below it. Horizon: as of; the procedures are those
in force on the reporting day. Source: Decision 766/QD-TTg, indicator 1.1.

The basis takes effect on Monday 2026-06-29; five working days before that is Monday 2026-06-22:

>>> from datetime import date
>>> from zoneinfo import ZoneInfo
>>> from services.domain.calendar import Calendar, DayPlan, Session
>>> week = [(Session(0, 1),)] * 5 + [()] * 2
>>> weekdays = Calendar("VN", ZoneInfo("UTC"), date(2026, 6, 1), [DayPlan(day, "", "") for day in week * 5])
>>> in_time(date(2026, 6, 22), date(2026, 6, 29), -5, weekdays)
'on_time'
>>> in_time(date(2026, 6, 23), date(2026, 6, 29), -5, weekdays)
'late'
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.imports import CatalogueEntry
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.law import Law
from services.indicators.catalogue import allowed_days, decided, entries, in_time, timeliness

DEFINITION: Final = Definition(
    "1.1",
    "Procedures announced on time",
    1,
    "Decision 766/QD-TTg, indicator 1.1",
    Aggregation.IMPORTED,
    Horizon.AS_OF,
)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the procedures decided in the period; None if the unit has no catalogue."""
    if not entries(setting):
        return None
    return timeliness(part_of(entry, setting.law) for entry in decided(setting))


def part_of(entry: CatalogueEntry, law: Law) -> str:
    """Whether a decided procedure was announced on time, or why nobody can say."""
    days = allowed_days(entry, DEFINITION.id, law)
    before = None if days is None else -days
    return in_time(entry.announced_on, entry.effective_on, before, law.calendar_of(entry.unit))
