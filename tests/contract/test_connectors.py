"""Every connector of configuration alone: its examples hold, and its README says what it is."""

from pathlib import Path

import pytest
from egovhub.mapping import load_mapping
from egovhub.testing import assert_examples, example_inputs, mapping_file

CONNECTORS = Path(__file__).resolve().parents[2] / "connectors"
FOLDERS = sorted(file.parent for file in CONNECTORS.glob("*/*.toml") if file.name != "pyproject.toml")


def test_the_connectors_are_found() -> None:
    assert {"receipt", "boston311"} <= {folder.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_examples_of_a_connector_are_as_written(folder: Path) -> None:
    assert_examples(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_connector_shows_what_it_refuses_too(folder: Path) -> None:
    assert example_inputs(folder)
    assert list((folder / "examples").glob("*.events.json"))
    assert list((folder / "examples").glob("*.rejected.json"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_connector_has_a_readme_and_a_mapping_of_its_name(folder: Path) -> None:
    assert (folder / "README.md").read_text(encoding="utf-8").startswith(f"# {folder.name}\n")
    assert mapping_file(folder).stem == load_mapping(mapping_file(folder)).source == folder.name
