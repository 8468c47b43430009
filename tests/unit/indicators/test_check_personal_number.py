"""Registered births for which a personal number was issued."""

from typing import Any

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import check_personal_number
from services.indicators.check_personal_number import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import dossier, elsewhere, measured
from tests.unit.indicators.more_build import found

BEGUN = dossier("RECEIVED", "Mon 2026-01-05 08:00")
PARTS = {True: "issued", False: "missing", None: "unsaid"}


def record(
    issued: object = None, module: str | None = "BIRTH", kind: str = "PROCESSED", **fields: Any
) -> Fact:
    details = {"module": module, "is_personal_number_issued": issued}
    said = {name: value for name, value in details.items() if value is not None}
    return elsewhere("civil-status", kind, "Mon 2026-02-02 08:00", details=said, **fields)


@pytest.mark.parametrize("issued", [True, False, None])
def test_a_registered_birth_should_have_a_number(issued: bool | None) -> None:
    assert found(check_personal_number, [BEGUN, record(issued)]) == {
        f"2026-02 W check.personal-number.{PARTS[issued]}": 1
    }


def test_a_case_of_the_register_itself_is_checked_too() -> None:
    own = {"case_id": "civil-status:1", "source": "civil-status", "domain": "civil-status", "unit": "W"}
    said = {"module": "BIRTH", "is_personal_number_issued": True}
    facts = [
        fact("RECEIVED", "Fri 2026-01-30 08:00", **own, details=said),
        fact("PROCESSED", "Mon 2026-02-02 08:00", **own),
    ]
    assert found(check_personal_number, facts) == {"2026-02 W check.personal-number.issued": 1}


def test_the_number_may_follow_the_record() -> None:
    later = elsewhere(
        "civil-status", "STEP", "Mon 2026-03-02 08:00", details={"is_personal_number_issued": True}
    )
    facts = [BEGUN, record(False), later]
    missing = {"2026-02 W check.personal-number.missing": 1}
    assert found(check_personal_number, facts, "Fri 2026-02-27 08:00") == missing
    assert found(check_personal_number, facts) == {"2026-02 W check.personal-number.issued": 1}


@pytest.mark.parametrize("module", ["MARRIAGE", None])
def test_other_records_need_none(module: str | None) -> None:
    assert found(check_personal_number, [BEGUN, record(True, module)]) == {}


def test_a_birth_that_is_not_registered_yet_needs_none() -> None:
    assert found(check_personal_number, [BEGUN, record(True, kind="RECEIVED")]) == {}
    assert found(check_personal_number, [BEGUN]) == {}


def test_the_share_is_of_those_of_which_it_is_said() -> None:
    facts = [
        one._replace(case_id=f"onestop:{n}")
        for n, issued in enumerate((True, False, None, "yes"))
        for one in (BEGUN, record(issued))
    ]
    assert measured(check_personal_number, facts, period="2026-02") == Figure(
        1, 3, 4, {"issued": 1, "missing": 2, "unsaid": 1}
    )


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "check.personal-number",
        "Registered births with a personal number",
        1,
        "domain/systems.md, cross-checks",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
