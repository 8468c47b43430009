"""The figures that SQL makes, read back: numbers and parts of each, and quantiles of durations."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import duckdb


class Key(NamedTuple):
    """Which figure."""

    indicator: str
    unit: str
    procedure: str
    period: str
    policy: str


Row = tuple[Any, ...]
Figures = dict[Key, tuple[int, int, int, dict[str, int]]]
"""Numerator, denominator, total and the parts that are not zero."""

DURATIONS = ("processing.time", "stage.wait", "stage.desk", "stage.unit", "stage.signing", "stage.return")

HIDDEN = {
    "2.2": {"seconds"},
    "coverage.agencies": {"active"},
    "trust.orphans": {"case"},
    **{name: {"seconds"} for name in DURATIONS},
}
"""Parts of the formulas of this folder that a figure has in its numbers alone."""


FIGURES = "SELECT id, unit, procedure, period, policy, numerator, denominator, total FROM figure"
PARTS = "SELECT id, unit, procedure, period, policy, part, n FROM pooled WHERE n <> 0"


def figures_of(db: duckdb.DuckDBPyConnection) -> Figures:
    return gathered(db.execute(FIGURES).fetchall(), db.execute(PARTS).fetchall())


def figures_by_case(db: duckdb.DuckDBPyConnection, name: str) -> dict[int, Figures]:
    """The figures of one indicator that each case would give alone."""
    figures, parts = f"{FIGURES}_alone WHERE id = ?", PARTS.replace("pooled", "pooled_alone") + " AND id = ?"
    rows: dict[int, tuple[list[Row], list[Row]]] = {}
    for place, query in enumerate((figures, parts)):
        for case_no, *row in db.execute(query.replace("SELECT", "SELECT case_no,"), [name]).fetchall():
            rows.setdefault(case_no, ([], []))[place].append(tuple(row))
    return {case_no: gathered(*found) for case_no, found in rows.items()}


def gathered(figures: Iterable[Row], parts: Iterable[Row]) -> Figures:
    found: Figures = {}
    for *key, numerator, denominator, total in figures:
        found[Key(*key)] = (numerator, denominator, total, {})
    for *key, part, n in parts:
        if part not in HIDDEN.get(key[0], ()):
            found[Key(*key)][3][part] = n
    return {key: figure for key, figure in found.items() if any(figure[:3]) or figure[3]}


class Spread(NamedTuple):
    """Exact quantiles of durations in seconds."""

    exact: Mapping[str, int]

    def differs(self, parts: Mapping[str, int]) -> Iterator[str]:
        """Whether the classes that the core names hold them."""
        for name, seconds in self.exact.items():
            lower, upper = class_of(seconds)
            if parts.get(f"{name}_seconds", 0) != lower:
                yield f"{name}: core from {parts.get(f'{name}_seconds')}, SQL {seconds} lies in one from {lower}"
            if parts.get(f"{name}_below_seconds") != upper:
                yield f"{name}: core below {parts.get(f'{name}_below_seconds')}, SQL {seconds} in one below {upper}"


Quantiles = dict[Key, Spread]


def class_of(seconds: int) -> tuple[int, int | None]:
    """Quarters of an hour below a working day of 8 hours, hours below twenty of them, days below a year of 260."""
    day = 8 * 3600
    if seconds >= 260 * day:
        return 260 * day, None
    width = 900 if seconds < day else 3600 if seconds < 20 * day else day
    return seconds - seconds % width, seconds - seconds % width + width


def quantiles_of(db: duckdb.DuckDBPyConnection) -> Quantiles:
    found: dict[Key, dict[str, int]] = {}
    for name, unit, period, which, seconds, policy in db.execute(
        "SELECT id, unit, period, name, seconds, getvariable('policy') FROM quantile"
    ).fetchall():
        found.setdefault(Key(name, unit, "all", period, policy), {})[which] = seconds
    return {key: Spread(exact) for key, exact in found.items()}
