"""Small mappings, files and feeds for the tests of the SDK."""

from collections.abc import Sequence
from pathlib import Path

from egovhub.connector import Rejection
from egovhub.events import Fact
from egovhub.files import FilesFeed
from egovhub.mapping import Mapping, load_mapping

NOW = 1_900_000_000_000
"""The clock of these tests, in March 2030."""

HEAD = """
source = "log"
domain = "onestop"
namespace = "log"
zone = "Europe/Amsterdam"
case_id = "case"
"""

RECEIVED = """
[[fact]]
kind = "RECEIVED"
per = "case"
occurred_at = "start"
unit = "unit"
"""

STEP = """
[[fact]]
kind = "STEP"
occurred_at = "at"
identity = ["task"]
"""

COLUMNS = "case,start,unit,at,task"


def mapping(folder: Path, text: str) -> Mapping:
    file = folder / "mapping.toml"
    file.write_text(text, encoding="utf-8")
    return load_mapping(file)


def log_file(folder: Path, rows: Sequence[str], columns: str = COLUMNS) -> Path:
    file = folder / "log.csv"
    file.write_text("".join(line + "\n" for line in (columns, *rows)), encoding="utf-8")
    return file


def row(case: str, task: int, unit: str = "u") -> str:
    return f"{case},2024-01-01T00:00:00+01:00,{unit},2024-02-01T00:00:{task:02}+01:00,t{task}"


def feed(folder: Path, file: Path, text: str = HEAD + RECEIVED + STEP, batch_rows: int = 500) -> FilesFeed:
    return FilesFeed(mapping(folder, text), file, lambda: NOW, batch_rows=batch_rows)


def read(source: FilesFeed, position: str | None = None) -> tuple[list[Fact], list[Rejection]]:
    batches = list(source.read(position))
    facts = [fact for batch in batches for fact in batch.facts]
    return facts, [rejection for batch in batches for rejection in batch.rejected]


def identities(facts: Sequence[Fact]) -> set[tuple[str, str]]:
    return {(fact.source, fact.event_id) for fact in facts}
