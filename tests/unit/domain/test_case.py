"""One case, told fact by fact: what it is at an instant and what it adds to which month."""

from typing import Any

import pytest
from egovhub.events import Fact

from services.domain.case import COUNTERS, Evaluation, Known, evaluate, standing
from services.domain.ownership import OwnerRow, Owners
from tests.unit.domain.build import BIRTH, CITY, PERIODS, WARD, at, counted, day, fact, judge, state

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD, procedure=BIRTH)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
FAR = "Thu 2026-12-31 12:00"


def without_orphan(evaluation: Evaluation) -> dict[str, int]:
    return {name: n for name, n in counted(evaluation).items() if not name.endswith("orphan")}


@pytest.mark.parametrize(
    ("end", "bucket"),
    [
        ("Mon 2026-01-05 08:00", "on_time"),
        ("Fri 2026-01-09 16:59", "on_time"),
        ("Fri 2026-01-09 17:00", "on_time"),
        ("Fri 2026-01-09 17:00 +1ms", "late"),
        ("Mon 2026-01-12 08:00", "late"),
    ],
)
def test_a_case_that_ends_at_its_due_instant_is_still_on_time(end: str, bucket: str) -> None:
    evaluation = judge([RECEIVED, fact("PROCESSED", end)], FAR)
    assert state(evaluation).bucket == bucket
    assert counted(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.{bucket}": 1}


@pytest.mark.parametrize(
    ("as_of", "bucket", "next_change"),
    [
        ("Mon 2026-01-05 08:00", "in_time", "Fri 2026-01-09 17:00 +1ms"),
        ("Fri 2026-01-09 17:00", "in_time", "Fri 2026-01-09 17:00 +1ms"),
        ("Fri 2026-01-09 17:00 +1ms", "overdue", None),
        (FAR, "overdue", None),
    ],
)
def test_an_open_case_turns_overdue_one_millisecond_after_its_due_instant(
    as_of: str, bucket: str, next_change: str | None
) -> None:
    evaluation = judge([RECEIVED], as_of)
    assert state(evaluation).bucket == bucket
    assert counted(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} open.{bucket}": 1}
    assert evaluation.next_change == (at(next_change) if next_change else None)


def test_a_case_due_at_the_last_instant_of_a_month_turns_overdue_in_the_next() -> None:
    received = fact("RECEIVED", "Mon 2026-01-05 08:00", "Sat 2026-01-31 23:59 +59999ms", unit=WARD)
    assert counted(judge([received], "Sun 2026-02-01 00:00")) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.in_time": 1,
        f"2026-02 {WARD} open.in_time": -1,
        f"2026-02 {WARD} open.overdue": 1,
    }


def test_a_case_due_at_midnight_is_in_time_at_the_end_of_the_month_before() -> None:
    received = fact("RECEIVED", "Mon 2026-01-05 08:00", "Sun 2026-02-01 00:00", unit=WARD)
    assert state(judge([received], "Sun 2026-02-01 00:00")).bucket == "in_time"
    assert state(judge([received], "Sun 2026-02-01 00:00 +1ms")).bucket == "overdue"


def test_a_case_without_a_due_instant_is_neither_on_time_nor_late() -> None:
    received = fact("RECEIVED", "Mon 2026-01-05 08:00", unit=WARD)
    assert state(judge([received], FAR)).bucket == "no_deadline"
    assert judge([received], FAR).next_change is None
    ended = judge([received, PROCESSED], FAR)
    assert counted(ended) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.no_deadline": 1}


def test_a_case_received_after_its_due_instant_is_overdue_at_once() -> None:
    received = fact("RECEIVED", "Mon 2026-01-12 08:00", "Fri 2026-01-09 17:00", unit=WARD)
    evaluation = judge([received], "Mon 2026-01-12 08:00")
    assert counted(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} open.overdue": 1}


