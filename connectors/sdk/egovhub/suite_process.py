"""A connector's process as the suite runs it: started, stopped, killed at a chosen moment, and started again."""

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import Final, Self

from egovhub.bugs import where
from egovhub.codec import decode_fact
from egovhub.errors import ConfigurationError
from egovhub.events import Fact
from egovhub.positions import TOPIC as POSITIONS
from egovhub.publisher import MemoryPublisher, Record
from egovhub.runner import Runner
from egovhub.runner_metrics import FACTS, ConnectorMetrics
from egovhub.runner_options import Backoff, Options, Totals
from egovhub.suite_fixtures import Fixture
from egovhub.suite_subject import Row, Subject, now

INSTANCE: Final = "suite"

Identity = tuple[str, str]


class Killed(BaseException):
    """The process dies here, as by kill -9."""


class Failed(Exception):
    """A check found what the connector loses; the text says what, and how to mend it."""


class SuitePublisher(MemoryPublisher):
    """Keeps what is stored, and kills the process at a chosen write of the position."""

    def __init__(self) -> None:
        super().__init__()
        self.kill_at: int | None = None
        """Number of the position that is not stored any more, from 1 on."""
        self.kill_before_facts = False
        """Die before facts are stored."""
        self.on_first_facts: Callable[[], None] = lambda: None
        """Called once, when the first facts are stored."""
        self.order: list[Record] = []
        """The records of facts, as they were stored."""
        self.positions = 0

    def publish(self, records: Sequence[Record]) -> None:
        """Store, or die."""
        if any(record.topic == POSITIONS and b"/" not in record.key for record in records):
            self.positions += 1
            if self.positions == self.kill_at:
                raise Killed
        facts = [record for record in records if record.topic == FACTS]
        if facts and self.kill_before_facts:
            raise Killed
        super().publish(records)
        if facts and not self.order:
            self.on_first_facts()
        self.order += facts

    def facts(self) -> dict[Identity, set[bytes]]:
        """What is stored: the bytes of each identity."""
        found: dict[Identity, set[bytes]] = {}
        for record in self.order:
            fact = decode_fact(record.value or b"")
            found.setdefault((fact.source, fact.event_id), set()).add(record.value or b"")
        return found


@dataclass(slots=True)
class World:
    """A source, a broker, and the processes that ran between them.

    Args:
        subject: the connector.
        fixture: its source.
    """

    subject: Subject
    fixture: Fixture
    publisher: SuitePublisher = field(default_factory=SuitePublisher)
    truth: dict[Identity, int] = field(default_factory=dict)
    """Number of the row by the identities of the facts it must give."""
    batches: list[int] = field(default_factory=list)
    """Inputs of each batch, of all processes."""

    def put(self, rows: Sequence[Row], *, same_key: bool = False) -> None:
        """Let the source have more rows, and know what they must give."""
        for row, payload in zip(rows, self.fixture.put(rows, same_key=same_key), strict=True):
            for fact in self.subject.facts(payload):
                self.truth[fact.source, fact.event_id] = row.number

    def run(self, *, stop_after: int | None = None) -> Totals:
        """Run a new process to the end of the source, or until it stored some batches.

        Raises:
            Failed: it ended by an error.
        """
        stopping = Event()
        feed = self.fixture.start(self.subject.connector, stopping)
        read: list[int] = []

        def count(totals: Totals) -> None:
            read.append(totals.read - sum(read))
            if len(read) == stop_after:
                stopping.set()

        metrics = ConnectorMetrics(feed.source, INSTANCE, now)
        options = Options(once=True, backoff=Backoff(0.001, 0.002), report=count, keep_going=True)
        try:
            with Overheard():
                return Runner(INSTANCE, feed, self.publisher, metrics, now, stopping, options).run()
        except ConfigurationError as error:
            raise Failed(f"the connector gives up: {error}") from None
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            raise Failed(
                f"the connector crashes: {where(error)}; an input it cannot read is RejectedInput"
            ) from None
        finally:
            self.batches += read
            close = getattr(feed, "close", None)
            if close:
                close()

    def kill(self, position: int = 0) -> None:
        """Run a new process that dies.

        Args:
            position: that it does not store any more, with the facts before it stored; 0 to die before its first facts.
        """
        self.publisher.kill_at = position + self.publisher.positions if position else None
        self.publisher.kill_before_facts = not position
        with suppress(Killed):
            self.run()
        self.publisher.kill_at, self.publisher.kill_before_facts = None, False

    def lost(self) -> list[int]:
        """Numbers of the rows of which facts are missing."""
        stored = self.publisher.facts()
        return sorted({number for identity, number in self.truth.items() if identity not in stored})

    def check(self, how: str) -> None:
        """Nothing is lost.

        Raises:
            Failed: something is.
        """
        if lost := self.lost():
            rows = len(set(self.truth.values()))
            raise Failed(f"{len(lost)} of {rows} inputs were lost (numbers {_shown(lost)}): {how}")


def _shown(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5]))
    return f"{shown}, ..." if len(numbers) > 5 else shown


class Overheard(logging.Handler):
    """Keeps all that is logged while the suite listens."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record, with its traceback."""
        self.lines.append(self.format(record))

    def __enter__(self) -> Self:
        logging.getLogger().addHandler(self)
        self._level = logging.getLogger().level
        logging.getLogger().setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self._level)


def identities(facts: Iterable[Fact]) -> list[Identity]:
    """The identities of facts."""
    return [(fact.source, fact.event_id) for fact in facts]
