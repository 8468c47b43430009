"""The codec writes strictly and canonically, and reads every subject back."""

from io import BytesIO
from typing import Any

import pytest
from egovhub.codec import decode, encode, encode_fact, plain
from egovhub.contract import FACT_SUBJECTS, installed
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact, Kind
from fastavro import parse_schema, schemaless_writer
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sdk.record_build import records

SUBJECTS = tuple(installed().latest)


def sorted_maps(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: sorted_maps(value[key]) for key in sorted(value)}
    return [sorted_maps(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_record_is_written_as_fastavro_writes_it_and_read_back(subject: str) -> None:
    version = installed().version(subject)
    reference = parse_schema(plain(version.schema))

    @given(records(version.schema, subject))
    @settings(max_examples=60, deadline=None)
    def check(record: dict[str, Any]) -> None:
        value = encode(subject, record)
        expected = BytesIO()
        schemaless_writer(expected, reference, sorted_maps(record))
        assert value == b"\0" + version.schema_id.to_bytes(4, "big") + expected.getvalue()
        assert decode(value) == (subject, record)

    check()


def test_the_order_of_map_keys_does_not_show_in_the_bytes() -> None:
    cell = {"unit": "u", "procedure": "p", "grain": "month", "period": "2026-11"}
    one = encode("tally", cell | {"counters": {"received": 3, "early": 1, "late": 2}})
    other = encode("tally", cell | {"counters": {"late": 2, "received": 3, "early": 1}})
    assert one == other
    assert list(decode(one)[1]["counters"]) == ["early", "late", "received"]


FACT = Fact(
    "e1", "s", None, "payments", "a:1", Kind.PAID, 0,
    None, None, None, None, None, None, None, (), None, False, {"amount": 5},
)  # fmt: skip

RECORD = {
    "event_id": "e1",
    "source": "s",
    "domain": "PAYMENTS",
    "case_id": "a:1",
    "kind": "PAID",
    "occurred_at": 0,
    "details": {"amount": 5},
}


def test_a_record_without_its_optional_fields_is_the_fact_without_them() -> None:
    assert encode("payments", RECORD) == encode_fact(FACT) == encode("payments", FACT)


def test_a_fact_without_details_may_leave_the_record_out() -> None:
    bare = {name: value for name, value in RECORD.items() if name != "details"}
    assert encode("payments", bare) == encode_fact(FACT._replace(details={}))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("event_id", None, "bad-value"),
        ("event_id", 7, "bad-value"),
        ("event_id", b"e1", "bad-value"),
        ("event_id", "\ud800", "lone-surrogate"),
        ("source_sequence", True, "bad-value"),
        ("source_sequence", 1.0, "bad-value"),
        ("source_sequence", "1", "bad-value"),
        ("source_sequence", 2**63, "bad-value"),
        ("source_sequence", -(2**63) - 1, "bad-value"),
        ("occurred_at", 2**63, "instant-out-of-range"),
        ("occurred_at", "2026-11-03T08:00:00+07:00", "bad-value"),
        ("occurred_at", False, "bad-value"),
        ("due_at", -(2**63) - 1, "instant-out-of-range"),
        ("domain", "ONESTOP", "bad-value"),
        ("domain", "payments", "bad-value"),
        ("domain", None, "bad-value"),
        ("kind", "GONE", "unknown-kind"),
        ("kind", Kind.PAID, "bad-value"),
        ("channel", "FAX", "bad-value"),
        ("channel", 1, "bad-value"),
        ("derived", 1, "bad-value"),
        ("derived", None, "bad-value"),
        ("retracts", "e1", "bad-value"),
        ("retracts", [1], "bad-value"),
        ("retracts", ["\udfff"], "lone-surrogate"),
        ("retracts", None, "bad-value"),
        ("details", [], "bad-value"),
        ("details", None, "bad-value"),
        ("details.amount", True, "bad-value"),
        ("details.amount", 2**63, "bad-value"),
        ("details.currency", "\ud83d", "lone-surrogate"),
        ("details.weight", 1, "bad-value"),
        ("weight", 1, "bad-value"),
    ],
)
def test_a_field_that_is_not_what_the_schema_says_is_refused_by_name(
    field: str, value: object, reason: str
) -> None:
    record: dict[str, Any] = dict(RECORD)
    if field.startswith("details."):
        record["details"] = {field.removeprefix("details."): value}
    else:
        record[field] = value
    with pytest.raises(RejectedInput) as rejected:
        encode("payments", record)
    assert rejected.value.reason == reason
    assert rejected.value.detail.split()[0] == field


