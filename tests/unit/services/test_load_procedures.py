"""The table of procedures: what is loaded, what is refused, and that it is the table we were given."""

import csv
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.domain.calendar import Limit, LimitUnit
from services.domain.procedures import EXTEND, RESTART, Procedure, Procedures
from services.load_procedures import load

REFERENCE = Path(__file__).parents[3] / "services" / "reference"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
ROW = """[[procedure]]
code = "1.001193"
name = "Đăng ký khai sinh"
name_en = "Birth registration"
field = "hộ tịch"
levels = ["commune"]
limit = 3
unit = "working_days"
start_rule = ["complete_dossier"]
fee = "no"
document_result = true
legal_basis = "60/2014/QH13"
source = "law-text"
verified = "one-source"
"""
LOCAL = """[[local_limit]]
scope = "31"
code = "1.001193"
limit = 2
unit = "working_days"
source = "decision"
verified = "illustrative"
"""


def loaded(tmp_path: Path, text: str) -> tuple[Procedures, list[str]]:
    (tmp_path / "procedures.toml").write_text(text, encoding="utf-8")
    problems: list[str] = []
    return load(tmp_path, problems, ZONE), problems


def sole(tmp_path: Path, text: str) -> Procedure:
    table, problems = loaded(tmp_path, text)
    assert problems == []
    [row] = table.rows
    return row


@pytest.fixture(scope="module")
def table() -> Procedures:
    """The table of the release."""
    problems: list[str] = []
    found = load(REFERENCE, problems, ZONE)
    assert problems == []
    return found


def test_a_row_is_read_as_it_stands(tmp_path: Path) -> None:
    assert sole(tmp_path, ROW) == Procedure(
        stem="1.001193",
        levels=("commune",),
        limit=Limit(3, LimitUnit.WORKING_DAYS),
        source="law-text",
        verified="one-source",
        name="Đăng ký khai sinh",
        name_en="Birth registration",
        field="hộ tịch",
        legal_basis="60/2014/QH13",
        fee=False,
        document_result=True,
        notes=("complete_dossier",),
    )


@pytest.mark.parametrize(
    ("tokens", "after_15h", "supplement", "notes"),
    [
        ("", False, EXTEND, ()),
        ('"after_15h_next_working_day"', True, EXTEND, ()),
        ('"restart_after_supplement"', False, RESTART, ()),
        (
            '"verify_max_5_working_days", "restart_after_supplement", "case_completion_same_day_15h"',
            False,
            RESTART,
            ("verify_max_5_working_days", "case_completion_same_day_15h"),
        ),
        ('"stages_7_3_7_3", "desk_answer_1_hour"', False, EXTEND, ("stages_7_3_7_3", "desk_answer_1_hour")),
    ],
)
def test_two_start_rules_have_an_effect_and_the_others_are_notes(
    tmp_path: Path, tokens: str, after_15h: bool, supplement: str, notes: tuple[str, ...]
) -> None:
    row = sole(tmp_path, ROW.replace('"complete_dossier"', tokens))
    assert (row.after_15h, row.supplement, row.notes) == (after_15h, supplement, notes)


@pytest.mark.parametrize(("word", "fee"), [("yes", True), ("no", False), ("local", None)])
def test_a_fee_set_by_the_council_is_not_known(tmp_path: Path, word: str, fee: bool | None) -> None:
    assert sole(tmp_path, ROW.replace('fee = "no"', f'fee = "{word}"')).fee is fee


def test_the_same_day_is_a_limit_of_no_days(tmp_path: Path) -> None:
    row = sole(tmp_path, ROW.replace("limit = 3", "limit = 0").replace('"working_days"', '"same_day"'))
    assert (row.limit, row.is_same_day) == (Limit(0, LimitUnit.WORKING_DAYS), True)


def test_a_limit_that_is_not_known_is_none(tmp_path: Path) -> None:
    row = sole(tmp_path, ROW.replace("limit = 3\n", "").replace('unit = "working_days"\n', ""))
    assert (row.limit, row.is_same_day) == (None, False)