def test_nothing_is_known_of_a_case_before_its_first_fact() -> None:
    evaluation = judge([RECEIVED], "Mon 2026-01-05 07:59")
    assert evaluation.state is None
    assert evaluation.contributions == {}
    assert evaluation.next_change == at("Mon 2026-01-05 08:00")


def test_a_fact_dated_ahead_waits_for_its_instant() -> None:
    facts = [RECEIVED, PROCESSED]
    before = judge(facts, "Thu 2026-01-08 09:59")
    assert state(before).bucket == "in_time"
    assert before.next_change == at("Thu 2026-01-08 10:00")
    assert state(judge(facts, "Thu 2026-01-08 10:00")).bucket == "on_time"


def test_a_case_that_stays_open_over_months_adds_points_only_where_it_changes() -> None:
    ended = [RECEIVED, fact("PROCESSED", "Tue 2026-03-03 10:00")]
    assert counted(judge(ended, FAR)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-03 {WARD} open.overdue": -1,
        f"2026-03 {WARD} ended.late": 1,
    }


def test_an_end_before_the_start_enters_no_level_and_counts_in_its_own_month() -> None:
    start = fact("RECEIVED", "Mon 2026-02-02 08:00", "Mon 2026-02-09 08:00", unit=WARD)
    facts = [start, fact("PROCESSED", "Thu 2026-01-08 10:00")]
    assert without_orphan(judge(facts, FAR)) == {
        f"2026-02 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
    }
    assert day(state(judge(facts, FAR)).ended_at) == "Thu 2026-01-08 10:00"
    assert state(judge(facts, "Sun 2026-02-01 08:00")).bucket == "orphan"


@pytest.mark.parametrize(
    ("kinds", "received"),
    [
        (["REGISTERED"], "Mon 2026-01-05 08:00"),
        (["REGISTERED", "RECEIVED"], "Tue 2026-01-06 08:00"),
        (["RECEIVED", "ACCEPTED"], "Mon 2026-01-05 08:00"),
        (["ACCEPTED", "RECEIVED"], "Mon 2026-01-05 08:00"),
        (["REGISTERED", "ACCEPTED", "REGISTERED"], "Tue 2026-01-06 08:00"),
        (["REGISTERED", "REGISTERED"], "Mon 2026-01-05 08:00"),
    ],
)
def test_a_case_is_received_at_its_earliest_reception_else_registration(
    kinds: list[str], received: str
) -> None:
    days = ("Mon 2026-01-05 08:00", "Tue 2026-01-06 08:00", "Wed 2026-01-07 08:00")
    facts = [fact(kind, when, unit=WARD) for kind, when in zip(kinds, days, strict=False)]
    evaluation = judge(facts, FAR)
    assert day(state(evaluation).received_at) == received
    assert counted(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} open.no_deadline": 1}


@pytest.mark.parametrize("kind", ["PROCESSED", "RETURNED", "REFUSED", "WITHDRAWN", "STOPPED"])
def test_every_terminal_kind_ends_a_case_and_is_judged(kind: str) -> None:
    assert state(judge([RECEIVED, fact(kind, "Fri 2026-01-09 17:00")], FAR)).bucket == "on_time"
    assert state(judge([RECEIVED, fact(kind, "Fri 2026-01-09 17:00 +1ms")], FAR)).bucket == "late"


@pytest.mark.parametrize(
    "kind",
    [
        "STEP",
        "SUPPLEMENT_REQUESTED",
        "SUPPLEMENTED",
        "FEE_REQUESTED",
        "PAID",
        "EXTENDED",
        "APOLOGY_SENT",
        "VERIFIED",
        "PETITION",
        "RATED",
        "CORRECTED",
        "RETRACTED",
        "UNKNOWN",
        "TRANSFERRED",
    ],
)
def test_no_other_kind_starts_or_ends_a_case(kind: str) -> None:
    assert state(judge([RECEIVED, fact(kind, "Thu 2026-01-08 10:00")], FAR)).bucket == "overdue"
    assert state(judge([fact(kind, "Thu 2026-01-08 10:00")], FAR)).bucket == "orphan"


