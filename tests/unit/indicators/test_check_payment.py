"""Dossiers of which source and payment platform agree whether they were paid online."""

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import check_payment
from services.indicators.check_payment import DEFINITION
from tests.unit.indicators.build import measured
from tests.unit.indicators.more_build import document, found
from tests.unit.indicators.payment_build import BEGUN, mark, payment, told


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        ([mark("NATIONAL_PORTAL"), payment()], "2026-02 W check.payment.agrees"),
        ([mark("NATIONAL_PORTAL"), payment("Thu 2026-01-08 08:00")], "2026-01 W check.payment.agrees"),
        ([mark("NATIONAL_PORTAL")], "2026-02 W check.payment.differs"),
        ([mark("LOCAL_GATEWAY"), payment()], "2026-02 W check.payment.agrees"),
        ([mark("LOCAL_GATEWAY")], "2026-02 W check.payment.unsaid"),
        ([mark("NONE"), payment()], "2026-03 W check.payment.differs"),
        ([mark("UNKNOWN"), payment()], "2026-03 W check.payment.unsaid"),
        ([payment()], "2026-03 W check.payment.unsaid"),
        ([payment(), mark("NATIONAL_PORTAL", "Thu 2026-04-02 08:00")], "2026-03 W check.payment.agrees"),
        (
            [mark("NATIONAL_PORTAL"), mark("NONE", "Tue 2026-02-03 08:00"), payment()],
            "2026-03 W check.payment.differs",
        ),
    ],
)
def test_mark_and_payment_agree_or_differ_or_cannot_be_compared(facts: list[Fact], counted: str) -> None:
    assert found(check_payment, [BEGUN, *facts]) == {counted: 1}


@pytest.mark.parametrize("facts", [[], [mark("NONE")], [mark("UNKNOWN")], [told()], [mark("NONE"), told()]])
def test_a_dossier_not_paid_online_by_anybody_is_not_counted(facts: list[Fact]) -> None:
    assert found(check_payment, [BEGUN, *facts]) == {}


def test_the_payment_may_come_later_than_the_mark() -> None:
    facts = [BEGUN, mark("NATIONAL_PORTAL"), payment()]
    assert found(check_payment, facts, "Fri 2026-02-27 08:00") == {"2026-02 W check.payment.differs": 1}


def test_other_cases_are_not_counted() -> None:
    facts = [document("RECEIVED", "Mon 2026-01-05 08:00"), payment()._replace(case_id="documents:1")]
    assert found(check_payment, facts) == {}


def test_the_share_is_of_those_that_can_be_compared() -> None:
    facts = [
        one._replace(case_id=f"onestop:{n}")
        for n, said in enumerate(
            [[mark("NATIONAL_PORTAL"), payment()], [mark("NONE"), payment()], [payment()]]
        )
        for one in [BEGUN, *said]
    ]
    parts = {"agrees": 1, "differs": 1, "unsaid": 1}
    assert measured(check_payment, facts, period="2026") == Figure(1, 2, 3, parts)


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "check.payment",
        "Dossiers whose payment is confirmed",
        1,
        "domain/systems.md, cross-checks",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
