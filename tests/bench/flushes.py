"""`python -m tests.bench.flushes [--cases N] [--due N]`: what time alone costs, in one partition and without Kafka.

Many open cases, some of which fall due at one instant; then the first instant of the next month. CPU seconds of the
worker, from the tick to the rows of its flush, and of the stage, from these rows to its own. The stage keeps every
indicator of every unit, period, policy and view of the city.
"""

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from egovhub.codec import encode_fact
from egovhub.events import OPTIONAL_FIELDS, Fact, Kind

from services.clock import instant_of
from services.domain.organisations import COMMUNE_LEVEL
from services.door import Door
from services.generator_cases import DAY, PROCEDURES
from services.metrics import WorkerMetrics
from services.partition import Partition
from services.rows import MARKER_KEY, LogIdentity, Marker, marker_value
from services.rules import Rules, load_rules
from services.settings import load_settings
from services.stage_figures import IndicatorRows
from services.stage_tallies import Tallies
from services.state import Store
from services.stream import RECORDS_PER_POLL
from tests.bench.phases import Record

LOG: Final = LogIdentity("bench", "bench")
DUE: Final = "2026-06-17T17:00+07:00"
EDGE: Final = "2026-07-01T00:00+07:00"


class Cost(NamedTuple):
    """CPU seconds of one flush, and how many rows either writes."""

    worker_seconds: float
    worker_rows: int
    stage_seconds: float
    stage_rows: int


class Hub:
    """A worker's partition and the stage behind it."""

    def __init__(self, rules: Rules, folder: Path) -> None:
        metrics = WorkerMetrics(rules.code, rules.reference)
        self._rules = rules
        self._partition = Partition(0, "facts", Store(folder), LOG, rules, Door(1), metrics)
        self._partition.reconcile({})
        self._tallies, self._figures = Tallies(1), IndicatorRows(rules)
        self._figures.resume({})
        self._flushes = 0

    def append(self, records: Sequence[Record]) -> None:
        for first in range(0, len(records), RECORDS_PER_POLL):
            self._partition.append(records[first : first + RECORDS_PER_POLL])
        self._partition.checkpoint()

    def flush(self, as_of: int) -> Cost:
        """Evaluate, flush, take it into the stage, and publish."""
        began = time.process_time()
        for _ in self._partition.evaluate(as_of):
            pass
        flush = self._partition.flush()
        self._partition.committed()
        flushed = time.process_time()
        self._flushes += 1
        marker = Marker(
            *LOG,
            0,
            self._partition.position,
            as_of,
            "INJECTED",
            self._rules.code,
            self._rules.reference,
            self._flushes,
        )
        for key, value in [*flush.tallies, (MARKER_KEY, marker_value(marker))]:
            self._figures.add(self._tallies.take(0, key, value, 0))
        records = self._figures.publication(as_of, self._tallies.cut) if self._figures.has_news(as_of) else []
        published = time.process_time()
        self._partition.checkpoint()
        rows = len(flush.tallies) + len(flush.cases)
        return Cost(flushed - began, rows, published - flushed, len(records))

    def close(self) -> None:
        self._partition.close()


def open_cases(rules: Rules, cases: int, due: int) -> Iterator[Fact]:
    """Open cases of the last two months; so many are due at one instant, of a third the law says when."""
    units = sorted(
        unit.code
        for unit in rules.organisations.units.values()
        if unit.kind in COMMUNE_LEVEL and unit.valid_to is None
    )
    at = instant_of(DUE)
    for n in range(cases):
        due_at = at if n < due else None if n % 3 == 0 else at + (15 + n % 60) * DAY
        yield Fact(
            **{
                **OPTIONAL_FIELDS,
                "event_id": f"{n}",
                "source": "onestop",
                "domain": "onestop",
                "case_id": f"onestop:B-{n:07}",
                "kind": Kind.ACCEPTED,
                "occurred_at": at - (1 + n % 60) * DAY - n * 1000 % (8 * 3_600_000),
                "unit": units[n % len(units)],
                "procedure": PROCEDURES[n % len(PROCEDURES)].code,
                "channel": "ONLINE",
                "due_at": due_at,
                "details": {},
            }
        )


def measure(cases: int, due: int) -> dict[str, Cost]:
    settings = load_settings()
    rules = load_rules(settings.zone, settings.reference_dir)
    at, edge = instant_of(DUE), instant_of(EDGE)
    records = [
        Record(offset, at, fact.case_id.encode(), encode_fact(fact))
        for offset, fact in enumerate(open_cases(rules, cases, due))
    ]
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    with TemporaryDirectory() as folder:
        hub = Hub(rules, Path(folder, "state"))
        hub.append(records)
        found = {f"first of all: {cases:,} cases": hub.flush(at)}
        found[f"{due:,} of {cases:,} open cases due at once"] = hub.flush(at + 1)
        hub.flush(edge - 1)
        found[f"first of a month, {cases:,} open cases"] = hub.flush(edge)
        hub.close()
    return found


def table(costs: Mapping[str, Sequence[float]]) -> list[str]:
    """The result for people."""
    lines = [
        "flush, without Kafka                             worker CPU s       rows   stage CPU s       rows"
    ]
    for name, cost in costs.items():
        worker, worker_rows, stage, stage_rows = cost
        lines.append(f"{name:48} {worker:12.2f} {worker_rows:10,.0f} {stage:13.2f} {stage_rows:10,.0f}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.flushes", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--cases", type=int, default=200_000, help="open cases (200000)")
    parser.add_argument("--due", type=int, default=2_000, help="of them due at once (2000)")
    parser.add_argument("--json", action="store_true", help="the result as one JSON object")
    given = parser.parse_args(arguments)
    found = measure(given.cases, given.due)
    if given.json:
        print(json.dumps(found))
    else:
        print(*table({name: tuple(cost) for name, cost in found.items()}), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
