"""Business registrations whose enterprise code passes its check digit."""

from typing import Any

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import check_enterprise_code
from services.indicators.check_enterprise_code import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import dossier, elsewhere, measured
from tests.unit.indicators.more_build import found

PARTS = {True: "valid", False: "invalid", None: "unsaid"}


def registration(kind: str, when: str, valid: object = None, case: str = "1", **fields: Any) -> Fact:
    details = {} if valid is None else {"is_code_valid": valid}
    source = "business-registration"
    own = {"case_id": f"{source}:{case}", "source": source, "domain": source, "unit": "D"}
    return fact(kind, when, **{**own, "details": details, **fields})


@pytest.mark.parametrize("valid", [True, False, None])
def test_a_registration_of_its_own_counts_when_it_is_first_heard_of(valid: bool | None) -> None:
    facts = [
        registration("RECEIVED", "Fri 2026-01-30 08:00"),
        registration("STEP", "Mon 2026-02-02 08:00", valid),
    ]
    assert found(check_enterprise_code, facts) == {f"2026-01 D check.enterprise-code.{PARTS[valid]}": 1}


@pytest.mark.parametrize("valid", [True, False, None])
def test_a_registration_within_a_dossier_counts_too(valid: bool | None) -> None:
    details = {} if valid is None else {"is_code_valid": valid}
    facts = [
        dossier("RECEIVED", "Mon 2026-01-05 08:00"),
        elsewhere("business-registration", "STEP", "Mon 2026-02-02 08:00"),
        elsewhere("business-registration", "STEP", "Mon 2026-03-02 08:00", details=details),
    ]
    assert found(check_enterprise_code, facts) == {f"2026-02 W check.enterprise-code.{PARTS[valid]}": 1}


def test_the_last_word_counts() -> None:
    facts = [
        registration("RECEIVED", "Fri 2026-01-30 08:00", False),
        registration("STEP", "Mon 2026-02-02 08:00", True),
    ]
    assert found(check_enterprise_code, facts) == {"2026-01 D check.enterprise-code.valid": 1}


def test_other_cases_are_not_counted() -> None:
    facts = [
        dossier("RECEIVED", "Mon 2026-01-05 08:00", details={"is_code_valid": True}),
        elsewhere("payments", "STEP", "Mon 2026-02-02 08:00", details={"is_code_valid": True}),
    ]
    assert found(check_enterprise_code, facts) == {}


def test_the_share_is_of_those_of_which_it_is_said() -> None:
    facts = [
        registration("RECEIVED", "Fri 2026-01-30 08:00", valid, case)
        for case, valid in (("1", True), ("2", False), ("3", None), ("4", "yes"))
    ]
    assert measured(check_enterprise_code, facts, unit="D") == Figure(
        1, 3, 4, {"valid": 1, "invalid": 2, "unsaid": 1}
    )


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "check.enterprise-code",
        "Enterprise codes that pass their check digit",
        1,
        "domain/systems.md, 5 and cross-checks",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
