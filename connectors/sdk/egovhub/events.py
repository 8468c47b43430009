"""The case fact: what a connector publishes and everything else is computed from.

A fact is identified by (source, event_id) and never changes; a later version of the same identity is a revision.
Source: DESIGN, laws 1-3 and the wire contract.
"""

import json
import re
from enum import IntEnum
from typing import Any, Final, NamedTuple

EARLIEST_MS = 946_684_800_000
"""2000-01-01T00:00:00Z, the earliest `occurred_at` the hub accepts, in milliseconds since the epoch."""

AHEAD_MS = 5 * 60 * 1000
"""How far `occurred_at` may lie after the instant at which the hub knew the fact, in milliseconds."""


class Kind(IntEnum):
    """What happened. The value is the rank in the fold: of two facts of one instant the lower rank comes first."""

    REGISTERED = 0
    RECEIVED = 1
    ACCEPTED = 2
    REFUSED = 3
    TRANSFERRED = 4
    STEP = 5
    SUPPLEMENT_REQUESTED = 6
    SUPPLEMENTED = 7
    FEE_REQUESTED = 8
    PAID = 9
    EXTENDED = 10
    APOLOGY_SENT = 11
    PROCESSED = 12
    RETURNED = 13
    WITHDRAWN = 14
    STOPPED = 15
    RECALLED = 16
    VERIFIED = 17
    PETITION = 18
    RATED = 19
    CORRECTED = 20
    RETRACTED = 21
    VOIDED = 22
    UNKNOWN = 23

    __hash__ = int.__hash__  # an enum's own is written in Python, and every fact has a kind


DOMAINS = (
    "documents",
    "onestop",
    "population",
    "civil-status",
    "judicial-records",
    "business-registration",
    "budget-codes",
    "payments",
    "feedback",
)
"""The nine domains; each has a schema subject of the same name."""

CHANNELS = ("UNKNOWN", "ONLINE", "IN_PERSON", "PUBLIC_POST", "EMAIL", "INTERNAL")
APPLICANT_KINDS = ("UNKNOWN", "CITIZEN", "ENTERPRISE", "AGENCY", "OTHER")


class Fact(NamedTuple):
    """One case fact in the order of the fields on the wire.

    Instants are milliseconds since the epoch, UTC. `domain` is one of `DOMAINS` or "unknown"; `details` holds the
    domain's own fields, nulls left out.
    """

    event_id: str
    source: str
    source_sequence: int | None
    domain: str
    case_id: str
    kind: Kind
    occurred_at: int
    recorded_at: int | None
    unit: str | None
    receiving_unit: str | None
    procedure: str | None
    channel: str | None
    applicant_kind: str | None
    due_at: int | None
    retracts: tuple[str, ...]
    source_status: str | None
    derived: bool
    details: dict[str, Any]

    @property
    def namespace(self) -> str:
        """The part of the case id before the first colon: it says who owns the case."""
        return self.case_id.partition(":")[0]


OPTIONAL_FIELDS: dict[str, Any] = {
    "source_sequence": None,
    "domain": "unknown",
    "recorded_at": None,
    "unit": None,
    "receiving_unit": None,
    "procedure": None,
    "channel": None,
    "applicant_kind": None,
    "due_at": None,
    "retracts": (),
    "source_status": None,
    "derived": False,
}
"""Fields a writer may leave out, with what a reader then sees; `details` is then empty."""


def canonical(fact: Fact) -> bytes:
    """The content of a fact as bytes that do not depend on who encoded it: the tie-breaker of law 2."""
    content = fact._replace(kind=fact.kind.name, retracts=sorted(set(fact.retracts)))  # type: ignore[arg-type]
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


_CONTROL: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff0-\uffff]"
)


def has_control(text: str) -> bool:
    """Whether a text has control characters, or spaces and invisible ones that make two ids look alike.

    The list is spelt out: what Unicode calls printable differs between releases, and a rebuild of the hub's
    state must refuse the same bytes as the first time.
    """
    return _CONTROL.search(text) is not None


def is_case_id(text: str) -> bool:
    """Whether a text is `<owner namespace>:<native id>`, neither of them empty."""
    namespace, colon, native = text.partition(":")
    return bool(namespace and colon and native)


def murmur2(data: bytes) -> int:
    """Java's murmur2 as Kafka's default partitioner uses it, made positive.

    Source: org.apache.kafka.common.utils.Utils.murmur2, Utils.toPositive.
    """
    length = len(data)
    h = 0x9747B28C ^ length
    whole = length & ~3
    for i in range(0, whole, 4):
        k = (int.from_bytes(data[i : i + 4], "little") * 0x5BD1E995) & 0xFFFFFFFF
        k = ((k ^ (k >> 24)) * 0x5BD1E995) & 0xFFFFFFFF
        h = ((h * 0x5BD1E995) & 0xFFFFFFFF) ^ k
    tail = data[whole:]
    if tail:
        h = ((h ^ int.from_bytes(tail, "little")) * 0x5BD1E995) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 0x5BD1E995) & 0xFFFFFFFF
    return (h ^ (h >> 15)) & 0x7FFFFFFF


def partition_of(key: bytes, partitions: int) -> int:
    """The partition on which a record with this key belongs."""
    return murmur2(key) % partitions
