"""Indicator 3.6: which dossiers have a fee, and which of them were paid online."""

from typing import Any

import pytest

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import dossiers_paid_online
from services.indicators.dossiers_paid_online import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import LOCAL, PAPER, REGISTER, booked, dossier, elsewhere, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED = "Mon 2026-01-05 08:00"
PORTAL, NONE = "NATIONAL_PORTAL", "NONE"


def said(amount: int | None, paid: str | None) -> dict[str, Any]:
    return {
        name: value for name, value in (("fee_amount", amount), ("online_payment", paid)) if value is not None
    }


@pytest.mark.parametrize(
    ("procedure", "amount", "paid", "answer"),
    [
        # the dossier itself names its fee
        (PAPER, 1, PORTAL, "online"),
        (PAPER, 50_000, NONE, "otherwise"),
        (PAPER, 50_000, None, "unsaid"),
        (REGISTER, 1, NONE, "otherwise"),
        (LOCAL, 50_000, "LOCAL_GATEWAY", "online"),
        (PAPER, 0, NONE, None),
        (PAPER, 0, PORTAL, None),
        (LOCAL, 0, None, None),
        # else the table of procedures says, even if somebody paid
        (PAPER, None, PORTAL, "online"),
        (REGISTER, None, PORTAL, None),
        (LOCAL, None, PORTAL, "unsaid"),
        ("9.999999", None, PORTAL, "unsaid"),
        (PAPER, None, NONE, "otherwise"),
        (PAPER, None, None, "unsaid"),
        (REGISTER, None, NONE, None),
        (REGISTER, None, None, None),
        (LOCAL, None, NONE, "unsaid"),
        (LOCAL, None, None, "unsaid"),
        ("9.999999", None, NONE, "unsaid"),
    ],
)
def test_a_fee_is_named_by_the_dossier_or_said_by_the_table(
    procedure: str, amount: int | None, paid: str | None, answer: str | None
) -> None:
    facts = [dossier("ACCEPTED", ACCEPTED, procedure=procedure, details=said(amount, paid))]
    found = booked(dossiers_paid_online, facts, AS_OF)
    assert found == ({} if answer is None else {f"2026-01 W 3.6.{answer}": 1})


def test_a_payment_on_the_platform_counts_for_the_month_in_which_processing_started() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED, procedure=PAPER, details=said(None, NONE)),
        elsewhere("payments", "PAID", "Tue 2026-02-03 08:00", details={"payment_status": "PAID"}),
    ]
    assert booked(dossiers_paid_online, facts, "Tue 2026-02-03 07:59") == {"2026-01 W 3.6.otherwise": 1}
    assert booked(dossiers_paid_online, facts, "Tue 2026-02-03 08:00") == {"2026-01 W 3.6.online": 1}


def test_who_does_not_say_how_it_was_paid_is_not_judged_by_the_platform_alone() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED, procedure=PAPER),
        elsewhere("payments", "PAID", "Tue 2026-02-03 08:00", details={"payment_status": "PAID"}),
    ]
    assert booked(dossiers_paid_online, facts, AS_OF) == {"2026-01 W 3.6.unsaid": 1}


def test_what_is_not_accepted_or_no_dossier_is_not_counted() -> None:
    details = said(1, PORTAL)
    document = fact(
        "RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents", details=details
    )
    registered = dossier("REGISTERED", ACCEPTED, details=details)
    assert booked(dossiers_paid_online, [document, registered], AS_OF) == {}


def test_the_share_is_of_the_dossiers_with_a_fee() -> None:
    kinds = [(1, PORTAL), (1, PORTAL), (1, NONE), (1, None), (0, PORTAL)]
    facts = [
        dossier("ACCEPTED", ACCEPTED, case_id=f"onestop:{n}", procedure=PAPER, details=said(*kind))
        for n, kind in enumerate(kinds)
    ]
    assert measured(dossiers_paid_online, facts) == Figure(
        2, 3, 4, {"online": 2, "otherwise": 1, "unsaid": 1}
    )
    assert shares(measured(dossiers_paid_online, facts, procedure=PAPER)) == (2, 3, 4)


def test_the_cohort_of_a_month_is_a_pooled_share() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("3.6", "3.6@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers paid online",
        "Decision 766/QD-TTg, indicator 3.6",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
