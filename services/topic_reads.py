"""Reads what is committed in some partitions: once to their present ends, or between offsets.

For commands that look and go; the worker and the stage follow their topics by themselves.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from egovhub.errors import RetryLater

from services.settings import Settings

STALL_SECONDS: Final = 30.0
"""A broker that hands out nothing for so long, with more to come, is taken for absent."""

_READ: Final = 2_000
_LARGEST_FETCH: Final = 4 << 20

Report = Callable[[int, int], None]
"""Told how many offsets were read so far, and of how many."""


@contextlib.asynccontextmanager
async def consumer_of(settings: Settings, topic: str) -> AsyncIterator[Any]:
    """A consumer of no group that sees what is committed, from the oldest record there is.

    Args:
        topic: named in an error, as the contract does.

    Raises:
        RetryLater: the broker does not answer, now or while the block runs.
    """
    consumer = AIOKafkaConsumer(
        **settings.kafka_options(),
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        max_partition_fetch_bytes=_LARGEST_FETCH,
        fetch_max_wait_ms=100,
    )
    try:
        await consumer.start()
        yield consumer
    except (KafkaError, TimeoutError, OSError) as error:
        raise RetryLater(
            f"{settings.topic(topic)}: cannot be read ({type(error).__name__}); try again"
        ) from error
    finally:
        with contextlib.suppress(KafkaError, TimeoutError, OSError):
            async with asyncio.timeout(STALL_SECONDS):
                await consumer.stop()


async def read_to_end(
    consumer: Any, tps: Sequence[TopicPartition], take: Callable[[Any], None], report: Report
) -> None:
    """Hand over the records of all partitions up to where each ended when it first answered."""
    consumer.assign(tps)
    starts: dict[TopicPartition, int] = await consumer.beginning_offsets(tps)
    at, ends = dict(starts), dict[TopicPartition, int]()

    def has_ended(tp: TopicPartition) -> bool:
        return tp in ends and at[tp] >= ends[tp]

    async with asyncio.timeout(STALL_SECONDS) as stall:
        while waiting := [tp for tp in tps if not has_ended(tp)]:
            moved = await _read(consumer, waiting, at, take)
            for tp in waiting:
                end = consumer.last_stable_offset(tp)
                if tp not in ends and end is not None:
                    ends[tp], moved = end, True
            if moved:
                stall.reschedule(asyncio.get_running_loop().time() + STALL_SECONDS)
            report(_distance(starts, at), _distance(starts, ends))


async def read_between(
    consumer: Any, ranges: Mapping[TopicPartition, tuple[int, int]], take: Callable[[Any], None]
) -> None:
    """Hand over the records of each partition from one offset to before another, and perhaps some more."""
    consumer.assign(list(ranges))
    for tp, (start, _) in ranges.items():
        consumer.seek(tp, start)
    at = {tp: start for tp, (start, _) in ranges.items()}
    async with asyncio.timeout(STALL_SECONDS) as stall:
        while waiting := [tp for tp, (_, end) in ranges.items() if at[tp] < end]:
            if await _read(consumer, waiting, at, take):
                stall.reschedule(asyncio.get_running_loop().time() + STALL_SECONDS)


async def _read(
    consumer: Any,
    tps: Sequence[TopicPartition],
    at: dict[TopicPartition, int],
    take: Callable[[Any], None],
) -> bool:
    """Take what is there of some partitions and note where each stands; whether one of them moved."""
    read = await consumer.getmany(*tps, timeout_ms=100, max_records=_READ)
    for records in read.values():
        for record in records:
            take(record)
    before = dict(at)
    for tp in tps:
        at[tp] = await consumer.position(tp)
    return before != at


def _distance(starts: Mapping[TopicPartition, int], ends: Mapping[TopicPartition, int]) -> int:
    return sum(max(end - starts[tp], 0) for tp, end in ends.items())
