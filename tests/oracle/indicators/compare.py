"""Holds the core's figures against those of SQL, population by population, and shows a difference with its facts."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

from services.rules import Rules, load_rules
from tests.oracle import compare as cases_apart
from tests.oracle.facts import Heard
from tests.oracle.generate import DAY, ZONE, Drawn, at
from tests.oracle.indicators.compare_core import Core, drilled, figures_in, imported, named_in, published_in
from tests.oracle.indicators.figures import (
    DURATIONS,
    Figures,
    Key,
    Quantiles,
    figures_by_case,
    figures_of,
    quantiles_of,
)
from tests.oracle.indicators.generate import drawn
from tests.oracle.indicators.identities import broken
from tests.oracle.indicators.points import scores_of, wrong_points
from tests.oracle.indicators.tables import Asked, database
from tests.oracle.reference import Reference
from tests.oracle.tables import ALL

AS_OF = [
    *(at(text) for text in ("2026-08-15 12:00", "2026-08-15 12:00", "2025-07-10 09:00", "2026-12-31 23:59")),
    *(at("2025-07-01 00:00") - 1, at("2025-07-01 00:00"), at("2025-10-13 10:00"), at("2024-05-31 17:00")),
]
KNOWN_AT = [
    at(f"{day} 12:00") for day in ("2025-07-16", "2025-08-20", "2025-10-08", "2026-08-10", "2024-06-30")
]
SHOWN = 6
COUNTED = "SELECT DISTINCT id, regexp_extract(part, '[^/]*$') FROM pooled WHERE n <> 0"


class Bench(NamedTuple):
    """The same reference data, read twice, in a directory of its own."""

    reference: Reference
    rules: Rules
    directory: Path


def bench(directory: Path) -> Bench:
    """The project's rows, those of the case oracle and the imports, thresholds and backfills of `more`."""
    reference, more = cases_apart.bench(directory).reference, cases_apart.MORE
    for path in (more / "imports").glob("*.toml"):
        shutil.copy(path, directory / "imports" / f"{path.stem}-more.toml")
    shutil.copy(more / "backfills.toml", directory / "backfills.toml")
    with (directory / "thresholds.toml").open("a", encoding="utf-8") as file:
        file.write((more / "thresholds.toml").read_text(encoding="utf-8"))
    return Bench(reference, load_rules(str(ZONE), directory), directory)


class Population(NamedTuple):
    """Cases of a seed, and the instants at which and as far as known at which they are asked for."""

    seed: int
    numbers: Sequence[int]
    cases: list[list[Heard]]
    as_of: int
    known_at: int | None


def population(seed: int, numbers: Sequence[int]) -> Population:
    random = Random(f"{seed}/{numbers[0]}/asked")
    known_at = random.choice([*[None] * 5, *KNOWN_AT])
    as_of = random.choice(AS_OF) + random.choice([0, 0, -DAY])
    return Population(seed, numbers, [drawn(seed, number) for number in numbers], as_of, known_at)


class Difference(NamedTuple):
    """One figure about which the two disagree."""

    key: Key
    line: str


Part = tuple[str, str]
"""An indicator and one of its parts."""


@dataclass
class Findings:
    """What comparisons found.

    Args:
        differing: figures that differ, by indicator; also `points`, `identities` and `unrest`.
        compared: how many figures of each indicator were compared.
        parts: which parts were ever counted, by either side.
        named: which parts figures and formulas name.
        opinions: the indicators that SQL has a formula for.
        shown: for each that differs, how: the facts of a small case where there is one.
    """

    differing: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)
    parts: set[Part] = field(default_factory=set)
    named: set[Part] = field(default_factory=set)
    opinions: set[str] = field(default_factory=set)
    shown: dict[str, list[str]] = field(default_factory=dict)

    def add(self, other: "Findings") -> None:
        self.differing.update(other.differing)
        self.compared.update(other.compared)
        self.parts |= other.parts
        self.named |= other.named
        self.opinions |= other.opinions
        self.shown = {**other.shown, **self.shown}

    def tell(self, name: str, lines: Sequence[str]) -> None:
        """Lines about what is no indicator."""
        if lines:
            self.differing[name] += len(lines)
            self.shown[name] = [f"  {line}" for line in lines[:SHOWN]]


