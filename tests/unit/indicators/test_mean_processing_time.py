"""Indicator 2.2: working time from acceptance to end, without the pauses, by the month of the start."""

from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.calendars import Calendars
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import mean_processing_time
from services.indicators.mean_processing_time import DEFINITION
from tests.unit.domain.build import fact
from tests.unit.indicators.build import LAW, booked, dossier, measured

AS_OF = "Thu 2026-12-31 12:00"
ACCEPTED = "Mon 2026-01-05 08:00"
HOUR = 3600


def times(*facts: Fact, as_of: str = AS_OF) -> dict[str, int]:
    return booked(mean_processing_time, facts, as_of)


def ended(seconds: int, month: str = "2026-01", unit: str = "W") -> dict[str, int]:
    return {f"{month} {unit} 2.2.ended": 1, f"{month} {unit} 2.2.seconds": seconds}


def test_working_time_runs_from_acceptance_to_end() -> None:
    # Monday 08:00 to Tuesday 08:00: 3.5 h and 3.5 h on Monday, 1 h on Tuesday
    facts = [
        dossier("RECEIVED", "Mon 2026-01-05 07:00"),
        dossier("ACCEPTED", ACCEPTED),
        dossier("PROCESSED", "Tue 2026-01-06 08:00"),
        dossier("RETURNED", "Tue 2026-01-06 10:00"),
    ]
    assert times(*facts) == ended(8 * HOUR)


@pytest.mark.parametrize("kind", ["REFUSED", "WITHDRAWN", "STOPPED", "RETURNED"])
def test_every_end_is_one(kind: str) -> None:
    assert times(dossier("ACCEPTED", ACCEPTED), dossier(kind, "Mon 2026-01-05 09:00")) == ended(HOUR)


def test_the_union_of_all_pauses_is_left_out() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED),
        dossier("SUPPLEMENT_REQUESTED", "Mon 2026-01-05 09:00"),
        dossier("FEE_REQUESTED", "Mon 2026-01-05 10:00"),
        dossier("PAID", "Mon 2026-01-05 10:30"),
        dossier("SUPPLEMENTED", "Mon 2026-01-05 11:00"),
        dossier("PROCESSED", "Mon 2026-01-05 14:30"),
    ]
    assert times(*facts) == ended(HOUR + HOUR // 2 + HOUR)


def test_a_case_that_ends_while_it_waits_was_paused_until_then() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED),
        dossier("SUPPLEMENT_REQUESTED", "Mon 2026-01-05 09:00"),
        dossier("STOPPED", "Fri 2026-01-30 09:00"),
    ]
    assert times(*facts) == ended(HOUR)


def test_the_period_is_that_of_the_start_and_the_unit_who_executed_then() -> None:
    facts = [
        dossier("ACCEPTED", "Fri 2026-01-30 16:00"),
        dossier("TRANSFERRED", "Mon 2026-02-02 08:00", unit="V"),
        dossier("PROCESSED", "Mon 2026-02-02 09:00"),
    ]
    facts[2] = facts[2]._replace(unit=None)
    assert times(*facts) == ended(3 * HOUR)


def test_an_open_case_has_no_time_nor_has_one_that_was_taken_up_again() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED),
        dossier("PROCESSED", "Mon 2026-01-05 09:00"),
        dossier("RECALLED", "Tue 2026-01-06 09:00"),
    ]
    assert times(*facts) == {}
    assert times(*facts, as_of="Tue 2026-01-06 08:59") == ended(HOUR)


def test_what_happens_after_the_end_does_not_change_its_time() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED),
        dossier("PROCESSED", "Mon 2026-01-05 10:00"),
        dossier("SUPPLEMENT_REQUESTED", "Mon 2026-01-05 10:00"),
        dossier("SUPPLEMENTED", "Mon 2026-01-05 11:00"),
    ]
    assert times(*facts) == ended(2 * HOUR)


