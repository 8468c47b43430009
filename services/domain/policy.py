"""Buckets, and the policies that put a case into one of them.

A policy is one named, versioned, dated meaning of "late". It maps a case at an instant to exactly one bucket by
two questions, from which instant on is a case late and what is early, and a table says for each bucket whether
it counts in numerator, denominator and total. Policies that let the same end stand share a *track*.
Source: DESIGN 6; `domain/deadlines.md`, 2.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from egovhub.events import Kind

from services.domain.periods import Periods

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

UNJUDGED: Final = {Kind.REFUSED: "refused", Kind.WITHDRAWN: "withdrawn", Kind.STOPPED: "stopped"}
"""Ends that a policy may leave unjudged, and their buckets."""


class Compare(StrEnum):
    """What is compared with the due instant: instants, or the calendar days they fall on."""

    INSTANT = "instant"
    DAY = "day"


class Early(StrEnum):
    """Which ends that are not late are early: none, those before the due instant (or day), or all."""

    NEVER = "never"
    BEFORE = "before"
    ALWAYS = "always"


class Stands(StrEnum):
    """Which end of a case stands: finishing at the agency, or the hand-over of the result."""

    PROCESSING = "processing"
    HAND_OVER = "hand-over"


class Due(StrEnum):
    """Which due instant judges: the source's and only without one the computed one, or one of them alone."""

    SOURCE_FIRST = "source-first"
    SOURCE = "source"
    COMPUTED = "computed"


class Waiting(StrEnum):
    """How a case that waits for the applicant is judged: at the instant of the request, or as in time."""

    AT_REQUEST = "at-request"
    IN_TIME = "in-time"


@dataclass(frozen=True, slots=True)
class Policy:
    """One named, versioned meaning of "late".

    Args:
        name: as in every figure that used it.
        version: of the row in the reference data.
        source: the law or paper it comes from.
        numerator, denominator, total: the buckets that count there.
        credits_supplements: whether the waiting for a supplement moves the source's due instant.
        waiting: what a case may wait for that this policy heeds: `supplement`, `fee`.
        max_requests: a case that waits and was asked more often is late; None: any number.
        due_soon_ms: length of the band before the due instant; 0: no band.
        unjudged: kinds of ends that get a bucket of their own.
    """

    name: str
    version: int
    source: str
    numerator: frozenset[str]
    denominator: frozenset[str]
    total: frozenset[str]
    compare: Compare = Compare.INSTANT
    early: Early = Early.NEVER
    stands: Stands = Stands.PROCESSING
    due: Due = Due.SOURCE_FIRST
    credits_supplements: bool = False
    waiting: frozenset[str] = field(default_factory=frozenset)
    waiting_judged: Waiting = Waiting.AT_REQUEST
    max_requests: int | None = None
    due_soon_ms: int = 0
    unjudged: frozenset[Kind] = field(default_factory=frozenset)

    @property
    def label(self) -> str:
        """How a figure names its policy: `national-portal@1`."""
        return f"{self.name}@{self.version}"

    def overdue_from(self, due_at: int, periods: Periods) -> int:
        """The first instant at which a case is late; at the due instant, or on the due day, it is not."""
        return due_at + 1 if self.compare is Compare.INSTANT else periods.start_of_next_day(due_at)

    def ended_bucket(self, kind: Kind, ended_at: int, due_at: int, periods: Periods) -> str:
        """Bucket of a case that has ended and has a due instant."""
        if kind in self.unjudged:
            return UNJUDGED[kind]
        if ended_at >= self.overdue_from(due_at, periods):
            return "late"
        if self.early is Early.ALWAYS:
            return "early"
        if self.early is Early.BEFORE:
            limit = due_at if self.compare is Compare.INSTANT else periods.start_of_day(due_at)
            return "early" if ended_at < limit else "on_time"
        return "on_time"

    def waiting_late_since(
        self, requested_at: int, requests: Sequence[int], due_at: int, periods: Periods
    ) -> int | None:
        """Since when an open case that waits for the applicant is late; None: it is paused. Time does not change it.

        Args:
            requested_at: of the first request that is still open.
            requests: when the applicant was asked for a supplement, in their order.
        """
        if self.waiting_judged is Waiting.IN_TIME:
            return None
        overdue_from = self.overdue_from(due_at, periods)
        if requested_at >= overdue_from:
            return overdue_from
        if self.max_requests is not None and len(requests) > self.max_requests:
            return max(requested_at, requests[self.max_requests])
        return None

    def course(self, at: int, due_at: int, periods: Periods) -> list[tuple[int, str]]:
        """Buckets of an open case that does not wait, from `at` on: since when, and which; nothing else happens."""
        overdue_from = self.overdue_from(due_at, periods)
        if at >= overdue_from:
            return [(at, "overdue")]
        if not self.due_soon_ms:
            return [(at, "in_time"), (overdue_from, "overdue")]
        soon_from = due_at - self.due_soon_ms
        if at >= soon_from:
            return [(at, "due_soon"), (overdue_from, "overdue")]
        return [(at, "in_time"), (soon_from, "due_soon"), (overdue_from, "overdue")]
