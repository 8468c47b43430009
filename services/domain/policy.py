"""Buckets, and the policies that put a case into one of them.

A policy maps a case at an instant to exactly one bucket; a table of dated data says for each bucket whether
it counts in numerator, denominator and total. First cut: the national portal's policy, for cases whose
source gave a due instant. Source: DESIGN 6; Decision 766/QD-TTg, indicator 2.1, rules 1-3.
"""

from dataclasses import dataclass
from typing import Final

BUCKETS: Final = (
    "early",
    "on_time",
    "late",
    "in_time",
    "due_soon",
    "overdue",
    "paused",
    "refused",
    "withdrawn",
    "stopped",
    "no_deadline",
    "unknown",
    "orphan",
)
"""The closed list, exclusive: every case is in one of them, and all but `orphan` sum to the total."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One named, versioned meaning of "late".

    Args:
        name: as in every figure that used it.
        version: of the row in the reference data.
        source: the law or paper it comes from.
        numerator, denominator, total: the buckets that count there.
    """

    name: str
    version: int
    source: str
    numerator: frozenset[str]
    denominator: frozenset[str]
    total: frozenset[str]

    @property
    def label(self) -> str:
        """How a figure names its policy: `national-portal@1`."""
        return f"{self.name}@{self.version}"


def ended_bucket(ended_at: int, due_at: int | None) -> str:
    """Bucket of a case that has ended; an end at the due instant is on time.

    Refused, withdrawn and stopped cases are judged like any other end.
    Source: Decision 766/QD-TTg, indicator 2.1, rules 1 and 2.
    """
    if due_at is None:
        return "no_deadline"
    return "on_time" if ended_at <= due_at else "late"


def open_bucket(at: int, due_at: int | None) -> str:
    """Bucket of a case open at an instant; at the due instant itself it is still in time.

    Source: Decision 766/QD-TTg, indicator 2.1, rule 3.
    """
    if due_at is None:
        return "no_deadline"
    return "in_time" if at <= due_at else "overdue"
