"""Holds the core against the oracle, case by case, and says in plain lines where they differ."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from egovhub.events import Fact

from services.domain.calendar import UncoveredDate
from services.domain.case import CaseState
from services.domain.deadline import net_working_seconds
from services.domain.evaluation import Evaluation, evaluate
from services.domain.law import Law
from services.domain.periods import Grain, label
from services.domain.standing import Known
from services.rules import Rules, load_rules
from tests.oracle.generate import ZONE, Drawn, drawn
from tests.oracle.oracle import Opinion, opinion
from tests.oracle.reference import FILES, REFERENCE, Reference, load, read
from tests.oracle.rules import rules_of
from tests.oracle.seen import sight
from tests.oracle.snapshot import working_seconds_net
from tests.oracle.verdict import Standing, due_for

MORE = Path(__file__).parent / "more"
COUNTERS = ("received", "transferred_", "reopened", "ended.", "open.", "handover.", "orphan")
"""How the counters begin that the oracle knows; indicators have others."""
SAME = ("unit", "procedure", "received_at", "due_source", "due_computed")
STATE = (*SAME, "due_at", "reason", "ended_at", "working_seconds", "buckets")


class Bench(NamedTuple):
    """The same reference data, read twice: by the oracle and by the core."""

    reference: Reference
    rules: Rules
    laws: dict[int, Law]
    """The core's, by what the oracle says was known: the registry of units is dear to build."""

    def law_at(self, known_at: int | None) -> Law:
        known = id(self.reference.at(known_at))
        if known not in self.laws:
            self.laws[known] = self.rules.at(known_at).law
        return self.laws[known]


def bench(directory: Path) -> Bench:
    """Write the project's rows and those of `more` into one directory, and let both read it."""
    shutil.copytree(REFERENCE, directory, dirs_exist_ok=True)
    for file, names in FILES.items():
        rows = {name: read(REFERENCE, file, name) + read(MORE, file, name) for name in names}
        (directory / f"{file}.toml").write_text(as_toml(rows), encoding="utf-8")
    rules = load_rules(str(ZONE), directory)
    return Bench(load((directory,)), replace(rules, law=replace(rules.law, counts=())), {})


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
        case datetime() | date() | time():
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


def state_of(evaluation: Evaluation, law: Law) -> dict[str, Any]:
    """What the core says of the case itself; nothing of one that does not count."""
    state = evaluation.state
    if state is None or state.received_at is None:
        return {}
    found = {field: getattr(state, field) for field in (*SAME, "due_at", "reason", "ended_at")}
    seconds = working_seconds(state, law) if state.ended_at is not None else None
    return found | {"working_seconds": seconds, "buckets": tuple(state.buckets)}


def working_seconds(state: CaseState, law: Law) -> int | None:
    """Working time from reception to end, without the pauses, by the core's own calendar."""
    calendar = law.calendar_of(state.unit)
    if calendar is None or state.received_at is None or state.ended_at is None:
        return None
    pauses = [(pause.since, pause.until) for pause in state.pauses]
    try:
        return net_working_seconds(calendar, state.received_at, state.ended_at, pauses)
    except UncoveredDate:
        return None


def answer_of(answer: Opinion, law: Reference) -> dict[str, Any]:
    """What the oracle says the core's state should be: an ended case as it was when its end was judged."""
    case = answer.judged.get("processing", answer.last)
    if case.phase != "known":
        return {}
    end, first = case.sides[0].end, law.track("processing")[0]
    standing = Standing(end, case.due_source, case.due_computed, case.reason, case.pauses)
    return {field: getattr(case, field) for field in SAME} | {
        "due_at": due_for(first, standing),
        "reason": case.reason if case.sides[0].buckets[0] == "unknown" else None,
        "ended_at": end and end[1],
        "working_seconds": working_seconds_net(case, case.received_at or 0, end[1], law) if end else None,
        "buckets": tuple(bucket for part in answer.last.sides for bucket in part.buckets),
    }


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
    law = both.law_at(case.known_at)
    said = evaluate([Known(*heard) for heard in case.known], case.as_of, law, case.known_at)
    rules = rules_of(sight(case, answer, both.reference))
    states = answer_of(answer, both.reference.at(case.known_at)), state_of(said, law)
    lines = [*count_lines(answer, said), *state_lines(*states), *wake_lines(case, answer, said)]
    if not lines:
        return rules, None
    about = tuple(dict.fromkeys(name for name, _ in lines))
    return rules, Difference(seed, number, about, [*told(case), *(line for _, line in lines)])


Line = tuple[str, str]
"""What a difference is about, and the difference itself."""


def count_lines(answer: Opinion, said: Evaluation) -> list[Line]:
    core, oracle = counts_of(said), answer.counts
    return [
        (about(key[3]), f"  {' '.join(key)}: core {core.get(key, 0):+d}, oracle {oracle.get(key, 0):+d}")
        for key in sorted({*core, *oracle})
        if core.get(key, 0) != oracle.get(key, 0)
    ]


def about(counter: str) -> str:
    return counter.split(".", maxsplit=1)[0] + (".*" if "." in counter else "")


def state_lines(oracle: Mapping[str, Any], core: Mapping[str, Any]) -> list[Line]:
    return [
        (field, f"  {field}: core {shown(core.get(field))}, oracle {shown(oracle.get(field))}")
        for field in STATE
        if core.get(field) != oracle.get(field)
    ]


def wake_lines(case: Drawn, answer: Opinion, said: Evaluation) -> list[Line]:
    core, oracle = said.next_change, answer.next_change
    if not is_missed(core, oracle, case.as_of):
        return []
    return [("next_change", f"  next_change: core {shown(core)}, oracle {shown(oracle)}")]


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
