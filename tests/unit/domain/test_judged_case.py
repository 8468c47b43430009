"""The bucket of a case under each policy: by which facts, by whose due instant, and when it turns."""

from dataclasses import replace

import pytest
from egovhub.events import Fact, Kind

from services.domain.calendar import Limit, LimitUnit
from services.domain.explanation import Explanation, explain
from services.domain.judged_case import Judgement
from services.domain.law import Law
from services.domain.policy import Due, Stands
from services.domain.procedures import Procedure, Procedures
from services.domain.standing import Known
from tests.unit.domain.build import LAW, WARD, at, day, fact
from tests.unit.domain.timeline_build import HAND_OVER, PLAIN, PORTAL, SUPPLEMENT, under

STEM = "9.000001"
THREE_DAYS = Procedure(STEM, ("commune",), Limit(3, LimitUnit.WORKING_DAYS), "the law", "illustrative")
COMPUTED = replace(PORTAL, name="computed", due=Due.COMPUTED)
GIVEN = replace(PORTAL, name="given", due=Due.SOURCE)
LAWFUL = under(PORTAL, COMPUTED, GIVEN, HAND_OVER, law=replace(LAW, procedures=Procedures([THREE_DAYS])))
RECEIVED = fact("RECEIVED", "Mon 2026-01-05 09:00", "Fri 2026-01-09 17:00", unit=WARD, procedure=STEM)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
RETURNED = fact("RETURNED", "Mon 2026-01-12 10:00")
FAR = "Thu 2026-12-31 12:00"


def explained(*facts: Fact, as_of: str = FAR, law: Law = PLAIN) -> Explanation:
    return explain([Known(one, None) for one in facts], at(as_of), law)


def buckets(*facts: Fact, as_of: str = FAR, law: Law = LAWFUL) -> dict[str, str]:
    return {one.policy: one.bucket for one in explained(*facts, as_of=as_of, law=law).judgements}


def test_an_open_case_is_judged_at_the_reporting_instant_and_turns_when_it_falls_due() -> None:
    [portal, hand_over] = explained(RECEIVED, as_of="Tue 2026-01-06 08:00").judgements
    assert portal == Judgement(
        policy="portal@1",
        source="test",
        stands=Stands.PROCESSING,
        bucket="in_time",
        ended_by=None,
        judged_at=at("Tue 2026-01-06 08:00"),
        due_at=RECEIVED.due_at,
        due_from=Due.SOURCE,
        reason=None,
        counts_in=("numerator", "denominator", "total"),
        turns_at=at("Fri 2026-01-09 17:00 +1ms"),
        turns_to="overdue",
    )
    assert (hand_over.stands, hand_over.bucket, hand_over.counts_in) == (Stands.HAND_OVER, "in_time", ())


def test_each_track_is_judged_by_the_end_that_stands_on_it() -> None:
    [portal, hand_over] = explained(RECEIVED, PROCESSED, RETURNED).judgements
    assert (portal.bucket, portal.ended_by, day(portal.judged_at)) == (
        "on_time",
        Kind.PROCESSED,
        "Thu 2026-01-08 10:00",
    )
    assert (hand_over.bucket, hand_over.ended_by, day(hand_over.judged_at)) == (
        "late",
        Kind.RETURNED,
        "Mon 2026-01-12 10:00",
    )
    assert (portal.turns_at, portal.turns_to) == (None, None)
    assert portal.counts_in == ("numerator", "denominator", "total")
    late = replace(PORTAL, numerator=frozenset({"in_time"}))
    [portal, _] = explained(RECEIVED, PROCESSED, law=under(late)).judgements
    assert portal.counts_in == ("denominator", "total")


def test_a_due_instant_given_after_the_end_does_not_judge_it_again() -> None:
    moved = fact("STEP", "Fri 2026-01-09 10:00", "Mon 2026-01-19 17:00")
    [portal, hand_over] = explained(RECEIVED, PROCESSED, moved, RETURNED).judgements
    assert (day(portal.due_at), day(hand_over.due_at)) == ("Fri 2026-01-09 17:00", "Mon 2026-01-19 17:00")
    assert (portal.bucket, hand_over.bucket) == ("on_time", "on_time")


