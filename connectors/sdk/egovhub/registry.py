"""The contract as the files a Confluent schema registry would answer with, for any web server to offer.

`python -m egovhub.registry DIR` writes them. A reader gets its schema from `schemas/ids/<id>`; people look by
name under `subjects/`. Nothing answers to a write: ids are given in `schemas/ids.json` alone.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from egovhub.contract import Contract, Version, load, schemas_dir
from egovhub.errors import ConfigurationError


def export(contract: Contract, target: Path) -> list[Path]:
    """Write the tree into a folder, which is made if need be; the same contract always gives the same bytes.

    Lists, which in a registry have the address of a folder, are `index.json` in it.

    Returns: the files, sorted.
    """
    answers: dict[str, Any] = {"subjects/index.json": sorted(contract.latest)}
    for version in contract.by_id.values():
        answers[f"schemas/ids/{version.schema_id}"] = {"schema": _compact(version)}
        answers[f"subjects/{version.subject}/versions/{version.number}"] = _registered(version)
    for subject, latest in contract.latest.items():
        numbers = sorted(v.number for v in contract.by_id.values() if v.subject == subject)
        answers[f"subjects/{subject}/versions/latest"] = _registered(latest)
        answers[f"subjects/{subject}/versions/index.json"] = numbers
    for path, answer in answers.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(json.dumps(answer), encoding="ascii")
    return sorted(target / path for path in answers)


def _registered(version: Version) -> dict[str, Any]:
    return {
        "subject": version.subject,
        "version": version.number,
        "id": version.schema_id,
        "schemaType": "AVRO",
        "schema": _compact(version),
    }


def _compact(version: Version) -> str:
    return json.dumps(version.schema, separators=(",", ":"), ensure_ascii=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the tree; give 2 and a line for each problem if the contract or the folder will not have it."""
    parser = argparse.ArgumentParser(
        prog="python -m egovhub.registry", description="Export the schemas as a registry."
    )
    parser.add_argument("target", type=Path, help="folder to write the tree into")
    parser.add_argument("--schemas", type=Path, default=schemas_dir(), help="folder of the schemas")
    options = parser.parse_args(arguments)
    try:
        files = export(load(options.schemas), options.target)
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename}: {error.strerror}; give a folder that can be written to", file=sys.stderr)
        return 2
    print(f"{len(files)} files under {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
