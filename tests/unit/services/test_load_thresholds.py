"""Thresholds of the release, and what is refused."""

import shutil
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.points import DECISION_766, PAR_INDEX, Rule, Thresholds, points, total
from services.load_thresholds import FILE, load_thresholds

REFERENCE = Path(__file__).parents[3] / "services" / "reference"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 9, 30)
RELEASED = (REFERENCE / FILE).read_text(encoding="utf-8")


def load(directory: Path) -> tuple[Thresholds, list[str]]:
    problems: list[str] = []
    return load_thresholds(directory, ZONE, problems), problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(REFERENCE / FILE, tmp_path)
    return tmp_path


def problems_of(folder: Path, text: str) -> list[str]:
    (folder / FILE).write_text(text, encoding="utf-8")
    return load(folder)[1]


def released() -> Thresholds:
    thresholds, problems = load(REFERENCE)
    assert problems == []
    return thresholds


def test_the_groups_of_decision_766_have_the_maxima_of_the_portal() -> None:
    maxima: Counter[str] = Counter()
    for row in released().table(DECISION_766, DAY):
        maxima[row.group] += row.max_points
    assert maxima == {
        "publicity": 18,
        "progress": 20,
        "online-service": 12,
        "online-payment": 10,
        "digitisation": 22,
        "satisfaction": 18,
    }


def test_every_indicator_of_decision_766_has_its_rule_and_threshold() -> None:
    table = released().table(DECISION_766, DAY)
    assert len(table) == 22
    capped = {row.indicator: row.threshold for row in table if row.rule is Rule.CAP}
    assert capped == {"3.1": 80, "3.3": 50, "3.5a": 80, "3.5b": 80, "4.3": 80, "5.4": 90}
    assert {row.indicator: row.without_data for row in table if row.without_data is not None} == {
        "5.2": 6,
        "5.3": 6,
        "5.4": 0,
    }
    assert [row.indicator for row in table if row.max_points == 0] == ["2.2"]
    assert {row.rule for row in table} == {Rule.LINEAR, Rule.CAP}


def test_a_city_that_does_everything_has_100_points_but_for_what_nobody_can_compute() -> None:
    table = released().table(DECISION_766, DAY)
    given = {row.indicator: points(row, 7, 7) for row in table if row.indicator != "4.6"}
    found = total(table, given)
    assert (found.points, found.of_max, found.max_points, found.missing) == (Fraction(98), 98, 100, ("4.6",))


def test_the_choice_between_two_contradicting_sources_is_told_in_the_row() -> None:
    row = released().of("4.2", DAY)
    assert row is not None
    assert (row.rule, "contradict" in row.note) == (Rule.LINEAR, True)


def test_before_the_decision_no_row_is_in_force() -> None:
    assert released().table(DECISION_766, date(2022, 6, 22)) == ()
    assert len(released().table(DECISION_766, date(2022, 6, 23))) == 22


def test_the_rule_of_the_par_index_is_illustrative_and_loses_the_districts_with_the_reform() -> None:
    before, after = (released().table(PAR_INDEX, day) for day in (date(2025, 6, 30), date(2025, 7, 1)))
    assert [row.indicator.removeprefix("par.on-time.") for row in before] == [
        "department",
        "district",
        "commune",
    ]
    assert [row.indicator.removeprefix("par.on-time.") for row in after] == ["department", "commune"]
    assert {(row.rule, row.threshold, row.verified) for row in before} == {(Rule.FLOOR, 95, "illustrative")}


@pytest.mark.parametrize(
    ("indicator", "step", "working_days"),
    [
        ("1.1", "ministry", 20),
        ("1.1", "province", 5),
        ("1.2", "ministry", 10),
        ("1.2", "province", 5),
        ("5.2", "reject", 2),
        ("5.2", "ask-more", 5),
        ("5.2", "resolve", 15),
        ("5.2", "publish", 2),
    ],
)
def test_an_indicator_allows_a_step_its_working_days(indicator: str, step: str, working_days: int) -> None:
    row = released().allowance(indicator, step, DAY)
    assert row is not None
    assert row.working_days == working_days


CHANGE = """
[[threshold]]
table = "766"
indicator = "3.1"
group = "online-service"
max_points = 2
rule = "cap"
threshold = 90
valid_from = 2027-01-01
known_from = 2026-12-01
source = "decision"
verified = "one-source"
"""


def test_a_change_is_a_new_row_known_from_the_midnight_of_its_day_in_the_zone(folder: Path) -> None:
    assert problems_of(folder, RELEASED + CHANGE) == []
    row = load(folder)[0].of("3.1", date(2027, 1, 1))
    assert row is not None
    assert row.threshold == 90
    midnight = 1_796_058_000_000
    assert row.known_from == midnight
    assert load(folder)[0].at(midnight - 1).of("3.1", date(2027, 1, 1)) == load(folder)[0].of("3.1", DAY)