def test_an_end_before_the_case_began_is_judged_when_it_began() -> None:
    early = fact("PROCESSED", "Fri 2026-01-02 10:00")
    [portal, _] = explained(RECEIVED, early).judgements
    assert (portal.bucket, day(portal.judged_at), day(portal.due_at)) == (
        "on_time",
        "Mon 2026-01-05 09:00",
        "Fri 2026-01-09 17:00",
    )


@pytest.mark.parametrize(
    ("due", "portal", "computed", "given"),
    [
        ("Fri 2026-01-09 17:00", Due.SOURCE, Due.COMPUTED, Due.SOURCE),
        (None, Due.COMPUTED, Due.COMPUTED, None),
    ],
)
def test_each_policy_says_whose_due_instant_judges(
    due: str | None, portal: Due, computed: Due, given: Due | None
) -> None:
    start = RECEIVED._replace(due_at=None if due is None else at(due))
    found = {
        one.policy: one for one in explained(start, as_of="Thu 2026-01-08 09:00 +1ms", law=LAWFUL).judgements
    }
    assert [found[f"{name}@1"].due_from for name in ("portal", "computed", "given")] == [
        portal,
        computed,
        given,
    ]
    assert day(found["computed@1"].due_at) == "Thu 2026-01-08 09:00"
    assert found["computed@1"].bucket == "overdue"
    assert found["portal@1"].bucket == ("overdue" if due is None else "in_time")
    assert found["given@1"].bucket == ("no_deadline" if due is None else "in_time")
    assert found["given@1"].due_at == start.due_at


def test_a_case_that_reference_data_cannot_judge_says_why_under_each_policy_that_needs_them() -> None:
    nowhere = RECEIVED._replace(unit="nowhere")
    found = {one.policy: one for one in explained(nowhere, law=LAWFUL).judgements}
    assert (found["computed@1"].bucket, found["computed@1"].reason) == ("unknown", "no-calendar")
    assert (found["portal@1"].bucket, found["portal@1"].reason) == ("overdue", None)
    assert (found["computed@1"].due_at, found["computed@1"].due_from) == (None, None)
    done = {one.policy: one for one in explained(nowhere, PROCESSED, law=LAWFUL).judgements}
    assert (done["computed@1"].bucket, done["computed@1"].reason) == ("unknown", "no-calendar")
    none = {one.policy: one for one in explained(RECEIVED._replace(procedure=None), law=LAWFUL).judgements}
    assert (none["computed@1"].bucket, none["computed@1"].reason) == ("no_deadline", None)


def test_policies_come_in_the_order_of_the_joint_buckets() -> None:
    mixed = under(HAND_OVER, PORTAL, law=PLAIN)
    assert [one.policy for one in explained(RECEIVED, law=mixed).judgements] == ["portal@1", "publication@1"]
    assert buckets(RECEIVED, PROCESSED, law=mixed) == {"portal@1": "on_time", "publication@1": "overdue"}


def test_the_joint_buckets_name_the_counter_of_each_track() -> None:
    assert explained(RECEIVED, PROCESSED, law=LAWFUL).joint_buckets == (
        "ended.on_time/late/on_time",
        "handover.open.overdue",
    )
    assert explained(RECEIVED, RETURNED, law=LAWFUL).joint_buckets == (
        "ended.late/late/late",
        "handover.ended.late",
    )


def test_a_document_is_judged_and_names_no_counter() -> None:
    document = RECEIVED._replace(case_id="documents:1", source="documents", domain="documents")
    told = explained(document)
    assert [one.bucket for one in told.judgements] == ["overdue", "overdue"]
    assert told.joint_buckets == ()


def test_a_bucket_turns_when_a_fact_that_is_known_already_comes_true() -> None:
    [portal, hand_over] = explained(RECEIVED, PROCESSED, as_of="Tue 2026-01-06 08:00").judgements
    assert (day(portal.turns_at), portal.turns_to) == ("Thu 2026-01-08 10:00", "on_time")
    assert (hand_over.turns_at, hand_over.turns_to) == (at("Fri 2026-01-09 17:00 +1ms"), "overdue")


