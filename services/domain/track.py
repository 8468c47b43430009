"""One track of a case: the joint bucket it is in under the policies that let one end stand, and who is charged with it.

An open case leaves a bucket by a fact, by time alone, or when its unit ceases.
Source: DESIGN 5 "Cells" and 6; `domain/indicators.md`, "2.1 exactly".
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from services.domain.case import UNKNOWN, CaseState, End
from services.domain.dues import Dues
from services.domain.law import Law
from services.domain.policy import Policy, Stands
from services.domain.sums import Sums

RECEIVED: Final = "received"
PREFIX: Final = {Stands.PROCESSING: "", Stands.HAND_OVER: "handover."}
"""How the counters of a track begin."""


class Place(NamedTuple):
    """Who is charged from an instant on."""

    since: int
    unit: str
    procedure: str


class Holder(NamedTuple):
    """Who executes a case from an instant on, and since when that unit exists; None: always.

    A unit that a fact names before its first day acts already, whatever the registry calls its beginning.
    """

    since: int
    unit: str
    exists_from: int | None


class Track:
    """One track of a case: the bucket it is in, who is charged with it, and since when."""

    __slots__ = (
        "_case",
        "_course",
        "_dues",
        "_entered",
        "_holders",
        "_is_passing",
        "_law",
        "_month_of",
        "_next",
        "_sums",
        "buckets",
        "end",
        "is_open",
        "places",
        "policies",
        "prefix",
        "procedure",
        "unit",
    )

    def __init__(
        self, stands: Stands, case: CaseState, dues: Dues, holders: list[Holder], law: Law, sums: Sums
    ) -> None:
        self.policies = law.track(stands)
        self.prefix = PREFIX[stands]
        self.unit = self.procedure = UNKNOWN
        self.end: End | None = None
        self.is_open = False
        self.buckets: list[str] = []
        self.places: list[Place] = []
        self._case, self._dues, self._holders, self._law, self._sums = case, dues, holders, law, sums
        self._month_of = law.periods.month_of
        self._course: Sequence[tuple[int, list[str]]] = ()
        self._next = 0
        self._entered = 0
        self._is_passing = False

    def set_apart(self) -> None:
        """The case is no administrative procedure: the bucket it is in is known, and counted nowhere."""
        self._sums = Sums(self._law)

    def book(self, at: int, end: End | None, *, is_passing: bool) -> None:
        """All facts of one instant are applied: book how the track differs from the instant before.

        Args:
            is_passing: the next instant is of the same month, so that where the case stays until then shows nowhere.
        """
        if end is not None and end == self.end:
            return
        if is_passing and end is None and self._is_passing and self._is_where_it_was():
            return
        is_first = not self.places
        was_open = self.is_open
        if was_open:
            self.advance(at)
        unit, procedure = self._charge(at, end), self._case.procedure
        if is_first and not self.prefix:
            self._sums.add(unit, procedure, at, RECEIVED, 1)
        if self.end is not None:
            self._sums.add(unit, procedure, at, self.prefix + "reopened", 1)
        if was_open:
            self._leave(at, unit, procedure)
        if is_first or unit != self.unit or procedure != self.procedure:
            self.places.append(Place(at, unit, procedure))
        self.unit, self.procedure, self.end = unit, procedure, end
        self.is_open = end is None
        self._is_passing = is_passing and end is None
        if end is not None:
            self._finish(end)
        elif is_passing:
            self._course, self._next, self._entered = (), 0, self._month_of(at)
        else:
            self._enter(at)

    def _is_where_it_was(self) -> bool:
        """Whether nobody else can be charged than before: one unit held the case all along."""
        return (
            len(self._holders) == 1
            and self._case.unit == self.unit
            and self._case.procedure == self.procedure
        )

    def _charge(self, at: int, end: End | None) -> str:
        """Who is charged: of all who held the case, the last that existed when it became late; else who executes it.

        Source: DESIGN 6, the as-was view.
        """
        holders = self._holders
        if len(holders) == 1:
            return self._case.unit
        since = self._late_since(at, end)
        if since is None:
            return self._case.unit
        existed = [h for h in holders if h.exists_from is None or h.exists_from <= since]
        return existed[-1].unit if existed else holders[0].unit

    def _late_since(self, at: int, end: End | None) -> int | None:
        """Since when the case is late by the first policy of the track; None if it is not."""
        case, policy, periods = self._case, self.policies[0], self._law.periods
        due_at = self._dues.of(policy)
        if due_at is None:
            return None
        overdue_from = policy.overdue_from(due_at, periods)
        if end is not None:
            late_since = (
                overdue_from if policy.ended_bucket(end.kind, end.at, due_at, periods) == "late" else None
            )
        elif (waits_since := self._waits_since(policy)) is not None:
            late_since = policy.waiting_late_since(waits_since, case.requests, due_at, periods)
        else:
            late_since = overdue_from if at >= overdue_from else None
        return None if late_since is None else max(late_since, self._holders[0].since)

    def _waits_since(self, policy: Policy) -> int | None:
        """Since when the case waits for something the policy heeds."""
        case, waiting = self._case, policy.waiting
        requested_at = case.requested_at if "supplement" in waiting else None
        fee_at = case.fee_requested_at if "fee" in waiting else None
        if requested_at is None or fee_at is None:
            return fee_at if requested_at is None else requested_at
        return min(requested_at, fee_at)

    def _enter(self, at: int) -> None:
        """The case is open from `at` on: lay out the joint buckets it will pass by time alone."""
        case, periods = self._case, self._law.periods
        buckets: list[str] = []
        edges: list[tuple[int, int, str]] = []
        for i, policy in enumerate(self.policies):
            due_at = self._dues.of(policy)
            since = self._waits_since(policy) if policy.waiting else None
            if due_at is None:
                buckets.append(self._dues.missing_bucket())
            elif since is not None:
                late_since = policy.waiting_late_since(since, case.requests, due_at, periods)
                buckets.append("paused" if late_since is None else "overdue")
            else:
                first, *later = policy.course(at, due_at, periods)
                buckets.append(first[1])
                edges += [(edge, i, bucket) for edge, bucket in later]
        course = [(at, buckets)]
        for edge, i, bucket in sorted(edges):
            buckets = [*course[-1][1]]
            buckets[i] = bucket
            if course[-1][0] == edge:
                course[-1] = (edge, buckets)
            else:
                course.append((edge, buckets))
        self._course, self._next, self._entered = course, 1, self._month_of(at)
        self.buckets = course[0][1]

    def advance(self, at: int) -> None:
        """Let time alone pass, up to and including `at`."""
        course = self._course
        while self._next < len(course) and course[self._next][0] <= at:
            edge, buckets = course[self._next]
            month = self._month_of(edge)
            self._leave_bucket(month)
            self._entered = month
            self.buckets = buckets
            self._next += 1

    def _leave(self, at: int, unit: str, procedure: str) -> None:
        month = self._month_of(at)
        self._leave_bucket(month)
        if unit != self.unit or procedure != self.procedure:
            sums, prefix = self._sums, self.prefix
            sums.add_month(self.unit, self.procedure, month, prefix + "transferred_out", 1)
            sums.add_month(unit, procedure, month, prefix + "transferred_in", 1)

    def _leave_bucket(self, month: int) -> None:
        """Book the stay in one joint bucket; one that begins and ends in the same month changes no level."""
        if month != self._entered:
            counter = self.open_counter()
            self._sums.add_month(self.unit, self.procedure, self._entered, counter, 1)
            self._sums.add_month(self.unit, self.procedure, month, counter, -1)

    def open_counter(self) -> str:
        """The level the case is in."""
        return f"{self.prefix}open.{'/'.join(self.buckets)}"

    def _finish(self, end: End) -> None:
        """The case has ended: the end counts in the period of its own instant."""
        periods = self._law.periods
        buckets = []
        for policy in self.policies:
            due_at = self._dues.of(policy)
            buckets.append(
                self._dues.missing_bucket()
                if due_at is None
                else policy.ended_bucket(end.kind, end.at, due_at, periods)
            )
        self.buckets = buckets
        counter = f"{self.prefix}ended.{'/'.join(buckets)}"
        self._sums.add(self.unit, self.procedure, end.at, counter, 1)

    def stand(self, as_of: int) -> int | None:
        """Book where an open case stands at `as_of`; returns when time alone changes that next."""
        if not self.is_open:
            return None
        self.advance(as_of)
        self._sums.add_month(self.unit, self.procedure, self._entered, self.open_counter(), 1)
        return self._course[self._next][0] if self._next < len(self._course) else None
