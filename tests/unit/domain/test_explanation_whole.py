"""All that an explanation holds of one case, and that it is the same whatever the order and the copies."""

from dataclasses import replace
from random import Random

import pytest
from egovhub.events import Fact, Kind

from services.domain.due_account import Missing
from services.domain.evaluation import evaluate
from services.domain.explanation import Contribution, Explanation, Status, explain
from services.domain.law import Law
from services.domain.ownership import OwnerRow, Owners
from services.domain.pause_account import NetTime
from services.domain.periods import Grain, label
from services.domain.standing import Known
from services.domain.view import Book, CaseView
from tests.unit.domain.build import BIRTH, CASE, LAW, WARD, at, day, fact
from tests.unit.domain.draw import INSTANTS, OWNERS, due_later, random_case
from tests.unit.domain.timeline_build import PLAIN

STATUS = "1.001022"
"""Three working days, which begin anew after a supplement."""
DUE = "Fri 2026-01-09 17:00"
RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", DUE, unit="A", procedure=BIRTH)
DONE = fact("PROCESSED", "Thu 2026-01-08 10:00")
PAID = fact("PAID", "Fri 2026-01-02 08:00", source="payments")
FAR = "Thu 2026-12-31 12:00"


def told(
    *facts: Fact | Known, as_of: str | int = FAR, law: Law = PLAIN, known_at: int | None = None
) -> Explanation:
    known = [one if isinstance(one, Known) else Known(one, None) for one in facts]
    return explain(known, at(as_of) if isinstance(as_of, str) else as_of, law, known_at)


def buckets(case: Explanation) -> dict[str, str]:
    return {one.policy: one.bucket for one in case.judgements}


# whether it counts


def test_a_case_that_counts_is_told_with_everything() -> None:
    case = told(RECEIVED, DONE)
    assert (case.case_id, case.as_of, case.known_at) == (CASE, at(FAR), None)
    assert case.status is Status.COUNTS
    assert [one.kind for one in case.facts] == [Kind.RECEIVED, Kind.PROCESSED]
    assert case.started_at == RECEIVED.occurred_at
    assert [day(one.at) for one in case.course] == [
        "Mon 2026-01-05 08:00",
        "Thu 2026-01-08 10:00",
        "Fri 2026-01-09 17:00",
    ]
    assert case.pauses == ()
    assert case.net_time == NetTime(RECEIVED.occurred_at, DONE.occurred_at, True, None, None)
    assert [(one.source_at, one.missing) for one in case.dues] == [(RECEIVED.due_at, Missing.NO_LIMIT)]
    assert buckets(case) == {"portal@1": "on_time", "publication@1": "overdue"}
    assert case.joint_buckets == ("ended.on_time", "handover.open.overdue")
    assert (case.next_change_at, case.revisions, case.conflicts) == (None, 0, 0)


def test_contributions_are_those_that_are_counted_month_by_month() -> None:
    case = told(RECEIVED, DONE)
    assert case.contributions == (
        Contribution("A", BIRTH, "2026-01", "ended.on_time", 1),
        Contribution("A", BIRTH, "2026-01", "handover.open.overdue", 1),
        Contribution("A", BIRTH, "2026-01", "received", 1),
    )


def test_what_indicators_count_is_among_the_contributions() -> None:
    def count(view: CaseView, book: Book) -> None:
        book.add("seen", view.started_at, 3)

    case = told(RECEIVED, law=replace(PLAIN, counts=(count,)), as_of="Mon 2026-01-05 08:00")
    assert Contribution("A", BIRTH, "2026-01", "seen", 3) in case.contributions


def test_the_next_change_is_the_next_instant_of_the_evaluation() -> None:
    case = told(RECEIVED, DONE, as_of=RECEIVED.occurred_at)
    assert case.next_change_at == DONE.occurred_at
    case = told(RECEIVED, as_of=RECEIVED.occurred_at)
    assert case.next_change_at == at(DUE) + 1
    assert told(RECEIVED, as_of=at(DUE) + 1).next_change_at is None


def test_an_orphan_has_neither_pauses_nor_due_instants() -> None:
    waits = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 08:00", DUE)
    case = told(PAID, waits)
    assert case.status is Status.ORPHAN
    assert case.started_at is None
    assert (case.pauses, case.net_time, case.dues, case.joint_buckets) == ((), None, (), ())
    assert buckets(case) == {"portal@1": "orphan", "publication@1": "orphan"}
    assert [one.counts_in for one in case.judgements] == [(), ()]
    assert case.contributions == (Contribution("unknown", "unknown", "2026-01", "orphan", 1),)
    assert [day(one.at) for one in case.course] == ["Fri 2026-01-02 08:00", "Tue 2026-01-06 08:00"]


def test_a_case_that_was_an_orphan_first_counts_from_its_owners_fact() -> None:
    case = told(PAID, RECEIVED)
    assert (case.status, case.started_at) == (Status.COUNTS, RECEIVED.occurred_at)
    assert [one.buckets for one in case.course][:2] == [("orphan", "orphan"), ("in_time", "in_time")]


@pytest.mark.parametrize("kind", ["REGISTERED", "RECEIVED", "ACCEPTED"])
def test_a_case_counts_from_each_kind_that_begins_one(kind: str) -> None:
    assert told(fact(kind, "Mon 2026-01-05 08:00", unit="A")).status is Status.COUNTS


