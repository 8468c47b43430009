"""One case is read from its own partition, by its own key, through the door."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from aiokafka import TopicPartition
from egovhub.codec import encode_fact
from egovhub.events import partition_of

from services import case_facts
from services.case_facts import CaseFacts, read_case
from services.domain.standing import Known
from services.provenance import Backfilled
from services.settings import load_settings
from services.topics import topic_named
from tests.unit.domain.build import CASE, fact

SETTINGS = load_settings(topic_prefix="t1.")
PARTITIONS = topic_named("facts").partitions
HOME = partition_of(CASE.encode(), PARTITIONS)
RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="A")
STEP = fact("STEP", "Tue 2026-01-06 08:00")


class Stored(NamedTuple):
    key: bytes | None
    value: bytes | None
    timestamp: int = RECEIVED.occurred_at + 10**9
    headers: Sequence[tuple[str, bytes | None]] = ()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was asked of the broker; its answer is put there first."""
    told: list[Any] = []

    @asynccontextmanager
    async def consumer_of(settings: Any, topic: str) -> AsyncIterator[str]:
        told.append((settings, topic))
        yield "consumer"

    async def read_to_end(
        consumer: str, tps: Sequence[TopicPartition], take: Callable[[Any], None], report: Callable[..., None]
    ) -> None:
        records = told.pop(0)
        told.append((consumer, tps))
        for record in records:
            take(record)
        report(len(records), len(records))

    monkeypatch.setattr(case_facts, "consumer_of", consumer_of)
    monkeypatch.setattr(case_facts, "read_to_end", read_to_end)
    return told


def read(asked: list[Any], *records: Stored, case: str = CASE) -> CaseFacts:
    asked.append(records)
    return asyncio.run(read_case(SETTINGS, case, lambda *_: None))


def stored(one: Any, key: str = CASE) -> Stored:
    return Stored(key.encode(), encode_fact(one))


def test_the_facts_of_the_key_are_those_of_the_case_with_the_instant_of_their_append(
    asked: list[Any],
) -> None:
    other = RECEIVED._replace(case_id="onestop:other")
    found = read(asked, stored(RECEIVED), stored(other, other.case_id), stored(STEP), stored(RECEIVED))
    since = Stored(None, None).timestamp
    assert found == CaseFacts([Known(RECEIVED, since), Known(STEP, since), Known(RECEIVED, since)], 0)
    assert asked == [(SETTINGS, "facts"), ("consumer", [TopicPartition("t1.facts", HOME)])]


def test_a_restored_fact_is_known_since_its_first_append(asked: list[Any]) -> None:
    record = stored(RECEIVED)._replace(headers=[("hub-known-at", str(RECEIVED.occurred_at).encode())])
    assert read(asked, record).known == [Known(RECEIVED, RECEIVED.occurred_at)]


def test_history_is_told_from_news(asked: list[Any]) -> None:
    found = read(asked, stored(RECEIVED)._replace(headers=[("hub-backfill", b"y2025")]), stored(STEP))
    assert [type(known) for known in found.known] == [Backfilled, Known]


def test_what_the_door_refuses_under_the_key_is_counted_and_no_fact(asked: list[Any]) -> None:
    foreign = Stored(CASE.encode(), encode_fact(RECEIVED._replace(case_id="onestop:other")))
    letters = [foreign, Stored(CASE.encode(), b"no fact"), Stored(CASE.encode(), None)]
    others = [Stored(None, encode_fact(RECEIVED)), Stored(b"onestop:other", b"no fact")]
    found = read(asked, *letters, stored(RECEIVED), *others)
    assert (len(found.known), found.refused) == (1, 3)


def test_an_unknown_case_has_no_facts(asked: list[Any]) -> None:
    assert read(asked, stored(RECEIVED), case="onestop:nobody") == CaseFacts([], 0)
