"""What is known of a case: each fact changes a few fields, and nothing is judged."""

from typing import Any

import pytest
from egovhub.events import Fact, Kind

from services.domain.case import (
    HAND_OVER_RANK,
    PROCESSING_RANK,
    RESUMES,
    STARTS,
    UNKNOWN,
    CaseState,
    End,
    Extension,
    Pause,
)
from services.domain.standing import in_fold_order
from tests.unit.domain.build import CASE, CITY, WARD, at, day, fact

DAYS = (
    "Mon 2026-01-05 08:00",
    "Tue 2026-01-06 08:00",
    "Wed 2026-01-07 08:00",
    "Thu 2026-01-08 08:00",
    "Fri 2026-01-09 08:00",
    "Mon 2026-01-12 08:00",
)
MON, TUE, WED, THU, FRI, NEXT = map(at, DAYS)
ENDS = ("PROCESSED", "RETURNED", "REFUSED", "WITHDRAWN", "STOPPED")
RESUMING = ("SUPPLEMENTED", "RECEIVED", "ACCEPTED", "STEP", "RECALLED")


def folded(*facts: Fact) -> CaseState:
    """The facts applied in fold order; a unit's id says at which instant its code was asked for."""
    case = CaseState(CASE)
    for told in in_fold_order(list(facts)):
        case.apply(told, lambda code, instant: f"{code} of {day(instant)}")
    return case


def told(*kinds: str, **fields: Any) -> CaseState:
    """Facts of these kinds, one a day from Monday on."""
    return folded(*(fact(kind, when, **fields) for kind, when in zip(kinds, DAYS, strict=False)))


def test_nothing_is_known_of_a_case_without_facts() -> None:
    case = CaseState(CASE)
    assert (case.case_id, case.bucket, case.buckets, case.reason) == (CASE, "orphan", (), None)
    assert {case.unit, case.ruling_unit, case.procedure} == {UNKNOWN} == {"unknown"}
    assert [case.receiving_unit, case.channel, case.applicant_kind] == [None] * 3
    assert [case.received_at, case.accepted_at, case.clock_starts_at, case.ended_at] == [None] * 4
    assert [case.due_source, case.due_at, case.due_computed] == [None] * 3
    assert [case.processing_end, case.hand_over_end, case.requested_at, case.fee_requested_at] == [None] * 4
    assert (case.requests, case.pauses, case.extensions, case.apologies) == ((), (), (), ())
    assert (case.is_received, case.is_wait_credited, case.credit_ms) == (False, False, 0)


# what starts a case


@pytest.mark.parametrize(
    ("kinds", "received", "clock"),
    [
        (["REGISTERED"], MON, None),
        (["REGISTERED", "REGISTERED"], MON, None),
        (["RECEIVED"], MON, MON),
        (["RECEIVED", "RECEIVED"], MON, MON),
        (["REGISTERED", "RECEIVED"], TUE, TUE),
        (["REGISTERED", "RECEIVED", "REGISTERED"], TUE, TUE),
        (["RECEIVED", "REGISTERED"], MON, MON),
        (["RECEIVED", "ACCEPTED"], MON, TUE),
        (["RECEIVED", "ACCEPTED", "ACCEPTED"], MON, TUE),
        (["RECEIVED", "ACCEPTED", "RECEIVED"], MON, TUE),
        (["ACCEPTED", "RECEIVED"], MON, MON),
        (["REGISTERED", "ACCEPTED", "REGISTERED"], TUE, TUE),
        (["REGISTERED", "RECEIVED", "ACCEPTED"], TUE, WED),
        (["STEP"], None, None),
    ],
)
def test_the_clock_starts_with_the_acceptance_else_with_the_reception(
    kinds: list[str], received: int | None, clock: int | None
) -> None:
    case = told(*kinds)
    assert (case.received_at, case.clock_starts_at) == (received, clock)


