"""The one file that knows Faust's internals: membership, assignment and life cycle are Faust's.

Faust hands over records one by one, acks what an agent dropped, and resumes from committed offsets; all three
lose or double facts. So the consumer's drain loop is replaced by a *lane*: lists of records per partition go to
a handler, which says at each assignment from where to read. Group offsets are committed for lag displays only.
Source: DESIGN 5. Every private name used here is held by `tests/unit/services/test_stream_contract.py`.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

import faust
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import IllegalStateError, KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import OffsetAndMetadata, TopicPartition
from egovhub.errors import ConfigurationError, HubError, RetryLater
from faust.transport.drivers.aiokafka import Consumer, Transport
from faust.types import TP

from services.settings import Settings

log = logging.getLogger(__name__)

SESSION_SECONDS: Final = 6.0
POLL_SECONDS: Final = 0.5
RECORDS_PER_POLL: Final = 5_000


class LaneHandler(Protocol):
    """Who owns partitions of the topic; every method runs in the loop of the app."""

    async def on_assigned(self, partitions: set[int]) -> Mapping[int, int]:
        """All partitions this process owns from now on; returns the offset to read each from."""

    def positions(self) -> Mapping[int, int]:
        """The offset each partition of this process is to be read from next."""

    async def on_revoked(self, partitions: set[int]) -> None:
        """These partitions may belong to somebody else when this returns."""

    def wanted(self, partitions: set[int]) -> set[int]:
        """Of these partitions the ones to read now; asked before every read."""

    async def on_records(
        self, partition: int, records: Sequence[Any], is_current: Callable[[], bool]
    ) -> None:
        """The next records of a partition, whose offsets say whether they are.

        `is_current` is false if they may have been fetched before the last assignment and its seek. They need not
        have been: a fetch can be asked for before a rebalance and answered after it, and nothing brings its records
        a second time.

        What it raises crashes the process, with its position unmoved.
        """

    async def on_stop(self) -> None:
        """The process is about to leave the group."""


class LaneConsumer(Consumer):
    """Faust's consumer with the lane in place of its per-message path."""

    app: "LaneApp"

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Subscribe to the lane's topic beside Faust's own."""
        await super().subscribe({*topics, self.app.lane_topic})

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Tell the handler after Faust has stopped the flow."""
        await super().on_partitions_revoked(revoked)
        await self.app.handler.on_revoked(self._lane(revoked))

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Seek each partition to the offset in its own state, then let Faust resume the flow."""
        try:
            positions = await self.app.handler.on_assigned(self._lane(assigned))
        except Exception as error:
            await self.app.fail(error)
            return
        await self._seek_to(positions)
        await super().on_partitions_assigned(assigned, generation_id)

    async def _seek_to(self, positions: Mapping[int, int]) -> None:
        try:
            await self._thread.seek_wait(
                {TopicPartition(self.app.lane_topic, p): offset for p, offset in positions.items()}
            )
        except IllegalStateError:
            log.info("worker: the assignment changed while seeking; the next one seeks again")

    async def perform_seek(self) -> None:
        """Never resume from a committed offset: the handler's position is the only one that moves with state."""

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """See `perform_seek`."""
        return {}

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:  # noqa: ASYNC109 - Faust asks so
        """Read only what the handler wants now; what was fetched of the others waits."""
        active = active_partitions or set()
        wanted = self.app.handler.wanted(self._lane(active))
        return await super()._getmany({tp for tp in active if tp.partition in wanted}, timeout)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Hand lists of records to the handler until the process stops."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                await self._drain_once()
        except self.consumer_stopped_errors:
            if not self.app.should_stop:
                raise
        except asyncio.CancelledError:
            if not self.app.should_stop:
                raise
        except OffsetOutOfRangeError:
            await self.app.fail(
                HubError(
                    f"{self.app.lane_topic} no longer holds the offset this process reads from: it was made "
                    "again or cut off; start again, and it is rebuilt or the loss is named"
                )
            )
        except Exception as error:
            await self.app.fail(error)

    async def _drain_once(self) -> None:
        generation = self.app.consumer_generation_id
        try:
            records, _ = await self._wait_next_records(POLL_SECONDS)
        except NoOffsetForPartitionError:
            log.info("worker: the client looked for a committed offset before it was told where to read")
            await self._seek_to(self.app.handler.positions())
            return

        def is_current() -> bool:
            return self.flow_active and self.app.consumer_generation_id == generation

        for tp, chunk in (records or {}).items():
            if tp.topic == self.app.lane_topic and chunk:
                await self.app.handler.on_records(tp.partition, chunk, is_current)
        await asyncio.sleep(0)

    def _lane(self, partitions: Iterable[TP]) -> set[int]:
        return {tp.partition for tp in partitions if tp.topic == self.app.lane_topic}


class LaneTransport(Transport):
    """Faust's aiokafka transport with the lane's consumer."""

    Consumer = LaneConsumer


