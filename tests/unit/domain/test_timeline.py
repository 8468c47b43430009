"""What a case adds to which month: ends and moves at their instants, levels where it enters and leaves them."""

from dataclasses import replace

import pytest

from services.domain.policy import Compare
from services.domain.timeline import Timeline
from services.domain.track import Place
from tests.unit.domain.build import BIRTH, CASE, CITY, PERIODS, WARD, at, counted, day, fact, judge, state
from tests.unit.domain.timeline_build import HAND_OVER, PLAIN, PORTAL, handed_over, processing, under

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD, procedure=BIRTH)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
RETURNED = fact("RETURNED", "Mon 2026-02-09 10:00")
RECALLED = fact("RECALLED", "Mon 2026-02-09 10:00")
FAR = "Thu 2026-12-31 12:00"
MAIN = under(PORTAL)


def main(*facts: object, as_of: str = FAR) -> dict[str, int]:
    return processing(judge(list(facts), as_of, PLAIN))  # type: ignore[arg-type]


# ends


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
    evaluation = judge([RECEIVED, fact("PROCESSED", end)], FAR, PLAIN)
    assert state(evaluation).bucket == bucket
    assert processing(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.{bucket}": 1}


def test_an_end_before_the_start_enters_no_level_and_counts_in_its_own_month() -> None:
    start = fact("RECEIVED", "Mon 2026-02-02 08:00", "Mon 2026-02-09 08:00", unit=WARD)
    facts = [start, fact("PROCESSED", "Thu 2026-01-08 10:00")]
    evaluation = judge(facts, FAR, PLAIN)
    assert processing(evaluation) == {f"2026-02 {WARD} received": 1, f"2026-01 {WARD} ended.on_time": 1}
    assert day(state(evaluation).ended_at) == "Thu 2026-01-08 10:00"
    assert state(judge(facts, "Sun 2026-02-01 08:00", PLAIN)).bucket == "orphan"


def test_an_end_in_the_instant_of_the_start_enters_no_level() -> None:
    assert main(RECEIVED, fact("PROCESSED", "Mon 2026-01-05 08:00")) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
    }


def test_of_two_ends_of_one_rank_the_first_is_judged() -> None:
    facts = [RECEIVED, fact("WITHDRAWN", "Thu 2026-01-08 10:00"), fact("STOPPED", "Mon 2026-02-09 10:00")]
    assert main(*facts) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.on_time": 1}
    assert day(state(judge(facts, FAR, PLAIN)).ended_at) == "Thu 2026-01-08 10:00"


def test_processing_told_after_the_hand_over_is_a_reopening_and_an_end() -> None:
    facts = [RECEIVED, fact("RETURNED", "Thu 2026-01-08 10:00"), fact("PROCESSED", "Mon 2026-02-09 10:00")]
    assert main(*facts) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-02 {WARD} reopened": 1,
        f"2026-02 {WARD} ended.late": 1,
    }
    case = state(judge(facts, FAR, PLAIN))
    assert (case.bucket, day(case.ended_at)) == ("late", "Mon 2026-02-09 10:00")
    assert handed_over(judge(facts, FAR, PLAIN)) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
    }


def test_facts_after_the_end_move_neither_unit_nor_due_instant_of_the_ended_case() -> None:
    after = fact("TRANSFERRED", "Mon 2026-02-09 10:00", "Mon 2026-01-05 09:00", unit=CITY)
    ended, moved = judge([RECEIVED, PROCESSED], FAR, PLAIN), judge([RECEIVED, PROCESSED, after], FAR, PLAIN)
    assert processing(moved) == processing(ended)
    assert replace(state(moved), buckets=()) == replace(state(ended), buckets=())


def test_the_state_of_an_ended_case_is_that_of_the_instant_of_its_end() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00")
    answered = fact("SUPPLEMENTED", "Wed 2026-01-07 08:00")
    case = state(judge([RECEIVED, asked, answered, PROCESSED, RETURNED], FAR, PLAIN))
    assert (case.due_source, day(case.due_at)) == (RECEIVED.due_at, "Sat 2026-01-10 17:00")
    assert (case.unit, case.procedure, case.bucket, case.reason) == (WARD, BIRTH, "on_time", None)
    assert case.hand_over_end is None
    assert case.buckets == ("on_time", "late")


