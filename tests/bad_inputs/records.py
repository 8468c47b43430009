"""Bad records of `facts`, at the hub's own door. Classes 1 to 5, 8 to 11, 20, 22."""

from typing import Any, Final, NamedTuple

from egovhub.codec import encode, encode_fact
from egovhub.events import AHEAD_MS, EARLIEST_MS, partition_of

from tests.integration.expected import in_the_past
from tests.integration.hub import PARTITIONS, Header
from tests.unit.domain.build import fact

KEY: Final = b"onestop:bad"
PARTITION: Final = partition_of(KEY, PARTITIONS)
GOOD: Final = in_the_past(
    fact(
        "RECEIVED",
        "Mon 2026-01-05 08:00",
        "Mon 2026-01-12 17:00",
        unit="bad",
        procedure="p",
        channel="ONLINE",
        source_sequence=7,
        retracts=("r1", "r2"),
        case_id=KEY.decode(),
        details={"parts": 3, "is_identity_verified": True},
    )
)
VALUE: Final = encode_fact(GOOD)
HEADERS: Final[tuple[Header, ...]] = (("trace", b"\x00\xff"), ("trace", b""), ("empty", b""))
FAR: Final = 4_102_444_800_000
POSITION: Final = encode("position", {"connector": "c", "source": "s", "position": "1", "recorded_at": 0})
OTHERS: Final = (1000, 1002, 1003, 1004, 1005, 1006, 1007, 1008)
"""Ids of the other domains' schemas."""


class Record(NamedTuple):
    """A record no fact is in, and what the door says of it."""

    number: int
    name: str
    reason: str
    value: bytes | None = VALUE
    key: bytes | None = KEY
    partition: int = PARTITION
    headers: tuple[Header, ...] = ()

    def __str__(self) -> str:
        return f"{self.number:02d} {self.name}"


def _cut(length: int) -> Record:
    reason = "empty" if length == 0 else "truncated-frame" if length < 5 else "malformed-body"
    return Record(1 if length < 5 else 4, f"cut to {length} bytes", reason, VALUE[:length], headers=HEADERS)


def _under(schema_id: int, body: bytes = VALUE[5:]) -> bytes:
    return b"\0" + schema_id.to_bytes(4, "big") + body


def _edited(**fields: Any) -> bytes:
    return encode_fact(GOOD._replace(**fields))


def _varint(number: int) -> bytes:
    number = number << 1 if number >= 0 else (-number << 1) - 1
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _put(before: bytes, after: bytes) -> bytes:
    """The value with one stretch of bytes, which it has once, changed for another."""
    assert VALUE.count(before) == 1
    return VALUE.replace(before, after)


ARRAY: Final = b"\x04\x04r1\x04r2\x00"
EVENT_ID: Final = _varint(len(GOOD.event_id)) + GOOD.event_id.encode()


def _array(name: str, array: bytes) -> Record:
    return Record(8, name, "malformed-body", _put(ARRAY, array))


def _key(number: int, name: str, reason: str, key: bytes) -> Record:
    return Record(number, name, reason, key=key, partition=partition_of(key, PARTITIONS))


