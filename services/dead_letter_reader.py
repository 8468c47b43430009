"""Reads hub.dead-letters and its decisions: once to their present ends, without payloads, or some letters whole.

A letter may be as large as the largest record, so payloads are read for the letters that are asked for, a chunk
at a time, by the places that the first reading found.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from aiokafka import TopicPartition
from egovhub.errors import RetryLater

from services.dead_letters import DECISIONS, LETTERS, Letter, Letters, record_of
from services.settings import Settings
from services.topic_reads import Report, consumer_of, read_between, read_to_end
from services.topics import topic_named

CHUNK_LETTERS: Final = 500
CHUNK_BYTES: Final = 16_000_000


async def read_letters(settings: Settings, report: Report) -> Letters:
    """Every letter and decision committed so far.

    Raises:
        RetryLater: the broker does not answer.
    """
    letters = Letters()
    takers = {settings.topic(LETTERS): letters.take_letter, settings.topic(DECISIONS): letters.take_decision}
    async with consumer_of(settings, LETTERS) as consumer:
        await read_to_end(consumer, places(settings), lambda record: takers[record.topic](record), report)
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

    async with consumer_of(settings, LETTERS) as consumer:
        await read_between(consumer, {tp: (min(at), max(at) + 1) for tp, at in wanted.items()}, take)
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
