from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact, Kind
from egovhub.mapping_rows import RowMapper

from tests.unit.sdk.draw import HEAD, NOW, RECEIVED, STEP, mapping

HEADER = ["case", "at", "task", "a", "b"]
AT = "2024-02-01T00:00:00+01:00"
ROW = ["1", AT, "t1", "", ""]


def mapper(folder: Path, text: str, header: list[str] = HEADER) -> RowMapper:
    return RowMapper(mapping(folder, text), header, "log.csv")


def one(folder: Path, extra: str, a: str = "", b: str = "") -> Fact:
    """The fact of a row whose columns `a` and `b` hold these texts, by a step with some lines more."""
    (fact,) = mapper(folder, HEAD + STEP + extra).facts(["1", AT, "t1", a, b], NOW)
    return fact


def refusal(folder: Path, extra: str, a: str) -> str:
    with pytest.raises(RejectedInput) as refused:
        one(folder, extra, a)
    return str(refused.value)


def test_a_row_becomes_a_fact_with_the_mapping_s_names(tmp_path: Path) -> None:
    fact = one(tmp_path, 'unit = "a"', a="Bureau")
    assert (fact.source, fact.domain, fact.case_id, fact.kind) == ("log", "onestop", "log:1", Kind.STEP)
    assert (fact.occurred_at, fact.unit, fact.derived) == (1_706_742_000_000, "Bureau", False)


@pytest.mark.parametrize(
    ("extra", "a", "b", "field", "value"),
    [
        ('unit = "a"', "  Bureau ", "", "unit", "Bureau"),
        ('unit = "a"', "   ", "", "unit", None),
        ('unit = "a"', "Ho\u0302\u0300", "", "unit", "Hồ"),
        ('unit = { value = "city" }', "x", "", "unit", "city"),
        ('unit = { columns = ["a", "b"], join = "/" }', "x", "y", "unit", "x/y"),
        ('unit = { columns = ["a", "b"], join = "/" }', "", "y", "unit", "y"),
        ('unit = { columns = ["a", "b"] }', "", "", "unit", None),
        ('unit = { column = "a", values = "t" }\n[values.t]\nx = "10"', "x", "", "unit", "10"),
        ('unit = { column = "a", values = "t" }\n[values.t]\nx = "10"', "z", "", "unit", "z"),
        ('unit = { column = "a", values = "t", otherwise = "?" }\n[values.t]\nx = "10"', "z", "", "unit", "?"),
        ('channel = { column = "a", values = "t" }\n[values.t]\nx = "EMAIL"', "x", "", "channel", "EMAIL"),
        ('channel = { column = "a", values = "t" }\n[values.t]\nx = "EMAIL"', "y", "", "channel", "UNKNOWN"),
        ('channel = "a"', "ONLINE", "", "channel", "ONLINE"),
        ('channel = "a"', "", "", "channel", None),
        ('applicant_kind = "a"', "CITIZEN", "", "applicant_kind", "CITIZEN"),
        ('due_at = "a"', "2024-02-01T00:00:01+01:00", "", "due_at", 1_706_742_001_000),
        ('due_at = { column = "a", format = "%d/%m/%Y" }', "01/02/2024", "", "due_at", 1_706_742_000_000),
        (
            'due_at = { columns = ["a", "b"], format = "%d/%m/%Y %H:%M" }',
            "01/02/2024", "00:00", "due_at", 1_706_742_000_000,
        ),
        ('due_at = "a"', "", "", "due_at", None),
        ('recorded_at = "a"', AT, "", "recorded_at", 1_706_742_000_000),
        ('source_sequence = "a"', "-12", "", "source_sequence", -12),
        ('source_status = "a"', "9", "", "source_status", "9"),
        ("derived = true", "", "", "derived", True),
        ('details.parts = "a"', "3", "", "details", {"parts": 3}),
        ('details.parts = "a"', "", "", "details", {}),
        ('details.is_result_electronic = "a"', "TRUE", "", "details", {"is_result_electronic": True}),
        (
            'details.is_result_electronic = { column = "a", values = "t" }\n[values.t]\nja = "true"',
            "ja", "", "details", {"is_result_electronic": True},
        ),
        ('details.online_payment = "a"', "NONE", "", "details", {"online_payment": "NONE"}),
        ('details.online_payment = "a"', "BARTER", "", "details", {"online_payment": "UNKNOWN"}),
        ('[every]\nunit = "a"', "u", "", "unit", "u"),
        ('unit = "b"\n[every]\nunit = "a"', "u", "v", "unit", "v"),
    ],
)  # fmt: skip
def test_a_field_comes_from_where_the_mapping_says(
    tmp_path: Path, extra: str, a: str, b: str, field: str, value: object
) -> None:
    assert getattr(one(tmp_path, extra, a, b), field) == value


