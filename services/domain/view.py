"""What an indicator sees of a case when it counts it, and where it books what it counts.

Source: DESIGN 5, "Cells": a case contributes integers to unit, procedure and period, charged to the unit then.
"""

from collections.abc import Callable, Mapping, Sequence

from egovhub.events import Fact, Kind

from services.domain.calendar import Calendar, UncoveredDate
from services.domain.case import CaseState
from services.domain.law import Law
from services.domain.sums import Sums
from services.domain.timeline import PROCEDURES, Timeline
from services.domain.track import Place


class CaseView:
    """A case that counts, at one instant.

    Attributes:
        domain: of the fact from which the case counts.
        is_procedure: the case is an administrative procedure, and no document, petition or record.
        facts: the owner's facts up to `as_of`, in fold order.
        others: facts of other sources up to `as_of`, in fold order.
        state: as the facts left it.
        judged: as its figures have it; `bucket` is that of the first policy.
        known_since: instant the hub knew a fact, by (source, event id); absent: known from the beginning.
        revisions, conflicts: of its facts.
    """

    __slots__ = (
        "_by_kind",
        "_known",
        "_places",
        "as_of",
        "case_id",
        "conflicts",
        "domain",
        "facts",
        "is_procedure",
        "judged",
        "law",
        "others",
        "revisions",
        "started_at",
        "state",
    )

    def __init__(
        self,
        timeline: Timeline,
        law: Law,
        as_of: int,
        facts: Sequence[Fact],
        others: Sequence[Fact],
        known: Callable[[], Mapping[tuple[str, str], int]],
        versions: tuple[int, int],
    ) -> None:
        assert timeline.started_at is not None
        assert timeline.domain is not None
        self.law, self.as_of = law, as_of
        self.facts, self.others = facts, others
        self.case_id = timeline.case.case_id
        self.domain: str = timeline.domain
        self.is_procedure = self.domain in PROCEDURES
        self.state: CaseState = timeline.case
        self.judged: CaseState = timeline.shown
        self.started_at: int = timeline.started_at
        self.revisions, self.conflicts = versions
        self._places = timeline.main.places
        self._known = known
        self._by_kind: dict[Kind, list[Fact]] | None = None

    @property
    def known_since(self) -> Mapping[tuple[str, str], int]:
        """Instant the hub knew a fact, by (source, event id)."""
        return self._known()

    def of(self, kind: Kind) -> Sequence[Fact]:
        """The owner's facts of one kind, in fold order."""
        by_kind = self._by_kind
        if by_kind is None:
            by_kind = self._by_kind = {}
            for fact in self.facts:
                by_kind.setdefault(fact.kind, []).append(fact)
        return by_kind.get(kind, ())

    def first(self, *kinds: Kind) -> int | None:
        """The instant of the owner's earliest fact of any of these kinds."""
        return min((found[0].occurred_at for kind in kinds if (found := self.of(kind))), default=None)

    def detail(self, name: str) -> object:
        """The last value the owner gave a field of `details`; None if it gave none."""
        for fact in reversed(self.facts):
            value = fact.details.get(name)
            if value is not None:
                return value
        return None

    def place_at(self, at: int) -> Place:
        """Who is charged with the case at an instant; before the first place, the first."""
        places = self._places
        for place in reversed(places):
            if place.since <= at:
                return place
        return places[0]

    def calendar_at(self, at: int) -> Calendar | None:
        """The processing calendar of whoever is charged at an instant."""
        return self.law.calendar_of(self.place_at(at).unit)

    def working_seconds(self, since: int, until: int) -> int | None:
        """Working time between two instants by the calendar of the unit at the second.

        None if there is no calendar, or it does not cover the days.
        """
        calendar = self.calendar_at(until)
        if calendar is None:
            return None
        try:
            return calendar.between(since, until)
        except UncoveredDate:
            return None


class Book:
    """Where an indicator books what it counts of one case."""

    __slots__ = ("_as_of", "_at", "_sums", "_view", "_where", "next_change")

    def __init__(self, sums: Sums, view: CaseView) -> None:
        self._sums, self._view, self._as_of = sums, view, view.as_of
        self._at: int | None = None
        self._where = ("", "", 0)
        self.next_change: int | None = None

    def add(self, counter: str, at: int, n: int = 1) -> None:
        """Count in the month of an instant, for whoever is charged then; nothing after `as_of` is counted."""
        if n and at <= self._as_of:
            if at != self._at:
                place = self._view.place_at(at)
                self._at = at
                self._where = (place.unit, place.procedure, self._sums.month_of(at))
            self._sums.add_month(*self._where, counter, n)

    def level(self, counter: str, since: int, until: int | None) -> None:
        """Hold a level from one instant to another, or on; the counter's name must be that of a level.

        What ends no later than it begins is never held.
        """
        if since > self._as_of or (until is not None and until <= since):
            return
        place = self._view.place_at(since)
        self._sums.add(place.unit, place.procedure, since, counter, 1)
        if until is not None and until <= self._as_of:
            self._sums.add(place.unit, place.procedure, until, counter, -1)

    def change_at(self, at: int) -> None:
        """Time alone changes what is counted at this instant; one that has passed is nothing to wait for."""
        if at > self._as_of and (self.next_change is None or at < self.next_change):
            self.next_change = at
