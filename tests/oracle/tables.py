"""The oracle's answers as tables in DuckDB, and what SQL says of them: identities, the figures of 2.1, pooling."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from tests.oracle.generate import at
from tests.oracle.oracle import PREFIX, Opinion
from tests.oracle.reference import Reference
from tests.oracle.snapshot import TRACKS, Snapshot

Row = tuple[Any, ...]
ALL = "all"

COLUMNS = {
    "contribution": "case_no INTEGER, unit TEXT, procedure TEXT, month TEXT, counter TEXT, n INTEGER",
    "outcome": "case_no INTEGER, track TEXT, month TEXT, is_open BOOLEAN, unit TEXT, procedure TEXT, policy TEXT, "
    "bucket TEXT",
    "backward": "case_no INTEGER",
    "above": "unit TEXT, pooled TEXT, distance INTEGER",
    "counts_in": "policy TEXT, bucket TEXT, numerator BOOLEAN, denominator BOOLEAN, total BOOLEAN",
    "period": "month TEXT, before TEXT, period TEXT, is_last BOOLEAN",
}

IDENTITY = """
WITH flow AS (
  SELECT unit, month,
    coalesce(sum(n) FILTER (counter IN ('received', $prefix || 'transferred_in', $prefix || 'reopened')), 0) AS came,
    coalesce(sum(n) FILTER (counter = $prefix || 'transferred_out'), 0) AS went
  FROM contribution ANTI JOIN backward USING (case_no) GROUP BY ALL),
state AS (
  SELECT o.unit, p.month, count(DISTINCT o.case_no) FILTER (o.month = p.month AND o.is_open) AS in_process,
    count(DISTINCT o.case_no) FILTER (o.month = p.before AND o.is_open) AS carried_over
  FROM outcome o JOIN (SELECT DISTINCT month, before FROM period) p ON o.month IN (p.month, p.before)
  WHERE o.track = $track AND o.case_no NOT IN (SELECT case_no FROM backward) GROUP BY ALL),
resolved AS (
  SELECT unit, month, count(*) AS resolved FROM outcome ANTI JOIN backward USING (case_no)
  WHERE track = $track AND NOT is_open AND policy = $policy GROUP BY ALL)
SELECT unit, month, carried_over, came, resolved, in_process, went
FROM flow FULL JOIN state USING (unit, month) FULL JOIN resolved USING (unit, month)
WHERE coalesce(carried_over, 0) + coalesce(came, 0)
   <> coalesce(resolved, 0) + coalesce(in_process, 0) + coalesce(went, 0)
"""
"""Units and months in which II.06a does not add up: carried over + received + transferred in + reopened is not
resolved + in process + transferred out. Cases that end before they start are resolved before they are received."""

LEVELS = """
WITH level AS (
  SELECT c.unit, c.procedure, p.month, c.counter, sum(c.n) AS n
  FROM contribution c JOIN (SELECT DISTINCT month FROM period) p ON c.month <= p.month
  WHERE starts_with(c.counter, $prefix || 'open.') GROUP BY ALL HAVING sum(c.n) <> 0),
joint AS (
  SELECT case_no, unit, procedure, month, $prefix || 'open.' || string_agg(bucket, '/' ORDER BY place) AS counter
  FROM (SELECT o.*, list_position($policies, policy) AS place FROM outcome o WHERE is_open AND track = $track)
  GROUP BY ALL),
stock AS (SELECT unit, procedure, month, counter, count(*) AS n FROM joint GROUP BY ALL)
SELECT * FROM level EXCEPT SELECT * FROM stock
UNION ALL
SELECT * FROM stock EXCEPT SELECT * FROM level
"""
"""Levels that prefix sums of change points and cases counted one by one at the end of a month do not share."""

FIGURES = """
WITH counted AS (
  SELECT a.pooled AS unit, p.period, o.policy, o.bucket, count(*) AS n
  FROM outcome o JOIN above a USING (unit) JOIN period p ON p.month = o.month AND (NOT o.is_open OR p.is_last)
  GROUP BY ALL)
SELECT unit, period, policy, coalesce(sum(n) FILTER (numerator), 0), coalesce(sum(n) FILTER (denominator), 0),
  coalesce(sum(n) FILTER (total), 0)
FROM counted JOIN counts_in USING (policy, bucket) GROUP BY ALL
"""
"""Indicator 2.1: what ended in the period and what is open at its end, pooled along the tree, by a policy's table."""

POOLING = """
WITH pooled AS (
  SELECT a.pooled AS unit, c.month, c.counter, sum(c.n) AS n
  FROM contribution c JOIN above a USING (unit) GROUP BY ALL),
below AS (
  SELECT a.pooled AS unit, p.month, p.counter, p.n FROM pooled p JOIN above a ON a.unit = p.unit AND a.distance = 1
  UNION ALL SELECT unit, month, counter, n FROM contribution)
SELECT unit, month, counter, sum(n) AS n FROM below GROUP BY ALL HAVING sum(n) <> 0
EXCEPT SELECT unit, month, counter, n FROM pooled
"""
"""Units whose pooled counts are not their own and those of their children."""


