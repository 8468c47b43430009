"""The due instant of a case, computed from its procedure's limit, and why it is that one.

All instants are milliseconds since the epoch. A limit counts from reception; a completed supplement begins it anew or
adds the waiting, as the procedure says; one extension with a timely apology sets a new appointment.
Source: Decree 118/2025/NĐ-CP (before 2025-07-01 Decree 61/2018/NĐ-CP); `domain/deadlines.md`, 1.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, NamedTuple

from services.domain.calendar import EPOCH, MILLISECOND, Calendar, DayNote, Limit, LimitUnit
from services.domain.procedures import RESTART, Procedure
from services.domain.rule_sets import RuleSet

NO_APOLOGY: Final = "no apology early enough before the due instant"
NOT_THE_FIRST: Final = "there is at most one new appointment"

Interval = tuple[int, int]
"""First and last instant, in milliseconds since the epoch."""


class Supplement(NamedTuple):
    """The applicant was asked for something at one instant and gave it at another; None: not yet."""

    requested_at: int
    completed_at: int | None


class Extension(NamedTuple):
    """A new appointment: when it was made, for when, and when the apology for it was sent; None: never."""

    at: int
    due_at: int
    apology_at: int | None


class Step(NamedTuple):
    """One step of an explanation.

    Args:
        what: what happened, or the rule that was applied.
        instant: when, or what the rule gave; None for the limit itself.
        source: of the rule.
        is_due: whether `instant` is the due instant from this step on.
        days: which days a limit counted.
    """

    what: str
    instant: int | None
    source: str
    is_due: bool = False
    days: tuple[DayNote, ...] = ()


def due_instant(
    procedure: Procedure,
    rules: RuleSet,
    calendar: Calendar,
    started_at: int,
    supplements: Sequence[Supplement] = (),
    extensions: Sequence[Extension] = (),
) -> int | None:
    """The last instant at which the case is on time; None if the procedure has no known limit.

    A same-day case is due at the closing of its working day; received after 15:00 (`RuleSet.hand_on_after`) at that of
    the next one. For all other limits the 15:00 rule moves the hand-over to the agency and not the limit. What is
    received outside working time counts from the next session. A supplement that is not completed moves nothing.

    Args:
        started_at: when the clock starts: the reception.
        supplements: in any order; they may overlap, and count once.
        extensions: in the order of the fold. The first with a timely apology holds, all others are ignored.

    Raises:
        UncoveredDate: if the count leaves the calendar.
        Source: Decree 118/2025/NĐ-CP; `domain/deadlines.md`, 1.
    """
    if procedure.limit is None:
        return None
    if not supplements and not extensions:
        return _counted(procedure, rules, calendar, started_at)
    pauses = _completed(supplements)
    extension = valid_extension(procedure, rules, calendar, started_at, pauses, extensions)
    if extension is None:
        return _due(procedure, rules, calendar, started_at, pauses)
    return _due_after(procedure, rules, calendar, started_at, pauses, extension)


def valid_extension(
    procedure: Procedure,
    rules: RuleSet,
    calendar: Calendar,
    started_at: int,
    pauses: Sequence[Interval],
    extensions: Iterable[Extension],
) -> Extension | None:
    """The one extension that holds: the first whose apology came early enough before the due that then stood.

    Args:
        pauses: the completed supplements.

    Source: Decree 118/2025/NĐ-CP: at least 1 day before expiry, at most one new appointment.
    """
    for extension in extensions if rules.new_appointments else ():
        if extension.apology_at is not None:
            stood = _due(procedure, rules, calendar, started_at, _completed_by(extension.at, pauses))
            if extension.apology_at <= stood - rules.apology_ahead_ms:
                return extension
    return None


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time as intervals that neither overlap nor touch, in order; what is empty is left out."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def wall_ms(intervals: Iterable[Interval]) -> int:
    """How long the union of intervals is on the clock, in milliseconds."""
    return sum(end - start for start, end in union(intervals))


def working_seconds(calendar: Calendar, intervals: Iterable[Interval]) -> int:
    """How much working time the union of intervals holds, in seconds."""
    return sum(calendar.between(start, end) for start, end in union(intervals))


def net_working_seconds(calendar: Calendar, start: int, end: int, pauses: Iterable[Interval]) -> int:
    """Working time from start to end without that of the pauses within; 0 if end is not after start."""
    return calendar.between(start, end) - working_seconds(calendar, _clipped(pauses, start, end))


def explain_due(
    procedure: Procedure,
    rules: RuleSet,
    calendar: Calendar,
    started_at: int,
    supplements: Sequence[Supplement] = (),
    extensions: Sequence[Extension] = (),
) -> list[Step]:
    """How `due_instant` came about, step by step: the last due instant among the steps is the one that holds.

    Raises:
        UncoveredDate: if the count leaves the calendar.
    """
    steps = [_limit_step(procedure)]
    if procedure.limit is None:
        return steps
    pauses = _completed(supplements)
    held = valid_extension(procedure, rules, calendar, started_at, pauses, extensions)
    before = pauses if held is None else _completed_by(held.at, pauses)
    steps += _counted_steps(procedure, rules, calendar, "received", started_at)
    steps += _supplement_steps(procedure, rules, calendar, started_at, [], before, None)
    if held is not None:
        steps.append(
            Step("extended, apology in time: the new appointment", held.due_at, rules.source, is_due=True)
        )
        steps += _supplement_steps(procedure, rules, calendar, started_at, before, pauses, held)
    place = len(extensions) if held is None else extensions.index(held)
    steps += [_ignored_step(extension, NO_APOLOGY, rules) for extension in extensions[:place]]
    return steps + [_ignored_step(extension, NOT_THE_FIRST, rules) for extension in extensions[place + 1 :]]


def _counted(procedure: Procedure, rules: RuleSet, calendar: Calendar, at: int) -> int:
    """The due instant of a limit whose clock starts at an instant, without any shift."""
    assert procedure.limit is not None
    if not procedure.is_same_day:
        return calendar.add(at, procedure.limit)
    opened = calendar.opening(at)
    return calendar.closing(
        calendar.add_working_days(calendar.day_of(opened), _days_on(procedure, rules, calendar, opened))
    )


def _days_on(procedure: Procedure, rules: RuleSet, calendar: Calendar, opened: int) -> int:
    """How many working days after its reception a same-day case counts as received."""
    if not procedure.after_15h:
        return 0
    wall = (EPOCH + opened * MILLISECOND).astimezone(calendar.zone)
    return int(wall.time() > rules.hand_on_after)


def _due(
    procedure: Procedure, rules: RuleSet, calendar: Calendar, started_at: int, pauses: Sequence[Interval]
) -> int:
    """The due instant after completed supplements and without an extension."""
    if not pauses:
        return _counted(procedure, rules, calendar, started_at)
    if procedure.supplement == RESTART:
        return _counted(procedure, rules, calendar, _restarted_at(started_at, pauses))
    due = _counted(procedure, rules, calendar, started_at)
    return _shifted(procedure, calendar, due, _waited(procedure, calendar, started_at, pauses))


def _due_after(
    procedure: Procedure,
    rules: RuleSet,
    calendar: Calendar,
    started_at: int,
    pauses: Sequence[Interval],
    extension: Extension,
) -> int:
    """The due instant after an extension: its appointment, moved by what was completed after it was made."""
    before = _completed_by(extension.at, pauses)
    if len(before) == len(pauses):
        return extension.due_at
    if procedure.supplement == RESTART:
        return _due(procedure, rules, calendar, started_at, pauses)
    waited = _waited(procedure, calendar, started_at, pauses) - _waited(
        procedure, calendar, started_at, before
    )
    return _shifted(procedure, calendar, extension.due_at, waited)


def _waited(procedure: Procedure, calendar: Calendar, started_at: int, pauses: Sequence[Interval]) -> int:
    """The waiting since the clock started: working seconds for a limit of working time, else milliseconds."""
    clipped = _clipped(pauses, calendar.opening(started_at), None)
    return working_seconds(calendar, clipped) if _is_working_time(procedure) else wall_ms(clipped)


def _shifted(procedure: Procedure, calendar: Calendar, due: int, waited: int) -> int:
    """The due instant and the waiting, each in the measure of the limit; a day off rolls forward."""
    if not waited:
        return due
    if _is_working_time(procedure):
        return calendar.add_seconds(due, waited)
    moved = due + waited
    day = calendar.day_of(moved)
    if calendar.is_working(day):
        return moved
    return calendar.start_of_day(calendar.add_working_days(day, 1)) + moved - calendar.start_of_day(day)


def _is_working_time(procedure: Procedure) -> bool:
    assert procedure.limit is not None
    unit = procedure.limit.unit
    return unit is LimitUnit.WORKING_DAYS or unit is LimitUnit.HOURS


def _restarted_at(started_at: int, pauses: Sequence[Interval]) -> int:
    """The end of the last completed supplement, unless the clock started later."""
    return max(started_at, *(end for _, end in pauses))


def _completed(supplements: Iterable[Supplement]) -> list[Interval]:
    return [(asked, given) for asked, given in supplements if given is not None and given >= asked]


def _completed_by(at: int, pauses: Sequence[Interval]) -> list[Interval]:
    return [pause for pause in pauses if pause[1] <= at]


def _clipped(intervals: Iterable[Interval], start: int, end: int | None) -> list[Interval]:
    return [(max(a, start), b if end is None else min(b, end)) for a, b in intervals]


def _limit_step(procedure: Procedure) -> Step:
    limit = procedure.limit
    if limit is None:
        what = "no limit is known"
    elif procedure.is_same_day:
        what = "limit: the day of reception"
    else:
        what = f"limit: {limit.amount} {limit.unit.replace('_', ' ')}"
    of = f"{procedure.stem} ({', '.join(procedure.levels)})"
    since = f" from {procedure.valid_from}" if procedure.valid_from > date.min else ""
    set_by = f" set by {procedure.scope}" if procedure.scope else ""
    return Step(f"{what}, {of}{since}{set_by}", None, f"{procedure.source} ({procedure.verified})")


def _counted_steps(
    procedure: Procedure, rules: RuleSet, calendar: Calendar, what: str, at: int
) -> list[Step]:
    """From the start of the clock to the due instant that it gives."""
    assert procedure.limit is not None
    steps = [Step(what, at, "the case")]
    opened = calendar.opening(at)
    if opened != at:
        steps.append(
            Step("outside working time: the clock starts with the next session", opened, calendar.name)
        )
    due = _counted(procedure, rules, calendar, at)
    limit = procedure.limit
    if procedure.is_same_day:
        limit = Limit(_days_on(procedure, rules, calendar, opened), LimitUnit.WORKING_DAYS)
        if limit.amount:
            steps.append(
                Step(
                    f"received after {rules.hand_on_after:%H:%M}: counts on the next working day",
                    opened,
                    rules.source,
                )
            )
    *days, last = calendar.explain(at, limit)
    if procedure.is_same_day:
        since = max(opened, calendar.start_of_day(last.day))
        last = last._replace(seconds=calendar.between(since, due))
    return [*steps, Step("due", due, procedure.source, is_due=True, days=(*days, last))]


def _supplement_steps(
    procedure: Procedure,
    rules: RuleSet,
    calendar: Calendar,
    started_at: int,
    before: Sequence[Interval],
    pauses: Sequence[Interval],
    held: Extension | None,
) -> list[Step]:
    """What the supplements completed since those `before` do to the due instant."""
    if len(pauses) == len(before):
        return []
    if procedure.supplement == RESTART:
        again = _restarted_at(started_at, pauses)
        return _counted_steps(
            procedure, rules, calendar, "supplement completed: the limit begins anew", again
        )
    due = (
        _due(procedure, rules, calendar, started_at, pauses)
        if held is None
        else _due_after(procedure, rules, calendar, started_at, pauses, held)
    )
    waited = _waited(procedure, calendar, started_at, pauses) - _waited(
        procedure, calendar, started_at, before
    )
    unit = "working seconds" if _is_working_time(procedure) else "milliseconds"
    return [
        Step(f"due, moved by {waited} {unit} of waiting for supplements", due, procedure.source, is_due=True)
    ]


def _ignored_step(extension: Extension, why: str, rules: RuleSet) -> Step:
    return Step(f"extension ignored: {why}", extension.at, rules.source)
