"""The stage: reads the workers' flushes and publishes hub.indicators; one process is active, others stand by.

Every process reads hub.tallies from the beginning and keeps the figures, so a standby takes over at once.
Taking over is the same as starting: the transactional id fences whoever published before, the topic is read
back, and the differences are published. Where the markers make no cut nothing is published, and what stands
stays.

Figures are published only when everything in hub.tallies has been read: compaction leaves the rows of a later
flush without those of an earlier one, so the flushes on the way to the end are not all whole.
"""

import argparse
import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from egovhub.codec import encode
from egovhub.errors import ConfigurationError, RetryLater

from services import dead_letter_metrics, stream
from services.metrics import Snapshot, StageMetrics, served
from services.rows import MARKER_KEY, Cut, LogIdentity
from services.rules import Rules, load_rules
from services.settings import Settings, load_settings
from services.stage_figures import IndicatorRows, Record
from services.stage_tallies import Tallies
from services.topics import check_topics, log_identity, topic_named
from services.transactions import Fenced, InDoubt, TransactionalPublisher, read_back

log = logging.getLogger(__name__)

PUBLISH_SECONDS: Final = 1.0
"""At least this long between two publications; readers redraw no faster."""

MARKER_SECONDS: Final = 8.0
"""At most this long, and the time of one publication, between two markers: they are promised every 10 s."""

RETRY_SECONDS: Final = 1.0
FENCED_SECONDS: Final = 10.0
"""How long a fenced stage stands by even if it is still told to be active: longer than a group's session."""

IDENTITY_SECONDS: Final = 5.0
ROWS_PER_TRANSACTION: Final = 50_000
RECORDS_PER_READ: Final = 2_000
INDICATORS: Final = "hub.indicators"
TALLIES: Final = "hub.tallies"