def test_the_hand_over_after_processing_does_not_move_the_end() -> None:
    facts = [RECEIVED, PROCESSED, fact("RETURNED", "Mon 2026-02-09 10:00")]
    evaluation = judge(facts, FAR)
    assert day(state(evaluation).ended_at) == "Thu 2026-01-08 10:00"
    assert counted(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.on_time": 1}


def test_processing_told_after_the_hand_over_supersedes_the_end() -> None:
    facts = [RECEIVED, fact("RETURNED", "Thu 2026-01-08 10:00"), fact("PROCESSED", "Mon 2026-02-09 10:00")]
    evaluation = judge(facts, FAR)
    assert state(evaluation).bucket == "late"
    assert counted(evaluation) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-02 {WARD} reopened": 1,
        f"2026-02 {WARD} ended.late": 1,
    }


def test_of_two_ends_of_one_rank_the_first_stands() -> None:
    facts = [RECEIVED, fact("WITHDRAWN", "Thu 2026-01-08 10:00"), fact("STOPPED", "Mon 2026-02-09 10:00")]
    assert day(state(judge(facts, FAR)).ended_at) == "Thu 2026-01-08 10:00"


def test_a_recalled_result_reopens_the_case_and_a_second_end_counts_again() -> None:
    recalled = [RECEIVED, PROCESSED, fact("RECALLED", "Mon 2026-02-09 10:00")]
    assert state(judge(recalled, FAR)).bucket == "overdue"
    assert counted(judge(recalled, FAR)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-02 {WARD} reopened": 1,
        f"2026-02 {WARD} open.overdue": 1,
    }
    again = [*recalled, fact("RETURNED", "Mon 2026-03-09 10:00")]
    assert counted(judge(again, FAR)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-02 {WARD} reopened": 1,
        f"2026-02 {WARD} open.overdue": 1,
        f"2026-03 {WARD} open.overdue": -1,
        f"2026-03 {WARD} ended.late": 1,
    }


def test_a_recall_of_an_open_case_changes_nothing() -> None:
    facts = [RECEIVED, fact("RECALLED", "Tue 2026-01-06 10:00")]
    assert counted(judge(facts, FAR)) == counted(judge([RECEIVED], FAR))


def test_facts_after_the_end_move_neither_unit_nor_due_instant_of_the_ended_case() -> None:
    after = fact("TRANSFERRED", "Mon 2026-02-09 10:00", "Mon 2026-01-05 09:00", unit=CITY)
    assert counted(judge([RECEIVED, PROCESSED, after], FAR)) == counted(judge([RECEIVED, PROCESSED], FAR))
    assert judge([RECEIVED, PROCESSED, after], FAR).state == judge([RECEIVED, PROCESSED], FAR).state


def test_a_case_reopened_after_a_move_reopens_where_it_is_now() -> None:
    moved = fact("TRANSFERRED", "Mon 2026-02-09 10:00", unit=CITY)
    facts = [RECEIVED, PROCESSED, moved, fact("RECALLED", "Mon 2026-03-09 10:00")]
    assert counted(judge(facts, FAR)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-03 {CITY} reopened": 1,
        f"2026-03 {CITY} open.overdue": 1,
    }


def test_a_transfer_moves_the_open_case_and_leaves_past_lateness_where_it_arose() -> None:
    moved = fact("TRANSFERRED", "Mon 2026-02-09 10:00", unit=CITY)
    facts = [RECEIVED, moved, fact("PROCESSED", "Mon 2026-03-09 10:00")]
    assert counted(judge(facts, FAR)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-02 {WARD} open.overdue": -1,
        f"2026-02 {WARD} transferred_out": 1,
        f"2026-02 {CITY} transferred_in": 1,
        f"2026-02 {CITY} open.overdue": 1,
        f"2026-03 {CITY} open.overdue": -1,
        f"2026-03 {CITY} ended.late": 1,
    }


