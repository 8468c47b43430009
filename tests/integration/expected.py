"""What a hub must come to: facts drawn for tests, and a recount of what was published, partition by partition."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from random import Random
from typing import Any, Final

from egovhub.codec import decode
from egovhub.events import Fact

from services.domain.cells import Cell, CellKey, add, book
from services.domain.evaluation import Evaluation, evaluate
from services.domain.standing import Known
from services.domain.sums import Point
from services.provenance import told
from services.recount import figures
from services.rows import figure_key, tally_key, tally_value
from services.rules import load_rules
from tests.unit.domain.draw import random_fact

FOUR_YEARS: Final = 1461 * 86_400_000
"""From the months of the drawn facts to the same months of four years before, which are past on any machine."""

JUDGED: Final = (
    "unit",
    "procedure",
    "channel",
    "receiving_unit",
    "received_at",
    "due_at",
    "due_source",
    "due_computed",
    "ended_at",
    "bucket",
    "reason",
)
MEASURED: Final = ("numerator", "denominator", "total", "buckets", "missing")
RULES: Final = load_rules("Asia/Ho_Chi_Minh")

Log = Sequence[Known | None]
"""A partition of facts up to a position; None stands for a record that is no fact."""


def drawn_facts(cases: int, seed: int, prefix: str = "C") -> list[Fact]:
    """Facts of random cases in which everything that can collide does: versions, retractions, two sources."""
    random = Random(seed)
    return [
        in_the_past(random_fact(random)._replace(case_id=f"onestop:{prefix}{n}"))
        for n in range(cases)
        for _ in range(random.randint(1, 6))
    ]


def in_the_past(fact: Fact) -> Fact:
    due_at = None if fact.due_at is None else fact.due_at - FOUR_YEARS
    return fact._replace(occurred_at=fact.occurred_at - FOUR_YEARS, due_at=due_at)


def evaluations(log: Log, as_of: int) -> Iterator[tuple[bytes, Evaluation]]:
    """Key and outcome of each case."""
    by_case: dict[str, list[Known]] = defaultdict(list)
    for known in log:
        if known is not None:
            by_case[known.fact.case_id].append(known)
    for case_id, facts in by_case.items():
        yield case_id.encode(), evaluate(told(facts), as_of, RULES.law)


def tallies(log: Log, as_of: int) -> dict[bytes, bytes]:
    """The rows of hub.tallies, without the marker."""
    cells: dict[CellKey, Cell] = {}
    for _, evaluation in evaluations(log, as_of):
        book(cells, evaluation.contributions)
    return {tally_key(key): value for key, cell in cells.items() if (value := tally_value(key, cell))}


def judgements(log: Log, as_of: int) -> dict[bytes, dict[str, Any]]:
    """What hub.cases says of each case, but for what it rests on."""
    return {
        key: {name: getattr(evaluation.state, name) for name in JUDGED}
        for key, evaluation in evaluations(log, as_of)
        if evaluation.state is not None
    }


def indicators(logs: Iterable[tuple[Log, int]]) -> dict[bytes, dict[str, Any]]:
    """What hub.indicators measures, each partition at its own instant."""
    points: dict[Point, int] = {}
    instants = []
    for log, as_of in logs:
        instants.append(as_of)
        for _, evaluation in evaluations(log, as_of):
            add(points, evaluation.contributions)
    return {
        figure_key(row.key): {name: getattr(row.figure, name) for name in MEASURED[:3]}
        | {"buckets": dict(row.figure.parts), "missing": list(row.missing)}
        for row in figures(points, RULES, min(instants))
    }


def assert_equal(found: Mapping[Any, Any], expected: Mapping[Any, Any], where: str) -> None:
    """Fail with what is missing, surplus or unequal, and nothing else."""
    keys = [key for key in {**found, **expected} if found.get(key) != expected.get(key)]
    lines = [f"{key!r}: found {found.get(key)}, expected {expected.get(key)}" for key in keys]
    assert not lines, "\n".join([where, *lines])


def assert_tallies(found: Mapping[bytes, bytes], expected: Mapping[bytes, bytes], where: str) -> None:
    """The same of rows of hub.tallies, byte for byte, shown as counters."""
    if found != expected:
        assert_equal(_spelt(found), _spelt(expected), where)
        raise AssertionError(f"{where}: equal counters in unequal bytes")


def _spelt(rows: Mapping[bytes, bytes]) -> dict[str, Any]:
    return {key.decode(): decode(value)[1]["counters"] for key, value in rows.items()}
