"""Indicator 4.5b: dossiers for which population data was used."""

import pytest

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import population_dossiers
from services.indicators.answers import Answer
from services.indicators.population_dossiers import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import PAPER, booked, dossier, elsewhere, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED, LATER = "Mon 2026-01-05 08:00", "Mon 2026-02-09 08:00"


@pytest.mark.parametrize(
    ("used", "look_up", "answer"),
    [
        (True, None, "using"),
        (False, None, "not_using"),
        (None, None, "unsaid"),
        (None, ("population", "VERIFIED", True), "unsaid"),
        (True, ("population", "VERIFIED", True), "using"),
        (False, ("population", "VERIFIED", True), "using"),
        (False, ("population", "VERIFIED", False), "using"),
        (False, ("population", "STEP", True), "not_using"),
        (False, ("civil-status", "VERIFIED", True), "not_using"),
    ],
)
def test_the_source_says_so_or_the_database_was_asked(
    used: Answer, look_up: tuple[str, str, bool] | None, answer: str
) -> None:
    facts = [dossier("ACCEPTED", ACCEPTED, details={} if used is None else {"is_population_data_used": used})]
    if look_up is not None:
        domain, kind, is_verified = look_up
        facts.append(elsewhere(domain, kind, LATER, details={"is_verified": is_verified}))
    assert booked(population_dossiers, facts, AS_OF) == {f"2026-01 W 4.5b.{answer}": 1}


def test_what_is_not_accepted_or_no_dossier_is_not_counted() -> None:
    details = {"is_population_data_used": True}
    document = fact(
        "RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents", details=details
    )
    registered = dossier("REGISTERED", ACCEPTED, details=details)
    assert booked(population_dossiers, [document, registered], AS_OF) == {}


def test_the_share_is_of_the_dossiers_that_were_accepted() -> None:
    facts = [
        dossier(
            "ACCEPTED",
            ACCEPTED,
            case_id=f"onestop:{n}",
            procedure=PAPER,
            details={} if used is None else {"is_population_data_used": used},
        )
        for n, used in enumerate([True, True, False, None])
    ]
    assert measured(population_dossiers, facts) == Figure(2, 3, 4, {"using": 2, "not_using": 1, "unsaid": 1})
    assert shares(measured(population_dossiers, facts, procedure=PAPER)) == (2, 3, 4)


def test_the_cohort_of_a_month_is_a_pooled_share() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("4.5b", "4.5b@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers using population data",
        "Decision 766/QD-TTg, indicator 4.5b",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
