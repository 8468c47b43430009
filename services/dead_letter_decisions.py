"""Decides about dead letters: a replay through the same door, or a discard; each recorded with who and when.

The order is door, facts, decision: after a crash in between the letter is still open, and a second replay appends
a fact that is known already (law 1). The record is appended as it came, headers included, on the partition of its key,
and is known to the hub from then on, unless a restore's header says since when: no figure published before rested on
it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from egovhub.codec import encode
from egovhub.errors import RejectedInput
from egovhub.events import partition_of
from egovhub.publisher import Publisher, Record, check_sizes

from services.dead_letters import DECISIONS, DISCARDED, REPLAYED, Letter
from services.door import Door

DOOR: Final = "worker"
"""The step whose letters hold records of `facts`; what others refused was no such record."""

FACTS: Final = "facts"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the door, or the mapping, of today says of what is in a letter.

    Args:
        partition: of facts, if a record of facts is admitted.
        reason: why it is refused, else None.
        hindrance: why it cannot be replayed from its letter; "" if it can.
        records: what a replay appends.
    """

    letter: Letter
    partition: int | None = None
    reason: str | None = None
    hindrance: str = ""
    records: tuple[Record, ...] = ()


class Judge:
    """Holds the records of letters against the door as it is now.

    Args:
        partitions: of facts.
        now: the machine's clock, whatever HUB_CLOCK says: it is the broker's that will date the record.
    """

    def __init__(self, partitions: int, now: Callable[[], int]) -> None:
        self._partitions = partitions
        self._now = now
        self._door = Door(partitions)

    def judge(self, letter: Letter, held: Mapping[str, Any]) -> Verdict:
        """The verdict on one letter.

        Args:
            held: all that the letter holds.
        """
        key, value = held["key"], held["value"]
        headers = [(header["name"], header["value"]) for header in held["headers"]]
        place = partition_of(key or b"", self._partitions)
        try:
            self._door.admit(place, key, value, self._now(), headers)
            # The client cannot write a header without a value.
            record = Record(FACTS, key, value, tuple((name, content or b"") for name, content in headers))
            check_sizes([record])
        except RejectedInput as refusal:
            return Verdict(letter, reason=refusal.reason)
        return Verdict(letter, partition=place, records=(record,))


class Desk:
    """Carries decisions out, in somebody's name.

    Args:
        publisher: to facts and to the decisions.
        by: role or account.
        note: why; without personal data.
        now: the clock decisions are dated by.
    """

    def __init__(self, publisher: Publisher, by: str, note: str | None, now: Callable[[], int]) -> None:
        self._publisher = publisher
        self._by, self._note, self._now = by, note, now

    def replay(self, verdicts: Sequence[Verdict]) -> None:
        """Append what the door admits, and then record it.

        Raises:
            RetryLater: some may be appended, none is recorded: replay them again.
        """
        admitted = [verdict for verdict in verdicts if verdict.records]
        self._publisher.publish([record for verdict in admitted for record in verdict.records])
        self._decide([verdict.letter for verdict in admitted], REPLAYED)

    def discard(self, letters: Sequence[Letter]) -> None:
        """Record that nothing is to be done.

        Raises:
            RetryLater: some may be recorded.
        """
        self._decide(letters, DISCARDED)

    def _decide(self, letters: Sequence[Letter], action: str) -> None:
        now = self._now()
        self._publisher.publish([self._decision(letter, action, now) for letter in letters])

    def _decision(self, letter: Letter, action: str, now: int) -> Record:
        decision = {
            "topic": letter.topic,
            "partition": letter.partition,
            "offset": letter.offset,
            "action": action,
            "decided_at": now,
            "decided_by": self._by,
            "note": self._note,
        }
        return Record(DECISIONS, letter.key.encode(), encode("dead-letter-decision", decision))