def test_a_registration_is_received_but_no_reception() -> None:
    assert not told("REGISTERED").is_received
    assert told("REGISTERED", "RECEIVED").is_received
    assert told("REGISTERED", "ACCEPTED").is_received
    assert told("REGISTERED", "ACCEPTED").accepted_at == TUE
    assert told("REGISTERED", "RECEIVED").accepted_at is None


def test_three_kinds_start_a_case() -> None:
    assert {kind.name for kind in STARTS} == {"REGISTERED", "RECEIVED", "ACCEPTED"}


# what facts carry


def test_the_last_unit_named_executes_and_each_code_is_asked_for_at_its_own_instant() -> None:
    case = folded(
        fact("RECEIVED", MON, unit=WARD, receiving_unit="desk"),
        fact("TRANSFERRED", WED, unit=CITY),
        fact("STEP", THU),
    )
    assert case.unit == f"{CITY} of Wed 2026-01-07 08:00"
    assert case.receiving_unit == "desk of Mon 2026-01-05 08:00"


def test_the_stem_of_the_last_procedure_named_is_kept() -> None:
    facts = [fact("RECEIVED", MON, procedure="1.001193.000.00.00.H56"), fact("STEP", TUE)]
    assert folded(*facts).procedure == "1.001193"
    assert folded(*facts, fact("CORRECTED", WED, procedure="2.000779")).procedure == "2.000779"


def test_the_last_channel_and_kind_of_applicant_are_kept() -> None:
    facts = [fact("RECEIVED", MON, channel="ONLINE", applicant_kind="CITIZEN"), fact("STEP", TUE)]
    assert (folded(*facts).channel, folded(*facts).applicant_kind) == ("ONLINE", "CITIZEN")
    case = folded(*facts, fact("CORRECTED", WED, channel="EMAIL", applicant_kind="AGENCY"))
    assert (case.channel, case.applicant_kind) == ("EMAIL", "AGENCY")


def test_the_due_instant_of_the_source_is_the_last_that_it_gave() -> None:
    facts = [fact("RECEIVED", MON, FRI), fact("STEP", TUE), fact("STEP", WED, THU), fact("STEP", THU)]
    assert folded(*facts[:2]).due_source == FRI
    assert folded(*facts).due_source == THU


def test_a_due_instant_of_the_year_1970_is_one() -> None:
    assert folded(fact("RECEIVED", MON, FRI), fact("STEP", TUE, 0)).due_source == 0


# what ends it


@pytest.mark.parametrize("kind", ENDS)
def test_each_terminal_kind_ends_the_processing(kind: str) -> None:
    case = told("RECEIVED", kind)
    assert case.processing_end == End(Kind[kind], TUE)
    assert case.ended_at == TUE


@pytest.mark.parametrize("kind", ENDS)
def test_each_terminal_kind_but_processed_ends_the_hand_over(kind: str) -> None:
    assert told("RECEIVED", kind).hand_over_end == (None if kind == "PROCESSED" else End(Kind[kind], TUE))


@pytest.mark.parametrize(
    ("kinds", "processing", "hand_over"),
    [
        (["PROCESSED", "RETURNED"], ("PROCESSED", MON), ("RETURNED", TUE)),
        (["RETURNED", "PROCESSED"], ("PROCESSED", TUE), ("RETURNED", MON)),
        (["PROCESSED", "PROCESSED"], ("PROCESSED", MON), None),
        (["RETURNED", "RETURNED"], ("RETURNED", MON), ("RETURNED", MON)),
        (["PROCESSED", "REFUSED"], ("PROCESSED", MON), ("REFUSED", TUE)),
        (["RETURNED", "STOPPED"], ("RETURNED", MON), ("RETURNED", MON)),
        *(([kind, "PROCESSED"], ("PROCESSED", TUE), (kind, MON)) for kind in ENDS[2:]),
        *(([kind, "RETURNED"], ("RETURNED", TUE), ("RETURNED", TUE)) for kind in ENDS[2:]),
        *(([kind, other], (kind, MON), (kind, MON)) for kind in ENDS[2:] for other in ENDS[2:]),
        (["STOPPED", "RETURNED", "PROCESSED"], ("PROCESSED", WED), ("RETURNED", TUE)),
    ],
)
def test_of_several_ends_9_stands_before_10_before_the_others_and_of_one_rank_the_first(
    kinds: list[str], processing: tuple[str, int], hand_over: tuple[str, int] | None
) -> None:
    case = told(*kinds)
    assert case.processing_end == End(Kind[processing[0]], processing[1])
    assert case.hand_over_end == (hand_over and End(Kind[hand_over[0]], hand_over[1]))


