"""Which dated row decides."""

from datetime import date
from typing import NamedTuple

import pytest

from services.domain.dated import contradictions, holds, in_force, known


class Row(NamedTuple):
    name: str
    valid_from: date
    valid_to: date | None = None
    known_from: int | None = None


FIRST, SECOND, END = date(2025, 1, 1), date(2026, 1, 1), date(2026, 7, 1)


def deciding(rows: list[Row], day: date, known_at: int | None = None) -> str | None:
    row = in_force(known(rows, known_at), day)
    return None if row is None else row.name


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2024, 12, 31), False),
        (FIRST, True),
        (date(2026, 6, 30), True),
        (END, False),
    ],
)
def test_a_row_holds_from_its_first_day_to_the_day_before_its_end(day: date, held: bool) -> None:
    assert holds(Row("a", FIRST, END), day) is held
    assert deciding([Row("a", FIRST, END)], day) == ("a" if held else None)


def test_without_an_end_a_row_holds_until_further_notice() -> None:
    assert deciding([Row("a", FIRST)], date(2199, 1, 1)) == "a"


def test_a_row_is_known_from_its_instant_on_and_without_one_from_the_beginning() -> None:
    rows = [Row("a", FIRST), Row("b", FIRST, None, 100)]
    assert [[row.name for row in known(rows, at)] for at in (-5, 99, 100, None)] == [
        ["a"],
        ["a"],
        ["a", "b"],
        ["a", "b"],
    ]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_change_is_a_new_row_and_leaves_the_days_before_it(turn: int) -> None:
    rows = [Row("old", FIRST), Row("new", SECOND, None, 100)][::turn]
    assert deciding(rows, date(2025, 12, 31)) == "old"
    assert deciding(rows, SECOND) == "new"
    assert deciding(rows, SECOND, 99) == "old"


@pytest.mark.parametrize("turn", [1, -1])
def test_an_end_that_is_learned_later_replaces_the_row_that_had_none(turn: int) -> None:
    rows = [Row("open", FIRST), Row("ended", FIRST, SECOND, 100)][::turn]
    assert deciding(rows, SECOND) is None
    assert deciding(rows, SECOND, 99) == "open"
    assert deciding(rows, FIRST) == "ended"


def test_what_is_known_from_the_epoch_is_known_later_than_the_beginning() -> None:
    rows = [Row("epoch", FIRST, None, 0), Row("beginning", FIRST), Row("before", SECOND, None, -100)]
    assert deciding(rows, FIRST) == "epoch"
    assert deciding(rows, SECOND) == "epoch"
    assert deciding(rows, SECOND, -1) == "before"


@pytest.mark.parametrize(
    ("a", "b", "contradict"),
    [
        (Row("a", FIRST), Row("b", SECOND), True),
        (Row("a", SECOND), Row("b", FIRST), True),
        (Row("a", FIRST), Row("b", FIRST), True),
        (Row("a", FIRST, END), Row("b", SECOND, END), True),
        (Row("a", FIRST, SECOND), Row("b", SECOND), False),
        (Row("a", SECOND), Row("b", FIRST, SECOND), False),
        (Row("a", FIRST), Row("b", FIRST, None, 100), False),
        (Row("a", FIRST, None, 100), Row("b", FIRST, None, 100), True),
    ],
)
def test_two_rows_contradict_on_a_day_of_both_and_one_knowledge(a: Row, b: Row, contradict: bool) -> None:
    assert contradictions([a, b]) == ([(a, b)] if contradict else [])
