"""The core's figures against those of `tests/oracle/indicators` on some hundred cases.

All 20,000: `python -m tests.oracle.indicators`.
"""

from pathlib import Path

import pytest

from tests.oracle.generate import at
from tests.oracle.indicators.__main__ import WITHOUT_OPINION
from tests.oracle.indicators.compare import Bench, Findings, Population, bench, compare
from tests.oracle.indicators.compare_core import ids_of
from tests.oracle.indicators.generate import drawn
from tests.oracle.indicators.identities import broken
from tests.oracle.indicators.points import Points, Published, wrong_points

AS_OF = at("2026-08-15 12:00")
CASES = range(220)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def found(both: Bench) -> Findings:
    return compare(Population(7, CASES, [drawn(7, number) for number in CASES], AS_OF, None), both)


def test_core_and_sql_agree_on_every_figure_and_its_parts(found: Findings) -> None:
    lines = [line for name, some in found.shown.items() for line in (f"{name}:", *some)]
    assert not found.differing, "\n".join(lines)


def test_every_indicator_has_a_second_opinion_that_was_asked_for(both: Bench, found: Findings) -> None:
    assert not ids_of(both.rules) - found.opinions - set(WITHOUT_OPINION)
    assert not found.opinions - set(found.compared)


def test_a_population_without_facts_has_no_figures(both: Bench) -> None:
    nobody = compare(Population(7, [], [], AS_OF, None), both)
    assert (nobody.compared, nobody.differing) == ({}, {})


def test_an_identity_that_does_not_hold_is_told(tmp_path: Path) -> None:
    cells = [("W", period, "received", 1) for period in ("2026-01", "2026-Q1", "2026")]
    channels = [("W", period, "channel.online", 1) for period in ("2026-01", "2026-Q1", "2026")]
    counters = ("open.in_time", "handover.open.in_time")
    is_open = [("W", period, name, 1) for period in ("2026-01", "2026-Q1", "2026") for name in counters]
    assert broken([*cells, *channels, *is_open], "2026-01", "2026-01", tmp_path) == []
    assert broken([*cells, *channels], "2026-01", "2026-01", tmp_path) != []
    assert broken([*cells, *is_open], "2026-01", "2026-01", tmp_path) != []
    assert broken([*cells[:2], *channels[:2], *is_open], "2026-01", "2026-01", tmp_path) != []


def test_points_that_are_others_are_told() -> None:
    scores = {("W", "2026"): [Points("2.1", "progress", 20, None)]}
    right = Published("766.progress", "W", "2026", None, 20, 0, ("2.1",))
    assert list(wrong_points([right], scores)) == []
    assert list(wrong_points([right._replace(missing=())], scores)) != []
