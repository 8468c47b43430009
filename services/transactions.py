"""Kafka transactions with deadlines: publish whole flushes or nothing, and read back what was published.

aiokafka's calls have no deadlines and many kinds of failure; here every call ends in time, and a failure
says what the owner does next: `Fenced` (the transactional id is somebody else's), `InDoubt` (the outcome is
unknown), `ConfigurationError` (the cluster will never take it), `RetryLater` (nothing was tried).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    IllegalOperation,
    InvalidProducerEpoch,
    InvalidTransactionTimeout,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFenced,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnknownTopicOrPartitionError,
)
from egovhub.errors import ConfigurationError, HubError, RetryLater

T = TypeVar("T")

TRANSACTION_TIMEOUT_MS: Final = 120_000
"""When the broker aborts an abandoned transaction; a living owner gives up before, by its own deadlines."""

REQUEST_TIMEOUT_MS: Final = 10_000
BATCH_BYTES: Final = 900_000
"""Records of one batch before compression; a broker takes 1,048,588 bytes unless told otherwise."""

Records = Sequence[tuple[bytes, bytes | None]]
"""Keys and values; None is a tombstone."""

Group = tuple[str, int, Records]
"""Topic, partition, and what to append to it, in this order."""

_FAILURES: Final = (KafkaError, IllegalOperation, TimeoutError, OSError)
_REFUSALS: Final = (
    InvalidTransactionTimeout,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnknownTopicOrPartitionError,
)


class Fenced(HubError):
    """Another publisher took the transactional id, or the broker gave up on this one; nothing was committed.

    The owner has lost what the id stands for. It stops; only a new assignment may make a new publisher.
    """


class InDoubt(HubError):
    """Whether the transaction was committed is unknown.

    An owner that still is the owner makes a new publisher, whose start settles the old transaction, reads
    back what stands, and publishes the differences.
    """


class TransactionalPublisher:
    """Publishes groups of records, each call one transaction; one task at a time.

    After any failure the publisher is spent and says `InDoubt` to every further call; only the error of a
    `check`, where the abort itself succeeded, leaves it usable.

    Args:
        client: aiokafka's connection arguments (bootstrap_servers, security_protocol, ...).
        transactional_id: what the fencing is about, such as `hub-worker-7`.
        deadline_seconds: for each of start, all acknowledgements together, commit or abort, stop.
        compression: None or a codec of Kafka's.
    """

    def __init__(
        self,
        client: Mapping[str, Any],
        transactional_id: str,
        *,
        deadline_seconds: float = 30.0,
        compression: str | None = "lz4",
    ) -> None:
        self._client = client
        self._transactional_id = transactional_id
        self._deadline = deadline_seconds
        self._compression = compression
        self._producer: Any = None
        self._spent = True

    async def start(self) -> None:
        """Take the id: a dead owner's open transaction is aborted, a living owner is fenced for good.

        Raises:
            RetryLater: the cluster did not answer in time.
            ConfigurationError: this principal may not use the id, or the cluster wants a shorter timeout.
        """
        assert self._producer is None, "a publisher starts once; make a new one"
        self._producer = AIOKafkaProducer(
            **self._client,
            transactional_id=self._transactional_id,
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            request_timeout_ms=REQUEST_TIMEOUT_MS,
            max_batch_size=BATCH_BYTES,
            compression_type=self._compression,
        )
        try:
            async with asyncio.timeout(self._deadline):
                await self._producer.start()
            self._spent = False
        except _REFUSALS as error:
            raise ConfigurationError(f"transactional id {self._transactional_id}: {_name(error)}") from error
        except _FAILURES as error:
            raise RetryLater(f"transactional id {self._transactional_id}: {_name(error)}") from error
        finally:
            if self._spent:
                await self.stop()

    async def publish(self, groups: Sequence[Group], check: Callable[[int], None] | None = None) -> None:
        """Append all groups in one transaction; on return they are committed.

        Args:
            groups: appended in this order, the marker best as the last record of the last; those without
                records are left out.
            check: called before the commit with the instant (milliseconds) at which the broker appended the
                end of the last group, whose topic must have LogAppendTime. What it raises is raised here,
                and nothing is committed.

        Raises:
            Fenced: the transactional id is somebody else's.
            InDoubt: anything after which the outcome is unknown.
            ConfigurationError: the cluster will never take these records; names topic and partition.
        """
        if self._spent:
            raise InDoubt(f"transactional id {self._transactional_id}: this publisher is spent")
        groups = [group for group in groups if group[2]]
        if not groups:
            return
        self._spent = True
        appended_at = await self._settle(self._append(groups))
        if check is not None:
            await self._check(check, appended_at)
        await self._settle(self._producer.commit_transaction())
        self._spent = False

    async def _append(self, groups: Sequence[Group]) -> int:
        """Append all, await every acknowledgement; returns when the last was appended, -1 if unsaid."""
        producer = self._producer
        await producer.begin_transaction()
        acknowledgements = []
        for topic, partition, records in groups:
            if partition not in await producer.partitions_for(topic):
                raise UnknownTopicOrPartitionError(f"{topic}/{partition}")
            for batch in _batches(producer, records):
                acknowledged = await producer.send_batch(batch, topic, partition=partition)
                acknowledged.add_done_callback(_mark_retrieved)
                acknowledgements.append((topic, acknowledged))
        for topic, acknowledged in acknowledgements:
            try:
                metadata = await acknowledged
            except _REFUSALS as error:
                raise ConfigurationError(f"{topic}: the cluster refused a record, {_name(error)}") from error
        return int(metadata.timestamp)

    async def _check(self, check: Callable[[int], None], appended_at: int) -> None:
        try:
            if appended_at < 0:
                raise ConfigurationError("the marker's topic must have message.timestamp.type=LogAppendTime")
            check(appended_at)
        except BaseException:
            # No commit was asked for, so nothing is in doubt: the caller gets its own error, not the abort's.
            with contextlib.suppress(Fenced, InDoubt):
                await self._settle(self._producer.abort_transaction())
                self._spent = False
            raise

    async def _settle(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._deadline):
                return await call
        except _FAILURES as error:
            cause = self._death_of_sender() or error
            if isinstance(cause, (ProducerFenced, InvalidProducerEpoch)):
                raise Fenced(f"transactional id {self._transactional_id}: taken, or idle too long") from error
            text = f"transactional id {self._transactional_id}: {_name(cause)}"
            if isinstance(cause, _REFUSALS):
                raise ConfigurationError(text) from error
            raise InDoubt(text) from error

    def _death_of_sender(self) -> BaseException | None:
        """What ended aiokafka's background task, if anything did; its callers may only see a follow-up."""
        task = self._producer._sender.sender_task  # noqa: SLF001
        return task.exception() if task.done() and not task.cancelled() else None

    async def stop(self) -> None:
        """Close the connections within the deadline, whatever state they are in; commits nothing."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        spent, self._spent = self._spent, True
        with contextlib.suppress(*_FAILURES):
            async with asyncio.timeout(self._deadline):
                await (_abandon(producer) if spent else producer.stop())


async def _abandon(producer: Any) -> None:
    """Close without the flush that aiokafka's `stop` begins with: it would wait for the cluster.

    Its background task waits for requests that nobody will answer; closing the connections fails them, and
    a second cancellation ends what is then still waiting.
    """
    _silence(producer)
    producer._closed = True  # noqa: SLF001
    sender = producer._sender.sender_task  # noqa: SLF001
    if sender is not None:
        sender.cancel()
    await producer.client.close()
    metadata = producer.client._md_update_fut  # noqa: SLF001
    if metadata is not None and not metadata.done():
        metadata.set_result(False)
    while sender is not None and not sender.done():
        await asyncio.wait([sender], timeout=0.5)
        sender.cancel()


def _batches(producer: Any, records: Records) -> Iterator[Any]:
    """Full batches; a record larger than a batch travels alone in one."""
    batch = producer.create_batch()
    for key, value in records:
        if batch.append(key=key, value=value, timestamp=None) is None:
            yield batch
            batch = producer.create_batch()
            batch.append(key=key, value=value, timestamp=None)
    yield batch


def _silence(producer: Any) -> None:
    """Retrieve the futures inside aiokafka that nobody awaits once a transaction has failed.

    Otherwise each is reported as an error of its own when it is collected.
    """
    waiter = producer._txn_manager._transaction_waiter  # noqa: SLF001
    if waiter is not None:
        waiter.add_done_callback(_mark_retrieved)
    for batches in producer._message_accumulator._batches.values():  # noqa: SLF001
        for batch in batches:
            batch._drain_waiter.add_done_callback(_mark_retrieved)  # noqa: SLF001


def _mark_retrieved(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()


def _name(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


async def read_back(
    client: Mapping[str, Any], topic: str, partition: int, *, stall_seconds: float = 30.0
) -> dict[bytes, bytes]:
    """The latest committed value of each key of a compacted partition; keys with a tombstone are left out.

    Reads to the end the partition has now. A transaction open there is waited for: whatever comes true after
    this was begun after it.

    Args:
        client: aiokafka's connection arguments.
        topic: must exist.
        partition: the only one read.
        stall_seconds: give up after this long without progress.

    Raises:
        RetryLater: the broker stopped answering, or a transaction stayed open.
    """
    consumer = AIOKafkaConsumer(
        **client,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        max_partition_fetch_bytes=8 << 20,
        fetch_max_wait_ms=100,
    )
    try:
        return await _read_to_end(consumer, TopicPartition(topic, partition), stall_seconds)
    except _FAILURES as error:
        raise RetryLater(f"{topic}/{partition}: cannot be read back, {_name(error)}") from error
    finally:
        with contextlib.suppress(*_FAILURES):
            async with asyncio.timeout(stall_seconds):
                await consumer.stop()


async def _read_to_end(consumer: Any, tp: TopicPartition, stall_seconds: float) -> dict[bytes, bytes]:
    rows: dict[bytes, bytes] = {}
    async with asyncio.timeout(stall_seconds) as stall:
        await consumer.start()
        consumer.assign([tp])
        position = (await consumer.beginning_offsets([tp]))[tp]
        consumer.seek(tp, position)
        end = None
        while end is None or position < end:
            for record in (await consumer.getmany(tp, timeout_ms=50)).get(tp, ()):
                if record.value is None:
                    rows.pop(record.key, None)
                else:
                    rows[record.key] = record.value
            if end is None:
                end = consumer.highwater(tp)
            before, position = position, await consumer.position(tp)
            if position != before:
                stall.reschedule(asyncio.get_running_loop().time() + stall_seconds)
    return rows