def test_an_end_at_the_start_took_no_time_and_one_before_it_has_none() -> None:
    at_once = [dossier("ACCEPTED", ACCEPTED), dossier("PROCESSED", ACCEPTED)]
    assert times(*at_once) == {"2026-01 W 2.2.ended": 1}
    before = [dossier("PROCESSED", "Mon 2026-01-05 07:59"), dossier("ACCEPTED", ACCEPTED)]
    assert times(*before) == {"2026-01 W 2.2.end_before_start": 1}


def test_days_that_the_calendar_does_not_cover_have_no_working_time() -> None:
    facts = [dossier("ACCEPTED", "Wed 2025-12-31 08:00"), dossier("PROCESSED", "Fri 2026-01-02 09:00")]
    assert times(*facts) == {"2025-12 W 2.2.uncovered": 1}
    assert measured(mean_processing_time, facts, period="2025-12") == Figure(
        0, 0, 1, {"ended": 0, "end_before_start": 0, "uncovered": 1}
    )


def test_a_unit_without_calendar_has_no_working_time() -> None:
    facts = [dossier("ACCEPTED", ACCEPTED, unit="stranger"), dossier("PROCESSED", ACCEPTED, unit="stranger")]
    assert times(*facts) == {"2026-01 stranger 2.2.uncovered": 1}
    nowhere = replace(LAW, calendars=Calendars())
    plain = [dossier("ACCEPTED", ACCEPTED), dossier("PROCESSED", ACCEPTED)]
    assert booked(mean_processing_time, plain, AS_OF, nowhere) == {"2026-01 W 2.2.uncovered": 1}


def test_the_calendar_is_that_of_the_unit_charged_with_the_end() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED, unit="stranger"),
        dossier("PROCESSED", "Mon 2026-01-05 09:00", unit="W"),
    ]
    assert times(*facts) == ended(HOUR, unit="stranger")


def test_only_dossiers_that_were_accepted_count() -> None:
    assert times(dossier("REGISTERED", ACCEPTED), dossier("REFUSED", "Mon 2026-01-05 09:00")) == {}
    document = {"case_id": "documents:1", "source": "documents", "domain": "documents", "unit": "W"}
    arrived, done = (fact(kind, ACCEPTED, **document) for kind in ("RECEIVED", "PROCESSED"))
    assert times(arrived, done) == {}


def test_the_mean_is_seconds_over_ended_dossiers() -> None:
    facts = [
        *(
            dossier(kind, when, case_id="onestop:1")
            for kind, when in [("ACCEPTED", ACCEPTED), ("PROCESSED", "Mon 2026-01-05 09:00")]
        ),
        *(
            dossier(kind, when, case_id="onestop:2")
            for kind, when in [("ACCEPTED", ACCEPTED), ("PROCESSED", "Mon 2026-01-05 11:00")]
        ),
        *(
            dossier(kind, when, case_id="onestop:3")
            for kind, when in [("PROCESSED", "Mon 2026-01-05 07:00"), ("ACCEPTED", ACCEPTED)]
        ),
        dossier("ACCEPTED", ACCEPTED, case_id="onestop:4"),
    ]
    parts = {"ended": 2, "end_before_start": 1, "uncovered": 0}
    assert measured(mean_processing_time, facts) == Figure(4 * HOUR, 2, 3, parts)
    assert measured(mean_processing_time, []) == Figure(0, 0, 0, dict.fromkeys(parts, 0))


def test_the_figure_is_a_mean_in_seconds_of_a_cohort() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("2.2", "2.2@1", "seconds")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Mean processing time",
        "Decision 766/QD-TTg, indicator 2.2",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy


def test_every_administrative_procedure_has_a_time_and_a_document_none() -> None:
    for domain, counted in (
        ("civil-status", ended(HOUR)),
        ("business-registration", ended(HOUR)),
        ("documents", {}),
    ):
        facts = [
            fact(
                kind, f"Mon 2026-01-05 {clock}", case_id=f"{domain}:1", source=domain, domain=domain, unit="W"
            )
            for kind, clock in (("ACCEPTED", "08:00"), ("PROCESSED", "09:00"))
        ]
        assert times(*facts) == counted