class HubApp(faust.App):
    """A Faust app that says what it failed of, instead of restarting in silence."""

    failure: BaseException | None = None

    def _create_directories(self) -> None:
        """None: no table of Faust's is used."""

    def work(self, run: Callable[[], Awaitable[None]]) -> None:
        """Run this beside the consumer; what it raises stops the process."""

        async def guarded() -> None:
            try:
                await run()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                await self.fail(error)

        self.task(guarded)

    async def fail(self, error: BaseException) -> None:
        """Stop the process because of an error: in order if the hub names it, by a crash if it is a bug.

        What is wrong with the configuration is said by `outcome`, once everything has stopped.
        """
        if self.failure is not None:
            return
        self.failure = error
        if not isinstance(error, HubError):
            await self.crash(error)
            return
        if not isinstance(error, ConfigurationError):
            log.error("stopping: %s", error)
        signal.raise_signal(signal.SIGTERM)


class LaneApp(HubApp):
    """A member of a group whose partitions of one topic go to a handler.

    Args:
        settings: connection, group, static member id.
        name: of the group, without the installation's prefix.
        topic: the lane's, without the prefix.
    """

    def __init__(self, settings: Settings, name: str, topic: str, handler: LaneHandler) -> None:
        self.lane_topic = settings.topic(topic)
        self.handler = handler
        self._client = settings.kafka_options()
        super().__init__(settings.group(name), **_configuration(settings), topic_disable_leader=True)

    def _new_transport(self) -> Any:
        return LaneTransport(self.conf.broker_consumer, self)

    async def on_stop(self) -> None:
        """Let the handler finish while the partitions are still its own."""
        await self.handler.on_stop()
        await super().on_stop()

    async def end_offsets(self, partitions: Iterable[int]) -> dict[int, int]:
        """The offset the next record of each partition will have.

        Asked over a connection of its own: on the group's, the answer waits behind a fetch that waits for facts.

        Raises:
            RetryLater: the cluster did not answer.
        """
        tps = [TopicPartition(self.lane_topic, p) for p in partitions]
        try:
            async with AIOKafkaConsumer(**self._client, group_id=None) as client:
                ends = await client.end_offsets(tps)
        except KafkaError as error:
            raise RetryLater(f"{self.lane_topic}: its end is not known, {type(error).__name__}") from error
        return {tp.partition: offset for tp, offset in ends.items()}

    async def commit_for_display(self, positions: Mapping[int, int]) -> None:
        """Commit offsets so that lag displays show something; nothing ever resumes from them."""
        if not positions:
            return
        thread: Any = self.consumer._thread  # type: ignore[attr-defined]
        offsets = {
            TopicPartition(self.lane_topic, p): OffsetAndMetadata(at, "") for p, at in positions.items()
        }
        try:
            await thread.call_thread(thread._ensure_consumer().commit, offsets)
        except (KafkaError, IllegalStateError) as error:
            log.info("worker: offsets for lag displays were not committed (%s)", type(error).__name__)


class LeaderApp(HubApp):
    """A member of a group of which exactly one is active; the others stand by."""

    def __init__(self, settings: Settings, name: str) -> None:
        super().__init__(
            settings.group(name), **_configuration(settings) | {"consumer_auto_offset_reset": "latest"}
        )

    def is_active(self) -> bool:
        """Whether this process is the active one; false until the group has met."""
        consumer: Any = self._consumer
        return bool(consumer is not None and consumer._thread._consumer is not None and self.is_leader())


def run(app: faust.App) -> int:
    """Run an app until a signal stops it; the exit code."""
    worker: Any = faust.Worker(
        app, quiet=True, loglevel="WARN", override_logging=False, redirect_stdouts=False
    )
    worker.spinner = None
    try:
        worker.execute_from_commandline()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    return 0


def outcome(code: int, failure: BaseException | None) -> int:
    """The exit code of a process that stopped.

    Raises: what it failed of, if that is no error the hub names itself or its configuration cannot work.
    """
    if failure is None:
        return code
    if isinstance(failure, HubError) and not isinstance(failure, ConfigurationError):
        return 1
    raise failure


def _configuration(settings: Settings) -> dict[str, Any]:
    """Faust's settings: what it keeps, and what of it is switched off."""
    credentials: Any = None
    if settings.uses_sasl:
        credentials = faust.SASLCredentials(
            username=settings.kafka_sasl_username,
            password=settings.kafka_sasl_password.get_secret_value(),
            mechanism=settings.kafka_sasl_mechanism,
            ssl_context=settings.ssl_context(),
        )
    elif (context := settings.ssl_context()) is not None:
        credentials = faust.SSLCredentials(context=context)
    return {
        "broker": [f"aiokafka://{server}" for server in settings.bootstrap_servers],
        "broker_credentials": credentials,
        "broker_session_timeout": SESSION_SECONDS,
        "broker_heartbeat_interval": 1.5,
        "broker_rebalance_timeout": 30.0,
        "broker_max_poll_records": RECORDS_PER_POLL,
        "consumer_max_fetch_size": 4 << 20,
        "consumer_auto_offset_reset": "none",
        "consumer_group_instance_id": settings.worker_id or None,
        "topic_allow_declare": False,
        "topic_replication_factor": 1,
        "store": "memory://",
        "web_enabled": False,
        "stream_wait_empty": False,
    }
