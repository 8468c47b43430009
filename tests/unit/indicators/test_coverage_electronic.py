"""Documents between agencies that are electronic."""

from typing import Any

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import coverage_electronic
from services.indicators.coverage_electronic import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

ARRIVED = "Fri 2026-01-30 08:00"


@pytest.mark.parametrize(
    ("details", "part"),
    [
        ({"sender": "H24", "is_electronic": True}, "electronic"),
        ({"sender": "H24", "is_electronic": False}, "paper"),
        ({"sender": "H24"}, "unsaid"),
    ],
)
def test_a_document_of_an_agency_counts(details: dict[str, Any], part: str) -> None:
    facts = [document("RECEIVED", ARRIVED, details=details), document("ACCEPTED", "Mon 2026-02-02 08:00")]
    assert found(coverage_electronic, facts) == {f"2026-01 W coverage.electronic.{part}": 1}


def test_a_document_without_sender_and_other_cases_are_not_counted() -> None:
    assert found(coverage_electronic, [document("RECEIVED", ARRIVED, details={"is_electronic": True})]) == {}
    sent = {"sender": "H24", "is_electronic": True}
    assert found(coverage_electronic, [dossier("RECEIVED", ARRIVED, details=sent)]) == {}


def test_the_share_is_of_those_of_which_it_is_said() -> None:
    facts = [
        document("RECEIVED", ARRIVED, case_id=f"documents:{n}", details={"sender": "H24", **details})
        for n, details in enumerate([{"is_electronic": True}, {"is_electronic": False}, {}])
    ]
    assert measured(coverage_electronic, facts) == Figure(1, 2, 3, {"electronic": 1, "paper": 1, "unsaid": 1})


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "coverage.electronic",
        "Documents between agencies that are electronic",
        1,
        "domain/indicators.md, 2",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
