"""What a connector hands to the runner, and the door each of its facts passes before it is published.

A connector maps, a source feeds it: a `Feed` reads its source from a position on and gives batches of facts.
The runner does the rest: publishing, positions, acknowledgement, back-off.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from egovhub.errors import RejectedInput
from egovhub.events import AHEAD_MS, EARLIEST_MS, Fact, has_control, is_case_id

LONGEST_TEXT: Final = 512
"""Longest text of a fact outside `details`, in characters."""

LARGEST_FACT: Final = 900_000
"""Largest encoded fact in bytes: with key, frame and headers it stays below Kafka's usual limit of 1 MiB."""


class Rejection(NamedTuple):
    """An input that became no fact: its place in the source, why, and the field at fault; never the value."""

    place: int
    reason: str
    field: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" + (f": {self.field}" if self.field else "")


@dataclass(frozen=True, slots=True)
class Batch:
    """Facts of one stretch of the source.

    Args:
        facts: in the order of the source, each through `check_writable`.
        rejected: the inputs of the stretch that cannot be facts.
        read: how many inputs the stretch had.
        position: text from which `Feed.read` goes on behind this stretch; JSON of the feed.
        done: part of the source read so far, 0 to 1; None if the source does not say.
        digest: of the last snapshot, for sources that give snapshots.
    """

    facts: tuple[Fact, ...]
    rejected: tuple[Rejection, ...]
    read: int
    position: str
    done: float | None = None
    digest: str | None = None


class Feed(Protocol):
    """A source that can be read on from a position."""

    @property
    def source(self) -> str:
        """The source of the facts, half of their identity."""

    def read(self, position: str | None) -> Iterator[Batch]:
        """What the source has behind a position, None being its beginning; ends when there is no more yet.

        Raises:
            RetryLater: the source does not answer.
            ConfigurationError: the source is not what the position was taken from, or cannot be read at all.
        """

    def acknowledge(self, position: str) -> None:
        """Tell the source that everything up to the position is stored; called after the position is."""


def check_writable(fact: Fact, now_ms: int) -> None:
    """The writer's side of the hub's door: what would be a dead letter is refused before it is published.

    A writer has no append time yet, so its own clock stands for it.

    Args:
        now_ms: the writer's clock, milliseconds since the epoch.

    Raises:
        RejectedInput: empty-field, case-id-form, control-character, lone-surrogate, oversized,
            occurred-before-2000, occurred-in-the-future.
    """
    if not fact.event_id or not fact.source:
        raise RejectedInput("empty-field", "event_id or source")
    _check_case_id(fact.case_id)
    for name, value in zip(Fact._fields, fact, strict=True):
        if isinstance(value, str):
            check_text(value, name)
    for event_id in fact.retracts:
        check_text(event_id, "retracts")
    for name, value in fact.details.items():
        if isinstance(value, str):
            check_text(value, f"details.{name}")
    if has_control(fact.case_id):
        raise RejectedInput("control-character", "case_id")
    if fact.occurred_at < EARLIEST_MS:
        raise RejectedInput("occurred-before-2000", "occurred_at")
    if fact.occurred_at > now_ms + AHEAD_MS:
        raise RejectedInput("occurred-in-the-future", "occurred_at")


def _check_case_id(case_id: str) -> None:
    """`<namespace>:<native id>` in one spelling: NFC and NFD of one name would be two cases."""
    if not is_case_id(case_id):
        raise RejectedInput("case-id-form", "case_id is not <namespace>:<native id>")
    if not case_id.isascii() and not unicodedata.is_normalized("NFC", case_id):
        raise RejectedInput("case-id-form", "case_id is not in NFC")


def check_text(text: str, field: str) -> None:
    """Refuse a text that is too long or holds what no reader can see: controls, bidi overrides, zero widths.

    Raises: RejectedInput: oversized, lone-surrogate, control-character.
    """
    if len(text) > LONGEST_TEXT:
        raise RejectedInput("oversized", field)
    if text.isprintable():
        return
    categories = {unicodedata.category(character) for character in text}
    if "Cs" in categories:
        raise RejectedInput("lone-surrogate", field)
    if categories & {"Cc", "Cf", "Zl", "Zp"}:
        raise RejectedInput("control-character", field)