def test_the_next_turn_is_told_though_other_facts_come_before_it() -> None:
    step = fact("STEP", "Wed 2026-01-07 10:00")
    [portal, _] = explained(RECEIVED, step, as_of="Tue 2026-01-06 08:00").judgements
    assert (portal.turns_at, portal.turns_to) == (at("Fri 2026-01-09 17:00 +1ms"), "overdue")


def test_an_orphan_is_one_under_every_policy_and_becomes_a_case_when_it_begins() -> None:
    paid = fact("PAID", "Sat 2026-01-03 10:00", source="payments")
    [portal, hand_over] = explained(paid, RECEIVED, as_of="Sun 2026-01-04 08:00").judgements
    assert (portal.bucket, portal.counts_in, portal.judged_at, portal.due_at, portal.due_from) == (
        "orphan",
        (),
        None,
        None,
        None,
    )
    assert (portal.turns_at, portal.turns_to, hand_over.turns_to) == (
        RECEIVED.occurred_at,
        "in_time",
        "in_time",
    )
    assert (portal.ended_by, portal.reason) == (None, None)


# the accounts that hang on it


def test_tracks_that_were_judged_by_the_same_have_one_account_of_the_due_instant() -> None:
    [account] = explained(RECEIVED, PROCESSED, RETURNED).dues
    assert account.stands == (Stands.PROCESSING, Stands.HAND_OVER)
    assert day(account.judged_at) == "Thu 2026-01-08 10:00"


def test_tracks_that_were_judged_by_other_due_instants_have_one_each() -> None:
    moved = fact("STEP", "Fri 2026-01-09 10:00", "Mon 2026-01-19 17:00")
    first, second = explained(RECEIVED, PROCESSED, moved, RETURNED).dues
    assert (first.stands, first.given_by, day(first.judged_at)) == (
        (Stands.PROCESSING,),
        1,
        "Thu 2026-01-08 10:00",
    )
    assert (second.stands, second.given_by, day(second.judged_at)) == (
        (Stands.HAND_OVER,),
        3,
        "Mon 2026-01-12 10:00",
    )


def test_pauses_and_net_time_are_those_of_the_unit_that_is_charged() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00")
    given = fact("SUPPLEMENTED", "Wed 2026-01-07 08:00")
    ahead = fact("SUPPLEMENT_REQUESTED", "Fri 2026-01-09 08:00")
    case = explained(RECEIVED, asked, given, PROCESSED, ahead, as_of="Thu 2026-01-08 17:00", law=LAWFUL)
    [one] = case.pauses
    assert (one.opened_by, one.ended_by, one.working_seconds) == (2, 3, 8 * 3600)
    assert {label: effect.name for label, effect in one.effects.items()} == {
        "portal@1": "MOVES_DUE",
        "computed@1": "IN_COMPUTATION",
        "given@1": "MOVES_DUE",
        "publication@1": "NOTHING",
    }
    assert case.net_time is not None
    assert case.net_time.net_seconds == 17 * 3600
    nowhere = explained(RECEIVED._replace(unit="nowhere"), asked, given)
    assert nowhere.net_time is not None
    assert (nowhere.net_time.gross_seconds, nowhere.pauses[0].working_seconds) == (None, None)


def test_a_pause_that_begins_at_the_reporting_instant_is_told() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00")
    [one] = explained(RECEIVED, asked, as_of="Tue 2026-01-06 08:00", law=LAWFUL).pauses
    assert (one.since_at, one.until_at, one.working_seconds) == (asked.occurred_at, None, 0)
    assert explained(RECEIVED, asked, as_of="Tue 2026-01-06 07:59", law=LAWFUL).pauses == ()


def test_a_pause_is_after_the_end_where_the_end_of_the_policys_own_track_came_before() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Fri 2026-01-09 08:00")
    heeding = under(PORTAL, replace(HAND_OVER, waiting=SUPPLEMENT))
    [one] = explained(RECEIVED, PROCESSED, asked, law=heeding).pauses
    assert {label: effect.name for label, effect in one.effects.items()} == {
        "portal@1": "AFTER_END",
        "publication@1": "AT_REQUEST",
    }
