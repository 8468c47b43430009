"""The reference data as the files say it, read by this folder alone, and cut down to what was known at an instant."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.calendars import Calendars
from tests.oracle.procedures import Procedures
from tests.oracle.units import Units

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]
REFERENCE = Path(__file__).parents[2] / "services" / "reference"
FILES = {
    "owners": ("owner",),
    "policies": ("policy",),
    "calendar": ("calendar", "day"),
    "organisations": ("unit",),
    "successions": ("succession",),
    "procedures": ("procedure", "local_limit"),
    "rule_sets": ("rule_set",),
}


@dataclass
class Reference:
    """Everything besides facts and the instant; ask `at` for what was known at an instant."""

    tables: Tables
    zone: ZoneInfo
    _known: dict[frozenset[int], "Reference"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.owners = [
            (row["namespace"], int(row["valid_from"].timestamp()) * 1000, row["owner"])
            for row in self.tables["owner"]
        ]
        self.policies = [policy(row) for row in self.tables["policy"]]
        self.units = Units(self.tables["unit"], self.tables["succession"], self.zone)
        self.procedures = Procedures(self.tables["procedure"], self.tables["local_limit"])
        self.calendars = Calendars(self.tables["calendar"], self.tables["day"], self.units)

    def at(self, known_at: int | None) -> "Reference":
        """The rows known at an instant; a row without `known_from` was known all along."""
        if known_at is None:
            return self
        tables = {
            name: [row for row in rows if name == "policy" or known_from(row, self.zone) <= known_at]
            for name, rows in self.tables.items()
        }
        key = frozenset(id(row) for rows in tables.values() for row in rows)
        if key not in self._known:
            self._known[key] = Reference(tables, self.zone)
        return self._known[key]

    def rule_set(self, day: date) -> Row | None:
        """The decree in force on a day; of several the one known last."""
        rows = [
            row
            for row in self.tables["rule_set"]
            if row.get("valid_from", date.min) <= day < row.get("valid_to", date.max)
        ]
        return max(rows, key=lambda row: known_from(row, self.zone), default=None)

    def track(self, name: str) -> list[Row]:
        """The policies of a track, in the order of the file."""
        return [row for row in self.policies if row["stands"] == name]

    def day_of(self, at: int) -> date:
        return datetime.fromtimestamp(at // 1000, self.zone).date()


def known_from(row: Row, zone: ZoneInfo) -> float:
    since = row.get("known_from")
    if since is None:
        return float("-inf")
    if not isinstance(since, datetime):
        since = datetime.combine(since, time.min, zone)
    return since.timestamp() * 1000


def policy(row: Row) -> Row:
    """A policy with everything it may leave out."""
    given = {
        "compare": "instant",
        "early": "never",
        "stands": "processing",
        "due": "source-first",
        "credits_supplements": False,
        "waiting": [],
        "waiting_judged": "at-request",
        "max_requests": None,
        "due_soon_hours": 0,
        "unjudged": [],
    }
    return given | row


def read(directory: Path, file: str, name: str) -> list[Row]:
    """The rows of one table of one file, none if the folder has no such file."""
    path = directory / f"{file}.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rows: list[Row] = tables.get(name, [])
    return rows


def load(directories: Sequence[Path] = (REFERENCE,), zone: str = "Asia/Ho_Chi_Minh") -> Reference:
    """The rows of all folders together."""
    tables = {
        name: [row for directory in directories for row in read(directory, file, name)]
        for file, names in FILES.items()
        for name in names
    }
    return Reference(tables, ZoneInfo(zone))
