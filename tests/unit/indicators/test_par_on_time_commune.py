"""PAR input: dossiers on time of the communes alone."""

from services.domain.indicator import Aggregation, Horizon
from services.indicators import par_on_time_commune
from services.indicators.par_on_time_commune import DEFINITION, LEVEL
from tests.unit.indicators.build import measured, shares
from tests.unit.indicators.par_build import FACTS


def test_the_share_is_that_of_the_communes() -> None:
    assert LEVEL == "commune"
    assert shares(measured(par_on_time_commune, FACTS, unit="C")) == (2, 3, 4)


def test_the_figure_is_scored_under_the_id_of_its_threshold() -> None:
    assert (DEFINITION.id, DEFINITION.label) == ("par.on-time.commune", "par.on-time.commune@1")
    assert DEFINITION.unit == "share"
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers on time, communes",
        "PAR INDEX, inputs from events",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.PERIOD_END)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
