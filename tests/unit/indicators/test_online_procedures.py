"""Indicator 3.1: partial and full both count as offered online."""

import pytest

from services.domain.imports import Imports, OnlineLevel
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import online_procedures
from services.indicators.answers import Answer
from services.indicators.online_procedures import DEFINITION, is_offered
from tests.unit.indicators.build import entry, measured


@pytest.mark.parametrize(
    ("level", "answer"),
    [(OnlineLevel.FULL, True), (OnlineLevel.PARTIAL, True), (OnlineLevel.NONE, False), (None, None)],
)
def test_a_procedure_is_offered_online_if_some_of_it_can_be_done_there(
    level: OnlineLevel | None, answer: Answer
) -> None:
    assert is_offered(level) is answer


def test_the_share_is_of_the_procedures_of_the_units_level() -> None:
    levels = [
        OnlineLevel.FULL,
        OnlineLevel.PARTIAL,
        OnlineLevel.NONE,
        OnlineLevel.NONE,
        OnlineLevel.NONE,
        None,
    ]
    rows = [entry(f"1.{n:06d}", online_level=level) for n, level in enumerate(levels)]
    elsewhere = entry("1.000009", level="department", online_level=OnlineLevel.FULL)
    imports = Imports(catalogue=[*rows, elsewhere])
    assert measured(online_procedures, imports=imports) == Figure(
        2, 5, 6, {"offered": 2, "not_offered": 3, "unsaid": 1}
    )
    assert measured(online_procedures, unit="C", imports=imports) == Figure(
        3, 6, 7, {"offered": 3, "not_offered": 3, "unsaid": 1}
    )


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(online_procedures) is None


def test_the_catalogue_of_the_reporting_day_is_meant() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("3.1", "3.1@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Procedures offered online",
        "Decision 766/QD-TTg, indicator 3.1",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.IMPORTED, Horizon.PERIOD_END)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
