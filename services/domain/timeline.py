"""Walks the instants of one case, judges it at each of them, and books what changes.

A case is walked once for both tracks: for some policies finishing at the agency ends it, for others the hand-over of
the result. On each track a case is in one joint bucket, one bucket per policy. Only cases of administrative procedures
are counted in the buckets; a document or a petition is judged alike, but its figures are those of its own domain.
Source: DESIGN 5 "Cells" and 6.
"""

from collections.abc import Sequence
from typing import Final

from egovhub.events import Fact

from services.domain.case import STARTS, UNKNOWN, CaseState
from services.domain.dues import Dues
from services.domain.law import Law
from services.domain.policy import Stands
from services.domain.sums import Sums
from services.domain.track import Holder, Track

ORPHAN: Final = "orphan"

PROCEDURES: Final = frozenset(
    {"onestop", "civil-status", "judicial-records", "business-registration", "budget-codes"}
)
"""The domains whose cases are administrative procedures (TTHC); the others have documents, petitions and records."""

_IS_START: Final = frozenset(STARTS)


class Timeline:
    """One case, walked up to an instant.

    Attributes:
        case: as the facts left it.
        judged: as it was when the end that stands was judged; None while it is open on the first track.
        started_at: instant of the first fact from which it counts; None: it is an orphan.
        domain: of that fact.
        holders: who executed it since then, in their order.
    """

    __slots__ = (
        "_law",
        "case",
        "domain",
        "dues",
        "holders",
        "judged",
        "main",
        "started_at",
        "sums",
        "tracks",
    )

    def __init__(self, case_id: str, law: Law) -> None:
        self._law = law
        self.case = CaseState(case_id)
        self.dues = Dues(self.case, law)
        self.sums = Sums(law)
        self.holders: list[Holder] = []
        self.main = Track(Stands.PROCESSING, self.case, self.dues, self.holders, law, self.sums)
        self.tracks = (
            self.main,
            Track(Stands.HAND_OVER, self.case, self.dues, self.holders, law, self.sums),
        )
        self.judged: CaseState | None = None
        self.started_at: int | None = None
        self.domain: str | None = None

    def run(self, past: Sequence[Fact], earliest: int, as_of: int) -> int | None:
        """Book everything up to `as_of`; returns the instant at which time alone changes the case next.

        Args:
            past: the owner's facts up to `as_of`, in fold order.
            earliest: the instant of the earliest fact of any source.
        """
        start = next((fact for fact in past if fact.kind in _IS_START), None)
        sums = self.sums
        if start is None:
            sums.add(UNKNOWN, UNKNOWN, earliest, ORPHAN, 1)
            return None
        at = self.started_at = start.occurred_at
        self.domain = start.domain
        if start.domain not in PROCEDURES:
            for track in self.tracks:
                track.set_apart()
        self.holders.append(Holder(at, UNKNOWN, None))
        if earliest < at:
            sums.add(UNKNOWN, UNKNOWN, earliest, ORPHAN, 1)
            sums.add(UNKNOWN, UNKNOWN, at, ORPHAN, -1)
        case, unit_at = self.case, self._law.organisations.unit_at
        for fact in past:
            occurred_at = fact.occurred_at
            if occurred_at > at:
                self._book(at, occurred_at)
                self._cross_edges(occurred_at - 1, occurred_at)
                at = occurred_at
            case.apply(fact, unit_at)
            if fact.unit is not None:
                self._hold(occurred_at, case.unit, named_at=occurred_at)
        self._book(at, None)
        self._cross_edges(as_of, None)
        changes = [change for track in self.tracks if (change := track.stand(as_of)) is not None]
        if (edge := self._edge()) is not None:
            changes.append(edge)
        if self.judged is None:
            self._show()
        self.shown.buckets = (*self.main.buckets, *self.tracks[1].buckets)
        return min(changes, default=None)

    @property
    def shown(self) -> CaseState:
        """The case as its figures have it: an ended one as it was when its end was judged."""
        return self.judged or self.case

    def _book(self, at: int, until: int | None) -> None:
        """All facts of an instant are applied; `until` is the instant of the next ones, None: there are none."""
        case, main = self.case, self.main
        organisations = self._law.organisations
        while (edge := organisations.ends_at(case.unit)) is not None and edge <= at:
            case.unit = organisations.successor(case.unit)
            self._hold(edge, case.unit)
        if case.ruling_unit == UNKNOWN or case.clock_starts_at == at:
            case.ruling_unit = case.unit
        month_of = self._law.periods.month_of
        is_passing = until is not None and month_of(at) == month_of(until)
        main.book(at, case.processing_end, is_passing=is_passing)
        self.tracks[1].book(at, case.hand_over_end, is_passing=is_passing)
        if main.end is None:
            self.judged = None
        elif self.judged is None or self.judged.processing_end != main.end:
            self._show()
            self.judged = case.copy()

    def _hold(self, since: int, unit: str, named_at: int | None = None) -> None:
        """Another unit executes the case; whoever did so before the case counted is forgotten."""
        holders = self.holders
        if holders[-1].unit == unit:
            return
        exists_from = self._law.organisations.starts_at(unit)
        if named_at is not None and exists_from is not None and named_at < exists_from:
            exists_from = named_at
        assert self.started_at is not None
        if since <= self.started_at:
            holders.clear()
        holders.append(Holder(max(since, self.started_at), unit, exists_from))

    def _edge(self) -> int | None:
        """When the case's unit ceases; None if it does not, or if the case is closed on both tracks."""
        if self.main.is_open or self.tracks[1].is_open:
            return self._law.organisations.ends_at(self.case.unit)
        return None

    def _cross_edges(self, last: int, until: int | None) -> None:
        """Hand an open case on whenever its unit ceases, up to and including an instant; `until` as for `_book`."""
        while (edge := self._edge()) is not None and edge <= last:
            self._book(edge, until)

    def _show(self) -> None:
        """Put what the first policy says into the state that is shown."""
        case, main, dues = self.case, self.main, self.dues
        case.due_computed = dues.computed()
        case.due_at = dues.of(main.policies[0])
        case.bucket = main.buckets[0]
        case.reason = dues.reason if case.bucket == "unknown" else None
