"""Indicator 5.4: dossiers without the late ones and without the disliked ones, not below 0."""

from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import dossier_satisfaction
from services.indicators.dossier_satisfaction import DEFINITION, of
from tests.unit.domain.build import at
from tests.unit.indicators.build import LAW, booked, dossier, evaluated, measured, shares
from tests.unit.indicators.petition_build import AS_OF, about, own

ACCEPTED, DUE = "Mon 2026-01-05 08:00", "Mon 2026-01-12 17:00"
EARLY, LATE = "Mon 2026-01-12 16:00", "Mon 2026-01-12 17:01"
RATED = "Mon 2026-02-02 08:00"
OPEN = dossier("ACCEPTED", ACCEPTED, DUE)
DISLIKE = about("RATED", RATED, is_satisfied=False)


@pytest.mark.parametrize(
    ("facts", "as_of", "parts"),
    [
        ([OPEN], DUE, ["on_time"]),
        ([OPEN], LATE, ["late"]),
        ([OPEN, dossier("PROCESSED", EARLY)], AS_OF, ["on_time"]),
        ([OPEN, dossier("PROCESSED", LATE)], AS_OF, ["late"]),
        ([dossier("ACCEPTED", ACCEPTED)], AS_OF, ["unjudged"]),
        ([OPEN, dossier("PROCESSED", EARLY), DISLIKE], AS_OF, ["on_time", "disliked"]),
        ([OPEN, dossier("PROCESSED", LATE), DISLIKE], AS_OF, ["late", "disliked"]),
        ([dossier("ACCEPTED", ACCEPTED), DISLIKE], AS_OF, ["unjudged"]),
        ([OPEN, about("PETITION", RATED)], AS_OF, ["late", "disliked"]),
        ([OPEN, about("PETITION", EARLY), about("PETITION", LATE), DISLIKE], AS_OF, ["late", "disliked"]),
        ([OPEN, about("RATED", RATED, is_satisfied=True)], AS_OF, ["late"]),
        ([OPEN, about("RATED", RATED, score=1, score_max=5)], AS_OF, ["late"]),
        (
            [OPEN, dossier("RATED", RATED, domain="feedback", details={"is_satisfied": False})],
            AS_OF,
            ["late", "disliked"],
        ),
        ([OPEN, dossier("PETITION", RATED)], AS_OF, ["late"]),
    ],
)
def test_a_dossier_is_late_or_not_and_disliked_or_not(
    facts: list[Fact], as_of: str, parts: list[str]
) -> None:
    found = booked(dossier_satisfaction, facts, as_of)
    assert found == {f"2026-01 W 5.4.{part}": 1 for part in parts}


def test_a_bucket_that_the_policy_counts_as_kept_is_on_time() -> None:
    portal = LAW.policies[0]
    lenient = replace(portal, numerator=portal.numerator | {"overdue"})
    law = replace(LAW, policies=(lenient, LAW.policies[1]))
    assert booked(dossier_satisfaction, [OPEN], AS_OF, law) == {"2026-01 W 5.4.on_time": 1}


def test_time_alone_makes_an_open_dossier_late() -> None:
    (evaluation,) = evaluated(dossier_satisfaction, [OPEN], ACCEPTED)
    assert evaluation.next_change == at(DUE) + 1


def test_what_is_not_accepted_is_not_counted() -> None:
    assert booked(dossier_satisfaction, [dossier("REGISTERED", ACCEPTED, DUE), DISLIKE], AS_OF) == {}


def test_a_petition_of_its_own_about_a_dossier_is_counted_apart() -> None:
    opened = own("REGISTERED", ACCEPTED)
    about_one = own("PETITION", RATED, about_case_id="onestop:1")
    assert booked(dossier_satisfaction, [opened, about_one], AS_OF) == {"2026-02 W 5.4.petitions_apart": 1}
    assert booked(dossier_satisfaction, [opened, own("PETITION", RATED)], AS_OF) == {}
    rated = own("RATED", RATED, about_case_id="onestop:1", is_satisfied=False)
    assert booked(dossier_satisfaction, [opened, rated], AS_OF) == {}


def test_a_case_of_another_domain_that_names_a_dossier_is_not_counted() -> None:
    facts = [
        one._replace(domain="documents", case_id="documents:1", source="documents")
        for one in (own("REGISTERED", ACCEPTED), own("PETITION", RATED, about_case_id="onestop:1"))
    ]
    assert booked(dossier_satisfaction, facts, AS_OF) == {}


@pytest.mark.parametrize(
    ("on_time", "late", "disliked", "numerator"),
    [(8, 2, 3, 5), (3, 2, 3, 0), (1, 2, 3, 0), (0, 2, 0, 0), (4, 0, 0, 4), (4, 0, 1, 3)],
)
def test_both_rates_are_taken_off_but_not_below_0(
    on_time: int, late: int, disliked: int, numerator: int
) -> None:
    counts = {"5.4.on_time": on_time, "5.4.late": late, "5.4.disliked": disliked, "5.4.unjudged": 5}
    parts = {"on_time": on_time, "late": late, "disliked": disliked, "unjudged": 5, "petitions_apart": 0}
    assert of(counts) == Figure(numerator, on_time + late, on_time + late + 5, parts)


def test_sums_are_cut_off_at_0_only_once_pooled() -> None:
    def one(number: int, unit: str, end: str, *, is_disliked: bool) -> list[Fact]:
        facts = [dossier("ACCEPTED", ACCEPTED, DUE), dossier("PROCESSED", end)]
        facts += [DISLIKE] if is_disliked else []
        return [f._replace(case_id=f"onestop:{number}", unit=unit) for f in facts]

    facts = [
        *one(1, "W", LATE, is_disliked=True),
        *one(2, "V", EARLY, is_disliked=False),
        *one(3, "V", EARLY, is_disliked=False),
    ]
    assert shares(measured(dossier_satisfaction, facts, unit="W")) == (0, 1, 1)
    assert shares(measured(dossier_satisfaction, facts, unit="V")) == (2, 2, 2)
    assert shares(measured(dossier_satisfaction, facts, unit="C")) == (1, 3, 3)


def test_no_dossiers_are_a_denominator_of_0() -> None:
    parts = dict.fromkeys(("on_time", "late", "disliked", "unjudged", "petitions_apart"), 0)
    assert measured(dossier_satisfaction, []) == Figure(0, 0, 0, parts)
    assert of({"5.4.petitions_apart": 2}) == Figure(0, 0, 0, {**parts, "petitions_apart": 2})


def test_the_cohort_of_a_month_is_a_pooled_share_without_drill_down() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("5.4", "5.4@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Satisfaction with dossier handling",
        "Decision 766/QD-TTg, indicator 5.4",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
