"""Entries of a record: in whatever order and after whatever crash, all of them stand under the case it belongs to."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from egovhub.connector import Entry, State
from egovhub.events import Fact, Kind
from egovhub.origin import Origin
from egovhub.snapshot_store import SnapshotStore
from egovhub.snapshots import CaseKnown, take
from hypothesis import given, settings
from hypothesis import strategies as st

ORIGIN = Origin("register", "civil-status")
OWN, DOSSIER, OTHER = "register:1", "onestop:A", "onestop:B"


def entry(units: str, case: str = OWN, version: int = 0, record: str = OWN) -> Entry:
    return Entry(case, tuple(fact(unit, case) for unit in units), version, record)


def fact(unit: str, case: str) -> Fact:
    at = 1_700_000_000_000 + ord(unit)
    details = {"module": "BIRTH", "is_foreign": False}
    return ORIGIN.fact(Kind.STEP, case, at, unit=unit, source_status="1", details=details)


def published(*entries: Entry) -> list[Fact]:
    known, facts = CaseKnown(), list[Fact]()
    for number, each in enumerate(entries, 1):
        taken = take(known, each, ORIGIN, number, in_doubt=False)
        if taken:
            known = CaseKnown.from_text(taken[0].to_text(), taken[0].digest)
            facts += taken[1]
    return facts


def live(facts: Sequence[Fact]) -> set[tuple[str, str | None]]:
    """What holds, by law 2: a fact is dead if any fact of the source retracts it."""
    retracted = {event_id for each in facts for event_id in each.retracts}
    return {
        (each.case_id, each.unit)
        for each in facts
        if each.kind is Kind.STEP and each.event_id not in retracted
    }


def test_an_entry_adds_to_what_was_said_before() -> None:
    facts = published(entry("a"), entry("b"))
    assert [each.unit for each in facts] == ["a", "b"]


def test_an_entry_that_comes_again_publishes_nothing() -> None:
    assert len(published(entry("a"), entry("b"), entry("a"))) == 2


def test_a_case_that_is_named_late_takes_all_that_was_said_with_it() -> None:
    before, *moved = published(entry("a"), entry("b", DOSSIER, 1))
    assert (before.case_id, before.unit) == (OWN, "a")
    assert [(each.case_id, each.kind) for each in moved] == [
        (OWN, Kind.VOIDED),
        (DOSSIER, Kind.STEP),
        (DOSSIER, Kind.STEP),
    ]
    assert moved[0].retracts == (before.event_id,)
    assert live([before, *moved]) == {(DOSSIER, "a"), (DOSSIER, "b")}


def test_a_record_leaves_its_own_case_by_one_fact_and_another_s_by_retractions() -> None:
    facts = published(entry("ab"), entry("", DOSSIER, 1), entry("", OTHER, 2))
    left = [(each.case_id, each.kind, len(each.retracts)) for each in facts if each.retracts]
    assert left == [(OWN, Kind.VOIDED, 2), (DOSSIER, Kind.RETRACTED, 1), (DOSSIER, Kind.RETRACTED, 1)]


def test_a_fact_that_moves_says_the_same_under_its_new_case() -> None:
    before, _retraction, moved = published(entry("a"), entry("", DOSSIER, 1))
    assert moved == before._replace(case_id=DOSSIER, event_id=moved.event_id)
    assert moved.event_id != before.event_id


def test_an_entry_that_names_no_case_follows_the_record_to_the_case_it_has() -> None:
    assert live(published(entry("a", DOSSIER, 1), entry("b", OWN, 2))) == {(DOSSIER, "a"), (DOSSIER, "b")}


def test_a_late_entry_with_an_older_case_moves_nothing_back() -> None:
    facts = published(entry("b", DOSSIER, 2), entry("a", OTHER, 1))
    assert live(facts) == {(DOSSIER, "a"), (DOSSIER, "b")}
    assert all(each.case_id == DOSSIER for each in facts)


def test_an_entry_that_says_nothing_new_still_says_how_new_its_case_is() -> None:
    facts = published(entry("a", DOSSIER, 1), entry("a", DOSSIER, 3), entry("b", OTHER, 2))
    assert live(facts) == {(DOSSIER, "a"), (DOSSIER, "b")}


def test_entries_as_one_say_what_they_say_one_after_the_other() -> None:
    first, second, third = entry("a"), entry("b", DOSSIER, 2), entry("c", OTHER, 1)
    one = third.after(second.after(first))
    assert (one.case_id, one.version, one.record) == (DOSSIER, 2, OWN)
    assert [(each.case_id, each.unit) for each in one.facts] == [(DOSSIER, unit) for unit in "abc"]


def test_a_record_that_comes_back_to_a_case_is_said_there_again_under_other_ids() -> None:
    facts = published(entry("a", DOSSIER, 1), entry("", OTHER, 2), entry("", DOSSIER, 3))
    assert live(facts) == {(DOSSIER, "a")}
    assert len({each.event_id for each in facts if each.case_id == DOSSIER and each.kind is Kind.STEP}) == 2


def test_two_records_of_one_case_are_told_apart() -> None:
    store = SnapshotStore(ORIGIN)
    store.restart()
    store.begin()
    facts = store.take(entry("a", DOSSIER, 1)) + store.take(entry("b", DOSSIER, 1, "register:2"))
    facts += store.take(entry("", OTHER, 2))
    assert live(facts) == {(OTHER, "a"), (DOSSIER, "b")}
    store.close()


def test_records_that_say_the_same_of_one_case_do_not_retract_each_other() -> None:
    store = SnapshotStore(ORIGIN)
    store.restart()
    store.begin()
    facts = store.take(entry("a", DOSSIER, 1)) + store.take(entry("a", DOSSIER, 1, "register:2"))
    facts += store.take(entry("", OTHER, 2))
    assert live(facts) == {(OTHER, "a"), (DOSSIER, "a")}
    store.close()


def test_an_entry_of_no_record_is_a_bug() -> None:
    with pytest.raises(ValueError, match="names no record"):
        Entry(OWN, ())


def test_every_order_of_the_entries_comes_to_the_same() -> None:
    entries = [
        entry("a"),
        entry("b", OTHER, 2),
        entry("c", DOSSIER, 1),
        entry("c", DOSSIER, 3),
        entry("d", OWN, 4),
    ]
    for order in permutations(entries):
        assert live(published(*order)) == {(DOSSIER, unit) for unit in "abcd"}


ENTRIES = [
    entry("ab"),
    entry("c", DOSSIER, 2),
    entry("c", DOSSIER, 4),
    entry("d", OTHER, 3),
    entry("e", OWN, 6),
    entry("a", "register:2", 0, "register:2"),
    entry("b", OTHER, 5, "register:2"),
]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 6), max_size=3), st.integers(0, 5), st.booleans()), max_size=10
    )
)
def test_whatever_crashes_the_facts_that_hold_are_those_of_all_entries(
    batches: list[tuple[list[int], int, bool]],
) -> None:
    """Steps of a batch that are reached, 0: none; 1: some states; 2: all; 3: some facts; 4: all; 5: the position."""
    states: dict[str, State] = {}
    log: list[Fact] = []
    position: str | None = None
    store = SnapshotStore(ORIGIN)
    store.restart()
    pending: list[int] = []
    told: set[int] = set()
    for numbers, reaches, dies in [*batches, ([], 5, False)]:
        pending += numbers
        told |= set(numbers)
        store.begin()
        facts = [each for number in pending for each in store.take(ENTRIES[number])]
        kept, mark = store.states(), store.mark()
        states |= {state.key: state for state in kept[: {0: 0, 1: len(kept) // 2}.get(reaches, len(kept))]}
        log += facts[: {3: (len(facts) + 1) // 2}.get(reaches, len(facts) if reaches >= 4 else 0)]
        if reaches == 5:
            position, pending = mark, []
            store.confirm()
        elif dies:
            store = SnapshotStore(ORIGIN)
            for state in states.values():
                store.recall(state)
            if position is not None:
                store.recall(State("", "{}", position))
            store.restart()
        else:
            store.restart()
    assert live(log) == _holding(told)
    ids: dict[str, Fact] = {}
    for each in log:
        assert ids.setdefault(each.event_id, each) == each


def _holding(told: set[int]) -> set[tuple[str, str | None]]:
    holding: set[tuple[str, str | None]] = set()
    for record in (OWN, "register:2"):
        entries = [ENTRIES[number] for number in told if ENTRIES[number].record == record]
        naming = [(each.version or 0, each.case_id) for each in entries if each.case_id != record]
        case = max(naming)[1] if naming else record
        holding |= {(case, each.unit) for one in entries for each in one.facts}
    return holding
