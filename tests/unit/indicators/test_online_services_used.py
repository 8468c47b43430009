"""Indicator 3.2: services that had an online dossier; each counts once, however many units and dossiers it had."""

from services.domain.imports import Imports, OnlineLevel
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import online_services_used
from services.indicators.online_services_used import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import LOCAL, PAPER, REGISTER, booked, dossier, entry, measured, shares

AS_OF = "Thu 2026-12-31 12:00"
IMPORTS = Imports(
    catalogue=[
        entry(PAPER, online_level=OnlineLevel.FULL),
        entry(REGISTER, online_level=OnlineLevel.PARTIAL),
        entry(LOCAL, online_level=OnlineLevel.NONE),
        entry("1.000004", online_level=OnlineLevel.FULL),
        entry("1.000005"),
    ]
)


def test_only_dossiers_filed_online_are_counted_when_they_were_accepted() -> None:
    channels = ["ONLINE", "ONLINE", "IN_PERSON", "UNKNOWN", None]
    facts = [
        dossier("ACCEPTED", "Mon 2026-01-05 08:00", case_id=f"onestop:{n}", channel=channel)
        for n, channel in enumerate(channels)
    ]
    registered = dossier("REGISTERED", "Mon 2026-01-05 08:00", case_id="onestop:r", channel="ONLINE")
    mail = fact(
        "RECEIVED",
        "Mon 2026-01-05 08:00",
        case_id="documents:1",
        source="documents",
        domain="documents",
        channel="ONLINE",
    )
    assert booked(online_services_used, [*facts, registered, mail], AS_OF) == {"2026-01 W 3.2.online": 2}


def test_a_channel_that_is_corrected_later_changes_the_month_of_acceptance() -> None:
    facts = [
        dossier("ACCEPTED", "Mon 2026-01-05 08:00", channel="IN_PERSON"),
        dossier("CORRECTED", "Mon 2026-03-02 08:00", channel="ONLINE"),
    ]
    assert booked(online_services_used, facts, AS_OF) == {"2026-01 W 3.2.online": 1}


def test_a_service_with_several_dossiers_is_used_once() -> None:
    used = [(PAPER, "W"), (PAPER, "V"), (PAPER, "W"), (REGISTER, "V"), (LOCAL, "W"), ("1.000005", "W")]
    facts = [
        dossier(
            "ACCEPTED",
            "Mon 2026-01-05 08:00",
            case_id=f"onestop:{n}",
            procedure=procedure,
            unit=unit,
            channel="ONLINE",
        )
        for n, (procedure, unit) in enumerate(used)
    ]
    assert measured(online_services_used, facts, imports=IMPORTS) == Figure(
        1, 3, 4, {"used": 1, "unused": 2, "unsaid": 1}
    )
    assert shares(measured(online_services_used, facts, unit="V", imports=IMPORTS)) == (2, 3, 4)
    assert shares(measured(online_services_used, facts, unit="C", imports=IMPORTS)) == (2, 3, 4)
    assert shares(measured(online_services_used, facts, period="2026-02", imports=IMPORTS)) == (0, 3, 4)
    assert shares(measured(online_services_used, facts, period="2026-Q1", imports=IMPORTS)) == (1, 3, 4)


def test_a_unit_without_a_catalogue_has_no_figure() -> None:
    assert measured(online_services_used) is None


def test_procedures_are_counted_each_once() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("3.2", "3.2@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Online services with dossiers",
        "Decision 766/QD-TTg, indicator 3.2",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.DISTINCT_PROCEDURES, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