@pytest.mark.parametrize("field", ["event_id", "source", "domain", "case_id", "kind", "occurred_at"])
def test_a_field_without_default_must_be_there(field: str) -> None:
    with pytest.raises(RejectedInput, match=rf"^missing-value: {field}$"):
        encode("payments", {name: value for name, value in RECORD.items() if name != field})


CUT = {"partition": 0, "position": 0, "as_of": 0, "flush": 0}
LETTER = {
    "topic": "facts", "partition": 0, "offset": 0, "timestamp": -1, "headers": [], "reason": "empty",
    "at": "worker", "sha256": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("subject", "record", "detail"),
    [
        (
            "stage-marker",
            {"as_of": 0, "code": "", "reference": "", "reference_files": {}, "cut": [CUT | {"flush": 2**63}]},
            "cut.flush",
        ),
        (
            "stage-marker",
            {
                "as_of": 0,
                "code": "",
                "reference": "",
                "reference_files": {},
                "cut": [CUT | {"partition": 2**31}],
            },
            "cut.part",
        ),
        ("stage-marker", {"as_of": 0, "code": "", "reference": "", "reference_files": {}, "cut": {}}, "cut"),
        ("tally", {"unit": "", "procedure": "", "grain": "", "period": "", "counters": []}, "counters"),
        ("tally", {"unit": "", "procedure": "", "grain": "", "period": "", "counters": {1: 1}}, "counters"),
        (
            "tally",
            {"unit": "", "procedure": "", "grain": "", "period": "", "counters": {"a": 1.5}},
            "counters",
        ),
        ("dead-letter", LETTER | {"value": "text"}, "value"),
        ("dead-letter", LETTER | {"headers": [{"name": "a", "value": bytearray(b"b")}]}, "headers.value"),
        ("dead-letter", [], ""),
    ],
)
def test_a_wrong_value_inside_an_array_a_map_or_bytes_is_refused(
    subject: str, record: Any, detail: str
) -> None:
    with pytest.raises(RejectedInput, match=r"^bad-value") as rejected:
        encode(subject, record)
    assert rejected.value.detail.startswith(detail)


def test_a_fact_of_no_domain_cannot_be_written() -> None:
    for domain in ("unknown", "marker", ""):
        with pytest.raises(RejectedInput, match="bad-value: domain"):
            encode_fact(FACT._replace(domain=domain))


def test_a_subject_that_does_not_exist_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ConfigurationError, match="'payment' is no subject"):
        encode("payment", RECORD)


def test_the_largest_and_the_empty_values_are_written() -> None:
    letter = LETTER | {"key": b"", "value": bytes(2**20), "timestamp": -(2**63), "offset": 2**63 - 1}
    letter["headers"] = [{"name": "", "value": None}] * 300
    subject, record = decode(encode("dead-letter", letter))
    assert subject == "dead-letter"
    assert record == letter | {"source": None}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "empty"),
        (b"\0\0\0\3", "truncated-frame"),
        (b"\2\0\0\3\xe8", "bad-magic"),
        (b"\0\0\0\0\1", "unknown-schema"),
        (b"\0\0\0\3\xf2", "malformed-body"),
        (b"\0\0\0\3\xf2\x02a\x02b\x02c\x02d\x80\x80\x80\x80\x80\x80\x80\x01", "malformed-body"),
        (b"\0\0\0\3\xf2\x02\xff\x02b\x02c\x02d\x00", "malformed-body"),
        (b"\0\0\0\3\xf2\x02a\x02b\x02c\x02d\x00\x00", "trailing-bytes"),
    ],
)
def test_bytes_that_are_no_record_are_refused_by_what_is_wrong_with_them(value: bytes, reason: str) -> None:
    assert read(value) == reason


def read(value: bytes) -> tuple[str, dict[str, Any]] | str:
    try:
        return decode(value)
    except RejectedInput as rejected:
        return rejected.reason


@given(st.sampled_from(SUBJECTS), st.binary(max_size=120))
@settings(max_examples=1000, deadline=None)
def test_any_bytes_are_read_or_refused_and_nothing_else(subject: str, body: bytes) -> None:
    value = b"\0" + installed().version(subject).schema_id.to_bytes(4, "big") + body
    found = read(value)
    if isinstance(found, str):
        assert found in {"malformed-body", "trailing-bytes"}
    else:
        assert found[0] == subject
        encode(*found)


def test_every_domain_writes_under_its_own_subject() -> None:
    for domain in FACT_SUBJECTS:
        assert decode(encode_fact(FACT._replace(domain=domain, details={})))[0] == domain
