"""The connector against its simulated system: whatever goes wrong, everything that was said comes out."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event
from typing import Any

import pytest
from business_registration.connector import connector
from egovhub.connector import Context, Payload, Rejection
from egovhub.errors import ContractError, RejectedInput, RetryLater
from egovhub.events import Fact, Kind
from egovhub.loading import changed
from egovhub.mapped import MappedFeed
from egovhub.rest import Windows

from tests.simulators.business_registration import FEEDS, BusinessRegistration

NOON = int(datetime(2026, 11, 10, 5, tzinfo=UTC).timestamp())
"""Noon in Vietnam on 10 November 2026."""

Facts = dict[str, Fact]
Make = Callable[..., BusinessRegistration]


class Reader:
    """A connector process on a simulator, and all it gave."""

    def __init__(
        self, system: BusinessRegistration, feed: str, clock: Callable[[], float], **settings: Any
    ) -> None:
        context = Context(lambda: int(clock() * 1000), Event(), once=True)
        wanted = {"url": system.server.url, "first_wait_seconds": 0.001, "attempts": 20, **settings}
        source = changed(connector.feeds[feed], wanted).open(context)
        self.feed = MappedFeed(connector, source, context.clock)
        self.position: str | None = None
        self.facts: Facts = {}
        self.published = 0
        self.rejected: list[Rejection] = []

    def poll(self) -> int:
        """Read to the end; how many facts came."""
        before = self.published
        for batch in self.feed.read(self.position):
            self.position = batch.position
            self.published += len(batch.facts)
            self.facts |= {fact.event_id: fact for fact in batch.facts}
            self.rejected += batch.rejected
        return self.published - before

    def patient(self) -> int:
        """The same, again and again as the runner does it."""
        while True:
            try:
                return self.poll()
            except RetryLater:
                continue


class Clock:
    """Seconds since the epoch, set by hand."""

    def __init__(self) -> None:
        self.now = float(NOON)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def system(clock: Clock) -> Iterator[Make]:
    opened = []

    def make(feed: str = "register", seed: int = 7, **more: Any) -> BusinessRegistration:
        made = BusinessRegistration(seed, feed, clock=clock, **more)
        opened.append(made)
        return made.__enter__()

    yield make
    for each in opened:
        each.__exit__(None, None, None)


@pytest.fixture
def read(clock: Clock) -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def make(system: BusinessRegistration, feed: str = "register", **settings: Any) -> Reader:
        readers.append(Reader(system, feed, clock, **settings))
        return readers[-1]

    yield make
    for each in readers:
        each.feed.close()


def truth(said: list[Payload]) -> tuple[Facts, set[str]]:
    """The facts of what was said, and the hashes of what cannot be mapped."""
    facts: Facts = {}
    refused = set()
    for payload in said:
        try:
            facts |= {fact.event_id: fact for fact in connector.mapping(payload) if isinstance(fact, Fact)}
        except RejectedInput:
            refused.add(payload.digest)
    return facts, refused


def assert_all_read(system: BusinessRegistration, reader: Reader) -> None:
    facts, refused = truth(list(system.said))
    assert reader.facts == facts
    assert {sha256(each.body or b"").hexdigest() for each in reader.rejected} == refused


@pytest.mark.parametrize("feed", FEEDS)
def test_everything_is_read_once_though_rows_come_late_and_twice(
    system: Make, read: Callable[..., Reader], clock: Clock, feed: str
) -> None:
    source = system(feed)
    reader = read(source, feed)
    for _ in range(6):
        source.produce(120)
        clock.now += 3_600
        assert reader.poll() > 0
    assert_all_read(source, reader)
    assert reader.poll() == 0
    assert len(reader.facts) > 600
    assert len(reader.rejected) > 2


@pytest.mark.parametrize("feed", FEEDS)
def test_answers_that_go_wrong_lose_nothing(system: Make, read: Callable[..., Reader], feed: str) -> None:
    rates = {"status": 0.15, "slow": 0.1, "drop": 0.1, "cut": 0.1}
    source = system(feed, rates=rates)
    reader = read(source, feed)
    for _ in range(6):
        source.produce(150)
        reader.patient()
    assert_all_read(source, reader)


def test_rows_that_move_while_pages_are_read_are_not_missed(
    system: Make, read: Callable[..., Reader]
) -> None:
    source = system("today")
    source.produce(700)
    late = source.journal.truth[-1]
    early = replace(late, seconds=NOON - 7 * 3_600, brief=late.brief.replace(b"2611-", b"2611-9"))
    source.journal.on_read = lambda number: source.journal.insert(0, early) if number == 4 else None
    reader = read(source, "today")
    reader.poll()
    assert early.brief in [payload.body for payload in source.said]
    assert_all_read(source, reader)


def test_rows_that_go_while_pages_are_read_take_no_others_with_them(
    system: Make, read: Callable[..., Reader]
) -> None:
    source = system("today")
    source.produce(700)
    gone = source.journal.truth[0]
    source.journal.on_read = lambda number: source.journal.remove(gone) if number == 4 else None
    reader = read(source, "today")
    reader.poll()
    assert_all_read(source, reader)


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("zone", ["UTC", "America/Lima", "Asia/Tokyo"])
def test_a_clock_in_another_zone_changes_no_fact(
    system: Make, read: Callable[..., Reader], clock: Clock, feed: str, zone: str
) -> None:
    here, there = system(feed), system(feed, zone=zone)
    reader = read(there, feed)
    for hours in (5, 7, 9):
        here.produce(60)
        there.produce(60)
        clock.now += hours * 3_600
        reader.poll()
    assert_all_read(there, reader)
    assert reader.facts == truth(list(here.said))[0]


def test_the_list_of_the_day_tells_of_the_same_facts_and_says_less(
    system: Make, read: Callable[..., Reader]
) -> None:
    source = system()
    source.produce(200)
    register, today = read(source), read(source, "today")
    register.poll()
    today.poll()
    assert len(today.facts) > 100
    for name, fact in today.facts.items():
        if name in register.facts:
            assert register.facts[name]._replace(due_at=None, recorded_at=None) == fact
    refused = {json.loads(each.body or b"")["IN_JOURNAL_NO"] for each in register.rejected}
    surplus = [fact for name, fact in today.facts.items() if name not in register.facts]
    assert {fact.case_id.partition(":")[2] for fact in surplus} <= refused


def test_the_register_is_asked_for_five_days_at_most(system: Make, read: Callable[..., Reader]) -> None:
    source = system()
    reader = read(source)
    reader.poll()
    asked = [(each.query["from_date"], each.query["to_date"]) for each in source.server.requests]
    assert asked == [("2026-11-01", "2026-11-05"), ("2026-11-06", "2026-11-10")]
    windows = Windows(start_parameter="from_date", end_parameter="to_date", days=6, overlap_days=9)
    with pytest.raises(ContractError, match="400"):
        read(source, windows=windows).poll()


def test_the_day_is_asked_for_by_seconds_of_vietnamese_days(
    system: Make, read: Callable[..., Reader]
) -> None:
    source = system("today")
    read(source, "today").poll()
    midnight = NOON - 12 * 3_600
    asked = [(int(each.query["from_ts"]), int(each.query["to_ts"])) for each in source.server.requests]
    assert asked == [(midnight - 86_400, midnight - 1), (midnight, midnight + 86_399)]
    assert {(each.query["offset"], each.query["limit"]) for each in source.server.requests} == {("0", "200")}


def test_single_dossiers_are_asked_for_by_the_settings(system: Make, read: Callable[..., Reader]) -> None:
    source = system()
    source.produce(50)
    numbers = [row.number for row in source.journal.truth[:2]]
    with pytest.raises(ContractError, match="400"):
        read(source, "status").poll()
    reader = read(source, "status", each={"in_journal_no": tuple(numbers)})
    reader.poll()
    assert {fact.case_id for fact in reader.facts.values()} == {
        f"business-registration:{number}" for number in numbers
    }
    assert reader.facts.items() <= truth(list(source.said))[0].items()


def test_a_process_that_starts_again_reads_on(
    system: Make, read: Callable[..., Reader], clock: Clock
) -> None:
    source = system()
    source.produce(100)
    first = read(source)
    first.poll()
    clock.now += 4 * 86_400
    source.produce(100)
    second = read(source)
    second.position = first.position
    second.poll()
    second.facts |= first.facts
    second.rejected += first.rejected
    assert_all_read(source, second)


def _produced(source: BusinessRegistration) -> BusinessRegistration:
    source.produce(100)
    return source


def test_of_one_seed_the_system_says_the_same(system: Make) -> None:
    assert _bodies(_produced(system(seed=1))) == _bodies(_produced(system(seed=1)))
    assert _bodies(_produced(system(seed=1))) != _bodies(_produced(system(seed=2)))


def _bodies(source: BusinessRegistration) -> list[bytes]:
    return [payload.body for payload in source.said]


def test_the_system_has_all_that_is_odd(system: Make) -> None:
    source = system()
    source.produce(2_000)
    facts, refused = truth(list(source.said))
    kinds = Counter(fact.kind for fact in facts.values())
    assert {
        Kind.REGISTERED,
        Kind.RECEIVED,
        Kind.ACCEPTED,
        Kind.SUPPLEMENT_REQUESTED,
        Kind.SUPPLEMENTED,
    } <= kinds.keys()
    assert {
        Kind.REFUSED,
        Kind.PROCESSED,
        Kind.RETURNED,
        Kind.WITHDRAWN,
        Kind.STOPPED,
        Kind.UNKNOWN,
    } <= kinds.keys()
    valid = Counter(fact.details.get("is_code_valid") for fact in facts.values() if fact.source_status)
    assert set(valid) == {True, False, None}
    assert refused
    assert len(source.said) > 2_000
    assert all(fact.occurred_at <= NOON * 1000 for fact in facts.values())
    codes = {json.loads(payload.body)["ENTERPRISE_GDT_CODE"] for payload in source.said} - {None}
    assert not any(code in repr(fact) for fact in list(facts.values())[:200] for code in codes)
