"""What must hold between the counts of every unit and period, whatever the cases: said in SQL over the core's cells."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

SQL = Path(__file__).parent / "sql" / "identities"
Cell = tuple[str, str, str, int]
"""Unit, period, counter and number: a flow of the period, or a level at its end."""

SPANS = {"month": 1, "quarter": 3, "year": 12}


def broken(cells: Iterable[Cell], first: str, last: str, files: Path) -> list[str]:
    """Every identity that does not hold, as a line each.

    Args:
        first, last: the months that the cells are of; the first is a January.
    """
    db = duckdb.connect()
    db.execute("SET threads = 1")
    months = list(months_between(first, last))
    load(db, files, "cell", "unit TEXT, period TEXT, counter TEXT, n BIGINT", cells)
    load(db, files, "spell", "period TEXT, before TEXT", spells(months))
    load(db, files, "belongs", "period TEXT, longer TEXT, is_last BOOLEAN", belongings(months))
    found = [
        row for path in sorted(SQL.glob("*.sql")) for row in db.execute(path.read_text("utf-8")).fetchall()
    ]
    return [f"{unit} in {period}: {what}: {one}, {other}" for unit, period, what, one, other in found]


def load(
    db: duckdb.DuckDBPyConnection, files: Path, table: str, columns: str, rows: Iterable[tuple[object, ...]]
) -> None:
    path = files / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    db.execute(f"CREATE TABLE {table} ({columns})")
    db.execute(f"COPY {table} FROM '{path}' (FORMAT csv, HEADER false, AUTO_DETECT false)")


def months_between(first: str, last: str) -> Iterator[str]:
    year, month = map(int, first.split("-"))
    while (name := f"{year}-{month:02d}") <= last:
        yield name
        year, month = year + month // 12, month % 12 + 1


def period_of(month: str, span: str) -> str:
    year, number = month.split("-")
    names = {"month": month, "quarter": f"{year}-Q{(int(number) + 2) // 3}", "year": year}
    return names[span]


def spells(months: list[str]) -> Iterator[tuple[str, str]]:
    """Each period and the one before it."""
    for span in SPANS:
        named = list(dict.fromkeys(period_of(month, span) for month in months))
        yield from zip(named, ["", *named], strict=False)


def belongings(months: list[str]) -> Iterator[tuple[str, str, bool]]:
    """Each month, the longer periods it belongs to, and whether it is the last of those that are asked for."""
    for span in ("quarter", "year"):
        last = {period_of(month, span): month for month in months}
        for month in months:
            longer = period_of(month, span)
            yield month, longer, last[longer] == month
