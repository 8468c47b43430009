"""One case explained: what it tells is what is counted, and what is no case says why."""

from dataclasses import replace
from random import Random

import pytest
from egovhub.events import Fact

from services.domain.evaluation import evaluate
from services.domain.explanation import Contribution, Explanation, Status, explain
from services.domain.ownership import OwnerRow, Owners
from services.domain.standing import Known
from tests.unit.domain.build import BIRTH, LAW, WARD, at, fact
from tests.unit.domain.draw import INSTANTS, OWNERS, due_later, random_case
from tests.unit.domain.timeline_build import PLAIN

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="A", procedure=BIRTH)
PAID = fact("PAID", "Sat 2026-01-03 10:00", source="payments")
FAR = "Thu 2026-12-31 12:00"


def explained(*facts: Fact, as_of: str = FAR) -> Explanation:
    return explain([Known(one, None) for one in facts], at(as_of), PLAIN)


def test_a_case_that_moves_adds_to_the_months_of_both_units() -> None:
    moved = fact("TRANSFERRED", "Mon 2026-02-02 08:00", unit="B")
    case = explained(RECEIVED, moved, as_of="Tue 2026-02-03 08:00")
    assert [one.facts for one in case.course] == [(1,), (), (2,)]
    assert [one.unit for one in case.course] == ["A", "A", "B"]
    assert case.contributions == (
        Contribution("A", BIRTH, "2026-01", "handover.open.overdue", 1),
        Contribution("A", BIRTH, "2026-01", "open.overdue", 1),
        Contribution("A", BIRTH, "2026-01", "received", 1),
        Contribution("A", BIRTH, "2026-02", "handover.open.overdue", -1),
        Contribution("A", BIRTH, "2026-02", "handover.transferred_out", 1),
        Contribution("A", BIRTH, "2026-02", "open.overdue", -1),
        Contribution("A", BIRTH, "2026-02", "transferred_out", 1),
        Contribution("B", BIRTH, "2026-02", "handover.open.overdue", 1),
        Contribution("B", BIRTH, "2026-02", "handover.transferred_in", 1),
        Contribution("B", BIRTH, "2026-02", "open.overdue", 1),
        Contribution("B", BIRTH, "2026-02", "transferred_in", 1),
    )


RETRACTION = fact("RETRACTED", "Tue 2026-01-06 08:00", event_id="r", retracts=("r", RECEIVED.event_id))


@pytest.mark.parametrize(
    ("facts", "as_of", "known_at", "status"),
    [
        ([RECEIVED, fact("VOIDED", FAR)], FAR, None, Status.VOIDED),
        ([fact("VOIDED", FAR)], FAR, None, Status.VOIDED),
        ([RECEIVED, RETRACTION], FAR, None, Status.RETRACTED),
        ([RECEIVED], "Mon 2026-01-05 07:59", None, Status.AHEAD),
        ([RECEIVED], FAR, 9, Status.NOT_KNOWN),
        ([RECEIVED], FAR, 10, Status.COUNTS),
        ([RECEIVED], "Mon 2026-01-05 08:00", None, Status.COUNTS),
        ([PAID], FAR, None, Status.ORPHAN),
    ],
)
def test_what_is_no_case_says_why_and_is_in_no_figure(
    facts: list[Fact], as_of: str, known_at: int | None, status: Status
) -> None:
    case = explain([Known(one, 10) for one in facts], at(as_of), PLAIN, known_at)
    assert case.status is status
    if status not in {Status.COUNTS, Status.ORPHAN}:
        assert (case.started_at, case.course, case.judgements, case.contributions) == (None, (), (), ())
    if status is not Status.COUNTS:
        assert (case.pauses, case.net_time, case.dues, case.joint_buckets) == ((), None, (), ())


KINDS = (
    *("STEP", "SUPPLEMENT_REQUESTED", "SUPPLEMENTED", "FEE_REQUESTED", "PAID", "EXTENDED", "APOLOGY_SENT"),
    *("TRANSFERRED", "PROCESSED", "RETURNED", "REFUSED", "STOPPED", "RECALLED"),
    *("REGISTERED", "RECEIVED", "ACCEPTED"),
)


def lawful_case(random: Random) -> list[Known]:
    """A case of real units and procedures around the reform: it waits, is extended, moves and ends."""
    when = at("Mon 2025-06-23 07:00") + random.randint(0, 20 * 86_400_000)
    facts = []
    for place in range(random.randint(1, 8)):
        kind = random.choice(("RECEIVED", "REGISTERED", "ACCEPTED")) if place == 0 else random.choice(KINDS)
        due = when + random.randint(-1, 9) * 86_400_000 if random.random() < 0.3 else None
        unit = random.choice([WARD, "10570", "31", None, None, None])
        procedure = random.choice([BIRTH, "2.000815", "1.004873", None, None])
        facts.append(fact(kind, when, due, event_id=str(place), unit=unit, procedure=procedure))
        when += random.choice([0, 3_600_000, random.randint(0, 6 * 86_400_000)])
    return [Known(one, None) for one in facts]


def test_every_explanation_ends_where_the_evaluation_does() -> None:
    random = Random(13)
    colliding = replace(LAW, owners=Owners([OwnerRow(*row) for row in OWNERS]))
    seen = set()
    for n in range(400):
        known, law = (lawful_case(random), LAW) if n % 2 else (random_case(random), colliding)
        known = due_later(known) if n % 4 == 0 else known
        latest = max(one.fact.occurred_at for one in known)
        as_of = random.choice([*INSTANTS, latest - 1, latest, latest + random.randint(0, 9 * 86_400_000)])
        known_at = random.choice([None, None, *INSTANTS])
        evaluation, case = evaluate(known, as_of, law, known_at), explain(known, as_of, law, known_at)
        seen.add(case.status)
        state = evaluation.state
        assert (state is None) == (case.course == ())
        if state is None or state.bucket == "orphan":
            continue
        first = case.judgements[0]
        assert tuple(one.bucket for one in case.judgements) == state.buckets == case.course[-1].buckets
        assert (first.due_at, first.reason) == (state.due_at, state.reason)
        assert (case.dues[0].source_at, case.dues[0].computed_at) == (state.due_source, state.due_computed)
        assert case.course[-1].due_at == state.due_at
        turns = [one.turns_at for one in case.judgements if one.turns_at is not None]
        assert all(turn >= (evaluation.next_change or as_of + 1) > as_of for turn in turns)
        for counter in case.joint_buckets:
            assert sum(one.n for one in case.contributions if one.counter == counter) >= 1
    assert seen == set(Status)
