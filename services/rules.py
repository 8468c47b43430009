"""Loads the reference data of law and organisation, and names the version of it and of the code.

Every row carries its source; all problems of all files are reported at once, before anything starts.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final, NamedTuple, TypeVar, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import egovhub.events
from egovhub.errors import ConfigurationError
from egovhub.events import Kind

import services.indicators
from services import load_calendar, load_organisations, load_procedures, load_rule_sets
from services.domain.cells import Pool
from services.domain.figures import AS_NOW, AS_WAS, Maker
from services.domain.imports import Imports
from services.domain.indicator import Count, Indicator
from services.domain.law import Backfill, Law
from services.domain.organisations import Organisations
from services.domain.ownership import OwnerRow, Owners
from services.domain.periods import Periods, month_of_label
from services.domain.policy import BUCKETS, UNJUDGED, Compare, Due, Early, Policy, Stands, Waiting
from services.load_imports import load_imports
from services.load_thresholds import load_thresholds
from services.reference_files import day_of, read_table

REFERENCE_DIR: Final = Path(__file__).parent / "reference"
NATIONAL_PORTAL: Final = "national-portal"
ZONE_ENTRY: Final = "zone"
"""How the zone is named among the files of reference data."""

_DIGITS: Final = 12
_HOUR_MS: Final = 3_600_000


class Edge(NamedTuple):
    """An instant from which on the figures of a month and of all later ones may be others."""

    at: int
    since: int


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything besides facts and the instant that a figure depends on.

    Args:
        reference: version of the reference data and the zone: other data, other version.
        code: version of the code that judges: the core's own sources.
        reference_files: digest of each file of the reference data by its name, and of the zone as `ZONE_ENTRY`.
        labels: of the policies, in the order of the joint buckets: those of the first track first.
    """

    law: Law
    imports: Imports
    indicators: tuple[Indicator, ...]
    reference: str
    code: str
    reference_files: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        tracks = (self.law.track(stands) for stands in (Stands.PROCESSING, Stands.HAND_OVER))
        object.__setattr__(self, "labels", tuple(policy.label for track in tracks for policy in track))

    @property
    def periods(self) -> Periods:
        """The periods of the zone."""
        return self.law.periods

    @property
    def organisations(self) -> Organisations:
        """The registry of units."""
        return self.law.organisations

    @property
    def policy(self) -> Policy:
        """The policy of figures that do not ask for another: the national portal's."""
        return self.law.policies[0]

    def changed_files(self, before: Mapping[str, str]) -> list[str]:
        """The files that are other ones than before, were not there, or are there no longer; sorted."""
        names = {*before, *self.reference_files}
        return sorted(name for name in names if before.get(name) != self.reference_files.get(name))

    @property
    def edges(self) -> tuple[Edge, ...]:
        """Where dated reference data changes figures though no case changes; ascending."""
        periods = self.periods

        def start_of(day: date) -> int:
            return int(datetime(day.year, day.month, day.day, tzinfo=periods.zone).timestamp()) * 1000

        dated = {*self.law.thresholds.edges(start_of), *self.imports.edges(start_of)}
        edges = {Edge(at, periods.month_of(at)) for at in dated}
        edges |= {Edge(at, month_of_label(period)) for at, period in self.imports.counted_by_portal()}
        return tuple(sorted(edges))

    def maker(self, view: str = AS_WAS) -> Maker:
        """Makes the figures of one view."""
        return Maker(self.law, self.imports, self.indicators, view)

    def pool(self, view: str = AS_WAS) -> Pool:
        """An empty pool along the tree of one view."""
        organisations = self.law.organisations
        if view == AS_NOW:
            return Pool(organisations.path_now, by_procedure=False)
        return Pool(organisations.path)

    def at(self, known_at: int | None) -> "Rules":
        """The rules as far as they were known at an instant; a row that says nothing of it was always known."""
        if known_at is None:
            return self
        law = self.law
        return replace(
            self,
            law=replace(
                law,
                organisations=law.organisations.at(known_at),
                procedures=law.procedures.at(known_at),
                calendars=law.calendars.at(known_at),
                rule_sets=law.rule_sets.at(known_at),
                thresholds=law.thresholds.at(known_at),
            ),
            imports=self.imports.at(known_at),
        )


def load_rules(zone: str, directory: Path = REFERENCE_DIR) -> Rules:
    """Read and check the reference data.

    Args:
        zone: IANA name of the zone that cuts periods.
        directory: as described in its README.

    Raises:
        ConfigurationError: with every problem of every file; each names file, row and remedy.
    """
    problems: list[str] = []
    try:
        cutter = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems.append(f"HUB_ZONE: {zone!r} is not a time zone; use an IANA name such as Asia/Ho_Chi_Minh")
        cutter = ZoneInfo("Asia/Ho_Chi_Minh")
    indicators = discovered()
    owners = read_table(directory / "owners.toml", "owner", _owner_row, problems)
    policies = read_table(directory / "policies.toml", "policy", _policy, problems)
    problems += [f"policies.toml: {problem}" for problem in _policy_problems(policies)]
    backfills = _optional(directory / "backfills.toml", problems)
    organisations = load_organisations.load(directory, problems, cutter)
    procedures = load_procedures.load(directory, problems, cutter)
    calendars = load_calendar.load(directory, problems)
    rule_sets = load_rule_sets.load(directory, problems, cutter)
    imports = load_imports(directory, cutter, problems)
    thresholds = load_thresholds(directory, cutter, problems)
    if problems:
        raise ConfigurationError(problems)
    law = Law(
        Owners(owners),
        _periods(zone),
        tuple(policies),
        organisations,
        procedures,
        calendars,
        rule_sets,
        counts=tuple(cast("Count", i.count) for i in indicators if hasattr(i, "count")),
        backfills=tuple(backfills),
        thresholds=thresholds,
    )
    files = _reference_files(directory, zone)
    return Rules(law, imports, indicators, _version_of(files), _code_version(), files)


