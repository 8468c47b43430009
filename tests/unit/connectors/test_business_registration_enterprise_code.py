"""The check digit of enterprise codes."""

import pytest
from business_registration.enterprise_code import WEIGHTS, check_digit, passes_check_digit
from hypothesis import given
from hypothesis import strategies as st

NINE = st.text("0123456789", min_size=9, max_size=9)


def test_the_digit_is_ten_less_the_rest_of_the_weighted_sum() -> None:
    # 9*31 + 9*29 + 2*7 + 0*5 + 2*3 = 560 = 50*11 + 10
    assert check_digit("990000202") == 0
    # 1*31 = 2*11 + 9
    assert check_digit("100000000") == 1
    # 3*31 + 1*29 + 3*3 = 131 = 11*11 + 10
    assert check_digit("310000003") == 0


def test_nine_digits_without_a_rest_begin_no_code() -> None:
    assert check_digit("000000000") is None
    assert [passes_check_digit(f"000000000{digit}") for digit in range(10)] == [False] * 10


@given(NINE)
def test_one_code_at_most_begins_with_nine_digits(nine: str) -> None:
    fitting = [digit for digit in range(10) if passes_check_digit(f"{nine}{digit}")]
    assert fitting == ([] if check_digit(nine) is None else [check_digit(nine)])


@given(NINE, st.integers(0, 8), st.integers(1, 9))
def test_a_digit_that_is_mistyped_is_found(nine: str, place: int, off: int) -> None:
    digit = check_digit(nine)
    other = f"{nine[:place]}{(int(nine[place]) + off) % 10}{nine[place + 1 :]}"
    assert WEIGHTS[place] % 11
    assert digit is None or not passes_check_digit(f"{other}{digit}")


@pytest.mark.parametrize("more", ["", "-001", "001"])
def test_a_branch_has_the_code_of_its_enterprise_and_three_digits_more(more: str) -> None:
    assert passes_check_digit("1000000001" + more) is True
    assert passes_check_digit("1000000002" + more) is False


@pytest.mark.parametrize(
    "code", ["100000000", "10000000011", "1000000001-1", "1000000001-00a", "１000000001", "x"]
)
def test_other_forms_are_no_codes(code: str) -> None:
    assert passes_check_digit(code) is False


@pytest.mark.parametrize("code", [None, "999999999999", "100000000100"])
def test_of_twelve_digits_nothing_is_said(code: str | None) -> None:
    assert passes_check_digit(code) is None