# levels


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
    evaluation = judge([RECEIVED], as_of, PLAIN)
    assert (state(evaluation).bucket, state(evaluation).buckets) == (bucket, (bucket, bucket))
    assert processing(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} open.{bucket}": 1}
    assert evaluation.next_change == (at(next_change) if next_change else None)


def test_a_case_due_at_the_last_instant_of_a_month_turns_overdue_in_the_next() -> None:
    received = RECEIVED._replace(due_at=at("Sat 2026-01-31 23:59 +59999ms"))
    assert main(received, as_of="Sun 2026-02-01 00:00") == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.in_time": 1,
        f"2026-02 {WARD} open.in_time": -1,
        f"2026-02 {WARD} open.overdue": 1,
    }


def test_a_case_due_at_midnight_is_in_time_at_the_end_of_the_month_before() -> None:
    received = RECEIVED._replace(due_at=at("Sun 2026-02-01 00:00"))
    assert state(judge([received], "Sun 2026-02-01 00:00", PLAIN)).bucket == "in_time"
    assert state(judge([received], "Sun 2026-02-01 00:00 +1ms", PLAIN)).bucket == "overdue"


@pytest.mark.parametrize("as_of", ["Mon 2026-01-12 08:00", FAR])
def test_a_case_received_after_its_due_instant_is_overdue_at_once(as_of: str) -> None:
    received = fact("RECEIVED", "Mon 2026-01-12 08:00", "Fri 2026-01-09 17:00", unit=WARD)
    assert main(received, as_of=as_of) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} open.overdue": 1}


def test_a_case_received_at_its_due_instant_is_in_time_for_that_instant() -> None:
    received = RECEIVED._replace(due_at=RECEIVED.occurred_at)
    assert state(judge([received], RECEIVED.occurred_at, PLAIN)).bucket == "in_time"
    assert state(judge([received], RECEIVED.occurred_at + 1, PLAIN)).bucket == "overdue"


def test_a_case_without_a_due_instant_is_neither_on_time_nor_late() -> None:
    received = fact("RECEIVED", "Mon 2026-01-05 08:00", unit=WARD)
    still_open = judge([received], FAR, PLAIN)
    assert (state(still_open).bucket, state(still_open).reason) == ("no_deadline", None)
    assert still_open.next_change is None
    assert processing(still_open) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} open.no_deadline": 1}
    ended = judge([received, PROCESSED], FAR, PLAIN)
    assert processing(ended) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.no_deadline": 1}


def test_a_case_that_stays_open_over_months_adds_points_only_where_it_changes() -> None:
    steps = [fact("STEP", f"{when} 10:00") for when in ("Tue 2026-01-06", "Tue 2026-02-03", "Thu 2026-02-05")]
    expected = {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-03 {WARD} open.overdue": -1,
        f"2026-03 {WARD} ended.late": 1,
    }
    assert main(RECEIVED, fact("PROCESSED", "Tue 2026-03-03 10:00")) == expected
    assert main(RECEIVED, *steps, fact("PROCESSED", "Tue 2026-03-03 10:00")) == expected


def test_a_registration_alone_is_open_without_a_clock() -> None:
    registered = fact("REGISTERED", "Mon 2026-01-05 08:00", unit=WARD, procedure=BIRTH)
    assert main(registered) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} open.no_deadline": 1}


def test_a_case_is_received_once_however_often_it_starts() -> None:
    again = [fact(kind, "Mon 2026-02-02 08:00") for kind in ("REGISTERED", "RECEIVED", "ACCEPTED")]
    assert main(RECEIVED, *again)[f"2026-01 {WARD} received"] == 1
    assert sum(n for name, n in main(RECEIVED, *again).items() if name.endswith("received")) == 1


