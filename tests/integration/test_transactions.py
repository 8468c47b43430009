"""Whole transactions or nothing, and an end to every call, on a real broker with rivals and pauses."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from egovhub.errors import ConfigurationError, RetryLater

from deploy.embedded import EmbeddedKafka
from services.settings import Settings
from services.transactions import Fenced, Group, InDoubt, TransactionalPublisher, read_back


class Hub:
    """Names of this test's topics, and publishers that are stopped however the test ends."""

    def __init__(self, settings: Settings) -> None:
        self.client = settings.kafka_options()
        self.tallies = settings.topic("hub.tallies")
        self.letters = settings.topic("hub.dead-letters")
        self.id = settings.transactional_id("hub-worker-3")
        self._settings = settings

    @asynccontextmanager
    async def publisher(
        self, deadline_seconds: float = 30.0, kind: type[TransactionalPublisher] = TransactionalPublisher
    ) -> AsyncIterator[TransactionalPublisher]:
        publisher = kind(self.client, self.id, deadline_seconds=deadline_seconds)
        await publisher.start()
        try:
            yield publisher
        finally:
            await publisher.stop()

    async def rows(self, partition: int = 3) -> dict[bytes, bytes]:
        return await read_back(self.client, self.tallies, partition)

    def group(self, *records: tuple[bytes, bytes | None], partition: int = 3) -> Group:
        return self.tallies, partition, records


@pytest.fixture
def hub(settings: Settings, topics: None) -> Hub:
    return Hub(settings)


@contextmanager
def paused(kafka: EmbeddedKafka) -> Iterator[None]:
    """The broker answers nothing and its connections stay open."""
    kafka.pause()
    try:
        yield
    finally:
        kafka.resume()


def test_a_transaction_over_two_topics_is_read_back_whole(hub: Hub) -> None:
    async def scenario() -> None:
        async with hub.publisher() as publisher:
            await publisher.publish([hub.group((b"a", b"1"), (b"b", b"2")), (hub.letters, 0, [(b"l", b"x")])])
            await publisher.publish([hub.group((b"a", b"3"), (b"b", None)), (hub.letters, 0, [])])
        assert await hub.rows() == {b"a": b"3"}
        assert await read_back(hub.client, hub.letters, 0) == {b"l": b"x"}

    asyncio.run(scenario())


def test_the_last_record_of_the_last_group_is_the_last_of_its_partition(hub: Hub) -> None:
    async def scenario() -> None:
        records = [(b"row %d" % n, os.urandom(1000)) for n in range(2500)]
        async with hub.publisher() as publisher:
            await publisher.publish([(hub.letters, 3, records), hub.group(*records, (b'"marker"', b"m"))])
        keys = list(await hub.rows())
        assert keys == [key for key, _ in records] + [b'"marker"']

    asyncio.run(scenario())


def test_a_record_larger_than_a_batch_is_published(hub: Hub) -> None:
    letter = os.urandom(1_500_000)

    async def scenario() -> None:
        async with hub.publisher() as publisher:
            await publisher.publish([(hub.letters, 3, [(b"a", b"1"), (b"big", letter), (b"z", b"2")])])
        assert await read_back(hub.client, hub.letters, 3) == {b"a": b"1", b"big": letter, b"z": b"2"}

    asyncio.run(scenario())


def test_an_empty_partition_is_read_back_as_nothing(hub: Hub) -> None:
    assert asyncio.run(hub.rows()) == {}


def test_the_check_is_given_the_brokers_instant(hub: Hub) -> None:
    instants: list[int] = []

    async def scenario() -> None:
        async with hub.publisher() as publisher:
            before = time.time_ns() // 1_000_000
            await publisher.publish(
                [(hub.letters, 3, [(b"l", b"x")]), hub.group((b"a", b"1"))], instants.append
            )
            assert before <= instants[0] <= time.time_ns() // 1_000_000

    asyncio.run(scenario())


def test_a_refused_check_publishes_nothing_and_the_next_transaction_is_whole(hub: Hub) -> None:
    def refuse(_: int) -> None:
        raise RetryLater("the clocks differ")

    async def scenario() -> None:
        async with hub.publisher() as publisher:
            await publisher.publish([hub.group((b"a", b"1"))])
            with pytest.raises(RetryLater, match="the clocks differ"):
                await publisher.publish([hub.group((b"a", b"2"), (b"b", b"2"))], refuse)
            assert await hub.rows() == {b"a": b"1"}
            await publisher.publish([hub.group((b"c", b"3"))])
        assert await hub.rows() == {b"a": b"1", b"c": b"3"}

    asyncio.run(scenario())


def test_a_check_needs_a_topic_with_the_brokers_time(hub: Hub) -> None:
    async def scenario() -> None:
        async with hub.publisher() as publisher:
            with pytest.raises(ConfigurationError, match="LogAppendTime"):
                await publisher.publish([(hub.letters, 3, [(b"l", b"x")])], lambda _: None)
        assert await read_back(hub.client, hub.letters, 3) == {}

    asyncio.run(scenario())


def test_a_later_publisher_fences_an_earlier_one_when_it_sends(hub: Hub) -> None:
    async def scenario() -> None:
        async with hub.publisher() as old, hub.publisher() as new:
            await new.publish([hub.group((b"a", b"new"))])
            with pytest.raises(Fenced, match="hub-worker-3"):
                await old.publish([hub.group((b"a", b"old"), (b"z", b"old"))])
            with pytest.raises(InDoubt, match="spent"):
                await old.publish([hub.group((b"a", b"old"))])
            await new.publish([hub.group((b"b", b"new"))])
        assert await hub.rows() == {b"a": b"new", b"b": b"new"}

    asyncio.run(scenario())


