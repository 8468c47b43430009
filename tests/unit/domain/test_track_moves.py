"""To whom and to which procedure each move of a case is charged, also within one month."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain.evaluation import evaluate
from services.domain.law import Law
from services.domain.periods import Grain, label
from services.domain.procedures import Procedures
from services.domain.standing import Known
from services.domain.sums import Point
from services.domain.track import Place
from tests.unit.domain.build import BIRTH, LAW, at, fact, judge
from tests.unit.domain.timeline_build import BY_DAY, PLAIN, PORTAL, processing, under

REFORMED = replace(LAW, procedures=Procedures())
BY_INSTANT, BY_DAYS = under(PORTAL, law=REFORMED), under(BY_DAY, law=REFORMED)
WARD, HEIR, OTHER = "10507", "10507@2025-07-01", "10525@2025-07-01"
MARRIAGE = "1.000894"
FAR = "Thu 2026-12-31 12:00"


def received(due: str) -> Fact:
    return fact("RECEIVED", "Mon 2025-06-02 08:00", due, unit=WARD)


def moves(law: Law, *facts: Fact, as_of: str = FAR) -> dict[str, int]:
    return processing(judge(list(facts), as_of, law), law)


def by_procedure(contributions: Mapping[Point, int], procedure: str) -> dict[str, int]:
    """What is charged to a procedure on the first track, by month and counter."""
    return {
        f"{label(month, Grain.MONTH)} {counter}": n
        for (_, charged, month, counter), n in contributions.items()
        if charged == procedure and not counter.startswith("handover.")
    }


def test_everything_of_a_case_is_charged_to_its_procedure() -> None:
    facts = [
        fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="A", procedure=BIRTH),
        fact("PROCESSED", "Thu 2026-01-08 10:00"),
        fact("RECALLED", "Mon 2026-02-02 08:00"),
        fact("PROCESSED", "Mon 2026-03-02 08:00"),
    ]
    contributions = judge(facts, FAR, PLAIN).contributions
    assert {(unit, procedure) for unit, procedure, _, _ in contributions} == {("A", BIRTH)}
    assert by_procedure(contributions, BIRTH) == {
        "2026-01 received": 1,
        "2026-01 ended.on_time": 1,
        "2026-02 reopened": 1,
        "2026-02 open.overdue": 1,
        "2026-03 open.overdue": -1,
        "2026-03 ended.late": 1,
    }


def test_a_case_goes_from_procedure_to_procedure_and_back_within_a_month() -> None:
    facts = [
        fact("RECEIVED", "Mon 2026-01-05 08:00", unit="A", procedure=BIRTH),
        fact("STEP", "Tue 2026-01-06 08:00"),
        fact("STEP", "Wed 2026-01-07 08:00", procedure=MARRIAGE),
        fact("STEP", "Thu 2026-01-08 08:00", procedure=BIRTH),
        fact("STEP", "Fri 2026-01-09 08:00"),
    ]
    contributions = judge(facts, FAR, PLAIN).contributions
    assert by_procedure(contributions, MARRIAGE) == {
        "2026-01 transferred_in": 1,
        "2026-01 transferred_out": 1,
    }
    assert by_procedure(contributions, BIRTH) == {
        "2026-01 received": 1,
        "2026-01 transferred_in": 1,
        "2026-01 transferred_out": 1,
        "2026-01 open.no_deadline": 1,
    }


def test_a_case_that_an_appointment_makes_late_and_another_timely_goes_back_and_forth_within_a_month() -> (
    None
):
    """What was due before the reform is late in the ward that ended, what is due after it is its successor's."""
    before, after = "Fri 2025-06-20 17:00", "Fri 2025-08-29 17:00"
    facts = [
        received(after),
        fact("STEP", "Mon 2025-07-07 08:00"),
        fact("STEP", "Tue 2025-07-08 08:00", before),
        fact("STEP", "Wed 2025-07-09 08:00", after),
        fact("STEP", "Thu 2025-07-10 08:00"),
    ]
    assert moves(BY_INSTANT, *facts, as_of="Thu 2025-07-10 12:00") == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} open.in_time": 1,
        f"2025-07 {WARD} open.in_time": -1,
        f"2025-07 {WARD} transferred_out": 2,
        f"2025-07 {WARD} transferred_in": 1,
        f"2025-07 {HEIR} transferred_in": 2,
        f"2025-07 {HEIR} transferred_out": 1,
        f"2025-07 {HEIR} open.in_time": 1,
    }


def test_a_case_is_the_successors_for_the_millisecond_before_it_goes_elsewhere() -> None:
    elsewhere = fact("TRANSFERRED", "Tue 2025-07-01 00:00 +1ms", unit="10525")
    assert moves(BY_INSTANT, received("Fri 2025-08-29 17:00"), elsewhere, as_of="Thu 2025-07-10 12:00") == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} open.in_time": 1,
        f"2025-07 {WARD} open.in_time": -1,
        f"2025-07 {WARD} transferred_out": 1,
        f"2025-07 {HEIR} transferred_in": 1,
        f"2025-07 {HEIR} transferred_out": 1,
        f"2025-07 {OTHER} transferred_in": 1,
        f"2025-07 {OTHER} open.in_time": 1,
    }


@pytest.mark.parametrize(("due", "charged"), [("Sun 2025-06-29 10:00", WARD), ("Mon 2025-06-30 10:00", HEIR)])
def test_by_days_a_case_is_late_in_who_existed_on_the_day_after_the_due_day(due: str, charged: str) -> None:
    ended = moves(BY_DAYS, received(due), fact("PROCESSED", "Wed 2025-07-02 08:00"))
    assert ended[f"2025-07 {charged} ended.late"] == 1
    still_open = moves(BY_DAYS, received(due), as_of="Wed 2025-07-02 08:00")
    assert sum(n for name, n in still_open.items() if name.endswith(f" {charged} open.overdue")) == 1


def test_by_days_a_case_that_waits_since_after_its_due_day_stays_charged_to_who_asked() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Mon 2025-06-30 08:00")
    assert moves(BY_DAYS, received("Fri 2025-06-27 17:00"), asked) == {
        f"2025-06 {WARD} received": 1,
        f"2025-06 {WARD} open.overdue": 1,
    }


def test_a_case_that_nobody_is_named_for_has_its_place_from_its_beginning_on() -> None:
    places: list[Place] = []
    law = replace(PLAIN, counts=(lambda view, book: places.append(view.place_at(view.as_of)),))
    facts = [fact("RECEIVED", "Mon 2026-01-05 08:00"), fact("STEP", "Tue 2026-01-06 08:00")]
    evaluate([Known(told, None) for told in facts], at(FAR), law)
    assert places == [Place(at("Mon 2026-01-05 08:00"), "unknown", "unknown")]
