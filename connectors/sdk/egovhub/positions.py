"""How far a connector has read its source: the last record with its name in `hub.positions`."""

from collections.abc import Callable
from typing import Final

from egovhub.codec import decode, encode
from egovhub.errors import ConfigurationError
from egovhub.publisher import Publisher, Record

TOPIC: Final = "hub.positions"


class Positions:
    """The position of one connector instance.

    It is written after the facts before it are stored, by the same producer: a crash in between publishes
    some facts again under the same event ids, and never leaves one out.

    Args:
        publisher: stores the facts too.
        connector: name of the instance, the key.
        source: the source it reads.
        clock: milliseconds since the epoch.
    """

    def __init__(self, publisher: Publisher, connector: str, source: str, clock: Callable[[], int]) -> None:
        self._publisher = publisher
        self._connector = connector
        self._source = source
        self._clock = clock

    def load(self) -> str | None:
        """The last position; None if this instance never published.

        Raises:
            ConfigurationError: the name belongs to a connector of another source.
            RetryLater: the positions cannot be read now.
        """
        value = self._publisher.latest(TOPIC, self._connector.encode())
        if value is None:
            return None
        _subject, record = decode(value)
        if record["source"] != self._source:
            raise ConfigurationError(
                f"connector {self._connector!r}: its position in {TOPIC} is of source {record['source']!r}, "
                f"not {self._source!r}; choose another --name"
            )
        position: str = record["position"]
        return position

    def save(self, position: str, digest: str | None = None) -> None:
        """Store a position, once everything before it is stored.

        Raises:
            RetryLater: it may not be stored; the facts before it are then read again.
        """
        record = {
            "connector": self._connector,
            "source": self._source,
            "position": position,
            "recorded_at": self._clock(),
            "digest": digest,
        }
        self._publisher.publish([Record(TOPIC, self._connector.encode(), encode("position", record))])
