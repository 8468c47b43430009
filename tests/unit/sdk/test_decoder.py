"""The generated decoder reads what the Avro specification allows and refuses everything else by name."""

import copy
import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from egovhub.codec import encode_fact, fact_of, plain
from egovhub.contract import installed
from egovhub.decoder import compile_decoder, decode_fact, symbol_of
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import APPLICANT_KINDS, CHANNELS, DOMAINS, Fact, Kind
from fastavro import parse_schema, schemaless_reader
from hypothesis import given, settings
from hypothesis import strategies as st

INT64 = st.integers(-(2**63), 2**63 - 1)
INSTANT = st.one_of(INT64, st.integers(0, 4_102_444_800_000), st.integers(-70, 70))
TEXT = st.text(max_size=80)
REFERENCE = {d: parse_schema(plain(installed().version(d).schema)) for d in DOMAINS}


def some_of(type_: Any) -> st.SearchStrategy[Any]:
    match type_:
        case ["null", inner]:
            return some_of(inner)
        case {"type": "enum", "symbols": symbols}:
            return st.sampled_from(symbols)
        case "boolean":
            return st.booleans()
        case "string":
            return TEXT
        case "long":
            return INT64
    raise AssertionError(f"the details of facts got a type this test does not draw: {type_}")


def details(domain: str) -> st.SearchStrategy[dict[str, Any]]:
    fields = installed().version(domain).schema["fields"][-1]["type"]["fields"]
    return st.fixed_dictionaries({}, optional={f["name"]: some_of(f["type"]) for f in fields})


def facts_of(domain: str) -> st.SearchStrategy[Fact]:
    return st.builds(
        Fact,
        event_id=TEXT,
        source=TEXT,
        source_sequence=st.none() | INT64,
        domain=st.just(domain),
        case_id=TEXT,
        kind=st.sampled_from(Kind),
        occurred_at=INSTANT,
        recorded_at=st.none() | INSTANT,
        unit=st.none() | TEXT,
        receiving_unit=st.none() | TEXT,
        procedure=st.none() | TEXT,
        channel=st.none() | st.sampled_from(CHANNELS),
        applicant_kind=st.none() | st.sampled_from(APPLICANT_KINDS),
        due_at=st.none() | INSTANT,
        retracts=st.lists(TEXT, max_size=3).map(tuple),
        source_status=st.none() | TEXT,
        derived=st.booleans(),
        details=details(domain),
    )


FACTS = st.sampled_from(DOMAINS).flatmap(facts_of)


def read_by_reference(value: bytes, domain: str) -> Fact | None:
    """What fastavro makes of a value; None if it refuses it, or leaves bytes."""
    body = BytesIO(value[5:])
    try:
        record = schemaless_reader(body, REFERENCE[domain], None)
    except (EOFError, IndexError, KeyError, ValueError, OverflowError, MemoryError, TypeError):
        return None
    assert isinstance(record, dict)
    if body.read() or record["domain"] not in ("UNKNOWN", symbol_of(domain)):
        return None
    return fact_of(record)


def read(value: bytes) -> Fact | str:
    try:
        return decode_fact(value)
    except RejectedInput as rejected:
        return rejected.reason


@given(FACTS)
@settings(max_examples=500, deadline=None)
def test_what_is_written_is_read_back_and_fastavro_reads_the_same(fact: Fact) -> None:
    value = encode_fact(fact)
    assert decode_fact(value) == fact
    assert read_by_reference(value, fact.domain) == fact


