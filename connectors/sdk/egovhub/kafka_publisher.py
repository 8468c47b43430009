"""The publisher on Kafka: kafka-python's idempotent producer, every future checked, no transactions.

Its traps, and what is done here: it buffers without limit (records in flight are capped); one record the
broker refuses ends it for every topic (sizes are judged first, and any error throws the producer away and
asks for a retry); its calls block for long (each has a deadline, and a stop cuts it short).
Source: DESIGN 8, which also says why there are no transactions.
"""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from ssl import SSLError
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka import errors as kafka_errors

from egovhub.errors import ConfigurationError, RetryLater
from egovhub.events import partition_of
from egovhub.kafka_settings import KafkaSettings
from egovhub.publisher import Record, check_sizes

IN_FLIGHT: Final = 2_000
"""Most records handed to the producer and not yet confirmed; with their bytes the bound of its memory."""

_IN_FLIGHT_BYTES: Final = 8_000_000
_DELIVERY_SECONDS: Final = 30.0
_BLOCK_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 5.0
_REQUEST_SECONDS: Final = 10.0
_READ_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 4.0
_LOOK_SECONDS: Final = 0.25

_OURS_TO_MEND: Final = (
    kafka_errors.AuthorizationError,
    kafka_errors.SaslAuthenticationFailedError,
    kafka_errors.MessageSizeTooLargeError,
    kafka_errors.RecordListTooLargeError,
    kafka_errors.UnsupportedVersionError,
    kafka_errors.InvalidTopicError,
    kafka_errors.KafkaConfigurationError,
)
"""What Kafka says when a retry cannot help."""