def test_facts_before_the_start_say_where_and_what_a_case_is() -> None:
    before = fact("STEP", "Wed 2025-12-31 08:00", "Mon 2026-01-05 09:00", unit=CITY, procedure="p")
    received = fact("RECEIVED", "Mon 2026-01-05 08:00")
    evaluation = judge([before, received], FAR, PLAIN)
    assert processing(evaluation) == {f"2026-01 {CITY} received": 1, f"2026-01 {CITY} open.overdue": 1}
    assert {procedure for unit, procedure, *_ in evaluation.contributions if unit == CITY} == {"p"}


# moves


def test_a_transfer_moves_the_open_case_and_leaves_past_lateness_where_it_arose() -> None:
    moved = fact("TRANSFERRED", "Mon 2026-02-09 10:00", unit=CITY)
    assert main(RECEIVED, moved, fact("PROCESSED", "Mon 2026-03-09 10:00")) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-02 {WARD} open.overdue": -1,
        f"2026-02 {WARD} transferred_out": 1,
        f"2026-02 {CITY} transferred_in": 1,
        f"2026-02 {CITY} open.overdue": 1,
        f"2026-03 {CITY} open.overdue": -1,
        f"2026-03 {CITY} ended.late": 1,
    }


def test_a_transfer_to_the_unit_that_has_the_case_moves_nothing() -> None:
    moved = fact("TRANSFERRED", "Mon 2026-02-09 10:00", unit=WARD)
    assert main(RECEIVED, moved) == main(RECEIVED)


def test_a_case_that_comes_and_goes_within_a_month_was_there() -> None:
    away = fact("TRANSFERRED", "Tue 2026-01-06 10:00", unit=CITY)
    back = fact("TRANSFERRED", "Wed 2026-01-07 10:00", unit=WARD)
    assert main(RECEIVED, away, back, as_of="Thu 2026-01-08 08:00") == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} transferred_out": 1,
        f"2026-01 {CITY} transferred_in": 1,
        f"2026-01 {CITY} transferred_out": 1,
        f"2026-01 {WARD} transferred_in": 1,
        f"2026-01 {WARD} open.in_time": 1,
    }


def test_a_corrected_procedure_moves_the_case_between_procedures_of_one_unit() -> None:
    corrected = fact("CORRECTED", "Tue 2026-01-06 10:00", procedure="1.000656")
    added = judge([RECEIVED, corrected], "Wed 2026-01-07 08:00", PLAIN).contributions
    assert {(p, counter): n for (_, p, _, counter), n in added.items() if "." not in counter} == {
        (BIRTH, "received"): 1,
        (BIRTH, "transferred_out"): 1,
        ("1.000656", "transferred_in"): 1,
    }
    assert {(p, counter): n for (_, p, _, counter), n in added.items() if "." in counter} == {
        (BIRTH, "handover.transferred_out"): 1,
        ("1.000656", "handover.transferred_in"): 1,
        ("1.000656", "open.in_time"): 1,
        ("1.000656", "handover.open.in_time"): 1,
    }


def test_a_case_that_ends_in_the_instant_of_its_transfer_ends_in_the_new_unit() -> None:
    moved = fact("TRANSFERRED", "Thu 2026-01-08 10:00", unit=CITY)
    assert main(RECEIVED, moved, PROCESSED) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} transferred_out": 1,
        f"2026-01 {CITY} transferred_in": 1,
        f"2026-01 {CITY} ended.on_time": 1,
    }


def test_a_unit_named_in_the_instant_of_the_start_received_the_case() -> None:
    named = fact("TRANSFERRED", "Mon 2026-01-05 08:00", unit=CITY)
    assert main(RECEIVED, named, as_of="Tue 2026-01-06 08:00") == {
        f"2026-01 {CITY} received": 1,
        f"2026-01 {CITY} open.in_time": 1,
    }


