"""The file of rule sets: what it says is read, what cannot be meant is refused with file, row and remedy."""

from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.rule_sets import RuleSet
from services.load_rule_sets import load
from services.rules import REFERENCE_DIR

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GOOD = {
    "name": '"a decree"',
    "valid_from": "2025-07-01",
    "valid_to": "2026-07-01",
    "known_from": "2025-06-01",
    "hand_on_after": "15:30:00",
    "apology_ahead_hours": "24",
    "new_appointments": "1",
    "source": '"the decree"',
    "verified": '"one-source"',
}


def read(folder: Path, *rows: dict[str, str]) -> tuple[tuple[RuleSet, ...], list[str]]:
    lines = ["[[rule_set]]\n" + "".join(f"{name} = {value}\n" for name, value in row.items()) for row in rows]
    (folder / "rule_sets.toml").write_text("\n".join(lines), encoding="utf-8")
    problems: list[str] = []
    return load(folder, problems, ZONE).rows, problems


def test_a_row_is_read_with_hours_as_milliseconds_and_days_from_midnight(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, GOOD)
    known_from = 1_748_710_800_000  # 2025-06-01T00:00+07:00
    assert problems == []
    assert rows == (
        RuleSet(
            *("a decree", time(15, 30), 86_400_000, 1, "the decree", "one-source"),
            *(date(2025, 7, 1), date(2026, 7, 1), known_from),
        ),
    )


def test_dates_may_be_left_out(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, {k: v for k, v in GOOD.items() if not k.startswith(("valid", "known"))})
    assert problems == []
    assert (rows[0].valid_from, rows[0].valid_to, rows[0].known_from) == (date.min, None, None)


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("valid_to", "2025-07-01", "valid_to: 2025-07-01 is not after valid_from"),
        ("hand_on_after", '"15:00"', "hand_on_after: '15:00' is not a time; write 15:00:00 without quotes"),
        ("new_appointments", "2", "new_appointments: 2; the law knows 0 or 1"),
        ("apology_ahead_hours", "-1", "apology_ahead_hours: -1 is not a whole number of at least 0"),
        ("apology_ahead_hour", "24", "apology_ahead_hour: is no field of this row"),
        ("verified", '"perhaps"', "verified: 'perhaps' is unknown"),
        ("source", '""', "source: is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(
    tmp_path: Path, field: str, value: str, problem: str
) -> None:
    _, problems = read(tmp_path, GOOD, {**GOOD, field: value})
    assert [line for line in problems if line.startswith(f"rule_sets.toml: row 2: {problem}")]


def test_rows_of_one_day_are_refused(tmp_path: Path) -> None:
    _, problems = read(tmp_path, GOOD, {**GOOD, "name": '"another"'})
    assert problems == [
        "rule_sets.toml: a decree and another: two rows in force together; end or date one of them"
    ]


def test_the_project_has_rules_for_every_day_from_the_beginning_on() -> None:
    problems: list[str] = []
    rules = load(REFERENCE_DIR, problems, ZONE)
    assert problems == []
    days = [date(2019, 1, 1), date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31), date(2026, 8, 5)]
    found = [rules.on(day) for day in days]
    assert [None if row is None else row.name.split(",")[0] for row in found] == [
        *["Decree 61/2018/NĐ-CP"] * 2,
        *["Decree 118/2025/NĐ-CP"] * 3,
    ]
    assert all(row is not None and row.hand_on_after == time(15) for row in found)
