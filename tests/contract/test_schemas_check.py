"""Each rule on schemas and versions is able to fail: a planted defect is found by name."""

import shutil
from pathlib import Path

import pytest
from egovhub.contract import schemas_dir

from tests.contract.planted import (
    FREE_ID,
    Plant,
    add,
    assert_found,
    at,
    edit,
    enum_at,
    field,
    new_field,
    replace,
    second,
)


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A copy of the contract, to spoil."""
    return Path(shutil.copytree(schemas_dir(), tmp_path / "schemas"))


MICROS = {"type": "long", "logicalType": "timestamp-micros"}
DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}

SCHEMAS: list[tuple[str, Plant, str]] = [
    ("not JSON", add("case/1.avsc", "{"), "case/1.avsc: Expecting property name"),
    ("key twice", replace("case/1.avsc", '"name"', '"doc": "", "name"'), "case/1.avsc: a key stands twice"),
    (
        "not UTF-8",
        lambda c: (c / "case/1.avsc").write_bytes(b"\xff"),
        "case/1.avsc: 'utf-8' codec can't",
    ),
    ("no record", add("case/1.avsc", '"string"'), "case/1.avsc: the schema is no record"),
    ("number for a schema", add("case/1.avsc", "7"), "case/1.avsc: fastavro refuses it"),
    ("no fields", edit("case/1.avsc", lambda s: s.pop("fields")), "case/1.avsc: avro refuses it"),
    (
        "only avro refuses",
        edit("case/1.avsc", at("policy", order="upwards")),
        "case/1.avsc: avro refuses it (The order property upwards is not valid.)",
    ),
    (
        "only fastavro refuses",
        edit("case/1.avsc", at("policy", default=7)),
        "case/1.avsc: fastavro refuses it (Default value <7> must match schema type: string)",
    ),
    (
        "a warning of avro",
        edit("case/1.avsc", at("policy", type={"type": "string", "logicalType": "timestamp-millis"})),
        "case/1.avsc: avro refuses it",
    ),
    (
        "namespace",
        edit("case/1.avsc", lambda s: s.update(namespace="vn")),
        "case/1.avsc: the namespace is not",
    ),
    (
        "no doc of a record",
        edit("case/1.avsc", lambda s: s.pop("doc")),
        "record Case says nothing about itself",
    ),
    (
        "no doc of a field",
        edit("case/1.avsc", lambda s: field(s, "unit").pop("doc")),
        "field unit says nothing",
    ),
    (
        "field in capitals",
        edit("case/1.avsc", new_field("dueAt", "string")),
        "field dueAt is not in small letters",
    ),
    ("float", edit("case/1.avsc", new_field("share", "double")), "case/1.avsc: share is a double"),
    (
        "fixed",
        edit("case/1.avsc", new_field("id", {"type": "fixed", "name": "I", "size": 4})),
        "id is a fixed",
    ),
    (
        "recursion",
        edit("case/1.avsc", new_field("part", ["null", "Case"], default=None)),
        "case/1.avsc: part holds Case, in which it stands",
    ),
    (
        "recursion through an array",
        edit(
            "onestop/1.avsc",
            lambda s: new_field("steps", {"type": "array", "items": "OnestopDetails"})(
                field(s, "details")["type"]
            ),
        ),
        "onestop/1.avsc: details.steps holds OnestopDetails, in which it stands",
    ),
    (
        "type by name",
        edit("marker/1.avsc", new_field("other_clock", "Clock")),
        "marker/1.avsc: other_clock refers to Clock by name",
    ),
    (
        "items of null",
        edit("tally/1.avsc", new_field("nothing", {"type": "array", "items": "null"})),
        "tally/1.avsc: items of nothing may take no byte",
    ),
    (
        "items of empty records",
        edit(
            "tally/1.avsc",
            new_field(
                "nothing",
                {
                    "type": "array",
                    "items": {"type": "record", "name": "Empty", "doc": "Nothing.", "fields": []},
                },
            ),
        ),
        "tally/1.avsc: items of nothing may take no byte",
    ),
    (
        "UNKNOWN is not first",
        edit("marker/1.avsc", enum_at("clock", lambda e: e["symbols"].reverse())),
        "marker/1.avsc: enum of clock does not begin with UNKNOWN",
    ),
    (
        "no default of an enum",
        edit("marker/1.avsc", enum_at("clock", lambda e: e.pop("default"))),
        "marker/1.avsc: enum of clock has no default UNKNOWN",
    ),
    (
        "symbol in small letters",
        edit("marker/1.avsc", enum_at("clock", lambda e: e["symbols"].append("real"))),
        "marker/1.avsc: symbol real of clock is not in capitals",
    ),
    (
        "no doc of an enum",
        edit("payments/1.avsc", enum_at("details.payment_status", lambda e: e.pop("doc"))),
        "payments/1.avsc: enum of details.payment_status says nothing",
    ),
    (
        "optional without default",
        edit("case/1.avsc", lambda s: field(s, "due_at").pop("default")),
        "case/1.avsc: field due_at is optional but its default is not null",
    ),
    (
        "null second",
        edit("case/1.avsc", at("channel", type=["string", "null"], default="")),
        "case/1.avsc: channel is a union other than",
    ),
    (
        "three branches",
        edit("case/1.avsc", at("channel", type=["null", "string", "long"])),
        "case/1.avsc: channel is a union other than",
    ),
    (
        "one name for two things",
        edit("onestop/1.avsc", enum_at("channel", lambda e: e["symbols"].append("FAX"))),
        "vn.egov.hub.Channel is not what it is in",
    ),
    (
        "names by letter case",
        edit("position/1.avsc", lambda s: s.update(name="TALLY")),
        "vn.egov.hub.TALLY, vn.egov.hub.Tally: names that differ in letter case only",
    ),
    (
        "a fact without a field",
        edit("feedback/1.avsc", lambda s: s["fields"].remove(field(s, "due_at"))),
        "feedback/1.avsc: feedback: a fact needs the field due_at",
    ),
    (
        "a field that Python cannot name",
        edit("feedback/1.avsc", new_field("due-at", "string")),
        "feedback/1.avsc: feedback: 'due-at' cannot be the name of a field",
    ),
    (
        "a type no fact has",
        edit("feedback/1.avsc", new_field("pages", "int")),
        "feedback/1.avsc: feedback: pages has a type that facts do not have",
    ),
]

VERSIONS: list[tuple[str, Plant, str]] = [
    (
        "new field without default",
        second("case", new_field("weight", "long")),
        "case/2.avsc: field weight is new and has no default",
    ),
    (
        "new nested field without default",
        second("onestop", lambda s: new_field("weight", "long")(field(s, "details")["type"])),
        "onestop/2.avsc: field details.weight is new and has no default",
    ),
    (
        "new cannot read old",
        second("case", new_field("weight", "long")),
        "case/2.avsc: version 2 cannot read version 1 (weight, at /fields/18)",
    ),
    (
        "old cannot read new",
        second("case", lambda s: s["fields"].remove(field(s, "bucket"))),
        "case/2.avsc: version 1 cannot read version 2 (bucket",
    ),
    (
        "renamed record",
        second("case", lambda s: s.update(name="CaseRow")),
        "case/2.avsc: version 2 cannot read version 1 (expected: vn.egov.hub.Case",
    ),
    (
        "logical type",
        second("case", at("as_of", type=MICROS)),
        "case/2.avsc: type, logical type or scale of as_of changes",
    ),
    (
        "logical type of an optional field",
        second("case", at("due_at", type=["null", MICROS])),
        "case/2.avsc: type, logical type or scale of due_at changes",
    ),
    (
        "text for bytes, which Avro lets pass",
        second("dead-letter", at("key", type=["null", "string"])),
        "dead-letter/2.avsc: type, logical type or scale of key changes",
    ),
    (
        "moved symbols",
        second("onestop", enum_at("kind", lambda e: e["symbols"].insert(3, "ASSIGNED"))),
        "onestop/2.avsc: symbols of kind were moved or dropped",
    ),
    (
        "dropped symbols",
        second("onestop", enum_at("channel", lambda e: e["symbols"].pop())),
        "onestop/2.avsc: symbols of channel were moved or dropped",
    ),
    (
        "type within an array",
        second("indicator", at("cut.position", type="int")),
        "indicator/2.avsc: type, logical type or scale of cut.position changes",
    ),
    (
        "no schema to hold against",
        second("case", lambda s: s.pop("fields")),
        "case/2.avsc: it cannot be held against version 1",
    ),
    (
        "no second version",
        lambda c: (c / "case/1.avsc").rename(c / "case/2.avsc"),
        "case: its versions are [2]",
    ),
]


def scale(contract: Path) -> None:
    """Two versions with a decimal of another scale."""
    edit("case/1.avsc", new_field("fee", DECIMAL))(contract)
    second("case", at("fee", type=DECIMAL | {"scale": 0}))(contract)


def third_against_first(contract: Path) -> None:
    """Three versions, neighbours compatible, the third not with the first: a default came, the field went."""
    edit("case/1.avsc", new_field("fee", "long"))(contract)
    second("case", at("fee", default=0))(contract)
    shutil.copytree(contract / "case/examples/1", contract / "case/examples/3")
    shutil.copy(contract / "case/2.avsc", contract / "case/3.avsc")
    edit("case/3.avsc", lambda s: s["fields"].remove(field(s, "fee")))(contract)
    edit("ids.json", lambda ids: ids.update({str(FREE_ID + 1): "case/3"}))(contract)


VERSIONS += [
    ("scale", scale, "case/2.avsc: type, logical type or scale of fee changes"),
    ("third against first", third_against_first, "case/3.avsc: version 1 cannot read version 3 (fee"),
]


@pytest.mark.parametrize(("plant", "line"), [pytest.param(p, line, id=n) for n, p, line in SCHEMAS])
def test_a_defect_of_a_schema_is_found(contract: Path, plant: Plant, line: str) -> None:
    assert_found(contract, plant, line)


@pytest.mark.parametrize(("plant", "line"), [pytest.param(p, line, id=n) for n, p, line in VERSIONS])
def test_a_defect_between_versions_is_found(contract: Path, plant: Plant, line: str) -> None:
    assert_found(contract, plant, line)
