"""Time at the desk: booked when the stage is over, read as mean, median and 90 % quantile."""

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import stage_desk
from services.indicators.stage_desk import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

STAGE = [
    dossier("RECEIVED", "Fri 2026-01-30 16:00", source_status="2"),
    dossier("STEP", "Mon 2026-02-02 08:10", source_status="4"),
]


def test_the_stage_is_booked_when_and_where_it_ends() -> None:
    # Friday 16:00 to 17:00, Monday 07:00 to 08:10
    assert found(stage_desk, STAGE) == {"2026-02 W stage.desk.7200": 1, "2026-02 W stage.desk.seconds": 7800}


def test_a_stage_that_is_not_over_is_not_counted() -> None:
    assert found(stage_desk, STAGE, "Mon 2026-02-02 08:09") == {}


def test_only_dossiers_have_the_stage() -> None:
    others = [document(f.kind.name, f.occurred_at, f.source_status) for f in STAGE]
    assert found(stage_desk, others) == {}


def test_the_figure_is_of_the_stages_that_ended_in_the_period() -> None:
    assert measured(stage_desk, STAGE) == Figure(0, 0, 0, {"count": 0, "unmeasured": 0})
    parts = {"median_seconds": 7200, "p90_seconds": 7200}
    bounds = {"median_below_seconds": 8100, "p90_below_seconds": 8100}
    expected = Figure(7800, 1, 1, {"count": 1, "unmeasured": 0, **parts, **bounds})
    assert measured(stage_desk, STAGE, period="2026-02") == expected


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "stage.desk",
        "Time at the desk",
        1,
        "domain/indicators.md, 4; domain/systems.md, 2",
        Aggregation.HISTOGRAM,
        Horizon.PERIOD_END,
        unit="seconds",
    )
    assert expected == DEFINITION
