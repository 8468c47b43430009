"""Cases whose applicant was asked for supplements only as often as allowed."""

from dataclasses import replace

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import supplement_discipline
from services.indicators.supplement_discipline import DEFINITION
from tests.unit.indicators.build import HAND_OVER, LAW, PORTAL, dossier, measured
from tests.unit.indicators.more_build import document, found

ONCE = replace(LAW, policies=(replace(PORTAL, max_requests=1), HAND_OVER))
BEGUN = dossier("ACCEPTED", "Mon 2026-01-05 08:00")
ASKED = [
    dossier("SUPPLEMENT_REQUESTED", when)
    for when in ("Fri 2026-01-30 08:00", "Mon 2026-02-02 08:00", "Mon 2026-03-02 08:00")
]


@pytest.mark.parametrize(("requests", "part"), [(1, "kept"), (2, "repeated"), (3, "repeated")])
def test_one_request_is_allowed_and_counts_in_the_month_of_the_first(requests: int, part: str) -> None:
    facts = [BEGUN, *ASKED[:requests]]
    assert found(supplement_discipline, facts, law=ONCE) == {f"2026-01 W supplement.once.{part}": 1}


def test_a_policy_may_allow_more_or_any_number() -> None:
    twice = replace(LAW, policies=(replace(PORTAL, max_requests=2), HAND_OVER))
    assert found(supplement_discipline, [BEGUN, *ASKED[:2]], law=twice) == {
        "2026-01 W supplement.once.kept": 1
    }
    assert found(supplement_discipline, [BEGUN, *ASKED]) == {"2026-01 W supplement.once.unsaid": 1}


def test_who_was_not_asked_is_not_counted() -> None:
    assert found(supplement_discipline, [BEGUN], law=ONCE) == {}


def test_a_document_is_not_asked_for_supplements() -> None:
    facts = [
        document("RECEIVED", "Mon 2026-01-05 08:00"),
        document("SUPPLEMENT_REQUESTED", "Fri 2026-01-30 08:00"),
    ]
    assert found(supplement_discipline, facts, law=ONCE) == {}


def test_the_figure_is_of_the_cases_first_asked_in_the_period() -> None:
    others = [one._replace(case_id="onestop:2") for one in (BEGUN, ASKED[0])]
    facts = [BEGUN, *ASKED[:2], *others]
    assert measured(supplement_discipline, facts, law=ONCE) == Figure(
        1, 2, 2, {"kept": 1, "repeated": 1, "unsaid": 0}
    )
    figure = measured(supplement_discipline, facts, law=ONCE, period="2026-02")
    assert figure == Figure(0, 0, 0, {"kept": 0, "repeated": 0, "unsaid": 0})


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "supplement.once",
        "Cases with no more than one supplement request",
        1,
        "Decree 118/2025/NĐ-CP; domain/deadlines.md, 1",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