@pytest.mark.parametrize(
    ("extra", "a", "message"),
    [
        (
            'due_at = "a"',
            "soon",
            "bad-value: STEP.due_at, column a is not an instant in a format of the mapping",
        ),
        ('due_at = "a"', "2024-02-30T00:00:00Z", "no-such-date: STEP.due_at, column a"),
        ('source_sequence = "a"', "٣٤", "bad-value: STEP.source_sequence, column a"),
        ('source_sequence = "a"', "²", "bad-value: STEP.source_sequence, column a"),
        ('source_sequence = "a"', "1.000,00", "bad-value: STEP.source_sequence, column a"),
        ('source_sequence = "a"', "9" * 40, "bad-value: STEP.source_sequence, column a"),
        ('details.parts = "a"', "many", "bad-value: STEP.details.parts, column a"),
        (
            'details.is_result_electronic = "a"',
            "ja",
            "bad-value: STEP.details.is_result_electronic, column a",
        ),
        ('unit = "a"', "a\x07b", "control-character: unit"),
    ],
)
def test_a_text_that_is_no_such_value_refuses_the_row_and_names_the_column(
    tmp_path: Path, extra: str, a: str, message: str
) -> None:
    assert refusal(tmp_path, extra, a) == message


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["", AT, "t1", "", ""], "missing-value: case_id, column case"),
        (["1", "", "t1", "", ""], "missing-value: STEP.occurred_at, column at"),
        (["1", AT, "", "", ""], "missing-value: STEP.identity, column task"),
        (["1", "1999-12-31T23:59:59Z", "t1", "", ""], "occurred-before-2000: occurred_at"),
        (["1", "2030-12-31T23:59:59Z", "t1", "", ""], "occurred-in-the-future: occurred_at"),
    ],
)
def test_a_row_without_what_a_fact_needs_is_refused(tmp_path: Path, row: list[str], message: str) -> None:
    with pytest.raises(RejectedInput) as refused:
        mapper(tmp_path, HEAD + STEP).facts(row, NOW)
    assert str(refused.value) == message


def test_further_texts_can_mean_no_value(tmp_path: Path) -> None:
    text = HEAD + 'missing = ["NULL", "EMPTY"]' + STEP + 'unit = "a"'
    (fact,) = mapper(tmp_path, text).facts(["1", AT, "t1", "EMPTY", ""], NOW)
    assert fact.unit is None


@pytest.mark.parametrize(
    ("when", "a", "b", "happened"),
    [
        ('when = "a"', "x", "", True),
        ('when = "a"', " ", "", False),
        ('when = { column = "a", equals = "x" }', "x", "", True),
        ('when = { column = "a", equals = "x" }', "X", "", False),
        ('when = { column = "a", equals = ["x", "y"] }', "y", "", True),
        ('when = { column = "a", differs = "x" }', "x", "", False),
        ('when = { column = "a", differs = ["x", "y"] }', "z", "", True),
        ('when = { column = "a", differs = "x" }', "", "", True),
        ('when = ["a", { column = "b", equals = "1" }]', "x", "1", True),
        ('when = ["a", { column = "b", equals = "1" }]', "", "1", False),
        ('when = ["a", { column = "b", equals = "1" }]', "x", "2", False),
    ],
)
def test_a_fact_is_made_when_all_conditions_hold(
    tmp_path: Path, when: str, a: str, b: str, happened: bool
) -> None:
    assert len(mapper(tmp_path, HEAD + STEP + when).facts(["1", AT, "t1", a, b], NOW)) == happened


KINDS = """
[[fact]]
kind = { column = "a", values = "kinds" }
occurred_at = "at"
[values.kinds]
in = "RECEIVED"
out = "PROCESSED"
"""


def test_a_column_can_say_the_kind(tmp_path: Path) -> None:
    rows = mapper(tmp_path, HEAD + KINDS)
    kinds = [fact.kind for a in ("in", "out") for fact in rows.facts(["1", AT, "t", a, ""], NOW)]
    assert kinds == [Kind.RECEIVED, Kind.PROCESSED]


