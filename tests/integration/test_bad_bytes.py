"""Bytes that are no fact end as one dead letter, byte for byte, and disturb nothing beside them."""

import hashlib
import shutil
from collections import Counter
from typing import Any

from egovhub.codec import decode, encode, encode_fact
from egovhub.events import Fact

from tests.bad_inputs.records import GOOD, KEY, PARTITION, RECORDS, Record
from tests.integration.expected import drawn_facts
from tests.integration.hub import NOW, PARTITIONS, Hub


def publish_bad(hub: Hub) -> dict[bytes, tuple[Record, int]]:
    """Key of the letter to the record and its append time; a good fact lies between any two of them."""
    letters = {}
    sent: list[tuple[Record | Fact, Any]] = []
    for n, bad in enumerate(RECORDS):
        sent.append((bad, hub.send(bad.partition, bad.key, bad.value, bad.headers)))
        good = GOOD._replace(event_id=str(n))
        sent.append((good, hub.send(PARTITION, KEY, encode_fact(good))))
    hub.flush()
    for what, future in sent:
        stored = future.get(timeout=10)
        hub.expect(stored, what if isinstance(what, Fact) else None)
        if isinstance(what, Record):
            letters[letter_key(hub, stored.partition, stored.offset)] = (what, stored.timestamp)
    return letters


def letter_key(hub: Hub, partition: int, offset: int) -> bytes:
    return f"{hub.settings.topic('facts')}/{partition}/{offset}".encode()


def standing_letters(hub: Hub) -> dict[bytes, bytes]:
    return {
        key: value for p in range(PARTITIONS) for key, value in hub.standing["hub.dead-letters", p].items()
    }


def written_letters(hub: Hub) -> list[tuple[bytes, bytes | None]]:
    return [(record.key, record.value) for record in hub.seen if record.topic == "hub.dead-letters"]


def expected_letter(hub: Hub, key: bytes, bad: Record, timestamp: int) -> dict[str, Any]:
    topic, partition, offset = key.decode().split("/")
    return {
        "topic": topic,
        "partition": int(partition),
        "offset": int(offset),
        "timestamp": timestamp,
        "key": bad.key,
        "value": bad.value,
        "headers": [{"name": name, "value": value} for name, value in bad.headers],
        "reason": bad.reason,
        "at": "worker",
        "source": None,
        "sha256": hashlib.sha256(bad.value or b"").hexdigest(),
    }


def decide(hub: Hub, key: bytes) -> None:
    topic, partition, offset = key.decode().split("/")
    decision = {
        "topic": topic,
        "partition": int(partition),
        "offset": int(offset),
        "action": "DISCARDED",
        "decided_at": NOW,
        "decided_by": "ops",
        "note": None,
    }
    hub.write("hub.dead-letter-decisions", key, encode("dead-letter-decision", decision))


def open_letters(hub: Hub) -> set[bytes]:
    return standing_letters(hub).keys() - hub.standing["hub.dead-letter-decisions", 0].keys()


def test_every_bad_record_is_one_letter_and_a_rebuild_opens_no_decided_one(hub: Hub) -> None:
    hub.publish(drawn_facts(50, seed=12))
    worker = hub.worker()
    hub.await_all_counted()
    letters = publish_bad(hub)
    hub.await_all_counted()
    hub.check()
    assert worker.is_running()
    written = written_letters(hub)
    assert sorted(key for key, _ in written) == sorted(letters)
    for key, value in written:
        assert value is not None
        bad, timestamp = letters[key]
        assert decode(value) == ("dead-letter", expected_letter(hub, key, bad, timestamp))
    assert KEY.decode() not in worker.words
    assert worker.values("hub_dlq_records_total") == {
        f'{{at="worker",reason="{reason}"}}': n
        for reason, n in Counter(bad.reason for bad in RECORDS).items()
    }

    decided = sorted(letters)[3]
    decide(hub, decided)
    before = standing_letters(hub)
    assert worker.stop() == 0
    shutil.rmtree(hub.state("a"))
    hub.worker()
    hub.until(lambda: len(written_letters(hub)) == 2 * len(letters))
    hub.await_all_counted()
    hub.check()
    assert standing_letters(hub) == before
    assert open_letters(hub) == letters.keys() - {decided}


def test_letters_that_could_not_be_published_wait_in_the_checkpoint(hub: Hub) -> None:
    worker = hub.worker(clock="+2h")
    letters = publish_bad(hub)
    hub.until(lambda: worker.words.count("publishes nothing") >= PARTITIONS)
    assert worker.stop() == 0
    assert written_letters(hub) == []
    hub.worker()
    hub.await_all_counted()
    hub.check()
    assert {key for key, _ in written_letters(hub)} == letters.keys()
    assert len(written_letters(hub)) == len(letters)
