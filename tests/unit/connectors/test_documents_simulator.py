from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event

import pytest
from documents.connector import connector
from egovhub.connector import Context, FeedSettings, Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.loading import changed
from egovhub.mapped import MappedFeed, facts_of

from tests.simulators.documents import FEEDS, KEY, DocumentAxis, DocumentFolder
from tests.simulators.documents_stories import Stories

NOW = 1_795_000_000.0
"""A clock that stands still, so that two simulators of one seed say the same."""


def clock() -> float:
    return NOW


def now() -> int:
    return int(NOW * 1000)


@contextmanager
def feed(name: str, **settings: object) -> Iterator[MappedFeed]:
    opened: FeedSettings = changed(connector.feeds[name], settings)
    source = MappedFeed(connector, opened.open(Context(now, Event(), once=True)), now)
    try:
        yield source
    finally:
        source.close()


def made(payload: Payload) -> list[Fact]:
    return [fact for fact in facts_of(connector, payload, now()) if isinstance(fact, Fact)]


def truth(simulator: DocumentAxis | DocumentFolder) -> tuple[set[str], int]:
    """Ids of the facts that must come, and how many messages are refused."""
    ids, refused = set(), 0
    for payload in simulator.said:
        try:
            ids |= {fact.event_id for fact in made(payload)}
        except RejectedInput:
            refused += 1
    return ids, refused


def test_two_of_one_seed_say_the_same_and_others_do_not() -> None:
    first, second, other = (list(islice(Stories(seed, clock), 300)) for seed in (5, 5, 6))
    assert first == second != other


def test_all_forms_and_codes_come_and_nearly_all_can_be_read() -> None:
    kinds: Counter[Kind] = Counter()
    refused: Counter[str] = Counter()
    with DocumentAxis(3, clock=clock) as axis:
        axis.produce(2_000)
        for payload in axis.said:
            try:
                kinds.update(fact.kind for fact in made(payload))
            except RejectedInput as error:
                refused[error.reason] += 1
    assert kinds.keys() == {
        Kind.REGISTERED, Kind.RECEIVED, Kind.ACCEPTED, Kind.REFUSED, Kind.STEP, Kind.PROCESSED, Kind.WITHDRAWN,
        Kind.STOPPED,
    }  # fmt: skip
    assert refused.keys() == {"unknown-unit", "bad-attachment", "no-such-date", "not-xml", "hash-mismatch"}
    assert refused.total() < 60


def test_a_mailbox_is_emptied_and_each_message_told_once_it_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HUB_DOCUMENTS_KEY", KEY)
    with DocumentAxis(7, rates={"status": 0.03, "drop": 0.03, "cut": 0.03}, clock=clock) as axis:
        axis.produce(300)
        ids, refused = truth(axis)
        read, letters, told = set(), set(), 0
        with feed("mailbox", url=axis.server.url, first_wait_seconds=0.001, attempts=9) as source:
            for batch in source.read(None):
                assert len(axis.acknowledged) == told
                read |= {fact.event_id for fact in batch.facts}
                letters |= {rejection.identity for rejection in batch.rejected}
                source.acknowledge(batch.position)
                told = len(axis.acknowledged)
        assert (read, len(letters)) == (ids, refused)
        assert axis.mailbox.waiting == []
        assert {each.identity for each in axis.acknowledged} == {each.identity for each in axis.said}


def test_a_mailbox_that_does_not_know_the_key_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DOCUMENTS_KEY", "another")
    with DocumentAxis(7, clock=clock) as axis:
        axis.produce(3)
        with feed("mailbox", url=axis.server.url) as source, pytest.raises(Exception, match="401"):
            list(source.read(None))
        assert axis.acknowledged == []


def test_a_folder_gives_each_message_and_puts_its_file_away(tmp_path: Path) -> None:
    folder = DocumentFolder(7, tmp_path, clock=clock)
    folder.produce(300)
    ids, refused = truth(folder)
    read, letters = set(), set()
    with feed("folder", path=folder.dropper.folder) as source:
        for batch in source.read(None):
            assert not folder.acknowledged
            read |= {fact.event_id for fact in batch.facts}
            letters |= {rejection.identity for rejection in batch.rejected}
            source.acknowledge(batch.position)
    assert (read, len(letters)) == (ids, refused)
    assert {each.body for each in folder.acknowledged} == {each.body for each in folder.said}


@pytest.mark.parametrize("name", list(FEEDS))
def test_the_demo_finds_a_simulator_for_each_feed(name: str, tmp_path: Path) -> None:
    assert list(FEEDS) == list(connector.feeds)
    with FEEDS[name](1, tmp_path) as simulator:
        simulator.produce(2)
        assert len(simulator.said) >= 2
        assert simulator.run_options[:2] == ["--feed", name]
