"""Cases that have a due instant, of those that should."""

from typing import Any

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import trust_due
from services.indicators.trust_due import DEFINITION
from tests.unit.indicators.build import PAPER, dossier
from tests.unit.indicators.more_build import RULED, document, found

BEGUN = "Mon 2026-01-05 08:00"


@pytest.mark.parametrize("kind", ["RECEIVED", "ACCEPTED"])
def test_a_case_whose_clock_has_started_without_due_instant_misses_it(kind: str) -> None:
    assert found(trust_due, [dossier(kind, BEGUN)]) == {"2026-01 W trust.cases.no_due/onestop": 1}
    assert found(trust_due, [document(kind, BEGUN)]) == {"2026-01 W trust.cases.no_due/documents": 1}


def test_a_case_that_waits_for_its_reception_should_have_none_yet() -> None:
    assert found(trust_due, [dossier("REGISTERED", BEGUN)]) == {"2026-01 W trust.cases.waiting/onestop": 1}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("RECEIVED", {"due": "Fri 2026-01-30 08:00"}),
        ("REGISTERED", {"due": "Fri 2026-01-30 08:00"}),
        ("ACCEPTED", {"procedure": PAPER}),
    ],
)
def test_the_sources_due_instant_or_the_computed_one_is_enough(kind: str, fields: dict[str, Any]) -> None:
    assert found(trust_due, [dossier(kind, BEGUN, **fields)], law=RULED) == {}


def test_a_due_instant_that_cannot_be_computed_is_missing() -> None:
    facts = [dossier("ACCEPTED", "Wed 2025-12-31 08:00", procedure=PAPER)]
    assert found(trust_due, facts, law=RULED) == {"2025-12 W trust.cases.no_due/onestop": 1}


def test_the_share_is_of_those_that_should_have_one() -> None:
    counts = {
        "trust.cases.seen/onestop": 9,
        "trust.cases.no_due/onestop": 2,
        "trust.cases.waiting/onestop": 3,
        "trust.cases.revised/onestop": 5,
    }
    expected = Figure(4, 6, 9, {"onestop/no_due": 2, "onestop/seen": 9, "onestop/waiting": 3})
    assert trust_due.measured(counts) == expected
    assert trust_due.measure(counts, None) == expected  # type: ignore[arg-type]


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.due", "Cases with a due instant", 1, "domain/indicators.md, 4", Aggregation.SUM, Horizon.AS_OF
    )
    assert expected == DEFINITION
