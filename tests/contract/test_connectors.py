"""Every connector, of configuration alone or in code: its examples hold, and it says what it is."""

import tomllib
from pathlib import Path

import pytest
from egovhub.examples import example_payloads
from egovhub.loading import is_code, load_connector
from egovhub.mapping import load_mapping
from egovhub.testing import assert_examples, example_inputs, mapping_file

ROOT = Path(__file__).resolve().parents[2]
CONNECTORS = ROOT / "connectors"
IN_CODE = sorted(file.parent for file in CONNECTORS.glob("*/connector.py"))
CONFIGURED = sorted(
    {file.parent for file in CONNECTORS.glob("*/*.toml") if file.name != "pyproject.toml"} - {*IN_CODE}
)
FOLDERS = [*CONFIGURED, *IN_CODE]

FEWEST_INPUTS = 6
LONGEST_CONNECTOR = 25


def named(folder: Path) -> str:
    return folder.name


def test_the_connectors_are_found() -> None:
    assert {"receipt", "boston311"} <= set(map(named, CONFIGURED))
    assert {"documents", "onestop", "civil_status", "business_registration"} <= set(map(named, IN_CODE))


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_the_examples_of_a_connector_are_as_written(folder: Path) -> None:
    assert_examples(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_connector_shows_what_it_refuses_too(folder: Path) -> None:
    assert example_inputs(folder)
    assert list((folder / "examples").glob("*.events.json"))
    assert list((folder / "examples").glob("*.rejected.json"))


@pytest.mark.parametrize("folder", IN_CODE, ids=named)
def test_a_connector_in_code_shows_several_inputs(folder: Path) -> None:
    connector = load_connector(folder)
    inputs = [payload for file in example_inputs(folder) for payload in example_payloads(connector, file)]
    assert len(inputs) >= FEWEST_INPUTS


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_connector_has_a_readme_of_its_name(folder: Path) -> None:
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {folder.name}\n")


@pytest.mark.parametrize("folder", CONFIGURED, ids=named)
def test_a_configuration_has_the_name_of_its_folder_and_source(folder: Path) -> None:
    assert mapping_file(folder).stem == load_mapping(mapping_file(folder)).source == folder.name


@pytest.mark.parametrize("folder", IN_CODE, ids=named)
def test_a_connector_in_code_has_the_name_of_its_source_and_is_short(folder: Path) -> None:
    assert is_code(folder)
    assert load_connector(folder).origin.source == folder.name.replace("_", "-")
    lines = (folder / "connector.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_CONNECTOR


def test_every_connector_in_code_is_under_the_rules_of_imports() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    names = set(map(named, IN_CODE))
    assert names <= set(settings["root_packages"])
    contracts = {contract["name"]: contract for contract in settings["contracts"]}
    assert set(contracts["No connector knows another"]["modules"]) == names
    for name in (
        "A connector knows nothing of the services",
        "A connector maps: no clock, no network, no broker",
    ):
        assert set(contracts[name]["source_modules"]) == names
