"""Reads what connectors wrote, by a client that they do not use, on through every fault of the brokers."""

import time
from collections.abc import Iterator
from contextlib import suppress
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


class LogReader:
    """Holds all that is in the log so far."""

    def __init__(self, settings: Settings) -> None:
        self.log = Log()
        self._facts, topics = settings.topic(FACTS), (FACTS, LETTERS)
        self._partitions = [
            TopicPartition(settings.topic(topic), partition, 0)
            for topic in topics
            for partition in range(topic_named(topic).partitions)
        ]
        connection = {
            **settings.librdkafka_options(),
            "reconnect.backoff.max.ms": 500,
            "log_level": 0,
            "error_cb": lambda _error: None,
        }
        self._consumer = Consumer({**connection, "group.id": "reads", "enable.auto.commit": False})
        self._asker = Consumer({**connection, "group.id": "asks"})
        self._consumer.assign(self._partitions)
        self._read_to = {(each.topic, each.partition): 0 for each in self._partitions}

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

    def _ends(self, deadline: float) -> dict[tuple[str, int], int]:
        """Where the topics end; not asked of the reader, whose fetches would keep each answer waiting."""
        ends: dict[tuple[str, int], int] = {}
        for each in self._partitions:
            while (each.topic, each.partition) not in ends:
                try:
                    _, end = self._asker.get_watermark_offsets(each, ASK_SECONDS, cached=False)
                    ends[each.topic, each.partition] = end
                except KafkaException as error:
                    _give_up_at(deadline, str(error))
                    self._find_leaders()
        return ends

    def _find_leaders(self) -> None:
        """Whoever reads nothing is not told by the client that a partition has another leader."""
        with suppress(KafkaException):
            self._asker.list_topics(timeout=ASK_SECONDS)

    def _until(self, ends: dict[tuple[str, int], int], deadline: float) -> Iterator[Message]:
        while any(self._read_to[place] < end for place, end in ends.items()):
            message = self._consumer.poll(0.2)
            if message is None or message.error():
                _give_up_at(deadline, "nothing comes")
                continue
            self._read_to[message.topic() or "", message.partition() or 0] = (message.offset() or 0) + 1
            yield message


def _give_up_at(deadline: float, why: str) -> None:
    if time.monotonic() > deadline:
        raise RetryLater(f"the log cannot be read: {why}")
