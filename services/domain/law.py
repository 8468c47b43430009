"""Everything besides facts and the instant that a figure depends on, as known at one instant.

Source: DESIGN, law 1: a figure is a pure function of facts, reference data as known, and `as_of`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.domain.calendar import Calendar
from services.domain.calendars import Calendars
from services.domain.organisations import Organisations
from services.domain.ownership import Owners
from services.domain.periods import Periods
from services.domain.points import Thresholds
from services.domain.policy import Policy, Stands
from services.domain.procedures import Procedure, Procedures
from services.domain.rule_sets import RuleSets

if TYPE_CHECKING:
    from services.domain.view import Book, CaseView


@dataclass(frozen=True, slots=True)
class Backfill:
    """What a source published between two instants of knowledge was history, not news: it did not arrive late."""

    source: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Law:
    """The reference data of one instant of knowledge, ready for use.

    Args:
        policies: in the order of the joint buckets; the first of a track says whether a case of it is late.
        counts: what each indicator counts of a case.
    """

    owners: Owners
    periods: Periods
    policies: tuple[Policy, ...]
    organisations: Organisations
    procedures: Procedures
    calendars: Calendars
    rule_sets: RuleSets
    counts: Sequence[Callable[["CaseView", "Book"], None]] = ()
    backfills: Sequence[Backfill] = ()
    thresholds: Thresholds = field(default_factory=lambda: Thresholds(()))
    _calendars: dict[str, Calendar | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def track(self, stands: Stands) -> tuple[Policy, ...]:
        """The policies that let this end stand, in their order."""
        return tuple(policy for policy in self.policies if policy.stands is stands)

    def procedure_of(self, stem: str, unit: str, received_at: int) -> Procedure | None:
        """The rule of a case, in force on the day it was received; None if the table has none for it."""
        organisations = self.organisations
        day = self.periods.day_of(received_at)
        return self.procedures.rule(stem, organisations.level(unit), day, organisations.path(unit))

    def calendar_of(self, unit: str) -> Calendar | None:
        """The calendar by which a unit works; None if the registry does not know the unit's jurisdiction."""
        try:
            return self._calendars[unit]
        except KeyError:
            organisations = self.organisations
            calendar = self._calendars[unit] = self.calendars.processing(
                organisations.jurisdiction(unit), organisations.path(unit)
            )
            return calendar
