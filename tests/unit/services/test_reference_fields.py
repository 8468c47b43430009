"""Fields that rows of reference data share."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.reference_fields import flag, instant, known_from, one_of, only, text, validity, whole

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2026, 1, 31)
MIDNIGHT = 1_769_792_400_000


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (DAY, MIDNIGHT),
        (datetime(2026, 1, 30, 17, tzinfo=UTC), MIDNIGHT),
        (datetime(2026, 1, 31, 1, tzinfo=timezone(timedelta(hours=8))), MIDNIGHT),
    ],
)
def test_a_row_is_known_from_an_instant_or_from_midnight_in_the_zone(value: date, known: int) -> None:
    assert known_from({"known_from": value}, HANOI) == known


def test_without_known_from_a_row_is_known_from_the_beginning() -> None:
    assert known_from({}, HANOI) is None


def test_a_validity_may_be_without_an_end_but_not_without_a_beginning() -> None:
    assert validity({"valid_from": DAY}) == (DAY, None)
    assert validity({"valid_from": DAY, "valid_to": date(2026, 2, 1)}) == (DAY, date(2026, 2, 1))
    with pytest.raises(KeyError, match="valid_from"):
        validity({"valid_to": DAY})


@pytest.mark.parametrize("value", ["", "2026-01-31", 20260131, datetime(2026, 1, 31, tzinfo=UTC)])
def test_a_validity_begins_on_a_date_and_nothing_like_it(value: Any) -> None:
    with pytest.raises(ValueError, match=r"valid_from: .* is not a date"):
        validity({"valid_from": value})


@pytest.mark.parametrize("end", [DAY, date(2026, 1, 30)])
def test_a_validity_of_no_day_is_refused(end: date) -> None:
    with pytest.raises(ValueError, match=f"valid_to: {end} is not after valid_from"):
        validity({"valid_from": DAY, "valid_to": end})


def test_a_field_that_nobody_reads_is_refused_with_the_names_of_those_that_are() -> None:
    only({"a": 1}, ("b", "a"))
    with pytest.raises(ValueError, match="c: is no field of this row; the fields are a, b"):
        only({"a": 1, "d": 1, "c": 1}, ("b", "a"))


def test_a_claim_that_is_not_made_is_neither_true_nor_false() -> None:
    assert [flag(row, "a") for row in ({}, {"a": True}, {"a": False})] == [None, True, False]


@pytest.mark.parametrize("value", [0, "true", []])
def test_what_is_like_a_claim_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"a: .* is not a claim"):
        flag({"a": value}, "a")


@pytest.mark.parametrize("value", [True, 1.0, "1", -1])
def test_what_is_like_a_whole_number_is_refused(value: Any) -> None:
    assert whole({"a": 0}, "a") == 0
    with pytest.raises(ValueError, match=r"a: .* is not a whole number of at least 0"):
        whole({"a": value}, "a")


@pytest.mark.parametrize("value", ["", " ", 1])
def test_an_empty_text_is_none(value: Any) -> None:
    assert text({"a": "b"}, "a") == "b"
    with pytest.raises(ValueError, match=r"a: .* is not a text"):
        text({"a": value}, "a")


def test_a_word_is_one_of_its_closed_list() -> None:
    assert one_of({"a": "x"}, "a", ("x", "y")) == "x"
    with pytest.raises(ValueError, match="a: 'z' is unknown; the closed list is x, y"):
        one_of({"a": "z"}, "a", ("x", "y"))


@pytest.mark.parametrize("value", [DAY, datetime(2026, 1, 31), "2026-01-31T00:00:00Z"])  # noqa: DTZ001
def test_an_instant_has_an_offset(value: Any) -> None:
    assert instant({"a": datetime(2026, 1, 30, 17, tzinfo=UTC)}, "a") == MIDNIGHT
    with pytest.raises(ValueError, match=r"a: .* is not an instant"):
        instant({"a": value}, "a")
