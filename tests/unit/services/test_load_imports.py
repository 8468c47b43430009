"""Imports of the release, and what is refused."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.imports import Imports, OnlineLevel
from services.load_imports import load_imports

REFERENCE = Path(__file__).parents[3] / "services" / "reference"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CITY = ("31@2025-07-01", "all")
DAY = date(2026, 9, 30)


def load(directory: Path) -> tuple[Imports, list[str]]:
    problems: list[str] = []
    return load_imports(directory, ZONE, problems), problems


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "imports").mkdir()
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / "imports" / name).write_text(text, encoding="utf-8")


def released() -> Imports:
    imports, problems = load(REFERENCE)
    assert problems == []
    return imports


@pytest.mark.parametrize(
    ("figure", "unit", "year", "value", "rank"),
    [
        ("par-index", "31", 2021, 9180, 1),
        ("par-index", "31", 2022, 9009, 2),
        ("par-index", "31", 2023, 9181, 2),
        ("par-index", "31", 2024, 9617, 1),
        ("par-index", "30", 2022, 8352, 47),
        ("par-index", "30", 2023, 8784, 22),
        ("par-index", "63-provinces", 2022, 8479, None),
        ("par-index", "63-provinces", 2023, 8698, None),
        ("sipas", "31", 2022, 8388, 10),
        ("sipas", "31", 2023, 8809, 5),
        ("sipas", "31", 2024, 9059, 1),
        ("sipas", "30", 2023, 9023, 3),
        ("sipas", "63-provinces", 2022, 8008, None),
        ("sipas", "63-provinces", 2023, 8266, None),
    ],
)
def test_a_published_figure_is_held_with_its_rank_and_source(
    figure: str, unit: str, year: int, value: int, rank: int | None
) -> None:
    [row] = released().published(figure, unit, year)
    assert (row.value, row.rank, bool(row.source)) == (value, rank, True)


def test_the_figures_of_2023_agree_with_the_changes_published_with_them_and_say_where_they_do_not() -> None:
    for figure, before, change, other in (("par-index", 9009, 172, "91.87"), ("sipas", 8388, 421, "88.90")):
        [row] = released().published(figure, "31", 2023)
        assert row.value == before + change
        assert other in row.note


def test_what_was_never_published_is_no_row() -> None:
    assert released().published("sipas", "30", 2022) == ()
    assert released().published("sipas", "31", 2021) == ()


def test_the_components_of_2023_are_held_apart_from_the_total() -> None:
    [finance] = released().published("par-index", "31", 2023, "public finance reform")
    [policy] = released().published("sipas", "31", 2023, "policy making and implementation")
    assert [(row.value, row.rank) for row in (finance, policy)] == [(9621, 1), (8897, 3)]


def test_catalogue_and_agencies_of_the_release_are_demonstrations_and_say_so() -> None:
    entries, agencies = released().catalogue(CITY, DAY), released().agencies(DAY)
    assert entries
    assert agencies
    said = {(row.verified, row.source) for row in entries} | {(row.verified, row.source) for row in agencies}
    assert said == {("illustrative", "made for demonstrations")}


def test_of_the_portal_nothing_is_imported() -> None:
    assert released().portal_counts("31@2025-07-01", "2026-09") is None


def test_without_files_nothing_is_imported_and_nothing_is_wrong(tmp_path: Path) -> None:
    imports, problems = load(tmp_path)
    assert problems == []
    assert imports.catalogue(CITY, DAY) == ()


ENTRY = """[[procedure]]
procedure = "1.001193"
unit = "31@2025-07-01"
level = "commune"
announced_on = 2026-01-05
decision_on = 2026-01-06
effective_on = 2026-01-19
published_on = 2026-01-09
is_complete = true
online_level = "partial"
has_fee = true
is_fee_integrated = false
is_subject_person = true
valid_from = 2026-01-01
known_from = 2026-01-10T08:00:00+07:00
source = "portal"
verified = "one-source"
"""
COUNT = """[[count]]
unit = "10507@2025-07-01"
period = "2026-11"
synchronised = 10
known_to_portal = 12
as_of = 2026-12-01T07:00:00+07:00
source = "portal"
verified = "one-source"
"""
FIGURE = """[[figure]]
figure = "sipas"
unit = "31"
year = 2024
value = "90.5"
source = "paper"
verified = "one-source"
"""
AGENCY = """[[agency]]
unit = "10507@2025-07-01"
link = "province-commune"
valid_from = 2025-07-01
source = "list"
verified = "one-source"
"""


def test_an_entry_of_the_catalogue_keeps_every_field_and_what_is_not_said_is_none(folder: Path) -> None:
    write(folder, "catalogue.toml", ENTRY)
    imports, problems = load(folder)
    assert problems == []
    [row] = imports.catalogue(CITY, DAY)
    assert row._asdict() == {
        "procedure": "1.001193",
        "unit": "31@2025-07-01",
        "level": "commune",
        "announced_on": date(2026, 1, 5),
        "decision_on": date(2026, 1, 6),
        "effective_on": date(2026, 1, 19),
        "published_on": date(2026, 1, 9),
        "is_complete": True,
        "online_level": OnlineLevel.PARTIAL,
        "has_fee": True,
        "is_fee_integrated": False,
        "has_document_result": None,
        "is_subject_person": True,
        "is_population_connected": None,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "known_from": 1_768_006_800_000,
        "source": "portal",
        "verified": "one-source",
    }


def test_an_entry_may_leave_out_all_but_its_key_and_its_dates(folder: Path) -> None:
    said = ("procedure", "[[", "unit", "level", "valid_from", "source", "verified")
    write(folder, "catalogue.toml", "\n".join(line for line in ENTRY.splitlines() if line.startswith(said)))
    imports, problems = load(folder)
    assert problems == []
    [row] = imports.catalogue(CITY, DAY)
    assert set(row[3:14]) == {None}
    assert row.known_from is None


def test_a_kind_may_lie_in_several_files(folder: Path) -> None:
    write(folder, "portal-2026-11.toml", COUNT)
    write(folder, "portal-2026-12.toml", COUNT.replace("2026-11", "2026-12").replace("= 12", "= 15"))
    write(folder, "agencies.toml", AGENCY)
    imports, problems = load(folder)
    assert problems == []
    counts = [imports.portal_counts("10507@2025-07-01", period) for period in ("2026-11", "2026-12")]
    assert [count and (count.synchronised, count.known_to_portal) for count in counts] == [(10, 12), (10, 15)]
    assert [count and count.as_of for count in counts] == [1_796_083_200_000] * 2
    assert [row.unit for row in imports.agencies(DAY, "province-commune")] == ["10507@2025-07-01"]


@pytest.mark.parametrize("period", ["2026-01", "2026-Q1", "2026-Q4", "2026"])
def test_a_period_is_a_month_a_quarter_or_a_year(folder: Path, period: str) -> None:
    write(folder, "portal.toml", COUNT.replace("2026-11", period))
    assert load(folder)[1] == []


@pytest.mark.parametrize(
    ("value", "hundredths"),
    [("90", 9000), ("90.5", 9050), ("90.05", 9005), ("0", 0), ("100", 10000), ("7.00", 700)],
)
def test_a_published_value_is_read_to_the_hundredth(folder: Path, value: str, hundredths: int) -> None:
    write(folder, "published.toml", FIGURE.replace("90.5", value))
    [row] = load(folder)[0].published("sipas", "31", 2024)
    assert row.value == hundredths


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "catalogue.toml",
            ENTRY.replace('"commune"', '"hamlet"'),
            "row 1: level: 'hamlet' is unknown; the closed",
        ),
        (
            "catalogue.toml",
            ENTRY.replace('"partial"', '"3"'),
            "online_level: '3' is unknown; the closed list is none",
        ),
        (
            "catalogue.toml",
            ENTRY.replace("= true", '= "yes"', 1),
            "is_complete: 'yes' is not a claim; write true",
        ),
        ("catalogue.toml", ENTRY.replace("has_fee = true", "has_fee = 1"), "has_fee: 1 is not a claim"),
        ("catalogue.toml", ENTRY.replace("2026-01-06", '"6/1"'), "decision_on: '6/1' is not a date"),
        ("catalogue.toml", ENTRY.replace('"1.001193"', "1.001193"), "procedure: 1.001193 is not a text"),
        ("catalogue.toml", ENTRY.replace('source = "portal"\n', ""), "row 1: field 'source' is missing"),
        ("catalogue.toml", ENTRY.replace("is_complete", "complete"), "complete: is no field of this row"),
        (
            "catalogue-2026.toml",
            ENTRY + ENTRY.replace("valid_from = 2026-01-01", "valid_from = 2026-02-01"),
            "procedure 1.001193 of unit 31@2025-07-01, level commune: its row valid from 2026-02-01 and",
        ),
        (
            "portal.toml",
            COUNT.replace('"2026-11"', '"2026-13"'),
            "period: '2026-13' is no period; write 2026-11, ",
        ),
        ("portal.toml", COUNT.replace('"2026-11"', '"november"'), "period: 'november' is no period"),
        ("portal.toml", COUNT.replace('"2026-11"', '"1999-11"'), "period: '1999-11' is no period"),
        (
            "portal.toml",
            COUNT.replace("= 10", "= -1"),
            "synchronised: -1 is not a whole number of at least 0",
        ),
        ("portal.toml", COUNT.replace("= 12", '= "12"'), "known_to_portal: '12' is not a whole number"),
        ("portal.toml", COUNT.replace("+07:00", ""), "as_of: "),
        (
            "portal.toml",
            COUNT + COUNT,
            "given already in portal.toml: unit 10507@2025-07-01, period 2026-11, as_of 1796083200000",
        ),
        (
            "published.toml",
            FIGURE.replace('"90.5"', "90.5"),
            "value: 90.5 is no decimal of at most two places from",
        ),
        ("published.toml", FIGURE.replace("90.5", "90,5"), "value: '90,5' is no decimal"),
        ("published.toml", FIGURE.replace("90.5", "90.555"), "value: '90.555' is no decimal"),
        ("published.toml", FIGURE.replace("90.5", "100.01"), "value: '100.01' is no decimal"),
        ("published.toml", FIGURE.replace("90.5", "-1"), "value: '-1' is no decimal"),
        (
            "published.toml",
            FIGURE.replace("sipas", "papi"),
            "figure: 'papi' is unknown; the closed list is par-index",
        ),
        ("published.toml", FIGURE.replace("2024", "24"), "year: 24 is not a whole number of at least 2000"),
        ("published.toml", FIGURE + "rank = 0\n", "rank: 0 is not a whole number of at least 1"),
        ("published.toml", FIGURE + "rank = 63\nranked = 5\n", "rank: 63 of 5 units; exchange"),
        (
            "published.toml",
            FIGURE + FIGURE.replace("90.5", "91"),
            "given already in published.toml: figure sipas, unit 31, year 2024",
        ),
        ("agencies.toml", AGENCY.replace("commune", "hamlet"), "link: 'province-hamlet' is unknown"),
        ("agencies.toml", AGENCY + AGENCY, "agency 10507@2025-07-01, province-commune: its row valid from"),
        ("agencies.toml", AGENCY + "valid_to = 2025-07-01\n", "valid_to: 2025-07-01 is not after valid_from"),
        ("agencies.toml", "", "has no [[agency]] rows"),
        (
            "officers.toml",
            AGENCY,
            "officers.toml: is no kind of import; name it catalogue.toml, portal.toml,",
        ),
    ],
)
def test_a_bad_row_is_named_with_its_remedy(folder: Path, name: str, text: str, message: str) -> None:
    write(folder, name, text)
    [line] = load(folder)[1]
    assert line.startswith(name.partition(".")[0].partition("-")[0])
    assert message in line


def test_rows_of_one_key_contradict_each_other_across_files(folder: Path) -> None:
    write(folder, "published-a.toml", FIGURE)
    write(folder, "published-b.toml", FIGURE)
    write(folder, "published-c.toml", FIGURE.replace('"paper"', '"another paper"'))
    [line] = load(folder)[1]
    assert line.startswith("published-b.toml: given already in published-a.toml: figure sipas")


def test_all_problems_of_all_files_are_told_at_once(folder: Path) -> None:
    write(
        folder,
        "catalogue.toml",
        ENTRY.replace('"commune"', '"hamlet"') + ENTRY.replace("2026-01-06", '"6/1"'),
    )
    write(folder, "portal.toml", "count = 1")
    write(folder, "published.toml", FIGURE.replace("sipas", "papi"))
    write(folder, "agencies.toml", AGENCY + AGENCY)
    assert [line.split(": ")[:2] for line in load(folder)[1]] == [
        ["catalogue.toml", "row 1"],
        ["catalogue.toml", "row 2"],
        ["portal.toml", "has no [[count]] rows"],
        ["published.toml", "row 1"],
        ["agencies.toml", "agency 10507@2025-07-01, province-commune"],
    ]