@cache
def _periods(zone: str) -> Periods:
    return Periods(ZoneInfo(zone))


@cache
def discovered() -> tuple[Indicator, ...]:
    """The indicators: every module of `services.indicators` with a definition, in the order of their ids."""
    names = [module.name for module in iter_modules(services.indicators.__path__)]
    modules = [import_module(f"services.indicators.{name}") for name in names]
    found = [cast("Indicator", module) for module in modules if hasattr(module, "DEFINITION")]
    return tuple(sorted(found, key=lambda indicator: indicator.DEFINITION.id))


def _optional(path: Path, problems: list[str]) -> list[Backfill]:
    return read_table(path, "backfill", _backfill, problems) if path.exists() else []


def _instant(row: Mapping[str, Any], field: str) -> int:
    value = row[field]
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{field}: {value!r} is not an instant with an offset")
    return int(value.timestamp()) * 1000


def _owner_row(row: Mapping[str, Any]) -> OwnerRow:
    return OwnerRow(str(row["namespace"]), _instant(row, "valid_from"), str(row["owner"]))


def _backfill(row: Mapping[str, Any]) -> Backfill:
    since, until = _instant(row, "since"), _instant(row, "until")
    if since >= until:
        raise ValueError(f"until: {row['until']} does not lie after since")
    return Backfill(str(row["publisher"]), since, until)


def _policy(row: Mapping[str, Any]) -> Policy:
    sets = {field: frozenset(row[field]) for field in ("numerator", "denominator", "total")}
    for name, buckets in sets.items():
        if unknown := sorted(buckets - set(BUCKETS)):
            raise ValueError(
                f"{name}: unknown bucket {unknown[0]!r}; the closed list is {', '.join(BUCKETS)}"
            )
    if not sets["numerator"] <= sets["denominator"] <= sets["total"]:
        raise ValueError("numerator must lie within denominator, and denominator within total")
    day_of(row, "valid_from")
    return Policy(
        row["name"],
        row["version"],
        row["source"],
        **sets,
        compare=_one_of(Compare, row["compare"], "compare"),
        early=_one_of(Early, row["early"], "early"),
        stands=_one_of(Stands, row["stands"], "stands"),
        due=_one_of(Due, row.get("due", "source-first"), "due"),
        credits_supplements=bool(row.get("credits_supplements", False)),
        waiting=_waiting(row.get("waiting", [])),
        waiting_judged=_one_of(Waiting, row.get("waiting_judged", "at-request"), "waiting_judged"),
        max_requests=row.get("max_requests"),
        due_soon_ms=int(row.get("due_soon_hours", 0)) * _HOUR_MS,
        unjudged=_unjudged(row.get("unjudged", [])),
    )


AnyChoice = TypeVar("AnyChoice", Compare, Early, Stands, Due, Waiting)


def _one_of(choices: type[AnyChoice], value: Any, field: str) -> AnyChoice:
    try:
        return choices(value)
    except ValueError:
        raise ValueError(f"{field}: {value!r} is none of {', '.join(choices)}") from None


def _waiting(names: Any) -> frozenset[str]:
    if unknown := sorted(set(names) - {"supplement", "fee"}):
        raise ValueError(f"waiting: {unknown[0]!r} is neither supplement nor fee")
    return frozenset(names)


def _unjudged(names: Any) -> frozenset[Kind]:
    known = {kind.name: kind for kind in UNJUDGED}
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"unjudged: {unknown[0]!r} is none of {', '.join(known)}")
    return frozenset(known[name] for name in names)


def _policy_problems(policies: list[Policy]) -> list[str]:
    """What is wrong between the rows: the first must be the portal's, each track needs one, labels are unique."""
    found = []
    if not policies or policies[0].name != NATIONAL_PORTAL:
        found.append(f"the first row must be {NATIONAL_PORTAL!r}; figures that name no other use it")
    found += [
        f"no policy with stands = {stands.value!r}; each track is judged by at least one"
        for stands in Stands
        if not any(policy.stands is stands for policy in policies)
    ]
    labels = [policy.label for policy in policies]
    found += [
        f"{label}: given twice; keep one row" for label in sorted(set(labels)) if labels.count(label) > 1
    ]
    return found


def _reference_files(directory: Path, zone: str) -> dict[str, str]:
    paths = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*.toml")}
    files = {name: _digest(paths[name].read_bytes()) for name in sorted(paths)}
    return {**files, ZONE_ENTRY: _digest(zone.encode())}


def _version_of(files: Mapping[str, str]) -> str:
    return _digest("\0".join(f"{name}\0{files[name]}" for name in sorted(files)).encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


@cache
def _code_version() -> str:
    here = Path(__file__).parent
    sources = [*sorted((here / "domain").glob("*.py")), *sorted((here / "indicators").glob("*.py"))]
    digest = hashlib.sha256(Path(egovhub.events.__file__).read_bytes())
    for path in sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_DIGITS]
