"""The doors of connectors: each takes inputs by its real protocol and runs them through the kit into memory."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

from egovhub.codec import decode, decode_fact
from egovhub.connector import Connector, Context, FeedSettings, Source
from egovhub.events import Fact
from egovhub.loading import changed
from egovhub.loopback import Response
from egovhub.mapped import MappedFeed
from egovhub.publisher import MemoryPublisher, Record
from egovhub.runner import Runner
from egovhub.runner_metrics import ConnectorMetrics
from egovhub.runner_options import Options, Totals
from prometheus_client.exposition import generate_latest

from tests.bad_inputs.forms import GOOD, HEADER, log
from tests.bad_inputs.notices.connector import connector as notices
from tests.bad_inputs.permits.connector import connector as permits
from tests.simulators.mailbox import MailboxSimulator, Message
from tests.simulators.server import SourceServer
from tests.unit.domain.build import at

NOW: Final = at("Tue 2026-11-24 09:00")


class Kept(MemoryPublisher):
    """Keeps the order of all topics together."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[Record] = []

    def publish(self, records: Sequence[Record]) -> None:
        super().publish(records)
        self.order += records


@dataclass(frozen=True)
class Outcome:
    """What came of some inputs: all that was published, counted and logged."""

    order: list[Record]
    metrics: str
    logs: str
    totals: Totals

    def on(self, topic: str) -> list[Record]:
        return [record for record in self.order if record.topic == topic]

    @property
    def facts(self) -> list[Fact]:
        return [decode_fact(record.value or b"") for record in self.on("facts")]

    @property
    def letters(self) -> list[dict[str, Any]]:
        return [decode(record.value or b"")[1] for record in self.on("hub.dead-letters")]

    def samples(self, name: str) -> dict[str, float]:
        """Lines of the metrics page whose value is not zero, by labels."""
        lines = [line for line in self.metrics.splitlines() if line.startswith(name + "{")]
        found = {line[len(name) : line.rindex(" ")]: float(line.rpartition(" ")[2]) for line in lines}
        return {labels: value for labels, value in found.items() if value}


@contextmanager
def rest(bodies: Sequence[bytes], _folder: Path) -> Iterator[FeedSettings]:
    """Rows of one answer."""
    answer = Response(b'{"data":[' + b",".join(bodies) + b"]}")
    with SourceServer({"/permits": lambda _request: answer}) as server:
        yield changed(permits.feeds["rest"], {"url": server.url, "first_wait_seconds": 0.001})


def files(
    connector: Connector, feed: str, ending: str, pack: Callable[[Sequence[bytes]], Sequence[bytes]]
) -> "Open":
    """Files in a folder."""

    @contextmanager
    def door(bodies: Sequence[bytes], folder: Path) -> Iterator[FeedSettings]:
        for number, body in enumerate(pack(bodies)):
            (folder / f"{number:02d}.{ending}").write_bytes(body)
        yield changed(connector.feeds[feed], {"path": folder})

    return door


@contextmanager
def mailbox(bodies: Sequence[bytes], _folder: Path) -> Iterator[FeedSettings]:
    """Messages of a mailbox."""
    box = MailboxSimulator(listed=500)
    box.put(*(Message(f"m{number}", body) for number, body in enumerate(bodies)))
    with SourceServer(box.services) as server:
        yield changed(notices.feeds["mailbox"], {"url": server.url})


Open = Callable[[Sequence[bytes], Path], Any]


DOORS: Final[dict[str, tuple[Connector, Open]]] = {
    "rest": (permits, rest),
    "row": (permits, files(permits, "json", "json", lambda rows: [b'{"data":[' + b",".join(rows) + b"]}"])),
    "json": (permits, files(permits, "json", "json", list)),
    "ndjson": (permits, files(permits, "ndjson", "ndjson", lambda rows: [b"\n".join(rows) + b"\n"])),
    "gzip": (permits, files(permits, "ndjson", "gz", list)),
    "csv": (permits, files(permits, "csv", "csv", lambda rows: [HEADER + b"\n".join(rows) + b"\n"])),
    "xes": (permits, files(permits, "xes", "xes", list)),
    "event": (permits, files(permits, "xes", "xes", lambda rows: [log(*rows)])),
    "xml": (notices, files(notices, "xml", "xml", list)),
    "mailbox": (notices, mailbox),
}
"""By name the connector and how inputs get to it: `rest`, `row`, `ndjson`, `csv`, `event` and `mailbox` one by one in
one answer or file, the others a file each."""


def run(door: str, bodies: Sequence[bytes], folder: Path, *, connector: Connector | None = None) -> Outcome:
    """Let inputs in by a door, in this order."""
    given, entrance = DOORS[door]
    with entrance(bodies, folder) as settings:
        return run_source(connector or given, settings.open(Context(lambda: NOW, Event(), once=True)))


def run_source(connector: Connector, source: Source, now: int = NOW) -> Outcome:
    """Run a connector over all that a source has."""
    publisher, metrics = Kept(), ConnectorMetrics(connector.origin.source, "log", lambda: now)
    feed = MappedFeed(connector, source, lambda: now)
    with _heard() as lines:
        try:
            options = Options(once=True, keep_going=True)
            totals = Runner("log", feed, publisher, metrics, lambda: now, Event(), options).run()
        finally:
            feed.close()
    return Outcome(publisher.order, generate_latest(metrics.registry).decode(), "\n".join(lines), totals)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """All that is logged by anybody, at any level."""
    lines: list[str] = []
    root = logging.getLogger()
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(before)
        root.removeHandler(handler)


def good(door: str, native: str) -> bytes:
    """A good input of a door, about one case."""
    return GOOD[door](id=native)