def test_a_later_publisher_fences_an_earlier_one_when_it_commits(hub: Hub) -> None:
    async def scenario() -> None:
        async with hub.publisher() as first:
            await first.publish([hub.group((b"a", b"first"))])
        successor = TransactionalPublisher(hub.client, hub.id)

        class Overtaken(TransactionalPublisher):
            async def _append(self, groups: object) -> int:
                appended_at = await super()._append(groups)  # type: ignore[arg-type]
                await successor.start()
                return appended_at

        async with hub.publisher(kind=Overtaken) as old:
            with pytest.raises(Fenced):
                await old.publish([hub.group((b"a", b"old"), (b"z", b"old"))])
        assert await hub.rows() == {b"a": b"first"}
        await successor.publish([hub.group((b"b", b"new"))])
        await successor.stop()
        assert await hub.rows() == {b"a": b"first", b"b": b"new"}

    asyncio.run(scenario())


def test_the_rows_of_an_aborted_transaction_are_in_the_log_and_invisible(hub: Hub) -> None:
    def refuse(_: int) -> None:
        raise RetryLater("no")

    async def scenario() -> None:
        async with hub.publisher() as publisher:
            with pytest.raises(RetryLater):
                await publisher.publish([hub.group((b"a", b"1"))], refuse)
        partition = TopicPartition(hub.tallies, 3)
        async with AIOKafkaConsumer(**hub.client, auto_offset_reset="earliest") as consumer:
            consumer.assign([partition])
            assert (await consumer.getone(partition)).value == b"1"
        assert await hub.rows() == {}

    asyncio.run(scenario())


def test_reading_back_waits_for_an_open_transaction(hub: Hub) -> None:
    async def scenario() -> None:
        async with hub.publisher() as publisher:
            await publisher.publish([hub.group((b"a", b"1"))])
            await publisher._append([hub.group((b"a", b"2"))])
            with pytest.raises(RetryLater, match="cannot be read back"):
                await read_back(hub.client, hub.tallies, 3, stall_seconds=1)
            reading = asyncio.create_task(hub.rows())
            await asyncio.sleep(0.3)
            assert not reading.done()
            await publisher._producer.commit_transaction()
            assert await reading == {b"a": b"2"}

    asyncio.run(scenario())


def test_a_partition_that_is_not_there_is_a_configuration_error(hub: Hub) -> None:
    async def scenario() -> None:
        async with hub.publisher() as publisher:
            with pytest.raises(ConfigurationError, match=r"hub\.tallies/12"):
                await publisher.publish([hub.group((b"a", b"1"), partition=12)])

    asyncio.run(scenario())


def test_a_record_the_topic_does_not_take_is_a_configuration_error(hub: Hub) -> None:
    async def scenario() -> None:
        async with hub.publisher() as publisher:
            with pytest.raises(ConfigurationError, match=r"hub\.tallies: .*MessageSizeTooLarge"):
                await publisher.publish([hub.group((b"a", os.urandom(1_200_000)))])
        assert await hub.rows() == {}

    asyncio.run(scenario())


def settled_after_pause(hub: Hub, kafka: EmbeddedKafka, *, pause_at: Callable[[int], None] | None) -> bytes:
    """What stands of a transaction that was in doubt, as the next publisher finds it."""

    async def scenario() -> bytes:
        async with hub.publisher(deadline_seconds=2) as publisher:
            await publisher.publish([hub.group((b"a", b"before"))])
            publishing = publisher.publish([hub.group((b"a", b"in doubt"))], pause_at)
            if pause_at is None:
                kafka.pause()
            with pytest.raises(InDoubt):
                await publishing
            await publisher.stop()
            kafka.resume()
        async with hub.publisher() as publisher:
            found = (await hub.rows())[b"a"]
            await publisher.publish([hub.group((b"a", b"after"))])
        assert await hub.rows() == {b"a": b"after"}
        return found

    try:
        return asyncio.run(asyncio.wait_for(scenario(), 60))
    finally:
        kafka.resume()


def test_a_broker_paused_before_the_records_leaves_them_in_doubt_and_they_never_stand(
    hub: Hub, kafka: EmbeddedKafka
) -> None:
    assert settled_after_pause(hub, kafka, pause_at=None) == b"before"


def test_a_broker_paused_before_the_commit_leaves_it_in_doubt_and_the_next_start_settles_it(
    hub: Hub, kafka: EmbeddedKafka
) -> None:
    found = settled_after_pause(hub, kafka, pause_at=lambda _: kafka.pause())
    assert found in (b"before", b"in doubt")


def test_a_paused_broker_is_told_at_start_and_while_reading_back(hub: Hub, kafka: EmbeddedKafka) -> None:
    async def scenario() -> None:
        with pytest.raises(RetryLater, match="hub-worker-3"):
            await TransactionalPublisher(hub.client, hub.id, deadline_seconds=1).start()
        with pytest.raises(RetryLater, match="cannot be read back"):
            await read_back(hub.client, hub.tallies, 3, stall_seconds=1)

    with paused(kafka):
        asyncio.run(asyncio.wait_for(scenario(), 30))


def test_nothing_is_left_running_after_a_failure(hub: Hub, kafka: EmbeddedKafka) -> None:
    async def scenario() -> None:
        async with hub.publisher(deadline_seconds=1) as publisher:
            with paused(kafka):
                with pytest.raises(InDoubt):
                    await publisher.publish([hub.group((b"a", b"1")), (hub.letters, 3, [(b"l", b"x")])])
                await publisher.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())
