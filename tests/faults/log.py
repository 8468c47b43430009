"""Reads what connectors wrote, by a client that they do not use, on through every fault of the brokers."""

import time
from collections.abc import Iterator
from typing import Final

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from egovhub.codec import decode
from egovhub.errors import RetryLater

from services.settings import Settings
from services.topics import topic_named
from tests.faults.truth import Log

FACTS: Final = "facts"
LETTERS: Final = "hub.dead-letters"
PATIENCE: Final = 120.0
ASK_SECONDS: Final = 3.0
SILENT_SECONDS: Final = 10.0


class LogReader:
    """Holds all that is in the log so far."""

    def __init__(self, settings: Settings) -> None:
        self.log = Log()
        self._settings, self._facts = settings, settings.topic(FACTS)
        self._read_to = {
            (settings.topic(topic), partition): 0
            for topic in (FACTS, LETTERS)
            for partition in range(topic_named(topic).partitions)
        }
        self._connect()

    def read(self) -> Log:
        """Read up to where the topics end now.

        Raises:
            RetryLater: the brokers do not answer in time.
        """
        deadline = time.monotonic() + PATIENCE
        for message in self._until(self._ends(deadline), deadline):
            value = message.value() or b""
            if message.topic() == self._facts:
                self.log.add(value)
            else:
                self.log.letters.add(decode(value)[1]["sha256"])
        return self.log

    def close(self) -> None:
        self._consumer.close()
        self._asker.close()

    def _connect(self) -> None:
        """Connect anew: a client that met a broker while it started may not find its topics ever after."""
        connection = {
            **self._settings.librdkafka_options(),
            "group.id": "reads",
            "enable.auto.commit": False,
            "reconnect.backoff.max.ms": 500,
            "log_level": 0,
            "error_cb": lambda _error: None,
        }
        self._consumer, self._asker = Consumer(connection), Consumer(connection)
        self._consumer.assign([TopicPartition(*place, offset) for place, offset in self._read_to.items()])

    def _reconnect(self, deadline: float, why: str) -> None:
        if time.monotonic() > deadline:
            raise RetryLater(f"the log cannot be read: {why}")
        self.close()
        self._connect()

    def _ends(self, deadline: float) -> dict[tuple[str, int], int]:
        """Where the topics end; not asked of the reader, whose fetches would keep each answer waiting."""
        ends: dict[tuple[str, int], int] = {}
        for place in self._read_to:
            while place not in ends:
                try:
                    _, end = self._asker.get_watermark_offsets(
                        TopicPartition(*place), ASK_SECONDS, cached=False
                    )
                    ends[place] = end
                except KafkaException as error:
                    self._reconnect(deadline, str(error))
        return ends

    def _until(self, ends: dict[tuple[str, int], int], deadline: float) -> Iterator[Message]:
        heard_at = time.monotonic()
        while any(self._read_to[place] < end for place, end in ends.items()):
            message = self._consumer.poll(0.2)
            if message is not None and not message.error():
                heard_at = time.monotonic()
                self._read_to[message.topic() or "", message.partition() or 0] = (message.offset() or 0) + 1
                yield message
            elif time.monotonic() > heard_at + SILENT_SECONDS:
                self._reconnect(deadline, "nothing comes")
                heard_at = time.monotonic()