@given(FACTS, st.data())
@settings(max_examples=1000, deadline=None)
def test_changed_bytes_are_refused_or_read_as_fastavro_reads_them(fact: Fact, data: st.DataObject) -> None:
    value = bytearray(encode_fact(fact))
    for _ in range(data.draw(st.integers(1, 3))):
        value[data.draw(st.integers(5, len(value) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    found = read(bytes(value))
    if isinstance(found, Fact):
        assert found == read_by_reference(bytes(value), fact.domain)
    else:
        assert found in {"malformed-body", "trailing-bytes"}


@given(st.sampled_from(DOMAINS), st.binary(max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_refused_or_read_as_fastavro_reads_them(domain: str, body: bytes) -> None:
    value = frame(domain) + body
    found = read(value)
    if isinstance(found, Fact):
        assert found == read_by_reference(value, domain)
    else:
        assert found in {"malformed-body", "trailing-bytes"}


@given(FACTS)
@settings(max_examples=50, deadline=None)
def test_a_value_cut_off_anywhere_is_refused(fact: Fact) -> None:
    value = encode_fact(fact)
    for length in range(len(value)):
        expected = "empty" if length == 0 else "truncated-frame" if length < 5 else "malformed-body"
        assert read(value[:length]) == expected, length


@given(FACTS, st.binary(min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
def test_bytes_behind_the_record_are_refused(fact: Fact, more: bytes) -> None:
    assert read(encode_fact(fact) + more) == "trailing-bytes"
    assert read(encode_fact(fact) + encode_fact(fact)) == "trailing-bytes"


def frame(domain: str) -> bytes:
    return b"\0" + installed().version(domain).schema_id.to_bytes(4, "big")


PIECES = {
    "event_id": b"\x04e1",
    "source": b"\x02s",
    "source_sequence": b"\x02\x0a",
    "domain": b"\x02",
    "case_id": b"\x06a:1",
    "kind": b"\x06",
    "occurred_at": b"\x80\xa0\xf5\xb3\xe8\x64",
    "recorded_at": b"\x00",
    "unit": b"\x02\x04u1",
    "receiving_unit": b"\x00",
    "procedure": b"\x00",
    "channel": b"\x02\x02",
    "applicant_kind": b"\x00",
    "due_at": b"\x00",
    "retracts": b"\x00",
    "source_status": b"\x00",
    "derived": b"\x00",
    "details": bytes(10),
}
"""The fields of a fact of the documents, as bytes."""

GOOD = Fact(
    "e1", "s", 5, "documents", "a:1", Kind.ACCEPTED, 1_732_000_000_000,
    None, "u1", None, None, "ONLINE", None, None, (), None, False, {},
)  # fmt: skip


def with_piece(name: str, piece: bytes) -> bytes:
    assert name in PIECES
    return frame("documents") + b"".join((PIECES | {name: piece}).values())


def test_the_pieces_make_the_good_fact() -> None:
    assert decode_fact(with_piece("derived", b"\0")) == GOOD


MOST = 2**63 - 1


@pytest.mark.parametrize(
    ("name", "piece", "read_as"),
    [
        ("occurred_at", b"\x00", 0),
        ("occurred_at", b"\x01", -1),
        ("occurred_at", b"\x7e", 63),
        ("occurred_at", b"\x80\x01", 64),
        ("occurred_at", b"\xfe\xff\xff\xff\xff\x7f", 2**41 - 1),
        ("occurred_at", b"\x80\x80\x80\x80\x80\x80\x01", 2**41),
        ("occurred_at", b"\xff\xff\xff\xff\xff\x7f", -(2**41)),
        ("occurred_at", b"\x80\x80\x80\x80\x80\x00", 0),
        ("recorded_at", b"\x02" + b"\xfe" + b"\xff" * 8 + b"\x01", MOST),
        ("due_at", b"\x02" + b"\xff" * 9 + b"\x01", -MOST - 1),
        ("due_at", b"\x82\x00\x0a", 5),
        ("source_sequence", b"\x02\x8a\x00", 5),
        ("event_id", b"\x84\x80\x00e1", "e1"),
        ("event_id", b"\x00", ""),
        ("case_id", b"\x06\xe1\xbb\x93", "ồ"),
        ("kind", b"\x86\x00", Kind.ACCEPTED),
        ("kind", b"\x00", Kind.UNKNOWN),
        ("domain", b"\x00", "unknown"),
        ("channel", b"\x02\x00", "UNKNOWN"),
        ("derived", b"\x01", True),
        ("retracts", b"\x04\x02a\x02b\x00", ("a", "b")),
        ("retracts", b"\x02\x02a\x02\x02b\x00", ("a", "b")),
        ("retracts", b"\x03\x08\x02a\x02b\x00", ("a", "b")),
        ("retracts", b"\x80\x00", ()),
        ("details", bytes(7) + b"\x02\x00" + bytes(2), {"is_electronic": False}),
        ("details", b"\x80\x00" + bytes(9), {}),
        ("details", b"\x00\x02\x08" + bytes(8), {"message_type": "REPLACED"}),
    ],
)
def test_every_spelling_the_specification_allows_is_read(name: str, piece: bytes, read_as: Any) -> None:
    value = with_piece(name, piece)
    assert decode_fact(value) == GOOD._replace(**{name: read_as})
    assert read_by_reference(value, "documents") == decode_fact(value)


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("event_id", b"\x03e1"),
        ("event_id", b"\xff" * 9 + b"\x01"),
        ("event_id", b"\xfe" + b"\xff" * 8 + b"\x01e1"),
        ("event_id", b"\x80" * 10 + b"\x00"),
        ("event_id", b"\x80" * 100),
        ("event_id", b"\x02\xff"),
        ("event_id", b"\x04\xc0\xaf"),
        ("event_id", b"\x06\xed\xa0\x80"),
        ("source_sequence", b"\x02" + b"\x80" * 9 + b"\x02"),
        ("source_sequence", b"\x02" + b"\xff" * 9 + b"\x7f"),
        ("source_sequence", b"\x01\x0a"),
        ("source_sequence", b"\x04\x0a"),
        ("domain", b"\x04"),
        ("domain", b"\x01"),
        ("kind", b"\x30"),
        ("kind", b"\x01"),
        ("kind", b"\x03"),
        ("kind", b"\x80\x80\x80\x80\x80\x80\x01"),
        ("channel", b"\x02\x03"),
        ("channel", b"\x02\x0c"),
        ("derived", b"\x02"),
        ("derived", b"\xff"),
        ("derived", b"\x81\x00"),
        ("retracts", b"\x80\x80\x80\x80\x80\x40"),
        ("retracts", b"\xff" * 9 + b"\x01\x00"),
        ("retracts", b"\x03\x06\x02a\x02b\x00"),
        ("retracts", b"\x03\x0a\x02a\x02b\x00"),
        ("retracts", b"\x03\x07\x02a\x02b\x00"),
        ("retracts", b"\x02\x01a\x00"),
        ("details", bytes(7) + b"\x02\x02" + bytes(2)),
        ("details", bytes(7) + b"\x04" + bytes(2)),
        ("details", b"\x00\x02\x01" + bytes(8)),
    ],
)
def test_a_field_out_of_its_range_is_refused(name: str, piece: bytes) -> None:
    assert read(with_piece(name, piece)) == "malformed-body"


def test_an_array_that_promises_more_items_than_bytes_takes_no_memory() -> None:
    value = with_piece("retracts", b"\x80\x80\x80\x80\x80\x40" + bytes(900_000))
    assert decode_fact(with_piece("retracts", b"\0")) == GOOD, "compiles the decoder before the measurement"
    tracemalloc.start()
    try:
        assert read(value) == "malformed-body"
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "empty"),
        (b"\0", "truncated-frame"),
        (b"\0\0\0\3", "truncated-frame"),
        (b"\1\0\0\3\xe8", "bad-magic"),
        (b"{", "bad-magic"),
        (b'{"event_id":"e1"}', "bad-magic"),
        (b"\0\0\0\0\0", "unknown-schema"),
        (b"\0\xff\xff\xff\xff", "unknown-schema"),
        (b"\0\0\0\3\xe7" + b"\0" * 40, "unknown-schema"),
        (b"\0\0\0\3\xf1" + b"\0" * 40, "not-a-fact"),
        (b"\0\0\0\3\xe8", "malformed-body"),
    ],
)
def test_a_frame_that_leads_to_no_fact_is_refused_by_what_is_wrong_with_it(value: bytes, reason: str) -> None:
    assert read(value) == reason


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_fact_under_the_id_of_another_domain_is_refused(domain: str) -> None:
    body = encode_fact(GOOD._replace(domain=domain))[5:]
    for other in set(DOMAINS) - {domain}:
        assert read(frame(other) + body) in {"malformed-body", "trailing-bytes"}


def later_version() -> dict[str, Any]:
    """A later documents schema: a field more at the top and in the details, a kind and a channel more."""
    schema = copy.deepcopy(installed().version("documents").schema)
    fields = {field["name"]: field for field in schema["fields"]}
    fields["kind"]["type"]["symbols"].append("ARCHIVED")
    fields["channel"]["type"][1]["symbols"].append("FAX")
    fields["details"]["type"]["fields"].insert(
        0, {"name": "pages", "type": ["null", "long"], "default": None}
    )
    schema["fields"].append({"name": "signed_at", "type": ["null", "long"], "default": None})
    return schema


def test_a_fact_of_a_later_version_is_read_with_what_this_version_knows() -> None:
    now = installed().version("documents").schema
    pieces = PIECES | {
        "kind": b"\x30",
        "channel": b"\x02\x0c",
        "details": b"\x02\x0a" + bytes(5) + b"\x02\x06" + bytes(4),
    }
    value = b"".join(pieces.values()) + b"\x02\x0a"
    found = compile_decoder("documents", later_version(), now)(value, 0, len(value))
    assert found == GOOD._replace(kind=Kind.UNKNOWN, channel="UNKNOWN", details={"receivers": 3})


def test_a_fact_of_an_earlier_version_gets_the_defaults() -> None:
    now = installed().version("documents").schema
    earlier = copy.deepcopy(now)
    earlier["fields"] = [f for f in now["fields"] if f["name"] not in {"due_at", "retracts", "derived"}]
    left_out = {"due_at", "retracts", "derived"}
    value = b"".join(piece for name, piece in PIECES.items() if name not in left_out)
    assert compile_decoder("documents", earlier, now)(value, 0, len(value)) == GOOD


def test_a_short_instant_before_the_last_fields_is_read() -> None:
    now = installed().version("documents").schema
    instant = {"type": "long", "logicalType": "timestamp-millis"}
    later = now | {"fields": [*now["fields"], {"name": "signed_at", "type": instant}]}
    value = b"".join(PIECES.values()) + b"\x0a"
    assert compile_decoder("documents", later, now)(value, 0, len(value)) == GOOD


def test_a_type_that_facts_do_not_have_is_named_at_once() -> None:
    now = installed().version("documents").schema
    odd = now | {"fields": [{"name": "weight", "type": "double"}, *now["fields"]]}
    with pytest.raises(ConfigurationError, match="weight has a type"):
        compile_decoder("documents", odd, now)