def test_a_corrected_procedure_moves_the_case_between_procedures_of_one_unit() -> None:
    corrected = fact("CORRECTED", "Tue 2026-01-06 10:00", procedure="1.000656")
    added = judge([RECEIVED, corrected], "Wed 2026-01-07 08:00").contributions
    assert {(procedure, COUNTERS[counter]): n for (_, procedure, _, counter), n in added.items()} == {
        (BIRTH, "received"): 1,
        (BIRTH, "transferred_out"): 1,
        ("1.000656", "transferred_in"): 1,
        ("1.000656", "open.in_time"): 1,
    }


def test_a_case_that_ends_in_the_instant_of_its_transfer_ends_in_the_new_unit() -> None:
    moved = fact("TRANSFERRED", "Thu 2026-01-08 10:00", unit=CITY)
    assert counted(judge([RECEIVED, moved, PROCESSED], FAR)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} transferred_out": 1,
        f"2026-01 {CITY} transferred_in": 1,
        f"2026-01 {CITY} ended.on_time": 1,
    }


def test_an_extension_before_the_due_instant_keeps_the_case_in_time() -> None:
    extended = fact("EXTENDED", "Fri 2026-01-09 16:00", "Fri 2026-02-06 17:00")
    evaluation = judge([RECEIVED, extended], "Fri 2026-01-30 08:00")
    assert state(evaluation).bucket == "in_time"
    assert evaluation.next_change == at("Fri 2026-02-06 17:00 +1ms")


def test_an_extension_after_the_due_instant_leaves_the_weeks_it_was_overdue() -> None:
    extended = fact("EXTENDED", "Mon 2026-02-02 16:00", "Fri 2026-02-06 17:00")
    assert counted(judge([RECEIVED, extended], "Wed 2026-02-04 08:00")) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-02 {WARD} open.overdue": -1,
        f"2026-02 {WARD} open.in_time": 1,
    }


def test_the_last_due_instant_in_fold_order_stands_and_a_missing_one_takes_none_away() -> None:
    shorter = fact("CORRECTED", "Tue 2026-01-06 08:00", "Wed 2026-01-07 17:00")
    silent = fact("STEP", "Wed 2026-01-07 08:00")
    assert day(state(judge([RECEIVED, shorter, silent], FAR)).due_at) == "Wed 2026-01-07 17:00"


def test_facts_of_one_instant_fold_in_the_order_of_their_kinds() -> None:
    accepted = fact("ACCEPTED", "Mon 2026-01-05 08:00", unit=CITY)
    for facts in ([RECEIVED, accepted], [accepted, RECEIVED]):
        assert state(judge(facts, FAR)).unit == CITY


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ({"event_id": "b"}, {"event_id": "a", "source_sequence": 0}),
        ({"event_id": "b", "source_sequence": 1}, {"event_id": "a", "source_sequence": 2}),
        ({"event_id": "a"}, {"event_id": "b"}),
    ],
)
def test_facts_of_one_instant_and_kind_fold_by_sequence_then_event_id(
    lower: dict[str, Any], higher: dict[str, Any]
) -> None:
    first = fact("STEP", "Tue 2026-01-06 08:00", unit="first", **lower)
    last = fact("STEP", "Tue 2026-01-06 08:00", unit="last", **higher)
    assert state(judge([RECEIVED, last, first], FAR)).unit == "last"


# -- who moves a case


def payment(when: str, **fields: Any) -> Fact:
    return fact("PAID", when, source="payments", domain="payments", **fields)


def test_a_case_is_an_orphan_until_its_owner_speaks() -> None:
    paid = payment("Wed 2025-12-31 10:00", unit=CITY)
    alone = judge([paid], FAR)
    assert state(alone).bucket == "orphan"
    assert counted(alone) == {"2025-12 unknown orphan": 1}
    assert counted(judge([paid, RECEIVED], "Mon 2026-01-05 08:00")) == {
        "2025-12 unknown orphan": 1,
        "2026-01 unknown orphan": -1,
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.in_time": 1,
    }


