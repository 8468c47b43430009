"""Indicator 4.5a: of the procedures about a person, those connected to the population data."""

from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import population_procedures
from services.indicators.answers import Answer
from services.indicators.population_procedures import DEFINITION
from tests.unit.indicators.build import entry, measured


def test_procedures_that_are_not_about_a_person_are_nowhere() -> None:
    said: list[tuple[Answer, Answer]] = [
        *((True, True),) * 2,
        (True, False),
        (True, None),
        (None, True),
        (False, True),
        (False, False),
    ]
    rows = [
        entry(f"1.{n:06d}", is_subject_person=person, is_population_connected=connected)
        for n, (person, connected) in enumerate(said)
    ]
    assert measured(population_procedures, imports=Imports(catalogue=rows)) == Figure(
        2, 3, 5, {"connected": 2, "not_connected": 1, "unsaid": 2}
    )


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(population_procedures) is None


def test_the_catalogue_of_the_reporting_day_is_meant() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("4.5a", "4.5a@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Procedures connected to the population data",
        "Decision 766/QD-TTg, indicator 4.5a",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.IMPORTED, Horizon.PERIOD_END)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
