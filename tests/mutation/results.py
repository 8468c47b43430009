"""What became of every mutant: a journal while it runs, a result to commit at the end."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.mutation.mutants import Mutant
from tests.mutation.subjects import ROOT, Subject

RESULTS = Path(__file__).resolve().parent / "results"
REASONS = Path(__file__).resolve().parent / "SURVIVORS.md"
JOURNALS = ROOT / "build" / "mutants"

AROUND = 30

KILLED, TIMEOUT, SURVIVED, BROKEN = OUTCOMES = ("killed", "timeout", "survived", "broken")


class Verdict(NamedTuple):
    """What became of a mutant, and the test that killed it.

    `broken` mutants cannot be imported: no test is needed to notice them, so they count neither way.
    """

    outcome: str
    by: str = ""


class Journal:
    """The verdicts so far, one a line; those found on another source or other tests are dropped."""

    def __init__(self, subject: Subject, digest: Mapping[str, str], folder: Path = JOURNALS) -> None:
        self.path = folder / f"{subject.name}.jsonl"
        self.verdicts: dict[str, Verdict] = {}
        head = json.dumps(digest)
        # What follows the last end of a line was being written when the machine stopped: it is no verdict.
        lines = self.path.read_text().split("\n")[:-1] if self.path.exists() else []
        if not lines or lines[0] != head:
            lines = [head]
        for name, *verdict in map(json.loads, lines[1:]):
            self.verdicts[name] = Verdict(*verdict)
        folder.mkdir(parents=True, exist_ok=True)
        self.path.write_text("\n".join([*lines, ""]))

    def add(self, mutant: Mutant, verdict: Verdict) -> None:
        self.verdicts[mutant.id] = verdict
        with self.path.open("a") as file:
            file.write(json.dumps([mutant.id, *verdict]) + "\n")


class Result(NamedTuple):
    """What is known of the mutants of one source; `survivors` by the name of the mutant."""

    source: str
    digest: Mapping[str, str]
    counts: Mapping[str, int]
    survivors: Mapping[str, Mapping[str, Any]]

    @property
    def killed(self) -> int:
        return self.counts[KILLED] + self.counts[TIMEOUT]

    @property
    def total(self) -> int:
        return self.killed + self.counts[SURVIVED]

    def reaches(self, percent: int) -> bool:
        return self.killed * 100 >= self.total * percent

    def __str__(self) -> str:
        share = f"{self.killed * 1000 // self.total / 10:.1f} %" if self.total else "no mutant"
        return (
            f"{self.source}: {share}, {self.killed} of {self.total} killed ({self.counts[TIMEOUT]} by the time limit), "
            f"{self.counts[SURVIVED]} survive, {self.counts[BROKEN]} cannot be imported"
        )


def result_of(
    subject: Subject, digest: Mapping[str, str], mutants: Iterable[Mutant], verdicts: Mapping[str, Verdict]
) -> Result:
    mutants = list(mutants)
    found = Counter(verdicts[mutant.id].outcome for mutant in mutants)
    survivors = {
        mutant.id: {
            "in": mutant.function,
            "before": mutant.before,
            "after": mutant.after,
        }
        for mutant in mutants
        if verdicts[mutant.id].outcome == SURVIVED
    }
    return Result(subject.source, digest, {outcome: found[outcome] for outcome in OUTCOMES}, survivors)


def write(subject: Subject, result: Result, folder: Path = RESULTS) -> None:
    folder.mkdir(exist_ok=True)
    text = json.dumps(result._asdict(), indent=1, ensure_ascii=False)
    (folder / f"{subject.name}.json").write_text(text + "\n")


def read(subject: Subject, folder: Path = RESULTS) -> Result | None:
    path = folder / f"{subject.name}.json"
    return Result(**json.loads(path.read_text())) if path.exists() else None


def without_reason(result: Result, reasons: Path = REASONS) -> list[str]:
    """Return a row for the list of survivors, its reason to be filled in, for each survivor that has none."""
    given = reasons.read_text() if reasons.exists() else ""
    return [
        f"| `{name}` | {Path(result.source).stem} {row['in']} | {change(row['before'], row['after'])} | ? |"
        for name, row in result.survivors.items()
        if f"| `{name}` |" not in given
    ]


def change(before: str, after: str) -> str:
    """Return what a mutant changed in a line, with a little of what stands around it, for a cell of a table."""
    start = alike(before, after)
    same = alike(before[start:][::-1], after[start:][::-1])
    texts = [
        f"{text[max(0, start - AROUND) : start]}{text[start : len(text) - same + AROUND]}"
        for text in (before, after)
    ]
    return " → ".join(f"`{text.strip()}`".replace("|", "\\|") for text in texts)


def alike(a: str, b: str) -> int:
    return next(
        (at for at, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b))
    )
