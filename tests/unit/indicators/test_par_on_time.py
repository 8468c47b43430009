"""PAR inputs: finished dossiers on time, of the units of one level at or below a unit."""

from dataclasses import replace

import pytest

from services.domain.indicator import Figure
from services.domain.policy import BUCKETS, Stands
from services.indicators import par_on_time_commune
from services.indicators.par_on_time import of_level
from tests.unit.indicators.build import HAND_OVER, LAW, PORTAL, shares
from tests.unit.indicators.build import measured as figure_of
from tests.unit.indicators.par_build import EARLY, FACTS, LATE, case


@pytest.mark.parametrize(
    ("level", "unit", "share"),
    [
        ("commune", "C", (2, 3, 4)),
        ("commune", "all", (2, 3, 4)),
        ("commune", "W", (1, 2, 2)),
        ("commune", "V", (1, 1, 2)),
        ("commune", "D", (0, 0, 0)),
        ("department", "C", (1, 1, 1)),
        ("department", "D", (1, 1, 1)),
        ("department", "W", (0, 0, 0)),
        ("district", "C", (0, 1, 1)),
        ("district", "X", (0, 1, 1)),
    ],
)
def test_only_the_units_of_the_level_count(
    level: str, unit: str, share: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(par_on_time_commune, "LEVEL", level)
    assert shares(figure_of(par_on_time_commune, FACTS, unit=unit)) == share


def test_the_figure_names_the_buckets_of_the_finished_dossiers() -> None:
    figure = figure_of(par_on_time_commune, FACTS, unit="C")
    assert figure is not None
    assert figure.parts == {**dict.fromkeys(BUCKETS, 0), "on_time": 2, "late": 1, "no_deadline": 1}


def test_a_dossier_counts_in_the_period_of_its_end() -> None:
    assert shares(figure_of(par_on_time_commune, FACTS, unit="C", period="2026-02")) == (0, 1, 1)
    assert shares(figure_of(par_on_time_commune, FACTS, unit="C", period="2026-Q1")) == (2, 4, 5)
    assert shares(figure_of(par_on_time_commune, FACTS, unit="C", period="2026-03")) == (0, 0, 0)


def test_what_the_policys_table_says_counts() -> None:
    strict = replace(PORTAL, total=PORTAL.denominator)
    law = replace(LAW, policies=(strict, HAND_OVER))
    assert shares(figure_of(par_on_time_commune, FACTS, unit="C", law=law)) == (2, 3, 3)


@pytest.mark.parametrize(("stands", "share"), [(Stands.PROCESSING, (1, 1, 1)), (Stands.HAND_OVER, (0, 1, 1))])
def test_the_end_is_that_of_the_policys_track(stands: Stands, share: tuple[int, int, int]) -> None:
    facts = [*case(1, "W", EARLY), *case(1, "W", LATE, kind="RETURNED")]
    first, second = (PORTAL, HAND_OVER) if stands is Stands.PROCESSING else (HAND_OVER, PORTAL)
    law = replace(LAW, policies=(first, second))
    assert shares(figure_of(par_on_time_commune, facts, law=law)) == share


def test_counters_without_a_unit_of_the_level_are_left_out() -> None:
    levels = {"W": "commune", "V": "commune", "D": "department"}
    by_unit = {
        "ended.on_time": {"W": 3, "V": 4, "D": 5},
        "ended.late": {"D": 6},
        "ended.unknown": {"stranger": 7},
    }
    assert of_level(by_unit, levels.get, "commune") == {"ended.on_time": 7}
    assert of_level(by_unit, levels.get, "department") == {"ended.on_time": 5, "ended.late": 6}


def test_no_dossiers_are_no_data() -> None:
    assert figure_of(par_on_time_commune, []) == Figure(0, 0, 0, dict.fromkeys(BUCKETS, 0))
