"""Indicator 1.2: the share of procedures updated and published on time, 4 points.

published at most 10 (ministry) or 5 (province) working days after the decision / procedures decided in the period.
A row that does not say when it was published, which may mean never, is in the total alone, as is one whose working
days no calendar or allowance covers.
Aggregation: none, the imported catalogue of the unit and of those below it. Horizon: as of; the procedures are those
in force on the reporting day. Source: Decision 766/QD-TTg, indicator 1.2.

Decided on Tuesday 2026-06-02; five working days after that is Tuesday 2026-06-09:

>>> from datetime import date
>>> from zoneinfo import ZoneInfo
>>> from services.domain.calendar import Calendar, DayPlan, Session
>>> week = [(Session(0, 1),)] * 5 + [()] * 2
>>> weekdays = Calendar("VN", ZoneInfo("UTC"), date(2026, 6, 1), [DayPlan(day, "", "") for day in week * 5])
>>> in_time(date(2026, 6, 9), date(2026, 6, 2), 5, weekdays), in_time(None, date(2026, 6, 2), 5, weekdays)
('on_time', 'undated')
"""

from typing import Final

from services.domain.cells import Cell
from services.domain.imports import CatalogueEntry
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.law import Law
from services.indicators.catalogue import allowed_days, decided, entries, in_time, timeliness

DEFINITION: Final = Definition(
    "1.2",
    "Procedures updated and published on time",
    1,
    "Decision 766/QD-TTg, indicator 1.2",
    Aggregation.IMPORTED,
    Horizon.AS_OF,
)


def measure(_counts: Cell, setting: Setting) -> Figure | None:
    """The share of the procedures decided in the period; None if the unit has no catalogue."""
    if not entries(setting):
        return None
    return timeliness(part_of(entry, setting.law) for entry in decided(setting))


def part_of(entry: CatalogueEntry, law: Law) -> str:
    """Whether a decided procedure was published on time, or why nobody can say."""
    days = allowed_days(entry, DEFINITION.id, law)
    return in_time(entry.published_on, entry.decision_on, days, law.calendar_of(entry.unit))
