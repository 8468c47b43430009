"""Indicator 3.3: filed online, and ended without paper where a document is due."""

from typing import Any

import pytest

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import dossiers_filed_online
from services.indicators.dossiers_filed_online import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import LOCAL, PAPER, REGISTER, booked, dossier, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED, ENDED = "Mon 2026-01-05 08:00", "Mon 2026-02-09 08:00"
ELECTRONIC = {"is_result_electronic": True}


@pytest.mark.parametrize(
    ("channel", "procedure", "end", "details", "answer"),
    [
        ("ONLINE", PAPER, "PROCESSED", ELECTRONIC, "online"),
        ("ONLINE", PAPER, "PROCESSED", {"is_result_electronic": False}, "otherwise"),
        ("ONLINE", PAPER, "PROCESSED", {}, "unsaid"),
        ("ONLINE", PAPER, "STEP", {}, "otherwise"),
        ("ONLINE", PAPER, "WITHDRAWN", {}, "online"),
        ("ONLINE", REGISTER, "PROCESSED", {}, "online"),
        ("ONLINE", REGISTER, "STEP", {}, "online"),
        ("ONLINE", LOCAL, "PROCESSED", {}, "unsaid"),
        ("IN_PERSON", PAPER, "PROCESSED", ELECTRONIC, "otherwise"),
        ("IN_PERSON", LOCAL, "PROCESSED", {}, "otherwise"),
        (None, PAPER, "PROCESSED", ELECTRONIC, "unsaid"),
        (None, PAPER, "STEP", {}, "otherwise"),
        (None, LOCAL, "PROCESSED", {}, "unsaid"),
    ],
)
def test_a_dossier_is_online_from_filing_to_result(
    channel: str | None, procedure: str, end: str, details: dict[str, Any], answer: str
) -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED, channel=channel, procedure=procedure),
        dossier(end, ENDED, details=details),
    ]
    assert booked(dossiers_filed_online, facts, AS_OF) == {f"2026-01 W 3.3.{answer}": 1}


def test_a_closed_month_rises_with_a_later_result() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED, channel="ONLINE", procedure=PAPER),
        dossier("PROCESSED", ENDED, details=ELECTRONIC),
    ]
    assert shares(measured(dossiers_filed_online, facts, as_of="Mon 2026-02-09 07:59")) == (0, 1, 1)
    assert shares(measured(dossiers_filed_online, facts, as_of=ENDED)) == (1, 1, 1)
    assert shares(measured(dossiers_filed_online, facts, period="2026-02")) == (0, 0, 0)


def test_what_is_not_accepted_or_no_dossier_is_not_counted() -> None:
    document = fact("RECEIVED", ACCEPTED, case_id="documents:1", source="documents", domain="documents")
    registered = dossier("REGISTERED", ACCEPTED, channel="ONLINE")
    assert booked(dossiers_filed_online, [document, registered], AS_OF) == {}


def test_units_and_procedures_add_up() -> None:
    facts = [
        dossier(
            "ACCEPTED",
            ACCEPTED,
            case_id=f"onestop:{n}",
            unit=unit,
            channel=channel,
            procedure=REGISTER,
        )
        for n, (unit, channel) in enumerate(
            [("W", "ONLINE"), ("W", "IN_PERSON"), ("V", "ONLINE"), ("D", None)]
        )
    ]
    assert measured(dossiers_filed_online, facts, unit="C") == Figure(
        2, 3, 4, {"online": 2, "otherwise": 1, "unsaid": 1}
    )
    assert shares(measured(dossiers_filed_online, facts, unit="W", procedure=REGISTER)) == (1, 2, 2)
    assert shares(measured(dossiers_filed_online, facts, unit="W", procedure=PAPER)) == (0, 0, 0)


def test_the_cohort_of_a_month_is_a_pooled_share() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("3.3", "3.3@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers filed online",
        "Decision 766/QD-TTg, indicator 3.3",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
