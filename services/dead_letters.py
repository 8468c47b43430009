"""Dead letters and the decisions about them: what each says without its payload, and which ones are meant.

Open letters are letters without a decision; the key of both is `topic/partition/offset` of the refused record. A
letter that was written again, by a rebuild, is the same letter.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol

from egovhub.codec import decode
from egovhub.errors import RejectedInput

LETTERS: Final = "hub.dead-letters"
DECISIONS: Final = "hub.dead-letter-decisions"

REPLAYED: Final = "REPLAYED"
DISCARDED: Final = "DISCARDED"

STATES: Final = ("open", "decided", "all")
_DAY_MS: Final = 86_400_000


class Stored(Protocol):
    """A record of one of the two topics as a Kafka client hands it over."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


class Place(NamedTuple):
    """Where a letter lies in hub.dead-letters."""

    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A refused record without its bytes.

    Args:
        key: `topic/partition/offset` of the refused record, whose parts follow.
        refused_at: when the refused record was appended; when its letter was, if the record has no such instant.
        written_at: when the letter was written last.
        at: the step that refused it.
        source: as authenticated; None if nobody was.
        size: bytes of the value.
        sha256: of the value, hex.
        headers: their names, in order.
    """

    key: str
    topic: str
    partition: int
    offset: int
    refused_at: int
    written_at: int
    reason: str
    at: str
    source: str | None
    size: int
    sha256: str
    headers: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Decision:
    """What was done about a letter, by whom and when (milliseconds)."""

    action: str
    decided_at: int
    decided_by: str
    note: str | None


def letter_of(stored: Stored) -> Letter:
    """The letter in a record of hub.dead-letters.

    Raises:
        RejectedInput: if the record is none.
    """
    record = record_of(stored)
    appended_at, written_at = record["timestamp"], stored.timestamp
    return Letter(
        key=(stored.key or b"").decode(errors="replace"),
        topic=record["topic"],
        partition=record["partition"],
        offset=record["offset"],
        refused_at=appended_at if 0 <= appended_at <= written_at + _DAY_MS else written_at,
        written_at=written_at,
        reason=record["reason"],
        at=record["at"],
        source=record["source"],
        size=len(record["value"] or b""),
        sha256=record["sha256"],
        headers=tuple(header["name"] for header in record["headers"]),
        place=Place(stored.partition, stored.offset),
    )


def record_of(stored: Stored) -> dict[str, Any]:
    """All that a letter holds, payload included.

    Raises:
        RejectedInput: if the record is no letter.
    """
    return _decoded("dead-letter", stored)


def decision_of(stored: Stored) -> Decision:
    """The decision in a record of hub.dead-letter-decisions.

    Raises:
        RejectedInput: if the record is none.
    """
    record = _decoded("dead-letter-decision", stored)
    return Decision(record["action"], record["decided_at"], record["decided_by"], record["note"])


def _decoded(subject: str, stored: Stored) -> dict[str, Any]:
    found, record = decode(stored.value or b"")
    if found != subject:
        raise RejectedInput("bad-value", f"a record of {found} among those of {subject}")
    return record


class Letters:
    """What stands in the two topics, by key; fed with their records in the order of each partition."""

    def __init__(self) -> None:
        self.letters: dict[str, Letter] = {}
        self.decisions: dict[str, Decision] = {}
        self.unreadable: list[str] = []
        """Records that are neither letter nor decision, as `topic/partition/offset` of their own."""

    def take_letter(self, stored: Stored) -> None:
        """A record of hub.dead-letters; a tombstone takes a letter away."""
        self._take(LETTERS, stored, self.letters, letter_of)

    def take_decision(self, stored: Stored) -> None:
        """A record of hub.dead-letter-decisions; a tombstone opens the letter again."""
        self._take(DECISIONS, stored, self.decisions, decision_of)

    def _take(self, topic: str, stored: Stored, table: dict[str, Any], read: Callable[[Stored], Any]) -> None:
        key = (stored.key or b"").decode(errors="replace")
        if stored.value is None:
            table.pop(key, None)
            return
        try:
            table[key] = read(stored)
        except RejectedInput:
            self.unreadable.append(f"{topic}/{stored.partition}/{stored.offset}")

    def is_open(self, letter: Letter) -> bool:
        """Whether nothing was decided about a letter."""
        return letter.key not in self.decisions


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters are meant: those that meet every condition that is set.

    Args:
        keys: exactly these, open or decided.
        state: one of `STATES`; of no effect on `keys`.
        topics: as the letters spell them, with the installation's prefix.
        since: `refused_at` from here on.
        until: `refused_at` before this.
        limit: only the oldest so many.
    """

    keys: tuple[str, ...] = ()
    state: str = "open"
    reasons: frozenset[str] = field(default_factory=frozenset)
    stages: frozenset[str] = field(default_factory=frozenset)
    sources: frozenset[str] = field(default_factory=frozenset)
    topics: frozenset[str] = field(default_factory=frozenset)
    partition: int | None = None
    since: int | None = None
    until: int | None = None
    limit: int | None = None

    def of(self, letters: Letters) -> list[Letter]:
        """The letters meant, the oldest first."""
        found = [letter for letter in self._named(letters) if self._means(letter)]
        found.sort(key=lambda letter: (letter.refused_at, letter.topic, letter.partition, letter.offset))
        return found if self.limit is None else found[: self.limit]

    def unknown(self, letters: Letters) -> list[str]:
        """Keys that no letter has."""
        return [key for key in self.keys if key not in letters.letters]

    def _named(self, letters: Letters) -> Iterable[Letter]:
        if self.keys:
            return [letters.letters[key] for key in dict.fromkeys(self.keys) if key in letters.letters]
        every = letters.letters.values()
        if self.state == "all":
            return every
        return [letter for letter in every if letters.is_open(letter) == (self.state == "open")]

    def _means(self, letter: Letter) -> bool:
        lists = (
            (self.reasons, letter.reason),
            (self.stages, letter.at),
            (self.sources, letter.source),
            (self.topics, letter.topic),
        )
        return (
            all(not wanted or value in wanted for wanted, value in lists)
            and self.partition in (None, letter.partition)
            and (self.since is None or letter.refused_at >= self.since)
            and (self.until is None or letter.refused_at < self.until)
        )