class Tables:
    """What the oracle says of many cases up to one instant, in one database in memory."""

    def __init__(self, directory: Path, law: Reference, opinions: Sequence[Opinion], as_of: int) -> None:
        self.law = law
        self.months = list(months_of(opinions, as_of, law))
        self.db = duckdb.connect()
        units = sorted({unit for answer in opinions for unit, *_ in answer.counts})
        self._fill(directory, "contribution", contributions(opinions))
        self._fill(directory, "outcome", outcomes(opinions, self.months, as_of, law))
        self._fill(directory, "backward", ((i,) for i, answer in enumerate(opinions) if is_backward(answer)))
        self._fill(directory, "above", pooled(units, law))
        self._fill(directory, "counts_in", bucket_rows(law))
        self._fill(directory, "period", periods(self.months))

    def _fill(self, directory: Path, table: str, rows: Iterable[Row]) -> None:
        path = directory / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        columns = COLUMNS[table]
        names = ", ".join(f"'{c.split()[0]}': '{c.split()[1]}'" for c in columns.split(", "))
        read = f"read_csv('{path}', header=false, delim=',', quote='\"', columns={{{names}}})"
        self.db.execute(f"CREATE TABLE {table} AS SELECT * FROM {read}")

    def unbalanced(self, track: str) -> list[Row]:
        policy = self.law.track(track)[0]["name"]
        asked = {"prefix": PREFIX[track], "track": track, "policy": policy}
        return self.db.execute(IDENTITY, asked).fetchall()

    def wrong_levels(self, track: str) -> list[Row]:
        names = [policy["name"] for policy in self.law.track(track)]
        asked = {"prefix": PREFIX[track], "track": track, "policies": names}
        return self.db.execute(LEVELS, asked).fetchall()

    def figures(self) -> dict[tuple[str, str, str], tuple[int, int, int]]:
        """Numerator, denominator and total of 2.1 by unit, period and policy."""
        rows = self.db.execute(FIGURES).fetchall()
        return {(unit, period, policy): (n, d, t) for unit, period, policy, n, d, t in rows}

    def wrongly_pooled(self) -> list[Row]:
        return self.db.execute(POOLING).fetchall()


def months_of(opinions: Sequence[Opinion], as_of: int, law: Reference) -> Iterator[str]:
    """Every month from the first that is counted in up to that of `as_of`."""
    last = law.day_of(as_of).strftime("%Y-%m")
    month = min((key[2] for answer in opinions for key in answer.counts), default=last)
    while month <= last:
        yield month
        month = following(month)


def following(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def contributions(opinions: Sequence[Opinion]) -> Iterator[Row]:
    for i, answer in enumerate(opinions):
        for key, n in answer.counts.items():
            yield i, *key, n


def outcomes(opinions: Sequence[Opinion], months: Sequence[str], as_of: int, law: Reference) -> Iterator[Row]:
    """One row per policy for each end, and for each month at whose end a case is open."""
    ends = [(month, min(at(f"{following(month)}-01 00:00") - 1, as_of)) for month in months]
    for i, answer in enumerate(opinions):
        for t, track in enumerate(TRACKS):
            names = [policy["name"] for policy in law.track(track)]
            for month, is_open, case in [*ended(answer, t, law), *open_at(answer, t, ends)]:
                for name, bucket in zip(names, case.sides[t].buckets, strict=True):
                    yield i, track, month, is_open, case.sides[t].unit, case.procedure, name, bucket


def ended(answer: Opinion, t: int, law: Reference) -> Iterator[tuple[str, bool, Snapshot]]:
    before = None
    for _, case in answer.answers:
        end = case.sides[t].end if case.phase == "known" else None
        if end is not None and end != before:
            yield datetime.fromtimestamp(end[1] // 1000, law.zone).strftime("%Y-%m"), False, case
        before = end


def open_at(answer: Opinion, t: int, ends: Sequence[tuple[str, int]]) -> Iterator[tuple[str, bool, Snapshot]]:
    later = [*(since for since, _ in answer.answers), ends[-1][1] + 1][1:]
    for (since, case), until in zip(answer.answers, later, strict=True):
        if case.phase == "known" and case.sides[t].end is None:
            for month, end in ends:
                if since <= end < until:
                    yield month, True, case


def is_backward(answer: Opinion) -> bool:
    """Whether an end lies before the instant at which it was booked: a case that ended before it started."""
    booked: set[tuple[int, object]] = set()
    for instant, case in answer.answers:
        for t, part in enumerate(case.sides):
            if part.end is not None and (t, part.end) not in booked:
                booked.add((t, part.end))
                if part.end[1] < instant:
                    return True
    return False


def pooled(units: Sequence[str], law: Reference) -> Iterator[Row]:
    """Each unit with itself, every unit above it and everything."""
    named = {above for unit in units for above in law.units.path(unit)}
    for unit in sorted(named):
        for distance, above in enumerate((*law.units.path(unit), ALL)):
            yield unit, above, distance
    yield ALL, ALL, 0


def bucket_rows(law: Reference) -> Iterator[Row]:
    for policy in law.policies:
        for bucket in policy["total"]:
            yield policy["name"], bucket, bucket in policy["numerator"], bucket in policy["denominator"], True


def periods(months: Sequence[str]) -> Iterator[Row]:
    """Each month with its month, quarter and year, and whether the period ends with it or goes on after it."""
    for before, month in pairwise(["", *months]):
        year, number = month.split("-")
        quarter = (int(number) - 1) // 3 + 1
        is_latest = month == months[-1]
        yield month, before, month, True
        yield month, before, f"{year}-Q{quarter}", is_latest or int(number) % 3 == 0
        yield month, before, year, is_latest or number == "12"
