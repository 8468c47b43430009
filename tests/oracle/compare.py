"""Holds the core against the oracle, case by case, and says in plain lines where they differ."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from egovhub.events import Fact

from services.domain.evaluation import Evaluation, evaluate
from services.domain.periods import Grain, label
from services.domain.standing import Known
from services.rules import Rules, load_rules
from tests.oracle.generate import ZONE, Drawn, drawn
from tests.oracle.oracle import Opinion, opinion
from tests.oracle.reference import FILES, REFERENCE, Reference, load, read
from tests.oracle.rules import rules_of
from tests.oracle.seen import sight

MORE = Path(__file__).parent / "more"
COUNTERS = ("received", "transferred_", "reopened", "ended.", "open.", "handover.", "orphan")
"""How the counters begin that the oracle knows; indicators have others."""
STATE = ("unit", "procedure", "received_at", "due_source", "due_computed", "reason", "ended_at")


class Bench(NamedTuple):
    """The same reference data, read twice: by the oracle and by the core."""

    reference: Reference
    rules: Rules


def bench(directory: Path) -> Bench:
    """Write the project's rows and those of `more` into one directory, and let both read it."""
    shutil.copytree(REFERENCE, directory, dirs_exist_ok=True)
    for file, names in FILES.items():
        rows = {name: read(REFERENCE, file, name) + read(MORE, file, name) for name in names}
        (directory / f"{file}.toml").write_text(as_toml(rows), encoding="utf-8")
    rules = load_rules(str(ZONE), directory)
    return Bench(load((directory,)), replace(rules, law=replace(rules.law, counts=())))


def as_toml(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    lines: list[str] = []
    for name, rows in tables.items():
        for row in rows:
            lines += [f"[[{name}]]", *(f"{field} = {value_of(value)}" for field, value in row.items()), ""]
    return "\n".join(lines)


def value_of(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.isoformat()
        case list():
            return f"[{', '.join(map(value_of, value))}]"
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
    return str(value)


def counts_of(evaluation: Evaluation) -> dict[tuple[str, str, str, str], int]:
    """The core's counts in the oracle's words."""
    return {
        (unit, procedure, label(month, Grain.MONTH), counter): n
        for (unit, procedure, month, counter), n in evaluation.contributions.items()
        if counter.startswith(COUNTERS)
    }


def state_of(evaluation: Evaluation) -> dict[str, Any]:
    state = evaluation.state
    if state is None or state.received_at is None:
        return {}
    return {field: getattr(state, field) for field in STATE}


def answer_of(answer: Opinion) -> dict[str, Any]:
    """What the oracle says the core's state should be: an ended case as it was when its end was judged."""
    shown = answer.judged.get("processing", answer.last)
    if shown.phase != "known":
        return {}
    end = shown.sides[0].end
    state = {field: getattr(shown, field) for field in STATE[:-1]} | {"ended_at": end and end[1]}
    if shown.sides[0].buckets[0] != "unknown":
        state["reason"] = None
    return state


class Difference(NamedTuple):
    """One case about which the two disagree; `about` names what, `lines` shows it."""

    seed: int
    number: int
    about: tuple[str, ...]
    lines: list[str]


def compare(seed: int, number: int, both: Bench) -> tuple[set[str], Difference | None]:
    """One case: the rules it exercised, and how the two differ about it."""
    case = drawn(seed, number)
    answer = opinion(case.known, case.as_of, both.reference, case.known_at)
    said = evaluate([Known(*heard) for heard in case.known], case.as_of, law_at(both, case), case.known_at)
    rules = rules_of(sight(case, answer, both.reference))
    return rules, difference(seed, number, case, answer, said)


def law_at(both: Bench, case: Drawn) -> Any:
    return both.rules.at(case.known_at).law


def difference(seed: int, number: int, case: Drawn, answer: Opinion, said: Evaluation) -> Difference | None:
    about: list[str] = []
    lines: list[str] = []
    core, oracle = counts_of(said), answer.counts
    for key in sorted({*core, *oracle}):
        if core.get(key, 0) != oracle.get(key, 0):
            about.append(key[3].split(".")[0] + (".*" if "." in key[3] else ""))
            lines.append(f"  {' '.join(key)}: core {core.get(key, 0):+d}, oracle {oracle.get(key, 0):+d}")
    one, other = state_of(said), answer_of(answer)
    for field in STATE:
        if one.get(field) != other.get(field):
            about.append(field)
            lines.append(f"  {field}: core {shown(one.get(field))}, oracle {shown(other.get(field))}")
    if is_missed(said.next_change, answer.next_change, case.as_of):
        about.append("next_change")
        lines.append(f"  next_change: core {shown(said.next_change)}, oracle {shown(answer.next_change)}")
    if not lines:
        return None
    return Difference(seed, number, tuple(dict.fromkeys(about)), [*told(case), *lines])


def is_missed(core: int | None, oracle: int | None, as_of: int) -> bool:
    """Whether the core would sleep through a change, or ask to be woken in the past; too early does no harm."""
    if core is not None and core <= as_of:
        return True
    return oracle is not None and (core is None or core > oracle)


def shown(value: Any) -> str:
    """An instant as a wall clock, everything else as it is."""
    if isinstance(value, int) and value > 10**9:
        return datetime.fromtimestamp(value / 1000, ZONE).strftime("%a %Y-%m-%d %H:%M:%S.%f")[:-3]
    return str(value)


def told(case: Drawn) -> list[str]:
    """The facts in the order of their instants, and when the case was asked for."""
    lines = [
        f"  {shown(fact.occurred_at)} {fact.kind.name:21} {details(fact)} known {shown(since)}"
        for fact, since in sorted(case.known, key=lambda row: (row[0].occurred_at, row[0].kind))
    ]
    return [
        f"  {case.known[0][0].case_id} as of {shown(case.as_of)}, known at {shown(case.known_at)}",
        *lines,
    ]


def details(fact: Fact) -> str:
    fields = {
        "id": fact.event_id,
        "source": fact.source,
        "unit": fact.unit,
        "procedure": fact.procedure,
        "due": None if fact.due_at is None else shown(fact.due_at),
        "sequence": fact.source_sequence,
        "recorded": fact.recorded_at,
        "retracts": ",".join(fact.retracts) or None,
    }
    return " ".join(f"{name}={value}" for name, value in fields.items() if value is not None)


def compare_all(seed: int, numbers: Iterable[int], both: Bench) -> tuple[Counter[str], list[Difference]]:
    """Many cases of one seed: how many exercised each rule, and all differences."""
    rules: Counter[str] = Counter()
    found: list[Difference] = []
    for number in numbers:
        seen, differs = compare(seed, number, both)
        rules.update(seen)
        found += [differs] if differs else []
    return rules, found
