"""A mapping fed by a source: the feed of every connector that is not a single file.

A payload is one input: all its facts are made, or none and it is refused with its bytes.
"""

import json
from collections.abc import Callable, Iterator

from egovhub.codec import encode_fact
from egovhub.connector import Batch, Connector, Made, Page, Payload, Rejection, Snapshot, Source, State
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.given import said_of
from egovhub.snapshot_store import SnapshotStore
from egovhub.writable import LARGEST_FACT, check_writable

Written = tuple[Fact, bytes]
"""A fact, and its value on the wire."""


class MappedFeed:
    """A `Feed` made of a connector's mapping and one source.

    Args:
        connector: with the mapping.
        source: that feeds it.
        clock: milliseconds since the epoch, for the door.
    """

    def __init__(self, connector: Connector, source: Source, clock: Callable[[], int]) -> None:
        self._connector = connector
        self._source = source
        self._clock = clock
        self._store = SnapshotStore(connector.origin)

    @property
    def source(self) -> str:
        """The source of the connector's facts."""
        return self._connector.origin.source

    def recall(self, state: State) -> None:
        """Take what an earlier run knew; see `Feed`."""
        self._store.recall(state)

    def read(self, position: str | None) -> Iterator[Batch]:
        """The payloads behind a position, as facts and rejections; see `Feed`."""
        self._store.restart()
        for page in self._source.read(position):
            self._store.begin()
            yield self._batch(page)
            self._store.confirm()

    def acknowledge(self, position: str) -> None:
        """Tell the source what is stored; which of its payloads were refused stands in the position."""
        self._source.acknowledge(position)

    def close(self) -> None:
        """Let go of the source and of what is known."""
        self._source.close()
        self._store.close()

    def _batch(self, page: Page) -> Batch:
        written: list[Written] = []
        rejected: list[Rejection] = []
        for payload in page.payloads:
            try:
                written += self._written(payload)
            except RejectedInput as error:
                body = payload.body or None
                said = said_of(payload)
                rejected.append(
                    Rejection(payload.place, error.reason, error.detail, body, payload.ticket, said)
                )
        return Batch(
            tuple(fact for fact, _value in written),
            tuple(rejected),
            len(page.payloads),
            _with_refused(page.position, [each.identity for each in rejected if each.identity]),
            page.done,
            self._store.mark(),
            self._store.states(),
            tuple(value for _fact, value in written),
        )

    def _written(self, payload: Payload) -> list[Written]:
        """The facts of a payload, as they are written; only when all of them can be is a snapshot taken for said."""
        written: list[Written] = []
        for made, value in _checked(self._connector, payload, self._clock()):
            if isinstance(made, Snapshot):
                written += [(fact, encode_fact(fact)) for fact in self._store.take(made)]
            else:
                written.append((made, value))
        return written


def _with_refused(position: str, refused: list[str]) -> str:
    return (
        json.dumps(json.loads(position) | {"refused": refused}, separators=(",", ":"))
        if refused
        else position
    )


def facts_of(connector: Connector, payload: Payload, now_ms: int) -> tuple[Made, ...]:
    """What the mapping makes of a payload, if the hub's door would take all of it.

    Args:
        connector: with the mapping.
        payload: one input.
        now_ms: clock of the door, milliseconds since the epoch.

    Raises:
        RejectedInput: whatever the mapping or the door refuses it for.
    """
    return tuple(made for made, _value in _checked(connector, payload, now_ms))


def _checked(connector: Connector, payload: Payload, now_ms: int) -> list[tuple[Made, bytes]]:
    """The same with each fact as it is written; a snapshot's facts have other ids once they are."""
    if payload.refused is not None:
        raise payload.refused
    checked: list[tuple[Made, bytes]] = []
    for made in connector.mapping(payload):
        if isinstance(made, Snapshot):
            for fact in made.facts:
                _write(fact, now_ms)
            checked.append((made, b""))
        else:
            checked.append((made, _write(made, now_ms)))
    return checked


def _write(fact: Fact, now_ms: int) -> bytes:
    check_writable(fact, now_ms)
    value = encode_fact(fact)
    if len(value) > LARGEST_FACT:
        raise RejectedInput("oversized", "encoded fact")
    return value
