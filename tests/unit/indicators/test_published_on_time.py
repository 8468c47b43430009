"""Indicator 1.2: published so many working days after the decision."""

from datetime import date

import pytest

from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import published_on_time
from services.indicators.published_on_time import DEFINITION, part_of
from tests.unit.indicators.build import LAW, LOCAL, PAPER, REGISTER, entry, measured, shares


@pytest.mark.parametrize(
    ("level", "published_on", "part"),
    [
        # five working days after Tue 2026-01-06 are over on Tue 2026-01-13, ten on Tue 2026-01-20
        ("department", date(2026, 1, 13), "on_time"),
        ("department", date(2026, 1, 14), "late"),
        ("ministry", date(2026, 1, 20), "on_time"),
        ("ministry", date(2026, 1, 21), "late"),
        ("commune", None, "undated"),
    ],
)
def test_the_publication_comes_so_many_working_days_after_the_decision(
    level: str, published_on: date | None, part: str
) -> None:
    row = entry(level=level, decision_on=date(2026, 1, 6), published_on=published_on)
    assert part_of(row, LAW) == part


def test_a_decision_of_a_unit_without_calendar_cannot_be_judged() -> None:
    row = entry(unit="stranger", decision_on=date(2026, 1, 6), published_on=date(2026, 1, 6))
    assert part_of(row, LAW) == "uncovered"


def test_the_period_is_that_of_the_decision_whenever_it_was_published() -> None:
    rows = [
        entry(PAPER, decision_on=date(2026, 1, 30), published_on=date(2026, 2, 6)),
        entry(REGISTER, decision_on=date(2026, 1, 30), published_on=date(2026, 2, 7)),
        entry(LOCAL, decision_on=date(2026, 1, 30)),
        entry("1.000004", decision_on=date(2026, 2, 2), published_on=date(2026, 2, 2)),
    ]
    imports = Imports(catalogue=rows)
    january = measured(published_on_time, period="2026-01", imports=imports)
    assert january == Figure(1, 2, 3, {"on_time": 1, "late": 1, "undated": 1, "uncovered": 0})
    assert shares(measured(published_on_time, period="2026", imports=imports)) == (2, 3, 4)
    assert shares(measured(published_on_time, period="2026-03", imports=imports)) == (0, 0, 0)


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(published_on_time) is None


def test_the_catalogue_is_imported_and_may_still_change() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("1.2", "1.2@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Procedures updated and published on time",
        "Decision 766/QD-TTg, indicator 1.2",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.IMPORTED, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
