"""A log of facts in memory, a partition over it, and what its rows must come to."""

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from egovhub.codec import decode, encode_fact
from egovhub.errors import RejectedInput
from egovhub.events import Fact

from services.domain.cells import Cell, CellKey, book
from services.domain.evaluation import evaluate
from services.domain.standing import Known
from services.door import Door
from services.partition import Partition
from services.provenance import told
from services.rows import LogIdentity, tally_key, tally_value
from services.rules import REFERENCE_DIR, Rules, load_rules
from services.state import Store
from tests.unit.domain.draw import AFTER, random_fact

LOG: Final = LogIdentity("cluster", "topic")
OTHER_LOG: Final = LogIdentity("cluster", "topic made again")
RULES: Final[Rules] = load_rules("Asia/Ho_Chi_Minh")
OTHER_CODE: Final[Rules] = replace(RULES, code="another")
BAD_BYTES: Final = b"\0junk"


class FakeRecord(NamedTuple):
    """A record of facts without Kafka."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Tally:
    """Counts what a partition reports, in place of the metrics."""

    def __init__(self) -> None:
        self.counted: dict[str, int] = defaultdict(int)

    def duplicates(self, source: str, n: int = 1) -> None:
        self.counted["duplicates"] += n

    def revisions(self, source: str, n: int = 1) -> None:
        self.counted["revisions"] += n

    def conflicts(self, source: str, n: int = 1) -> None:
        self.counted["conflicts"] += n

    def trials(self, n: int = 1) -> None:
        self.counted["trials"] += n

    def dead_letter(self, reason: str) -> None:
        self.counted[f"letter {reason}"] += 1

    def dead_letter_failed(self, reason: str) -> None:
        self.counted[f"failed {reason}"] += 1


def with_day_off(folder: Path, day: str) -> Rules:
    """The rules of the release with one day off more, decreed later: in a folder of their own."""
    shutil.copytree(REFERENCE_DIR, folder)
    row = f'\n[[day]]\nscope = "VN"\non = {day}\nstate = "off"\nwhy = "w"\nsource = "s"\nverified = "illustrative"\n'
    with (folder / "calendar.toml").open("a", encoding="utf-8") as file:
        file.write(row)
    return load_rules("Asia/Ho_Chi_Minh", folder)


def record_of(offset: int, fact: Fact, timestamp: int = AFTER) -> FakeRecord:
    return FakeRecord(offset, timestamp, fact.case_id.encode(), encode_fact(fact))


def log_of(facts: Iterable[Fact]) -> list[FakeRecord]:
    return [record_of(offset, fact) for offset, fact in enumerate(facts)]


def drawn_log(seed: int, length: int = 40, cases: int = 8) -> list[FakeRecord]:
    """Facts of a few cases, some of them twice, and some bytes that are no fact."""
    random = Random(seed)
    records: list[FakeRecord] = []
    while len(records) < length:
        kind = random.random()
        if kind < 0.1 and records:
            again = random.choice(records)
            headers = random.choice((again.headers, (), (("hub-backfill", b"run"),)))
            records.append(
                again._replace(offset=len(records), timestamp=AFTER + len(records), headers=headers)
            )
        elif kind < 0.15:
            records.append(FakeRecord(len(records), AFTER, b"onestop:bad", BAD_BYTES, (("trace", b"\xff"),)))
        else:
            fact = random_fact(random)._replace(case_id=f"onestop:{random.randrange(cases)}")
            record = record_of(len(records), fact, AFTER + len(records))
            is_history = random.random() < 0.2
            records.append(record._replace(headers=(("hub-backfill", b"run"),)) if is_history else record)
    return records


def open_partition(
    folder: Path, *, log: LogIdentity = LOG, rules: Rules = RULES, counters: Tally | None = None
) -> Partition:
    return Partition(0, "facts", Store(folder), log, rules, Door(1), counters or Tally())


@dataclass(frozen=True)
class Expected:
    """What stands in the topics after every record, at one instant."""

    tallies: dict[bytes, bytes]
    buckets: dict[bytes, str]
    letters: set[bytes]


def recount(records: Sequence[FakeRecord], as_of: int) -> Expected:
    by_case: dict[bytes, list[Known]] = defaultdict(list)
    letters: set[bytes] = set()
    door = Door(1)
    for record in records:
        try:
            known = door.admit(0, record.key, record.value, record.timestamp, record.headers)
        except RejectedInput:
            letters.add(f"facts/0/{record.offset}".encode())
        else:
            by_case[record.key or b""].append(known)
    cells: dict[CellKey, Cell] = {}
    buckets: dict[bytes, str] = {}
    for key, facts in by_case.items():
        evaluation = evaluate(told(facts), as_of, RULES.law)
        book(cells, evaluation.contributions)
        if evaluation.state is not None:
            buckets[key] = evaluation.state.bucket
    tallies = {tally_key(key): value for key, cell in cells.items() if (value := tally_value(key, cell))}
    return Expected(tallies, buckets, letters)


class Topics:
    """What stands in the hub's topics, by the flushes that were committed."""

    def __init__(self) -> None:
        self.tallies: dict[bytes, bytes] = {}
        self.cases: dict[bytes, bytes] = {}
        self.letters: dict[bytes, bytes] = {}
        self.position = 0
        self.has_marker = False

    def flush(self, partition: Partition, as_of: int) -> None:
        """Evaluate at one instant and let the flush stand; whether its owner lives to know is another matter."""
        run(partition, as_of)
        flush = partition.flush()
        for standing, rows in (
            (self.tallies, flush.tallies),
            (self.cases, flush.cases),
            (self.letters, flush.letters),
        ):
            for key, value in rows:
                if value is None:
                    standing.pop(key, None)
                else:
                    standing[key] = value
        self.position, self.has_marker = partition.position, True

    def read_back(self, partition: Partition) -> None:
        """Do to a partition what its owner does at an assignment."""
        partition.reconcile(dict(self.tallies), [] if self.has_marker else list(self.cases))

    def stands(self) -> Expected:
        buckets = {key: decode(value)[1]["bucket"] for key, value in self.cases.items()}
        return Expected(dict(self.tallies), buckets, set(self.letters))


def run(partition: Partition, as_of: int) -> None:
    for _ in partition.evaluate(as_of):
        pass


def counters_of(tallies: Mapping[bytes, bytes]) -> dict[str, Any]:
    return {key.decode(): decode(value)[1]["counters"] for key, value in tallies.items()}
