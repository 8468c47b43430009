"""The clock of a replay: over the span of the log, never back, and not beyond its end."""

from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError
from egovhub.mapping import load_mapping

from deploy import demo_clock
from deploy.demo_clock import ReplayClock, Span, span_of
from services.clock import parse_clock

DAY = 86_400_000
SPAN = Span(1_286_000_000_000, 1_286_000_000_000 + 60 * DAY, 3)


class Wall:
    """A wall clock that tests move."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(demo_clock, "time", wall)
    return wall


def test_the_file_says_the_first_instant_until_the_clock_runs(tmp_path: Path, wall: Wall) -> None:
    ReplayClock(tmp_path / "clock", SPAN, 60)
    wall.seconds += 30
    assert parse_clock(str(tmp_path / "clock")).now() == SPAN.first


def test_the_clock_runs_over_the_span_and_stops_at_its_last_instant(tmp_path: Path, wall: Wall) -> None:
    clock = ReplayClock(tmp_path / "clock", SPAN, 60)
    clock.step()
    wall.seconds += 30
    clock.step()
    assert parse_clock(str(tmp_path / "clock")).now() == SPAN.first + 30 * DAY
    assert clock.done == 0.5
    wall.seconds += 1000
    clock.step()
    assert parse_clock(str(tmp_path / "clock")).now() == SPAN.last
    assert clock.is_over


def test_a_second_start_goes_on_where_the_first_ended(tmp_path: Path, wall: Wall) -> None:
    first = ReplayClock(tmp_path / "clock", SPAN, 60)
    first.step()
    wall.seconds += 20
    first.step()
    assert ReplayClock(tmp_path / "clock", SPAN, 60).now == SPAN.first + 20 * DAY


MAPPING = """
source = "calls"
domain = "onestop"
namespace = "calls"
zone = "Europe/Amsterdam"
case_id = "id"
[[fact]]
kind = "RECEIVED"
occurred_at = "at"
"""


def span(tmp_path: Path, *instants: str) -> Span:
    (tmp_path / "calls.toml").write_text(MAPPING)
    rows = [f"{number},{instant}" for number, instant in enumerate(instants)]
    (tmp_path / "calls.csv").write_text("\n".join(["id,at", *rows, ""]))
    return span_of(load_mapping(tmp_path / "calls.toml"), tmp_path / "calls.csv")


def test_the_span_is_that_of_the_facts_in_any_order(tmp_path: Path) -> None:
    found = span(
        tmp_path, "2011-03-01T00:00:00+01:00", "2010-10-02T00:00:00+02:00", "2012-01-23T10:00:00+01:00"
    )
    assert found == Span(1_285_970_400_000, 1_327_309_200_000, 3)


def test_a_log_without_a_fact_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no row of it becomes a fact"):
        span(tmp_path)
