"""A mapping fed by a source: the feed of every connector that is not a single file.

A payload is one input: all its facts are made, or none and it is refused with its bytes.
"""

import json
from collections.abc import Callable, Iterator

from egovhub.codec import encode_fact
from egovhub.connector import Batch, Connector, Made, Page, Payload, Rejection, Snapshot, Source, State
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.snapshot_store import SnapshotStore
from egovhub.writable import LARGEST_FACT, check_writable


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
        facts: list[Fact] = []
        rejected: list[Rejection] = []
        for payload in page.payloads:
            try:
                facts += self._facts(payload)
            except RejectedInput as error:
                rejected.append(
                    Rejection(payload.place, error.reason, error.detail, payload.body or None, payload.ticket)
                )
        return Batch(
            tuple(facts),
            tuple(rejected),
            len(page.payloads),
            _with_refused(page.position, [each.identity for each in rejected if each.identity]),
            page.done,
            self._store.mark(),
            self._store.states(),
        )

    def _facts(self, payload: Payload) -> list[Fact]:
        made = facts_of(self._connector, payload, self._clock())
        return [fact for each in made for fact in self._said(each)]

    def _said(self, made: Made) -> list[Fact]:
        return self._store.take(made) if isinstance(made, Snapshot) else [made]


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
    if payload.refused is not None:
        raise payload.refused
    made = tuple(connector.mapping(payload))
    for each in made:
        for fact in each.facts if isinstance(each, Snapshot) else (each,):
            check_writable(fact, now_ms)
            if len(encode_fact(fact)) > LARGEST_FACT:
                raise RejectedInput("oversized", "encoded fact")
    return made
