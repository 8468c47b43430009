"""A hub of processes for tests: workers and stages that are killed, paused and held against a recount of all facts.

Everything committed is read by confluent-kafka, which no process of the hub uses. What is expected is computed
from the facts a test published, at the position and instant of each partition's last marker.
"""

import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import kafka
from confluent_kafka import Consumer, KafkaError, TopicPartition
from egovhub.codec import decode, encode_fact
from egovhub.events import Fact, partition_of

from services.clock import step_to
from services.domain.standing import Known
from services.door import Door
from services.rows import MARKER_KEY, LogIdentity, Marker, read_marker
from services.settings import Settings
from services.topics import log_identity, recreate_topic
from tests.integration import expected
from tests.integration.process import WAIT_SECONDS, Process
from tests.unit.domain.build import at

PARTITIONS: Final = 12
NOW: Final = at("Tue 2026-11-24 09:00")
"""Where the injected clock of a test begins."""

READ: Final = ("hub.tallies", "hub.cases", "hub.indicators", "hub.dead-letters", "hub.dead-letter-decisions")
Header = tuple[str, bytes]


@dataclass(frozen=True)
class Seen:
    """One committed record."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes | None


@dataclass(repr=False)
class Hub:
    """The hub of one test: topics of its own, processes, and what they must come to.

    Args:
        folder: of clock file, state folders and logs.
    """

    settings: Settings
    folder: Path
    facts: dict[int, list[Known | None]] = field(default_factory=lambda: defaultdict(list))
    """Per partition in log order; None stands for a record that is no fact."""

    variables: dict[str, str] = field(default_factory=dict)
    """HUB_ variables of all processes, besides those of this hub."""

    seen: list[Seen] = field(default_factory=list)
    standing: dict[tuple[str, int], dict[bytes, bytes]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        self._processes: list[Process] = []
        self._reader = Consumer(
            {**self.settings.librdkafka_options(), "group.id": "reads", "enable.partition.eof": True}
        )
        self._asker = kafka.KafkaConsumer(**self.settings.kafka_options(), isolation_level="read_committed")
        self._prefix = len(self.settings.topic_prefix)
        ones = ("hub.indicators", "hub.dead-letter-decisions")
        self._partitions = [
            TopicPartition(self.settings.topic(topic), p, 0)
            for topic in READ
            for p in range(1 if topic in ones else PARTITIONS)
        ]
        self._reader.assign(self._partitions)
        self._read_to: dict[tuple[str, int], int] = {}
        self._producer = kafka.KafkaProducer(
            **self.settings.kafka_options(), acks="all", linger_ms=20, max_in_flight_requests_per_connection=1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            if process.is_running():
                process.kill()
            print(f"--- {process.log.name}\n{process.words}")
        self._producer.close()
        self._reader.close()
        self._asker.close()

    # What happens to a hub.

    def publish(self, facts: Iterable[Fact]) -> None:
        """Append facts in this order, as far as partitions keep one."""
        self.append([(fact.case_id.encode(), encode_fact(fact), fact) for fact in facts])

    def append(self, records: Sequence[tuple[bytes | None, bytes | None, Fact | None]]) -> None:
        """Append records; those with a fact are good ones."""
        sent = [
            (fact, self.send(partition_of(key or b"", PARTITIONS), key, value))
            for key, value, fact in records
        ]
        self._producer.flush()
        for fact, future in sent:
            self.expect(future.get(timeout=10), fact)

    def append_with(self, facts: Sequence[tuple[Fact, Sequence[Header]]]) -> None:
        """Append facts whose records have headers."""
        for fact, headers in facts:
            key = fact.case_id.encode()
            self.send(partition_of(key, PARTITIONS), key, encode_fact(fact), headers)
        self.flush()
        self.note_appended()

    def send(
        self, partition: int, key: bytes | None, value: bytes | None, headers: Sequence[Header] = ()
    ) -> Any:
        topic = self.settings.topic("facts")
        return self._producer.send(topic, value, key, list(headers), partition)

    def flush(self) -> None:
        """Return when all that was sent is stored."""
        self._producer.flush()

    def write(self, topic: str, key: bytes, value: bytes) -> None:
        """Append a record that an operator's command would."""
        self._producer.send(self.settings.topic(topic), value, key).get(timeout=10)

    def expect(self, stored: Any, fact: Fact | None) -> None:
        """Note what lies at an offset of facts."""
        log = self.facts[stored.partition]
        assert stored.offset == len(log)
        log.append(None if fact is None else Known(fact, stored.timestamp))

    def note_appended(self) -> list[tuple[int, Fact, list[Header]]]:
        """Take note of facts that a process appended; where they lie, and their headers."""
        door, found = Door(PARTITIONS), []
        starts = {
            kafka.TopicPartition(self.settings.topic("facts"), p): end for p, end in self.ends().items()
        }
        consumer = kafka.KafkaConsumer(**self.settings.kafka_options())
        consumer.assign(list(starts))
        ends = consumer.end_offsets(list(starts))
        for tp, start in starts.items():
            consumer.seek(tp, start)
        while any(consumer.position(tp) < end for tp, end in ends.items()):
            for record in (each for records in consumer.poll(200).values() for each in records):
                known = door.admit(
                    record.partition, record.key, record.value, record.timestamp, record.headers
                )
                assert record.offset == len(self.facts[record.partition])
                self.facts[record.partition].append(known)
                found.append((record.partition, known.fact, list(record.headers)))
        consumer.close()
        return found

    def recreate_facts(self) -> None:
        recreate_topic(self.settings, "facts")
        self.facts.clear()

    def log_identity(self) -> LogIdentity:
        return log_identity(self.settings, "facts")

    @property
    def clock(self) -> Path:
        return self.folder / "clock"

    def step(self, instant: int) -> None:
        step_to(self.clock, instant)

    def state(self, name: str) -> Path:
        return self.folder / name

    def worker(self, name: str = "a", clock: str | None = None) -> Process:
        """Start a worker with its state folder; unless a clock is given it reads the clock file."""
        return self._start(
            "worker", name, HUB_WORKER_ID=name, HUB_STATE_DIR=str(self.state(name)), clock=clock
        )

    def stage(self, name: str = "stage") -> Process:
        return self._start("stage", name, clock=None)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HUB_KAFKA_BOOTSTRAP": self.settings.kafka_bootstrap,
            "HUB_TOPIC_PREFIX": self.settings.topic_prefix,
            **self.variables,
        }

    def _start(self, command: str, name: str, *, clock: str | None, **variables: str) -> Process:
        log = self.folder / f"{name}-{len(self._processes)}.log"
        chosen = {"HUB_CLOCK": str(self.clock) if clock is None else clock, **variables}
        with log.open("wb") as words:
            process = subprocess.Popen(
                [sys.executable, "-m", "services", command],
                env=self._environment | chosen,
                stdout=words,
                stderr=words,
            )
        self._processes.append(Process(process, log))
        return self._processes[-1]

    # What a hub has come to.

    def read(self) -> None:
        """Take everything committed so far."""
        ends = self._ends_committed()
        deadline = time.monotonic() + WAIT_SECONDS
        while any(self._read_to.get(place, 0) < end for place, end in ends.items()):
            assert time.monotonic() < deadline, "the broker does not hand out what it holds"
            for message in self._reader.consume(2000, 0.05):
                self._take(message)

    def _ends_committed(self) -> dict[tuple[str, int], int]:
        """Asked over another connection than the reader's, where answers wait behind fetches that wait."""
        ends = self._asker.end_offsets(
            [kafka.TopicPartition(tp.topic, tp.partition) for tp in self._partitions]
        )
        return {(tp.topic, tp.partition): end for tp, end in ends.items()}

    def _take(self, message: Any) -> None:
        if message.error() is not None:
            assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
            self._read_to[message.topic(), message.partition()] = message.offset()
            return
        record = Seen(
            message.topic()[self._prefix :],
            message.partition(),
            message.offset(),
            message.key(),
            message.value(),
        )
        self.seen.append(record)
        _apply(self.standing[record.topic, record.partition], record)

    def until(self, holds: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
        """Read until something holds that other processes bring about."""
        deadline = time.monotonic() + seconds
        self.read()
        while not holds():
            assert time.monotonic() < deadline, self._situation()
            time.sleep(0.1)
            self.read()

    def _situation(self) -> str:
        running = [f"{process.log.name}: {process.process.poll()}" for process in self._processes]
        markers = {p: (marker.position, marker.as_of) for p, marker in self.markers().items()}
        return f"markers {markers}, facts {self.ends()}, exit codes {running}"

    def markers(self) -> dict[int, Marker]:
        found = ((p, self.standing["hub.tallies", p].get(MARKER_KEY)) for p in range(PARTITIONS))
        return {p: read_marker(value) for p, value in found if value is not None}

    def ends(self) -> dict[int, int]:
        return {p: len(self.facts[p]) for p in range(PARTITIONS)}

    def has_counted_all(self, as_of: int = 0) -> bool:
        """Whether all markers stand at the ends of facts, and at this instant at least."""
        markers = self.markers()
        return len(markers) == PARTITIONS and all(
            marker.position == len(self.facts[p]) and marker.as_of >= as_of for p, marker in markers.items()
        )

    def await_all_counted(self, as_of: int = 0) -> None:
        self.until(lambda: self.has_counted_all(as_of))

    def await_indicators(self) -> None:
        """Wait for rows of the stage that rest on the ends of facts."""

        def are_current() -> bool:
            marker = self.standing["hub.indicators", 0].get(MARKER_KEY)
            if marker is None:
                return False
            cut = {entry["partition"]: entry for entry in decode(marker)[1]["cut"]}
            at = {p: (m.position, m.as_of) for p, m in self.markers().items()}
            return {p: (entry["position"], entry["as_of"]) for p, entry in cut.items()} == at

        self.until(lambda: self.has_counted_all() and are_current())

    def check(self) -> None:
        """Hold every row of hub.tallies and every judgement in hub.cases against a recount."""
        self.read()
        for p, marker in self.markers().items():
            tallies = {key: row for key, row in self.standing["hub.tallies", p].items() if key != MARKER_KEY}
            self._check_tallies(tallies, marker)
            cases = expected.judgements(self._counted(marker), marker.as_of)
            expected.assert_equal(self.judgements(p), cases, f"hub.cases at {marker}")

    def _check_tallies(self, rows: dict[bytes, bytes], marker: Marker) -> None:
        recounted = expected.tallies(self._counted(marker), marker.as_of)
        expected.assert_tallies(rows, recounted, f"hub.tallies at {marker}")

    def _counted(self, marker: Marker) -> list[Known | None]:
        return self.facts[marker.partition][: marker.position]

    def judgements(self, partition: int) -> dict[bytes, dict[str, Any]]:
        """What hub.cases says of each case, but for what it rests on."""
        rows = {key: decode(value)[1] for key, value in self.standing["hub.cases", partition].items()}
        return {key: {name: row[name] for name in expected.JUDGED} for key, row in rows.items()}

    def counters(self, partition: int) -> set[str]:
        """Names of all counters in the rows of hub.tallies."""
        rows = {key: row for key, row in self.standing["hub.tallies", partition].items() if key != MARKER_KEY}
        return {name for row in rows.values() for name in decode(row)[1]["counters"]}

    def sum_of(self, counter: str, partition: int) -> int:
        """A counter over the months of hub.tallies."""
        rows = {key: row for key, row in self.standing["hub.tallies", partition].items() if key != MARKER_KEY}
        months = [decode(row)[1] for row in rows.values()]
        return sum(row["counters"].get(counter, 0) for row in months if row["grain"] == "month")

    def check_indicators(self) -> None:
        """Hold every row of hub.indicators against a recount at the last markers."""
        markers = self.markers().values()
        recounted = expected.indicators((self._counted(marker), marker.as_of) for marker in markers)
        rows = {key: row for key, row in self.standing["hub.indicators", 0].items() if key != MARKER_KEY}
        found = {key: {name: decode(row)[1][name] for name in expected.MEASURED} for key, row in rows.items()}
        expected.assert_equal(found, recounted, f"hub.indicators at {markers}")

    def verify(self, *options: str) -> None:
        """Let the command of the operators come to the same result, by a client and code of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "services", "verify", *options],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def check_history(self) -> None:
        """Hold every flush there ever was against a recount at its marker; no marker is before the one before it."""
        self.read()
        rows: dict[int, dict[bytes, bytes]] = defaultdict(dict)
        last: dict[int, tuple[int, int, int]] = {}
        for record in self.seen:
            if record.topic != "hub.tallies":
                continue
            p = record.partition
            if record.key != MARKER_KEY:
                _apply(rows[p], record)
                continue
            marker = read_marker(record.value or b"")
            now, before = (marker.position, marker.as_of, marker.flush), last.get(p, (0, 0, 0))
            assert all(n >= b for n, b in zip(now, before, strict=True)), f"{before} then {marker}"
            last[p] = now
            self._check_tallies(rows[p], marker)


def _apply(rows: dict[bytes, bytes], record: Seen) -> None:
    if record.value is None:
        rows.pop(record.key, None)
    else:
        rows[record.key] = record.value
