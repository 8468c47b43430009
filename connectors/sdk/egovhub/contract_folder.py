"""A folder of schemas as its files say, right or wrong: what the rules of the contract judge."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FIRST_ID: Final = 1000
RELEASED: Final = "released.sha256"

Report = Callable[[str], None]
"""Takes one problem: "<file>: <what>; <remedy>"."""

Key = tuple[str, int]
"""Subject and version number."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Files and schemas by subject and number, ids by `<subject>/<number>`, released hashes of what."""

    path: Path
    ids: dict[str, int]
    files: dict[Key, bytes]
    schemas: dict[Key, Any]
    released: dict[str, str]

    @property
    def latest(self) -> dict[str, Key]:
        """The latest version of each subject."""
        return {subject: (subject, number) for subject, number in sorted(self.schemas)}

    def versions(self, subject: str) -> list[int]:
        """The version numbers of a subject, rising."""
        return sorted(number for name, number in self.schemas if name == subject)

    def hashes(self) -> dict[str, str]:
        """The hash of all that may not change once released: each schema file and each row of `ids.json`."""
        files = {f"{subject}/{number}.avsc": content for (subject, number), content in self.files.items()}
        rows = {f"ids.json#{name}": f"{schema_id} {name}".encode() for name, schema_id in self.ids.items()}
        return {what: hashlib.sha256(content).hexdigest() for what, content in (files | rows).items()}


def read_folder(path: Path, report: Report) -> Folder:
    """Read what can be read; report the rest."""
    files, schemas = {}, {}
    for file in sorted(path.glob("*/*.avsc")):
        name = f"{file.parent.name}/{file.name}"
        if not file.stem.isascii() or not file.stem.isdecimal() or file.stem.startswith("0"):
            report(f"{name}: the name is no version number; call it 1.avsc, 2.avsc and so on")
            continue
        key = (file.parent.name, int(file.stem))
        files[key] = file.read_bytes()
        try:
            schemas[key] = strict_json(files[key])
        except ValueError as error:
            report(f"{name}: {error}; a schema is one JSON object in UTF-8")
    return Folder(path, _ids(path, report), files, schemas, _released(path, report))


def strict_json(text: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises:
        ValueError: for other text, and for an object with a key twice, of which readers take either.
    """
    return json.loads(text.decode(), object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice in one object")
    return dict(pairs)


def _ids(path: Path, report: Report) -> dict[str, int]:
    ids: dict[str, int] = {}
    try:
        rows = strict_json((path / "ids.json").read_bytes())
    except (OSError, ValueError) as error:
        report(f"ids.json: {error}; it maps each id to <subject>/<version>")
        return ids
    for key, name in rows.items():
        if not key.isdecimal() or not FIRST_ID <= int(key) < 1 << 32:
            report(f"ids.json: {key} is no id; ids count up from {FIRST_ID}")
        elif name in ids:
            report(f"ids.json: {name} has two ids, {ids[name]} and {key}; a version keeps its first")
        else:
            ids[name] = int(key)
    return ids


def _released(path: Path, report: Report) -> dict[str, str]:
    rows: dict[str, str] = {}
    file = path / RELEASED
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        digest, _, what = line.partition("  ")
        if what in rows:
            report(f"{RELEASED}: {what} stands there twice; a released file has one hash for ever")
        rows[what] = digest
    return rows
