"""HUB_CLOCK in its four forms."""

import time
from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError

from services.clock import INJECTED, REAL, instant_of, parse_clock, step_to

SUMMER_2011 = 1_309_471_200_000


def test_an_empty_setting_is_the_clock_of_the_machine() -> None:
    clock = parse_clock("")
    before = time.time_ns() // 1_000_000
    assert before <= clock.now() <= time.time_ns() // 1_000_000
    assert (clock.kind, clock.checks_broker) == (REAL, True)


@pytest.mark.parametrize(
    ("text", "seconds"), [("+2h", 7200), ("-30m", -1800), ("+90s", 90), ("-0s", 0), ("+1h", 3600)]
)
def test_a_shifted_clock_is_real_and_still_held_against_the_broker(text: str, seconds: int) -> None:
    clock = parse_clock(text)
    before = time.time_ns() // 1_000_000
    assert before <= clock.now() - seconds * 1000 <= time.time_ns() // 1_000_000
    assert (clock.kind, clock.checks_broker) == (REAL, True)


def test_an_instant_stands_still_and_is_injected() -> None:
    clock = parse_clock("2011-07-01T00:00+02:00")
    assert clock.now() == clock.now() == SUMMER_2011
    assert (clock.kind, clock.checks_broker) == (INJECTED, False)


def test_a_file_is_read_again_at_every_question(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    step_to(path, SUMMER_2011)
    clock = parse_clock(str(path))
    assert clock.now() == SUMMER_2011
    step_to(path, SUMMER_2011 + 1)
    assert clock.now() == SUMMER_2011 + 1
    assert (clock.kind, clock.checks_broker) == (INJECTED, False)
    assert [p.name for p in tmp_path.iterdir()] == ["clock"]


def test_a_file_written_by_hand_may_end_in_a_line_end(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    path.write_text("2011-07-01T00:00:00.000+02:00\r\n")
    assert parse_clock(str(path)).now() == SUMMER_2011


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2011-07-01T00:00", "2011-07-01T00:00"),
        ("2011-07-01", "with offset"),
        ("20110701", "with offset"),
        ("2011-W26-5", "2011-W26-5"),
        ("2011-02-30T00:00Z", "no possible date"),
        ("2011-07-01T24:00Z", "with offset"),
        ("+2 h", "+2 h"),
        ("+2d", "cannot be read"),
        ("2h", "cannot be read"),
        ("+٢h", "cannot be read"),
        ("\0", "cannot be read"),
        ("/", "cannot be read"),
    ],
)
def test_what_is_no_clock_is_refused_with_variable_value_and_remedy(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_clock(text)
    [problem] = caught.value.problems
    assert "HUB_CLOCK" in problem
    assert message in problem
    assert "\n" not in problem


def test_a_file_that_holds_no_instant_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    path.write_text("tomorrow")
    with pytest.raises(
        ConfigurationError, match=r"HUB_CLOCK: file '.*clock': 'tomorrow' is not an instant with"
    ):
        parse_clock(str(path))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00Z", 0),
        ("1970-01-01T00:00:00.001999+00:00", 1),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2011-07-01T00:00:00.5+02:00", SUMMER_2011 + 500),
        ("2011-07-01T05:00:00z", SUMMER_2011 + 7 * 3_600_000),
    ],
)
def test_instants_are_whole_milliseconds_rounded_down(text: str, instant: int) -> None:
    assert instant_of(text) == instant
