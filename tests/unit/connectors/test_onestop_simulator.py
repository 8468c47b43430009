from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event

import pytest
from egovhub.connector import Batch, Context, Payload, Snapshot, State
from egovhub.errors import AuthenticationError, RejectedInput
from egovhub.events import Fact, Kind
from egovhub.loading import changed
from egovhub.mapped import MappedFeed, facts_of
from egovhub.origin import content
from onestop.connector import connector

from tests.simulators.onestop import FEEDS, KEY, PAGE, OnestopRest
from tests.simulators.onestop_folder import OnestopFolder
from tests.simulators.onestop_lives import Lives

NOW = 1_770_000_000
"""A clock that stands still, so that two simulators of one seed say the same."""


def clock() -> float:
    return NOW


def now() -> int:
    return NOW * 1000


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ONESTOP_KEY", KEY)


class Hub:
    """What is stored: facts, refusals, the position, and what is known of the cases."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.refused: set[str] = set()
        self.position: str | None = None
        self._states: dict[str, State] = {}

    @contextmanager
    def feed(self, name: str, **settings: object) -> Iterator[MappedFeed]:
        """A new process of the connector, which knows what is stored."""
        opened = changed(connector.feeds[name], settings)
        source = MappedFeed(connector, opened.open(Context(now, Event(), once=True)), now)
        for state in self._states.values():
            source.recall(state)
        try:
            yield source
        finally:
            source.close()

    def read(self, feed: MappedFeed, *, writes: int = -1) -> None:
        """Store what a process reads, until it is killed behind so many writes: of cases, of facts, of the position."""
        for batch in feed.read(self.position):
            for write in (self._know, self._store, self._move):
                if writes == 0:
                    return
                write(batch)
                writes -= 1
            feed.acknowledge(batch.position)

    def _know(self, batch: Batch) -> None:
        self._states |= {state.key: state for state in batch.states}

    def _store(self, batch: Batch) -> None:
        self.facts += batch.facts
        self.refused |= {each.reason for each in batch.rejected}

    def _move(self, batch: Batch) -> None:
        self.position = batch.position
        self._states[""] = State("", batch.position, batch.digest)

    @property
    def holding(self) -> Counter[str]:
        """What the facts that hold say."""
        retracted = {event_id for fact in self.facts for event_id in fact.retracts}
        kept = {
            fact.event_id: fact for fact in self.facts if fact.event_id not in retracted and not fact.retracts
        }
        return Counter(map(said_by, kept.values()))


def said_by(fact: Fact) -> str:
    return repr(sorted(content(fact._replace(recorded_at=None, source_sequence=None)).items()))


def truth(said: Iterable[Payload]) -> tuple[Counter[str], set[str]]:
    """What must hold once all is read: each step, and the last state of each dossier; and what is refused."""
    steps: dict[str, Fact] = {}
    last: dict[str, Snapshot] = {}
    refused: set[str] = set()
    for payload in said:
        try:
            for made in facts_of(connector, payload, now()):
                if isinstance(made, Snapshot):
                    before = last.setdefault(made.case_id, made)
                    if (made.version or 0) >= (before.version or 0):
                        last[made.case_id] = made
                else:
                    steps[made.event_id] = made
        except RejectedInput as error:
            refused.add(error.reason)
    states = {said_by(fact) for snapshot in last.values() for fact in snapshot.facts}
    return Counter([*map(said_by, steps.values()), *states]), refused


def test_two_of_one_seed_say_the_same_and_others_do_not() -> None:
    first, second, other = (list(islice(messages(seed), 300)) for seed in (5, 5, 6))
    assert first == second != other


def messages(seed: int) -> Iterator[object]:
    lives = Lives(seed, NOW)
    while True:
        yield lives.next(NOW)


def test_all_that_can_happen_to_a_dossier_happens_and_all_of_it_in_the_past() -> None:
    kinds: Counter[Kind] = Counter()
    with OnestopRest(3, clock=clock) as rest:
        rest.produce(1_500)
        for payload in rest.said:
            try:
                for made in facts_of(connector, payload, now()):
                    facts = made.facts if isinstance(made, Snapshot) else (made,)
                    assert all(fact.occurred_at < now() for fact in facts)
                    kinds.update(fact.kind for fact in facts)
            except RejectedInput:
                pass
    assert kinds.keys() == {
        Kind.REGISTERED, Kind.ACCEPTED, Kind.REFUSED, Kind.STEP, Kind.SUPPLEMENT_REQUESTED, Kind.SUPPLEMENTED,
        Kind.FEE_REQUESTED, Kind.EXTENDED, Kind.PROCESSED, Kind.RETURNED, Kind.WITHDRAWN, Kind.STOPPED, Kind.UNKNOWN,
    }  # fmt: skip


def test_all_is_read_from_a_service_that_fails_by_processes_that_are_killed_at_any_write() -> None:
    hub = Hub()
    rates = {"status": 0.05, "drop": 0.05, "cut": 0.05, "slow": 0.05}
    with OnestopRest(7, rates=rates, clock=clock) as rest:
        for writes in (1, 2, 5, 4, 6, 0, 8, -1):
            rest.produce(120)
            with hub.feed("rest", url=rest.server.url, first_wait_seconds=0.001, attempts=9) as feed:
                hub.read(feed, writes=writes)
        assert (hub.holding, hub.refused) == truth(rest.said)
    assert any(fact.retracts for fact in hub.facts)


def test_rows_that_move_to_later_pages_while_they_are_read_are_not_lost() -> None:
    hub = Hub()
    with OnestopRest(11, clock=clock) as rest:
        rest.produce(3 * PAGE)
        rest.journal.on_read = lambda _number: rest.produce(5) if len(rest.journal) < 4 * PAGE else None
        with hub.feed("rest", url=rest.server.url) as feed:
            hub.read(feed)
            rest.journal.on_read = lambda _number: None
            hub.read(feed)
        assert len(rest.said) > 3 * PAGE + 5
        assert hub.holding == truth(rest.said)[0]


def test_a_row_that_comes_late_is_read_by_the_next_poll() -> None:
    hub, seconds = Hub(), [float(NOW)]
    with OnestopRest(13, clock=lambda: seconds[0]) as rest, hub.feed("rest", url=rest.server.url) as feed:
        late = 0
        for _ in range(60):
            newest = max((row.seconds for row in rest.journal), default=0)
            rest.produce(3)
            late += any(row.seconds < newest for row in list(rest.journal.truth)[-3:])
            hub.read(feed)
            seconds[0] += 7
        assert late
        assert hub.holding == truth(rest.said)[0]


def test_a_clock_in_another_zone_stamps_rows_and_loses_none() -> None:
    hub = Hub()
    with OnestopRest(17, zone="UTC", clock=clock) as rest:
        for _ in range(3):
            rest.produce(120)
            with hub.feed("rest", url=rest.server.url) as feed:
                hub.read(feed)
        assert hub.holding == truth(rest.said)[0]


def test_whoever_has_another_key_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ONESTOP_KEY", "another")
    with (
        OnestopRest(1, clock=clock) as rest,
        Hub().feed("rest", url=rest.server.url) as feed,
        pytest.raises(AuthenticationError),
    ):
        next(iter(feed.read(None)))


def test_a_folder_is_read_to_its_end_and_all_of_it_put_away(tmp_path: Path) -> None:
    hub, folder = Hub(), OnestopFolder(19, tmp_path, clock=clock)
    with folder:
        for writes in (2, 4, -1):
            for _ in range(40):
                folder.produce(8)
            with hub.feed("folder", path=tmp_path / "messages") as feed:
                hub.read(feed, writes=writes)
        assert (hub.holding, hub.refused) == truth(folder.said)
        assert Counter(each.body for each in folder.acknowledged) == Counter(
            each.body for each in folder.said
        )


def test_the_feeds_are_those_of_the_connector(tmp_path: Path) -> None:
    for name, make in FEEDS.items():
        with make(1, tmp_path) as simulator:
            simulator.produce(3)
            assert len(simulator.said) >= 3
            assert not simulator.acknowledged
            assert name in simulator.run_options
            assert simulator.connector.name == "onestop"
    assert FEEDS.keys() == connector.feeds.keys()
