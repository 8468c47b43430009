"""Facts that are not dated after the hub knew them."""

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import trust_clock
from services.indicators.trust_clock import DEFINITION


def test_a_fact_of_any_class_ahead_is_not_in_order() -> None:
    counts = {"trust.late.seen/onestop": 100, "trust.late.seen/payments": 5, "trust.late.late/onestop": 50}
    ahead = {"ahead_1s": 1, "ahead_10s": 2, "ahead_60s": 4, "ahead_300s": 8, "ahead_more": 16}
    counts |= {f"trust.late.{part}/onestop": n for part, n in ahead.items()}
    parts = {f"onestop/{part}": n for part, n in ahead.items()}
    expected = Figure(74, 105, 105, {**parts, "onestop/seen": 100, "payments/seen": 5})
    assert trust_clock.measured(counts) == expected
    assert trust_clock.measure(counts, None) == expected  # type: ignore[arg-type]


def test_facts_whose_arrival_nobody_knows_are_no_data() -> None:
    assert trust_clock.measured({"trust.cases.seen/onestop": 3}) == Figure(0, 0, 0, {})


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.clock",
        "Facts not dated after they were known",
        1,
        "domain/indicators.md, 4; DESIGN 4",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
