"""A log holds several versions of a subject, and every reader sees the latest: the same content is the same content."""

import json
from io import BytesIO
from typing import Any

import avro.io
import avro.schema
import pytest
from egovhub.codec import decode, encode, fact_of, plain
from egovhub.contract import FACT_SUBJECTS, Version, installed
from egovhub.decoder import decode_fact
from egovhub.errors import RejectedInput
from egovhub.events import canonical
from egovhub.ndjson import fact_from_json, fact_to_json
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.sdk.record_build import records, version_of, written

EARLIER = [
    version for version in installed().by_id.values() if installed().latest[version.subject] != version
]
FIRST, SECOND = version_of("documents", 1), version_of("documents", 2)
SHA256 = "0123456789abcdef" * 4
RECORD: dict[str, Any] = {
    "event_id": "e1",
    "source": "documents",
    "domain": "DOCUMENTS",
    "case_id": "documents:1",
    "kind": "REGISTERED",
    "occurred_at": 1_762_046_070_000,
    "details": {"sender": "H24.01", "attachments": 1},
}


def read_officially(value: bytes, version: Version) -> Any:
    """What the official Avro library makes of a value of a version, as a reader of the latest."""
    schemas = (version.schema, installed().version(version.subject).schema)
    reader = avro.io.DatumReader(*(avro.schema.parse(json.dumps(plain(schema))) for schema in schemas))
    return reader.read(avro.io.BinaryDecoder(BytesIO(value[5:])))


def with_details(**details: Any) -> dict[str, Any]:
    return RECORD | {"details": RECORD["details"] | details}


def test_there_are_earlier_versions_to_read() -> None:
    assert FIRST in EARLIER
    assert SECOND not in EARLIER


@pytest.mark.parametrize("version", EARLIER, ids=lambda version: f"{version.subject}/{version.number}")
def test_a_record_of_an_earlier_version_is_read_as_the_official_reader_reads_it(version: Version) -> None:
    @given(records(version.schema, version.subject))
    @settings(max_examples=60, deadline=None)
    def check(record: dict[str, Any]) -> None:
        value = written(version, record)
        subject, found = decode(value)
        assert subject == version.subject
        assert found == read_officially(value, version)
        if subject in FACT_SUBJECTS:
            assert decode_fact(value) == fact_of(found)

    check()


@given(records(FIRST.schema, "documents"))
@settings(max_examples=100, deadline=None)
def test_the_same_content_in_either_version_is_the_same_content(record: dict[str, Any]) -> None:
    first, second = written(FIRST, record), encode("documents", record)
    assert first != second
    assert decode_fact(first) == decode_fact(second)
    assert canonical(decode_fact(first)) == canonical(decode_fact(second))
    assert fact_to_json(decode_fact(first)) == fact_to_json(decode_fact(second))


@pytest.mark.parametrize("details", [{"attachments_bytes": 0}, {"attachments_sha256": SHA256}])
def test_what_only_the_later_version_says_is_content(details: dict[str, Any]) -> None:
    fact = decode_fact(encode("documents", with_details(**details)))
    assert fact.details == {"sender": "H24.01", "attachments": 1, **details}
    assert canonical(fact) != canonical(decode_fact(written(FIRST, RECORD)))


def test_a_fact_as_a_line_of_json_keeps_what_the_later_version_says() -> None:
    fact = decode_fact(encode("documents", with_details(attachments_bytes=2**40, attachments_sha256=SHA256)))
    assert fact_from_json(fact_to_json(fact)) == (fact, None)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_value_of_an_earlier_version_cut_off_or_longer_is_refused(data: st.DataObject) -> None:
    value = written(FIRST, RECORD)
    cut = data.draw(st.integers(5, len(value) - 1))
    for bad in (value[:cut], value + bytes(1 + cut % 3)):
        with pytest.raises(RejectedInput, match=r"^(malformed-body|trailing-bytes)"):
            decode_fact(bad)
        with pytest.raises(RejectedInput, match=r"^(malformed-body|trailing-bytes)"):
            decode(bad)
