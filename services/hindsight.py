"""What was known at an instant against what is known today: rows of reference data left out, and cases they change.

A holiday decreed later moves exactly the cases that count over it; whoever asks by what was known then is told which.
Source: DESIGN 3, laws 1 and 2.
"""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.domain.case import CaseState
from services.domain.evaluation import Evaluation, evaluate
from services.recount import Cases
from services.reference_fields import known_from
from services.rules import Rules

Rows = list[dict[str, Any]]


def left_out(directory: Path, zone: ZoneInfo, known_at: int) -> dict[str, int]:
    """How many rows of each file became known only after an instant; files without any are not named.

    Args:
        directory: reference data that has been loaded without a problem.
        zone: cuts the day that a `known_from` without a time begins, but in the calendar, which has zones of its own.
    """
    found: dict[str, int] = {}
    for path in sorted(directory.rglob("*.toml")):
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = [row for some in tables.values() if isinstance(some, list) for row in some]
        zones = _zones_of_calendars(rows)
        later = sum(_is_later(row, zones.get(row.get("scope", ""), zone), known_at) for row in rows)
        if later:
            found[path.relative_to(directory).as_posix()] = later
    return found


def _zones_of_calendars(rows: Rows) -> Mapping[str, ZoneInfo]:
    """The zone of each scope of a calendar; empty for other files."""
    own = {row["jurisdiction"]: ZoneInfo(row["zone"]) for row in rows if "zone" in row}
    return {row["scope"]: own[row["jurisdiction"]] for row in rows if row.get("jurisdiction") in own}


def _is_later(row: Mapping[str, Any], zone: ZoneInfo, known_at: int) -> bool:
    since = known_from(row, zone)
    return since is not None and since > known_at and row.get("in_force") is not False


def evaluations(
    cases: Cases, then: Rules, today: Rules | None, as_of: int, known_at: int | None
) -> Iterator[tuple[Evaluation, CaseState | None]]:
    """Every case by the rules of then, and how those of today judge the same facts where they do so otherwise.

    Args:
        today: None if they are the same.
    """
    while cases:
        _, known = cases.popitem()
        evaluation = evaluate(known, as_of, then.law, known_at)
        now = evaluation if today is None else evaluate(known, as_of, today.law, known_at)
        yield evaluation, _otherwise(evaluation.state, now.state)


def _otherwise(then: CaseState | None, today: CaseState | None) -> CaseState | None:
    if then is None or today is None:
        return None
    return None if (then.due_at, then.bucket) == (today.due_at, today.bucket) else today
