"""`python -m tests.bench.connectors BOOTSTRAP`: what a connector costs beside the client that it publishes with.

The inputs of each connector's simulator, read before the clock runs, go through its mapping, the door, the encoder and
the runner to Kafka. Then the same records go there by kafka-python alone, with the settings of the publisher: nothing
that a connector does can be faster. CPU time of this process, all its threads; the better of some rounds. Reading from
the source, over HTTP or from files, is not in it.
"""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, Final, NamedTuple

from egovhub.connector import Connector, Page, Payload
from egovhub.errors import RejectedInput
from egovhub.kafka_publisher import KafkaPublisher
from egovhub.kafka_settings import KafkaSettings
from egovhub.mapped import MappedFeed, facts_of
from egovhub.publisher import MemoryPublisher, Publisher, Record
from egovhub.runner import Runner
from egovhub.runner_metrics import FACTS, ConnectorMetrics
from egovhub.runner_options import Options
from egovhub.starting import find_connector

from services.settings import load_settings
from services.topics import create_topics
from tests.simulators.simulator import CONNECTORS, feeds_of

PAGE: Final = 500
SEED: Final = 5
ROUNDS: Final = 2


class Cost(NamedTuple):
    """Seconds on the clock and of the processor, for all events."""

    wall: float
    cpu: float


class Measured(NamedTuple):
    """A connector beside the client; all times for each event, in microseconds.

    Args:
        connector: and its feed.
        inputs: that it read.
        events: facts it made of them.
        records: it published for them, with positions and what is known of cases.
        mapping_cpu: of the mapping, the door and the encoder alone.
    """

    connector: str
    inputs: int
    events: int
    records: int
    wall: float
    cpu: float
    client_wall: float
    client_cpu: float
    mapping_cpu: float


class Pages:
    """A source that holds its inputs in memory; a `Source`."""

    def __init__(self, inputs: Sequence[Payload]) -> None:
        self._inputs = inputs

    def read(self, position: str | None) -> Iterator[Page]:
        first = json.loads(position)["at"] if position else 0
        for at in range(first, len(self._inputs), PAGE):
            page = self._inputs[at : at + PAGE]
            yield Page(tuple(page), json.dumps({"at": at + len(page)}))

    def acknowledge(self, position: str) -> None:
        """It is not told."""

    def close(self) -> None:
        """Nothing is open."""


class Recorder(MemoryPublisher):
    """Keeps every record in the order in which it was published."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[list[Record]] = []

    def publish(self, records: Sequence[Record]) -> None:
        self.calls.append(list(records))


def timed(act: Callable[[], object]) -> Cost:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def carry(connector: Connector, inputs: Sequence[Payload], publisher: Publisher, name: str) -> None:
    """All that a process of a connector does with its inputs once it has them."""
    feed = MappedFeed(connector, Pages(inputs), _now)
    options = Options(once=True, keep_going=True)
    metrics = ConnectorMetrics(feed.source, name, _now)
    Runner(name, feed, publisher, metrics, _now, Event(), options).run()
    feed.close()


def send(publisher: KafkaPublisher, prefix: str, records: Sequence[Record]) -> None:
    """The same records by the client alone, none of them waited for before the end."""
    producer = publisher._connected()
    for record in records:
        producer.send(prefix + record.topic, record.value, record.key, list(record.headers))
    producer.flush()


def map_all(connector: Connector, inputs: Sequence[Payload]) -> None:
    now = _now()
    for payload in inputs:
        try:
            facts_of(connector, payload, now)
        except RejectedInput:
            continue


def measure(bootstrap: str, name: str, items: int) -> Measured:
    feed, make = next(iter(feeds_of(name).items()))
    with TemporaryDirectory(prefix="hub-bench-") as folder, make(SEED, Path(folder)) as simulator:
        simulator.produce(items)
        inputs, found = list(simulator.said), find_connector(simulator.connector)
    assert isinstance(found, Connector)
    recorder = Recorder()
    carry(found, inputs, recorder, name)
    records = [record for call in recorder.calls for record in call]
    events = sum(record.topic == FACTS for record in records)
    rounds = [one_round(bootstrap, found, inputs, records) for _ in range(ROUNDS)]
    each = [min(seconds) / events * 1e6 for seconds in zip(*rounds, strict=True)]
    return Measured(f"{name}/{feed}", len(inputs), events, len(records), *each)


def one_round(
    bootstrap: str, connector: Connector, inputs: Sequence[Payload], records: Sequence[Record]
) -> tuple[float, ...]:
    """Seconds of the connector, of the client, and of the mapping alone those of the processor; on empty topics."""
    prefix = f"connectors.{time.monotonic_ns()}."
    create_topics(load_settings(kafka_bootstrap=bootstrap, topic_prefix=prefix))
    publisher = KafkaPublisher(KafkaSettings(bootstrap, topic_prefix=prefix))
    try:
        send(publisher, prefix, records[:1])
        ours = timed(lambda: carry(connector, inputs, publisher, "measured"))
        client = timed(lambda: send(publisher, prefix, records))
    finally:
        publisher.close()
    return (*ours, *client, timed(lambda: map_all(connector, inputs)).cpu)


def table(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The result for people."""
    head = (
        f"{'connector':26} {'inputs':>9} {'events':>10} {'records/event':>14} {'events/s':>10} {'client':>10}"
    )
    return [
        f"{head} {'of it':>8} {'CPU µs/event':>14} {'client':>10} {'x client':>10} {'mapping':>9}",
        *(_line(Measured._make(row)) for row in rows),
    ]


def _line(row: Measured) -> str:
    speed, client, share = 1e6 / row.wall, 1e6 / row.client_wall, row.client_wall / row.wall
    return (
        f"{row.connector:26} {row.inputs:9,} {row.events:10,} {row.records / row.events:14.2f} {speed:10,.0f}"
        f" {client:10,.0f} {share:8.0%} {row.cpu:14.1f} {row.client_cpu:10.1f} {row.cpu / row.client_cpu:10.1f}"
        f" {row.mapping_cpu:9.1f}"
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.connectors", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("bootstrap", metavar="HOST:PORT", help="of a Kafka; topics are made under a prefix")
    parser.add_argument("--inputs", type=int, default=10_000, help="of each connector (10000)")
    parser.add_argument("--connector", choices=CONNECTORS, help="only this one")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    given = parser.parse_args(arguments)
    logging.disable(logging.WARNING)
    names = [given.connector] if given.connector else CONNECTORS
    rows = [measure(given.bootstrap, name, given.inputs) for name in names]
    print(json.dumps(rows) if given.json else "\n".join(table(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
