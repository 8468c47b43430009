"""Cases over the reform of 2025-07-01: who carries on with them, and who is charged with their lateness."""

from collections import Counter
from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.evaluation import Evaluation
from services.domain.organisations import ALL
from services.domain.periods import Grain, label
from services.domain.policy import UNJUDGED
from services.domain.procedures import Procedures
from tests.unit.domain.build import LAW, at, day, fact, judge, state
from tests.unit.domain.timeline_build import PORTAL, handed_over, processing, under

HAI_PHONG = under(PORTAL, law=replace(LAW, procedures=Procedures()))
WARD, HEIR = "10507", "10507@2025-07-01"
SPLIT, UNASSIGNED = "10570", "unassigned successor of 10570"
CITY = "31@2025-07-01"
REFORM = "Tue 2025-07-01 00:00"
EVE = "Mon 2025-06-30 23:59 +59999ms"
FAR = "Thu 2026-12-31 12:00"


def received(due: str | None = None, unit: str = WARD, when: str = "Mon 2025-06-02 08:00") -> Fact:
    return fact("RECEIVED", when, due, unit=unit)


def case(*facts: Fact, as_of: str = FAR) -> Evaluation:
    return judge(list(facts), as_of, HAI_PHONG)


def main(*facts: Fact, as_of: str = FAR) -> dict[str, int]:
    return processing(case(*facts, as_of=as_of), HAI_PHONG)


# who carries on


def test_an_open_case_goes_to_the_sole_successor_at_the_end_of_its_unit() -> None:
    start = received("Fri 2025-08-29 17:00")
    assert state(case(start, as_of=EVE)).unit == WARD
    assert case(start, as_of=EVE).next_change == at(REFORM)
    assert state(case(start, as_of=REFORM)).unit == HEIR
    assert main(start, as_of=REFORM) == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} open.in_time": 1,
        f"2025-07 {WARD} open.in_time": -1,
        f"2025-07 {WARD} transferred_out": 1,
        f"2025-07 {HEIR} transferred_in": 1,
        f"2025-07 {HEIR} open.in_time": 1,
    }


def test_a_case_that_falls_due_after_the_reform_is_late_in_the_successor() -> None:
    start = received("Fri 2025-08-29 17:00")
    assert main(start, fact("PROCESSED", "Mon 2025-09-01 08:00"))[f"2025-09 {HEIR} ended.late"] == 1
    assert main(start, fact("PROCESSED", "Fri 2025-08-29 17:00"))[f"2025-08 {HEIR} ended.on_time"] == 1


def test_the_cases_of_a_split_commune_are_nobodys_in_particular_until_a_fact_says_otherwise() -> None:
    start = received("Fri 2025-08-29 17:00", SPLIT)
    assert state(case(start, as_of=REFORM)).unit == UNASSIGNED
    assigned = fact("TRANSFERRED", "Mon 2025-08-04 08:00", unit="10570")
    assert main(start, assigned, as_of="Mon 2025-08-04 08:00") == {
        f"2025-06 {SPLIT} received": 1,
        f"2025-06 {SPLIT} open.in_time": 1,
        f"2025-07 {SPLIT} open.in_time": -1,
        f"2025-07 {SPLIT} transferred_out": 1,
        f"2025-07 {UNASSIGNED} transferred_in": 1,
        f"2025-07 {UNASSIGNED} open.in_time": 1,
        f"2025-08 {UNASSIGNED} open.in_time": -1,
        f"2025-08 {UNASSIGNED} transferred_out": 1,
        "2025-08 10570@2025-07-01 transferred_in": 1,
        "2025-08 10570@2025-07-01 open.in_time": 1,
    }


def test_the_cases_of_a_district_roll_up_through_its_communes() -> None:
    assert state(case(received(unit="288"))).unit == "unassigned successor of 288"
    assert state(case(received(unit="317"))).unit == "11914@2025-07-01"


def test_two_units_of_one_name_are_told_apart_by_the_code_of_the_day() -> None:
    """Phường Trần Hưng Đạo was two wards, and is a third one since."""
    assert [state(case(received(unit=code))).unit for code in ("10525", "11512")] == [
        "10525@2025-07-01",
        "11488@2025-07-01",
    ]
    later = [fact("RECEIVED", REFORM, unit=code) for code in ("10570", "10525")]
    assert [state(case(start)).unit for start in later] == ["10570@2025-07-01", "10525@2025-07-01"]


