"""How indicators describe themselves."""

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon


def test_a_row_names_the_version_of_its_definition() -> None:
    assert Definition("2.1", "On time", 3, "law").label == "2.1@3"


def test_an_indicator_that_says_no_more_is_a_share_of_pooled_counts_at_the_end_of_its_period() -> None:
    plain = Definition("2.1", "On time", 1, "law")
    assert (plain.aggregation, plain.horizon, plain.unit) == (Aggregation.SUM, Horizon.PERIOD_END, "share")
    assert (plain.is_per_policy, plain.has_drill_down) == (False, False)


def test_a_figure_that_says_no_more_has_no_parts_and_shares_none() -> None:
    one, other = Figure(1, 2, 3), Figure(1, 2, 3)
    assert one.parts == {}
    assert one.parts is not other.parts


@pytest.mark.parametrize(
    ("choices", "values"),
    [
        (Aggregation, ["sum", "distinct procedures", "distinct units", "histogram", "imported"]),
        (Horizon, ["period end", "as of"]),
    ],
)
def test_aggregation_and_horizon_are_called_what_rows_call_them(
    choices: type[Aggregation] | type[Horizon], values: list[str]
) -> None:
    assert [choice.value for choice in choices] == values
