"""Which facts delimit the stages of a dossier."""

from collections.abc import Callable

import pytest

from services.domain import stages
from services.domain.stages import Stage
from services.domain.view import CaseView
from tests.unit.domain.build import day
from tests.unit.indicators.build import dossier, viewed

T = [f"Mon 2026-01-05 {hour:02}:00" for hour in range(7, 17)]
AS_OF = "Fri 2026-01-30 12:00"
Told = tuple[str, str, str | None]


def between(stage: Callable[[CaseView], Stage | None], *told: Told) -> tuple[str | None, str | None] | None:
    view = viewed([dossier(kind, when, source_status=status) for kind, when, status in told], AS_OF)
    found = stage(view)
    return None if found is None else (day(found[0]), day(found[1]))


REGISTERED = ("REGISTERED", T[0], "1")
RECEIVED = ("RECEIVED", T[1], "2")
HANDED_ON = ("STEP", T[2], "4")
SUBMITTED = ("STEP", T[4], "signing")
PROCESSED = ("PROCESSED", T[6], "9")
RETURNED = ("RETURNED", T[8], "10")


@pytest.mark.parametrize("kind", ["RECEIVED", "ACCEPTED", "REFUSED"])
def test_waiting_is_from_the_registration_to_the_answer(kind: str) -> None:
    assert between(stages.waiting, REGISTERED, (kind, T[3], None)) == (T[0], T[3])


def test_the_first_answer_ends_the_waiting() -> None:
    told = (REGISTERED, ("ACCEPTED", T[3], "2"), ("RECEIVED", T[2], "2"))
    assert between(stages.waiting, *told) == (T[0], T[2])


@pytest.mark.parametrize(
    "told",
    [
        (REGISTERED,),
        (RECEIVED,),
        (REGISTERED, ("WITHDRAWN", T[3], "7")),
        (("RECEIVED", T[0], "2"), ("REGISTERED", T[1], "1")),
    ],
)
def test_without_both_in_their_order_nobody_waited(told: tuple[Told, ...]) -> None:
    assert between(stages.waiting, *told) is None


def test_an_answer_at_the_instant_of_the_registration_is_one() -> None:
    assert between(stages.waiting, REGISTERED, ("RECEIVED", T[0], "2")) == (T[0], T[0])


@pytest.mark.parametrize("kind", ["STEP", "ACCEPTED", "TRANSFERRED", "SUPPLEMENTED"])
def test_the_desk_has_a_dossier_until_a_later_fact_says_it_is_in_process(kind: str) -> None:
    assert between(stages.at_desk, REGISTERED, RECEIVED, (kind, T[5], "4")) == (T[1], T[5])


def test_the_first_fact_in_process_ends_the_time_at_the_desk() -> None:
    assert between(stages.at_desk, RECEIVED, HANDED_ON, ("STEP", T[3], "4")) == (T[1], T[2])


@pytest.mark.parametrize(
    "told",
    [
        (REGISTERED, HANDED_ON),
        (RECEIVED, ("STEP", T[2], "2"), ("STEP", T[3], None)),
        (("ACCEPTED", T[1], "4"), PROCESSED),
        (("REGISTERED", T[0], "4"), RECEIVED, PROCESSED),
    ],
)
def test_without_reception_and_status_there_is_no_time_at_the_desk(told: tuple[Told, ...]) -> None:
    assert between(stages.at_desk, *told) is None


def test_the_unit_has_a_dossier_until_it_is_processed() -> None:
    assert between(stages.in_unit, RECEIVED, HANDED_ON, PROCESSED) == (T[2], T[6])


def test_the_unit_has_a_dossier_until_it_is_submitted_for_signing_if_a_source_tells() -> None:
    told = (RECEIVED, HANDED_ON, SUBMITTED, PROCESSED)
    assert between(stages.in_unit, *told) == (T[2], T[4])
    assert between(stages.signing, *told) == (T[4], T[6])
    assert between(stages.in_unit, *told[:3]) == (T[2], T[4])
    assert between(stages.signing, *told[:3]) is None


def test_a_submission_after_the_end_delimits_nothing() -> None:
    told = (RECEIVED, HANDED_ON, PROCESSED, ("STEP", T[7], "signing"))
    assert between(stages.in_unit, *told) == (T[2], T[6])
    assert between(stages.signing, *told) is None


def test_the_first_submission_counts_and_only_a_step_is_one() -> None:
    told = (RECEIVED, HANDED_ON, SUBMITTED, ("STEP", T[5], "signing"), PROCESSED)
    assert between(stages.signing, *told) == (T[4], T[6])
    assert between(stages.signing, RECEIVED, ("TRANSFERRED", T[4], "signing"), PROCESSED) is None


@pytest.mark.parametrize("kind", ["RETURNED", "REFUSED", "WITHDRAWN", "STOPPED"])
def test_only_processed_ends_the_work(kind: str) -> None:
    assert between(stages.in_unit, RECEIVED, HANDED_ON, (kind, T[6], None)) is None
    assert between(stages.returning, RECEIVED, (kind, T[6], None), ("STEP", T[8], None)) is None


def test_the_time_in_the_unit_has_to_begin() -> None:
    assert between(stages.in_unit, RECEIVED, PROCESSED) is None
    assert between(stages.in_unit, RECEIVED, HANDED_ON) is None


def test_returning_is_from_the_end_to_the_hand_over() -> None:
    assert between(stages.returning, RECEIVED, PROCESSED, RETURNED) == (T[6], T[8])
    assert between(stages.returning, RECEIVED, PROCESSED, ("RETURNED", T[6], None)) == (T[6], T[6])


@pytest.mark.parametrize(
    "told",
    [
        (RECEIVED, PROCESSED),
        (RECEIVED, RETURNED),
        (RECEIVED, PROCESSED, ("WITHDRAWN", T[8], "7")),
        (RECEIVED, ("RETURNED", T[5], "10"), PROCESSED),
        (RECEIVED, PROCESSED, RETURNED, ("RECALLED", T[9], "4")),
    ],
)
def test_without_both_in_their_order_nothing_was_returned(told: tuple[Told, ...]) -> None:
    assert between(stages.returning, *told) is None


def test_a_recalled_result_is_returned_when_it_is_returned_again() -> None:
    again = (("RECALLED", T[8], "4"), ("PROCESSED", T[9], "9"))
    assert between(stages.returning, RECEIVED, PROCESSED, ("RETURNED", T[7], "10"), *again) is None
