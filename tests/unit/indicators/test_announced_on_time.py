"""Indicator 1.1: announced so many working days before the legal basis takes effect."""

from datetime import date
from typing import Any

import pytest

from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import announced_on_time
from services.indicators.announced_on_time import DEFINITION, part_of
from tests.unit.indicators.build import LAW, LOCAL, PAPER, REGISTER, entry, measured, shares


@pytest.mark.parametrize(
    ("level", "announced_on", "part"),
    [
        # five working days before Thu 2026-02-12 is Thu 2026-02-05, twenty are Thu 2026-01-15
        ("commune", date(2026, 2, 5), "on_time"),
        ("commune", date(2026, 2, 6), "late"),
        ("ministry", date(2026, 1, 15), "on_time"),
        ("ministry", date(2026, 1, 16), "late"),
        ("commune", None, "undated"),
    ],
)
def test_the_announcement_comes_so_many_working_days_before_the_effect(
    level: str, announced_on: date | None, part: str
) -> None:
    row = entry(
        level=level,
        decision_on=date(2026, 1, 5),
        announced_on=announced_on,
        effective_on=date(2026, 2, 12),
    )
    assert part_of(row, LAW) == part


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"effective_on": None}, "undated"),
        ({"effective_on": date(2026, 1, 5)}, "uncovered"),
        ({"unit": "stranger"}, "uncovered"),
        ({"decision_on": date(2020, 1, 1)}, "uncovered"),
    ],
)
def test_what_cannot_be_judged_says_why(fields: dict[str, Any], part: str) -> None:
    given = {
        "decision_on": date(2026, 1, 5),
        "announced_on": date(2026, 1, 2),
        "effective_on": date(2026, 2, 12),
    }
    assert part_of(entry(**{**given, **fields}), LAW) == part


def test_the_period_is_that_of_the_decision() -> None:
    rows = [
        entry(
            PAPER,
            decision_on=date(2026, 1, 31),
            announced_on=date(2026, 2, 5),
            effective_on=date(2026, 2, 12),
        ),
        entry(
            REGISTER,
            decision_on=date(2026, 1, 1),
            announced_on=date(2026, 2, 6),
            effective_on=date(2026, 2, 12),
        ),
        entry(LOCAL, decision_on=date(2026, 1, 2)),
        entry(
            "1.000004",
            decision_on=date(2026, 2, 1),
            announced_on=date(2026, 2, 5),
            effective_on=date(2026, 2, 12),
        ),
    ]
    imports = Imports(catalogue=rows)
    assert measured(announced_on_time, period="2026-01", imports=imports) == Figure(
        1, 2, 3, {"on_time": 1, "late": 1, "undated": 1, "uncovered": 0}
    )
    assert shares(measured(announced_on_time, period="2026-Q1", imports=imports)) == (2, 3, 4)
    assert shares(measured(announced_on_time, period="2026-03", imports=imports)) == (0, 0, 0)


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(announced_on_time) is None


def test_the_catalogue_is_imported_and_may_still_change() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("1.1", "1.1@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Procedures announced on time",
        "Decision 766/QD-TTg, indicator 1.1",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.IMPORTED, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
