"""What became of each round, kept in build/faults until what it rests on changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from tests.faults.world import Findings
from tests.simulators.simulator import ROOT

KEPT: Final = ROOT / "build" / "faults"
RESTS_ON: Final = ("connectors/sdk/egovhub", "schemas", "tests/faults", "tests/simulators", "deploy")


class Round(NamedTuple):
    """One connector, one of its feeds, one scenario."""

    connector: str
    feed: str
    scenario: str

    def __str__(self) -> str:
        return f"{self.connector}/{self.feed} {self.scenario}"

    @property
    def file(self) -> str:
        return ".".join(self)


@dataclass(frozen=True, slots=True)
class Result:
    """What a round showed.

    Args:
        asked: seed, rate and measure.
        digest: of the sources it rests on.
        seconds: it took.
        counts: what happened.
        differences: what is wrong; nothing if all is well.
    """

    asked: Mapping[str, Any]
    digest: str
    seconds: float
    counts: Mapping[str, float]
    differences: tuple[str, ...]

    @classmethod
    def of(cls, asked: Mapping[str, Any], digest: str, seconds: float, findings: Findings) -> Self:
        return cls(asked, digest, round(seconds, 1), findings.counts, tuple(findings.differences))

    def fits(self, asked: Mapping[str, Any], digest: str) -> bool:
        """Whether it is the answer to the same question of the same sources."""
        return self.asked == asked and self.digest == digest

    def line(self, of: Round) -> str:
        """The result for people."""
        told = ", ".join(f"{number:,g} {name}" for name, number in self.counts.items())
        word = "well" if not self.differences else "NOT WELL"
        return "\n  ".join([f"{of}: {word}; {told}, {self.seconds:.0f} s", *self.differences])


def write(of: Round, result: Result, folder: Path = KEPT) -> None:
    """Keep a result, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = {name: getattr(result, name) for name in Result.__slots__}
    waiting = folder / f".{of.file}.part"
    waiting.write_text(json.dumps(fields, indent=1) + "\n")
    waiting.rename(folder / f"{of.file}.json")


def read(of: Round, folder: Path = KEPT) -> Result | None:
    """The kept result of a round."""
    path = folder / f"{of.file}.json"
    if not path.exists():
        return None
    fields = json.loads(path.read_text())
    return Result(**fields | {"differences": tuple(fields["differences"])})


@cache
def digest_of(connector: str, root: Path = ROOT) -> str:
    """A hash of the sources a round of a connector rests on, without their tests."""
    hashed = sha256()
    for place in (f"connectors/{connector}", *RESTS_ON):
        for path in sorted((root / place).rglob("*")):
            if path.suffix in {".py", ".toml", ".avsc", ".json"} and not path.name.startswith("test_"):
                hashed.update(f"{path.relative_to(root)}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return hashed.hexdigest()
