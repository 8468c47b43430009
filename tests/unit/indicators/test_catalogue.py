"""Which procedures of the imported catalogue a unit has on a day, and the working days that 1.1 and 1.2 allow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from services.domain.cells import Pool
from services.domain.imports import CatalogueEntry, Imports
from services.domain.indicator import Figure, Setting
from services.domain.organisations import ALL
from services.domain.points import Allowance, Thresholds
from services.indicators.answers import Answer
from services.indicators.catalogue import (
    allowed_days,
    authority,
    by_procedure,
    decided,
    entries,
    in_time,
    timeliness,
)
from tests.unit.indicators.build import LAW, LOCAL, PAPER, REGISTER, counts_of, entry

CALENDAR = LAW.calendar_of("W")


def setting(
    rows: Sequence[CatalogueEntry],
    unit: str = "W",
    period: str = "2026-01",
    as_of: str = "Thu 2026-12-31 12:00",
) -> Setting:
    imports = Imports(catalogue=rows)
    return counts_of(Pool(LAW.organisations.path), unit, ALL, period, as_of, LAW, imports)[1]


def found(rows: Sequence[CatalogueEntry], unit: str) -> list[tuple[str, str, str]]:
    return [(row.procedure, row.level, row.unit) for row in entries(setting(rows, unit))]


ROWS = [
    entry("1.000001", "C", "commune"),
    entry("1.000001", "C", "department"),
    entry("1.000002", "C", "district"),
    entry("1.000003", "C", "ministry"),
    entry("1.000004", "V", "commune"),
    entry("1.000005", "D", "department"),
]


@pytest.mark.parametrize(
    ("unit", "procedures"),
    [
        ("W", [("1.000001", "commune", "C")]),
        ("V", [("1.000001", "commune", "C"), ("1.000004", "commune", "V")]),
        ("X", [("1.000002", "district", "C")]),
        ("D", [("1.000001", "department", "C"), ("1.000005", "department", "D")]),
        (
            "C",
            [
                ("1.000001", "commune", "C"),
                ("1.000001", "department", "C"),
                ("1.000002", "district", "C"),
                ("1.000003", "ministry", "C"),
                ("1.000004", "commune", "V"),
                ("1.000005", "department", "D"),
            ],
        ),
        ("stranger", []),
    ],
)
def test_a_unit_has_the_procedures_of_its_level_and_a_city_all_below_it(
    unit: str, procedures: list[tuple[str, str, str]]
) -> None:
    assert found(ROWS, unit) == procedures


def test_all_units_together_have_what_the_city_has() -> None:
    assert found(ROWS, ALL) == found(ROWS, "C")


def test_a_procedure_of_several_units_counts_once() -> None:
    rows = [entry(unit="W"), entry(unit="V")]
    assert found(rows, "C") == [(PAPER, "commune", "V")]
    assert found(rows, "W") == [(PAPER, "commune", "W")]


def test_a_row_counts_on_the_days_on_which_it_is_in_force() -> None:
    rows = [entry(valid_from=date(2026, 1, 31)), entry(REGISTER, valid_to=date(2026, 1, 31))]
    assert [row.procedure for row in entries(setting(rows, period="2026-01"))] == [PAPER]
    before = setting(rows, period="2026-01", as_of="Fri 2026-01-30 23:59")
    assert [row.procedure for row in entries(before)] == [REGISTER]


def test_two_imports_are_told_apart() -> None:
    assert entries(setting([entry(PAPER)])) != entries(setting([entry(REGISTER)]))


def decided_in(period: str, as_of: str, *days: date | None) -> list[date | None]:
    rows = [entry(f"1.{n:06d}", decision_on=day) for n, day in enumerate(days)]
    return [row.decision_on for row in decided(setting(rows, period=period, as_of=as_of))]


def test_decisions_of_the_first_and_the_last_day_of_a_period_are_in_it() -> None:
    first, last = date(2026, 2, 1), date(2026, 2, 28)
    assert decided_in(
        "2026-02", "Thu 2026-12-31 12:00", date(2026, 1, 31), first, last, date(2026, 3, 1), None
    ) == [
        first,
        last,
    ]


def test_decisions_after_the_reporting_day_are_not_known() -> None:
    today, tomorrow = date(2026, 2, 10), date(2026, 2, 11)
    assert decided_in("2026-02", "Tue 2026-02-10 00:00", today, tomorrow) == [today]


def test_a_quarter_has_the_decisions_of_its_months() -> None:
    days = date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1)
    assert decided_in("2026-Q2", "Thu 2026-12-31 12:00", *days) == [*days[1:3]]


@pytest.mark.parametrize(
    ("answers", "of_procedure"),
    [
        ((True, False), True),
        ((False, True), True),
        ((False, None), None),
        ((None, True), True),
        ((False, False), False),
    ],
)
def test_a_procedure_says_yes_if_it_does_at_any_level(
    answers: tuple[Answer, Answer], of_procedure: Answer
) -> None:
    rows = [
        entry(level=level, has_fee=fee) for level, fee in zip(("commune", "district"), answers, strict=True)
    ]
    assert by_procedure([*rows, entry(LOCAL)], lambda row: row.has_fee) == {PAPER: of_procedure, LOCAL: None}


@pytest.mark.parametrize(
    ("level", "whose"),
    [
        ("ministry", "ministry"),
        ("department", "province"),
        ("district", "province"),
        ("commune", "province"),
    ],
)
def test_a_ministry_has_an_allowance_of_its_own(level: str, whose: str) -> None:
    assert authority(level) == whose


@pytest.mark.parametrize(
    ("indicator", "level", "days"),
    [("1.1", "commune", 5), ("1.1", "ministry", 20), ("1.2", "department", 5), ("1.2", "ministry", 10)],
)
def test_the_allowed_days_are_those_of_indicator_and_level(indicator: str, level: str, days: int) -> None:
    assert allowed_days(entry(level=level, decision_on=date(2026, 1, 5)), indicator, LAW) == days


def test_the_allowed_days_are_those_of_the_day_of_the_decision() -> None:
    longer = Allowance("1.1", "province", 7, date(2026, 2, 1), None, None, "", "")
    law = replace(LAW, thresholds=Thresholds((), [longer]))
    assert allowed_days(entry(decision_on=date(2026, 1, 31)), "1.1", law) is None
    assert allowed_days(entry(decision_on=date(2026, 2, 1)), "1.1", law) == 7


@pytest.mark.parametrize(
    ("on", "start", "days", "part"),
    [
        # Mon 2026-01-05 and five working days: Mon 2026-01-12
        (date(2026, 1, 12), date(2026, 1, 5), 5, "on_time"),
        (date(2026, 1, 13), date(2026, 1, 5), 5, "late"),
        (date(2026, 1, 4), date(2026, 1, 5), 5, "on_time"),
        # four working days before Thu 2026-01-08 is Fri 2026-01-02; five before Mon 2026-01-05 is in December
        (date(2026, 1, 2), date(2026, 1, 8), -4, "on_time"),
        (date(2026, 1, 3), date(2026, 1, 8), -4, "late"),
        (date(2026, 1, 2), date(2026, 1, 5), -5, "uncovered"),
        (date(2027, 1, 4), date(2026, 12, 31), 1, "uncovered"),
        (date(2027, 1, 4), date(2027, 1, 4), 1, "uncovered"),
        (None, date(2026, 1, 5), 5, "undated"),
        (date(2026, 1, 5), None, 5, "undated"),
        (None, None, None, "undated"),
        (date(2026, 1, 5), date(2026, 1, 5), None, "uncovered"),
    ],
)
def test_the_last_working_day_is_still_on_time(
    on: date | None, start: date | None, days: int | None, part: str
) -> None:
    assert in_time(on, start, days, CALENDAR) == part


def test_without_a_calendar_nobody_can_say() -> None:
    assert in_time(date(2026, 1, 5), date(2026, 1, 5), 5, None) == "uncovered"


def test_what_nobody_can_judge_is_in_the_total_alone() -> None:
    parts = ["on_time"] * 4 + ["late"] * 3 + ["undated"] * 2 + ["uncovered"]
    assert timeliness(parts) == Figure(4, 7, 10, {"on_time": 4, "late": 3, "undated": 2, "uncovered": 1})
    assert timeliness([]) == Figure(0, 0, 0, {"on_time": 0, "late": 0, "undated": 0, "uncovered": 0})
