"""Indicator 4.4: a part from a store, or a linked result."""

import pytest

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import shared_dossiers
from services.indicators.answers import Answer
from services.indicators.shared_dossiers import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import PAPER, REGISTER, booked, dossier, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED, ENDED = "Mon 2026-01-05 08:00", "Mon 2026-02-09 08:00"


@pytest.mark.parametrize(
    ("reused", "procedure", "end", "linked", "answer"),
    [
        (1, PAPER, "PROCESSED", False, "shared"),
        (1, PAPER, "PROCESSED", None, "unsaid"),
        (0, PAPER, "PROCESSED", True, "shared"),
        (None, PAPER, "PROCESSED", True, "unsaid"),
        (0, PAPER, "PROCESSED", False, "not_shared"),
        (0, PAPER, "PROCESSED", None, "unsaid"),
        (None, PAPER, "PROCESSED", False, "unsaid"),
        (0, PAPER, "STEP", None, "not_shared"),
        (0, PAPER, "WITHDRAWN", None, "not_shared"),
        (0, REGISTER, "PROCESSED", None, "not_shared"),
        (None, REGISTER, "PROCESSED", None, "unsaid"),
    ],
)
def test_a_dossier_shares_a_part_or_its_result(
    reused: int | None, procedure: str, end: str, linked: Answer, answer: str
) -> None:
    parts = {} if reused is None else {"reused_parts": reused}
    result = {} if linked is None else {"is_result_electronic": linked}
    facts = [
        dossier("ACCEPTED", ACCEPTED, procedure=procedure, details=parts),
        dossier(end, ENDED, details=result),
    ]
    assert booked(shared_dossiers, facts, AS_OF) == {f"2026-01 W 4.4.{answer}": 1}


def test_what_is_not_accepted_or_no_dossier_is_not_counted() -> None:
    details = {"reused_parts": 1}
    document = fact(
        "RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents", details=details
    )
    registered = dossier("REGISTERED", ACCEPTED, details=details)
    assert booked(shared_dossiers, [document, registered], AS_OF) == {}


def test_the_share_is_of_the_dossiers_that_were_accepted() -> None:
    facts = [
        dossier(
            "ACCEPTED",
            ACCEPTED,
            case_id=f"onestop:{n}",
            procedure=PAPER,
            details={} if reused is None else {"reused_parts": reused},
        )
        for n, reused in enumerate([2, 1, 0, None])
    ]
    assert measured(shared_dossiers, facts) == Figure(2, 3, 4, {"shared": 2, "not_shared": 1, "unsaid": 1})
    assert shares(measured(shared_dossiers, facts, procedure=PAPER)) == (2, 3, 4)


def test_the_cohort_of_a_month_is_a_pooled_share() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("4.4", "4.4@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers shared for reuse",
        "Decision 766/QD-TTg, indicator 4.4",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
