"""`python -m services verify`: recomputes what the hub published from its facts and compares every key.

Reads with confluent-kafka, a client that no other process of the hub uses, and takes nothing from any
process but the positions and instants at which it claims to stand. hub.tallies and hub.cases are compared at
the latest marker of each partition, hub.indicators at the cut of the stage's last marker, dead letters at the
latest markers. It works while the hub runs.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final, cast

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from egovhub.codec import decode
from egovhub.errors import ConfigurationError, RetryLater
from rich.console import Console
from rich.progress import Progress

from services.differences import (
    Difference,
    Judges,
    Letter,
    PartitionFacts,
    Report,
    check_comparable,
    indicators,
    judgement,
    letter_of,
    published_indicators,
)
from services.domain.cells import add
from services.domain.sums import Point
from services.door import Door
from services.rows import MARKER_KEY, Cut, LogIdentity, Marker, read_marker
from services.rules import Rules, load_rules
from services.settings import Settings, load_settings
from services.topics import check_topics, log_identity, topic_named

FACTS: Final = "facts"
TALLIES: Final = "hub.tallies"
CASES: Final = "hub.cases"
LETTERS: Final = "hub.dead-letters"
INDICATORS: Final = "hub.indicators"

BATCH: Final = 5000
BATCH_SECONDS: Final = 0.05
"""librdkafka waits so long for a batch to fill, also where nothing follows."""

IDLE_SECONDS: Final = 30
"""A broker that neither sends a record nor says that there is none for so long is taken for absent."""

_EXAMPLES: Final = """
examples:
  python -m services verify
  HUB_KAFKA_BOOTSTRAP=kafka-1:9092 python -m services verify --json
  python -m services verify --without-stage