MAGIC = [
    Record(1, "magic 1", "bad-magic", b"\x01" + VALUE[1:]),
    Record(1, "magic 255", "bad-magic", b"\xff" + VALUE[1:]),
    Record(1, "JSON", "bad-magic", b'{"event_id": "1"}'),
    Record(1, "XML", "bad-magic", b"<edXML/>"),
    Record(1, "gzip", "bad-magic", b"\x1f\x8b\x08\x00"),
]
SCHEMAS = [
    *(
        Record(2, f"schema {schema_id}", "unknown-schema", _under(schema_id))
        for schema_id in (0, 1, 999, 1_999, 2**31 - 1, 2**31, 2**32 - 1)
    ),
    Record(3, "a position", "not-a-fact", POSITION),
    Record(3, "a letter's id", "not-a-fact", _under(1009)),
    *(Record(3, f"another domain, {schema_id}", "malformed-body", _under(schema_id)) for schema_id in OTHERS),
]
TRAILING = [
    Record(5, "a byte too many", "trailing-bytes", VALUE + b"\0"),
    Record(5, "two records", "trailing-bytes", VALUE + VALUE),
    Record(5, "a record and a body", "trailing-bytes", VALUE + VALUE[5:]),
    Record(5, "a line feed", "trailing-bytes", VALUE + b"\n"),
]
BOMBS = [
    *(_array(f"an array of 2^{power}", _varint(2**power) + b"\x04r1") for power in (26, 31, 40, 62)),
    *(_array(f"a block of -2^{power}", _varint(-(2**power)) + b"\x02\x04r1") for power in (26, 40)),
    _array("an item of minus one byte", b"\x02\x01"),
    _array("a block that says it is longer", b"\x01\x7e\x04r1\x00"),
    _array("an endless varint", b"\x80" * 40),
    Record(8, "a text of 2^40 bytes", "malformed-body", _put(EVENT_ID, _varint(2**40) + b"x")),
    Record(8, "a text of minus one byte", "malformed-body", _put(EVENT_ID, b"\x01")),
]
TEXTS = [
    _key(9, "key is no UTF-8", "bad-text", b"onestop:\xff"),
    _key(9, "key overlong", "bad-text", b"onestop:\xc0\xaf"),
    _key(9, "key with a surrogate", "bad-text", b"onestop:\xed\xa0\x80"),
    Record(9, "event id is no UTF-8", "malformed-body", _put(EVENT_ID, b"\x02\xff")),
    *(
        _key(9, name, "control-character", case.encode())
        for name, case in (
            ("NUL in the case", "onestop:a\0b"),
            ("line feed in the case", "onestop:a\nb"),
            ("bidi in the case", "onestop:a\u202eb"),
            ("zero width in the case", "onestop:a\u200bb"),
            ("no-break space in the case", "onestop:a\u00a0b"),
        )
    ),
]  # fmt: skip
DATES = [
    Record(10, "a date before all dates", "occurred-before-2000", _edited(occurred_at=-(2**62))),
    Record(10, "a date after all dates", "occurred-in-the-future", _edited(occurred_at=2**62)),
    Record(
        10, "seconds for milliseconds", "occurred-before-2000", _edited(occurred_at=GOOD.occurred_at // 1000)
    ),
    Record(10, "microseconds", "occurred-in-the-future", _edited(occurred_at=GOOD.occurred_at * 1000)),
    Record(11, "before 2000", "occurred-before-2000", _edited(occurred_at=EARLIEST_MS - 1)),
    Record(11, "the year 2100", "occurred-in-the-future", _edited(occurred_at=FAR)),
    Record(
        11,
        "more than 5 minutes after it was known",
        "occurred-in-the-future",
        headers=(("hub-known-at", str(GOOD.occurred_at - AHEAD_MS - 1).encode()),),
    ),
]
NUMBERS = [
    Record(20, "a boolean of 7", "malformed-body", VALUE.removesuffix(b"\x01\x00") + b"\x07\x00"),
    Record(20, "a kind above the last", "malformed-body", _put(KEY + b"\x04", KEY + b"\x7e")),
    Record(20, "a kind below the first", "malformed-body", _put(KEY + b"\x04", KEY + b"\x01")),
    Record(20, "neither null nor a number", "malformed-body", _put(b"\x02\x0e\x04\x16", b"\x06\x0e\x04\x16")),
    Record(
        20,
        "a number of 70 bits",
        "malformed-body",
        _put(b"\x02\x0e\x04\x16", b"\x02" + b"\xff" * 10 + b"\x04\x16"),
    ),
    Record(20, "known at a time in words", "bad-value", headers=(("hub-known-at", b"yesterday"),)),
    Record(20, "known at Arabic digits", "bad-value", headers=(("hub-known-at", "١٢٣".encode()),)),
    Record(20, "known at minus one", "bad-value", headers=(("hub-known-at", b"-1"),)),
    Record(20, "known at 1e3", "bad-value", headers=(("hub-known-at", b"1e3"),)),
]
KEYS = [
    Record(22, "no value", "null-value", None, headers=HEADERS),
    Record(22, "no key", "null-key", key=None),
    Record(22, "another case", "key-mismatch", _edited(case_id="onestop:other")),
    Record(22, "another partition", "wrong-partition", partition=(PARTITION + 1) % PARTITIONS),
    Record(22, "a key without namespace", "case-id-form", _edited(case_id="bad"), b"bad"),
    Record(22, "no event id", "empty-field", _edited(event_id="")),
    Record(22, "no source", "empty-field", _edited(source="")),
]  # fmt: skip
CUTS = [_cut(length) for length in range(len(VALUE))]

RECORDS: Final[tuple[Record, ...]] = (
    *CUTS,
    *MAGIC,
    *SCHEMAS,
    *TRAILING,
    *BOMBS,
    *TEXTS,
    *DATES,
    *NUMBERS,
    *KEYS,
)
