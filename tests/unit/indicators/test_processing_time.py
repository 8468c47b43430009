"""Net processing time of finished cases, by the month of their end."""

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import processing_time
from services.indicators.processing_time import DEFINITION
from tests.unit.indicators.build import dossier, measured
from tests.unit.indicators.more_build import document, found

ACCEPTED, ENDED = "Fri 2026-01-30 16:00", "Mon 2026-02-02 08:10"
TIME = {"2026-02 W processing.time.7200": 1, "2026-02 W processing.time.seconds": 7800}


@pytest.mark.parametrize("kind", ["PROCESSED", "RETURNED"])
def test_a_finished_case_took_the_time_from_acceptance_to_end(kind: str) -> None:
    facts = [
        dossier("REGISTERED", "Thu 2026-01-29 08:00"),
        dossier("RECEIVED", "Fri 2026-01-30 08:00"),
        dossier("ACCEPTED", ACCEPTED),
        dossier(kind, ENDED),
        dossier("STEP", "Tue 2026-02-03 08:00"),
    ]
    assert found(processing_time, facts) == TIME


@pytest.mark.parametrize("kind", ["REFUSED", "WITHDRAWN", "STOPPED", "STEP"])
def test_a_case_that_ends_otherwise_is_not_finished(kind: str) -> None:
    assert found(processing_time, [dossier("ACCEPTED", ACCEPTED), dossier(kind, ENDED)]) == {}


@pytest.mark.parametrize("kind", ["REGISTERED", "RECEIVED"])
def test_without_acceptance_the_reception_starts_the_clock_and_without_that_the_registration(
    kind: str,
) -> None:
    assert found(processing_time, [dossier(kind, ACCEPTED), dossier("PROCESSED", ENDED)]) == TIME


def test_a_document_has_no_processing_time() -> None:
    assert found(processing_time, [document("RECEIVED", ACCEPTED), document("PROCESSED", ENDED)]) == {}


def test_the_waiting_for_the_applicant_is_left_out() -> None:
    facts = [
        dossier("ACCEPTED", ACCEPTED),
        dossier("SUPPLEMENT_REQUESTED", "Fri 2026-01-30 16:30"),
        dossier("SUPPLEMENTED", "Mon 2026-02-02 08:00"),
        dossier("PROCESSED", ENDED),
    ]
    assert found(processing_time, facts) == {
        "2026-02 W processing.time.1800": 1,
        "2026-02 W processing.time.seconds": 2400,
    }


def test_a_recalled_case_is_not_finished_until_it_is_again() -> None:
    facts = [
        dossier("ACCEPTED", "Fri 2026-01-30 08:00"),
        dossier("PROCESSED", "Fri 2026-01-30 09:00"),
        dossier("RECALLED", "Fri 2026-01-30 10:00"),
    ]
    assert found(processing_time, facts) == {}
    again = [*facts, dossier("PROCESSED", "Mon 2026-02-02 07:00")]
    assert found(processing_time, again) == {
        "2026-02 W processing.time.25200": 1,
        "2026-02 W processing.time.seconds": 7 * 3600,
    }


def test_an_end_before_the_start_is_in_the_total_alone() -> None:
    facts = [dossier("PROCESSED", "Fri 2026-01-30 15:59"), dossier("ACCEPTED", ACCEPTED)]
    assert found(processing_time, facts) == {"2026-01 W processing.time.unmeasured": 1}
    assert measured(processing_time, facts) == Figure(0, 0, 1, {"count": 0, "unmeasured": 1})


def test_the_figure_has_the_parts_that_gauges_read() -> None:
    facts = [dossier("ACCEPTED", ACCEPTED), dossier("PROCESSED", ENDED)]
    figure = measured(processing_time, facts, period="2026-02")
    assert figure is not None
    assert (figure.numerator, figure.denominator, figure.total) == (7800, 1, 1)
    assert (figure.parts["median_seconds"], figure.parts["p90_seconds"]) == (7200, 7200)


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "processing.time",
        "Net processing time of finished cases",
        1,
        "domain/indicators.md, 4",
        Aggregation.HISTOGRAM,
        Horizon.AS_OF,
        unit="seconds",
    )
    assert expected == DEFINITION
