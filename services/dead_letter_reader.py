"""Reads hub.dead-letters and its decisions: once to their present ends, without payloads, or some letters whole.

A letter may be as large as the largest record, so payloads are read for the letters that are asked for, a chunk
at a time, by the places that the first reading found.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from egovhub.errors import RetryLater

from services.dead_letters import DECISIONS, LETTERS, Letter, Letters, Stored, record_of
from services.settings import Settings
from services.topics import topic_named

STALL_SECONDS: Final = 30.0
"""A broker that hands out nothing for so long, with more to come, is taken for absent."""

CHUNK_LETTERS: Final = 500
CHUNK_BYTES: Final = 16_000_000
_READ: Final = 2_000
_LARGEST_FETCH: Final = 4 << 20

Report = Callable[[int, int], None]
"""Told how many offsets were read so far, and of how many."""


async def read_letters(settings: Settings, report: Report) -> Letters:
    """Every letter and decision committed so far.

    Raises:
        RetryLater: the broker does not answer.
    """
    letters = Letters()
    takers = {settings.topic(LETTERS): letters.take_letter, settings.topic(DECISIONS): letters.take_decision}
    async with consumer_of(settings) as consumer:
        await _read_to_end(consumer, places(settings), lambda record: takers[record.topic](record), report)
    return letters


def chunks(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    """The letters in the order of their places, in parts of bounded size."""
    part: list[Letter] = []
    size = 0
    for letter in sorted(letters, key=lambda letter: letter.place):
        if part and (len(part) == CHUNK_LETTERS or size + letter.size > CHUNK_BYTES):
            yield part
            part, size = [], 0
        part.append(letter)
        size += letter.size
    if part:
        yield part


async def fetch(settings: Settings, letters: Collection[Letter]) -> dict[str, dict[str, Any]]:
    """All that some letters hold, by key.

    Raises:
        RetryLater: the broker does not answer, or a letter is no longer where it was.
    """
    topic = settings.topic(LETTERS)
    wanted: dict[TopicPartition, set[int]] = defaultdict(set)
    for letter in letters:
        wanted[TopicPartition(topic, letter.place.partition)].add(letter.place.offset)
    found: dict[str, dict[str, Any]] = {}

    def take(record: Any) -> None:
        if record.offset in wanted[TopicPartition(topic, record.partition)]:
            found[record.key.decode(errors="replace")] = record_of(record)

    async with consumer_of(settings) as consumer:
        await _read_between(consumer, {tp: (min(at), max(at) + 1) for tp, at in wanted.items()}, take)
    if gone := [letter.key for letter in letters if letter.key not in found]:
        raise RetryLater(f"{gone[0]}, one of {len(gone)}: written again or deleted meanwhile; try again")
    return found


def places(settings: Settings) -> list[TopicPartition]:
    """All partitions of both topics."""
    return [
        TopicPartition(settings.topic(name), number)
        for name in (LETTERS, DECISIONS)
        for number in range(topic_named(name).partitions)
    ]


@contextlib.asynccontextmanager
async def consumer_of(settings: Settings) -> AsyncIterator[Any]:
    """A consumer of no group that sees what is committed, from the oldest record there is.

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
            f"{settings.topic(LETTERS)}: cannot be read ({type(error).__name__}); try again"
        ) from error
    finally:
        with contextlib.suppress(KafkaError, TimeoutError, OSError):
            async with asyncio.timeout(STALL_SECONDS):
                await consumer.stop()


async def _read_to_end(
    consumer: Any, tps: Sequence[TopicPartition], take: Callable[[Stored], None], report: Report
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


async def _read_between(
    consumer: Any, ranges: Mapping[TopicPartition, tuple[int, int]], take: Callable[[Stored], None]
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
    take: Callable[[Stored], None],
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
