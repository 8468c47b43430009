"""Facts, reference rows and the case oracle's answers as tables in DuckDB, and what the files in `sql` make of them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
from egovhub.events import Fact, canonical

from tests.oracle.facts import Heard, heard_by
from tests.oracle.indicators import history
from tests.oracle.indicators.columns import COLUMNS, DETAILS
from tests.oracle.indicators.reference_rows import imports, json_value, milliseconds, reference, times
from tests.oracle.oracle import Opinion, opinion
from tests.oracle.reference import Reference, read

Row = tuple[Any, ...]
SQL = Path(__file__).parent / "sql"


class Asked:
    """Cases, what is asked of them, and the law as known then."""

    def __init__(
        self,
        cases: Sequence[Sequence[Heard]],
        as_of: int,
        known_at: int | None,
        law: Reference,
        directory: Path,
    ) -> None:
        self.cases, self.as_of, self.known_at = cases, as_of, known_at
        self.law, self.directory = law.at(known_at), directory
        self.opinions = [opinion(case, as_of, law, known_at) for case in cases]


def database(asked: Asked, drilled: Iterable[str], files: Path) -> duckdb.DuckDBPyConnection:
    """Every table of one population, made in memory.

    Args:
        drilled: ids of the indicators that are asked for per procedure too.
        files: a folder for what is loaded.
    """
    db = duckdb.connect()
    db.execute("SET threads = 1")
    policy = asked.law.track("processing")[0]
    settings = {
        "as_of": asked.as_of,
        "known_at": asked.known_at,
        "policy": f"{policy['name']}@{policy['version']}",
    }
    for name, value in settings.items():
        db.execute(f"SET VARIABLE {name} = $value", {"value": value})
    tables = {**facts(asked), **answers(asked), **times(asked), **reference(asked), **imports(asked)}
    tables["drilled"] = [(name,) for name in drilled]
    for name, columns in COLUMNS.items():
        fill(db, files / f"{name}.csv", name, columns, tables[name])
    for script in sorted(SQL.glob("*.sql")):
        db.execute(script.read_text(encoding="utf-8"))
    return db


def fill(db: duckdb.DuckDBPyConnection, path: Path, table: str, columns: str, rows: Iterable[Row]) -> None:
    db.execute(f"CREATE TABLE {table} ({columns})")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
        is_empty = file.tell() == 0
    if not is_empty:
        db.execute(f"COPY {table} FROM '{path}' (FORMAT csv, HEADER false, AUTO_DETECT false)")


def facts(asked: Asked) -> dict[str, Iterable[Row]]:
    told = [(case_no, *heard) for case_no, case in enumerate(asked.cases) for heard in case]
    return {
        "known": [known_row(no, *row) for no, row in enumerate(told)],
        "retracted": [(no, gone) for no, (_, fact, _) in enumerate(told) for gone in fact.retracts],
        "owner": [(name, since, source) for name, since, source in asked.law.owners],
        "backfill": [
            (row["publisher"], milliseconds(row["since"]), milliseconds(row["until"]))
            for row in read(asked.directory, "backfills", "backfill")
        ],
    }


def known_row(no: int, case_no: int, fact: Fact, since: int | None) -> Row:
    """One fact as it was heard; `claim` is what it says, whatever its identity."""
    claim = canonical(fact._replace(event_id="", source_sequence=None, recorded_at=None)).decode()
    said = [json_value(fact.details.get(name)) for name in DETAILS]
    return (
        *(no, case_no, fact.namespace, fact.event_id, fact.source, fact.source_sequence, fact.domain),
        *(fact.kind.name, int(fact.kind), fact.occurred_at, fact.recorded_at, fact.channel, fact.due_at),
        *(fact.source_status, canonical(fact).decode(), claim, since, *said),
    )


def answers(asked: Asked) -> dict[str, Iterable[Row]]:
    """What the case oracle says."""
    pairs = list(enumerate(asked.opinions))
    return {
        "state": [row for n, one in pairs for row in history.state_rows(n, one, asked.as_of, asked.law)],
        "orphan": [row for n, one in pairs for row in history.orphan_rows(n, one, asked.as_of)],
        "place": [row for n, one in pairs for row in history.place_rows(n, one)],
        "pause": [row for n, one in pairs for row in history.pause_rows(n, one)],
        "outcome": [row for n, one in pairs for row in outcome(asked, n, one)],
        "hand_over": [(n, *end_of(one)) for n, one in pairs if one.last.phase == "known"],
    }


def outcome(asked: Asked, case_no: int, answer: Opinion) -> Iterator[Row]:
    known = heard_by(asked.cases[case_no], asked.known_at)
    row = history.outcome_row(case_no, known, answer, asked.as_of, asked.law)
    if row is not None:
        yield row


def end_of(answer: Opinion) -> Row:
    end = answer.last.sides[1].end
    return (None, None) if end is None else (end[0].name, end[1])