def test_a_code_named_after_its_unit_ended_means_whoever_carries_on() -> None:
    start = received(unit="11512", when="Wed 2025-07-02 08:00")
    assert main(start) == {
        "2025-07 11488@2025-07-01 received": 1,
        "2025-07 11488@2025-07-01 open.no_deadline": 1,
    }


def test_a_case_follows_its_department_through_two_reorganisations() -> None:
    start = received(None, "x31-tttt", "Mon 2025-02-03 08:00")
    mid, last = "x31-khcn-202503@2025-03-01", "x31-khcn-202507@2025-07-01"
    assert case(start, as_of="Mon 2025-02-03 08:00").next_change == at("Sat 2025-03-01 00:00")
    assert case(start, as_of="Sat 2025-03-01 00:00").next_change == at(REFORM)
    assert case(start, as_of=REFORM).next_change is None
    expected = {
        "2025-02 x31-tttt received": 1,
        "2025-02 x31-tttt open.no_deadline": 1,
        "2025-03 x31-tttt open.no_deadline": -1,
        "2025-03 x31-tttt transferred_out": 1,
        f"2025-03 {mid} transferred_in": 1,
        f"2025-03 {mid} open.no_deadline": 1,
        f"2025-07 {mid} open.no_deadline": -1,
        f"2025-07 {mid} transferred_out": 1,
        f"2025-07 {last} transferred_in": 1,
        f"2025-07 {last} open.no_deadline": 1,
    }
    assert main(start) == expected
    step = fact("STEP", "Mon 2025-09-01 08:00")
    assert main(start, step) == expected


def test_receiving_and_executing_unit_are_kept_apart() -> None:
    start = received("Fri 2025-08-29 17:00")._replace(receiving_unit=WARD)
    found = state(case(start))
    assert (found.unit, found.receiving_unit) == (HEIR, WARD)


def test_a_unit_that_goes_on_keeps_its_cases() -> None:
    start = received(None, "x31-ngv")
    assert main(start) == {"2025-06 x31-ngv received": 1, "2025-06 x31-ngv open.no_deadline": 1}
    assert case(start, as_of=EVE).next_change is None


# ended cases


def test_a_case_that_ended_before_the_reform_stays_where_it_was() -> None:
    handed_out = fact("RETURNED", "Mon 2025-06-30 17:00")
    ended = case(received("Fri 2025-08-29 17:00"), handed_out)
    assert state(ended).unit == WARD
    assert processing(ended, HAI_PHONG) == {f"2025-06 {WARD} received": 1, f"2025-06 {WARD} ended.on_time": 1}
    assert ended.next_change is None


def test_a_case_that_ends_on_the_eve_ended_in_the_old_unit_and_at_midnight_in_the_new() -> None:
    start = received("Fri 2025-08-29 17:00")
    assert main(start, fact("RETURNED", EVE))[f"2025-06 {WARD} ended.on_time"] == 1
    midnight = main(start, fact("RETURNED", REFORM))
    assert midnight[f"2025-07 {HEIR} ended.on_time"] == 1
    assert midnight[f"2025-07 {WARD} transferred_out"] == 1


def test_what_is_not_handed_over_yet_moves_for_those_who_count_the_hand_over() -> None:
    facts = [received("Fri 2025-08-29 17:00"), fact("PROCESSED", "Mon 2025-06-30 17:00")]
    assert case(*facts, as_of=EVE).next_change == at(REFORM)
    moved = case(*facts, as_of=REFORM)
    assert processing(moved, HAI_PHONG) == {f"2025-06 {WARD} received": 1, f"2025-06 {WARD} ended.on_time": 1}
    assert handed_over(moved, HAI_PHONG)[f"2025-07 {HEIR} transferred_in"] == 1
    assert state(moved).unit == WARD


def test_a_case_recalled_after_the_reform_is_reopened_in_the_successor() -> None:
    facts = [received("Fri 2025-08-29 17:00"), fact("RETURNED", "Mon 2025-06-30 17:00")]
    assert main(*facts, fact("RECALLED", "Mon 2025-08-04 08:00"), as_of="Mon 2025-08-04 08:00") == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} ended.on_time": 1,
        f"2025-08 {HEIR} reopened": 1,
        f"2025-08 {HEIR} open.in_time": 1,
    }


# who is charged


LATE = received("Mon 2025-06-16 17:00")


def test_lateness_is_never_charged_to_a_unit_that_did_not_exist_when_the_case_became_late() -> None:
    assert main(LATE) == {f"2025-06 {WARD} received": 1, f"2025-06 {WARD} open.overdue": 1}
    assert state(case(LATE)).unit == HEIR
    assert main(LATE, fact("PROCESSED", "Mon 2025-08-04 08:00")) == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} open.overdue": 1,
        f"2025-08 {WARD} open.overdue": -1,
        f"2025-08 {WARD} ended.late": 1,
    }


