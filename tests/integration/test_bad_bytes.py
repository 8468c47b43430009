"""Bytes that are no fact end as one dead letter, byte for byte, and disturb nothing beside them."""

import hashlib
import shutil
from typing import Any, NamedTuple

from egovhub.codec import decode, encode, encode_fact
from egovhub.errors import REASONS
from egovhub.events import AHEAD_MS, EARLIEST_MS, Fact, partition_of

from tests.integration.expected import drawn_facts, in_the_past
from tests.integration.hub import NOW, PARTITIONS, Header, Hub
from tests.unit.domain.build import fact

KEY = b"onestop:bad"
PARTITION = partition_of(KEY, PARTITIONS)
GOOD = in_the_past(
    fact(
        "RECEIVED",
        "Mon 2026-01-05 08:00",
        "Mon 2026-01-12 17:00",
        unit="bad",
        procedure="p",
        channel="ONLINE",
        source_sequence=7,
        case_id=KEY.decode(),
    )
)
VALUE = encode_fact(GOOD)
HEADERS: tuple[Header, ...] = (("trace", b"\x00\xff"), ("trace", b""), ("empty", b""))


class Bad(NamedTuple):
    """A record no fact is in, and what the door says of it."""

    reason: str
    value: bytes | None
    key: bytes | None = KEY
    partition: int = PARTITION
    headers: tuple[Header, ...] = ()


def cut_off(length: int) -> Bad:
    reason = "empty" if length == 0 else "truncated-frame" if length < 5 else "malformed-body"
    return Bad(reason, VALUE[:length], headers=HEADERS)


def edited(**fields: Any) -> bytes:
    return encode_fact(GOOD._replace(**fields))


BAD = [
    *(cut_off(length) for length in range(len(VALUE))),
    Bad("bad-magic", b"\x01" + VALUE[1:]),
    Bad("bad-magic", b'{"event_id": "1"}'),
    Bad("unknown-schema", b"\0" + bytes(4) + VALUE[5:]),
    Bad("unknown-schema", b"\0\xff\xff\xff\xff" + VALUE[5:]),
    Bad(
        "not-a-fact", encode("position", {"connector": "c", "source": "s", "position": "1", "recorded_at": 0})
    ),
    Bad("not-a-fact", b"\0" + (1009).to_bytes(4, "big") + VALUE[5:]),
    Bad("malformed-body", b"\0" + (1000).to_bytes(4, "big") + VALUE[5:]),
    Bad("trailing-bytes", VALUE + b"\0"),
    Bad("trailing-bytes", VALUE + VALUE),
    Bad("null-value", None, headers=HEADERS),
    Bad("null-key", VALUE, key=None),
    Bad("key-mismatch", edited(case_id="onestop:other")),
    Bad("wrong-partition", VALUE, partition=(PARTITION + 1) % PARTITIONS),
    Bad("bad-text", VALUE, key=b"onestop:\xff"),
    Bad("case-id-form", edited(case_id="bad"), key=b"bad"),
    Bad("empty-field", edited(event_id="")),
    Bad("occurred-before-2000", edited(occurred_at=EARLIEST_MS - 1)),
    Bad("occurred-in-the-future", edited(occurred_at=4_102_444_800_000)),
    Bad(
        "occurred-in-the-future",
        VALUE,
        headers=(("hub-known-at", str(GOOD.occurred_at - AHEAD_MS - 1).encode()),),
    ),
    Bad("bad-value", VALUE, headers=(("hub-known-at", b"yesterday"),)),
]


def publish_bad(hub: Hub) -> dict[bytes, tuple[Bad, int]]:
    """Key of the letter to the record and its append time; a good fact lies between any two of them."""
    letters = {}
    sent: list[tuple[Bad | Fact, Any]] = []
    for n, bad in enumerate(BAD):
        sent.append((bad, hub.send(bad.partition, bad.key, bad.value, bad.headers)))
        good = GOOD._replace(event_id=str(n))
        sent.append((good, hub.send(PARTITION, KEY, encode_fact(good))))
    hub.flush()
    for what, future in sent:
        stored = future.get(timeout=10)
        hub.expect(stored, what if isinstance(what, Fact) else None)
        if isinstance(what, Bad):
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


def expected_letter(hub: Hub, key: bytes, bad: Bad, timestamp: int) -> dict[str, Any]:
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
    assert {bad.reason for bad in BAD} <= REASONS
    assert KEY.decode() not in worker.words

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
