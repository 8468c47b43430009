"""The wire contract as the SDK sees it: which schemas exist, under which ids, and where their files are.

`schemas/` is the source of truth and holds data only; `python -m egovhub.contract check` tells what is wrong.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from egovhub.errors import ConfigurationError
from egovhub.events import DOMAINS

FACT_SUBJECTS = DOMAINS
"""The subjects whose records are case facts, one for each domain."""


@dataclass(frozen=True, slots=True)
class Version:
    """One released version of a subject; `text` is the file as it stands, `schema` the same parsed."""

    subject: str
    number: int
    schema_id: int
    text: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contract:
    """All versions of all subjects, found by id; `latest` is what a writer uses and a reader resolves to."""

    directory: Path
    by_id: dict[int, Version]
    latest: dict[str, Version]

    def version(self, subject: str) -> Version:
        """The version in which this SDK writes a subject.

        Raises: ConfigurationError, if the contract has no such subject.
        """
        found = self.latest.get(subject)
        if found is None:
            raise ConfigurationError(
                f"{subject!r} is no subject of the contract; it has {', '.join(self.latest)}"
            )
        return found


def schemas_dir() -> Path:
    """Folder of the schemas: inside the package in a wheel, beside `connectors/` in a checkout."""
    here = Path(__file__).resolve()
    packaged = here.parent / "schemas"
    return packaged if packaged.is_dir() else here.parents[3] / "schemas"


def load(directory: Path) -> Contract:
    """Read a folder of schemas.

    Raises: ConfigurationError, with every row of `ids.json` that leads to no readable schema.
    """
    problems: list[str] = []
    versions: list[Version] = []
    for key, name in _rows(directory).items():
        try:
            versions.append(_version(directory, int(key), name))
        except (OSError, ValueError) as error:
            problems.append(f"{name}.avsc: {error}; ids.json gives it id {key}")
    if problems:
        raise ConfigurationError(problems)
    versions.sort(key=lambda v: (v.schema_id, v.number))
    latest: dict[str, Version] = {}
    for version in versions:
        known = latest.get(version.subject)
        if known is None or known.number < version.number:
            latest[version.subject] = version
    return Contract(directory, {v.schema_id: v for v in versions}, latest)


@cache
def installed() -> Contract:
    """The contract that came with this SDK."""
    return load(schemas_dir())


def _rows(directory: Path) -> dict[str, str]:
    try:
        rows: dict[str, str] = json.loads((directory / "ids.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{directory / 'ids.json'}: {error}; it maps each id to <subject>/<version>"
        ) from error
    return rows


def _version(directory: Path, schema_id: int, name: str) -> Version:
    subject, _, number = name.partition("/")
    text = (directory / subject / f"{number}.avsc").read_text(encoding="utf-8")
    return Version(subject, int(number), schema_id, text, json.loads(text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is wrong with the contract, one problem a line; give 1 if anything is, 2 without a contract.

    `check` does nothing else; `release` adds hashes of what is new to `released.sha256` if nothing is wrong.
    """
    parser = argparse.ArgumentParser(
        prog="python -m egovhub.contract", description="Check the wire contract."
    )
    parser.add_argument("command", choices=["check", "release"], help="release fixes what is new for ever")
    parser.add_argument("--schemas", type=Path, default=schemas_dir(), help="folder of the schemas")
    options = parser.parse_args(arguments)
    if not (options.schemas / "ids.json").is_file():
        print(
            f"--schemas {options.schemas}: no ids.json in it; give the folder of the schemas", file=sys.stderr
        )
        return 2
    from egovhub import contract_rules  # noqa: PLC0415 - needs the avro package, which only this command does

    command = contract_rules.problems if options.command == "check" else contract_rules.release
    found = command(options.schemas)
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