@pytest.mark.parametrize(
    ("due", "charged"),
    [
        ("Mon 2025-06-30 23:59 +59997ms", WARD),
        ("Mon 2025-06-30 23:59 +59998ms", WARD),
        ("Mon 2025-06-30 23:59 +59999ms", HEIR),
        ("Tue 2025-07-01 00:00", HEIR),
    ],
)
def test_who_existed_at_the_first_instant_of_lateness_is_charged(due: str, charged: str) -> None:
    assert (
        main(received(due), as_of="Tue 2025-07-01 08:00")[
            f"2025-0{6 if charged == WARD else 7} {charged} open.overdue"
        ]
        == 1
    )
    assert (
        main(received(due), fact("PROCESSED", "Wed 2025-07-02 08:00"))[f"2025-07 {charged} ended.late"] == 1
    )


def test_a_late_case_that_gets_a_new_appointment_is_the_successors() -> None:
    extended = fact("EXTENDED", "Mon 2025-08-04 08:00", "Fri 2025-08-29 17:00")
    assert main(LATE, extended, as_of="Mon 2025-08-04 08:00") == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} open.overdue": 1,
        f"2025-08 {WARD} open.overdue": -1,
        f"2025-08 {WARD} transferred_out": 1,
        f"2025-08 {HEIR} transferred_in": 1,
        f"2025-08 {HEIR} open.in_time": 1,
    }
    assert main(LATE, extended)[f"2025-08 {HEIR} open.overdue"] == 1


def test_a_late_case_handed_to_another_new_unit_stays_charged_to_the_old() -> None:
    moved = fact("TRANSFERRED", "Mon 2025-08-04 08:00", unit="10525")
    assert main(LATE, moved) == main(LATE)
    assert state(case(LATE, moved)).unit == "10525@2025-07-01"


def test_a_late_case_handed_to_a_unit_that_existed_is_charged_to_that() -> None:
    moved = fact("TRANSFERRED", "Mon 2025-08-04 08:00", unit="x31-ngv")
    assert main(LATE, moved)["2025-08 x31-ngv transferred_in"] == 1
    before = fact("TRANSFERRED", "Mon 2025-06-23 08:00", unit="10510")
    assert main(LATE, before)["2025-06 10510 open.overdue"] == 1


def test_a_late_case_of_three_units_is_charged_to_the_last_that_existed() -> None:
    moves = [
        fact("TRANSFERRED", "Mon 2025-06-23 08:00", unit="x31-ngv"),
        fact("TRANSFERRED", "Mon 2025-08-04 08:00", unit="10525"),
    ]
    assert {name for name in main(LATE, *moves) if "open" in name} == {"2025-06 x31-ngv open.overdue"}


def test_a_unit_that_a_fact_names_before_its_first_day_acts_already() -> None:
    early = received("Mon 2025-06-16 17:00", unit="11948")
    assert main(early) == {
        "2025-06 11948@2025-07-01 received": 1,
        "2025-06 11948@2025-07-01 open.overdue": 1,
    }
    moved = fact("TRANSFERRED", "Mon 2025-06-23 08:00", unit="11948")
    assert main(LATE, moved, as_of="Mon 2025-06-23 08:00") == main(LATE, as_of="Mon 2025-06-23 08:00")
    due_then = received("Mon 2025-06-23 07:59 +59999ms")
    assert main(due_then, moved, as_of="Mon 2025-06-23 08:00")["2025-06 11948@2025-07-01 open.overdue"] == 1
    due_before = received("Mon 2025-06-23 07:59 +59998ms")
    assert main(due_before, moved, as_of="Mon 2025-06-23 08:00")[f"2025-06 {WARD} open.overdue"] == 1


def test_a_case_that_was_late_before_it_counted_is_charged_to_who_received_it() -> None:
    """Who held it before it counted is forgotten, and it became late when it came in."""
    before = fact("STEP", "Mon 2025-06-02 08:00", "Mon 2025-06-16 17:00", unit=WARD)
    start = fact("RECEIVED", "Wed 2025-07-02 08:00", unit="10525")
    assert main(before, start) == {
        "2025-07 10525@2025-07-01 received": 1,
        "2025-07 10525@2025-07-01 open.overdue": 1,
    }
    nobody_named = fact("RECEIVED", "Wed 2025-07-02 08:00")
    assert main(before, nobody_named) == {f"2025-07 {HEIR} received": 1, f"2025-07 {HEIR} open.overdue": 1}


