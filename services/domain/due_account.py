"""Why the due instants of a case are those: the source's appointment, the one that the law gives, and how they differ.

A due instant is told as it was when the case was judged by it: of an ended case with the facts dated up to the end of
the track. Source: DESIGN 6; `domain/deadlines.md`, 1; `DECISIONS.md`, 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from egovhub.events import Fact

from services.domain.calendar import Calendar, UncoveredDate
from services.domain.case import UNKNOWN, CaseState
from services.domain.deadline import Extension, Step, Supplement, explain_due
from services.domain.law import Law
from services.domain.policy import Stands
from services.domain.procedures import Procedure
from services.domain.rule_sets import RuleSet


class Missing(StrEnum):
    """Why the law gives no due instant."""

    NO_CLOCK = "no-clock"
    """The case is neither accepted nor received."""
    NO_PROCEDURE = "no-procedure"
    """No fact names one."""
    NO_LIMIT = "no-limit"
    """The table of procedures has none for it."""
    NO_CALENDAR = "no-calendar"
    """The registry does not know whose days the unit works."""
    NO_RULE_SET = "no-rule-set"
    """No decree was in force when the clock started."""
    UNCOVERED = "uncovered-date"
    """The calendar does not reach."""


class Basis(NamedTuple):
    """What the law computes a due instant from: the arguments of `due_instant` and `explain_due`."""

    procedure: Procedure
    rules: RuleSet
    calendar: Calendar
    started_at: int
    supplements: list[Supplement]
    extensions: list[Extension]


@dataclass(frozen=True, slots=True)
class DueAccount:
    """The due instants by which one or both tracks were judged.

    Args:
        stands: the tracks.
        judged_at: facts dated later play no part.
        source_at: the source's last appointment; `given_by`: the number of the fact that gave it.
        credit_ms: waiting for supplements, added to it by the policies that credit it.
        computed_at: what the law gives; None: `missing` says why.
        rule_set, rule_source: the decree it is computed under, and where it stands; None if it is not got so far.
        steps: how it is computed; without a due instant, as far as one gets.
        difference_ms: by how much the source's appointment lies after the computed one; negative: before.
        difference_working_seconds: the same in working time; None if the calendar does not reach.
    """

    stands: tuple[Stands, ...]
    judged_at: int
    source_at: int | None
    given_by: int | None
    credit_ms: int
    computed_at: int | None
    missing: Missing | None
    rule_set: str | None
    rule_source: str | None
    steps: tuple[Step, ...]
    difference_ms: int | None
    difference_working_seconds: int | None


def basis_of(case: CaseState, law: Law) -> Basis | Missing:
    """What the due instant of a case is computed from as it is, or why it cannot be."""
    starts_at = case.clock_starts_at
    if starts_at is None:
        return Missing.NO_CLOCK
    if case.procedure == UNKNOWN:
        return Missing.NO_PROCEDURE
    procedure = law.procedure_of(case.procedure, case.ruling_unit, starts_at)
    if procedure is None or procedure.limit is None:
        return Missing.NO_LIMIT
    calendar = law.calendar_of(case.unit)
    if calendar is None:
        return Missing.NO_CALENDAR
    rules = law.rule_sets.on(law.periods.day_of(starts_at))
    if rules is None:
        return Missing.NO_RULE_SET
    waits = [p for p in case.pauses if p.reason == "supplement" and p.is_completed]
    apology_at = min(case.apologies, default=None)
    return Basis(
        procedure,
        rules,
        calendar,
        starts_at,
        [Supplement(p.since, p.until) for p in waits],
        [Extension(e.at, e.due_at, apology_at) for e in case.extensions],
    )


def account_of(
    case: CaseState,
    stands: tuple[Stands, ...],
    judged_at: int,
    own: Sequence[Fact],
    numbers: Mapping[tuple[str, str], int],
    law: Law,
) -> DueAccount:
    """The due instants of a case as it was when it was judged.

    Args:
        case: with the facts dated up to `judged_at`.
        own: the owner's live facts in fold order.
        numbers: of facts, by (source, event id).
    """
    basis = basis_of(case, law)
    computed_at, missing, steps = _computed(basis)
    given = next((f for f in reversed(own) if f.due_at is not None and f.occurred_at <= judged_at), None)
    difference_ms, working = None, None
    if case.due_source is not None and computed_at is not None and isinstance(basis, Basis):
        difference_ms = case.due_source - computed_at
        working = _working_seconds(basis.calendar, computed_at, case.due_source)
    rules = basis.rules if isinstance(basis, Basis) else None
    return DueAccount(
        stands,
        judged_at,
        case.due_source,
        None if given is None else numbers[given.source, given.event_id],
        case.credit_ms,
        computed_at,
        missing,
        None if rules is None else rules.name,
        None if rules is None else rules.source,
        steps,
        difference_ms,
        working,
    )


def _computed(basis: Basis | Missing) -> tuple[int | None, Missing | None, tuple[Step, ...]]:
    """The due instant, or why there is none, and the steps to it."""
    if not isinstance(basis, Basis):
        return None, basis, ()
    try:
        steps = explain_due(*basis)
    except UncoveredDate as error:
        return None, Missing.UNCOVERED, (Step(str(error), None, error.calendar),)
    return [step.instant for step in steps if step.is_due][-1], None, tuple(steps)


def _working_seconds(calendar: Calendar, since: int, until: int) -> int | None:
    """Working time from one instant to another, negative if that lies before; None if the calendar does not reach."""
    try:
        return calendar.between(since, until) - calendar.between(until, since)
    except UncoveredDate:
        return None