def test_a_case_of_which_some_facts_are_retracted_and_others_not_yet_known_is_retracted() -> None:
    itself = fact("RETRACTED", "Tue 2026-01-06 08:00", event_id="r", retracts=("r", RECEIVED.event_id))
    assert told(RECEIVED, itself, Known(DONE, 11), known_at=10).status is Status.RETRACTED


def test_a_case_whose_facts_are_all_dated_later_is_ahead_and_says_from_when_on() -> None:
    case = told(RECEIVED, DONE, as_of=RECEIVED.occurred_at - 1)
    assert case.status is Status.AHEAD
    assert case.next_change_at == RECEIVED.occurred_at


def test_a_case_of_which_nothing_was_known_says_so() -> None:
    case = told(Known(RECEIVED, 11), Known(DONE, 12), known_at=10)
    assert (case.status, case.known_at) == (Status.NOT_KNOWN, 10)
    assert (len(case.facts), case.contributions) == (2, ())


def test_a_case_that_is_voided_before_the_rest_is_known_is_voided() -> None:
    voided = fact("VOIDED", "Tue 2026-01-06 08:00")
    assert told(Known(voided, 10), Known(RECEIVED, 11), known_at=10).status is Status.VOIDED


def test_a_status_is_spelt_as_programs_read_it() -> None:
    assert [str(status) for status in Status] == [
        "counts",
        "orphan",
        "voided",
        "retracted",
        "ahead",
        "not-known",
    ]


# what it was known by, and when


def test_facts_dated_after_the_reporting_instant_neither_judge_nor_show_in_the_course() -> None:
    case = told(RECEIVED, DONE, as_of=DONE.occurred_at - 1)
    assert [day(one.at) for one in case.course] == ["Mon 2026-01-05 08:00"]
    assert buckets(case)["portal@1"] == "in_time"
    [turns] = [one for one in case.judgements if one.policy == "portal@1"]
    assert (turns.turns_at, turns.turns_to) == (DONE.occurred_at, "on_time")
    assert buckets(told(RECEIVED, DONE, as_of=DONE.occurred_at))["portal@1"] == "on_time"


def test_revisions_and_conflicts_are_told() -> None:
    first, second = (DONE._replace(source_sequence=n) for n in (1, 2))
    conflict = second._replace(unit="B")
    case = told(RECEIVED, first, second, conflict)
    assert (case.revisions, case.conflicts) == (1, 1)


def test_only_what_was_known_is_evaluated() -> None:
    case = told(RECEIVED, Known(DONE, 11), known_at=10)
    assert buckets(case)["portal@1"] == "overdue"
    assert case.contributions == told(RECEIVED).contributions
    assert buckets(told(RECEIVED, Known(DONE, 11), known_at=11))["portal@1"] == "on_time"


def test_the_whole_law_gives_pauses_and_a_due_instant() -> None:
    received = fact("RECEIVED", "Fri 2026-04-24 09:00", unit=WARD, procedure=STATUS)
    asked = fact("SUPPLEMENT_REQUESTED", "Fri 2026-04-24 10:00")
    given = fact("SUPPLEMENTED", "Tue 2026-04-28 08:00")
    case = told(received, asked, given, law=LAW, as_of="Wed 2026-04-29 12:00")
    [pause] = case.pauses
    assert (pause.opened_by, pause.ended_by, pause.working_seconds) == (2, 3, 6 * 3600)
    assert case.net_time == NetTime(
        received.occurred_at, at("Wed 2026-04-29 12:00"), False, 18 * 3600 + 1800, 12 * 3600 + 1800
    )
    [account] = case.dues
    assert day(account.computed_at) == "Tue 2026-05-05 08:00"
    assert day(case.next_change_at) == "Sun 2026-05-03 08:00"  # 48 hours before it, the province's band


# all of it

CHANGING = replace(PLAIN, owners=Owners([OwnerRow(*row) for row in OWNERS]))


@pytest.mark.parametrize("seed", range(4))
def test_an_explanation_says_what_is_counted_whatever_the_order_and_the_copies(seed: int) -> None:
    random = Random(seed)
    for _ in range(60):
        known = due_later(random_case(random)) if random.random() < 0.5 else random_case(random)
        as_of, known_at = random.choice(INSTANTS), random.choice([None, *INSTANTS])
        counted = evaluate(known, as_of, CHANGING, known_at)
        found = explain(known, as_of, CHANGING, known_at)
        assert explain(random.sample(known * 2, 2 * len(known)), as_of, CHANGING, known_at) == found
        added = {(c.unit, c.procedure, c.period, c.counter): c.n for c in found.contributions}
        assert added == {
            (unit, procedure, label(month, Grain.MONTH), counter): n
            for (unit, procedure, month, counter), n in counted.contributions.items()
        }
        assert found.contributions == tuple(
            sorted(found.contributions, key=lambda c: (c.unit, c.procedure, c.period, c.counter))
        )
        assert (found.next_change_at, found.revisions, found.conflicts) == (
            counted.next_change,
            counted.revisions,
            counted.conflicts,
        )
        if counted.state is None:
            assert found.status not in {Status.COUNTS, Status.ORPHAN}
            assert found.judgements == ()
        else:
            expected = counted.state.buckets or ("orphan", "orphan")
            assert tuple(one.bucket for one in found.judgements) == expected
            assert found.course[-1].buckets == expected