def test_a_unit_named_later_takes_the_case_over_from_nobody() -> None:
    received = RECEIVED._replace(unit=None)
    named = fact("STEP", "Mon 2026-02-02 08:00", unit=WARD)
    assert main(received, named) == {
        "2026-01 unknown received": 1,
        "2026-01 unknown open.overdue": 1,
        "2026-02 unknown open.overdue": -1,
        "2026-02 unknown transferred_out": 1,
        f"2026-02 {WARD} transferred_in": 1,
        f"2026-02 {WARD} open.overdue": 1,
    }


# appointments


def test_an_appointment_moved_in_time_keeps_the_case_in_time() -> None:
    extended = fact("EXTENDED", "Fri 2026-01-09 16:00", "Fri 2026-02-06 17:00")
    evaluation = judge([RECEIVED, extended], "Fri 2026-01-30 08:00", PLAIN)
    assert state(evaluation).bucket == "in_time"
    assert evaluation.next_change == at("Fri 2026-02-06 17:00 +1ms")


def test_an_appointment_moved_too_late_leaves_the_weeks_the_case_was_overdue() -> None:
    extended = fact("EXTENDED", "Mon 2026-02-02 16:00", "Fri 2026-02-06 17:00")
    assert main(RECEIVED, extended, as_of="Wed 2026-02-04 08:00") == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-02 {WARD} open.overdue": -1,
        f"2026-02 {WARD} open.in_time": 1,
    }


def test_an_appointment_moved_in_the_instant_of_lateness_undoes_it() -> None:
    extended = fact("EXTENDED", "Fri 2026-01-09 17:00 +1ms", "Fri 2026-02-06 17:00")
    assert main(RECEIVED, extended, as_of="Wed 2026-01-21 08:00") == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.in_time": 1,
    }


def test_an_appointment_dated_after_the_end_judges_nothing() -> None:
    moved = fact("CORRECTED", "Mon 2026-02-02 16:00", "Mon 2026-01-05 09:00")
    assert main(RECEIVED, PROCESSED, moved) == main(RECEIVED, PROCESSED)


# reopening


def test_a_recalled_result_reopens_the_case_and_a_second_end_counts_again() -> None:
    recalled = judge([RECEIVED, PROCESSED, RECALLED], FAR, PLAIN)
    assert (state(recalled).bucket, state(recalled).ended_at) == ("overdue", None)
    assert processing(recalled) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-02 {WARD} reopened": 1,
        f"2026-02 {WARD} open.overdue": 1,
    }
    assert main(RECEIVED, PROCESSED, RECALLED, fact("RETURNED", "Mon 2026-03-09 10:00")) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-02 {WARD} reopened": 1,
        f"2026-02 {WARD} open.overdue": 1,
        f"2026-03 {WARD} open.overdue": -1,
        f"2026-03 {WARD} ended.late": 1,
    }


def test_a_case_reopened_and_ended_in_one_month_is_judged_by_its_last_end() -> None:
    facts = [RECEIVED, PROCESSED, RECALLED._replace(occurred_at=at("Fri 2026-01-09 09:00"))]
    again = fact("PROCESSED", "Mon 2026-01-12 10:00")
    evaluation = judge([*facts, again], FAR, PLAIN)
    assert processing(evaluation) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-01 {WARD} reopened": 1,
        f"2026-01 {WARD} ended.late": 1,
    }
    assert (state(evaluation).bucket, day(state(evaluation).ended_at)) == ("late", "Mon 2026-01-12 10:00")


def test_a_case_reopened_and_handed_on_in_the_month_of_its_end_was_reopened_where_it_ended() -> None:
    recalled = fact("RECALLED", "Fri 2026-01-09 09:00")
    moved = fact("TRANSFERRED", "Mon 2026-01-12 09:00", unit=CITY)
    assert main(RECEIVED, PROCESSED, recalled, moved) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-01 {WARD} reopened": 1,
        f"2026-01 {WARD} transferred_out": 1,
        f"2026-01 {CITY} transferred_in": 1,
        f"2026-01 {CITY} open.overdue": 1,
    }


def test_a_recall_of_an_open_case_changes_nothing() -> None:
    recalled = fact("RECALLED", "Tue 2026-01-06 10:00")
    assert counted(judge([RECEIVED, recalled], FAR, PLAIN)) == counted(judge([RECEIVED], FAR, PLAIN))


