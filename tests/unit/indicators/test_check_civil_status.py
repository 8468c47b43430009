"""Civil status records whose dossier is processed or returned."""

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import check_civil_status
from services.indicators.check_civil_status import DEFINITION
from tests.unit.indicators.build import dossier, elsewhere, measured
from tests.unit.indicators.more_build import document, found

BEGUN = dossier("RECEIVED", "Mon 2026-01-05 08:00")
RECORD = elsewhere("civil-status", "PROCESSED", "Mon 2026-02-02 08:00")


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ([dossier("PROCESSED", "Thu 2026-01-08 08:00")], "agrees"),
        ([dossier("RETURNED", "Mon 2026-03-02 08:00")], "agrees"),
        ([], "differs"),
        ([dossier("REFUSED", "Thu 2026-01-08 08:00")], "differs"),
        ([dossier("WITHDRAWN", "Thu 2026-01-08 08:00")], "differs"),
        ([dossier("STOPPED", "Thu 2026-01-08 08:00")], "differs"),
    ],
)
def test_a_record_agrees_with_a_dossier_that_is_finished(facts: list[Fact], part: str) -> None:
    assert found(check_civil_status, [BEGUN, *facts, RECORD]) == {f"2026-02 W check.civil-status.{part}": 1}


def test_a_dossier_finished_later_agrees_from_then_on() -> None:
    facts = [BEGUN, RECORD, dossier("PROCESSED", "Mon 2026-03-02 08:00")]
    differs = {"2026-02 W check.civil-status.differs": 1}
    assert found(check_civil_status, facts, "Mon 2026-03-02 07:59") == differs
    assert found(check_civil_status, facts) == {"2026-02 W check.civil-status.agrees": 1}


def test_without_a_record_there_is_nothing_to_check() -> None:
    received = elsewhere("civil-status", "RECEIVED", "Mon 2026-02-02 08:00", source_status="1")
    payment = elsewhere("payments", "PROCESSED", "Mon 2026-02-02 08:00")
    assert found(check_civil_status, [BEGUN]) == {}
    assert found(check_civil_status, [BEGUN, received]) == {}
    assert found(check_civil_status, [BEGUN, payment]) == {}


def test_only_dossiers_are_checked() -> None:
    facts = [document("RECEIVED", "Mon 2026-01-05 08:00"), RECORD._replace(case_id="documents:1")]
    assert found(check_civil_status, facts) == {}


def test_the_share_is_of_all_records() -> None:
    facts = [
        BEGUN,
        RECORD,
        BEGUN._replace(case_id="onestop:2"),
        RECORD._replace(case_id="onestop:2"),
        dossier("PROCESSED", "Thu 2026-01-08 08:00", case_id="onestop:2"),
    ]
    parts = {"agrees": 1, "differs": 1, "unsaid": 0}
    assert measured(check_civil_status, facts, period="2026-02") == Figure(1, 2, 2, parts)


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "check.civil-status",
        "Civil status records whose dossier is finished",
        1,
        "domain/systems.md, cross-checks",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