def test_facts_of_others_move_nothing() -> None:
    others = [
        fact(kind, "Thu 2026-01-08 10:00", "Tue 2026-01-06 10:00", source="payments", unit=CITY)
        for kind in ("RECEIVED", "PROCESSED", "VOIDED", "TRANSFERRED", "RECALLED")
    ]
    assert counted(judge([RECEIVED, *others], FAR)) == counted(judge([RECEIVED], FAR))


def test_the_owner_is_asked_at_the_instant_of_each_fact() -> None:
    owners = Owners(
        [
            OwnerRow("onestop", at("Sat 2000-01-01 08:00"), "city-portal"),
            OwnerRow("onestop", at("Tue 2026-01-06 00:00"), "national-portal"),
        ]
    )
    received = RECEIVED._replace(source="city-portal")
    stale = fact("PROCESSED", "Thu 2026-01-08 10:00", source="city-portal")
    assert state(judge([received, stale], FAR, owners)).bucket == "overdue"
    ended = fact("PROCESSED", "Thu 2026-01-08 10:00", source="national-portal")
    assert state(judge([received, ended], FAR, owners)).bucket == "on_time"
    assert state(judge([received._replace(source="national-portal")], FAR, owners)).bucket == "orphan"


def test_before_the_first_owner_of_a_listed_namespace_nobody_moves_its_cases() -> None:
    owners = Owners([OwnerRow("onestop", at("Tue 2026-01-06 00:00"), "onestop")])
    assert state(judge([RECEIVED], FAR, owners)).bucket == "orphan"


# -- revisions, conflicts, retractions


@pytest.mark.parametrize(
    ("lesser", "greater", "revisions", "conflicts"),
    [
        ({}, {"source_sequence": 0}, 1, 0),
        ({"source_sequence": 1}, {"source_sequence": 2}, 1, 0),
        ({"source_sequence": 1, "recorded_at": 9}, {"source_sequence": 2, "recorded_at": 1}, 1, 0),
        ({}, {"recorded_at": -5}, 1, 0),
        ({"recorded_at": 1}, {"recorded_at": 2}, 1, 0),
    ],
)
def test_the_greater_version_of_a_fact_stands_whatever_came_first(
    lesser: dict[str, Any], greater: dict[str, Any], revisions: int, conflicts: int
) -> None:
    old = RECEIVED._replace(unit="old", **lesser)
    new = RECEIVED._replace(unit="new", **greater)
    for facts in ([old, new], [new, old], [old, new, old, old]):
        evaluation = judge(facts, FAR)
        assert state(evaluation).unit == "new"
        assert (evaluation.revisions, evaluation.conflicts) == (revisions, conflicts)


def test_equal_versions_with_other_content_are_a_conflict_settled_alike_in_any_order() -> None:
    one, two = RECEIVED._replace(unit="one"), RECEIVED._replace(unit="two")
    first, second = judge([one, two], FAR), judge([two, one, two], FAR)
    assert first == second
    assert (first.revisions, first.conflicts) == (0, 1)


def test_a_revision_may_move_a_fact_in_time() -> None:
    early = PROCESSED._replace(source_sequence=1)
    late = PROCESSED._replace(source_sequence=2, occurred_at=at("Mon 2026-01-12 10:00"))
    assert state(judge([RECEIVED, early], FAR)).bucket == "on_time"
    assert state(judge([RECEIVED, early, late], FAR)).bucket == "late"


def test_the_same_event_id_of_another_source_is_another_fact() -> None:
    theirs = RECEIVED._replace(source="payments", unit=CITY, source_sequence=9)
    evaluation = judge([RECEIVED, theirs], FAR)
    assert state(evaluation).unit == WARD
    assert (evaluation.revisions, evaluation.conflicts) == (0, 0)


def test_the_order_in_which_ids_are_retracted_is_no_difference_in_content() -> None:
    one = fact("RETRACTED", "Thu 2026-01-08 10:00", retracts=("a", "b"))
    two = one._replace(retracts=("b", "a"))
    evaluation = judge([RECEIVED, one, two], FAR)
    assert (evaluation.revisions, evaluation.conflicts) == (0, 0)