def test_dates_subject_and_local_limits_are_read(tmp_path: Path) -> None:
    dated = (
        "valid_from = 2026-01-01\nvalid_to = 2026-07-01\nknown_from = 2025-12-25\nsubject_is_person = true\n"
    )
    table, problems = loaded(tmp_path, ROW + dated + LOCAL)
    assert problems == []
    [row], [local] = table.rows, table.local
    assert (row.valid_from, row.valid_to) == (date(2026, 1, 1), date(2026, 7, 1))
    assert row.known_from == 1766595600000  # 2025-12-25T00:00+07:00
    assert row.subject_is_person is True
    assert (local.scope, local.limit, local.levels) == ("31", Limit(2, LimitUnit.WORKING_DAYS), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ROW.replace('unit = "working_days"\n', ""), "[[procedure]] row 1: unit: is missing"),
        (ROW.replace("limit = 3\n", ""), "[[procedure]] row 1: limit: is missing"),
        (ROW.replace("limit = 3", "limit = -1"), "limit: -1 is not a whole number of at least 0"),
        (ROW.replace("limit = 3", "limit = 0"), "limit: 0 working_days; 0 goes with the unit same_day"),
        (ROW.replace('"working_days"', '"same_day"'), "limit: 3 same_day; 0 goes with the unit same_day"),
        (ROW.replace("limit = 3", "limit = 3.0"), "limit: 3.0 is not a whole number"),
        (ROW.replace("limit = 3", "limit = true"), "limit: True is not a whole number"),
        (ROW.replace('"working_days"', '"weeks"'), "unit: 'weeks' is unknown"),
        (ROW.replace('source = "law-text"\n', ""), "row 1: field 'source' is missing"),
        (ROW.replace('"law-text"', '" "'), "row 1: source: is empty"),
        (ROW.replace('"one-source"', '"certain"'), "verified: 'certain' is unknown"),
        (ROW.replace("document_result = true\n", ""), "field 'document_result' is missing"),
        (
            ROW.replace("document_result = true", 'document_result = "yes"'),
            "document_result: 'yes' is not a claim",
        ),
        (ROW.replace('fee = "no"', 'fee = "free"'), "fee: 'free' is unknown"),
        (ROW.replace('"1.001193"', '"1.001193.02"'), "code: '1.001193.02' is no stem"),
        (ROW.replace('["commune"]', "[]"), "levels: [] is not a list of commune, district"),
        (ROW.replace('["commune"]', '"commune"'), "levels: 'commune' is not a list"),
        (ROW.replace('["commune"]', '["ward"]'), "levels: ['ward'] is not a list"),
        (
            ROW.replace('["complete_dossier"]', '["restart_after_suplement"]'),
            "'restart_after_suplement' is unknown",
        ),
        (
            ROW.replace('["complete_dossier"]', '["verify_plus_working_days"]'),
            "'verify_plus_working_days' is unknown",
        ),
        (ROW.replace('["complete_dossier"]', '["stages_3"]'), "start_rule: 'stages_3' is unknown"),
        (ROW.replace('["complete_dossier"]', '"complete_dossier"'), "is not a list of texts"),
        (ROW.replace('["complete_dossier"]', "[3]"), "start_rule: [3] is not a list of texts"),
        (ROW + "valid_form = 2026-01-01\n", "valid_form: is no field of this row"),
        (ROW + 'valid_from = "2026-01-01"\n', "valid_from: '2026-01-01' is not a date"),
        (
            ROW + "valid_from = 2026-01-01\nvalid_to = 2026-01-01\n",
            "valid_to: 2026-01-01 is not after valid_from",
        ),
        (ROW + ROW, "1.001193 commune: two rows in force together, undated and undated"),
        (
            ROW + LOCAL.replace("limit = 2\n", "").replace('unit = "working_days"\n', ""),
            "[[local_limit]] row 1: limit:",
        ),
        (ROW + LOCAL.replace('scope = "31"\n', ""), "[[local_limit]] row 1: field 'scope' is missing"),
        (ROW + LOCAL + 'fee = "no"\n', "[[local_limit]] row 1: fee: is no field of this row"),
        (ROW + LOCAL + LOCAL, "1.001193 31 every level: two rows in force together"),
        (ROW + LOCAL.replace("1.001193", "1.999999"), "local limit of 31 for 1.999999: no such procedure"),
        ("procedure = 1", "has no [[procedure]] rows"),
        (ROW + "local_limit = 1", "local_limit: is no field of this row"),
        ("local_limit = 1\n" + ROW, "has no [[local_limit]] rows"),
        ("[[procedure", "is not TOML"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, message: str) -> None:
    [problem] = loaded(tmp_path, text)[1]
    assert problem.startswith("procedures.toml: ")
    assert message in problem


