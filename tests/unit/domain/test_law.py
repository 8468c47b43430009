"""The reference data of one instant of knowledge, asked together."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from services.domain.calendar import Limit, LimitUnit
from services.domain.calendars import CalendarKind, Calendars, DayRow, Sessions, WeekRow
from services.domain.organisations import Organisations, Unit
from services.domain.policy import Stands
from services.domain.procedures import LocalLimit, Procedure, Procedures
from tests.unit.domain.build import LAW, ZONE, at
from tests.unit.domain.calendar_build import FULL
from tests.unit.domain.timeline_build import HAND_OVER, PORTAL

UNITS = (
    Unit("city", "", "city", None, None, "test", jurisdiction="VN"),
    Unit("ward", "", "ward", "city", None, "test"),
    Unit("office", "", "department", "city", None, "test"),
    Unit("abroad", "", "city", None, None, "test", jurisdiction="XX"),
)
STEM = "1.000001"


def rule(days: int, level: str, valid_from: date = date.min) -> Procedure:
    limit = Limit(days, LimitUnit.WORKING_DAYS)
    return Procedure(STEM, (level,), limit, "test", "test", valid_from=valid_from)


SMALL = replace(
    LAW,
    policies=(PORTAL, HAND_OVER, replace(PORTAL, name="second")),
    organisations=Organisations(UNITS, (), ZONE),
    procedures=Procedures(
        [rule(1, "commune"), rule(2, "department"), rule(3, "commune", date(2026, 2, 1))],
        [LocalLimit("ward", STEM, Limit(9, LimitUnit.HOURS), "", "", valid_from=date(2026, 3, 1))],
    ),
)


def test_a_track_has_its_policies_in_their_order() -> None:
    assert [policy.name for policy in SMALL.track(Stands.PROCESSING)] == ["portal", "second"]
    assert [policy.name for policy in SMALL.track(Stands.HAND_OVER)] == ["publication"]


def limit(unit: str, when: str) -> Limit | None:
    found = SMALL.procedure_of(STEM, unit, at(when))
    return None if found is None else found.limit


def test_a_rule_is_that_of_the_level_of_the_unit_on_the_day_of_reception() -> None:
    assert limit("office", "Mon 2026-01-05 08:00") == Limit(2, LimitUnit.WORKING_DAYS)
    assert limit("ward", "Sat 2026-01-31 23:59 +59999ms") == Limit(1, LimitUnit.WORKING_DAYS)
    assert limit("ward", "Sun 2026-02-01 00:00") == Limit(3, LimitUnit.WORKING_DAYS)


def test_a_rule_of_a_unit_is_found_by_its_path() -> None:
    assert limit("ward", "Sun 2026-03-01 00:00") == Limit(9, LimitUnit.HOURS)
    assert SMALL.procedure_of("2.000001", "ward", 0) is None


def test_the_calendar_of_a_unit_is_that_of_its_jurisdiction() -> None:
    calendar = SMALL.calendar_of("ward")
    assert calendar is SMALL.calendar_of("ward")
    assert calendar is not None
    assert calendar.zone == ZoneInfo("Asia/Ho_Chi_Minh")
    assert calendar.name == "VN processing"


def test_a_unit_of_the_city_works_by_the_days_of_the_city() -> None:
    own = LAW.calendar_of("10507@2025-07-01")
    assert own is not None
    assert own.is_working(date(2026, 1, 5))
    assert own is LAW.calendar_of("10525@2025-07-01")


def test_a_unit_with_days_of_its_own_works_by_them() -> None:
    kinds, since, until = frozenset(CalendarKind), date(2026, 3, 1), date(2026, 3, 31)
    week: tuple[Sessions | None, ...] = (FULL,) * 5 + ((), ())
    rows = [
        WeekRow("VN", "VN", kinds, ZONE, since, until, week, None, "test"),
        WeekRow("VN", "ward", kinds, None, since, until, (None,) * 7, None, "test"),
    ]
    closed = DayRow("ward", kinds, date(2026, 3, 4), False, None, None, "why", "test")
    law = replace(SMALL, calendars=Calendars(rows, [closed]))
    ward, office = law.calendar_of("ward"), law.calendar_of("office")
    assert ward is not None
    assert office is not None
    assert [calendar.is_working(date(2026, 3, 4)) for calendar in (ward, office)] == [False, True]


def test_a_unit_without_a_known_jurisdiction_has_no_calendar_however_often_it_is_asked_for() -> None:
    for unit in ("stranger", "abroad", "stranger", "abroad"):
        assert SMALL.calendar_of(unit) is None


def test_what_a_law_has_looked_up_is_no_part_of_it() -> None:
    one, other = replace(SMALL), replace(SMALL)
    assert one.calendar_of("ward") is not None
    assert one == other
    assert repr(one) == repr(other)


def test_a_law_that_was_changed_keeps_no_answer_of_the_old_one() -> None:
    assert SMALL.calendar_of("ward") is not None
    assert replace(SMALL, organisations=Organisations()).calendar_of("ward") is None


def test_a_law_counts_nothing_of_its_own_and_knows_no_backfill_or_threshold_unless_given() -> None:
    bare = type(SMALL)(*(getattr(SMALL, name) for name in SMALL.__slots__[:7]))
    assert (tuple(bare.counts), tuple(bare.backfills)) == ((), ())
    assert bare.thresholds.table("766", date(2026, 1, 1)) == ()