def test_a_case_recalled_in_the_instant_of_its_end_never_ended() -> None:
    recalled = fact("RECALLED", "Thu 2026-01-08 10:00")
    assert main(RECEIVED, PROCESSED, recalled) == main(RECEIVED)


def test_a_case_reopened_after_a_move_reopens_where_it_is_now() -> None:
    moved = fact("TRANSFERRED", "Mon 2026-02-09 10:00", unit=CITY)
    assert main(RECEIVED, PROCESSED, moved, fact("RECALLED", "Mon 2026-03-09 10:00")) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-03 {CITY} reopened": 1,
        f"2026-03 {CITY} open.overdue": 1,
    }


def test_the_second_end_of_a_case_is_judged_by_what_is_known_then() -> None:
    extended = fact("EXTENDED", "Mon 2026-02-16 10:00", "Mon 2026-03-02 17:00")
    again = fact("PROCESSED", "Mon 2026-03-02 17:00")
    case = state(judge([RECEIVED, PROCESSED, RECALLED, extended, again], FAR, PLAIN))
    assert (case.bucket, day(case.due_at), day(case.ended_at)) == (
        "on_time",
        "Mon 2026-03-02 17:00",
        "Mon 2026-03-02 17:00",
    )


# the two tracks


def test_finishing_ends_one_track_and_the_hand_over_the_other() -> None:
    evaluation = judge([RECEIVED, PROCESSED, RETURNED], FAR, PLAIN)
    assert processing(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.on_time": 1}
    assert handed_over(evaluation) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue": 1,
        f"2026-02 {WARD} open.overdue": -1,
        f"2026-02 {WARD} ended.late": 1,
    }
    assert state(evaluation).buckets == ("on_time", "late")


def test_a_finished_case_that_is_not_handed_over_still_falls_due() -> None:
    evaluation = judge([RECEIVED, PROCESSED], "Fri 2026-01-09 17:00", PLAIN)
    assert state(evaluation).buckets == ("on_time", "in_time")
    assert evaluation.next_change == at("Fri 2026-01-09 17:00 +1ms")
    later = judge([RECEIVED, PROCESSED], evaluation.next_change, PLAIN)
    assert state(later).buckets == ("on_time", "overdue")
    assert later.next_change is None


def test_a_transfer_after_the_processing_moves_the_hand_over_alone() -> None:
    moved = fact("TRANSFERRED", "Fri 2026-01-09 10:00", unit=CITY)
    evaluation = judge([RECEIVED, PROCESSED, moved], "Fri 2026-01-09 11:00", PLAIN)
    assert processing(evaluation) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.on_time": 1}
    assert handed_over(evaluation) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} transferred_out": 1,
        f"2026-01 {CITY} transferred_in": 1,
        f"2026-01 {CITY} open.in_time": 1,
    }


def test_a_recall_reopens_both_tracks() -> None:
    facts = [RECEIVED, PROCESSED, fact("RETURNED", "Fri 2026-01-09 10:00"), RECALLED]
    evaluation = judge(facts, FAR, PLAIN)
    assert processing(evaluation)[f"2026-02 {WARD} reopened"] == 1
    assert handed_over(evaluation) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} ended.on_time": 1,
        f"2026-02 {WARD} reopened": 1,
        f"2026-02 {WARD} open.overdue": 1,
    }
    assert state(evaluation).buckets == ("overdue", "overdue")


def test_the_next_change_is_the_earlier_of_both_tracks() -> None:
    day_policy = replace(PORTAL, name="day", compare=Compare.DAY)
    evaluation = judge([RECEIVED], "Tue 2026-01-06 08:00", under(day_policy))
    assert evaluation.next_change == at("Fri 2026-01-09 17:00 +1ms")
    turned = judge([RECEIVED], "Fri 2026-01-09 18:00", under(day_policy))
    assert (state(turned).buckets, turned.next_change) == (("in_time", "overdue"), at("Sat 2026-01-10 00:00"))


