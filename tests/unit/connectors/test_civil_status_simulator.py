"""The connector against a simulated register: whatever goes wrong, what holds in the end is what was said."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event
from typing import Any, Final

import pytest
from civil_status.connector import connector
from egovhub.codec import decode_fact
from egovhub.connector import Context, Entry
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.loading import changed
from egovhub.mapped import MappedFeed
from egovhub.origin import content, digest
from egovhub.publisher import MemoryPublisher
from egovhub.rest import ByNumber
from egovhub.runner import Runner
from egovhub.runner_metrics import ConnectorMetrics
from egovhub.runner_options import Backoff, Options

from tests.simulators.civil_status import FEEDS, CivilStatus

EVENING: Final = datetime(2026, 11, 10, 15, tzinfo=UTC).timestamp()
"""Ten in the evening in Vietnam on 10 November 2026."""
HOUR: Final = 3_600.0
PAGES: Final = ByNumber(parameter="trang", size_parameter="soDong", size=20)


class Clock:
    """Seconds since the epoch, set by hand."""

    def __init__(self) -> None:
        self.now = EVENING

    def __call__(self) -> float:
        return self.now

    def millis(self) -> int:
        return int(self.now * 1000)


class Hub:
    """What is stored, and connector processes that read a register into it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.publisher = MemoryPublisher()

    def read(self, system: CivilStatus, **settings: Any) -> int:
        """A new process reads the register to its end; how many facts were stored."""
        own = {"url": system.server.url, "first_wait_seconds": 0.001, **settings}
        stopping = Event()
        source = changed(connector.feeds["rest"], own).open(Context(self._clock.millis, stopping, once=True))
        feed = MappedFeed(connector, source, self._clock.millis)
        metrics = ConnectorMetrics("civil-status", "civil-status", self._clock.millis)
        options = Options(once=True, backoff=Backoff(0.001, 0.01), keep_going=True)
        runner = Runner("civil-status", feed, self.publisher, metrics, self._clock.millis, stopping, options)
        try:
            return runner.run().published
        finally:
            feed.close()

    @property
    def facts(self) -> list[Fact]:
        return [decode_fact(each.value or b"") for each in self.publisher.records("facts")]

    @property
    def letters(self) -> int:
        return len({each.key for each in self.publisher.records("hub.dead-letters")})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hub(clock: Clock) -> Hub:
    return Hub(clock)


@pytest.fixture
def register(clock: Clock) -> Iterator[Callable[..., CivilStatus]]:
    opened: list[CivilStatus] = []

    def make(**more: Any) -> CivilStatus:
        opened.append(CivilStatus(7, clock=clock, **more))
        return opened[-1].__enter__()

    yield make
    for each in opened:
        each.__exit__()


def mark(fact: Fact) -> tuple[str, str]:
    return fact.case_id, digest(content(fact))


def holding(hub: Hub) -> set[tuple[str, str]]:
    retracted = {event_id for each in hub.facts for event_id in each.retracts}
    return {mark(each) for each in hub.facts if not each.retracts and each.event_id not in retracted}


def truth(system: CivilStatus) -> tuple[set[tuple[str, str]], int]:
    """What must hold, and how many inputs cannot be facts."""
    records: dict[str, Entry] = {}
    refused = set()
    for payload in system.said:
        try:
            for made in connector.mapping(payload):
                assert isinstance(made, Entry)
                before = records.get(made.record)
                records[made.record] = made.after(before) if before else made
        except RejectedInput:
            refused.add(sha256(payload.body).digest())
    return {mark(fact) for each in records.values() for fact in each.facts}, len(refused)


def assert_all_read(system: CivilStatus, hub: Hub) -> None:
    holds, refused = truth(system)
    assert holding(hub) == holds
    assert hub.letters == refused


def test_everything_is_read_though_rows_come_late_and_twice_and_days_change(
    register: Callable[..., CivilStatus], hub: Hub, clock: Clock
) -> None:
    system = register()
    for _ in range(4):
        for _ in range(30):
            clock.now += HOUR / 4
            system.produce(2)
        hub.read(system)
    assert_all_read(system, hub)
    assert hub.read(system) == 0
    moved = {each.case_id.partition(":")[0] for each in hub.facts if each.retracts}
    assert moved == {"civil-status"}
    assert hub.letters > 0


def test_answers_that_go_wrong_lose_nothing(
    register: Callable[..., CivilStatus], hub: Hub, clock: Clock
) -> None:
    rates = {"status": 0.1, "slow": 0.05, "drop": 0.05, "cut": 0.05, "garbage": 0.02}
    system = register(rates=rates)
    for _ in range(3):
        clock.now += 60
        system.produce(50)
        hub.read(system, attempts=20)
    assert_all_read(system, hub)


def test_days_cut_by_a_clock_in_another_zone_lose_nothing(
    register: Callable[..., CivilStatus], hub: Hub, clock: Clock
) -> None:
    system = register(zone="UTC")
    for _ in range(5):
        clock.now += 3 * HOUR
        system.produce(20)
        hub.read(system)
    assert_all_read(system, hub)


def test_a_row_of_the_last_second_that_comes_after_midnight_is_read(
    register: Callable[..., CivilStatus], hub: Hub, clock: Clock
) -> None:
    system = register()
    clock.now = EVENING + 2 * HOUR + 30
    hub.read(system)
    clock.now = EVENING + 2 * HOUR - 1
    system.produce(40)
    clock.now = EVENING + 2 * HOUR + 60
    assert hub.read(system) > 40
    assert_all_read(system, hub)


def test_pages_that_shift_while_they_are_read_lose_nothing(
    register: Callable[..., CivilStatus], hub: Hub, clock: Clock
) -> None:
    system = register(most=20)
    for _ in range(150):
        clock.now += 20
        system.produce(3)
    answers = iter(range(10**6))

    def shift() -> None:
        if next(answers) % 9 == 0 and len(system.said) < 540:
            clock.now += 20
            system.produce(10)

    system.before_answer = shift
    hub.read(system, paging=PAGES)
    assert len(system.said) > 500
    hub.read(system, paging=PAGES)
    assert_all_read(system, hub)


def test_two_registers_of_one_seed_say_the_same(register: Callable[..., CivilStatus]) -> None:
    one, other = register(), register()
    one.produce(50)
    other.produce(20)
    other.produce(30)
    assert one.said == other.said


def test_the_register_refuses_what_it_does_not_know(register: Callable[..., CivilStatus]) -> None:
    system = register()
    client = changed(connector.feeds["rest"], {"url": system.server.url, "each": {"module": ("XX",)}})
    source = client.open(Context(lambda: int(EVENING * 1000), Event(), once=True))
    with pytest.raises(Exception, match="400"):
        list(source.read(None))
    source.close()


def test_the_register_can_be_asked_for_by_the_name_of_its_feed(tmp_path: Any) -> None:
    (name, make), *more = FEEDS.items()
    assert (name, more) == ("rest", [])
    with make(1, tmp_path) as made:
        assert made.connector.name == "civil_status"
