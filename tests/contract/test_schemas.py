"""The wire contract as it stands: every schema, every example, every topic."""

import json
import subprocess
import sys
import tomllib
from io import BytesIO
from pathlib import Path
from typing import Any

import avro.io
import avro.schema
import pytest
from egovhub.codec import decode, encode, fact_of, plain
from egovhub.contract import FACT_SUBJECTS, Version, installed, schemas_dir
from egovhub.contract_rules import problems
from egovhub.decoder import decode_fact, symbol_of
from egovhub.errors import RejectedInput
from egovhub.events import APPLICANT_KINDS, CHANNELS, DOMAINS, Fact, Kind
from egovhub.json_form import compile_reader

from tests.unit.sdk.record_build import written

SCHEMAS = schemas_dir()
VERSIONS = tuple(installed().by_id.values())
PASSING = sorted(SCHEMAS.glob("*/examples/*/*.pass.json"))
FAILING = sorted(SCHEMAS.glob("*/examples/*/*.fail.json"))


def name(file: Path) -> str:
    return str(file.relative_to(SCHEMAS))


def version_of(file: Path) -> Version:
    subject, number = file.parts[-4], int(file.parts[-2])
    return next(v for v in VERSIONS if (v.subject, v.number) == (subject, number))


def record_of(file: Path, form: Any) -> Any:
    return compile_reader(version_of(file).schema)(form)


def type_of(schema: dict[str, Any], field: str) -> Any:
    return next(f["type"] for f in schema["fields"] if f["name"] == field)


def test_nothing_is_wrong_with_the_contract() -> None:
    assert problems(SCHEMAS) == []


def test_the_check_is_a_command_that_make_can_call() -> None:
    command = [sys.executable, "-m", "egovhub.contract", "check"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    missing = subprocess.run(
        [*command, "--schemas", "no-such-folder"], check=False, capture_output=True, text=True
    )
    assert missing.returncode == 2
    assert missing.stderr == "--schemas no-such-folder: no ids.json in it; give the folder of the schemas\n"


def test_ids_are_the_pinned_ones() -> None:
    subjects = [
        *DOMAINS, "case", "tally", "marker", "indicator", "dead-letter", "dead-letter-decision", "position",
        "stage-marker",
    ]  # fmt: skip
    first = {v.schema_id: v.subject for v in VERSIONS if v.number == 1}
    assert [first[1000 + k] for k in range(len(subjects))] == subjects


@pytest.mark.parametrize("domain", FACT_SUBJECTS)
def test_the_fields_of_a_fact_are_those_of_the_schema_in_its_order(domain: str) -> None:
    assert tuple(f["name"] for f in installed().version(domain).schema["fields"]) == Fact._fields


@pytest.mark.parametrize("domain", FACT_SUBJECTS)
def test_all_domains_share_every_field_but_the_details(domain: str) -> None:
    fields, first = (installed().version(d).schema["fields"] for d in (domain, FACT_SUBJECTS[0]))
    assert fields[:-1] == first[:-1]


def test_the_enums_of_a_fact_are_those_of_the_schema() -> None:
    schema = installed().version("onestop").schema
    kinds = type_of(schema, "kind")["symbols"]
    assert kinds == ["UNKNOWN", *(kind.name for kind in sorted(Kind) if kind is not Kind.UNKNOWN)]
    assert type_of(schema, "domain")["symbols"] == ["UNKNOWN", *map(symbol_of, DOMAINS)]
    assert tuple(type_of(schema, "channel")[1]["symbols"]) == CHANNELS
    assert tuple(type_of(schema, "applicant_kind")[1]["symbols"]) == APPLICANT_KINDS


@pytest.mark.parametrize("domain", FACT_SUBJECTS)
def test_every_field_of_the_details_may_be_left_out(domain: str) -> None:
    details = type_of(installed().version(domain).schema, "details")
    assert 3 <= len(details["fields"]) <= 10
    assert all(f["type"][0] == "null" and f["default"] is None for f in details["fields"])


@pytest.mark.parametrize("file", PASSING, ids=name)
def test_a_passing_example_is_written_and_read_back(file: Path) -> None:
    version = version_of(file)
    record = record_of(file, json.loads(file.read_text(encoding="utf-8")))
    value = written(version, record)
    subject, found = decode(value)
    assert (subject, encode(subject, found)) == (version.subject, encode(version.subject, record))
    assert {field: found[field] for field in record if field != "details"} == {
        field: record[field] for field in record if field != "details"
    }
    assert official(version, value) == found
    if subject in FACT_SUBJECTS:
        assert decode_fact(value) == fact_of(found)


def official(version: Version, value: bytes) -> Any:
    """What the official Avro reader of the latest version makes of a value."""
    versions = (version, installed().version(version.subject))
    schemas = [avro.schema.parse(json.dumps(plain(one.schema))) for one in versions]
    return avro.io.DatumReader(*schemas).read(avro.io.BinaryDecoder(BytesIO(value[5:])))


@pytest.mark.parametrize("file", FAILING, ids=name)
def test_a_failing_example_is_refused_for_the_reason_it_names(file: Path) -> None:
    example = json.loads(file.read_text(encoding="utf-8"))
    with pytest.raises(RejectedInput) as rejected:
        written(version_of(file), record_of(file, example["record"]))
    assert rejected.value.reason == example["reason"]
    assert rejected.value.detail.split(" ")[0] == example["field"]


TOPICS = tomllib.loads((SCHEMAS / "topics.toml").read_text(encoding="utf-8"))["topics"]


def test_the_topics_are_those_of_the_design() -> None:
    table = {
        name: (
            topic["partitions"],
            topic["config"]["cleanup.policy"],
            topic["config"]["message.timestamp.type"],
        )
        for name, topic in TOPICS.items()
    }
    assert table == {
        "facts": (12, "delete", "LogAppendTime"),
        "hub.positions": (1, "compact", "CreateTime"),
        "hub.cases": (12, "compact", "CreateTime"),
        "hub.tallies": (12, "compact", "LogAppendTime"),
        "hub.indicators": (1, "compact", "CreateTime"),
        "hub.dead-letters": (12, "compact,delete", "CreateTime"),
        "hub.dead-letter-decisions": (1, "compact", "CreateTime"),
        "hub-stage-__assignor-__leader": (1, "delete", "CreateTime"),
    }


def test_facts_are_kept_for_ever() -> None:
    config = TOPICS["facts"]["config"]
    assert (config["retention.ms"], config["retention.bytes"]) == (-1, -1)


def test_a_dead_letter_of_the_largest_record_fits_its_topic() -> None:
    largest = 1_048_588
    letter = {
        "topic": "facts", "partition": 11, "offset": 2**62, "timestamp": 2**62, "value": bytes(largest),
        "headers": [], "reason": "malformed-body", "at": "worker", "sha256": "0" * 64,
    }  # fmt: skip
    assert len(encode("dead-letter", letter)) < TOPICS["hub.dead-letters"]["config"]["max.message.bytes"]
