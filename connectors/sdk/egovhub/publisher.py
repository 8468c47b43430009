"""Where records go: the interface of a publisher, and one that keeps everything in memory."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, Protocol

from egovhub.errors import RejectedInput, RetryLater
from egovhub.events import partition_of

LARGEST_RECORD: Final = 1_000_000
"""Largest key and value together, in bytes. A broker takes 1 MiB, headers and batch included.

One record that the broker refuses ends the producer for every topic, so the size is judged before sending.
"""


class Record(NamedTuple):
    """One record to publish; without a value it is a tombstone. The key decides the partition."""

    topic: str
    key: bytes
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


class Publisher(Protocol):
    """Stores records, in order within a partition."""

    def publish(self, records: Sequence[Record]) -> None:
        """Return when every record is stored.

        Raises:
            RejectedInput: oversized; nothing of the call was sent.
            RetryLater: at least one record may not be stored, others may be. Publish all of them again:
                whoever counts facts counts each event id once.
        """

    def latest(self, topic: str, key: bytes) -> bytes | None:
        """Value of the last record with this key; None if there is none or it is a tombstone.

        Raises:
            RetryLater: it cannot be read now.
        """

    def each(self, topic: str, prefix: bytes) -> Iterator[tuple[bytes, bytes | None]]:
        """Key and value of the records whose key begins with a prefix, to the present end; the last of a key counts.

        Raises:
            RetryLater: they cannot be read now.
        """

    def close(self) -> None:
        """Let go of every resource; nothing that `publish` returned from is lost."""


def check_sizes(records: Sequence[Record]) -> None:
    """Refuse records beyond `LARGEST_RECORD`.

    Raises:
        RejectedInput: oversized.
    """
    for record in records:
        headers = sum(len(name) + len(value) for name, value in record.headers)
        if len(record.key) + len(record.value or b"") + headers > LARGEST_RECORD:
            raise RejectedInput("oversized", f"record for topic {record.topic}")


class MemoryPublisher:
    """A publisher for tests, which places records as Kafka would and fails when told to.

    Args:
        partitions: of every topic.
    """

    def __init__(self, partitions: int = 12) -> None:
        self._partitions = partitions
        self._topics: dict[str, list[list[Record]]] = {}
        self._stores: int | None = None

    def publish(self, records: Sequence[Record]) -> None:
        """Store the records, or as many of them as `fail_after` allows."""
        check_sizes(records)
        for record in records:
            if self._stores == 0:
                self._stores = None
                raise RetryLater("the publisher was told to fail here")
            if self._stores is not None:
                self._stores -= 1
            topic = self._topics.setdefault(record.topic, [[] for _ in range(self._partitions)])
            topic[partition_of(record.key, self._partitions)].append(record)

    def latest(self, topic: str, key: bytes) -> bytes | None:
        """Value of the last record with this key."""
        values = [record.value for record in self.records(topic) if record.key == key]
        return values[-1] if values else None

    def each(self, topic: str, prefix: bytes) -> Iterator[tuple[bytes, bytes | None]]:
        """Key and value of the records whose key begins with a prefix."""
        return ((each.key, each.value) for each in self.records(topic) if each.key.startswith(prefix))

    def close(self) -> None:
        """Nothing to let go of: what was stored can still be read."""

    def fail_after(self, records: int) -> None:
        """Store this many more records, then raise `RetryLater` once."""
        self._stores = records

    def records(self, topic: str, partition: int | None = None) -> list[Record]:
        """What a topic holds, in order within each partition.

        Args:
            partition: of this one only.
        """
        held = self._topics.get(topic, [])
        chosen = held if partition is None else held[partition : partition + 1]
        return [record for records in chosen for record in records]