def retraction(target: Fact, when: str = "Tue 2026-06-30 10:00", **fields: Any) -> Fact:
    return fact("RETRACTED", when, retracts=(target.event_id,), **fields)


def test_a_retraction_kills_its_target_whatever_its_own_instant_and_place() -> None:
    for when in ("Mon 2001-01-01 10:00", "Tue 2026-06-30 10:00"):
        gone = retraction(PROCESSED, when)
        for facts in ([RECEIVED, PROCESSED, gone], [gone, PROCESSED, RECEIVED]):
            assert state(judge(facts, "Fri 2026-01-09 17:00")).bucket == "in_time"


def test_only_the_same_source_retracts() -> None:
    foreign = retraction(PROCESSED, source="payments")
    assert state(judge([RECEIVED, PROCESSED, foreign], FAR)).bucket == "on_time"


def test_any_kind_may_carry_a_retraction() -> None:
    moved = fact("CORRECTED", "Thu 2026-01-08 11:00", retracts=(PROCESSED.event_id,))
    assert state(judge([RECEIVED, PROCESSED, moved], FAR)).bucket == "overdue"


def test_a_retracted_retraction_still_retracts() -> None:
    gone = retraction(PROCESSED)
    undone = fact("RETRACTED", "Tue 2026-06-30 11:00", retracts=(gone.event_id,))
    assert state(judge([RECEIVED, PROCESSED, gone, undone], FAR)).bucket == "overdue"


def test_a_fact_published_again_under_a_new_id_counts_again() -> None:
    again = PROCESSED._replace(event_id="again")
    assert state(judge([RECEIVED, PROCESSED, retraction(PROCESSED), again], FAR)).bucket == "on_time"


def test_a_superseded_version_does_not_retract() -> None:
    mistaken = retraction(PROCESSED, event_id="r", source_sequence=1)
    corrected = fact(
        "RETRACTED", "Tue 2026-06-30 10:00", event_id="r", source_sequence=2, retracts=("other",)
    )
    assert state(judge([RECEIVED, PROCESSED, mistaken, corrected], FAR)).bucket == "on_time"


def test_a_retracted_reception_leaves_the_rest_an_orphan() -> None:
    evaluation = judge([RECEIVED, PROCESSED, retraction(RECEIVED)], FAR)
    assert state(evaluation).bucket == "orphan"
    assert counted(evaluation) == {"2026-01 unknown orphan": 1}


def test_a_case_all_of_whose_facts_are_dead_is_gone() -> None:
    gone = RECEIVED._replace(event_id="r", retracts=(RECEIVED.event_id, "r"))
    assert judge([RECEIVED, gone], FAR).state is None


def test_the_owner_voids_a_case_whatever_the_instant() -> None:
    for when in ("Mon 2001-01-01 10:00", FAR):
        evaluation = judge([RECEIVED, PROCESSED, fact("VOIDED", when)], "Fri 2026-01-09 17:00")
        assert evaluation.state is None
        assert evaluation.contributions == {}
        assert evaluation.next_change is None


def test_a_retracted_voiding_gives_the_case_back() -> None:
    voided = fact("VOIDED", "Thu 2026-01-08 11:00")
    assert state(judge([RECEIVED, PROCESSED, voided, retraction(voided)], FAR)).bucket == "on_time"


# -- what was known


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
    evaluation = evaluate(known, at(FAR), owners=Owners(), month_of=PERIODS.month_of, known_at=at(known_at))
    assert (evaluation.state and evaluation.state.bucket) == bucket


def test_a_fact_without_a_known_instant_is_known_from_the_beginning() -> None:
    assert judge([RECEIVED], FAR, known_at=0).state is not None


def test_a_repeat_is_neither_a_revision_nor_a_conflict() -> None:
    assert standing([Known(RECEIVED, 1), Known(RECEIVED, 2)]) == ([RECEIVED], 0, 0)
