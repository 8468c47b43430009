"""How a case is judged on its way: "2.1 exactly" of `domain/indicators.md`, and what other policies heed."""

from dataclasses import replace

import pytest
from egovhub.events import Fact, Kind

from services.domain.law import Law
from services.domain.policy import Compare, Early, Policy, Stands, Waiting
from tests.unit.domain.build import CITY, WARD, at, day, fact, judge, state
from tests.unit.domain.timeline_build import FEE, PORTAL, SUPPLEMENT, buckets, processing, under

HOUR = 3_600_000
RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD)
ASKED = fact("SUPPLEMENT_REQUESTED", "Wed 2026-01-07 08:00")
ANSWERED = fact("SUPPLEMENTED", "Thu 2026-01-08 08:00")
DUE, FAR = "Fri 2026-01-09 17:00", "Thu 2026-12-31 12:00"
JUST_LATE = "Fri 2026-01-09 17:00 +1ms"


def alike(policy: Policy) -> Law:
    """A law that judges the processing and the hand-over by the same policy."""
    return under(policy, replace(policy, name="hand-over", stands=Stands.HAND_OVER))


RULES = alike(PORTAL)


def bucket(*facts: Fact, as_of: str = FAR, law: Law = RULES) -> str:
    return state(judge(list(facts), as_of, law)).bucket


def next_change(*facts: Fact, as_of: str, law: Law = RULES) -> int | None:
    return judge(list(facts), as_of, law).next_change


def main(*facts: Fact, as_of: str = FAR, law: Law = RULES) -> dict[str, int]:
    return processing(judge(list(facts), as_of, law), law)


# rules 1 to 3: ends, and cases without one


@pytest.mark.parametrize("kind", ["PROCESSED", "RETURNED", "REFUSED", "WITHDRAWN", "STOPPED"])
def test_every_terminal_state_ends_a_case_and_equality_is_on_time(kind: str) -> None:
    assert bucket(RECEIVED, fact(kind, DUE)) == "on_time"
    assert bucket(RECEIVED, fact(kind, JUST_LATE)) == "late"


def test_finishing_at_the_agency_stops_the_clock_and_not_the_hand_over() -> None:
    assert bucket(RECEIVED, fact("PROCESSED", DUE), fact("RETURNED", "Mon 2026-02-09 10:00")) == "on_time"
    assert bucket(RECEIVED, fact("RETURNED", DUE), fact("PROCESSED", "Mon 2026-02-09 10:00")) == "late"
    assert bucket(RECEIVED, fact("REFUSED", DUE), fact("RETURNED", "Mon 2026-02-09 10:00")) == "late"


@pytest.mark.parametrize(
    "kind",
    sorted(kind.name for kind in Kind if not 12 <= kind <= 15 and kind not in (Kind.REFUSED, Kind.VOIDED)),
)
def test_no_other_kind_ends_a_case(kind: str) -> None:
    late = "paused" if kind == "SUPPLEMENT_REQUESTED" else "overdue"
    assert bucket(RECEIVED, fact(kind, "Thu 2026-01-08 10:00")) == late


def test_an_open_case_is_on_time_while_its_due_instant_has_not_passed() -> None:
    assert bucket(RECEIVED, as_of=DUE) == "in_time"
    assert bucket(RECEIVED, as_of=JUST_LATE) == "overdue"


# rule 4: waiting for a supplement and nothing after


def test_a_case_that_waits_is_judged_at_the_instant_of_the_request() -> None:
    for as_of in ("Wed 2026-01-07 08:00", DUE, JUST_LATE, FAR):
        assert bucket(RECEIVED, ASKED, as_of=as_of) == "paused"
        assert next_change(RECEIVED, ASKED, as_of=as_of) is None


def test_a_request_at_the_due_instant_pauses_in_time_and_one_after_it_comes_too_late() -> None:
    at_due, after = fact("SUPPLEMENT_REQUESTED", DUE), fact("SUPPLEMENT_REQUESTED", JUST_LATE)
    assert bucket(RECEIVED, at_due) == "paused"
    assert bucket(RECEIVED, after) == "overdue"
    assert main(RECEIVED, after) == main(RECEIVED)


def test_more_than_one_request_makes_a_waiting_case_late() -> None:
    again = fact("SUPPLEMENT_REQUESTED", "Thu 2026-01-08 10:00")
    assert bucket(RECEIVED, ASKED, again, as_of="Thu 2026-01-08 09:59") == "paused"
    assert bucket(RECEIVED, ASKED, again, as_of="Thu 2026-01-08 10:00") == "overdue"
    assert bucket(RECEIVED, ASKED, ANSWERED, again, as_of="Thu 2026-01-08 10:00") == "overdue"


