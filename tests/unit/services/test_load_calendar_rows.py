"""What rows of the calendar's file say of each other: no overlap, no hole, nothing outside, nothing twice."""

from pathlib import Path

import pytest

from services.load_calendar import FILE, load
from tests.unit.services.calendar_rows import CITY, DAY, NATIONAL, read, refused


def test_the_zone_belongs_to_the_jurisdiction(tmp_path: Path) -> None:
    told = refused(tmp_path, NATIONAL, CITY, 'zone = "UTC"', DAY)
    assert told == f"{FILE}: [[calendar]] row 2: zone: belongs to the row of VN itself; leave it out"


def test_a_jurisdiction_keeps_one_zone(tmp_path: Path) -> None:
    later = NATIONAL.replace("2026-01-01", "2026-04-01").replace("2026-03-31", "2026-04-30")
    told = read(tmp_path, NATIONAL, later.replace("Asia/Ho_Chi_Minh", "UTC"), DAY)[1]
    problem = "has the zones Asia/Ho_Chi_Minh and UTC; a jurisdiction keeps one"
    assert told == [f"{FILE}: [[calendar]] VN {kind}: {problem}" for kind in ("processing", "reception")]


def stretch(since: str, until: str, known_from: str = "") -> str:
    row = NATIONAL.replace("2026-03-31", until).replace("2026-01-01", since)
    return row + (f"known_from = {known_from}\n" if known_from else "")


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([stretch("2026-04-01", "2026-04-30")], None),
        ([stretch("2026-04-02", "2026-04-30")], "no row has 2026-04-01 to 2026-04-01; close the hole"),
        (
            [stretch("2026-03-31", "2026-04-30")],
            "2026-03-31 is in two rows known from one instant; end the earlier",
        ),
        ([stretch("2026-03-31", "2026-04-30", "2026-02-01")], None),
        ([stretch("2026-02-01", "2026-02-02", "2026-01-10"), stretch("2026-04-01", "2026-04-02")], None),
    ],
)
def test_rows_of_a_layer_follow_each_other(tmp_path: Path, rows: list[str], problem: str | None) -> None:
    kinds = 'kinds = ["processing"]\n'
    told = read(tmp_path, DAY, kinds, *(row + kinds for row in [NATIONAL, *rows]))[1]
    assert [text.split(": ", 2)[:2] for text in told] == [[FILE, "[[calendar]] VN processing"]] * bool(
        problem
    )
    assert problem is None or problem in told[0]


@pytest.mark.parametrize(
    ("city", "problem"),
    [
        (
            CITY.replace("2026-02-01", "2025-12-31"),
            "reaches beyond the coverage of VN; shorten it or extend that",
        ),
        (
            CITY.replace("2026-03-31", "2026-04-01"),
            "reaches beyond the coverage of VN; shorten it or extend that",
        ),
        (CITY.replace('"VN"', '"NL"'), "NL has no row of this kind; add [[calendar]] NL"),
    ],
)
def test_a_layer_lies_within_its_jurisdiction(tmp_path: Path, city: str, problem: str) -> None:
    told = refused(tmp_path, NATIONAL, city, 'kinds = ["reception"]', DAY)
    assert told == f"{FILE}: [[calendar]] 31 reception: {problem}"


def test_a_layer_may_reach_over_rows_of_its_jurisdiction(tmp_path: Path) -> None:
    rows = [NATIONAL, stretch("2026-04-01", "2026-04-01"), CITY.replace("2026-03-31", "2026-04-01"), DAY]
    assert read(tmp_path, *rows)[1] == []
    early = CITY.replace("2026-03-31", "2026-02-01").replace("from = 2026-02-01", "from = 2025-12-31")
    told = read(tmp_path, *rows[:2], early, CITY.replace("2026-02-01", "2026-02-02"), DAY)[1]
    beyond = "reaches beyond the coverage of VN; shorten it or extend that"
    assert told == [f"{FILE}: [[calendar]] 31 {kind}: {beyond}" for kind in ("processing", "reception")]


