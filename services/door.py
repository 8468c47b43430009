"""The one door: a record of `facts` is an accepted fact or exactly one dead letter.

Whether a record is refused depends on its bytes and the contract alone, never on reference data, a setting
or the process's clock, so that a rebuild decides alike. Source: DESIGN, law 9 and the wire contract.
"""

from collections.abc import Sequence
from typing import Final

from egovhub.codec import decode_fact
from egovhub.errors import RejectedInput
from egovhub.events import AHEAD_MS, EARLIEST_MS, has_control, is_case_id, murmur2

from services.domain.standing import Known
from services.provenance import Backfilled, is_backfill

KNOWN_AT_HEADER: Final = "hub-known-at"
"""Milliseconds since the epoch, decimal: the append time a restored record had in the log it comes from."""

_MOST_KEYS: Final = 1 << 17


class Door:
    """Admits the records of one topic.

    Args:
        partitions: how many the topic has; a key on another partition than its own is refused.
    """

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._places: dict[bytes, tuple[str, int]] = {}

    def admit(
        self,
        partition: int,
        key: bytes | None,
        value: bytes | None,
        timestamp: int,
        headers: Sequence[tuple[str, bytes | None]] = (),
    ) -> Known:
        """The fact in a record and when the hub knew it; `Backfilled` if it was published as history.

        Args:
            timestamp: the record's append time, milliseconds since the epoch.

        Raises:
            RejectedInput: with the reason for the dead letter.
        """
        if key is None:
            raise RejectedInput("null-key")
        if value is None:
            raise RejectedInput("null-value")
        fact = decode_fact(value)
        known_at = known_since(timestamp, headers) if headers else timestamp
        case_id, place = self._places.get(key) or self._place(key)
        if fact.case_id != case_id:
            raise RejectedInput("key-mismatch", "key and case_id differ")
        if place != partition:
            raise RejectedInput("wrong-partition")
        if not fact.event_id or not fact.source:
            raise RejectedInput("empty-field", "event_id or source")
        if fact.occurred_at < EARLIEST_MS:
            raise RejectedInput("occurred-before-2000")
        if fact.occurred_at > known_at + AHEAD_MS:
            raise RejectedInput("occurred-in-the-future")
        if headers and is_backfill(headers):
            return Backfilled(fact, known_at)
        return Known(fact, known_at)

    def _place(self, key: bytes) -> tuple[str, int]:
        """The case id a key spells and the partition it belongs on; keys come back, so the answer is kept."""
        try:
            case_id = key.decode()
        except UnicodeDecodeError:
            raise RejectedInput("bad-text", "key is not UTF-8") from None
        if not is_case_id(case_id):
            raise RejectedInput("case-id-form", "key is not <namespace>:<native id>")
        if has_control(case_id):
            raise RejectedInput("control-character", "key")
        if len(self._places) >= _MOST_KEYS:
            self._places.clear()
        place = self._places[key] = (case_id, murmur2(key) % self._partitions)
        return place


def known_since(timestamp: int, headers: Sequence[tuple[str, bytes | None]]) -> int:
    """When the hub knew a record: what a restore says in the header, else the append time.

    Raises:
        RejectedInput: if the header is not a decimal number of milliseconds.
    """
    for name, value in headers:
        if name == KNOWN_AT_HEADER:
            if value is None or not value.isdigit() or len(value) > 15:
                raise RejectedInput("bad-value", KNOWN_AT_HEADER)
            return int(value)
    return timestamp
