"""The table of Decision 766 and the PAR inputs as a whole: which indicators are computed, and that they are shares."""

from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.indicator import Aggregation, Indicator, Setting
from services.domain.points import DECISION_766, INDICATORS, PAR_INDEX
from services.rules import discovered

FOUND = {indicator.DEFINITION.id: indicator for indicator in discovered()}
POOLED = [
    indicator
    for name, indicator in sorted(FOUND.items())
    if name in INDICATORS[DECISION_766]
    and indicator.DEFINITION.aggregation is Aggregation.SUM
    and not indicator.DEFINITION.is_per_policy
]
"""Those that need nothing but what they counted themselves."""


def test_every_indicator_is_computed_but_the_one_without_a_formula() -> None:
    table = [*INDICATORS[DECISION_766], *INDICATORS[PAR_INDEX]]
    assert [name for name in table if name not in FOUND] == ["4.6"]


def test_of_the_table_only_its_satisfaction_group_and_the_imported_have_no_drill_down() -> None:
    drilled = {
        name for name in INDICATORS[DECISION_766] if name in FOUND and FOUND[name].DEFINITION.has_drill_down
    }
    assert drilled == {"2.1", "2.2", "3.3", "3.6", "4.1", "4.2", "4.3", "4.4", "4.5b"}


@pytest.mark.parametrize("indicator", POOLED, ids=lambda indicator: indicator.DEFINITION.id)
@settings(max_examples=25)
@given(data=st.data())
def test_whatever_was_counted_the_numerator_lies_in_the_denominator_and_that_in_the_total(
    indicator: Indicator, data: st.DataObject
) -> None:
    setting = cast("Setting", None)
    nothing = indicator.measure({}, setting)
    assert nothing is not None
    names = [f"{indicator.DEFINITION.id}.{part}" for part in nothing.parts]
    counts: dict[str, Any] = data.draw(st.fixed_dictionaries({name: st.integers(0, 20) for name in names}))
    figure = indicator.measure(counts, setting)
    assert figure is not None
    assert 0 <= figure.numerator <= figure.denominator <= figure.total
    if figure.total:
        assert sum(figure.parts.values()) >= figure.total
