"""Indicator 3.5b: fee procedures with an online payment; each counts once."""

from services.domain.imports import Imports
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import fee_procedures_paid_online
from services.indicators.fee_procedures_paid_online import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import (
    LOCAL,
    PAPER,
    REGISTER,
    booked,
    dossier,
    elsewhere,
    entry,
    measured,
    shares,
)

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED = "Mon 2026-01-05 08:00"
PORTAL = {"online_payment": "NATIONAL_PORTAL"}
IMPORTS = Imports(
    catalogue=[
        entry(PAPER, has_fee=True),
        entry(LOCAL, has_fee=True),
        entry(LOCAL, level="department", has_fee=False),
        entry(REGISTER, has_fee=False),
        entry("1.000005"),
    ]
)


def test_dossiers_paid_online_are_counted_when_they_were_accepted() -> None:
    said = [PORTAL, {"online_payment": "LOCAL_GATEWAY"}, {"online_payment": "NONE"}, {}]
    facts = [
        dossier("ACCEPTED", ACCEPTED, case_id=f"onestop:{n}", details=details)
        for n, details in enumerate(said)
    ]
    facts.append(
        elsewhere(
            "payments",
            "PAID",
            "Tue 2026-02-03 08:00",
            case_id="onestop:3",
            details={"payment_status": "PAID"},
        )
    )
    registered = dossier("REGISTERED", ACCEPTED, case_id="onestop:r", details=PORTAL)
    case = fact(
        "RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents", details=PORTAL
    )
    found = booked(fee_procedures_paid_online, [*facts, registered, case], AS_OF)
    assert found == {"2026-01 W 3.5b.paid": 3}


def test_a_procedure_with_several_payments_is_paid_once() -> None:
    paid = [(PAPER, PORTAL), (PAPER, PORTAL), (LOCAL, {}), (REGISTER, PORTAL), ("1.000005", PORTAL)]
    facts = [
        dossier("ACCEPTED", ACCEPTED, case_id=f"onestop:{n}", procedure=procedure, details=details)
        for n, (procedure, details) in enumerate(paid)
    ]
    for unit in ("W", "C"):
        assert measured(fee_procedures_paid_online, facts, unit=unit, imports=IMPORTS) == Figure(
            1, 2, 3, {"paid": 1, "unpaid": 1, "unsaid": 1}
        )
    february = measured(fee_procedures_paid_online, facts, period="2026-02", imports=IMPORTS)
    assert shares(february) == (0, 2, 3)


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(fee_procedures_paid_online) is None


def test_procedures_are_counted_each_once() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("3.5b", "3.5b@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Fee procedures with an online payment",
        "Decision 766/QD-TTg, indicator 3.5b",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.DISTINCT_PROCEDURES, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
