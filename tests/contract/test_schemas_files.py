"""Each rule on ids, releases, examples and topics is able to fail, and what is released stays as it is."""

import shutil
from pathlib import Path

import pytest
from egovhub.contract import main, schemas_dir
from egovhub.contract_rules import problems

from tests.contract.planted import (
    FREE_ID,
    Plant,
    add,
    assert_found,
    at,
    edit,
    new_field,
    remove,
    replace,
    second,
)


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A copy of the contract, to spoil."""
    return Path(shutil.copytree(schemas_dir(), tmp_path / "schemas"))


EXAMPLE = "payments/examples/1/amount-as-text.fail.json"

FILES: list[tuple[str, Plant, str]] = [
    (
        "no id",
        edit("ids.json", lambda ids: ids.pop("1016")),
        "stage-marker/1.avsc: it has no id; append it to ids.json",
    ),
    ("id of nothing", remove("tally/1.avsc"), "ids.json: tally/1 is not there as a file"),
    (
        "two ids",
        edit("ids.json", lambda ids: ids.update({str(FREE_ID): "case/1"})),
        f"case/1 has two ids, 1009 and {FREE_ID}",
    ),
    ("low id", edit("ids.json", lambda ids: ids.update({"7": "case/2"})), "ids.json: 7 is no id"),
    ("ids not JSON", add("ids.json", "["), "ids.json: Expecting value"),
    ("id twice", replace("ids.json", '"1001"', '"1000"'), "ids.json: a key stands twice"),
    (
        "falling ids",
        lambda c: (
            (
                second("case", new_field("note", ["null", "string"], default=None))(c),
                edit("ids.json", lambda ids: ids.update({"1009": "case/2", str(FREE_ID): "case/1"}))(c),
            )
        ),
        "ids.json: ids of case fall",
    ),
    ("odd file name", add("case/v2.avsc", "{}"), "case/v2.avsc: the name is no version number"),
    (
        "changed release",
        replace("case/1.avsc", "Start of the case.", "Begin of the case."),
        "case/1.avsc: it is not what was released",
    ),
    (
        "changed id",
        edit("ids.json", lambda ids: ids.update({str(FREE_ID): ids.pop("1016")})),
        "ids.json#stage-marker/1: it is not what was released",
    ),
    ("gone release", remove("tally/1.avsc"), "tally/1.avsc: it was released and is gone"),
    (
        "draft",
        second("case", new_field("note", ["null", "string"], default=None)),
        "released.sha256: case/2.avsc is not in it",
    ),
    (
        "draft of an id",
        second("case", new_field("note", ["null", "string"], default=None)),
        "released.sha256: ids.json#case/2 is not in it",
    ),
    ("no released hashes", remove("released.sha256"), "released.sha256: case/1.avsc is not in it"),
    (
        "released twice",
        lambda c: (c / "released.sha256").write_text((c / "released.sha256").read_text() * 2),
        "released.sha256: case/1.avsc stands there twice",
    ),
    ("no passing example", remove("case/examples/1/*.pass.json"), "case/examples/1: no *.pass.json"),
    ("no failing example", remove("case/examples/1/*.fail.json"), "case/examples/1: no *.fail.json"),
    ("odd example", add("case/examples/1/a.json", "{}"), "case/examples/1/a.json: the name does not say"),
    (
        "example of nothing",
        add("case/examples/3/a.pass.json", "{}"),
        "case/examples/3: there is no such version",
    ),
    ("example not JSON", add(EXAMPLE, "{"), f"{EXAMPLE}: it cannot be judged"),
    ("example without reason", edit(EXAMPLE, lambda e: e.pop("reason")), f"{EXAMPLE}: it cannot be judged"),
    ("unknown reason", edit(EXAMPLE, lambda e: e.update(reason="wrong")), f"{EXAMPLE}: wrong is no reason"),
    (
        "another reason",
        edit(EXAMPLE, lambda e: e.update(reason="missing-value")),
        f"{EXAMPLE}: it should be refused for missing-value: details.amount but is for bad-value",
    ),
    (
        "another field",
        edit(EXAMPLE, lambda e: e.update(field="details.currency")),
        f"{EXAMPLE}: it should be refused for bad-value: details.currency but is for bad-value: details.am",
    ),
    (
        "a failing example that passes",
        edit(EXAMPLE, lambda e: e["record"]["details"].update(amount=5)),
        f"{EXAMPLE}: it should be refused for bad-value: details.amount but passes",
    ),
    (
        "a passing example that fails",
        edit("payments/examples/1/paid.pass.json", lambda e: e.pop("kind")),
        "payments/examples/1/paid.pass.json: it should pass but is refused for missing-value: kind",
    ),
]

TOPICS: list[tuple[str, Plant, str]] = [
    ("no table", remove("topics.toml"), "topics.toml: it cannot be read"),
    ("not TOML", add("topics.toml", "="), "topics.toml: it cannot be read"),
    ("other table", add("topics.toml", "[topic]"), "topics.toml: it cannot be read"),
    ("unknown subject", replace("topics.toml", '"position"', '"positions"'), "value positions is no subject"),
    ("subject without topic", replace("topics.toml", ', "marker"', ""), "no topic has values of marker"),
    ("partitions", replace("topics.toml", "partitions = 12", "partitions = 0"), "facts: partitions is 0"),
    ("partitions as text", replace("topics.toml", "= 12", '= "x"'), "partitions is missing"),
    ("no writer", replace("topics.toml", "written_by", "writer"), "facts: written_by is missing or no str"),
    ("odd entry", replace("topics.toml", "written_by", "writer"), "facts: writer is no entry of a topic"),
    ("no clean-up", replace("topics.toml", '"cleanup.policy" = "delete"', ""), "no cleanup.policy"),
    (
        "no bound of compaction",
        replace("topics.toml", '"max.compaction.lag.ms" = 3600000', ""),
        "hub.positions: it is compacted without max.compaction.lag.ms",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("plant", "line"), [pytest.param(p, line, id=n) for n, p, line in FILES])
def test_a_defect_of_ids_releases_or_examples_is_found(contract: Path, plant: Plant, line: str) -> None:
    assert_found(contract, plant, line)


@pytest.mark.parametrize(("plant", "line"), [pytest.param(p, line, id=n) for n, p, line in TOPICS])
def test_a_defect_of_the_topics_is_found(contract: Path, plant: Plant, line: str) -> None:
    assert_found(contract, plant, line)


def test_all_problems_are_printed_at_once(contract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_record = add("case/1.avsc", '"string"')
    for plant in (no_record, TOPICS[3][1], FILES[0][1]):
        plant(contract)
    assert main(["check", "--schemas", str(contract)]) == 1
    printed = capsys.readouterr().out
    for part in (
        "case/1.avsc: the schema is no record",
        "value positions",
        "stage-marker/1.avsc: it has no id",
    ):
        assert part in printed


def test_a_good_new_version_is_released_once_and_then_fixed(contract: Path) -> None:
    before = (contract / "released.sha256").read_text(encoding="utf-8").splitlines()
    second("case", new_field("note", ["null", "string"], default=None))(contract)
    assert main(["release", "--schemas", str(contract)]) == 0
    assert problems(contract) == []
    after = (contract / "released.sha256").read_text(encoding="utf-8").splitlines()
    assert set(before) < set(after)
    assert len(after) == len(before) + 2
    edit("case/2.avsc", at("note", doc="Another."))(contract)
    assert any(line.startswith("case/2.avsc: it is not what was released") for line in problems(contract))


def test_nothing_is_released_while_anything_is_wrong(
    contract: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (contract / "released.sha256").read_bytes()
    second("case", new_field("weight", "long"))(contract)
    replace("case/1.avsc", "Start of the case.", "Begin of the case.")(contract)
    assert main(["release", "--schemas", str(contract)]) == 1
    assert "case/1.avsc: it is not what was released" in capsys.readouterr().out
    assert (contract / "released.sha256").read_bytes() == before