Exit code 0: all equal. 1: some keys differ. 2: cannot be compared, and why.
"""


class TopicReader:
    """Reads partitions of one topic, and later on from where it stopped.

    Args:
        partitions: how many the topic has.
        is_committed: leave out what was not committed; `facts` has no transactions, and its readers see all.
    """

    def __init__(self, settings: Settings, topic: str, partitions: int, *, is_committed: bool = True) -> None:
        self.next_offsets = dict.fromkeys(range(partitions), 0)
        self._topic = settings.topic(topic)
        self._consumer = Consumer(
            {
                **settings.librdkafka_options(),
                "group.id": settings.group("hub-verify"),
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed" if is_committed else "read_uncommitted",
                "fetch.wait.max.ms": 20,
                "log_level": 2,
            }
        )

    def close(self) -> None:
        """Leave the cluster."""
        self._consumer.close()

    def read(self, partitions: Sequence[int] | None = None) -> Iterator[Message]:
        """Everything up to the present ends of some partitions, or of all.

        Raises:
            RetryLater: if the broker does not answer.
        """
        open_ = set(self.next_offsets if partitions is None else partitions)
        self._consumer.assign([TopicPartition(self._topic, p, self.next_offsets[p]) for p in open_])
        heard_at = time.monotonic()
        while open_:
            for message in self._consumer.consume(BATCH, BATCH_SECONDS):
                heard_at = time.monotonic()
                partition = message.partition()
                assert partition is not None
                error = message.error()
                if error is not None:
                    _raise_unless_end(error)
                    open_.discard(partition)
                elif partition in open_:
                    self.next_offsets[partition] = (message.offset() or 0) + 1
                    yield message
            if time.monotonic() - heard_at > IDLE_SECONDS:
                raise RetryLater(f"{self._topic}: no broker answers for {IDLE_SECONDS} s; try again")


def _raise_unless_end(error: KafkaError) -> None:
    if error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - the library's public name for it
        raise RetryLater(f"the broker refuses to be read ({error.name()}); try again")


@dataclass(slots=True)
class Published:
    """What stands in the topics, as of the latest marker of each partition."""

    tallies: list[dict[bytes, bytes]]
    cases: list[dict[bytes, bytes]]
    markers: dict[int, Marker]
    letters: dict[bytes, Letter] = field(default_factory=dict)
    indicators: dict[bytes, bytes] = field(default_factory=dict)
    cut: tuple[Cut, ...] = ()
    stage: Judges | None = None
    withdrawn: set[bytes] = field(default_factory=set)
    """Cases withdrawn while they were read: whether before or after the marker, no tombstone says."""


def read_published(settings: Settings, *, with_stage: bool) -> Published:
    """Read everything the hub publishes.

    The order makes one moment of it: rows of the stage rest on markers already read, and cases are read
    before the markers, and what was written meanwhile is told apart by the instant in it.

    Raises:
        RetryLater: if the broker does not answer, or there is a marker missing.
    """
    partitions = topic_named(FACTS).partitions
    indicators, cut, stage = _stage_rows(settings) if with_stage else ({}, (), None)
    with closing(TopicReader(settings, CASES, partitions)) as reader:
        cases = _tables(reader)
        with closing(TopicReader(settings, TALLIES, partitions)) as tallies_reader:
            tallies = _tables(tallies_reader)
        found = {p: table.pop(MARKER_KEY, None) for p, table in enumerate(tallies)}
        if none := [p for p, value in found.items() if value is None]:
            raise RetryLater(
                f"{settings.topic(TALLIES)}: no marker yet in partitions {', '.join(map(str, none))};"
                " start a worker, or wait until it has caught up"
            )
        markers = {p: read_marker(value) for p, value in found.items() if value is not None}
        withdrawn = _read_on(reader, cases, markers)
    with closing(TopicReader(settings, LETTERS, partitions)) as reader:
        letters = {key: letter_of(value) for table in _tables(reader) for key, value in table.items()}
    return Published(tallies, cases, markers, letters, indicators, cut, stage, withdrawn)


def _tables(reader: TopicReader) -> list[dict[bytes, bytes]]:
    """The last value of each key, per partition."""
    tables: list[dict[bytes, bytes]] = [{} for _ in reader.next_offsets]
    for message in reader.read():
        _put(tables[message.partition() or 0], message)
    return tables


def _put(table: dict[bytes, bytes], message: Message) -> None:
    key, value = message.key(), message.value()
    assert isinstance(key, bytes)
    if value is None:
        table.pop(key, None)
    else:
        assert isinstance(value, bytes)
        table[key] = value


def _read_on(
    reader: TopicReader, cases: Sequence[dict[bytes, bytes]], markers: Mapping[int, Marker]
) -> set[bytes]:
    """Apply the rows written since up to the markers; returns the keys that were withdrawn since."""
    withdrawn = set()
    for message in reader.read():
        partition, key, value = message.partition() or 0, message.key(), message.value()
        assert isinstance(key, bytes)
        marker = markers[partition]
        if value is None:
            withdrawn.add(key)
        else:
            assert isinstance(value, bytes)
            row = decode(value)[1]
            if row["as_of"] <= marker.as_of and row["position"] <= marker.position:
                cases[partition][key] = value
    return withdrawn


def _stage_rows(settings: Settings) -> tuple[dict[bytes, bytes], tuple[Cut, ...], Judges]:
    """The rows of hub.indicators as of the stage's last marker, its cut, and by what it was made."""
    rows: dict[bytes, bytes] = {}
    pending: list[Message] = []
    cut: tuple[Cut, ...] = ()
    judges = Judges("", "")
    with closing(TopicReader(settings, INDICATORS, 1)) as reader:
        for message in reader.read():
            value = message.value()
            if message.key() != MARKER_KEY or value is None:
                pending.append(message)
                continue
            assert isinstance(value, bytes)
            marker = decode(value)[1]
            cut = tuple(Cut(**entry) for entry in marker["cut"])
            judges = Judges(marker["code"], marker["reference"])
            for row in pending:
                _put(rows, row)
            pending.clear()
    if not cut:
        raise RetryLater(
            f"{settings.topic(INDICATORS)}: no marker yet; start a stage, or verify --without-stage"
        )
    return rows, cut, judges


