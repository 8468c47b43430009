"""Text for a person: instants, durations, columns, and nothing that a terminal would obey."""

from zoneinfo import ZoneInfo

import pytest

from services.text_layout import WIDTH, columns, duration, indented, instant, prose
from tests.unit.domain.build import ZONE, at


@pytest.mark.parametrize(
    ("millis", "shown"),
    [
        (at("Fri 2026-01-09 17:00"), "Fri 2026-01-09 17:00"),
        (at("Fri 2026-01-09 17:00") + 1, "Fri 2026-01-09 17:00:00.001"),
        (at("Fri 2026-01-09 17:00") + 59_000, "Fri 2026-01-09 17:00:59"),
        (at("Fri 2026-01-09 17:00") + 59_999, "Fri 2026-01-09 17:00:59.999"),
        (None, "-"),
        (10**15, str(10**15)),
        (-(10**15), str(-(10**15))),
    ],
)
def test_an_instant_has_its_weekday_and_is_no_finer_than_it_must_be(millis: int | None, shown: str) -> None:
    assert instant(millis, ZONE) == shown


def test_an_instant_is_that_of_the_zone() -> None:
    assert instant(at("Fri 2026-01-09 05:00"), ZoneInfo("Europe/Amsterdam")) == "Thu 2026-01-08 23:00"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 h 0 min"),
        (59, "0 h 0 min 59 s"),
        (28_800, "8 h 0 min"),
        (3_661, "1 h 1 min 1 s"),
        (3_600_000, "1,000 h 0 min"),
        (-5_400, "-1 h 30 min"),
    ],
)
def test_a_duration_is_hours_and_minutes(seconds: int, shown: str) -> None:
    assert duration(seconds) == shown


def test_cells_are_aligned_and_nothing_trails() -> None:
    rows = [("unit", "n", "note"), ("Phường", "12", ""), ("A", "3", "x")]
    assert list(columns(rows, right=(1,))) == ["unit     n  note", "Phường  12", "A        3  x"]


def test_a_letter_with_its_marks_is_one_column_wide() -> None:
    apart = "Phươ\u0300ng"
    assert list(columns([(apart, "x"), ("123456", "x")])) == ["Phường  x", "123456  x"]


def test_what_a_terminal_would_obey_is_spelt_out() -> None:
    assert list(columns([("a\x1b[2J", "b")])) == ["a\\x1b[2J  b"]
    assert list(prose("a\x1b[2J\nb")) == ["a\\x1b[2J\\nb"]


def test_long_prose_is_broken_and_goes_on_further_in() -> None:
    lines = list(prose(" ".join(["word"] * 40), 4, 6))
    assert all(len(line) <= WIDTH for line in lines)
    assert [len(line) - len(line.lstrip()) for line in lines] == [4, 10, 10]
    assert " ".join(lines).split() == ["word"] * 40


def test_a_line_that_fits_stays_as_it_is_and_an_empty_text_has_no_line() -> None:
    exact = "x" * (WIDTH - 2)
    assert list(prose(exact, 2)) == ["  " + exact]
    assert list(prose("a   b-c", 1)) == [" a   b-c"]
    assert list(prose("", 6)) == []


def test_lines_stand_further_in_but_empty_ones_stay_empty() -> None:
    assert list(indented(iter(["a", "", " b"]))) == ["  a", "", "   b"]
    assert list(indented(iter(["a"]), 4)) == ["    a"]