def test_a_case_asked_twice_is_in_time_again_once_it_no_longer_waits() -> None:
    again = fact("SUPPLEMENT_REQUESTED", "Thu 2026-01-08 10:00")
    resumed = fact("STEP", "Fri 2026-01-09 08:00")
    assert bucket(RECEIVED, ASKED, again, resumed, as_of=DUE) == "in_time"
    assert bucket(RECEIVED, ASKED, again, resumed, fact("PROCESSED", DUE)) == "on_time"


def test_a_policy_without_a_limit_of_requests_lets_the_case_wait() -> None:
    law = alike(replace(PORTAL, max_requests=None))
    again = fact("SUPPLEMENT_REQUESTED", "Thu 2026-01-08 10:00")
    assert bucket(RECEIVED, ASKED, again, law=law) == "paused"


def test_a_waiting_case_that_a_move_made_late_is_overdue_from_the_request_on() -> None:
    sooner = fact("CORRECTED", "Thu 2026-01-08 10:00", "Tue 2026-01-06 17:00")
    assert bucket(RECEIVED, ASKED, sooner, as_of="Thu 2026-01-08 09:59") == "paused"
    assert bucket(RECEIVED, ASKED, sooner) == "overdue"


def test_a_request_stays_open_whoever_gets_the_case() -> None:
    moved = fact("TRANSFERRED", "Mon 2026-02-09 10:00", unit=CITY)
    assert main(RECEIVED, ASKED, moved) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.paused": 1,
        f"2026-02 {WARD} open.paused": -1,
        f"2026-02 {WARD} transferred_out": 1,
        f"2026-02 {CITY} transferred_in": 1,
        f"2026-02 {CITY} open.paused": 1,
    }


def test_a_case_that_ends_while_it_waits_is_judged_by_its_end_without_the_waiting() -> None:
    assert bucket(RECEIVED, ASKED, fact("WITHDRAWN", DUE)) == "on_time"
    assert bucket(RECEIVED, ASKED, fact("STOPPED", JUST_LATE)) == "late"


def test_a_case_without_a_due_instant_that_waits_is_no_deadline() -> None:
    assert bucket(RECEIVED._replace(due_at=None), ASKED) == "no_deadline"


def test_a_request_told_late_takes_lateness_back() -> None:
    """A fact that arrives late but is dated in time changes what was counted of closed months."""
    assert main(RECEIVED, as_of="Mon 2026-02-09 10:00")[f"2026-01 {WARD} open.overdue"] == 1
    assert main(RECEIVED, ASKED, as_of="Mon 2026-02-09 10:00") == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.paused": 1,
    }


# rule 5: a completed supplement


@pytest.mark.parametrize(
    ("end", "judged"),
    [("Sat 2026-01-10 17:00", "on_time"), ("Sat 2026-01-10 17:00 +1ms", "late"), (JUST_LATE, "on_time")],
)
def test_the_waiting_for_a_completed_supplement_is_subtracted_from_the_end(end: str, judged: str) -> None:
    assert bucket(RECEIVED, ASKED, ANSWERED, fact("PROCESSED", end)) == judged


def test_an_answered_case_is_due_later_by_the_waiting() -> None:
    case = judge([RECEIVED, ASKED, ANSWERED], "Thu 2026-01-08 08:00", RULES)
    assert state(case).bucket == "in_time"
    assert case.next_change == at("Sat 2026-01-10 17:00 +1ms")
    assert (state(case).credit_ms, day(state(case).due_at)) == (24 * HOUR, "Sat 2026-01-10 17:00")


def test_two_completed_supplements_are_both_subtracted() -> None:
    asked, answered = (
        fact("SUPPLEMENT_REQUESTED", "Thu 2026-01-08 10:00"),
        fact("SUPPLEMENTED", "Fri 2026-01-09 10:00"),
    )
    assert next_change(RECEIVED, ASKED, ANSWERED, asked, answered, as_of="Fri 2026-01-09 10:00") == at(
        "Sun 2026-01-11 17:00 +1ms"
    )


def test_an_answer_after_the_due_instant_makes_an_overdue_case_none_the_better() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Mon 2026-01-12 08:00")
    answered = fact("SUPPLEMENTED", "Wed 2026-01-14 17:00")
    assert bucket(RECEIVED, asked, as_of="Tue 2026-01-13 08:00") == "overdue"
    assert bucket(RECEIVED, asked, answered) == "overdue"


def test_an_answer_told_late_flips_an_earlier_verdict() -> None:
    ended = fact("PROCESSED", "Sat 2026-01-10 10:00")
    assert bucket(RECEIVED, ended) == "late"
    assert bucket(RECEIVED, ASKED, ended) == "late"
    assert bucket(RECEIVED, ASKED, ANSWERED, ended) == "on_time"