def verify(settings: Settings, rules: Rules, progress: Progress, *, with_stage: bool = True) -> Report:
    """Read, recompute, compare.

    Raises:
        RetryLater: the broker does not answer, or nothing was published yet.
        ConfigurationError: what was published cannot be compared with these facts.
    """
    found = log_identity(settings, FACTS)
    published = read_published(settings, with_stage=with_stage)
    check_comparable(published.markers, LogIdentity(found.cluster_id, found.topic_id), rules, published.stage)
    topics = (TALLIES, CASES, LETTERS, *([INDICATORS] if with_stage else []))
    report = Report({topic: Difference() for topic in topics})
    cuts = {cut.partition: cut for cut in published.cut}
    points: dict[Point, int] = {}
    retention = int(topic_named(LETTERS).config["retention.ms"])
    for facts in _read_facts(settings, published, cuts, progress):
        marker, cut = published.markers[facts.number], cuts.get(facts.number)
        report.facts += facts.count
        recount = facts.recount(marker.position, marker.as_of, rules)
        report.topics[TALLIES].compare(recount.tallies(), published.tallies[facts.number])
        judged = {key: judgement(value) for key, value in published.cases[facts.number].items()}
        report.topics[CASES].compare(recount.judgements(rules), judged, published.withdrawn)
        facts.compare_letters(report.topics[LETTERS], marker.position, marker.as_of - retention)
        report.refused += len(facts.refused)
        if cut is not None:
            if (cut.position, cut.as_of) != (marker.position, marker.as_of):
                recount = facts.recount(cut.position, cut.as_of, rules)
            add(points, recount.points)
    if with_stage:
        expected = indicators(points, rules, published.cut)
        report.topics[INDICATORS].compare(expected, published_indicators(published.indicators))
    return report


def _read_facts(
    settings: Settings, published: Published, cuts: Mapping[int, Cut], progress: Progress
) -> Iterator[PartitionFacts]:
    """The facts of each partition in turn, up to what was counted; the one before is let go."""
    ends = {
        p: max(marker.position, cuts[p].position if p in cuts else 0)
        for p, marker in published.markers.items()
    }
    door = Door(len(ends))
    task = progress.add_task("recomputing", total=sum(ends.values()))
    with closing(TopicReader(settings, FACTS, len(ends), is_committed=False)) as reader:
        for partition, end in ends.items():
            facts = PartitionFacts(settings.topic(FACTS), partition, door, published.letters)
            _fill(facts, reader, end, lambda: progress.update(task, advance=4096))
            yield facts


def _fill(facts: PartitionFacts, reader: TopicReader, end: int, report: Callable[[], Any]) -> None:
    if end == 0:
        return
    for message in reader.read([facts.number]):
        offset = message.offset()
        if offset != facts.count:
            raise ConfigurationError(
                f"facts, partition {facts.number}: offset {facts.count} is gone, the next is {offset};"
                " facts are kept for ever, restore the log"
            )
        key, value, headers = message.key(), message.value(), message.headers() or ()
        facts.take(
            facts.count,
            key,
            value,
            message.timestamp()[1],
            cast("Sequence[tuple[str, bytes | None]]", headers),
        )
        if facts.count % 4096 == 0:
            report()
        if facts.count == end:
            return
    if facts.count < end:
        raise ConfigurationError(
            f"facts, partition {facts.number}: a marker says {end} were counted, but there are {facts.count};"
            " restore the log, or start the worker again to rebuild"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify once; 0 if all is equal, 1 if some keys differ."""
    parser = argparse.ArgumentParser(
        prog="python -m services verify",
        description="Recomputes from facts what the hub published, and compares every key.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="the report as one JSON object")
    parser.add_argument("--without-stage", action="store_true", help="leave hub.indicators out")
    given = parser.parse_args(arguments)
    settings = load_settings()
    rules = load_rules(settings.zone, settings.reference_dir)
    check_topics(settings)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        report = verify(settings, rules, progress, with_stage=not given.without_stage)
    if given.json:
        found = {topic: difference.report() for topic, difference in report.topics.items()}
        counted = {"equal": report.is_equal, "facts": report.facts, "refused": report.refused}
        print(json.dumps({**counted, "topics": found}, ensure_ascii=False, sort_keys=True))
    else:
        print(*report.lines(), sep="\n")
    return 0 if report.is_equal else 1
