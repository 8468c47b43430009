"""Indicator 4.3: dossiers that reuse at least one part."""

import pytest

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import reused_parts
from services.indicators.reused_parts import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import PAPER, booked, dossier, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED = "Mon 2026-01-05 08:00"


@pytest.mark.parametrize(
    ("reused", "answer"), [(1, "reusing"), (3, "reusing"), (0, "not_reusing"), (None, "unsaid")]
)
def test_a_dossier_reuses_a_part_or_none_or_nobody_says(reused: int | None, answer: str) -> None:
    details = {} if reused is None else {"reused_parts": reused}
    facts = [dossier("RECEIVED", "Fri 2026-01-02 08:00"), dossier("ACCEPTED", ACCEPTED, details=details)]
    assert booked(reused_parts, facts, AS_OF) == {f"2026-01 W 4.3.{answer}": 1}


def test_what_is_not_accepted_or_no_dossier_is_not_counted() -> None:
    details = {"reused_parts": 1}
    document = fact(
        "RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents", details=details
    )
    registered = dossier("REGISTERED", ACCEPTED, details=details)
    assert booked(reused_parts, [document, registered], AS_OF) == {}


def test_the_share_is_of_the_dossiers_that_were_accepted() -> None:
    facts = [
        dossier(
            "ACCEPTED",
            ACCEPTED,
            case_id=f"onestop:{n}",
            procedure=PAPER,
            details={} if reused is None else {"reused_parts": reused},
        )
        for n, reused in enumerate([2, 1, 0, None, None])
    ]
    assert measured(reused_parts, facts) == Figure(2, 3, 5, {"reusing": 2, "not_reusing": 1, "unsaid": 2})
    assert shares(measured(reused_parts, facts, procedure=PAPER)) == (2, 3, 5)


def test_the_cohort_of_a_month_is_a_pooled_share() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("4.3", "4.3@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers reusing digitised data",
        "Decision 766/QD-TTg, indicator 4.3",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
