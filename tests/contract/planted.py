"""Defects to plant in a copy of the contract."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from egovhub.contract import installed
from egovhub.contract_rules import problems

Plant = Callable[[Path], object]
"""Spoils a copy of the contract, given its folder."""

FREE_ID: Final = max(installed().by_id) + 1
"""The next id of the contract."""


def edit(file: str, change: Callable[[Any], object]) -> Plant:
    """Change the JSON of a file in place."""

    def plant(contract: Path) -> None:
        form = json.loads((contract / file).read_text(encoding="utf-8"))
        change(form)
        (contract / file).write_text(json.dumps(form), encoding="utf-8")

    return plant


def second(subject: str, change: Callable[[Any], object]) -> Plant:
    """Add a second version of a subject, with the first one's examples."""

    def plant(contract: Path) -> None:
        folder = contract / subject
        shutil.copy(folder / "1.avsc", folder / "2.avsc")
        shutil.copytree(folder / "examples" / "1", folder / "examples" / "2")
        edit(f"{subject}/2.avsc", change)(contract)
        edit("ids.json", lambda ids: ids.update({str(FREE_ID): f"{subject}/2"}))(contract)

    return plant


def replace(file: str, old: str, new: str) -> Plant:
    """Change the text of a file."""

    def plant(contract: Path) -> None:
        text = (contract / file).read_text(encoding="utf-8")
        assert old in text
        (contract / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return plant


def remove(pattern: str) -> Plant:
    def plant(contract: Path) -> None:
        files = list(contract.glob(pattern))
        assert files
        for file in files:
            file.unlink()

    return plant


def add(file: str, text: str) -> Plant:
    def plant(contract: Path) -> None:
        (contract / file).parent.mkdir(parents=True, exist_ok=True)
        (contract / file).write_text(text, encoding="utf-8")

    return plant


def field(schema: Any, path: str) -> Any:
    """The field at a path, through records, unions and arrays."""
    found = None
    for name in path.split("."):
        found = next(f for f in schema["fields"] if f["name"] == name)
        schema = found["type"][1] if isinstance(found["type"], list) else found["type"]
        schema = schema.get("items", schema) if isinstance(schema, dict) else schema
    return found


def new_field(name: str, type_: Any, **more: Any) -> Callable[[Any], None]:
    return lambda schema: schema["fields"].append({"name": name, "type": type_, "doc": "Planted.", **more})


def at(path: str, **changes: Any) -> Callable[[Any], None]:
    return lambda schema: field(schema, path).update(changes)


def enum_at(path: str, change: Callable[[Any], object]) -> Callable[[Any], None]:
    def apply(schema: Any) -> None:
        type_ = field(schema, path)["type"]
        change(type_[1] if isinstance(type_, list) else type_)

    return apply


def assert_found(contract: Path, plant: Plant, line: str) -> None:
    """Spoil a copy of the contract; the check must say so in a line of its form."""
    plant(contract)
    found = problems(contract)
    assert any(line in problem for problem in found), "\n".join(found)
    assert all(": " in problem and "; " in problem and "\n" not in problem for problem in found), "\n".join(
        found
    )
