from decimal import Decimal
from typing import Any

import pytest
from egovhub.errors import RejectedInput
from egovhub.strict_json import DEEPEST, MOST_VALUES, Element, elements, loads


def refusal(body: bytes, path: str | None = None) -> str:
    with pytest.raises(RejectedInput) as refused:
        loads(body) if path is None else elements(body, path)
    return refused.value.reason


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b' {"a": [1, null, true]} ', {"a": [1, None, True]}),
        (b"\xef\xbb\xbf1", 1),
        (b"0.10", Decimal("0.10")),
        (b"1e400", Decimal("1e400")),
        (b"9007199254740993", 9007199254740993),
        ('"Hải Phòng"'.encode(), "Hải Phòng"),
    ],
)
def test_json_is_read_without_a_float(body: bytes, value: Any) -> None:
    assert loads(body) == value


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"1 2", "not-json"),
        (b"{'a': 1}", "not-json"),
        (b'{"agency": "A", "agency": "B"}', "bad-value"),
        (b"NaN", "bad-value"),
        (b"[Infinity]", "bad-value"),
        (b"1" * 5_000, "bad-value"),
        (b"1." + b"1" * 5_000, "bad-value"),
        (b"\xff", "bad-text"),
        (b"[" * 100_000 + b"]" * 100_000, "too-deep"),
        (b"[" * (DEEPEST + 2) + b"]" * (DEEPEST + 2), "too-deep"),
        (b"[" + b"0," * MOST_VALUES + b"0]", "oversized"),
        (b"[" + b"{}," * (MOST_VALUES // 2) + b"{}]", "oversized"),
    ],
)
def test_what_json_readers_let_pass_is_refused(body: bytes, reason: str) -> None:
    assert refusal(body) == reason


def test_so_many_levels_are_allowed() -> None:
    assert loads(b"[" * DEEPEST + b"]" * DEEPEST)


def test_elements_keep_the_bytes_they_were_written_with() -> None:
    found, around = elements(b'{"n": 2, "data": [ {"a":1.50} ,\n{"b" : 2}], "next": "t"}', "data")
    assert found == [Element({"a": Decimal("1.50")}, b'{"a":1.50}'), Element({"b": 2}, b'{"b" : 2}')]
    assert around == {"n": 2, "next": "t"}


def test_an_array_is_found_inside_objects_and_at_the_top() -> None:
    assert elements(b'{"page": {"rows": [1], "n": 1}}', "page.rows") == (
        [Element(1, b"1")],
        {"page": {"n": 1}},
    )
    assert elements(b"[1,2]", "")[0] == [Element(1, b"1"), Element(2, b"2")]


@pytest.mark.parametrize("body", [b'{"data": []}', b'{"data": null}', b'{"data":[ ]}'])
def test_no_elements_are_no_failure(body: bytes) -> None:
    assert elements(body, "data")[0] == []


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"a": 1, "a": 2}', "bad-value"),
        (b'{"a": NaN}', "bad-value"),
        (b'{"a": tru}', "not-json"),
        (b'{"a": "] , }"; }', "not-json"),
        (b"[" * 100_000 + b"]" * 100_000, "too-deep"),
        (b"tru", "not-json"),
        (b'{"a": "\xff"}', "bad-text"),
        (b'{"a": "\xed\xa0\x80"}', "bad-text"),
        (b'{"a": "\xc0\xaf", "b": tru}', "bad-text"),
        (b'"\xe1\xba"', "bad-text"),
    ],
)
def test_a_broken_element_costs_itself_alone(broken: bytes, reason: str) -> None:
    found, around = elements(b'{"data": [{"a": 1}, ' + broken + b', {"b": 2}], "n": 3}', "data")
    assert [element.value for element in found] == [{"a": 1}, None, {"b": 2}]
    assert found[1].body == broken
    assert found[1].refused
    assert found[1].refused.reason == reason
    assert around == {"n": 3}


def test_so_many_values_are_allowed() -> None:
    assert len(loads(b"[" + b"0," * (MOST_VALUES - 1) + b"0]")) == MOST_VALUES


def test_a_text_that_is_never_closed_is_looked_through_once() -> None:
    assert refusal(b'{"data": ["' + b'\\"' * 200_000, "data") == "not-json"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"data": [1, 2}', "not-json"),
        (b'{"data": [1', "not-json"),
        (b'{"data" [1]}', "not-json"),
        (b"{data: [1]}", "not-json"),
        (b'{"data": [1]} x', "not-json"),
        (b'{"data": [1], "data": [2]}', "bad-value"),
        (b'{"rows": [1]}', "missing-value"),
        (b'{"data": {"a": 1}}', "missing-value"),
        (b'"text"', "missing-value"),
        (b"<html>", "not-json"),
        (b'{"data": [1], "next": "\xff"}', "bad-text"),
        (b'{"\xff": 1, "data": [1]}', "bad-text"),
    ],
)
def test_an_answer_without_the_array_is_refused_as_a_whole(body: bytes, reason: str) -> None:
    assert refusal(body, "data") == reason
