"""Indicator 3.5a: of the procedures with a fee, those whose fee can be paid online."""

from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import fee_procedures_integrated
from services.indicators.answers import Answer
from services.indicators.fee_procedures_integrated import DEFINITION
from tests.unit.indicators.build import entry, measured


def test_procedures_without_a_fee_are_nowhere() -> None:
    said: list[tuple[Answer, Answer]] = [
        *((True, True),) * 3,
        *((True, False),) * 2,
        (True, None),
        (None, True),
        (None, False),
        (False, True),
        (False, None),
    ]
    rows = [
        entry(f"1.{n:06d}", has_fee=fee, is_fee_integrated=online) for n, (fee, online) in enumerate(said)
    ]
    assert measured(fee_procedures_integrated, imports=Imports(catalogue=rows)) == Figure(
        3, 5, 8, {"integrated": 3, "not_integrated": 2, "unsaid": 3}
    )


def test_a_catalogue_without_fee_procedures_has_nothing_to_judge() -> None:
    figure = measured(fee_procedures_integrated, imports=Imports(catalogue=[entry(has_fee=False)]))
    assert figure == Figure(0, 0, 0, {"integrated": 0, "not_integrated": 0, "unsaid": 0})


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(fee_procedures_integrated) is None


def test_the_catalogue_of_the_reporting_day_is_meant() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("3.5a", "3.5a@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Fee procedures integrated for online payment",
        "Decision 766/QD-TTg, indicator 3.5a",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.IMPORTED, Horizon.PERIOD_END)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
