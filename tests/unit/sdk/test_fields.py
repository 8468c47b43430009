from typing import Any

import pytest
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Kind
from egovhub.fields import Fields
from egovhub.origin import Origin

FORM: dict[str, Any] = {
    "text": " Ho\u0302\u0300 sơ ",
    "empty": "  ",
    "null": None,
    "number": 7,
    "digits": "0042",
    "flag": True,
    "word": "False",
    "day": "20261103080000",
    "inner": {"a": "x", "list": [{"b": 1}, {"b": 2}]},
    "list": ["x"],
    "wide": "１２３",
}
ORIGIN = Origin("log", "onestop")


def fields() -> Fields:
    return Fields(FORM, "Asia/Ho_Chi_Minh")


def refused(read: Any) -> str:
    with pytest.raises(RejectedInput) as error:
        read()
    return str(error.value)


def test_texts_are_trimmed_and_in_one_spelling() -> None:
    assert fields().text("text") == "Hồ sơ"
    assert fields().text("number") == "7"
    assert fields().optional("empty") is None
    assert fields().optional("null") is None
    assert fields().optional("nope") is None
    assert fields().has("text")
    assert not fields().has("empty")


def test_numbers_truth_values_and_instants_are_read_in_their_forms() -> None:
    assert fields().integer("digits") == 42
    assert fields().optional_integer("number") == 7
    assert fields().optional_boolean("flag") is True
    assert fields().optional_boolean("word") is False
    assert fields().optional_boolean("null") is None
    assert fields().instant("day", "%Y%m%d%H%M%S") == 1_793_667_600_000
    assert fields().optional_instant("null") is None


def test_codes_are_looked_up_and_an_unknown_one_is_refused_unless_it_has_a_meaning() -> None:
    assert fields().choice("digits", {"0042": Kind.RECEIVED}) is Kind.RECEIVED
    assert fields().choice("text", {}, Kind.UNKNOWN) is Kind.UNKNOWN
    assert refused(lambda: fields().choice("text", {"x": 1})) == "unknown-code: text"


def test_objects_inside_are_named_by_their_path() -> None:
    assert fields().at("inner").text("a") == "x"
    assert [each.integer("b") for each in fields().at("inner").each("list")] == [1, 2]
    assert list(fields().each("nope")) == []
    assert refused(lambda: fields().at("inner").text("b")) == "missing-value: inner.b"
    *_, last = fields().at("inner").each("list")
    assert refused(lambda: last.text("c")) == "missing-value: inner.list[1].c"


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (lambda: fields().text("empty"), "missing-value: empty"),
        (lambda: fields().text("flag"), "bad-value: flag is no text"),
        (lambda: fields().text("list"), "bad-value: list is no text"),
        (lambda: fields().integer("wide"), "bad-value: wide is no integer"),
        (lambda: fields().integer("flag"), "bad-value: flag is no integer"),
        (lambda: fields().optional_boolean("number"), "bad-value: number is neither true nor false"),
        (lambda: fields().instant("text"), "bad-value: text is not an instant in a format of the mapping"),
        (lambda: fields().at("list"), "bad-value: list is no object"),
        (lambda: list(fields().each("list")), "bad-value: list[0] is no object"),
        (lambda: list(fields().each("text")), "bad-value: text is no array"),
        (lambda: Fields([], "UTC"), "bad-value: payload is no object"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused_by_name_and_never_by_value(read: Any, said: str) -> None:
    assert refused(read) == said


def test_a_message_read_twice_is_the_same_fact_and_another_message_is_not() -> None:
    case = ORIGIN.case(" 1 ")
    first = ORIGIN.fact(Kind.STEP, case, 1, identity=("m1", None), unit="a")
    assert case == "log:1"
    assert ORIGIN.fact(Kind.STEP, case, 2, identity=("m1", None), unit="b").event_id == first.event_id
    assert ORIGIN.fact(Kind.STEP, case, 1, identity=("m2", None), unit="a").event_id != first.event_id
    assert ORIGIN.fact(Kind.STEP, case, 1, identity=("m1", None), name="x").event_id != first.event_id
    assert ORIGIN.fact(Kind.STEP, case, 1).event_id != ORIGIN.fact(Kind.STEP, case, 2).event_id


def test_a_case_may_belong_to_another_source_and_is_in_one_spelling() -> None:
    assert ORIGIN.case("Ho\u0302\u0300", "onestop") == "onestop:Hồ"
    assert Origin("a", "onestop", "b").case("1") == "b:1"


def test_details_without_a_value_are_left_out() -> None:
    fact = ORIGIN.fact(Kind.PAID, "log:1", 1, details={"fee_amount": None, "parts": 2})
    assert fact.details == {"parts": 2}


def test_clock_times_are_the_origin_s_and_touching_numbers_have_all_their_digits() -> None:
    assert (
        Origin("a", "onestop", zone="Europe/Amsterdam").instant("20260102030405", "f", "%Y%m%d%H%M%S")
        == 1_767_319_445_000
    )
    with pytest.raises(RejectedInput, match="bad-value"):
        ORIGIN.instant("2026123030405", "f", "%Y%m%d%H%M%S")


def test_a_payload_is_read_as_the_object_it_is() -> None:
    assert ORIGIN.read(Payload(b'{"a": 1}')).integer("a") == 1
    assert ORIGIN.read(Payload(b"a\n1", value={"a": "1"})).integer("a") == 1
    with pytest.raises(RejectedInput, match="not-json"):
        ORIGIN.read(Payload(b"x"))


@pytest.mark.parametrize("code", ["H24.15.03", "2611-0000102", "a/b_c", "7", "x" * 64])
def test_a_code_is_letters_and_digits(code: str) -> None:
    row = Fields({"code": code}, "Asia/Ho_Chi_Minh")
    assert row.code("code") == row.optional_code("code") == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nguyễn Văn Ân", "bad-value: code is no code"),
        ("LE VAN AN", "bad-value: code is no code"),
        ("-7", "bad-value: code is no code"),
        ("x" * 65, "bad-value: code is no code"),
        ("0912345678", "personal-data: code"),
        ("H24-031099001234", "personal-data: code"),
        (" ", "missing-value: code"),
    ],
)
def test_what_may_name_a_person_is_no_code(text: str, said: str) -> None:
    row = Fields({"code": text}, "Asia/Ho_Chi_Minh")
    assert refused(lambda: row.code("code")) == said


def test_a_code_may_be_left_out() -> None:
    assert Fields({}, "Asia/Ho_Chi_Minh").optional_code("code") is None