def test_a_policy_that_credits_nothing_judges_by_the_appointment_alone() -> None:
    law = alike(replace(PORTAL, credits_supplements=False))
    assert bucket(RECEIVED, ASKED, ANSWERED, fact("PROCESSED", DUE), law=law) == "on_time"
    assert bucket(RECEIVED, ASKED, ANSWERED, fact("PROCESSED", JUST_LATE), law=law) == "late"


# rule 7: fees and apologies


def test_waiting_for_a_fee_does_not_pause() -> None:
    asked, paid = fact("FEE_REQUESTED", "Wed 2026-01-07 08:00"), fact("PAID", "Thu 2026-01-08 08:00")
    assert main(RECEIVED, asked) == main(RECEIVED, asked, paid) == main(RECEIVED)
    assert bucket(RECEIVED, asked, paid, fact("PROCESSED", JUST_LATE)) == "late"


def test_an_apology_changes_the_verdict_only_through_a_new_appointment() -> None:
    apology = fact("APOLOGY_SENT", "Wed 2026-01-07 08:00")
    assert main(RECEIVED, apology) == main(RECEIVED)
    extended = fact("EXTENDED", "Wed 2026-01-07 09:00", "Mon 2026-01-19 17:00")
    assert bucket(RECEIVED, apology, extended, as_of="Mon 2026-01-19 17:00") == "in_time"
    assert bucket(RECEIVED, apology, extended, as_of="Mon 2026-01-19 17:00 +1ms") == "overdue"


# what other policies heed


FEES = alike(replace(PORTAL, waiting=FEE))
EITHER = alike(replace(PORTAL, waiting=FEE | SUPPLEMENT))
NOTHING = alike(replace(PORTAL, waiting=frozenset()))


@pytest.mark.parametrize(
    ("law", "facts", "expected"),
    [
        (FEES, [("FEE_REQUESTED", DUE)], "paused"),
        (FEES, [("FEE_REQUESTED", JUST_LATE)], "overdue"),
        (FEES, [("SUPPLEMENT_REQUESTED", DUE)], "overdue"),
        (FEES, [("SUPPLEMENT_REQUESTED", DUE), ("FEE_REQUESTED", JUST_LATE)], "overdue"),
        (EITHER, [("FEE_REQUESTED", DUE)], "paused"),
        (EITHER, [("SUPPLEMENT_REQUESTED", DUE)], "paused"),
        (EITHER, [("SUPPLEMENT_REQUESTED", DUE), ("FEE_REQUESTED", JUST_LATE)], "paused"),
        (EITHER, [("FEE_REQUESTED", DUE), ("SUPPLEMENT_REQUESTED", JUST_LATE)], "paused"),
        (EITHER, [("FEE_REQUESTED", JUST_LATE)], "overdue"),
        (NOTHING, [("SUPPLEMENT_REQUESTED", DUE)], "overdue"),
        (NOTHING, [("FEE_REQUESTED", DUE)], "overdue"),
    ],
)
def test_a_case_pauses_from_the_first_request_that_the_policy_heeds(
    law: Law, facts: list[tuple[str, str]], expected: str
) -> None:
    assert bucket(RECEIVED, *(fact(*given) for given in facts), law=law) == expected


def test_a_case_that_waits_for_two_things_goes_on_waiting_for_the_other() -> None:
    asked, fee = fact("SUPPLEMENT_REQUESTED", DUE), fact("FEE_REQUESTED", "Thu 2026-01-08 10:00")
    paid = fact("PAID", "Mon 2026-01-12 08:00")
    assert bucket(RECEIVED, fee, asked, paid, law=EITHER) == "paused"
    assert bucket(RECEIVED, fee, asked, paid, law=FEES) == "overdue"


def test_a_waiting_case_may_count_as_in_time_whenever_it_was_asked() -> None:
    law = alike(replace(PORTAL, waiting_judged=Waiting.IN_TIME))
    asked = fact("SUPPLEMENT_REQUESTED", "Mon 2026-01-12 08:00")
    assert bucket(RECEIVED, asked, asked._replace(event_id="again"), law=law) == "paused"
    assert bucket(RECEIVED, asked, as_of="Mon 2026-01-12 07:59", law=law) == "overdue"


DAYS = alike(replace(PORTAL, compare=Compare.DAY, early=Early.BEFORE))


@pytest.mark.parametrize(
    ("end", "judged"),
    [
        ("Thu 2026-01-08 23:59 +59999ms", "early"),
        ("Fri 2026-01-09 00:00", "on_time"),
        ("Fri 2026-01-09 23:59 +59999ms", "on_time"),
        ("Sat 2026-01-10 00:00", "late"),
    ],
)
def test_a_policy_that_compares_days_knows_the_due_day_alone(end: str, judged: str) -> None:
    assert bucket(RECEIVED, fact("PROCESSED", end), law=DAYS) == judged


