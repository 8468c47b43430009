"""Cases in which no source told the same thing twice under two identities."""

from typing import Any

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import trust_duplicates
from services.indicators.trust_duplicates import DEFINITION
from tests.unit.indicators.build import dossier, elsewhere, measured
from tests.unit.indicators.more_build import document, found

WHEN = "Mon 2026-01-05 08:00"
BEGUN = dossier("RECEIVED", WHEN, event_id="1", source_sequence=1, recorded_at=1)
SEEN = {"2026-01 W trust.cases.seen/onestop": 1}
REPEATED = {**SEEN, "2026-01 W trust.cases.repeated/onestop": 1}


@pytest.mark.parametrize(
    ("changed", "is_repeat"),
    [
        ({}, True),
        ({"source_sequence": 2}, True),
        ({"source_sequence": None}, True),
        ({"recorded_at": 2}, True),
        ({"occurred_at": BEGUN.occurred_at + 1}, False),
        ({"due_at": 5}, False),
        ({"details": {"parts": 1}}, False),
        ({"source_status": "2"}, False),
        ({"derived": True}, False),
    ],
)
def test_equal_facts_under_two_ids_are_a_repeat(changed: dict[str, Any], is_repeat: bool) -> None:
    again = BEGUN._replace(event_id="2", **changed)
    assert found(trust_duplicates, [BEGUN, again]) == (REPEATED if is_repeat else SEEN)


def test_two_kinds_at_one_instant_are_no_repeat() -> None:
    assert found(trust_duplicates, [BEGUN, dossier("ACCEPTED", WHEN)]) == SEEN


def test_other_sources_repeat_themselves_but_not_one_another() -> None:
    paid = elsewhere("payments", "PAID", WHEN)
    assert found(trust_duplicates, [BEGUN, paid]) == SEEN
    assert found(trust_duplicates, [BEGUN, paid, paid._replace(event_id="2")]) == REPEATED
    assert found(trust_duplicates, [BEGUN, paid, paid._replace(source="feedback", domain="payments")]) == SEEN


def test_the_same_fact_twice_leaves_no_trace() -> None:
    assert found(trust_duplicates, [BEGUN, BEGUN]) == SEEN


def test_every_case_is_seen_once_under_its_owner() -> None:
    facts = [document("RECEIVED", WHEN), document("ACCEPTED", "Mon 2026-02-02 08:00")]
    assert found(trust_duplicates, facts) == {"2026-01 W trust.cases.seen/documents": 1}


def test_the_figure_is_the_share_of_all_cases_seen() -> None:
    twice = [one._replace(case_id="onestop:2") for one in (BEGUN, BEGUN._replace(event_id="2"))]
    expected = Figure(1, 2, 2, {"onestop/repeated": 1, "onestop/seen": 2})
    assert measured(trust_duplicates, [BEGUN, *twice]) == expected


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.duplicates",
        "Cases without repeated facts",
        1,
        "domain/indicators.md, 4; DESIGN, law 1",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