def test_all_problems_are_told_at_once_each_with_its_row(tmp_path: Path) -> None:
    bad = ROW.replace('"no"', '"free"')
    _, problems = loaded(tmp_path, ROW + bad + ROW + bad + LOCAL.replace('"decision"', '""'))
    assert [problem.partition("; ")[0].partition(": ")[2][:32] for problem in problems] == [
        "[[procedure]] row 2: fee: 'free'",
        "[[procedure]] row 4: fee: 'free'",
        "[[local_limit]] row 1: source: i",
        "1.001193 commune: two rows in fo",
    ]


def test_a_missing_file_is_told_once(tmp_path: Path) -> None:
    problems: list[str] = []
    assert load(tmp_path, problems, ZONE).rows == ()
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("stem", "level", "day", "limit"),
    [
        ("1.013225", "commune", date(2026, 6, 30), Limit(20, LimitUnit.CALENDAR_DAYS)),
        ("1.013225", "commune", date(2026, 7, 1), Limit(10, LimitUnit.WORKING_DAYS)),
        ("2.000806", "commune", date(2025, 6, 30), Limit(15, LimitUnit.CALENDAR_DAYS)),
        ("2.000806", "commune", date(2025, 7, 1), Limit(5, LimitUnit.WORKING_DAYS)),
        ("3.000333", "department", date(2026, 6, 30), Limit(10, LimitUnit.CALENDAR_DAYS)),
        ("3.000333", "department", date(2026, 7, 1), None),
        ("2.001159", "commune", date(2026, 7, 1), Limit(1, LimitUnit.HOURS)),
        ("1.001776", "district", date(2025, 6, 30), Limit(20, LimitUnit.WORKING_DAYS)),
        ("1.001776", "commune", date(2025, 7, 1), Limit(15, LimitUnit.WORKING_DAYS)),
    ],
)
def test_the_table_of_the_release_keeps_the_rule_of_the_day(
    table: Procedures, stem: str, level: str, day: date, limit: Limit | None
) -> None:
    rule = table.rule(stem, level, day)
    assert rule is not None
    assert rule.limit == limit


def test_what_is_for_demonstrations_stays_marked(table: Procedures) -> None:
    rule = table.rule("1.001699", "commune", date(2026, 1, 5))
    assert rule is not None
    assert rule.verified == "illustrative"


def test_the_table_of_the_release_is_the_one_we_were_given(table: Procedures, shared_data: Path) -> None:
    with (shared_data / "procedures.csv").open(encoding="utf-8", newline="") as file:
        given = [_of_csv(row) for row in csv.DictReader(file)]
    assert [_of_table(row) for row in table.rows] == given
    assert len(given) == 90


def _of_csv(row: dict[str, str]) -> dict[str, object]:
    tokens = row["start_rule"].split(";")
    end = date.fromisoformat(row["valid_to"]) + timedelta(1) if row["valid_to"] else None
    return {
        "code": row["code"],
        "names": (row["name_vi"], row["name_en"], row["field"], row["legal_basis"]),
        "levels": row["level"].split(";"),
        "limit": (int(row["limit"]), row["unit"]) if row["limit"] else None,
        "start_rule": sorted(tokens),
        "fee": row["fee"],
        "document_result": row["document_result"],
        "valid": (date.fromisoformat(row["valid_from"]) if row["valid_from"] else date.min, end),
        "source": row["source"].split("+"),
        "verified": row["verified"],
    }


def _of_table(row: Procedure) -> dict[str, object]:
    rules = {
        "after_15h_next_working_day": row.after_15h,
        "restart_after_supplement": row.supplement == RESTART,
    }
    unit = None if row.limit is None else "same_day" if row.is_same_day else str(row.limit.unit)
    return {
        "code": row.stem,
        "names": (row.name, row.name_en, row.field, row.legal_basis),
        "levels": list(row.levels),
        "limit": None if row.limit is None else (row.limit.amount, unit),
        "start_rule": sorted([*row.notes, *(rule for rule, has in rules.items() if has)]),
        "fee": {True: "yes", False: "no", None: "local"}[row.fee],
        "document_result": "yes" if row.document_result else "no",
        "valid": (row.valid_from, row.valid_to),
        "source": row.source.split("; "),
        "verified": row.verified,
    }
