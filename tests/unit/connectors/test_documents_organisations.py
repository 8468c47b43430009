import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from documents.organisations import ORGANISATIONS, Organisation, Organisations
from egovhub.errors import RejectedInput

ROOT = Path(__file__).resolve().parents[3]
TODAY = date(2026, 11, 2)
ROWS = tomllib.loads(
    (ROOT / "connectors/documents/reference/organisations.toml").read_text(encoding="utf-8")
)["organisation"]
UNITS = tomllib.loads((ROOT / "services/reference/organisations.toml").read_text(encoding="utf-8"))["unit"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("H24.15", "H24.15"),
        ("000.00.15.H24", "H24.15"),
        ("000.01.31.H24", "H24.31.01"),
        ("000.00.00.H49", "H49"),
        ("H49.12.03", "H49.12.03"),
        ("000.03.12.H49", "H49.12.03"),
        ("010.03.12.H49", "H49.12.03.010"),
        ("G22.5", "G22.5"),
        ("28.22.H17", "28.22.H17"),
        ("999.010.01.H22", "999.010.01.H22"),
    ],
)
def test_both_orders_become_one_spelling_and_irregular_ids_stay(written: str, code: str) -> None:
    assert ORGANISATIONS.code(written, TODAY, "OrganId") == code


@pytest.mark.parametrize(
    "written",
    [
        "H24.99", "000.00.99.H24", "H2", "H24.1", "h24.15", "H24.15 ", "Н24.15", "H24..15", "H49.", ".H49", "H49.12;x",
        "null", "28.22.H18", "H17", "H17.22.28", "H49" + ".001" * 9, "",
    ],
)  # fmt: skip
def test_all_other_ids_are_unknown_and_named_by_their_place(written: str) -> None:
    with pytest.raises(RejectedInput) as refused:
        ORGANISATIONS.code(written, TODAY, "MessageHeader/From/OrganId")
    assert str(refused.value) == "unknown-unit: MessageHeader/From/OrganId"


def test_an_id_holds_from_and_to_its_days() -> None:
    merged_on = date(2025, 7, 1)
    assert ORGANISATIONS.code("000.00.15.H23", merged_on - timedelta(1), "") == "H23.15"
    with pytest.raises(RejectedInput):
        ORGANISATIONS.code("000.00.15.H23", merged_on, "")
    assert ORGANISATIONS.unit("H24.15", merged_on - timedelta(1)) == "x31-tp"
    assert ORGANISATIONS.unit("H24.15", merged_on) == "x31-tp-202507"


def test_an_organisation_outside_the_registry_is_its_own_unit() -> None:
    assert ORGANISATIONS.unit("H49.12", TODAY) == "H49.12"
    assert ORGANISATIONS.unit("28.22.H17", TODAY) == "28.22.H17"


def test_an_old_code_need_not_be_the_new_one_read_backwards() -> None:
    table = Organisations([Organisation.of({"code": "H24.40", "old": "001.07.H24"})])
    assert table.code("001.07.H24", TODAY, "") == "H24.40"
    with pytest.raises(RejectedInput):
        table.code("H24.07.001", TODAY, "")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['code']}-{row.get('valid_to', '')}")
def test_each_unit_of_the_table_holds_in_the_registry_on_all_days_of_its_row(row: dict[str, object]) -> None:
    if "unit" not in row:
        assert not row["code"].startswith("H24")  # type: ignore[attr-defined]
        return
    units = [unit for unit in UNITS if unit["code"] == row["unit"]]
    first = Organisation.of(row).valid_from
    last = Organisation.of(row).valid_to
    covering = [
        unit
        for unit in units
        if unit.get("valid_from", date.min) <= first and unit.get("valid_to", date.max) >= last
    ]
    assert covering or row["code"] == "H24"


def test_rows_of_one_spelling_never_hold_on_one_day() -> None:
    by_spelling: dict[str, list[Organisation]] = {}
    for row in map(Organisation.of, ROWS):
        for spelling in {row.code, row.old} - {""}:
            by_spelling.setdefault(spelling, []).append(row)
    for rows in by_spelling.values():
        ordered = sorted(rows, key=lambda row: row.valid_from)
        for before, after in pairwise(ordered):
            assert before.valid_to <= after.valid_from
