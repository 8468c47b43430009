"""From everything known of a case to what it adds: what counts at an instant, and when that changes next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from egovhub.events import Fact

from services.domain.evaluation import Evaluation, evaluate
from services.domain.ownership import OwnerRow, Owners
from services.domain.standing import Known
from services.domain.view import Book, CaseView
from tests.unit.domain.build import CITY, WARD, at, counted, fact, judge, state
from tests.unit.domain.timeline_build import PLAIN, processing

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
FAR = "Thu 2026-12-31 12:00"


def plainly(*facts: Fact, as_of: str = FAR) -> Evaluation:
    return judge(list(facts), as_of, PLAIN)


def retraction(target: Fact, when: str = "Tue 2026-06-30 10:00", **fields: Any) -> Fact:
    return fact("RETRACTED", when, retracts=(target.event_id,), **fields)


# facts and the instant


def test_nothing_is_known_of_a_case_before_its_first_fact() -> None:
    evaluation = plainly(PROCESSED, RECEIVED, as_of="Mon 2026-01-05 07:59")
    assert evaluation == Evaluation(None, {}, at("Mon 2026-01-05 08:00"), 0, 0)


def test_a_fact_counts_from_its_own_instant_on() -> None:
    start = at("Mon 2026-01-05 08:00")
    assert judge([RECEIVED], start - 1, PLAIN).state is None
    assert state(judge([RECEIVED], start, PLAIN)).bucket == "in_time"


def test_a_fact_dated_ahead_waits_for_its_instant() -> None:
    facts = [RECEIVED, PROCESSED, fact("RETURNED", "Fri 2026-01-09 09:00")]
    before = plainly(*facts, as_of="Thu 2026-01-08 09:59")
    assert state(before).bucket == "in_time"
    assert before.next_change == at("Thu 2026-01-08 10:00")
    then = plainly(*facts, as_of="Thu 2026-01-08 10:00")
    assert state(then).bucket == "on_time"
    assert then.next_change == at("Fri 2026-01-09 09:00")
    assert plainly(*facts, as_of="Fri 2026-01-09 09:00").next_change is None


def test_what_comes_first_of_a_fact_ahead_and_a_due_instant_changes_the_case_next() -> None:
    late = fact("STEP", "Mon 2026-01-12 08:00")
    due = at("Fri 2026-01-09 17:00") + 1
    assert plainly(RECEIVED, late, as_of="Tue 2026-01-06 08:00").next_change == due
    assert judge([RECEIVED, late], due, PLAIN).next_change == at("Mon 2026-01-12 08:00")


def test_a_fact_of_another_source_dated_ahead_changes_something_too() -> None:
    ahead = fact("PAID", "Wed 2026-01-07 08:00", source="payments")
    assert plainly(RECEIVED, ahead, as_of="Tue 2026-01-06 08:00").next_change == at("Wed 2026-01-07 08:00")


def test_a_case_without_a_fact_adds_nothing() -> None:
    nothing = evaluate([], at(FAR), PLAIN)
    assert nothing == Evaluation(None, {}, None, 0, 0)


def test_facts_may_come_from_an_iterator() -> None:
    known = (Known(told, None) for told in (RECEIVED, PROCESSED))
    assert state(evaluate(known, at(FAR), PLAIN)).bucket == "on_time"


# orphans


@pytest.mark.parametrize("kind", ["STEP", "PROCESSED", "PAID", "PETITION", "RETRACTED", "RECALLED"])
def test_a_case_that_nothing_started_is_an_orphan_in_the_month_of_its_earliest_fact(kind: str) -> None:
    early = fact(kind, "Sat 2026-01-31 10:00", unit=WARD, procedure="p")
    evaluation = plainly(early, fact(kind, "Sun 2026-02-01 10:00", unit=WARD))
    assert evaluation.contributions == {("unknown", "unknown", 26 * 12, "orphan"): 1}
    assert (state(evaluation).bucket, state(evaluation).unit) == ("orphan", "unknown")


def test_an_orphan_becomes_a_case_when_it_starts() -> None:
    paid = fact("PAID", "Mon 2025-12-29 10:00", source="payments")
    assert counted(plainly(paid, RECEIVED, as_of="Sun 2026-01-04 10:00")) == {"2025-12 unknown orphan": 1}
    evaluation = plainly(paid, RECEIVED, as_of="Wed 2026-01-07 10:00")
    orphans = {name: n for name, n in counted(evaluation).items() if name.endswith("orphan")}
    assert orphans == {"2025-12 unknown orphan": 1, "2026-01 unknown orphan": -1}


def test_an_orphan_of_the_month_in_which_it_starts_leaves_no_trace() -> None:
    paid = fact("PAID", "Thu 2026-01-01 10:00", source="payments")
    assert counted(plainly(paid, RECEIVED)) == counted(plainly(RECEIVED))


def test_a_start_in_the_very_instant_of_the_first_fact_is_no_orphan() -> None:
    paid = fact("PAID", "Mon 2026-01-05 08:00", source="payments")
    assert counted(plainly(paid, RECEIVED)) == counted(plainly(RECEIVED))


def test_a_retracted_reception_leaves_the_rest_an_orphan() -> None:
    evaluation = plainly(RECEIVED, PROCESSED, retraction(RECEIVED))
    assert counted(evaluation) == {"2026-01 unknown orphan": 1}


def test_a_retraction_alone_leaves_an_orphan() -> None:
    evaluation = plainly(RECEIVED, retraction(RECEIVED))
    assert counted(evaluation) == {"2026-06 unknown orphan": 1}


# owners


def test_facts_of_others_move_nothing() -> None:
    others = [
        fact(kind, "Thu 2026-01-08 10:00", "Tue 2026-01-06 10:00", source="payments", unit=CITY)
        for kind in ("RECEIVED", "PROCESSED", "VOIDED", "TRANSFERRED", "RECALLED")
    ]
    assert counted(plainly(RECEIVED, *others)) == counted(plainly(RECEIVED))


def test_the_owner_is_asked_at_the_instant_of_each_fact() -> None:
    owners = Owners(
        [
            OwnerRow("onestop", at("Sat 2000-01-01 08:00"), "city-portal"),
            OwnerRow("onestop", at("Tue 2026-01-06 00:00"), "national-portal"),
        ]
    )
    received = RECEIVED._replace(source="city-portal")
    stale = fact("PROCESSED", "Thu 2026-01-08 10:00", source="city-portal")
    assert state(judge([received, stale], FAR, PLAIN, owners=owners)).bucket == "overdue"
    ended = fact("PROCESSED", "Thu 2026-01-08 10:00", source="national-portal")
    assert state(judge([received, ended], FAR, PLAIN, owners=owners)).bucket == "on_time"
    theirs = received._replace(source="national-portal")
    assert state(judge([theirs], FAR, PLAIN, owners=owners)).bucket == "orphan"


def test_before_the_first_owner_of_a_listed_namespace_nobody_moves_its_cases() -> None:
    owners = Owners([OwnerRow("onestop", at("Tue 2026-01-06 00:00"), "onestop")])
    assert state(judge([RECEIVED], FAR, PLAIN, owners=owners)).bucket == "orphan"


# retractions, revisions, voids


def test_a_retraction_counts_whatever_its_own_instant() -> None:
    for when in ("Mon 2001-01-01 10:00", "Tue 2026-06-30 10:00"):
        gone = retraction(PROCESSED, when)
        assert state(plainly(RECEIVED, PROCESSED, gone, as_of="Fri 2026-01-09 17:00")).bucket == "in_time"


def test_a_retracted_retraction_revives_nothing_and_publishing_again_does() -> None:
    gone = retraction(PROCESSED)
    undone = fact("RETRACTED", "Tue 2026-06-30 11:00", retracts=(gone.event_id,))
    assert state(plainly(RECEIVED, PROCESSED, gone, undone)).bucket == "overdue"
    again = PROCESSED._replace(event_id="again")
    assert state(plainly(RECEIVED, PROCESSED, gone, again)).bucket == "on_time"


def test_a_revision_may_move_an_end_in_time_and_reaches_closed_periods() -> None:
    early = PROCESSED._replace(source_sequence=1)
    late = PROCESSED._replace(source_sequence=2, occurred_at=at("Mon 2026-02-02 10:00"))
    assert processing(plainly(RECEIVED, early)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
    }
    revised = plainly(RECEIVED, early, late)
    assert processing(revised) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-02 {WARD} open.overdue": -1,
        f"2026-02 {WARD} ended.late": 1,
    }
    assert (revised.revisions, revised.conflicts) == (1, 0)


def test_a_conflict_is_counted_and_settled() -> None:
    evaluation = plainly(RECEIVED._replace(unit="b"), RECEIVED._replace(unit="a"), PROCESSED)
    assert (evaluation.revisions, evaluation.conflicts) == (0, 1)
    assert state(evaluation).unit == "b"


def test_revisions_and_conflicts_are_counted_of_a_case_that_is_gone_or_not_there_yet() -> None:
    versions = [
        RECEIVED,
        RECEIVED._replace(source_sequence=1),
        RECEIVED._replace(source_sequence=1, unit="a"),
    ]
    gone = fact("RETRACTED", "Thu 2026-01-08 10:00", event_id="r", retracts=(RECEIVED.event_id, "r"))
    for facts in ([*versions, fact("VOIDED", "Thu 2026-01-08 10:00")], [*versions, gone], versions):
        evaluation = plainly(*facts, as_of="Sun 2026-01-04 10:00")
        assert evaluation.state is None
        assert (evaluation.revisions, evaluation.conflicts) == (1, 1)


def test_a_case_all_of_whose_facts_are_dead_is_gone() -> None:
    gone = RECEIVED._replace(event_id="r", retracts=(RECEIVED.event_id, "r"))
    assert plainly(RECEIVED, gone) == Evaluation(None)


@pytest.mark.parametrize("when", ["Mon 2001-01-01 10:00", FAR, "Thu 2027-01-07 10:00"])
def test_the_owner_voids_a_case_whatever_the_instant(when: str) -> None:
    assert plainly(RECEIVED, PROCESSED, fact("VOIDED", when), as_of="Tue 2026-01-06 17:00") == Evaluation(
        None
    )


def test_a_retracted_voiding_gives_the_case_back() -> None:
    voided = fact("VOIDED", "Thu 2026-01-08 11:00")
    assert state(plainly(RECEIVED, PROCESSED, voided, retraction(voided))).bucket == "on_time"


# what was known


@pytest.mark.parametrize(
    ("known_at", "bucket"),
    [
        ("Mon 2026-01-05 07:59", None),
        ("Mon 2026-01-05 08:00", "overdue"),
        ("Thu 2026-02-05 07:59", "overdue"),
        ("Thu 2026-02-05 08:00", "on_time"),
    ],
)
def test_only_facts_known_at_an_instant_are_used(known_at: str, bucket: str | None) -> None:
    known = [
        Known(RECEIVED, at("Mon 2026-01-05 08:00")),
        Known(PROCESSED, at("Thu 2026-02-05 08:00")),
        Known(PROCESSED, at("Fri 2026-02-06 08:00")),
    ]
    evaluation = evaluate(known, at(FAR), PLAIN, at(known_at))
    assert (evaluation.state and evaluation.state.bucket) == bucket


def test_a_retraction_that_was_not_known_yet_kills_nothing() -> None:
    known = [Known(RECEIVED, 1), Known(PROCESSED, 1), Known(retraction(PROCESSED), 2)]
    assert state(evaluate(known, at(FAR), PLAIN, 1)).bucket == "on_time"
    assert state(evaluate(known, at(FAR), PLAIN, 2)).bucket == "overdue"


# what indicators count


def counting(facts: list[Known], as_of: str, *counts: Any, known_at: int | None = None) -> Evaluation:
    return evaluate(facts, at(as_of), replace(PLAIN, counts=counts), known_at)


def test_every_indicator_counts_a_case_that_counts() -> None:
    def one(view: CaseView, book: Book) -> None:
        book.add("ones", view.started_at)

    def two(view: CaseView, book: Book) -> None:
        book.add("twos", view.as_of, 2)
        book.add("nothing", view.as_of, 0)

    evaluation = counting([Known(RECEIVED, None)], "Tue 2026-02-03 08:00", one, two)
    added = {key[3]: (key[:3], n) for key, n in evaluation.contributions.items()}
    assert added["ones"] == ((WARD, "unknown", 26 * 12), 1)
    assert added["twos"] == ((WARD, "unknown", 26 * 12 + 1), 2)
    assert "nothing" not in added
    assert processing(evaluation) == processing(plainly(RECEIVED, as_of="Tue 2026-02-03 08:00"))


def test_indicators_see_which_case_it_is_and_by_which_law_it_is_judged() -> None:
    seen: list[CaseView] = []
    law = replace(PLAIN, counts=(lambda view, book: seen.append(view),))
    evaluation = evaluate([Known(RECEIVED, None)], at(FAR), law)
    [view] = seen
    assert (view.case_id, state(evaluation).case_id) == (RECEIVED.case_id, RECEIVED.case_id)
    assert view.law is law


def test_indicators_see_what_is_dated_at_the_very_instant_while_something_is_dated_ahead() -> None:
    seen: list[tuple[Sequence[Fact], Sequence[Fact]]] = []
    paid = fact("PAID", "Mon 2026-01-05 08:00", source="payments")
    known = [Known(told, None) for told in (PROCESSED, paid, RECEIVED)]
    evaluation = counting(
        known, "Mon 2026-01-05 08:00", lambda view, book: seen.append((view.facts, view.others))
    )
    assert seen == [([RECEIVED], [paid])]
    assert evaluation.next_change == PROCESSED.occurred_at


def test_facts_from_an_iterator_tell_since_when_they_were_known() -> None:
    seen: list[CaseView] = []
    law = replace(PLAIN, counts=(lambda view, book: seen.append(view),))
    evaluate((Known(told, 5) for told in (RECEIVED, PROCESSED)), at(FAR), law)
    assert seen[0].known_since == {("onestop", told.event_id): 5 for told in (RECEIVED, PROCESSED)}


def test_what_adds_up_to_zero_is_no_contribution() -> None:
    def back_and_forth(view: CaseView, book: Book) -> None:
        book.add("moved", view.as_of, 2)
        book.add("moved", view.as_of, -2)

    evaluation = counting([Known(RECEIVED, None)], FAR, back_and_forth)
    assert "moved" not in {counter for *_, counter in evaluation.contributions}


def test_indicators_count_nothing_of_orphans_of_what_is_gone_or_not_there_yet() -> None:
    def never(view: CaseView, book: Book) -> None:
        raise AssertionError

    counting([Known(PROCESSED, None)], FAR, never)
    counting([Known(RECEIVED, None), Known(fact("VOIDED", FAR), None)], FAR, never)
    counting([Known(RECEIVED, None)], "Sun 2026-01-04 08:00", never)


def test_indicators_see_the_facts_up_to_the_instant_apart_by_owner_and_in_order() -> None:
    seen: list[CaseView] = []
    paid = [fact("PAID", f"{day} 09:00", source="payments") for day in ("Wed 2026-01-07", "Tue 2026-01-06")]
    ahead = [
        fact(kind, "Fri 2026-01-09 09:00", source=who) for kind, who in (("STEP", "onestop"), ("PAID", "pay"))
    ]
    dead = fact("STEP", "Tue 2026-01-06 07:00")
    known = [
        Known(told, None)
        for told in (PROCESSED, *paid, *ahead, RECEIVED, dead, retraction(dead, "Tue 2026-01-06 07:30"))
    ]
    evaluation = counting(known, "Thu 2026-01-08 10:00", lambda view, book: seen.append(view))
    [view] = seen
    assert [told.kind.name for told in view.facts] == ["RECEIVED", "RETRACTED", "PROCESSED"]
    assert view.others == paid[::-1]
    assert view.as_of == at("Thu 2026-01-08 10:00")
    assert view.state is not view.judged
    assert view.judged is evaluation.state
    assert (view.revisions, view.conflicts) == (0, 0)


def test_others_of_one_instant_are_seen_in_fold_order_however_they_came() -> None:
    last, first = (
        fact("STEP", "Tue 2026-01-06 10:00", source="business-registration", event_id=name)
        for name in ("e7", "e6")
    )
    seen: list[CaseView] = []
    for told in ([RECEIVED, first, last], [last, first, RECEIVED]):
        counting([Known(one, None) for one in told], FAR, lambda view, book: seen.append(view))
    assert [list(view.others) for view in seen] == [[first, last]] * 2


def test_indicators_see_no_others_where_there_are_none() -> None:
    seen: list[CaseView] = []
    counting([Known(RECEIVED, None)], FAR, lambda view, book: seen.append(view))
    assert list(seen[0].others) == []


def test_indicators_see_how_often_facts_were_revised_and_contradicted() -> None:
    seen: list[CaseView] = []
    versions = [RECEIVED, *(RECEIVED._replace(source_sequence=1, unit=unit) for unit in "abc")]
    counting([Known(told, None) for told in versions], FAR, lambda view, book: seen.append(view))
    assert (seen[0].revisions, seen[0].conflicts) == (1, 2)


def test_indicators_see_since_when_each_identity_was_known_whatever_its_version() -> None:
    seen: list[CaseView] = []
    paid = fact("PAID", "Wed 2026-01-07 09:00", source="payments", event_id=RECEIVED.event_id)
    known = [
        Known(RECEIVED._replace(source_sequence=1), 70),
        Known(RECEIVED, 50),
        Known(RECEIVED, 60),
        Known(paid, 40),
        Known(PROCESSED, 90),
        Known(fact("STEP", "Wed 2026-01-07 10:00"), 91),
        Known(fact("STEP", "Wed 2026-01-07 11:00"), 30),
        Known(fact("STEP", "Wed 2026-01-07 11:00"), None),
        Known(fact("STEP", "Wed 2026-01-07 11:00", source_sequence=1), 30),
    ]
    counting(known, FAR, lambda view, book: seen.append(view), known_at=90)
    assert dict(seen[0].known_since) == {
        ("onestop", RECEIVED.event_id): 50,
        ("payments", RECEIVED.event_id): 40,
        ("onestop", PROCESSED.event_id): 90,
    }
    counting(known, FAR, lambda view, book: seen.append(view))
    assert len(seen[1].known_since) == 4


def test_an_indicator_may_ask_to_be_asked_again() -> None:
    later = at("Fri 2026-01-09 12:00")

    def count(view: CaseView, book: Book) -> None:
        book.change_at(later)

    for as_of, expected in (
        ("Tue 2026-01-06 08:00", later),
        ("Fri 2026-01-09 12:00", at("Fri 2026-01-09 17:00") + 1),
        (FAR, None),
    ):
        assert counting([Known(RECEIVED, None)], as_of, count).next_change == expected
