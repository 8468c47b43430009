"""Documents past their due date that are handled and finished."""

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import check_document
from services.indicators.check_document import DEFINITION
from tests.unit.domain.build import at
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import changes_at, document, found

DUE = "Mon 2026-02-02 17:00"
ARRIVED = document("RECEIVED", "Fri 2026-01-30 08:00", due=DUE)


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ([], "open"),
        ([document("STEP", "Mon 2026-02-02 08:00", "05")], "open"),
        ([document("PROCESSED", "Mon 2026-02-02 08:00", "06")], "handled"),
        ([document("PROCESSED", "Mon 2026-03-02 08:00", "06")], "handled"),
    ],
)
def test_a_document_whose_due_date_has_passed_should_be_handled(facts: list[Fact], part: str) -> None:
    assert found(check_document, [ARRIVED, *facts]) == {f"2026-02 W check.document.{part}": 1}


def test_it_is_checked_as_soon_as_its_due_instant_has_passed() -> None:
    assert found(check_document, [ARRIVED], DUE) == {}
    assert found(check_document, [ARRIVED], f"{DUE} +1ms") == {"2026-02 W check.document.open": 1}
    done = [ARRIVED, document("PROCESSED", "Mon 2026-02-02 08:00", "06")]
    assert found(check_document, done, DUE) == {}
    assert changes_at(check_document, done, "Mon 2026-02-02 09:00") == at(DUE) + 1
    assert changes_at(check_document, done, f"{DUE} +1ms") is None


def test_without_due_date_nothing_is_checked() -> None:
    assert found(check_document, [document("RECEIVED", "Fri 2026-01-30 08:00")]) == {}


@pytest.mark.parametrize("kind", ["REFUSED", "WITHDRAWN", "STOPPED"])
def test_a_document_that_is_gone_has_nothing_to_be_handled(kind: str) -> None:
    facts = [ARRIVED, document(kind, "Mon 2026-02-02 08:00")]
    assert found(check_document, facts) == {}
    assert changes_at(check_document, facts, "Mon 2026-02-02 09:00") is None


def test_other_cases_are_not_checked() -> None:
    assert found(check_document, [dossier("RECEIVED", "Fri 2026-01-30 08:00", due=DUE)]) == {}


def test_the_share_is_of_all_that_were_due() -> None:
    done = [one._replace(case_id="documents:2") for one in (ARRIVED, document("PROCESSED", DUE))]
    parts = {"handled": 1, "open": 1, "unsaid": 0}
    assert measured(check_document, [ARRIVED, *done], period="2026-02") == Figure(1, 2, 2, parts)


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "check.document",
        "Documents handled once their due date has passed",
        1,
        "domain/systems.md, cross-checks",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION


def test_a_document_that_was_returned_before_its_due_date_is_counted_once_that_has_passed() -> None:
    returned = [
        document("RECEIVED", "Mon 2026-01-05 08:00", due=DUE),
        document("RETURNED", "Tue 2026-01-06 08:00"),
    ]
    assert found(check_document, returned, DUE) == {}
    assert changes_at(check_document, returned, "Tue 2026-01-06 09:00") == at(DUE) + 1
