"""The ledger of pauses: who opened and ended each, its working time, and what it does under each policy."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.calendar import Calendar
from services.domain.case import CaseState
from services.domain.pause_account import Effect, Judged, NetTime, PauseAccount, net_time, pauses_of
from services.domain.policy import Due, Policy, Waiting
from tests.unit.domain.build import LAW, at, fact
from tests.unit.domain.deadline_build import country
from tests.unit.domain.timeline_build import FEE, NONE, PORTAL

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="A")
ASKED = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00")
GIVEN = fact("SUPPLEMENTED", "Wed 2026-01-07 09:00")
FEE_ASKED = fact("FEE_REQUESTED", "Tue 2026-01-06 10:00")
PAID = fact("PAID", "Tue 2026-01-06 14:00")
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
NOW = "Fri 2026-01-09 10:00"
HEEDS_NOTHING = replace(PORTAL, waiting=NONE)
CREDITS_NOTHING = replace(PORTAL, credits_supplements=False)
HOUR = 3600


def pauses(
    *past: Fact,
    policy: Policy = PORTAL,
    ended_at: str | None = None,
    due_from: Due | None = Due.SOURCE,
    calendar: Calendar | None = None,
) -> Sequence[PauseAccount]:
    numbers = {(one.source, one.event_id): place for place, one in enumerate(past, 1)}
    judged = Judged(policy, at(NOW if ended_at is None else ended_at), ended_at is not None, due_from)
    return pauses_of(past, numbers, [judged], calendar or country(), at(NOW), LAW)


def effects(*past: Fact, **how: object) -> list[Effect]:
    return [effect for one in pauses(*past, **how) for effect in one.effects.values()]  # type: ignore[arg-type]


def test_a_pause_is_told_with_who_opened_and_ended_it_and_its_working_time() -> None:
    [one] = pauses(RECEIVED, ASKED, GIVEN)
    assert one == PauseAccount(
        reason="supplement",
        since_at=ASKED.occurred_at,
        until_at=GIVEN.occurred_at,
        opened_by=2,
        ended_by=3,
        is_completed=True,
        working_seconds=9 * HOUR,
        effects={PORTAL.label: Effect.MOVES_DUE},
    )


def test_a_pause_that_lasts_has_no_end_and_works_up_to_the_reporting_instant() -> None:
    [one] = pauses(RECEIVED, ASKED)
    assert (one.until_at, one.ended_by, one.is_completed) == (None, None, False)
    assert one.working_seconds == 3 * 8 * HOUR + 2 * HOUR


def test_pauses_come_in_the_order_of_their_beginning_and_may_overlap() -> None:
    again = fact("SUPPLEMENT_REQUESTED", "Wed 2026-01-07 13:30")
    found = pauses(RECEIVED, ASKED, FEE_ASKED, PAID, GIVEN, again)
    assert [(one.reason, one.opened_by, one.ended_by) for one in found] == [
        ("supplement", 2, 5),
        ("fee", 3, 4),
        ("supplement", 6, None),
    ]
    together = fact("FEE_REQUESTED", "Tue 2026-01-06 08:00")
    assert [one.reason for one in pauses(RECEIVED, ASKED, together)] == ["fee", "supplement"]


def test_a_second_request_opens_no_second_pause() -> None:
    again = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 09:00")
    [one] = pauses(RECEIVED, ASKED, again, GIVEN)
    assert (one.opened_by, one.ended_by) == (2, 4)


def test_without_a_calendar_or_beyond_it_nobody_says_how_long_was_worked() -> None:
    numbers = {(one.source, one.event_id): place for place, one in enumerate((RECEIVED, ASKED), 1)}
    judged = [Judged(PORTAL, at(NOW), False, Due.SOURCE)]
    [one] = pauses_of([RECEIVED, ASKED], numbers, judged, None, at(NOW), LAW)
    assert one.working_seconds is None
    [one] = pauses_of([RECEIVED, ASKED], numbers, judged, country(), at("Fri 2039-01-07 09:00"), LAW)
    assert one.working_seconds is None


def test_a_case_without_facts_has_no_pauses() -> None:
    assert pauses_of([], {}, [], country(), at(NOW), LAW) == ()


def test_a_case_of_one_fact_that_asks_for_nothing_has_no_pauses() -> None:
    assert pauses(RECEIVED) == ()


# what they do


def test_what_a_pause_does_is_told_in_words_that_a_person_can_check() -> None:
    assert {effect.name: str(effect) for effect in Effect} == {
        "MOVES_DUE": "moves the source's due instant",
        "MOVED_BY_SOURCE": "the source moved its appointment for it",
        "IN_COMPUTATION": "counted where the due instant is computed",
        "AT_REQUEST": "judged as at the request while it lasts",
        "IN_TIME": "in time while it lasts",
        "AFTER_END": "after the end that counts",
        "NOTHING": "does not count",
    }


@pytest.mark.parametrize(
    ("policy", "due_from", "effect"),
    [
        (PORTAL, Due.SOURCE, Effect.MOVES_DUE),
        (CREDITS_NOTHING, Due.SOURCE, Effect.NOTHING),
        (PORTAL, Due.COMPUTED, Effect.IN_COMPUTATION),
        (CREDITS_NOTHING, Due.COMPUTED, Effect.IN_COMPUTATION),
        (PORTAL, None, Effect.NOTHING),
    ],
)
def test_a_completed_supplement_moves_the_due_instant_of_the_source_where_the_policy_credits_it(
    policy: Policy, due_from: Due | None, effect: Effect
) -> None:
    assert effects(RECEIVED, ASKED, GIVEN, policy=policy, due_from=due_from) == [effect]


def test_a_source_that_moves_its_appointment_for_a_supplement_is_not_credited() -> None:
    moving = fact("SUPPLEMENTED", "Wed 2026-01-07 09:00", "Mon 2026-01-12 17:00")
    asking = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00", "Mon 2026-01-12 17:00")
    for facts in ((RECEIVED, ASKED, moving), (RECEIVED, asking, GIVEN)):
        assert effects(*facts) == [Effect.MOVED_BY_SOURCE]
        assert effects(*facts, policy=CREDITS_NOTHING) == [Effect.MOVED_BY_SOURCE]
        assert effects(*facts, due_from=Due.COMPUTED) == [Effect.IN_COMPUTATION]


def test_of_two_pauses_the_one_is_credited_and_the_other_moved_by_the_source() -> None:
    moving = fact("SUPPLEMENTED", "Wed 2026-01-07 09:00", "Mon 2026-01-12 17:00")
    again = fact("SUPPLEMENT_REQUESTED", "Wed 2026-01-07 10:00")
    given = fact("SUPPLEMENTED", "Wed 2026-01-07 11:00")
    assert effects(RECEIVED, ASKED, moving, again, given) == [Effect.MOVED_BY_SOURCE, Effect.MOVES_DUE]


def test_what_came_before_the_case_was_received_is_credited_all_the_same() -> None:
    late = fact("RECEIVED", "Thu 2026-01-08 08:00", "Fri 2026-01-09 17:00", unit="A")
    assert effects(ASKED, GIVEN, late) == [Effect.MOVES_DUE]


@pytest.mark.parametrize(
    ("policy", "effect"),
    [
        (PORTAL, Effect.AT_REQUEST),
        (replace(PORTAL, waiting_judged=Waiting.IN_TIME), Effect.IN_TIME),
        (replace(PORTAL, waiting=FEE), Effect.NOTHING),
        (replace(HEEDS_NOTHING, waiting_judged=Waiting.IN_TIME), Effect.NOTHING),
    ],
)
def test_a_pause_that_lasts_is_judged_as_the_policy_heeds_it(policy: Policy, effect: Effect) -> None:
    for due_from in (Due.SOURCE, Due.COMPUTED, None):
        assert effects(RECEIVED, ASKED, policy=policy, due_from=due_from) == [effect]


def test_a_fee_that_is_asked_for_pauses_where_the_policy_heeds_it_and_once_paid_moves_nothing() -> None:
    heeds = replace(PORTAL, waiting=FEE, waiting_judged=Waiting.IN_TIME)
    assert effects(RECEIVED, FEE_ASKED, policy=heeds) == [Effect.IN_TIME]
    for due_from in (Due.SOURCE, Due.COMPUTED):
        assert effects(RECEIVED, FEE_ASKED, PAID, policy=heeds, due_from=due_from) == [Effect.NOTHING]


def test_a_pause_that_the_end_cut_short_moves_nothing() -> None:
    [one] = pauses(RECEIVED, ASKED, PROCESSED, ended_at="Thu 2026-01-08 10:00", due_from=Due.COMPUTED)
    assert (one.ended_by, one.is_completed, one.effects) == (3, False, {PORTAL.label: Effect.NOTHING})


def test_a_pause_of_no_length_moves_nothing() -> None:
    at_once = fact("SUPPLEMENTED", "Tue 2026-01-06 08:00")
    assert effects(RECEIVED, ASKED, at_once) == [Effect.NOTHING]
    assert effects(RECEIVED, ASKED, at_once, due_from=Due.COMPUTED) == [Effect.NOTHING]


@pytest.mark.parametrize("again", ["Thu 2026-01-08 10:00", "Thu 2026-01-08 11:00"])
def test_a_pause_after_the_end_is_after_the_end_that_counts(again: str) -> None:
    ended = "Thu 2026-01-08 10:00"
    later = fact("STEP", "Thu 2026-01-08 12:00")
    recalled = fact("SUPPLEMENT_REQUESTED", again, event_id="again")
    assert effects(RECEIVED, PROCESSED, recalled, later, ended_at=ended) == [Effect.AFTER_END]
    assert effects(RECEIVED, PROCESSED, recalled, ended_at=ended) == [Effect.AFTER_END]
    assert effects(RECEIVED, PROCESSED, recalled, later) == [Effect.MOVES_DUE]


def test_a_completed_pause_before_the_end_counts_as_it_did() -> None:
    assert effects(RECEIVED, ASKED, GIVEN, PROCESSED, ended_at="Thu 2026-01-08 10:00") == [Effect.MOVES_DUE]


# net working time


def state(*past: Fact) -> CaseState:
    case = CaseState(past[0].case_id)
    for one in past:
        case.apply(one, LAW.organisations.unit_at)
    return case


def test_net_time_is_working_time_less_the_union_of_all_pauses() -> None:
    case = state(RECEIVED, ASKED, FEE_ASKED, PAID, GIVEN, PROCESSED)
    assert net_time(case, country(), at(NOW)) == NetTime(
        since_at=RECEIVED.occurred_at,
        until_at=PROCESSED.occurred_at,
        is_ended=True,
        gross_seconds=3 * 8 * HOUR + 2 * HOUR,
        net_seconds=3 * 8 * HOUR + 2 * HOUR - 9 * HOUR,
    )


@pytest.mark.parametrize("waits", [ASKED, FEE_ASKED._replace(occurred_at=ASKED.occurred_at)])
def test_of_an_open_case_it_runs_up_to_the_reporting_instant_and_a_pause_that_lasts_counts(
    waits: Fact,
) -> None:
    found = net_time(state(RECEIVED, waits), country(), at(NOW))
    assert found is not None
    assert (found.until_at, found.is_ended) == (at(NOW), False)
    assert (found.gross_seconds, found.net_seconds) == (34 * HOUR, 8 * HOUR)


def test_before_the_clock_has_started_there_is_no_time() -> None:
    registered = fact("REGISTERED", "Mon 2026-01-05 08:00", unit="A")
    assert net_time(state(registered), country(), at(NOW)) is None


def test_without_a_calendar_or_beyond_it_there_is_no_working_time() -> None:
    found = net_time(state(RECEIVED, ASKED), None, at(NOW))
    assert found == NetTime(RECEIVED.occurred_at, at(NOW), False, None, None)
    far = at("Fri 2039-01-07 09:00")
    assert net_time(state(RECEIVED, ASKED), country(), far) == NetTime(
        RECEIVED.occurred_at, far, False, None, None
    )
