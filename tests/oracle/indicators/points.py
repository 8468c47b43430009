"""Points and their sums as SQL says them, and where published ones are others."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import duckdb

TABLE = "766"


class Points(NamedTuple):
    """What an indicator gives a unit in a period; `exact` None: it could not be computed."""

    indicator: str
    group: str
    max_points: int
    exact: Fraction | None


class Published(NamedTuple):
    """Points of an indicator, of a group or of the table, as they were published; `of_max` is in hundredths."""

    indicator: str
    unit: str
    period: str
    points: Fraction | None
    max_points: int | None
    of_max: int
    missing: tuple[str, ...]


Scores = dict[tuple[str, str], list[Points]]
"""Those of the table of Decision 766, by unit and period."""


def scores_of(db: duckdb.DuckDBPyConnection) -> Scores:
    found: Scores = {}
    rows = db.execute(
        'SELECT unit, period, indicator, "group", max_points, points, out_of FROM points '
        'WHERE "table" = ? ORDER BY ALL',
        [TABLE],
    ).fetchall()
    for unit, period, indicator, group, max_points, n, out_of in rows:
        exact = None if n is None else Fraction(n, out_of)
        found.setdefault((unit, period), []).append(Points(indicator, group, max_points, exact))
    return found


def wrong_points(rows: Iterable[Published], scores: Scores) -> Iterator[tuple[str, str]]:
    """Where published points, sums of groups or totals are others: of which indicator, and a line."""
    for row in rows:
        given = scores.get((row.unit, row.period), [])
        told = of_sum(row, given) if row.indicator.startswith(TABLE) else of_one(row, given)
        for what, core, said in told:
            if core != said:
                line = f"{what} of {row.indicator} of {row.unit} in {row.period}: core {core}, SQL {said}"
                yield row.indicator, line


Told = Iterator[tuple[str, object, object]]


def of_one(row: Published, given: Sequence[Points]) -> Told:
    for one in given:
        if one.indicator == row.indicator:
            yield "points", row.points, one.exact
            yield "maximum", row.max_points, one.max_points


def of_sum(row: Published, given: Sequence[Points]) -> Told:
    """A sum is of what could be computed; the rest is named."""
    group = row.indicator.removeprefix(f"{TABLE}.")
    members = [one for one in given if group in (TABLE, one.group)]
    had = [one for one in members if one.exact is not None]
    yield "sum", row.points, sum((one.exact or Fraction(0) for one in had), Fraction(0)) if had else None
    yield "what could be had", row.of_max, 100 * sum(one.max_points for one in had)
    yield "maximum", row.max_points, sum(one.max_points for one in members)
    yield "missing", sorted(row.missing), sorted(one.indicator for one in members if one.exact is None)