def test_a_recall_takes_both_ends_back_and_later_ends_count_anew() -> None:
    case = told("RECEIVED", "PROCESSED", "RETURNED", "RECALLED")
    assert (case.processing_end, case.hand_over_end, case.ended_at) == (None, None, None)
    again = told("RECEIVED", "PROCESSED", "RETURNED", "RECALLED", "RETURNED")
    assert again.processing_end == again.hand_over_end == End(Kind.RETURNED, FRI)


@pytest.mark.parametrize("kind", sorted(set(Kind) - set(PROCESSING_RANK)))
def test_no_other_kind_ends_a_case(kind: Kind) -> None:
    case = told("RECEIVED", kind.name)
    assert case.processing_end is case.hand_over_end is None


def test_a_kind_that_ends_the_hand_over_ends_the_processing() -> None:
    assert set(PROCESSING_RANK) - set(HAND_OVER_RANK) == {Kind.PROCESSED}
    assert set(HAND_OVER_RANK) <= set(PROCESSING_RANK)


# waiting


def supplement(since: int, until: int, *, is_completed: bool = True) -> Pause:
    return Pause(since, until, "supplement", is_completed)


def fee(since: int, until: int, *, is_completed: bool = True) -> Pause:
    return Pause(since, until, "fee", is_completed)


@pytest.mark.parametrize("kind", RESUMING)
def test_work_that_goes_on_ends_all_waiting(kind: str) -> None:
    case = told("SUPPLEMENT_REQUESTED", "FEE_REQUESTED", kind)
    assert case.pauses == (supplement(MON, WED), fee(TUE, WED))
    assert (case.requested_at, case.fee_requested_at) == (None, None)


def test_what_was_asked_for_is_told_by_the_kinds_that_resume_work() -> None:
    assert {kind.name for kind in RESUMES} == set(RESUMING)


@pytest.mark.parametrize("kind", ENDS)
def test_an_end_ends_all_waiting_without_what_was_asked_for(kind: str) -> None:
    case = told("SUPPLEMENT_REQUESTED", "FEE_REQUESTED", kind)
    assert case.pauses == (supplement(MON, WED, is_completed=False), fee(TUE, WED, is_completed=False))
    assert (case.requested_at, case.fee_requested_at, case.credit_ms) == (None, None, 0)


OTHERS = sorted({kind.name for kind in Kind} - {*RESUMING, *ENDS, "SUPPLEMENT_REQUESTED", "FEE_REQUESTED"})


@pytest.mark.parametrize("kind", OTHERS)
def test_no_other_kind_ends_the_waiting_for_a_supplement(kind: str) -> None:
    case = told("SUPPLEMENT_REQUESTED", "FEE_REQUESTED", kind)
    assert case.requested_at == MON
    assert case.fee_requested_at == (None if kind == "PAID" else TUE)
    assert case.pauses == ((fee(TUE, WED),) if kind == "PAID" else ())


def test_what_nobody_asked_for_leaves_no_pause() -> None:
    case = told("RECEIVED", "SUPPLEMENTED", "PAID", "STEP", "PROCESSED")
    assert (case.pauses, case.credit_ms) == ((), 0)


def test_a_second_request_while_one_is_open_belongs_to_it() -> None:
    waiting = told("SUPPLEMENT_REQUESTED", "SUPPLEMENT_REQUESTED")
    assert (waiting.requested_at, waiting.requests) == (MON, (MON, TUE))
    case = told("SUPPLEMENT_REQUESTED", "SUPPLEMENT_REQUESTED", "SUPPLEMENTED")
    assert (case.pauses, case.requests) == ((supplement(MON, WED),), (MON, TUE))


