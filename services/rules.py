"""Loads the reference data of law and organisation, and names the version of it and of the code.

Every row carries its source; all problems of all files are reported at once, before anything starts.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import egovhub.events
from egovhub.errors import ConfigurationError

from services.domain.organisations import Organisations, Unit
from services.domain.organisations import problems as tree_problems
from services.domain.ownership import OwnerRow, Owners
from services.domain.periods import Periods
from services.domain.policy import BUCKETS, Policy
from services.reference_files import read_table

REFERENCE_DIR: Final = Path(__file__).parent / "reference"
NATIONAL_PORTAL: Final = "national-portal"


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything besides facts and the instant that a figure depends on."""

    owners: Owners
    organisations: Organisations
    policy: Policy
    periods: Periods
    reference: str
    """Version of the reference data and the zone: other data, other version."""
    code: str
    """Version of the code that judges: the core's own sources."""


def load_rules(zone: str, directory: Path = REFERENCE_DIR) -> Rules:
    """Read and check the reference data.

    Args:
        zone: IANA name of the zone that cuts periods.
        directory: holds `owners.toml`, `organisations.toml`, `policies.toml`.

    Raises:
        ConfigurationError: with every problem of every file; each names file, row and remedy.
    """
    problems: list[str] = []
    owners = read_table(directory / "owners.toml", "owner", _owner_row, problems)
    policies = read_table(directory / "policies.toml", "policy", _policy, problems)
    units = read_table(directory / "organisations.toml", "unit", _unit, problems)
    problems += [f"organisations.toml: {problem}" for problem in tree_problems(units)]
    policy = next((p for p in policies if p.name == NATIONAL_PORTAL), None)
    if policy is None and not problems:
        problems.append(f"policies.toml: no policy {NATIONAL_PORTAL!r}; every figure is judged by it")
    try:
        periods = Periods(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(f"HUB_ZONE: {zone!r} is not a time zone; use an IANA name such as Asia/Ho_Chi_Minh")
    if problems or policy is None:
        raise ConfigurationError(problems)
    return Rules(
        Owners(owners),
        Organisations(units),
        policy,
        periods,
        _reference_version(directory, zone),
        _code_version(),
    )


def _owner_row(row: Mapping[str, Any]) -> OwnerRow:
    since = row["valid_from"]
    if not isinstance(since, datetime) or since.tzinfo is None:
        raise ValueError(f"valid_from: {since!r} is not an instant with an offset")
    return OwnerRow(str(row["namespace"]), int(since.timestamp()) * 1000, str(row["owner"]))


def _unit(row: Mapping[str, Any]) -> Unit:
    since = row.get("valid_from", date.min)
    if not isinstance(since, date):
        raise ValueError(f"valid_from: {since!r} is not a date")
    parent = row.get("parent")
    return Unit(row["code"], row["name"], row["kind"], parent, since.isoformat(), row["source"])


def _policy(row: Mapping[str, Any]) -> Policy:
    sets = {field: frozenset(row[field]) for field in ("numerator", "denominator", "total")}
    for field, buckets in sets.items():
        if unknown := sorted(buckets - set(BUCKETS)):
            raise ValueError(
                f"{field}: unknown bucket {unknown[0]!r}; the closed list is {', '.join(BUCKETS)}"
            )
    if not sets["numerator"] <= sets["denominator"] <= sets["total"]:
        raise ValueError("numerator must lie within denominator, and denominator within total")
    return Policy(row["name"], row["version"], row["source"], **sets)


def _reference_version(directory: Path, zone: str) -> str:
    digest = hashlib.sha256(zone.encode())
    for path in sorted(directory.glob("*.toml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _code_version() -> str:
    here = Path(__file__).parent
    sources = [*sorted((here / "domain").glob("*.py")), *sorted((here / "indicators").glob("*.py"))]
    digest = hashlib.sha256(Path(egovhub.events.__file__).read_bytes())
    for path in sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