def test_a_case_late_since_it_came_in_is_charged_to_the_unit_of_that_day() -> None:
    start = received("Fri 2025-05-30 17:00")
    assert main(start) == {f"2025-06 {WARD} received": 1, f"2025-06 {WARD} open.overdue": 1}


def test_a_case_that_nobody_held_before_the_reform_may_be_charged_to_nobody() -> None:
    start = received("Mon 2025-06-16 17:00")._replace(unit=None)
    named = fact("STEP", "Wed 2025-07-02 08:00", unit="10525")
    assert main(start, named) == {"2025-06 unknown received": 1, "2025-06 unknown open.overdue": 1}


def test_a_case_that_was_asked_too_often_is_late_since_the_request_that_was_too_many() -> None:
    start = received("Fri 2025-08-29 17:00")
    asked = fact("SUPPLEMENT_REQUESTED", "Mon 2025-06-23 08:00")
    before, after = (fact("SUPPLEMENT_REQUESTED", when) for when in (EVE, REFORM))
    assert main(start, asked, before)[f"2025-06 {WARD} open.overdue"] == 1
    assert f"2025-07 {HEIR} transferred_in" not in main(start, asked, before)
    assert main(start, asked, after)[f"2025-07 {HEIR} open.overdue"] == 1


def test_a_case_asked_for_too_much_after_an_answer_is_late_since_it_waits_again() -> None:
    start = received("Fri 2025-08-29 17:00")
    first = [
        fact("SUPPLEMENT_REQUESTED", "Mon 2025-06-23 08:00"),
        fact("SUPPLEMENTED", "Tue 2025-06-24 08:00"),
    ]
    again = fact("SUPPLEMENT_REQUESTED", "Wed 2025-07-02 08:00")
    assert main(start, *first, again)[f"2025-07 {HEIR} open.overdue"] == 1


def test_a_waiting_case_goes_to_the_successor_and_stays_paused() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Mon 2025-06-16 08:00")
    start = received("Mon 2025-06-16 17:00")
    assert main(start, asked)[f"2025-07 {HEIR} open.paused"] == 1
    too_late = fact("SUPPLEMENT_REQUESTED", "Mon 2025-06-16 17:00 +1ms")
    assert main(start, too_late) == main(start)


def test_a_case_that_ended_without_being_judged_is_the_successors() -> None:
    law = under(replace(PORTAL, unjudged=frozenset(UNJUDGED)), law=HAI_PHONG)
    ended = judge([LATE, fact("REFUSED", "Wed 2025-07-02 08:00")], FAR, law)
    assert processing(ended, law) == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} open.overdue": 1,
        f"2025-07 {WARD} open.overdue": -1,
        f"2025-07 {WARD} transferred_out": 1,
        f"2025-07 {HEIR} transferred_in": 1,
        f"2025-07 {HEIR} ended.refused": 1,
    }


# as was and as now


def totals(evaluations: list[Evaluation], is_now: bool) -> dict[str, Counter[str]]:
    """Sums by unit, that of all units and months included."""
    organisations = HAI_PHONG.organisations
    path = organisations.path_now if is_now else organisations.path
    found: dict[str, Counter[str]] = {}
    for evaluation in evaluations:
        for (unit, _, month, counter), n in evaluation.contributions.items():
            for above in path(unit):
                found.setdefault(above, Counter())[f"{label(month, Grain.MONTH)} {counter}"] += n
    return found


def test_both_views_have_equal_totals_and_as_now_lateness_rolls_up() -> None:
    starts = [
        LATE,
        received("Fri 2025-08-29 17:00"),
        received(None, SPLIT),
        received(None, "x31-tttt"),
        received(None, "stranger"),
    ]
    evaluations = [case(start) for start in starts]
    was, now = totals(evaluations, is_now=False), totals(evaluations, is_now=True)
    assert was[ALL] == now[ALL]
    assert was[ALL]["2025-06 received"] == 5
    assert was[WARD]["2025-06 open.overdue"] == 1
    assert HEIR not in was or "2025-06 open.overdue" not in was[HEIR]
    assert WARD not in now
    assert now[HEIR]["2025-06 open.overdue"] == 1
    assert now[UNASSIGNED]["2025-06 received"] == 1
    assert now[CITY]["2025-06 received"] == 4


def test_the_state_of_a_case_says_when_it_was_due_whoever_has_it() -> None:
    found = state(case(LATE))
    assert (found.bucket, day(found.due_at)) == ("overdue", "Mon 2025-06-16 17:00")