def test_a_second_fee_while_one_is_open_belongs_to_it() -> None:
    case = told("FEE_REQUESTED", "FEE_REQUESTED", "PAID", "PAID")
    assert case.pauses == (fee(MON, WED),)


def test_each_request_after_an_answer_is_a_pause_of_its_own() -> None:
    case = told("SUPPLEMENT_REQUESTED", "SUPPLEMENTED", "SUPPLEMENT_REQUESTED", "STEP")
    assert case.pauses == (supplement(MON, TUE), supplement(WED, THU))
    assert (case.requests, case.credit_ms) == ((MON, WED), TUE - MON + THU - WED)


def test_a_fee_that_is_paid_ends_a_pause_beside_those_before() -> None:
    case = told("SUPPLEMENT_REQUESTED", "SUPPLEMENTED", "FEE_REQUESTED", "PAID")
    assert case.pauses == (Pause(MON, TUE, "supplement", True), Pause(WED, THU, "fee", True))


def test_pauses_of_two_reasons_may_be_nested_and_each_ends_by_itself() -> None:
    case = told("SUPPLEMENT_REQUESTED", "FEE_REQUESTED", "PAID", "SUPPLEMENTED")
    assert case.pauses == (fee(TUE, WED), supplement(MON, THU))
    crossed = told("FEE_REQUESTED", "SUPPLEMENT_REQUESTED", "PAID", "FEE_REQUESTED", "SUPPLEMENTED")
    assert crossed.pauses == (fee(MON, WED), supplement(TUE, FRI), fee(THU, FRI))


def test_a_request_told_late_counts_from_its_own_instant() -> None:
    answered, asked = fact("SUPPLEMENTED", WED), fact("SUPPLEMENT_REQUESTED", TUE)
    assert folded(fact("RECEIVED", MON), answered).pauses == ()
    assert folded(fact("RECEIVED", MON), answered, asked).pauses == (supplement(TUE, WED),)


def test_an_answer_dated_before_its_request_answers_nothing() -> None:
    case = folded(fact("SUPPLEMENTED", MON), fact("SUPPLEMENT_REQUESTED", TUE))
    assert (case.pauses, case.requested_at) == ((), TUE)


def test_a_request_answered_in_its_own_instant_is_an_empty_pause() -> None:
    case = folded(fact("SUPPLEMENT_REQUESTED", MON), fact("SUPPLEMENTED", MON))
    assert (case.pauses, case.credit_ms) == ((supplement(MON, MON),), 0)


def test_a_case_that_has_ended_may_be_asked_for_a_supplement_again() -> None:
    assert told("PROCESSED", "SUPPLEMENT_REQUESTED").requested_at == TUE


# waiting that the source has credited


def credit(*facts: Fact) -> int:
    return folded(fact("RECEIVED", MON, NEXT), *facts).credit_ms


ASKED, ANSWERED = fact("SUPPLEMENT_REQUESTED", TUE), fact("SUPPLEMENTED", THU)
WAITED = THU - TUE


def test_the_waiting_for_a_completed_supplement_is_credited() -> None:
    assert credit(ASKED) == 0
    assert credit(ASKED, ANSWERED) == WAITED


def test_the_waiting_for_a_fee_is_not_credited() -> None:
    assert credit(fact("FEE_REQUESTED", TUE), fact("PAID", THU)) == 0
    assert credit(fact("FEE_REQUESTED", TUE), fact("STEP", THU)) == 0


@pytest.mark.parametrize("due", [NEXT + 1, NEXT - 1, NEXT + WAITED])
def test_a_source_that_moves_its_appointment_with_the_request_is_not_credited(due: int) -> None:
    assert credit(ASKED._replace(due_at=due), ANSWERED) == 0


