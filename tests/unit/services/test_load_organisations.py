"""The registry as a file: it carries every row of the data it was built from, and bad rows are named."""

import csv
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.load_organisations import SUCCESSIONS, UNITS, load
from services.rules import REFERENCE_DIR

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
UNIT = '[[unit]]\ncode = "1"\nname = "n"\nkind = "ward"\nsource = "law"\n'
ENDED = UNIT + "valid_to = 2025-07-01\n"
NEW = UNIT.replace('"1"', '"2"') + "valid_from = 2025-07-01\n"
EDGE = '[[succession]]\nold = "1"\nnew = "2"\nkind = "merge"\non = 2025-07-01\nsource = "law"\n'


def csv_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def toml_rows(name: str, key: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((REFERENCE_DIR / name).read_text(encoding="utf-8"))[key]
    return rows


def test_every_unit_of_the_data_is_in_the_registry(shared_data: Path) -> None:
    fields = {
        "code": "code",
        "kind": "kind",
        "name_vi": "name",
        "parent": "parent",
        "valid_from": "valid_from",
        "valid_to": "valid_to",
        "source": "source",
        "verified": "verified",
    }
    given = [
        {field: row[column] for column, field in fields.items()}
        for row in csv_rows(shared_data / "organisations_haiphong.csv")
    ]
    carried = [
        {field: str(row.get(field, "")) for field in fields.values()} for row in toml_rows(UNITS, "unit")
    ]
    assert len(given) == 579
    assert carried == given


def test_every_succession_of_the_data_is_in_the_registry(shared_data: Path) -> None:
    given = csv_rows(shared_data / "succession_haiphong.csv")
    fields = {
        "old_code": "old",
        "new_code": "new",
        "kind": "kind",
        "on": "on",
        "share": "share",
        "source": "source",
    }
    carried = [
        {column: str(row.get(field, "")) for column, field in fields.items()}
        for row in toml_rows(SUCCESSIONS, "succession")
    ]
    assert len(given) == 500
    assert carried == [{column: row[column] for column in fields} for row in given]
    problems: list[str] = []
    units = load(REFERENCE_DIR, problems, ZONE).units
    assert problems == []
    for row in given:
        names = {u.name for u in units.values() if u.code == row["new_code"]}
        assert row["new_name"] in names


def test_roots_alone_say_under_whose_law_they_stand() -> None:
    rows = toml_rows(UNITS, "unit")
    assert all(("jurisdiction" in row) != ("parent" in row) for row in rows)


def written(folder: Path, units: str, successions: str) -> list[str]:
    """The problems of two files."""
    (folder / UNITS).write_text(units, encoding="utf-8")
    (folder / SUCCESSIONS).write_text(successions, encoding="utf-8")
    problems = ["an earlier one"]
    registry = load(folder, problems, ZONE)
    assert problems[0] == "an earlier one"
    assert (not registry.units) == (len(problems) > 1)
    return problems[1:]


def test_sound_files_make_a_registry_that_knows_when(tmp_path: Path) -> None:
    dated = 'verified = "one-source"\nknown_from = 2025-06-16\n'
    assert (
        written(
            tmp_path,
            ENDED + 'jurisdiction = "VN"\n' + NEW + dated,
            EDGE + "share = 1\nknown_from = 2025-06-16\n",
        )
        == []
    )
    registry = load(tmp_path, [], ZONE)
    assert registry.successor("1") == "2@2025-07-01"
    new = registry.units["2@2025-07-01"]
    assert (new.verified, new.known_from) == ("one-source", 1750006800000)
    assert registry.at(1750006799999).successor("1") == "unassigned successor of 1"
    assert registry.jurisdiction("1") == "VN"


@pytest.mark.parametrize(
    ("units", "successions", "file", "message"),
    [
        (UNIT.replace('"ward"', '"word"'), "", UNITS, "row 1: kind: 'word' is unknown; the closed list is "),
        (UNIT + 'verified = "sure"\n', "", UNITS, "row 1: verified: 'sure' is unknown"),
        (UNIT + 'valid_until = "2025"\n', "", UNITS, "row 1: valid_until: is no field of this row"),
        (UNIT + 'valid_to = "2025"\n', "", UNITS, "row 1: valid_to: '2025' is not a date"),
        (UNIT + "known_from = 7\n", "", UNITS, "row 1: known_from: 7 is not a date"),
        (UNIT + 'parent = ""\n', "", UNITS, "row 1: parent: '' is not a text"),
        (UNIT.replace('source = "law"\n', ""), "", UNITS, "row 1: field 'source' is missing"),
        (UNIT + 'parent = "9"\n', "", UNITS, "unit 1: parent 9 is not in the registry"),
        (UNIT + NEW.replace('"2"', '"1"'), "", UNITS, "unit 1@2025-07-01: begins before 1 ends"),
        (ENDED + NEW, EDGE + "share = 2\n", SUCCESSIONS, "row 1: share: 2 is not 0 or 1"),
        (ENDED + NEW, EDGE + "share = true\n", SUCCESSIONS, "row 1: share: True is not 0 or 1"),
        (ENDED + NEW, EDGE.replace("merge", "gift"), SUCCESSIONS, "row 1: kind: 'gift' is unknown"),
        (ENDED + NEW, EDGE.replace("on = 2025-07-01\n", ""), SUCCESSIONS, "row 1: field 'on' is missing"),
        (ENDED + NEW, EDGE.replace('"law"', '" "'), SUCCESSIONS, "row 1: source: is empty"),
        (ENDED + NEW, EDGE + EDGE, SUCCESSIONS, "succession 1 > 2 on 2025-07-01: given twice"),
        (
            UNIT + NEW,
            EDGE,
            SUCCESSIONS,
            "succession 1 > 2 on 2025-07-01: no row of predecessor 1 has valid_to",
        ),
    ],
)
def test_a_bad_row_is_named_by_file_and_row(
    tmp_path: Path, units: str, successions: str, file: str, message: str
) -> None:
    found = written(tmp_path, units, successions or EDGE)
    assert any(line.startswith(f"{file}: {message}") for line in found), found


def test_all_problems_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    found = written(tmp_path, UNIT + UNIT, EDGE.replace('"merge"', '"gift"') + EDGE)
    assert [line.split(":")[0] for line in found] == [SUCCESSIONS, UNITS, SUCCESSIONS, SUCCESSIONS]


def test_units_that_cannot_be_read_make_no_problem_of_every_edge(tmp_path: Path) -> None:
    found = written(tmp_path, UNIT.replace('kind = "ward"\n', ""), EDGE + EDGE.replace('"merge"', '"gift"'))
    assert [line.split(": ")[0:2] for line in found] == [[UNITS, "row 1"], [SUCCESSIONS, "row 2"]]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    problems: list[str] = []
    load(tmp_path, problems, ZONE)
    assert [line.split(":")[0] for line in problems] == [UNITS, SUCCESSIONS]
