"""`python -m tests.bench.phases FACTS`: where the worker's CPU goes, in one partition and without Kafka.

CPU time of this process, which neighbours on the machine blur less than wall time; the better of two rounds.
Checkpoints are forced where a worker that catches up is forced to.
"""

import gc
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from egovhub.codec import decode_fact, encode_fact

from services.clock import instant_of
from services.door import Door
from services.metrics import WorkerMetrics
from services.owner import CHECKPOINT_FACTS
from services.partition import Partition
from services.rows import LogIdentity
from services.rules import load_rules
from services.settings import load_settings
from services.state import Store
from services.stream import RECORDS_PER_POLL
from tests.bench.facts import AS_OF, publications


class Record(NamedTuple):
    """As a client hands it over."""

    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()


def seconds_by_phase(records: Sequence[Record], folder: Path) -> dict[str, float]:
    """From an empty store to a checkpoint that holds everything."""
    settings = load_settings()
    rules = load_rules(settings.zone, settings.reference_dir)
    log, metrics = LogIdentity("bench", "bench"), WorkerMetrics(rules.code, rules.reference)
    partition = Partition(0, "facts", Store(folder), log, rules, Door(1), metrics)
    seconds: dict[str, float] = defaultdict(float)

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        since = time.process_time()
        yield
        seconds[name] += time.process_time() - since

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
    with phase("evaluate"):
        for _ in partition.evaluate(instant_of(AS_OF)):
            pass
    with phase("rows"):
        partition.flush()
    partition.committed()
    with phase("checkpoint"):
        partition.checkpoint()
    partition.close()
    return seconds


def main() -> None:
    records = [
        Record(offset, at, fact.case_id.encode(), encode_fact(fact))
        for offset, (at, fact) in enumerate(publications(int(sys.argv[1])))
    ]
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    with TemporaryDirectory() as folder:
        rounds = [seconds_by_phase(records, Path(folder, name)) for name in ("first", "second")]
    print(json.dumps({name: min(r[name] for r in rounds) / len(records) * 1e6 for name in rounds[0]}))


if __name__ == "__main__":
    main()
