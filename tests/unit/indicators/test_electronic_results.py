"""Indicator 4.1: of the dossiers to which a document is due, those with a file of it."""

import pytest

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import electronic_results
from services.indicators.answers import Answer
from services.indicators.electronic_results import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import LOCAL, PAPER, REGISTER, booked, dossier, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED, ENDED = "Mon 2026-01-05 08:00", "Mon 2026-02-09 08:00"


@pytest.mark.parametrize(
    ("procedure", "end", "linked", "answer"),
    [
        (PAPER, "PROCESSED", True, "linked"),
        (PAPER, "PROCESSED", False, "not_linked"),
        (PAPER, "PROCESSED", None, "unsaid"),
        (PAPER, "STEP", None, "not_linked"),
        (PAPER, "REFUSED", None, None),
        (PAPER, "REFUSED", True, "linked"),
        (REGISTER, "PROCESSED", None, None),
        (REGISTER, "PROCESSED", False, None),
        (LOCAL, "PROCESSED", False, "unsaid"),
        (REGISTER, "PROCESSED", True, None),
        (REGISTER, "REFUSED", True, None),
        (LOCAL, "PROCESSED", True, "unsaid"),
        (LOCAL, "REFUSED", True, "unsaid"),
        (LOCAL, "REFUSED", False, None),
        ("7.777777", "PROCESSED", True, "unsaid"),
    ],
)
def test_only_dossiers_with_a_document_to_come_are_asked_for_it(
    procedure: str, end: str, linked: Answer, answer: str | None
) -> None:
    details = {} if linked is None else {"is_result_electronic": linked}
    facts = [dossier("ACCEPTED", ACCEPTED, procedure=procedure), dossier(end, ENDED, details=details)]
    found = booked(electronic_results, facts, AS_OF)
    assert found == ({} if answer is None else {f"2026-01 W 4.1.{answer}": 1})


def test_what_is_not_accepted_or_no_dossier_is_not_counted() -> None:
    details = {"is_result_electronic": True}
    document = fact(
        "RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents", details=details
    )
    registered = dossier("REGISTERED", ACCEPTED, procedure=PAPER, details=details)
    assert booked(electronic_results, [document, registered], AS_OF) == {}


def test_the_share_is_of_the_dossiers_that_were_accepted() -> None:
    facts = [
        dossier(
            "ACCEPTED",
            ACCEPTED,
            case_id=f"onestop:{n}",
            procedure=procedure,
            details={"is_result_electronic": linked},
        )
        for n, (procedure, linked) in enumerate(
            [(PAPER, True), (PAPER, True), (PAPER, False), (REGISTER, False), (LOCAL, False)]
        )
    ]
    assert measured(electronic_results, facts) == Figure(2, 3, 4, {"linked": 2, "not_linked": 1, "unsaid": 1})
    assert shares(measured(electronic_results, facts, procedure=LOCAL)) == (0, 0, 1)


def test_the_cohort_of_a_month_is_a_pooled_share() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("4.1", "4.1@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers with an electronic result",
        "Decision 766/QD-TTg, indicator 4.1",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