# joint buckets


JOINT = under(PORTAL, replace(PORTAL, name="day", compare=Compare.DAY))


def joint(*facts: object, as_of: str = FAR) -> dict[str, int]:
    added = counted(judge(list(facts), as_of, JOINT))  # type: ignore[arg-type]
    return {name: n for name, n in added.items() if "handover" not in name}


def test_a_case_is_in_one_joint_bucket_a_bucket_for_each_policy() -> None:
    assert joint(RECEIVED, as_of="Fri 2026-01-09 17:00 +1ms") == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue/in_time": 1,
    }
    ended = fact("PROCESSED", "Fri 2026-01-09 18:00")
    assert joint(RECEIVED, ended) == {f"2026-01 {WARD} received": 1, f"2026-01 {WARD} ended.late/on_time": 1}


def test_each_policy_changes_its_own_part_of_the_joint_bucket_at_its_own_instant() -> None:
    received = RECEIVED._replace(due_at=at("Sat 2026-01-31 17:00"))
    assert joint(received) == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.overdue/in_time": 1,
        f"2026-02 {WARD} open.overdue/in_time": -1,
        f"2026-02 {WARD} open.overdue/overdue": 1,
    }


def test_two_policies_that_change_in_one_instant_change_together() -> None:
    twice = under(PORTAL, replace(PORTAL, name="again"))
    evaluation = judge([RECEIVED._replace(due_at=at("Sat 2026-01-31 23:59 +59999ms"))], FAR, twice)
    assert {name: n for name, n in counted(evaluation).items() if "handover" not in name} == {
        f"2026-01 {WARD} received": 1,
        f"2026-01 {WARD} open.in_time/in_time": 1,
        f"2026-02 {WARD} open.in_time/in_time": -1,
        f"2026-02 {WARD} open.overdue/overdue": 1,
    }


def test_the_second_policy_has_a_next_change_of_its_own() -> None:
    evaluation = judge([RECEIVED], "Fri 2026-01-09 18:00", JOINT)
    assert evaluation.next_change == at("Sat 2026-01-10 00:00")
    assert state(evaluation).bucket == "overdue"
    assert state(evaluation).buckets == ("overdue", "in_time", "overdue")


# the walk itself


def walked(*facts: object) -> Timeline:
    timeline = Timeline(CASE, PLAIN)
    timeline.run(facts, at("Mon 2026-01-05 08:00"), at(FAR))  # type: ignore[arg-type]
    return timeline


def test_a_timeline_knows_since_when_the_case_counts_and_who_was_charged_since_when() -> None:
    timeline = walked(RECEIVED, fact("TRANSFERRED", "Tue 2026-01-06 10:00", unit=CITY), PROCESSED)
    assert timeline.started_at == RECEIVED.occurred_at
    assert timeline.main.places == [
        Place(at("Mon 2026-01-05 08:00"), WARD, BIRTH),
        Place(at("Tue 2026-01-06 10:00"), CITY, BIRTH),
    ]
    assert timeline.case.case_id == CASE


def test_a_timeline_shows_an_ended_case_as_it_was_and_an_open_one_as_it_is() -> None:
    ended = walked(RECEIVED, PROCESSED, RETURNED)
    assert ended.shown is ended.judged
    assert ended.case.hand_over_end is not None
    still_open = walked(RECEIVED)
    assert still_open.judged is None
    assert still_open.shown is still_open.case


def test_a_timeline_of_an_orphan_has_no_start() -> None:
    timeline = walked(PROCESSED)
    assert timeline.started_at is None
    assert timeline.sums.added == {
        ("unknown", "unknown", PERIODS.month_of(at("Mon 2026-01-05 08:00")), "orphan"): 1
    }


def test_a_track_without_the_counters_of_the_other_has_a_name_of_its_own() -> None:
    assert HAND_OVER in PLAIN.policies
    names = {name.split(" ", 2)[2].split(".")[0] for name in counted(judge([RECEIVED], FAR, PLAIN))}
    assert names == {"received", "open", "handover"}