class KafkaPublisher:
    """Publishes to one cluster; connects at the first use and again after every failure.

    Args:
        settings: the cluster.
        stopping: once set, what is being published gets a few seconds more and then counts as failed.
    """

    def __init__(self, settings: KafkaSettings, stopping: threading.Event | None = None) -> None:
        self._settings = settings
        self._stopping = stopping or threading.Event()
        self._producer: KafkaProducer | None = None

    def connect(self, topics: Sequence[str], seconds: float = 10.0) -> None:
        """Reach the cluster and its topics now, so that a wrong setting shows before anything is read.

        Raises:
            ConfigurationError: no broker answers in time, or a topic is missing.
        """
        try:
            _await_any(self._settings.servers(), seconds)
            with self._consumer(seconds) as consumer:
                existing = consumer.topics()
        except (RetryLater, OSError):
            raise ConfigurationError(
                f"HUB_KAFKA_BOOTSTRAP: {self._settings.kafka_bootstrap!r}: no broker answers there; "
                "start Kafka or name its brokers"
            ) from None
        missing = {self._settings.topic(topic) for topic in topics} - existing
        if missing:
            raise _missing(sorted(missing))

    def publish(self, records: Sequence[Record]) -> None:
        """Send the records and return when the brokers have confirmed each of them; see `Publisher`."""
        check_sizes(records)
        producer = self._connected()
        try:
            for window in _windows(records):
                self._await([self._send(producer, record) for record in window])
        except kafka_errors.KafkaError as error:
            self._discard()
            raise _classed(error) from error

    def latest(self, topic: str, key: bytes) -> bytes | None:
        """Read the key's partition to its present end; for topics that are small or compacted."""
        with self._consumer(_CONNECT_SECONDS) as consumer:
            return _latest(consumer, self._settings.topic(topic), key)

    def each(self, topic: str, prefix: bytes) -> Iterator[tuple[bytes, bytes | None]]:
        """Read a topic to its present end; for topics that are small or compacted."""
        with self._consumer(_CONNECT_SECONDS) as consumer:
            yield from _each(consumer, self._settings.topic(topic), prefix)

    def close(self) -> None:
        """Close the producer; every call of `publish` that returned is stored already."""
        if self._producer is not None:
            self._discard()

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            with _classing():
                self._producer = KafkaProducer(
                    **self._settings.options(),
                    enable_idempotence=True,
                    acks="all",
                    allow_auto_create_topics=False,
                    linger_ms=5,
                    batch_size=65_536,
                    max_block_ms=int(_BLOCK_SECONDS * 1000),
                    request_timeout_ms=int(_REQUEST_SECONDS * 1000),
                    delivery_timeout_ms=int(_DELIVERY_SECONDS * 1000),
                    bootstrap_timeout_ms=int(_CONNECT_SECONDS * 1000),
                    reconnect_backoff_max_ms=2_000,
                )
        return self._producer

    @contextmanager
    def _consumer(self, seconds: float) -> Iterator[KafkaConsumer]:
        """A consumer of no group, whose errors are classed."""
        with _classing():
            consumer = KafkaConsumer(
                **self._settings.options(),
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                allow_auto_create_topics=False,
                bootstrap_timeout_ms=int(seconds * 1000),
            )
            try:
                yield consumer
            finally:
                consumer.close(timeout_ms=1000)

    def _send(self, producer: KafkaProducer, record: Record) -> Any:
        topic, headers = self._settings.topic(record.topic), list(record.headers)
        return producer.send(topic, record.value, record.key, headers)

    def _await(self, futures: list[Any]) -> None:
        """Wait for every future in short looks, so that a stop is noticed; the first failure is raised."""
        deadline = time.monotonic() + _DELIVERY_SECONDS + 5
        for future in futures:
            while not future.is_done:
                if self._stopping.is_set():
                    deadline = min(deadline, time.monotonic() + _STOP_SECONDS)
                try:
                    future.get(timeout=_LOOK_SECONDS)
                except kafka_errors.KafkaTimeoutError:
                    if time.monotonic() > deadline:
                        raise
            future.get(timeout=0)

    def _discard(self) -> None:
        """End the producer without waiting for what it still holds: it may be broken for good."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        # KafkaProducer.close waits for records in flight before it dares to end the thread that sends them.
        sender = producer._sender  # noqa: SLF001
        sender.force_close()
        sender.join(2.0)
        try:
            producer.close(timeout=0)
        except kafka_errors.KafkaError:
            return


def _await_any(servers: Sequence[str], seconds: float) -> None:
    """Return if one of the servers accepts a connection; kafka-python alone would try the others for long.

    Raises:
        OSError: the last server's.
    """
    for position, server in enumerate(servers, 1):
        host, _, port = server.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), seconds).close()
        except OSError:
            if position == len(servers):
                raise
        else:
            return


def _latest(consumer: KafkaConsumer, topic: str, key: bytes) -> bytes | None:
    place = TopicPartition(topic, partition_of(key, len(_partitions(consumer, topic))))
    value: bytes | None = None
    for record in _read(consumer, place):
        if record.key == key:
            value = record.value
    return value


def _each(consumer: KafkaConsumer, topic: str, prefix: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    for partition in sorted(_partitions(consumer, topic)):
        for record in _read(consumer, TopicPartition(topic, partition)):
            if record.key is not None and record.key.startswith(prefix):
                yield record.key, record.value


def _partitions(consumer: KafkaConsumer, topic: str) -> set[int]:
    partitions: set[int] | None = consumer.partitions_for_topic(topic)
    if not partitions:
        raise _missing([topic])
    return partitions


def _read(consumer: KafkaConsumer, place: TopicPartition) -> Iterator[Any]:
    """The records of a partition up to its present end; gives up when nothing comes for long."""
    consumer.assign([place])
    end = consumer.end_offsets([place])[place]
    consumer.seek_to_beginning(place)
    deadline = time.monotonic() + _READ_SECONDS
    while consumer.position(place) < end:
        if time.monotonic() > deadline:
            raise RetryLater(
                f"topic {place.topic} cannot be read to its end: nothing for {_READ_SECONDS:g} s"
            )
        for record in consumer.poll(timeout_ms=500).get(place, []):
            deadline = time.monotonic() + _READ_SECONDS
            if record.offset < end:
                yield record


def _windows(records: Sequence[Record]) -> Iterator[list[Record]]:
    """The records in stretches that may be in flight together."""
    waiting = iter(records)
    while window := list(islice(waiting, 1)):
        size = len(window[0].value or b"")
        while size < _IN_FLIGHT_BYTES and len(window) < IN_FLIGHT and (record := next(waiting, None)):
            window.append(record)
            size += len(record.value or b"")
        yield window


def _missing(topics: Sequence[str]) -> ConfigurationError:
    return ConfigurationError(
        f"topic {', '.join(topics)}: not on the cluster; create it with `python -m services topics create`"
    )


@contextmanager
def _classing() -> Iterator[None]:
    """Turn what the client raises into errors of the hub."""
    try:
        yield
    except kafka_errors.KafkaError as error:
        raise _classed(error) from error
    except SSLError as error:
        raise ConfigurationError(
            f"HUB_KAFKA_SSL_*: cannot be used ({error}); give PEM files that match"
        ) from None


def _classed(error: kafka_errors.KafkaError) -> RetryLater | ConfigurationError:
    name = type(error).__name__
    if isinstance(error, _OURS_TO_MEND):
        return ConfigurationError(f"Kafka refuses for good: {name}; check rights, sizes and HUB_KAFKA_*")
    return RetryLater(f"Kafka: {name}")