def test_a_policy_that_compares_days_turns_at_midnight() -> None:
    assert bucket(RECEIVED, as_of="Fri 2026-01-09 23:59 +59999ms", law=DAYS) == "in_time"
    assert bucket(RECEIVED, as_of="Sat 2026-01-10 00:00", law=DAYS) == "overdue"
    assert next_change(RECEIVED, as_of="Mon 2026-01-05 08:00", law=DAYS) == at("Sat 2026-01-10 00:00")


# the band before the due instant


SOON = alike(replace(PORTAL, due_soon_ms=48 * HOUR))


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("Mon 2026-01-05 08:00", "in_time"),
        ("Wed 2026-01-07 16:59 +59999ms", "in_time"),
        ("Wed 2026-01-07 17:00", "due_soon"),
        (DUE, "due_soon"),
        (JUST_LATE, "overdue"),
    ],
)
def test_a_case_is_due_soon_from_the_beginning_of_the_band_on(as_of: str, expected: str) -> None:
    assert bucket(RECEIVED, as_of=as_of, law=SOON) == expected


def test_the_band_is_a_change_by_time_alone() -> None:
    received = RECEIVED._replace(due_at=at("Mon 2026-02-02 08:00"))
    assert main(received, law=SOON) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.due_soon": 1,
        f"2026-02 {WARD} open.due_soon": -1,
        f"2026-02 {WARD} open.overdue": 1,
    }
    starts = at("Sat 2026-01-31 08:00")
    assert next_change(received, as_of="Mon 2026-01-05 08:00", law=SOON) == starts
    assert judge([received], starts, SOON).next_change == at("Mon 2026-02-02 08:00 +1ms")


def test_a_case_received_within_the_band_is_due_soon_at_once() -> None:
    received = RECEIVED._replace(due_at=at("Tue 2026-01-06 08:00"))
    assert main(received, as_of="Mon 2026-01-05 08:00", law=SOON) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.due_soon": 1,
    }


# one policy beside another


def test_each_policy_judges_the_same_case_by_itself() -> None:
    policies: tuple[Policy, ...] = (
        PORTAL,
        replace(PORTAL, name="heedless", waiting=frozenset()),
        replace(PORTAL, name="by day", compare=Compare.DAY, waiting=frozenset()),
        replace(PORTAL, name="soon", due_soon_ms=48 * HOUR, waiting=frozenset()),
    )
    law = under(*policies)
    evaluation = judge([RECEIVED, ASKED], "Fri 2026-01-09 18:00", law)
    assert buckets(evaluation, law) == {
        "portal": "paused",
        "heedless": "overdue",
        "by day": "in_time",
        "soon": "overdue",
        "publication": "overdue",
    }
    assert evaluation.next_change == at("Sat 2026-01-10 00:00")


@pytest.mark.parametrize(
    "domain", ["onestop", "civil-status", "judicial-records", "business-registration", "budget-codes"]
)
def test_a_case_of_an_administrative_procedure_is_counted(domain: str) -> None:
    received = RECEIVED._replace(case_id=f"{domain}:1", source=domain, domain=domain)
    assert main(received, as_of="Mon 2026-01-05 09:00") == {
        f"2026-01 {WARD} open.in_time": 1,
        f"2026-01 {WARD} received": 1,
    }


@pytest.mark.parametrize("domain", ["documents", "feedback", "payments", "population"])
def test_any_other_case_is_judged_and_counted_in_no_bucket(domain: str) -> None:
    received = RECEIVED._replace(case_id=f"{domain}:1", source=domain, domain=domain)
    for as_of, expected in (("Fri 2026-01-09 17:00", "in_time"), (JUST_LATE, "overdue")):
        evaluation = judge([received], as_of, RULES)
        assert state(evaluation).bucket == expected
        assert evaluation.contributions == {}
    assert next_change(received, as_of="Mon 2026-01-05 09:00") == at(JUST_LATE)


def test_a_document_that_somebody_spoke_of_before_it_came_was_an_orphan_until_then() -> None:
    received = RECEIVED._replace(case_id="documents:1", source="documents", domain="documents")
    before = received._replace(kind=Kind.STEP, occurred_at=at("Fri 2025-12-05 08:00"), event_id="before")
    contributions = judge([before, received], FAR, RULES).contributions
    assert sorted((counter, n) for (_, _, _, counter), n in contributions.items()) == [
        ("orphan", -1),
        ("orphan", 1),
    ]
