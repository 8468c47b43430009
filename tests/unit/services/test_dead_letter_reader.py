"""Reading goes to where the topics end, waits for nothing else, and gives up on a broker that says nothing."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import TopicPartition
from egovhub.errors import RetryLater
from egovhub.publisher import Record

from services import dead_letter_reader as reader
from services import topic_reads
from services.dead_letters import LETTERS, Letter, letter_of
from services.settings import load_settings
from tests.unit.services.dlq_build import VALUE, Stored, decision, letter, stored, table

SETTINGS = load_settings()


class Consumer:
    """In the place of aiokafka's: answers each partition's end only after the first question for records.

    Args:
        held: records by partition; an offset without a record is a marker of a transaction.
        ends: last stable offsets.
    """

    def __init__(self, held: Sequence[Stored], ends: Mapping[TopicPartition, int]) -> None:
        self._held, self._ends = held, ends
        self._at: dict[TopicPartition, int] = {}
        self._asked = False

    def assign(self, tps: Sequence[TopicPartition]) -> None:
        self._at = dict.fromkeys(tps, 0)

    def seek(self, tp: TopicPartition, offset: int) -> None:
        self._at[tp] = offset

    async def beginning_offsets(self, tps: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(tps, 0)

    def last_stable_offset(self, tp: TopicPartition) -> int | None:
        return self._ends.get(tp) if self._asked else None

    async def position(self, tp: TopicPartition) -> int:
        return self._at[tp]

    async def getmany(self, *tps: TopicPartition, timeout_ms: int, max_records: int) -> dict[Any, Any]:
        await asyncio.sleep(0)
        self._asked = True
        read = {}
        for tp in tps:
            there = [r for r in self._held if (r.topic, r.partition) == tp and r.offset >= self._at[tp]]
            if there:
                read[tp] = there[:1]
                self._at[tp] = there[0].offset + 1
            else:
                self._at[tp] = max(self._at[tp], self._ends.get(tp, 0))
        return read


def use(monkeypatch: pytest.MonkeyPatch, consumer: Consumer) -> None:
    @asynccontextmanager
    async def consumer_of(*_: Any) -> AsyncIterator[Consumer]:
        try:
            yield consumer
        except TimeoutError as error:
            raise RetryLater("no answer") from error

    monkeypatch.setattr(reader, "consumer_of", consumer_of)


def ends(records: Sequence[Stored], beyond: int = 0) -> dict[TopicPartition, int]:
    """The end of every partition, which lies a transaction's marker behind its last record."""
    found = dict.fromkeys(reader.places(SETTINGS), beyond)
    for record in records:
        found[TopicPartition(record.topic, record.partition)] = record.offset + 1 + beyond
    return found


def read(monkeypatch: pytest.MonkeyPatch, consumer: Consumer) -> tuple[Any, list[tuple[int, int]]]:
    use(monkeypatch, consumer)
    told: list[tuple[int, int]] = []
    letters = asyncio.run(reader.read_letters(SETTINGS, lambda done, total: told.append((done, total))))
    return letters, told


HELD = [
    stored(letter(3, 1), 0, partition=3),
    stored(letter(3, 2), 4, partition=3),
    stored(decision("facts/3/1"), 0),
]


@pytest.mark.parametrize("beyond", [0, 1])
def test_both_topics_are_read_to_their_ends(monkeypatch: pytest.MonkeyPatch, beyond: int) -> None:
    letters, told = read(monkeypatch, Consumer(HELD, ends(HELD, beyond)))
    assert list(letters.letters) == ["facts/3/1", "facts/3/2"]
    assert list(letters.decisions) == ["facts/3/1"]
    whole = sum(ends(HELD, beyond).values())
    assert told[-1] == (whole, whole)


def test_what_is_not_committed_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stable = ends(HELD) | {TopicPartition(LETTERS, 3): 1}
    letters, _ = read(monkeypatch, Consumer(HELD, stable))
    assert "facts/3/1" in letters.letters


def test_a_broker_that_never_says_where_topics_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topic_reads, "STALL_SECONDS", 0.05)
    with pytest.raises(RetryLater):
        read(monkeypatch, Consumer([], {}))


def letters_of(*records: Stored) -> list[Letter]:
    return [letter_of(record) for record in records]


def test_some_letters_are_fetched_whole_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Consumer(HELD, ends(HELD)))
    found = asyncio.run(reader.fetch(SETTINGS, letters_of(HELD[1])))
    assert list(found) == ["facts/3/2"]
    assert found["facts/3/2"]["value"] == VALUE


def test_a_letter_that_is_no_longer_where_it_was_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    meant = letters_of(HELD[0], HELD[1])
    use(monkeypatch, Consumer(HELD[1:], ends(HELD)))
    with pytest.raises(
        RetryLater, match="facts/3/1, one of 1: written again or deleted meanwhile; try again"
    ):
        asyncio.run(reader.fetch(SETTINGS, meant))


def test_chunks_are_in_the_order_of_places_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "CHUNK_LETTERS", 2)
    monkeypatch.setattr(reader, "CHUNK_BYTES", 10)
    sizes = (4, 6, 1, 11, 1, 1, 1)
    records: list[Record] = [letter(0, n, bytes(size)) for n, size in enumerate(sizes)]
    letters = list(table(*records).letters.values())
    parts = [[found.size for found in part] for part in reader.chunks(letters[::-1])]
    assert parts == [[4, 6], [1], [11], [1, 1], [1]]
    assert list(reader.chunks([])) == []
