"""`python -m tests.bench.phases FACTS`: where the worker's CPU goes, in one partition and without Kafka.

CPU time of this process, which neighbours on the machine blur less than wall time; the better of two rounds.
Checkpoints are forced where a worker that catches up is forced to. What the evaluation is made of is told by clocks
around its parts, and by a round without what the indicators count.
"""

import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from egovhub.codec import decode_fact, encode_fact

from services import partition as worked_on
from services.clock import instant_of
from services.door import Door
from services.metrics import WorkerMetrics
from services.owner import CHECKPOINT_FACTS
from services.partition import Partition
from services.rows import LogIdentity
from services.rules import Rules, load_rules
from services.settings import load_settings
from services.state import Store
from services.stream import RECORDS_PER_POLL
from tests.bench.facts import AS_OF, publications

EVALUATE: Final = "evaluate"
INNER: Final = {
    "_decoded": f"{EVALUATE}: decode what a checkpoint let go",
    "add": f"{EVALUATE}: booking",
    "book": f"{EVALUATE}: booking",
    "case_value": f"{EVALUATE}: rows of cases",
}
"""Functions of the partition that have a clock of their own, and the part of the evaluation they are."""

COUNTS: Final = f"{EVALUATE}: indicators' count"
LAW: Final = f"{EVALUATE}: fold and judge"


class Record(NamedTuple):
    """As a client hands it over."""

    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()


def seconds_by_phase(records: Sequence[Record], folder: Path, rules: Rules) -> dict[str, float]:
    """From an empty store to a checkpoint that holds everything."""
    log, metrics = LogIdentity("bench", "bench"), WorkerMetrics(rules.code, rules.reference)
    partition = Partition(0, "facts", Store(folder), log, rules, Door(1), metrics)
    seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        since = time.process_time()
        yield
        seconds[name] += time.process_time() - since

    def clocked(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            since = time.process_time()
            result = function(*arguments, **named)
            seconds[name] += time.process_time() - since
            return result

        return call

    partition.reconcile({})
    with phase("decode alone"):
        for record in records:
            decode_fact(record.value)
    for first in range(0, len(records), RECORDS_PER_POLL):
        with phase("append, decode in it"):
            partition.append(records[first : first + RECORDS_PER_POLL])
        if partition.fresh_facts >= CHECKPOINT_FACTS:
            with phase("checkpoint"):
                partition.checkpoint()
    with ExitStack() as clocks, phase(EVALUATE):
        for name, part in INNER.items():
            clocks.enter_context(patch.object(worked_on, name, clocked(part, getattr(worked_on, name))))
        for _ in partition.evaluate(instant_of(AS_OF)):
            pass
    with phase("rows of cells"):
        partition.flush()
    partition.committed()
    with phase("checkpoint"):
        partition.checkpoint()
    partition.close()
    return seconds


def best(records: Sequence[Record], rules: Rules) -> dict[str, float]:
    """The better of two rounds, in microseconds an event."""
    with TemporaryDirectory() as folder:
        rounds = [seconds_by_phase(records, Path(folder, name), rules) for name in ("first", "second")]
    return {name: min(r[name] for r in rounds) / len(records) * 1e6 for name in rounds[0]}


def main() -> None:
    settings = load_settings()
    rules = load_rules(settings.zone, settings.reference_dir)
    records = [
        Record(offset, at, fact.case_id.encode(), encode_fact(fact))
        for offset, (at, fact) in enumerate(publications(int(sys.argv[1])))
    ]
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    found = best(records, rules)
    without = best(records, replace(rules, law=replace(rules.law, counts=())))
    found[COUNTS] = found[EVALUATE] - without[EVALUATE]
    inner = [*dict.fromkeys(INNER.values())]
    found[LAW] = without[EVALUATE] - sum(without[name] for name in inner)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