class Stage:
    """One process of the stage.

    Args:
        settings: connection, topic names, transactional id.
        rules: the same as the workers'; flushes made with others wait.
        metrics: shown once a second.
        is_active: whether this process is to publish; asked all the time.
        partitions: of hub.tallies.
    """

    def __init__(
        self,
        settings: Settings,
        rules: Rules,
        metrics: StageMetrics,
        *,
        is_active: Callable[[], bool],
        partitions: int = 12,
    ) -> None:
        self._settings = settings
        self._rules = rules
        self._metrics = metrics
        self._is_active = is_active
        self._partitions = [TopicPartition(settings.topic(TALLIES), n) for n in range(partitions)]
        self._tallies = Tallies(partitions)
        self._figures = IndicatorRows(rules)
        self._publisher: TransactionalPublisher | None = None
        self._log: LogIdentity | None = None
        self._obstacle: str | None = None
        self._ask_log_at = self._act_at = self._publish_at = self._marker_at = self._show_at = 0.0
        self._has_published = False

    @property
    def is_publishing(self) -> bool:
        """Whether what stands in hub.indicators is this process's."""
        return self._has_published

    @property
    def obstacle(self) -> str | None:
        """Why an active stage does not publish, in one line; None if it may."""
        return self._obstacle

    async def run(self) -> None:
        """Read and, while active, publish, until cancelled.

        Raises:
            ConfigurationError: the cluster refuses, or the workers are of a later release.
            KafkaError: hub.tallies cannot be read on from where this process was; start again.
        """
        consumer = AIOKafkaConsumer(
            **self._settings.kafka_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
        )
        try:
            await self._begin(consumer)
            while True:
                await self._read(consumer)
                await self._act(consumer)
        finally:
            await self._stand_by()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_SECONDS):
                    await consumer.stop()

    async def _begin(self, consumer: Any) -> None:
        await consumer.start()
        consumer.assign(self._partitions)
        for partition, offset in (await consumer.beginning_offsets(self._partitions)).items():
            consumer.seek(partition, offset)

    async def _read(self, consumer: Any) -> None:
        """Take what was committed; in a thread, so that the process stays in its group while much is read."""
        read = await consumer.getmany(timeout_ms=200, max_records=RECORDS_PER_READ)
        if read:
            await asyncio.to_thread(self._take, read)

    def _take(self, read: Mapping[TopicPartition, Sequence[Any]]) -> None:
        for (_, partition), records in read.items():
            for record in records:
                changes = self._tallies.take(partition, record.key, record.value, record.timestamp)
                self._figures.add(changes)

    async def _act(self, consumer: Any) -> None:
        """Publish if this process is to and there is something to."""
        now = asyncio.get_running_loop().time()
        if not self._is_active():
            await self._stand_by()
        elif now >= self._act_at and await self._has_read_all(consumer):
            await self._find_obstacle(now)
            if self._obstacle is None:
                await self._publish_if_due(now)
        self._show(now)

    async def _has_read_all(self, consumer: Any) -> bool:
        """Whether the last answer of the broker held nothing beyond what was read."""
        for partition in self._partitions:
            end = consumer.last_stable_offset(partition)
            if end is None or await consumer.position(partition) < end:
                return False
        return True

    async def _find_obstacle(self, now: float) -> None:
        if self._tallies.logs != {self._log} and now >= self._ask_log_at:
            self._ask_log_at = now + IDENTITY_SECONDS
            self._log = await self._present_log()
        obstacle = (
            "facts cannot be asked for its identity"
            if self._log is None
            else self._tallies.obstacle(self._log, self._rules)
        )
        if obstacle != self._obstacle:
            log.info("stage: %s", obstacle or "the flushes of all partitions belong together")
        self._obstacle = obstacle

    async def _present_log(self) -> LogIdentity | None:
        """The identity of `facts` now; None while the topic is being made again or no broker answers."""
        try:
            return await asyncio.to_thread(log_identity, self._settings, "facts")
        except (ConfigurationError, RetryLater) as error:
            log.warning("stage: %s", error)
            return None

    async def _publish_if_due(self, now: float) -> None:
        cut = self._tallies.cut
        as_of = min(marker.as_of for marker in cut)
        is_news = self._publisher is None or self._figures.has_news(as_of)
        if now < (self._publish_at if is_news else self._marker_at):
            return
        try:
            await self._publish(as_of, cut)
        except Fenced as error:
            log.warning("stage: %s; standing by", error)
            await self._stand_by()
            self._act_at = now + FENCED_SECONDS
        except (InDoubt, RetryLater) as error:
            log.warning("stage: %s; reading back", error)
            await self._stand_by()
            self._act_at = now + RETRY_SECONDS
        else:
            self._publish_at, self._marker_at = now + PUBLISH_SECONDS, now + MARKER_SECONDS

    async def _publish(self, as_of: int, cut: tuple[Cut, ...]) -> None:
        publisher = self._publisher or await self._take_over()
        records = await asyncio.to_thread(self._figures.publication, as_of, cut)
        for part in _transactions([*records, self._marker(as_of, cut)]):
            await publisher.publish([(self._settings.topic(INDICATORS), 0, part)])
        self._has_published = True

    async def _take_over(self) -> TransactionalPublisher:
        """Fence whoever published before, and start from what stands."""
        client = self._settings.kafka_options()
        publisher = TransactionalPublisher(client, self._settings.transactional_id("hub-stage"))
        await publisher.start()
        self._publisher = publisher
        stored = await read_back(client, self._settings.topic(INDICATORS), 0)
        await asyncio.to_thread(self._figures.resume, stored)
        log.info("stage: active, %d rows stand", len(stored))
        return publisher

    def _marker(self, as_of: int, cut: tuple[Cut, ...]) -> Record:
        record = {
            "as_of": as_of,
            "code": self._rules.code,
            "reference": self._rules.reference,
            "reference_files": dict(sorted(self._rules.reference_files.items())),
            "cut": [marker._asdict() for marker in cut],
        }
        return MARKER_KEY, encode("stage-marker", record)

    async def _stand_by(self) -> None:
        """Stop publishing; the figures stay current."""
        publisher, self._publisher = self._publisher, None
        self._has_published = False
        if publisher is not None:
            await publisher.stop()
            log.info("stage: standing by")

    def _show(self, now: float) -> None:
        if now < self._show_at:
            return
        self._show_at = now + PUBLISH_SECONDS
        cut = self._tallies.cut
        as_of = min((marker.as_of for marker in cut), default=0)
        day = self._rules.periods.day_of(as_of)
        appended = {p: at / 1000 for p, at in self._tallies.markers_appended_at.items()}
        units = self._figures.current if self._has_published else {}
        self._metrics.show(Snapshot(units, day, appended, is_active=self._has_published))


def _transactions(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Parts that fit a transaction; the marker, being last, completes them all."""
    for first in range(0, len(records), ROWS_PER_TRANSACTION):
        yield records[first : first + ROWS_PER_TRANSACTION]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a stage until SIGINT or SIGTERM; of several processes one is active."""
    parser = argparse.ArgumentParser(
        prog="python -m services stage",
        description="Pools the workers' cells and publishes the indicators, live. Start a second one to stand by.",
        epilog="example:\n  HUB_METRICS_PORT=9102 python -m services stage",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    settings = load_settings()
    rules = load_rules(settings.zone, settings.reference_dir)
    check_topics(settings)
    partitions = topic_named(TALLIES).partitions
    metrics = StageMetrics(rules, partitions, rules.code, rules.reference)
    app = stream.LeaderApp(settings, "hub-stage")
    stage = Stage(settings, rules, metrics, is_active=app.is_active, partitions=partitions)
    app.work(stage.run)
    dead_letter_metrics.plug_in(app, settings, metrics.registry, lambda: stage.is_publishing)
    with served(metrics.registry, settings.metrics_host, settings.metrics_port):
        code = stream.run(app)
    return stream.outcome(code, app.failure)