def compare(asked: Population, both: Bench, only: str | None = None, *, is_drilled: bool = False) -> Findings:
    """Everything about one population; of each indicator that differs the case with the fewest facts is shown.

    Args:
        is_drilled: figures per procedure are compared for every unit, not for everything alone: most are such figures.
    """
    core = Core(asked.cases, asked.as_of, asked.known_at, both.rules)
    rows = core.rows(is_drilled=is_drilled)
    found = Findings()
    with tempfile.TemporaryDirectory() as files:
        told = Asked(asked.cases, asked.as_of, asked.known_at, both.reference, both.directory)
        db = database(told, drilled(both.rules), Path(files))
        said = {
            key: figure
            for key, figure in figures_of(db).items()
            if is_drilled or ALL in (key.unit, key.procedure)
        }
        differences = held_against(figures_in(rows), said, quantiles_of(db), both.rules, only, found)
        if only is None:
            found.tell("points", [line for _, line in wrong_points(published_in(rows), scores_of(db))])
            found.tell("identities", [*broken(*core.cells(), Path(files)), *core.wrong_forms()])
            found.tell("unrest", [f"case {asked.numbers[n]}: {line}" for n, line in core.restless])
    found.parts |= set(db.execute(COUNTED).fetchall())
    found.named = set(db.execute("SELECT DISTINCT id, part FROM formula").fetchall()) | named_in(rows)
    found.opinions = {
        name for (name,) in db.execute("SELECT DISTINCT id FROM weight UNION SELECT '1.4'").fetchall()
    }
    for name, some in differences.items():
        found.differing[name] = len(some)
        found.shown[name] = smallest(name, some, core, asked, figures_by_case(db, name))
    return found


def held_against(
    core: Figures, said: Figures, quantiles: Quantiles, rules: Rules, only: str | None, found: Findings
) -> dict[str, list[Difference]]:
    """The figures that differ, by indicator; what was compared, and which parts the core counted, goes to `found`."""
    differences: dict[str, list[Difference]] = {}
    with_rows = {(key.unit, key.procedure, key.period) for key in core}
    anywhere = imported(rules)
    for key in sorted({*core, *said}, key=str):
        if only not in (None, key.indicator):
            continue
        if (
            key not in core
            and key.indicator in anywhere
            and (key.unit, key.procedure, key.period) not in with_rows
        ):
            continue
        found.compared[key.indicator] += 1
        found.parts |= {(key.indicator, part.split("/")[-1]) for part in core.get(key, (0, 0, 0, {}))[3]}
        lines = list(differs(key, core, said, quantiles))
        if lines:
            differences.setdefault(key.indicator, []).append(Difference(key, "; ".join(lines)))
    return differences


def differs(key: Key, core: Figures, said: Figures, quantiles: Quantiles) -> Iterator[str]:
    """In which numbers the two differ about one figure."""
    *ours, parts = core.get(key, (0, 0, 0, {}))
    *theirs, told = said.get(key, (0, 0, 0, {}))
    for name, a, b in zip(("numerator", "denominator", "total"), ours, theirs, strict=True):
        if a != b:
            yield f"{name}: core {a}, SQL {b}"
    if key in quantiles:
        yield from quantiles[key].differs(parts)
    classes = {name for name in parts if name.endswith("_seconds")} if key.indicator in DURATIONS else set()
    for name in sorted({*parts, *told} - classes):
        if parts.get(name, 0) != told.get(name, 0):
            yield f"{name}: core {parts.get(name, 0)}, SQL {told.get(name, 0)}"


def smallest(
    name: str, differences: Sequence[Difference], core: Core, asked: Population, said: Mapping[int, Figures]
) -> list[str]:
    """The case with the fewest facts about which the two differ alone; of none the figures themselves."""
    places = sorted(range(len(asked.cases)), key=lambda place: len(asked.cases[place]))
    for place in places if name not in imported(core.rules) else ():
        if not core.points[place] and place not in said:
            continue
        alone = held_against(core.alone(name, place), said.get(place, {}), {}, core.rules, name, Findings())
        if alone:
            case = Drawn(asked.cases[place], asked.as_of, asked.known_at)
            told = [*cases_apart.told(case), *details(asked.cases[place])]
            return [
                f" case {asked.numbers[place]} of seed {asked.seed}",
                *told,
                *map(shown, alone[name][:SHOWN]),
            ]
    return [shown(difference) for difference in differences[:SHOWN]]


def shown(difference: Difference) -> str:
    key = difference.key
    return f"  {key.indicator} of {key.unit}, {key.procedure}, {key.period} ({key.policy}): {difference.line}"


def details(case: Sequence[Heard]) -> list[str]:
    """What the facts say besides."""
    lines = []
    for fact, _ in case:
        said = " ".join(f"{name}={value}" for name, value in fact.details.items())
        words = [fact.event_id, fact.domain, fact.source_status, fact.channel, said]
        lines.append(f"    {' '.join(word for word in words if word)}")
    return lines
