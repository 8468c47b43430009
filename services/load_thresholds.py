"""Loads `thresholds.toml`: maxima, rules and allowances of the indicators, every problem told at once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from services.domain.dated import AnyDated, contradictions, known
from services.domain.points import (
    DECISION_766,
    FULL_TOTAL,
    GROUPS,
    INDICATORS,
    Allowance,
    Rule,
    Threshold,
    Thresholds,
)
from services.reference_fields import VERIFIED, known_from, one_of, only, text, validity, whole
from services.reference_files import read_table

FILE: Final = "thresholds.toml"
_DATED: Final = ("valid_from", "valid_to", "known_from", "source", "verified")
_THRESHOLD: Final = (
    "table",
    "indicator",
    "group",
    "max_points",
    "rule",
    "threshold",
    "none",
    "note",
    *_DATED,
)
_ALLOWANCE: Final = ("indicator", "step", "working_days", *_DATED)
_BEFORE_ALL: Final = -(2**63)
Row = TypeVar("Row")


def load_thresholds(directory: Path, zone: ZoneInfo, problems: list[str]) -> Thresholds:
    """Read and check `thresholds.toml`; what is wrong goes to `problems`.

    Args:
        directory: holds the file.
        zone: cuts the day that a `known_from` without a time begins.
    """
    found: list[str] = []
    rows = _read(directory, "threshold", lambda row: _threshold(row, zone), found)
    allowances = _read(directory, "allowance", lambda row: _allowance(row, zone), found)
    found += contradicting(rows, lambda row: f"indicator {row.indicator}", lambda _: FILE)
    found += contradicting(allowances, lambda row: f"allowance {row.indicator} {row.step}", lambda _: FILE)
    if not found:
        found += _wrong_sums(rows)
    problems += found
    return Thresholds(rows, allowances)


def _read(directory: Path, key: str, make: Callable[[dict[str, Any]], Row], problems: list[str]) -> list[Row]:
    """The rows of one of the two tables; a problem says which, because each counts its rows from 1."""
    found: list[str] = []
    rows = read_table(directory / FILE, key, make, found)
    problems += [problem.replace(": row ", f": [[{key}]] row ", 1) for problem in found]
    return rows


def contradicting(
    rows: Iterable[AnyDated], name: Callable[[AnyDated], str], file: Callable[[AnyDated], str]
) -> list[str]:
    """One line for each two rows of one name that hold on one day and are known from one instant."""
    return [
        f"{file(b)}: {key}: its row valid from {b.valid_from} and the row of {file(a)} valid from {a.valid_from} hold "
        "on the same day; give the older one a valid_to, or the newer one the known_from of its decision"
        for key, members in groupby(sorted(rows, key=name), key=name)
        for a, b in contradictions(list(members))
    ]


def _threshold(row: dict[str, Any], zone: ZoneInfo) -> Threshold:
    only(row, _THRESHOLD)
    table = one_of(row, "table", INDICATORS)
    rule = Rule(one_of(row, "rule", [rule.value for rule in Rule]))
    max_points = whole(row, "max_points")
    none = one_of(row, "none", ("full", "zero")) if "none" in row else None
    return Threshold(
        table,
        one_of(row, "indicator", INDICATORS[table]),
        one_of(row, "group", GROUPS[table]),
        max_points,
        rule,
        _per_cent(row, rule),
        None if none is None else max_points if none == "full" else 0,
        *validity(row),
        known_from(row, zone),
        row["source"],
        one_of(row, "verified", VERIFIED),
        text(row, "note") if "note" in row else "",
    )


def _per_cent(row: dict[str, Any], rule: Rule) -> int | None:
    if rule is Rule.LINEAR:
        if "threshold" in row:
            raise ValueError("threshold: a linear rule has none; remove it, or name the rule it belongs to")
        return None
    threshold = whole(row, "threshold", 1)
    if threshold > 100:
        raise ValueError(f"threshold: {threshold} is more than 100 per cent; write 80 for 80 %")
    return threshold


def _allowance(row: dict[str, Any], zone: ZoneInfo) -> Allowance:
    only(row, _ALLOWANCE)
    return Allowance(
        one_of(row, "indicator", INDICATORS[DECISION_766]),
        text(row, "step"),
        whole(row, "working_days"),
        *validity(row),
        known_from(row, zone),
        row["source"],
        one_of(row, "verified", VERIFIED),
    )


def _wrong_sums(rows: Sequence[Threshold]) -> list[str]:
    """A line for each day from which on, as known at some instant, the maxima do not sum to the full total."""
    rows = [row for row in rows if row.table == DECISION_766]
    learned = {_BEFORE_ALL, *(row.known_from for row in rows if row.known_from is not None)}
    wrong: dict[tuple[date, int], None] = {}
    for known_at in sorted(learned):
        told = list(known(rows, known_at))
        for day in sorted(
            {edge for row in told for edge in (row.valid_from, row.valid_to) if edge is not None}
        ):
            maxima = [row.max_points for row in Thresholds(told).table(DECISION_766, day)]
            if maxima and sum(maxima) != FULL_TOTAL:
                wrong[day, sum(maxima)] = None
    return [
        f"{FILE}: table {DECISION_766}: the maximum points in force on {day} sum to {sum_}, not {FULL_TOTAL}; "
        "correct max_points, or add the row that is missing from that day on"
        for day, sum_ in wrong
    ]
