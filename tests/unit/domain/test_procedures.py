"""The rule of a procedure: by stem, level and day, with local limits, as known at an instant."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.domain import procedures
from services.domain.calendar import Limit, LimitUnit
from services.domain.procedures import LocalLimit, Procedure, Procedures, problems, stem_of

DAY = date(2026, 3, 2)
STEM = "1.013225"
WARD_PATH = ("10507@2025-07-01", "31@2025-07-01", "all")


def days(amount: int) -> Limit:
    return Limit(amount, LimitUnit.WORKING_DAYS)


def row(amount: int, *levels: str, **fields: Any) -> Procedure:
    return Procedure(
        **{
            "stem": STEM,
            "levels": levels or ("commune",),
            "limit": days(amount),
            "source": "law",
            "verified": "one-source",
        }
        | fields
    )


def local(scope: str, amount: int, **fields: Any) -> LocalLimit:
    return LocalLimit(
        **{
            "scope": scope,
            "stem": STEM,
            "limit": days(amount),
            "source": "decision",
            "verified": "one-source",
        }
        | fields
    )


def amount(
    table: Procedures, level: str | None = "commune", day: date = DAY, path: tuple[str, ...] = ()
) -> int | None:
    """The limit that rules, in days."""
    rule = table.rule(STEM, level, day, path)
    return None if rule is None or rule.limit is None else rule.limit.amount


@pytest.mark.parametrize(
    ("code", "stem"),
    [
        ("1.001193", "1.001193"),
        ("1.001193.02", "1.001193"),
        ("1.010708.000.00.00.H56", "1.010708"),
        ("2.000815.000.00.00.H55.02", "2.000815"),
        ("1.115142", "1.115142"),
        ("6.006710.000.00.12.H24", "6.006710"),
        ("1.0011930", "1.0011930"),
        ("1.0011930.02", "1.0011930.02"),
        ("1.00119.02", "1.00119.02"),
        ("11.001193", "11.001193"),
        ("1.001193-02", "1.001193-02"),
        ("1.001193.", "1.001193."),
        ("", ""),
        ("Khai sinh", "Khai sinh"),
        ("unknown", "unknown"),
    ],
)
def test_a_code_has_the_stem_before_its_suffixes_and_other_text_stays(code: str, stem: str) -> None:
    assert stem_of(code) == stem


@pytest.mark.parametrize(
    ("day", "limit"),
    [
        (date(2025, 6, 30), None),
        (date(2025, 7, 1), 20),
        (date(2026, 6, 30), 20),
        (date(2026, 7, 1), 10),
        (date(2040, 1, 1), 10),
    ],
)
def test_the_row_in_force_on_the_day_of_acceptance_rules(day: date, limit: int | None) -> None:
    table = Procedures(
        [
            row(20, valid_from=date(2025, 7, 1), valid_to=date(2026, 7, 1)),
            row(10, valid_from=date(2026, 7, 1)),
        ]
    )
    assert amount(table, day=day) == limit


def test_a_dated_row_wins_over_an_undated_one_while_it_holds() -> None:
    table = Procedures([row(5), row(7, valid_from=date(2026, 1, 1), valid_to=date(2026, 4, 1))])
    assert [amount(table, day=date(2026, month, 1)) for month in (1, 3, 4)] == [7, 7, 5]
    assert amount(table, day=date(2025, 12, 31)) == 5


def test_a_dated_row_of_a_former_level_wins_over_the_undated_one_of_the_present_level() -> None:
    table = Procedures(
        [row(15, "district", valid_from=date(2016, 1, 1), valid_to=date(2025, 7, 1)), row(5, "commune")]
    )
    assert amount(table, "commune", date(2025, 6, 30)) == 15
    assert amount(table, "commune", date(2025, 7, 1)) == 5
    assert amount(table, "district", date(2025, 7, 1)) == 5


def test_the_level_chooses_among_several_rows() -> None:
    table = Procedures([row(1, "commune"), row(3, "department", "ministry")])
    assert [amount(table, level) for level in ("commune", "department", "ministry")] == [1, 3, 3]


def test_a_city_decides_at_the_level_of_its_departments() -> None:
    assert amount(Procedures([row(1, "commune"), row(3, "department")]), "province") == 3


def test_without_its_level_the_sole_row_rules_and_of_several_none() -> None:
    sole = Procedures([row(3, "department", "ministry")])
    several = Procedures([row(1, "commune"), row(3, "department")])
    assert [amount(sole, level) for level in ("commune", None)] == [3, 3]
    assert [several.rule(STEM, level, DAY) for level in ("district", None)] == [None, None]


def test_a_procedure_that_is_not_in_the_table_has_no_rule() -> None:
    table = Procedures([row(3)])
    assert table.rule("9.999999", "commune", DAY) is None
    assert (table.knows(STEM), table.knows("9.999999")) == (True, False)


def test_a_row_known_later_replaces_the_one_with_the_same_first_day_once_it_is_known() -> None:
    since = date(2026, 1, 1)
    table = Procedures(
        [
            row(20, valid_from=since),
            row(10, valid_from=since, known_from=1000),
            row(9, "ministry", known_from=2000),
        ]
    )
    assert [amount(table.at(known_at)) for known_at in (999, 1000, None)] == [20, 10, 10]
    assert len(table.at(1999).rows) == 2


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    table = Procedures([row(1, "commune"), row(3, "department")], [local("31", 2, levels=("department",))])
    asked = [
        ("commune", ()),
        ("department", ()),
        ("department", WARD_PATH),
        ("department", ()),
        ("commune", WARD_PATH),
    ]
    assert [amount(table, level, path=path) for level, path in asked] == [1, 3, 2, 3, 1]


def test_answers_are_not_kept_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procedures, "_KEPT_ANSWERS", 10)
    table = Procedures([row(1)])
    assert {amount(table, day=DAY + timedelta(n)) for n in range(100)} == {1}
    assert len(table._answers) <= 10


def test_the_nearest_local_limit_replaces_the_national_one_and_nothing_else() -> None:
    table = Procedures(
        [row(20, fee=False, notes=("complete_dossier",))],
        [local("31", 10), local("10507", 8, known_from=500)],
    )
    ward = table.rule(STEM, "commune", DAY, WARD_PATH)
    assert ward is not None
    assert ward.known_from == 500
    assert (ward.limit, ward.scope, ward.source) == (days(8), "10507", "decision")
    assert (ward.fee, ward.notes, ward.levels) == (False, ("complete_dossier",), ("commune",))
    assert amount(table, path=("10508", "31", "all")) == 10
    assert amount(table, path=("1", "all")) == 20


def test_a_local_limit_may_name_the_very_unit_of_a_code_that_was_used_twice() -> None:
    table = Procedures([row(20)], [local("10507@2025-07-01", 8)])
    assert amount(table, path=WARD_PATH) == 8
    assert amount(table, path=("10507", "31", "all")) == 20


def test_a_local_limit_holds_for_its_days_its_level_and_once_it_is_known() -> None:
    first = {"valid_from": date(2026, 3, 1), "valid_to": date(2026, 4, 1)}
    table = Procedures(
        [row(20, "commune"), row(30, "department")],
        [local("31", 9), local("31", 8, **first), local("31", 7, levels=("department",), known_from=500)],
    )
    on = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [amount(table, day=day, path=WARD_PATH) for day in on] == [9, 8, 8, 9]
    assert amount(table, "department", path=WARD_PATH) == 7
    assert amount(table, "province", path=WARD_PATH) == 7
    assert amount(table.at(499), "department", path=WARD_PATH) == 8


def test_a_local_limit_of_the_same_day_brings_the_15_hours_rule_with_it() -> None:
    rule = Procedures([row(20)], [local("31", 0, is_same_day=True)]).rule(STEM, "commune", DAY, WARD_PATH)
    assert rule is not None
    assert (rule.is_same_day, rule.after_15h) == (True, True)


def test_a_local_limit_does_not_make_a_rule_where_there_is_none() -> None:
    table = Procedures([row(20, valid_from=date(2026, 7, 1))], [local("31", 10)])
    assert table.rule(STEM, "commune", DAY, WARD_PATH) is None


@pytest.mark.parametrize(
    ("rows", "spans"),
    [
        ([row(1), row(2)], "undated and undated"),
        ([row(1, valid_to=date(2026, 1, 1)), row(2)], "undated until 2026-01-01 and undated"),
        (
            [row(1, valid_from=date(2026, 1, 1)), row(2, valid_from=date(2026, 7, 1))],
            "from 2026-01-01 and from 2026-07-01",
        ),
        ([row(1, "commune", "department"), row(2, "commune")], "undated and undated"),
    ],
)
def test_two_rows_that_rule_the_same_case_are_a_problem(rows: list[Procedure], spans: str) -> None:
    assert problems(rows) == [
        f"{STEM} commune: two rows in force together, {spans}; end or date one of them",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [row(1), row(2, valid_from=date(2026, 1, 1))],
        [row(1, "commune"), row(2, "department")],
        [row(1, valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1)), row(2, valid_from=date(2026, 1, 1))],
        [row(1), row(2, known_from=1000)],
        [row(1), row(2, stem="1.000001")],
    ],
)
def test_rows_of_which_one_decides_are_no_problem(rows: list[Procedure]) -> None:
    assert problems(rows) == []


def test_local_limits_that_collide_or_are_of_nothing_are_problems() -> None:
    found = problems(
        [row(20)],
        [
            local("31", 1),
            local("31", 2),
            local("32", 1),
            local("31", 3, levels=("commune",)),
            local("31", 4, valid_from=date(2026, 1, 1)),
            local("31", 1, stem="1.999999"),
        ],
    )
    assert found == [
        "local limit of 31 for 1.999999: no such procedure; add its row or correct the code",
        f"{STEM} 31 every level: two rows in force together, undated and undated; end or date one of them",
    ]