ALLOWANCE = """
[[allowance]]
indicator = "5.2"
step = "reject"
working_days = 3
valid_from = 2023-01-01
source = "s"
verified = "one-source"
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            CHANGE.replace('"3.1"', '"9.1"'),
            "[[threshold]] row 26: indicator: '9.1' is unknown; the closed list is 1.1, ",
        ),
        (CHANGE.replace('"766"', '"767"'), "table: '767' is unknown; the closed list is 766, par-index"),
        (CHANGE.replace("online-service", "publicness"), "group: 'publicness' is unknown"),
        (
            CHANGE.replace('"cap"', '"square"'),
            "rule: 'square' is unknown; the closed list is linear, cap, floor",
        ),
        (CHANGE.replace('"cap"', '"linear"'), "threshold: a linear rule has none"),
        (CHANGE.replace("threshold = 90\n", ""), "field 'threshold' is missing"),
        (CHANGE.replace("= 90", "= 101"), "threshold: 101 is more than 100 per cent"),
        (CHANGE.replace("= 90", "= 0"), "threshold: 0 is not a whole number of at least 1"),
        (CHANGE.replace("points = 2", "points = 2.5"), "max_points: 2.5 is not a whole number"),
        (CHANGE.replace("points = 2", "points = true"), "max_points: True is not a whole number"),
        (CHANGE.replace("points = 2", "points = -1"), "max_points: -1 is not a whole number"),
        (CHANGE + 'none = "half"\n', "none: 'half' is unknown; the closed list is full, zero"),
        (CHANGE + 'nones = "full"\n', "nones: is no field of this row; the fields are "),
        (CHANGE + 'note = ""\n', "note: '' is not a text"),
        (CHANGE.replace('source = "decision"\n', ""), "[[threshold]] row 26: field 'source' is missing"),
        (CHANGE.replace('"decision"', '" "'), "[[threshold]] row 26: source: is empty"),
        (CHANGE.replace('"one-source"', '"sure"'), "verified: 'sure' is unknown"),
        (CHANGE.replace("valid_from = 2027-01-01\n", ""), "field 'valid_from' is missing"),
        (CHANGE.replace("2027-01-01", '"2027"'), "valid_from: '2027' is not a date"),
        (CHANGE + "valid_to = 2027-01-01\n", "valid_to: 2027-01-01 is not after valid_from"),
        (CHANGE.replace("2026-12-01", '"then"'), "known_from: 'then' is not a date"),
        (CHANGE.replace("2026-12-01", "2026-12-01T00:00:00"), "known_from: "),
        (
            CHANGE.replace("known_from = 2026-12-01\n", ""),
            "indicator 3.1: its row valid from 2027-01-01 and the row of thresholds.toml valid from 2022-06-23 hold on",
        ),
        (
            CHANGE.replace("points = 2", "points = 3"),
            "table 766: the maximum points in force on 2027-01-01 sum to 101, not 100; correct max_points, or add",
        ),
        (
            CHANGE
            + "valid_to = 2028-01-01\n"
            + CHANGE.replace("points = 2", "points = 3").replace("2026-12-01", "2026-11-01"),
            "2027-01-01 sum to 101",
        ),
        (
            ALLOWANCE,
            "allowance 5.2 reject: its row valid from 2023-01-01 and the row of",
        ),
        (
            ALLOWANCE.replace("days = 3", 'days = "3"'),
            "[[allowance]] row 9: working_days: '3' is not a whole number",
        ),
        (ALLOWANCE + "unit = 1\n", "[[allowance]] row 9: unit: is no field of this row"),
    ],
)
def test_a_bad_row_is_named_with_its_remedy(folder: Path, text: str, message: str) -> None:
    [line] = problems_of(folder, RELEASED + text)
    assert line.startswith("thresholds.toml: ")
    assert message in line


def test_a_day_on_which_a_row_ends_without_another_has_a_wrong_sum(folder: Path) -> None:
    ended = CHANGE.replace("2027-01-01", "2022-06-23") + "valid_to = 2026-06-01\n"
    [line] = problems_of(folder, RELEASED + ended)
    assert "in force on 2026-06-01 sum to 98, not 100" in line


def test_all_problems_are_told_at_once_and_sums_only_of_good_rows(folder: Path) -> None:
    bad = CHANGE.replace('"3.1"', '"9.1"') + CHANGE.replace('"cap"', '"square"') + ALLOWANCE
    found = problems_of(folder, RELEASED + bad)
    assert [line.split(": ")[1] for line in found] == [
        "[[threshold]] row 26",
        "[[threshold]] row 27",
        "allowance 5.2 reject",
    ]


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    assert any("thresholds.toml: cannot be read" in line for line in load(tmp_path)[1])
