"""Dead letters and a Kafka in memory that holds them, for the tests of the commands."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

import pytest
from egovhub.codec import decode, decode_fact, encode, encode_fact
from egovhub.events import Fact, partition_of
from egovhub.publisher import MemoryPublisher, Record

from services import dlq, dlq_actions
from services.dead_letter_decisions import FACTS
from services.dead_letters import DECISIONS, LETTERS, Letter, Letters, letter_of, record_of
from services.settings import Settings
from services.topic_reads import Report
from tests.unit.domain.build import at, fact

NOW = at("Tue 2026-11-24 09:00")
KEY = b"onestop:H24.1-260105-0001"
RIGHT = partition_of(KEY, 12)
WRONG = (RIGHT + 1) % 12
GOOD = fact("RECEIVED", "Mon 2026-01-05 08:00", "Mon 2026-01-12 17:00", case_id=KEY.decode())
VALUE = encode_fact(GOOD)
CUT = VALUE[:20]


class Stored(NamedTuple):
    """A record as a Kafka client hands it over."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


def letter(
    partition: int,
    offset: int,
    value: bytes | None = VALUE,
    *,
    key: bytes | None = KEY,
    topic: str = "facts",
    timestamp: int = NOW,
    headers: Sequence[tuple[str, bytes | None]] = (),
    reason: str = "wrong-partition",
    at: str = "worker",
    source: str | None = None,
) -> Record:
    """A letter as its step writes it."""
    record = {
        "topic": topic,
        "partition": partition,
        "offset": offset,
        "timestamp": timestamp,
        "key": key,
        "value": value,
        "headers": [{"name": name, "value": content} for name, content in headers],
        "reason": reason,
        "at": at,
        "source": source,
        "sha256": hashlib.sha256(value or b"").hexdigest(),
    }
    return Record(LETTERS, f"{topic}/{partition}/{offset}".encode(), encode("dead-letter", record))


def decision(key: str, action: str = "DISCARDED", note: str | None = None) -> Record:
    topic, partition, offset = key.rsplit("/", 2)
    record = {
        "topic": topic,
        "partition": int(partition),
        "offset": int(offset),
        "action": action,
        "decided_at": NOW,
        "decided_by": "ops",
        "note": note,
    }
    return Record(DECISIONS, key.encode(), encode("dead-letter-decision", record))


def stored(record: Record, offset: int = 0, written_at: int = NOW, partition: int = 0) -> Stored:
    return Stored(record.topic, partition, offset, written_at, record.key, record.value)


def table(*records: Record) -> Letters:
    """The letters and decisions that these records come to."""
    letters = Letters()
    for offset, record in enumerate(records):
        take = letters.take_letter if record.topic == LETTERS else letters.take_decision
        take(stored(record, offset))
    return letters


class Kafka:
    """What is in the topics of a test; commands read and write it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.publisher = MemoryPublisher()
        for module, name, double in (
            (dlq, "check_topics", lambda settings: None),
            (dlq, "read_letters", self._read),
            (dlq, "fetch", self._fetch),
            (dlq_actions, "fetch", self._fetch),
            (dlq_actions, "publisher_of", lambda settings: self.publisher),
            (dlq_actions, "_machine_now", lambda: NOW),
        ):
            monkeypatch.setattr(module, name, double)

    def put(self, *records: Record) -> None:
        self.publisher.publish(records)

    @property
    def facts(self) -> list[Fact]:
        return [decode_fact(record.value or b"") for record in self.publisher.records(FACTS)]

    @property
    def decisions(self) -> list[dict[str, Any]]:
        return [decode(record.value or b"")[1] for record in self.publisher.records(DECISIONS)]

    async def _read(self, settings: Settings, report: Report) -> Letters:
        report(1, 2)
        letters = Letters()
        for record in self._stored(LETTERS):
            letters.take_letter(record)
        for record in self._stored(DECISIONS):
            letters.take_decision(record)
        return letters

    async def _fetch(self, settings: Settings, letters: Collection[Letter]) -> dict[str, dict[str, Any]]:
        found = {letter_of(record).key: record_of(record) for record in self._stored(LETTERS)}
        return {letter.key: found[letter.key] for letter in letters}

    def _stored(self, topic: str) -> Iterator[Stored]:
        for partition in range(12):
            for offset, record in enumerate(self.publisher.records(topic, partition)):
                yield stored(record, offset, partition=partition)