def test_a_scope_has_one_jurisdiction(tmp_path: Path) -> None:
    dutch = NATIONAL.replace('"VN"', '"NL"')
    kinds = 'kinds = ["reception"]'
    told = refused(tmp_path, NATIONAL, dutch, CITY, kinds, CITY.replace('"VN"', '"NL"'), kinds, DAY)
    assert told == f"{FILE}: [[calendar]] 31 reception: also belongs to VN; a scope has one jurisdiction"


@pytest.mark.parametrize(
    ("first", "second", "is_refused"),
    [
        ("", "", True),
        ("", "known_from = 2026-02-01", False),
        ("known_from = 2026-02-01", "known_from = 2026-02-01T00:00:00+07:00", True),
        ("", "in_force = false", False),
        ('kinds = ["reception"]', 'kinds = ["processing"]', False),
        ('kinds = ["reception"]', "", True),
    ],
)
def test_a_day_has_one_row_for_each_layer_kind_and_instant(
    tmp_path: Path, first: str, second: str, is_refused: bool
) -> None:
    told = read(tmp_path, NATIONAL, DAY, first, DAY.replace('"off"', '"worked"'), second)[1]
    problem = f"{FILE}: [[day]] VN 2026-03-04: given twice, known from one instant; keep one row"
    assert told == [problem] * is_refused


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [("2026-01-31", True), ("2026-02-01", False), ("2026-03-31", False), ("2026-04-01", True)],
)
def test_a_day_lies_within_the_coverage_of_its_layer(tmp_path: Path, day: str, is_refused: bool) -> None:
    row = DAY.replace('"VN"', '"31"').replace("2026-03-04", day)
    told = read(tmp_path, NATIONAL, CITY, row)[1]
    outside = "is outside the coverage of 31 for processing; extend it, or leave out the row or its kind"
    assert told == [f"{FILE}: [[day]] 31 {day}: {outside}"] * is_refused


def test_a_day_is_of_a_kind_that_its_layer_has(tmp_path: Path) -> None:
    city = CITY + 'kinds = ["reception"]\n'
    row = DAY.replace('"VN"', '"31"')
    assert read(tmp_path, NATIONAL, city, row, 'kinds = ["reception"]')[1] == []
    assert "for processing" in refused(tmp_path, NATIONAL, city, row)


def test_a_day_belongs_to_a_layer(tmp_path: Path) -> None:
    told = refused(tmp_path, NATIONAL, DAY.replace('"VN"', '"VM"'))
    assert (
        told == f"{FILE}: [[day]] VM 2026-03-04: 'VM' has no [[calendar]] row; add one or correct the scope"
    )


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    days = [DAY.replace('"off"', '"on"'), DAY, DAY, DAY.replace("2026", "2027")]
    told = read(tmp_path, NATIONAL, CITY.replace("2026-03-31", "2026-04-01"), *days)[1]
    assert [problem.split(": ")[1] for problem in told] == [
        "[[day]] row 1",
        "[[calendar]] 31 processing",
        "[[calendar]] 31 reception",
        "[[day]] VN 2027-03-04",
        "[[day]] VN 2026-03-04",
    ]


def test_rows_with_problems_are_told_with_days_given_twice(tmp_path: Path) -> None:
    told = read(tmp_path, NATIONAL, CITY.replace("07:00", "12:00"), DAY, DAY)[1]
    assert [problem.split(": ")[1] for problem in told] == ["[[calendar]] row 2", "[[day]] VN 2026-03-04"]


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "cannot be read"), (b"[[", "is not TOML"), (b"\xff", "is not")]
)
def test_a_file_that_cannot_be_read_is_told_once(tmp_path: Path, content: bytes | None, problem: str) -> None:
    if content is not None:
        (tmp_path / FILE).write_bytes(content)
    problems: list[str] = []
    assert load(tmp_path, problems).processing("VN") is None
    assert [told.startswith(f"{FILE}: {problem}") for told in problems] == [True]


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    assert read(tmp_path, "")[1] == [f"{FILE}: has no [[calendar]] rows", f"{FILE}: has no [[day]] rows"]
