"""The wire contract as the SDK sees it: which schemas exist, under which ids, and where their files are.

`schemas/` is the source of truth and holds data only; `python -m egovhub.contract check` tells what is wrong.
"""

import json
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
