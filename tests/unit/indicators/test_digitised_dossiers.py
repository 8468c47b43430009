"""Indicator 4.2: all parts digitised, and the result electronic where a document is due."""

from typing import Any

import pytest

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import digitised_dossiers
from services.indicators.answers import Answer
from services.indicators.digitised_dossiers import DEFINITION, all_parts
from tests.unit.domain.build import fact
from tests.unit.indicators.build import LOCAL, PAPER, REGISTER, booked, dossier, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED, ENDED = "Mon 2026-01-05 08:00", "Mon 2026-02-09 08:00"


@pytest.mark.parametrize(
    ("parts", "digitised", "answer"),
    [
        (3, 3, True),
        (3, 2, False),
        (3, 4, True),
        (0, 0, True),
        (1, 0, False),
        (None, 3, None),
        (3, None, None),
        (None, None, None),
    ],
)
def test_all_parts_are_digitised_or_not_or_nobody_says(
    parts: int | None, digitised: int | None, answer: Answer
) -> None:
    assert all_parts(parts, digitised) is answer


ALL_PARTS = {"parts": 2, "digitised_parts": 2}
SOME_PARTS = {"parts": 2, "digitised_parts": 1}


@pytest.mark.parametrize(
    ("details", "procedure", "end", "linked", "answer"),
    [
        (ALL_PARTS, PAPER, "PROCESSED", True, "digitised"),
        (ALL_PARTS, PAPER, "PROCESSED", False, "not_digitised"),
        (ALL_PARTS, PAPER, "PROCESSED", None, "unsaid"),
        (ALL_PARTS, PAPER, "STEP", None, "not_digitised"),
        (ALL_PARTS, PAPER, "REFUSED", None, "digitised"),
        (ALL_PARTS, REGISTER, "STEP", None, "digitised"),
        (ALL_PARTS, LOCAL, "PROCESSED", None, "unsaid"),
        (SOME_PARTS, PAPER, "PROCESSED", True, "not_digitised"),
        (SOME_PARTS, LOCAL, "PROCESSED", None, "not_digitised"),
        ({}, PAPER, "PROCESSED", True, "unsaid"),
        ({}, PAPER, "PROCESSED", False, "not_digitised"),
    ],
)
def test_a_dossier_is_digitised_with_its_result(
    details: dict[str, Any], procedure: str, end: str, linked: Answer, answer: str
) -> None:
    result = {} if linked is None else {"is_result_electronic": linked}
    facts = [
        dossier("ACCEPTED", ACCEPTED, procedure=procedure, details=details),
        dossier(end, ENDED, details=result),
    ]
    assert booked(digitised_dossiers, facts, AS_OF) == {f"2026-01 W 4.2.{answer}": 1}


def test_what_is_not_accepted_or_no_dossier_is_not_counted() -> None:
    document = fact("RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents")
    registered = dossier("REGISTERED", ACCEPTED, procedure=REGISTER, details=ALL_PARTS)
    assert booked(digitised_dossiers, [document, registered], AS_OF) == {}


def test_the_share_is_of_the_dossiers_that_were_accepted() -> None:
    said: list[dict[str, Any]] = [ALL_PARTS, ALL_PARTS, SOME_PARTS, {}]
    facts = [
        dossier("ACCEPTED", ACCEPTED, case_id=f"onestop:{n}", procedure=REGISTER, details=details)
        for n, details in enumerate(said)
    ]
    assert measured(digitised_dossiers, facts) == Figure(
        2, 3, 4, {"digitised": 2, "not_digitised": 1, "unsaid": 1}
    )
    assert shares(measured(digitised_dossiers, facts, procedure=REGISTER)) == (2, 3, 4)


def test_the_cohort_of_a_month_is_a_pooled_share() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("4.2", "4.2@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Digitised dossiers",
        "Decision 766/QD-TTg, indicator 4.2",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