@pytest.mark.parametrize("kind", ["SUPPLEMENTED", "STEP", "RECEIVED", "ACCEPTED", "RECALLED"])
@pytest.mark.parametrize("due", [NEXT + 1, NEXT - 1, NEXT + WAITED])
def test_a_source_that_moves_its_appointment_with_what_ends_the_waiting_is_not_credited(
    kind: str, due: int
) -> None:
    assert credit(ASKED, fact(kind, THU, due)) == 0


def test_a_source_that_repeats_its_appointment_has_moved_nothing() -> None:
    assert credit(ASKED._replace(due_at=NEXT), ANSWERED) == WAITED
    assert credit(ASKED, ANSWERED._replace(due_at=NEXT)) == WAITED


@pytest.mark.parametrize("kind", ["EXTENDED", "TRANSFERRED", "STEP", "CORRECTED"])
def test_another_appointment_keeps_the_credit(kind: str) -> None:
    assert credit(ASKED, ANSWERED, fact(kind, FRI, NEXT + 1)) == WAITED


@pytest.mark.parametrize("kind", ["EXTENDED", "TRANSFERRED", "CORRECTED"])
def test_another_appointment_made_while_the_case_waits_keeps_the_credit(kind: str) -> None:
    assert credit(ASKED, fact(kind, WED, NEXT + 1), ANSWERED) == WAITED


def test_a_second_request_that_moves_the_appointment_credits_the_whole_waiting() -> None:
    assert credit(ASKED, fact("SUPPLEMENT_REQUESTED", WED, NEXT + 1), ANSWERED) == 0


def test_a_source_that_moves_its_appointment_twice_takes_the_credit_away_once() -> None:
    moved = ASKED._replace(due_at=NEXT + 1)
    assert credit(moved, ANSWERED._replace(due_at=NEXT + 2)) == 0


def test_what_the_source_credited_of_one_waiting_says_nothing_of_the_next() -> None:
    again = [fact("SUPPLEMENT_REQUESTED", FRI), fact("SUPPLEMENTED", NEXT)]
    assert credit(ASKED._replace(due_at=NEXT + 1), ANSWERED, *again) == NEXT - FRI
    assert credit(ASKED, ANSWERED, again[0], again[1]._replace(due_at=NEXT + 1)) == WAITED
    assert credit(ASKED, ANSWERED, again[0]._replace(due_at=NEXT + 1), again[1]) == WAITED


def test_an_appointment_moved_with_the_end_of_a_fee_takes_no_credit_away() -> None:
    facts = [ASKED, ANSWERED, fact("FEE_REQUESTED", FRI), fact("STEP", NEXT, NEXT + 1)]
    assert credit(*facts) == WAITED


def test_an_appointment_moved_with_the_end_of_both_takes_only_the_supplement_away() -> None:
    assert credit(ASKED, fact("FEE_REQUESTED", WED), ANSWERED._replace(due_at=NEXT + 1)) == 0


def test_an_end_with_another_appointment_takes_no_credit_away() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", FRI)
    assert credit(ASKED, ANSWERED, asked, fact("PROCESSED", NEXT, NEXT + 1)) == WAITED


def test_a_first_appointment_given_with_the_answer_is_not_credited() -> None:
    facts = [fact("RECEIVED", MON), ASKED, ANSWERED._replace(due_at=NEXT)]
    assert folded(*facts).credit_ms == 0


# new appointments


def test_new_appointments_are_kept_with_the_instant_at_which_they_were_made() -> None:
    case = folded(fact("EXTENDED", TUE, FRI), fact("EXTENDED", WED, NEXT))
    assert case.extensions == (Extension(TUE, FRI), Extension(WED, NEXT))
    assert case.due_source == NEXT


def test_an_extension_without_an_appointment_is_none() -> None:
    assert told("RECEIVED", "EXTENDED").extensions == ()


def test_no_other_kind_makes_a_new_appointment() -> None:
    assert folded(fact("STEP", TUE, FRI)).extensions == ()


def test_apologies_are_kept_in_their_order() -> None:
    assert told("APOLOGY_SENT", "STEP", "APOLOGY_SENT").apologies == (MON, WED)
