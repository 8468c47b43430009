"""Snapshots to facts: what a crash at any moment leaves must come to the same facts as no crash."""

from collections.abc import Sequence

import pytest
from egovhub.connector import Snapshot, State
from egovhub.events import Fact, Kind
from egovhub.origin import Origin
from egovhub.snapshot_store import SnapshotStore
from egovhub.snapshots import CaseKnown, take
from hypothesis import given, settings
from hypothesis import strategies as st

ORIGIN = Origin("log", "onestop")
CASE = "log:1"


def fact(unit: str) -> Fact:
    return ORIGIN.fact(Kind.STEP, CASE, 1_700_000_000_000 + ord(unit[0]), unit=unit)


def snapshot(units: str, version: int | None = None) -> Snapshot:
    return Snapshot(CASE, tuple(fact(unit) for unit in units), version)


def live(facts: Sequence[Fact]) -> set[str | None]:
    """What holds of facts in any order, by law 2: a fact is dead if any fact of the source retracts it."""
    retracted = {event_id for each in facts for event_id in each.retracts}
    return {each.unit for each in facts if each.kind is Kind.STEP and each.event_id not in retracted}


def step(
    known: CaseKnown, units: str, batch: int = 1, *, in_doubt: bool = False
) -> tuple[CaseKnown, list[Fact]]:
    taken = take(known, snapshot(units), ORIGIN, batch, in_doubt=in_doubt)
    return taken or (known, [])


def test_a_first_snapshot_publishes_what_it_says() -> None:
    known, facts = step(CaseKnown(), "ab")
    assert live(facts) == {"a", "b"}
    assert len(facts) == 2
    assert len(known.live) == 2


def test_an_unchanged_snapshot_publishes_nothing() -> None:
    known, _facts = step(CaseKnown(), "ab")
    assert take(known, snapshot("ba"), ORIGIN, 2, in_doubt=False) is None


def test_a_changed_snapshot_retracts_what_it_replaces_and_keeps_the_rest() -> None:
    known, before = step(CaseKnown(), "ab")
    _, after = step(known, "bc", 2)
    assert [each.kind for each in after] == [Kind.RETRACTED, Kind.STEP]
    assert after[0].retracts == (next(each.event_id for each in before if each.unit == "a"),)
    assert after[0].derived
    assert live([*before, *after]) == {"b", "c"}


def test_what_is_said_again_is_another_fact_each_time() -> None:
    known, log = CaseKnown(), []
    for batch, units in enumerate(["a", "", "a", "b", "a"], 1):
        known, facts = step(known, units, batch)
        log += facts
        assert live(log) == set(units)
    assert len({each.event_id for each in log if each.unit == "a"}) == 3


def test_a_case_that_is_gone_says_nothing_more() -> None:
    known, before = step(CaseKnown(), "ab")
    known, after = step(known, "", 2)
    assert live([*before, *after]) == set()
    assert step(known, "", 3)[1] == []


def test_an_older_snapshot_is_passed_over_and_an_equal_one_is_taken() -> None:
    known, _facts = take(CaseKnown(), snapshot("a", 5), ORIGIN, 1, in_doubt=False) or (CaseKnown(), [])
    assert take(known, snapshot("b", 4), ORIGIN, 2, in_doubt=False) is None
    assert take(known, snapshot("b", 5), ORIGIN, 2, in_doubt=False)
    assert take(known, snapshot("b"), ORIGIN, 2, in_doubt=False)


def test_when_the_source_wrote_it_down_plays_no_part() -> None:
    known, facts = step(CaseKnown(), "a")
    later = Snapshot(CASE, (fact("a")._replace(recorded_at=9, source_sequence=9),))
    assert take(known, later, ORIGIN, 2, in_doubt=False) is None
    assert facts[0].recorded_at is None


def test_facts_of_another_case_in_a_snapshot_are_a_bug() -> None:
    with pytest.raises(ValueError, match="facts of another case"):
        Snapshot("log:2", (fact("a"),))


def test_knowledge_comes_back_from_its_text() -> None:
    known, _facts = step(CaseKnown(), "ab", 1)
    known, _facts = step(known, "bc", 2)
    assert CaseKnown.from_text(known.to_text(), known.digest) == known


class World:
    """A source that shows the newest snapshot, a log of positions, a log of facts, and processes that die."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.states: dict[str, State] = {}
        self.position: str | None = None
        self.start()

    def start(self) -> None:
        self.store = SnapshotStore(ORIGIN)
        for key, state in self.states.items():
            self.store.recall(state._replace(key=key))
        if self.position is not None:
            self.store.recall(State("", "{}", self.position))
        self.store.restart()

    def deliver(self, snapshots: Sequence[Snapshot], reaches: int) -> None:
        """Publish a batch as the runner does; of its steps only so many are reached.

        0: nothing is stored; 1: some states; 2: all states; 3: some facts; 4: all facts; 5: the position.
        """
        self.store.begin()
        facts = [each for one in snapshots for each in self.store.take(one)]
        states, mark = self.store.states(), self.store.mark()
        stored = {0: 0, 1: len(states) // 2}.get(reaches, len(states))
        self.states |= {state.key: state for state in states[:stored]}
        self.facts += facts[: {0: 0, 1: 0, 2: 0, 3: (len(facts) + 1) // 2}.get(reaches, len(facts))]
        if reaches == 5:
            self.position = mark
            self.store.confirm()


def case_snapshot(case: int, units: str) -> Snapshot:
    name = f"log:{case}"
    return Snapshot(name, tuple(each._replace(case_id=name) for each in snapshot(units).facts))


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.integers(0, 2), st.sampled_from(["", "a", "b", "ab", "abc", "c"])), max_size=3
            ),
            st.integers(0, 5),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_whatever_crashes_the_facts_that_hold_are_those_of_the_last_snapshot(
    batches: list[tuple[list[tuple[int, str]], int, bool]],
) -> None:
    world, shown = World(), {0: "", 1: "", 2: ""}
    pending: set[int] = set()
    for changes, reaches, dies in batches:
        shown |= dict(changes)
        pending |= {case for case, _units in changes}
        some = [case_snapshot(case, units) for case, units in changes]
        some += [case_snapshot(case, shown[case]) for case in sorted(pending)]
        world.deliver(some, reaches)
        if reaches == 5:
            pending.clear()
        elif dies:
            world.start()
        else:
            world.store.restart()
    world.deliver([case_snapshot(case, shown[case]) for case in sorted(pending)], 5)
    for case, units in shown.items():
        own = [each for each in world.facts if each.case_id == f"log:{case}"]
        assert live(own) == set(units)
    ids: dict[str, Fact] = {}
    for each in world.facts:
        assert ids.setdefault(each.event_id, each) == each


def test_an_outage_is_one_range_of_doubt() -> None:
    world = World()
    for _ in range(50):
        world.deliver([snapshot("a")], 2)
        world.store.restart()
    world.deliver([snapshot("a")], 5)
    assert world.position == '{"batch":51,"doubt":[[1,50]]}'
    world.start()
    world.deliver([snapshot("a")], 5)
    assert world.position == '{"batch":52,"doubt":[]}'


def test_without_snapshots_a_position_has_no_mark() -> None:
    store = SnapshotStore(ORIGIN)
    store.restart()
    store.begin()
    assert store.mark() is None
    assert store.states() == ()
    store.close()
