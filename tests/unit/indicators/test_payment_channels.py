"""Paid dossiers that were paid online."""

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import payment_channels
from services.indicators.payment_channels import DEFINITION
from tests.unit.indicators.build import elsewhere, measured
from tests.unit.indicators.more_build import document, found
from tests.unit.indicators.payment_build import BEGUN, mark, payment, told


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        ([payment()], "2026-03 W payment.online"),
        ([mark("NATIONAL_PORTAL")], "2026-02 W payment.online"),
        ([mark("LOCAL_GATEWAY")], "2026-02 W payment.online"),
        ([mark("LOCAL_GATEWAY"), payment()], "2026-02 W payment.online"),
        ([mark("NONE"), payment()], "2026-03 W payment.online"),
        ([payment(), told()], "2026-03 W payment.online"),
        ([payment(), told("Thu 2026-01-08 08:00")], "2026-01 W payment.online"),
        ([mark("NONE"), told()], "2026-04 W payment.direct"),
        ([mark("UNKNOWN"), told()], "2026-04 W payment.unsaid"),
        ([told()], "2026-04 W payment.unsaid"),
        ([told(), told("Thu 2026-04-30 08:00")], "2026-04 W payment.unsaid"),
    ],
)
def test_a_paid_dossier_is_paid_online_directly_or_nobody_knows_how(facts: list[Fact], counted: str) -> None:
    assert found(payment_channels, [BEGUN, *facts]) == {counted: 1}


def test_a_dossier_that_nobody_says_was_paid_is_not_counted() -> None:
    assert found(payment_channels, [BEGUN]) == {}
    assert found(payment_channels, [BEGUN, mark("NONE")]) == {}
    assert found(payment_channels, [BEGUN, mark("UNKNOWN")]) == {}


def test_other_cases_are_not_counted() -> None:
    paid = elsewhere("payments", "PAID", "Mon 2026-03-02 08:00", details={"payment_status": "PAID"})
    facts = [document("RECEIVED", "Mon 2026-01-05 08:00"), paid._replace(case_id="documents:1")]
    assert found(payment_channels, facts) == {}


def test_the_share_is_of_those_of_which_it_is_known() -> None:
    facts = [
        one._replace(case_id=f"onestop:{n}")
        for n, said in enumerate([[payment()], [mark("NONE"), told()], [told()]])
        for one in [BEGUN, *said]
    ]
    parts = {"online": 1, "direct": 1, "unsaid": 1}
    assert measured(payment_channels, facts, period="2026") == Figure(1, 2, 3, parts)


def test_the_counters_are_those_that_the_form_reads() -> None:
    assert payment_channels.ONLINE == "payment.online"
    assert payment_channels.DIRECT == "payment.direct"
    assert payment_channels.UNSAID == "payment.unsaid"


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "payment",
        "Paid dossiers that were paid online",
        1,
        "domain/indicators.md, 3 and 4; domain/systems.md, 2 and 7",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
