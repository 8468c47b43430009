"""Cases that did not end before they were received."""

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import trust_order
from services.indicators.trust_order import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import found

BEFORE, AT, AFTER = "Fri 2026-01-30 08:00", "Mon 2026-02-02 08:00", "Tue 2026-02-03 08:00"
REVERSED = {"2026-02 W trust.cases.reversed/onestop": 1}
AHEAD = {"2026-01 W ahead.ended": 1, "2026-02 W ahead.begun": 1}


@pytest.mark.parametrize("begun", ["REGISTERED", "RECEIVED", "ACCEPTED"])
def test_an_end_before_the_beginning_is_reversed(begun: str) -> None:
    assert found(trust_order, [dossier("PROCESSED", BEFORE), dossier(begun, AT)]) == {**REVERSED, **AHEAD}
    assert found(trust_order, [dossier(begun, AT), dossier("PROCESSED", AT)]) == {}
    assert found(trust_order, [dossier(begun, AT), dossier("PROCESSED", AFTER)]) == {}
    assert found(trust_order, [dossier(begun, AT)]) == {}


def test_an_end_between_registration_and_reception_is_reversed_too() -> None:
    facts = [
        dossier("REGISTERED", AT),
        dossier("PROCESSED", AFTER),
        dossier("RECEIVED", "Wed 2026-02-04 08:00"),
    ]
    assert found(trust_order, facts) == REVERSED


def test_the_end_that_stands_counts() -> None:
    facts = [dossier("WITHDRAWN", BEFORE), dossier("RECEIVED", AT), dossier("PROCESSED", AFTER)]
    hand_over = {"2026-01 W handover.ahead.ended": 1, "2026-02 W handover.ahead.begun": 1}
    assert found(trust_order, facts) == {**AHEAD, **hand_over}


def test_the_figure_is_the_share_of_all_cases_seen() -> None:
    counts = {
        "trust.cases.seen/onestop": 9,
        "trust.cases.reversed/onestop": 2,
        "trust.cases.revised/onestop": 1,
    }
    expected = Figure(7, 9, 9, {"onestop/reversed": 2, "onestop/seen": 9})
    assert trust_order.measure(counts, None) == expected  # type: ignore[arg-type]
    assert measured(trust_order, [dossier("RECEIVED", AT)]) == Figure(0, 0, 0, {})


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.order",
        "Cases that did not end before they were received",
        1,
        "domain/indicators.md, 4",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
