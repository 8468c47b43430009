"""Indicator 1.3: of the published procedures, those with all their parts."""

from datetime import date

import pytest

from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import complete_procedures
from services.indicators.complete_procedures import DEFINITION, is_published
from tests.unit.indicators.build import entry, measured


@pytest.mark.parametrize(
    ("published_on", "answer"),
    [(date(2026, 1, 30), True), (date(2026, 1, 31), True), (date(2026, 2, 1), False), (None, False)],
)
def test_a_procedure_is_published_from_its_day_on(published_on: date | None, answer: bool) -> None:
    assert is_published(entry(published_on=published_on), date(2026, 1, 31)) is answer


def test_only_published_procedures_are_judged() -> None:
    said: list[tuple[bool | None, date | None]] = [
        (True, date(2026, 1, 31)),
        (True, date(2026, 1, 1)),
        (False, date(2026, 1, 1)),
        (None, date(2026, 1, 1)),
        (True, date(2026, 2, 1)),
        (False, None),
    ]
    rows = [
        entry(f"1.{n:06d}", is_complete=complete, published_on=on) for n, (complete, on) in enumerate(said)
    ]
    figure = measured(complete_procedures, imports=Imports(catalogue=rows))
    assert figure == Figure(2, 3, 4, {"complete": 2, "incomplete": 1, "unsaid": 1})


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(complete_procedures) is None


def test_the_catalogue_of_the_reporting_day_is_meant() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("1.3", "1.3@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Published procedures with all their parts",
        "Decision 766/QD-TTg, indicator 1.3",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.IMPORTED, Horizon.PERIOD_END)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
