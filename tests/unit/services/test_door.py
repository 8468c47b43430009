"""The one door: what is a fact, and what is a dead letter for which reason."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from egovhub.codec import encode_fact
from egovhub.errors import RejectedInput
from egovhub.events import AHEAD_MS, EARLIEST_MS, partition_of
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.standing import Known
from services.door import KNOWN_AT_HEADER, Door
from tests.unit.domain.build import CASE, at, fact

PARTITIONS = 12
KEY = CASE.encode()
PLACE = partition_of(KEY, PARTITIONS)
APPENDED = at("Thu 2026-01-08 10:00")
GOOD = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit="10507", details={"parts": 3})
VALUE = encode_fact(GOOD)


def admit(
    key: bytes | None = KEY,
    value: bytes | None = VALUE,
    partition: int = PLACE,
    headers: Sequence[tuple[str, bytes | None]] = (),
) -> Known:
    return Door(PARTITIONS).admit(partition, key, value, APPENDED, headers)


def reason(**record: Any) -> str:
    with pytest.raises(RejectedInput) as refusal:
        admit(**record)
    return refusal.value.reason


def changed(**fields: Any) -> bytes:
    return encode_fact(GOOD._replace(**fields))


def test_a_good_record_is_the_fact_that_was_written_known_since_its_append_time() -> None:
    assert admit() == Known(GOOD, APPENDED)


def test_a_record_is_admitted_again_and_again_whatever_came_between() -> None:
    door = Door(PARTITIONS)
    for _ in range(3):
        assert door.admit(PLACE, KEY, VALUE, APPENDED) == Known(GOOD, APPENDED)
        with pytest.raises(RejectedInput):
            door.admit((PLACE + 1) % PARTITIONS, KEY, VALUE, APPENDED)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"key": None}, "null-key"),
        ({"key": None, "value": None}, "null-key"),
        ({"value": None}, "null-value"),
        ({"value": b""}, "empty"),
        ({"value": b"\0"}, "truncated-frame"),
        ({"value": b"\1" + VALUE[1:]}, "bad-magic"),
        ({"value": b'{"event_id":1}'}, "bad-magic"),
        ({"value": VALUE + b"\0"}, "trailing-bytes"),
        ({"value": VALUE + VALUE}, "trailing-bytes"),
        ({"value": b"\0\0\0\0\0" + VALUE[5:]}, "unknown-schema"),
        ({"value": b"\0" + (1009).to_bytes(4, "big") + VALUE[5:]}, "not-a-fact"),
        ({"key": KEY + b"0"}, "key-mismatch"),
        ({"key": KEY.replace(b"onestop", b"Onestop")}, "key-mismatch"),
        ({"key": b"\xff:1"}, "bad-text"),
        ({"key": b"onestop"}, "case-id-form"),
        ({"key": b"onestop:"}, "case-id-form"),
        ({"key": b":1"}, "case-id-form"),
        ({"key": b""}, "case-id-form"),
        ({"key": b"onestop:a\nb"}, "control-character"),
        ({"key": "onestop:a\u202eb".encode()}, "control-character"),
        ({"partition": (PLACE + 1) % PARTITIONS}, "wrong-partition"),
        ({"value": changed(event_id="")}, "empty-field"),
        ({"value": changed(source="")}, "empty-field"),
    ],
)
def test_every_bad_record_is_refused_for_its_reason(record: dict[str, Any], expected: str) -> None:
    assert reason(**record) == expected


@pytest.mark.parametrize("cut", range(1, len(VALUE)))
def test_a_record_cut_at_any_byte_is_refused(cut: int) -> None:
    assert reason(value=VALUE[:cut]) == ("truncated-frame" if cut < 5 else "malformed-body")


@pytest.mark.parametrize(
    ("occurred_at", "expected"),
    [
        (EARLIEST_MS, None),
        (EARLIEST_MS - 1, "occurred-before-2000"),
        (-(2**62), "occurred-before-2000"),
        (APPENDED + AHEAD_MS, None),
        (APPENDED + AHEAD_MS + 1, "occurred-in-the-future"),
        (2**62, "occurred-in-the-future"),
    ],
)
def test_a_fact_is_dated_between_2000_and_five_minutes_after_its_append_time(
    occurred_at: int, expected: str | None
) -> None:
    value = changed(occurred_at=occurred_at)
    if expected is None:
        assert admit(value=value).fact.occurred_at == occurred_at
    else:
        assert reason(value=value) == expected


def test_a_restored_record_is_known_since_when_its_header_says() -> None:
    late, early = str(APPENDED + 86_400_000).encode(), b"946684800000"
    assert admit(headers=[("other", b"x"), (KNOWN_AT_HEADER, late)]) == Known(GOOD, APPENDED + 86_400_000)
    assert reason(headers=[(KNOWN_AT_HEADER, early)]) == "occurred-in-the-future"
    ahead = changed(occurred_at=APPENDED + 86_400_000)
    assert admit(value=ahead, headers=[(KNOWN_AT_HEADER, late)]).known_at == APPENDED + 86_400_000


@pytest.mark.parametrize("text", [None, b"", b"-1", b"1.5", "٣".encode(), b" 1", b"1" * 16, b"1e3"])
def test_a_header_that_is_no_number_of_milliseconds_is_refused(text: bytes | None) -> None:
    assert reason(headers=[(KNOWN_AT_HEADER, text)]) == "bad-value"


def test_other_headers_say_nothing() -> None:
    assert admit(headers=[("traceparent", None), ("HUB-KNOWN-AT", b"x")]) == Known(GOOD, APPENDED)


def test_more_keys_than_are_kept_are_all_placed_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.door._MOST_KEYS", 3)
    door = Door(PARTITIONS)
    for n in range(20):
        one = GOOD._replace(case_id=f"onestop:{n % 7}")
        key = one.case_id.encode()
        assert door.admit(partition_of(key, PARTITIONS), key, encode_fact(one), APPENDED).fact == one


@given(st.binary(max_size=60), st.integers(0, len(VALUE) * 8 - 1))
@settings(max_examples=300)
def test_no_bytes_do_more_than_be_refused(noise: bytes, bit: int) -> None:
    flipped = bytearray(VALUE)
    flipped[bit // 8] ^= 1 << bit % 8
    for key, value in ((KEY, noise), (noise, VALUE), (KEY, VALUE[:5] + noise), (KEY, bytes(flipped))):
        headers = [(KNOWN_AT_HEADER, noise)] if len(noise) % 2 else []
        with suppress(RejectedInput):
            Door(PARTITIONS).admit(PLACE, key, value, APPENDED, headers)
