"""How a case stood from instant to instant, over facts, time alone and the reform of its unit."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, takewhile

from egovhub.events import Fact

from services.domain.case import End
from services.domain.course import Situation, situations, walk
from services.domain.law import Law
from services.domain.procedures import Procedures
from tests.unit.domain.build import BIRTH, CASE, LAW, WARD, at, day, fact
from tests.unit.domain.timeline_build import PLAIN, PORTAL, SUPPLEMENT, under

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="A", procedure=BIRTH)
FAR = "Thu 2026-12-31 12:00"
HAI_PHONG = under(PORTAL, law=replace(LAW, procedures=Procedures()))
HEIR = "10507@2025-07-01"
REFORM = "Tue 2025-07-01 00:00"


def course(
    *own: Fact, until: str = FAR, law: Law = PLAIN, earliest: int | None = None
) -> Sequence[Situation]:
    numbers = {(one.source, one.event_id): place for place, one in enumerate(own, 1)}
    start = own[0].occurred_at if earliest is None else earliest
    snapshots = list(takewhile(lambda one: one.at <= at(until), walk(own, CASE, start, law)))
    return situations(snapshots, own, numbers, len(law.policies))


def short(found: Sequence[Situation]) -> list[tuple[str | None, tuple[int, ...], str]]:
    return [(day(one.at), one.facts, one.buckets[0]) for one in found]


def test_each_fact_and_each_turn_by_time_alone_is_an_entry() -> None:
    law = under(PORTAL, law=PLAIN)
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00")
    given = fact("SUPPLEMENTED", "Wed 2026-01-07 08:00")
    done = fact("PROCESSED", "Mon 2026-01-12 10:00")
    returned = fact("RETURNED", "Tue 2026-01-13 10:00")
    found = course(RECEIVED, asked, given, done, returned, law=law)
    assert short(found) == [
        ("Mon 2026-01-05 08:00", (1,), "in_time"),
        ("Tue 2026-01-06 08:00", (2,), "paused"),
        ("Wed 2026-01-07 08:00", (3,), "in_time"),
        ("Fri 2026-01-09 17:00", (), "in_time"),
        ("Sat 2026-01-10 17:00", (), "overdue"),
        ("Mon 2026-01-12 10:00", (4,), "late"),
        ("Tue 2026-01-13 10:00", (5,), "late"),
    ]
    first, waits, _, hand_over_late, _, ended, handed = found
    assert first == Situation(
        at=RECEIVED.occurred_at,
        facts=(1,),
        unit="A",
        charged_unit="A",
        procedure=BIRTH,
        due_at=RECEIVED.due_at,
        waits_for=(),
        end=None,
        hand_over=None,
        buckets=("in_time", "in_time"),
    )
    assert (waits.waits_for, waits.buckets) == (("supplement",), ("paused", "in_time"))
    assert hand_over_late.buckets == ("in_time", "overdue")
    assert (ended.end, ended.hand_over) == (End(done.kind, done.occurred_at), None)
    assert handed.hand_over == End(returned.kind, returned.occurred_at)
    assert handed.end == ended.end


def test_an_entry_begins_at_the_millisecond_in_which_the_case_turns() -> None:
    assert [one.at for one in course(RECEIVED)] == [RECEIVED.occurred_at, at("Fri 2026-01-09 17:00 +1ms")]


def test_a_walk_ends_when_nothing_can_change_the_case_any_more() -> None:
    found = list(islice(walk([RECEIVED], CASE, RECEIVED.occurred_at, PLAIN), 9))
    assert [one.at for one in found] == [RECEIVED.occurred_at, at("Fri 2026-01-09 17:00 +1ms")]
    assert {one.timeline.case.case_id for one in found} == {CASE}
    done = fact("RETURNED", "Tue 2026-01-06 10:00")
    found = list(islice(walk([RECEIVED, done], CASE, RECEIVED.occurred_at, PLAIN), 9))
    assert [one.at for one in found] == [RECEIVED.occurred_at, done.occurred_at]


def test_before_a_fact_says_that_it_exists_a_case_is_an_orphan_under_every_policy() -> None:
    step = fact("STEP", "Sun 2026-01-04 08:00", unit="B")
    paid_at = at("Sat 2026-01-03 08:00")
    found = course(step, RECEIVED, earliest=paid_at, until="Mon 2026-01-05 08:00")
    assert [(one.facts, one.unit, one.charged_unit, one.buckets, one.is_handed_on) for one in found] == [
        ((), "unknown", "unknown", ("orphan", "orphan"), False),
        ((1,), "unknown", "unknown", ("orphan", "orphan"), False),
        ((2,), "A", "A", ("in_time", "in_time"), False),
    ]


def test_a_unit_that_an_earlier_fact_named_is_not_handed_on_when_the_case_begins() -> None:
    step = fact("STEP", "Sun 2026-01-04 08:00", unit="B")
    begins = fact("RECEIVED", "Mon 2026-01-05 08:00")
    assert [(one.unit, one.is_handed_on) for one in course(step, begins)] == [
        ("unknown", False),
        ("B", False),
    ]


def test_a_case_waits_for_what_was_asked_for_first_and_for_the_fee() -> None:
    law = under(PORTAL, law=PLAIN)
    fee = fact("FEE_REQUESTED", "Tue 2026-01-06 08:00")
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 09:00")
    paid = fact("PAID", "Tue 2026-01-06 10:00")
    waits = [one.waits_for for one in course(RECEIVED, fee, asked, paid, law=law)]
    assert waits[:4] == [(), ("fee",), ("supplement", "fee"), ("supplement",)]
    assert PORTAL.waiting == SUPPLEMENT


def test_the_reform_hands_an_open_case_on_without_any_fact() -> None:
    start = fact("RECEIVED", "Mon 2025-06-02 08:00", "Fri 2025-08-29 17:00", unit=WARD)
    found = course(start, until=REFORM, law=HAI_PHONG)
    assert [(day(one.at), one.facts, one.unit, one.charged_unit, one.is_handed_on) for one in found] == [
        ("Mon 2025-06-02 08:00", (1,), WARD, WARD, False),
        (REFORM, (), HEIR, HEIR, True),
    ]


def test_a_fact_in_the_instant_of_the_reform_that_names_no_unit_hands_on_too_and_one_that_does_not() -> None:
    start = fact("RECEIVED", "Mon 2025-06-02 08:00", "Fri 2025-08-29 17:00", unit=WARD)
    for unit, is_handed_on in ((None, True), (WARD, False)):
        step = fact("STEP", REFORM, unit=unit)
        now = course(start, step, until=REFORM, law=HAI_PHONG)[-1]
        assert (now.facts, now.unit, now.is_handed_on) == ((2,), HEIR, is_handed_on)


def test_lateness_stays_with_the_unit_that_was_there() -> None:
    start = fact("RECEIVED", "Mon 2025-06-02 08:00", "Mon 2025-06-09 17:00", unit=WARD)
    now = course(start, until=REFORM, law=HAI_PHONG)[-1]
    assert (now.unit, now.charged_unit, now.is_handed_on) == (HEIR, WARD, True)


def test_a_transfer_is_no_handing_on() -> None:
    moved = fact("TRANSFERRED", "Tue 2026-01-06 08:00", unit="B", procedure="1.000656")
    now = course(RECEIVED, moved, until="Tue 2026-01-06 08:00")[-1]
    assert (now.unit, now.procedure, now.is_handed_on) == ("B", "1.000656", False)