@pytest.mark.parametrize(
    ("a", "message"), [("up", "unknown-kind: kind.kind, column a"), ("", "missing-value: kind")]
)
def test_a_kind_the_mapping_does_not_know_refuses_the_row(tmp_path: Path, a: str, message: str) -> None:
    with pytest.raises(RejectedInput, match=message):
        mapper(tmp_path, HEAD + KINDS).facts(["1", AT, "t", a, ""], NOW)


CASE_HEADER = ["case", "start", "unit", "at", "task"]
START = "2024-01-01T00:00:00+01:00"


def kinds_of(rows: RowMapper, case: str, task: str, at: str = AT) -> list[str]:
    return [fact.kind.name for fact in rows.facts([case, START, "u", at, task], NOW)]


def test_a_fact_per_case_comes_once_even_if_the_rows_of_a_case_lie_apart(tmp_path: Path) -> None:
    rows = mapper(tmp_path, HEAD + RECEIVED + STEP, CASE_HEADER)
    found = [kinds_of(rows, case, task) for case, task in (("1", "a"), ("2", "b"), ("1", "c"), ("1", "d"))]
    assert found == [["RECEIVED", "STEP"], ["RECEIVED", "STEP"], ["STEP"], ["STEP"]]


def test_a_fact_per_case_is_not_lost_with_a_refused_first_row(tmp_path: Path) -> None:
    rows = mapper(tmp_path, HEAD + RECEIVED + STEP, CASE_HEADER)
    with pytest.raises(RejectedInput):
        kinds_of(rows, "1", "a", at="never")
    assert kinds_of(rows, "1", "b") == ["RECEIVED", "STEP"]


def test_a_refused_row_gives_no_fact_at_all(tmp_path: Path) -> None:
    rows = mapper(tmp_path, HEAD + RECEIVED + STEP, CASE_HEADER)
    with pytest.raises(RejectedInput, match=r"bad-value: STEP\.occurred_at, column at"):
        rows.facts(["1", START, "u", "never", "a"], NOW)


def test_the_same_row_read_twice_is_the_same_fact(tmp_path: Path) -> None:
    assert one(tmp_path, 'unit = "a"', a="u") == one(tmp_path, 'unit = "a"', a="u")


def test_an_identity_of_the_source_stands_whatever_the_rest_says(tmp_path: Path) -> None:
    assert one(tmp_path, 'unit = "a"', a="u").event_id == one(tmp_path, 'unit = "a"', a="v").event_id


def test_without_identity_another_content_is_another_fact(tmp_path: Path) -> None:
    extra = 'unit = "a"'
    texts = ("u", "v", "u")
    without = HEAD + STEP.replace('identity = ["task"]', "") + extra
    first, second, third = (
        mapper(tmp_path, without).facts(["1", AT, "t1", text, ""], NOW)[0].event_id for text in texts
    )
    assert first == third != second


def test_facts_of_one_kind_with_one_identity_are_told_apart_by_the_rule_s_name(tmp_path: Path) -> None:
    second = STEP + 'name = "assigned"\n'
    facts = mapper(tmp_path, HEAD + STEP + second).facts(ROW, NOW)
    assert len({fact.event_id for fact in facts}) == 2


def test_an_event_id_is_32_hexadecimal_digits_and_never_changes(tmp_path: Path) -> None:
    """Ids that are in the log must come out of every later version: else a file read again counts twice."""
    assert one(tmp_path, "").event_id == "865af8a3e927ad0774826ff2e57d5dd0"
    content = HEAD + STEP.replace('identity = ["task"]', 'unit = "a"')
    (fact,) = mapper(tmp_path, content).facts(["1", AT, "t1", "u", ""], NOW)
    assert fact.event_id == "6b4df9a3617e9e3de6a33b9f12444382"


def test_columns_that_are_not_in_the_header_are_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as wrong:
        mapper(tmp_path, HEAD + STEP, ["case", "when", "task", "task"])
    assert wrong.value.problems == [
        "log.csv: column 'task': stands 2 times in the file; rename all but one",
        (
            "log.csv: the mapping reads columns that are not in the file: 'at' (fact.0.occurred_at); "
            "take from its own: case, when, task, task"
        ),
    ]
