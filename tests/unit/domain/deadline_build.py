"""Limits, supplements and extensions for tests, on the country's working calendar of the release."""

from datetime import time
from functools import cache
from typing import Any

from services.domain.calendar import Calendar, Limit, LimitUnit
from services.domain.deadline import Extension, Supplement
from services.domain.procedures import RESTART, Procedure
from services.domain.rule_sets import RuleSet
from services.load_calendar import load
from services.rules import REFERENCE_DIR
from tests.unit.domain.build import at


@cache
def country() -> Calendar:
    problems: list[str] = []
    found = load(REFERENCE_DIR, problems).processing("VN")
    assert problems == []
    assert found is not None
    return found


def procedure(amount: int, unit: LimitUnit = LimitUnit.WORKING_DAYS, **fields: Any) -> Procedure:
    return Procedure("1.001022", ("commune",), Limit(amount, unit), "the law", "two-sources", **fields)


RULE_SET = RuleSet("a decree", time(15), 24 * 3_600_000, 1, "the decree", "two-sources")
THREE_DAYS = procedure(3)
RESTARTING = procedure(3, supplement=RESTART)
FIFTEEN_CALENDAR_DAYS = procedure(15, LimitUnit.CALENDAR_DAYS)
TWELVE_CALENDAR_DAYS = procedure(12, LimitUnit.CALENDAR_DAYS)
ONE_MONTH = procedure(1, LimitUnit.MONTHS)
ONE_HOUR = procedure(1, LimitUnit.HOURS)
SAME_DAY = procedure(0, is_same_day=True, after_15h=True)
RECEIVED = "Mon 2026-01-05 09:00"  # three working days later: Thu 2026-01-08 09:00
NEW = "Thu 2026-01-15 10:00"


def supplement(asked: str, given: str | None) -> Supplement:
    return Supplement(at(asked), None if given is None else at(given))


def extension(made: str, due: str, apology: str | None) -> Extension:
    return Extension(at(made), at(due), None if apology is None else at(apology))


OVERLAPPING = (
    supplement("Tue 2026-01-06 09:00", "Tue 2026-01-06 11:00"),
    supplement("Tue 2026-01-06 10:00", "Tue 2026-01-06 14:00"),
)
