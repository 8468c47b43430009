"""How far a connector has read its source: the last record with its name in `hub.positions`.

What a connector knows of the cases of its snapshots stands there too, under `<instance>/<hash of the case id>`.
"""

from collections.abc import Callable, Sequence
from typing import Final

from egovhub.codec import decode, encode
from egovhub.connector import State
from egovhub.errors import ConfigurationError
from egovhub.publisher import Publisher, Record

TOPIC: Final = "hub.positions"

_OF_CASE: Final = "/"


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

    def load(self, recall: Callable[[State], None]) -> str | None:
        """The last position; None if this instance never published.

        Args:
            recall: told each state of the instance, and of the position itself.

        Raises:
            ConfigurationError: the name belongs to a connector of another source.
            RetryLater: the positions cannot be read now.
        """
        position: str | None = None
        own, name = f"{self._connector}{_OF_CASE}", self._connector
        for key, value in self._publisher.each(TOPIC, name.encode()):
            key_text = key.decode("utf-8", "replace")
            if value is None or (key_text != name and not key_text.startswith(own)):
                continue
            _subject, record = decode(value)
            self._check(record["source"])
            if key_text == name:
                position = record["position"]
            recall(
                State(
                    key_text.removeprefix(own if key_text != name else name),
                    record["position"],
                    record["digest"],
                )
            )
        return position

    def save(self, position: str, digest: str | None = None) -> None:
        """Store a position, once everything before it is stored.

        Raises:
            RetryLater: it may not be stored; the facts before it are then read again.
        """
        self._publisher.publish([self._record(State("", position, digest))])

    def keep(self, states: Sequence[State]) -> None:
        """Store what is known of cases, before the facts that follow from it.

        Raises:
            RetryLater: some may not be stored.
        """
        self._publisher.publish([self._record(state) for state in states])

    def _record(self, state: State) -> Record:
        record = {
            "connector": self._connector,
            "source": self._source,
            "position": state.text,
            "recorded_at": self._clock(),
            "digest": state.digest,
        }
        key = self._connector + (_OF_CASE + state.key if state.key else "")
        return Record(TOPIC, key.encode(), encode("position", record))

    def _check(self, source: str) -> None:
        if source != self._source:
            raise ConfigurationError(
                f"connector {self._connector!r}: its position in {TOPIC} is of source {source!r}, "
                f"not {self._source!r}; choose another --name"
            )
