"""Which rules of the law a case exercised, judged from its facts and the oracle's answers alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from egovhub.events import Fact, Kind

from tests.oracle import readings
from tests.oracle.facts import heard_by, in_fold_order, living, owner_at
from tests.oracle.generate import HOUR, Drawn
from tests.oracle.oracle import Opinion, opinion
from tests.oracle.reference import Reference, Row
from tests.oracle.snapshot import Snapshot
from tests.oracle.waiting import Pause
from tests.oracle.worktime import Uncovered

DAY = 24 * HOUR


@dataclass
class Sight:
    """One case as it was told, and everything that was answered about it."""

    drawn: Drawn
    opinion: Opinion
    reference: Reference
    law: Reference
    heard: list[Fact]
    live: list[Fact]
    own: list[Fact]

    @cached_property
    def known(self) -> list[Snapshot]:
        return [answer for _, answer in self.opinion.answers if answer.phase == "known"]

    @cached_property
    def pauses(self) -> list[Pause]:
        return [pause for answer in self.known[-1:] for pause in answer.pauses]

    @cached_property
    def kinds(self) -> list[Kind]:
        return [fact.kind for fact in self.own if fact.occurred_at <= self.drawn.as_of]

    @cached_property
    def rules(self) -> list[dict[str, object]]:
        """The rows of the table of procedures that ruled the case at one time or another."""
        found = []
        told = [fact for fact in self.own if fact.occurred_at <= self.drawn.as_of]
        holders = self.law.units.holders(told, self.drawn.as_of) if told else []
        for answer in self.known:
            if answer.start is not None:
                holder = readings.ruling_holder(holders, answer.start)
                level, path = self.law.units.level(holder.unit), self.law.units.path(holder.unit)
                rule = self.law.procedures.rule(answer.procedure, level, self.law.day_of(answer.start), path)
                found += [rule] if rule else []
        return found


def sight(drawn: Drawn, answer: Opinion, reference: Reference) -> Sight:
    law = reference.at(drawn.known_at)
    heard = heard_by(drawn.known, drawn.known_at)
    live = living(heard)
    own = in_fold_order([fact for fact in live if fact.source == owner_at(law.owners, fact)])
    return Sight(drawn, answer, reference, law, heard, live, own)


def clock_of(case: Sight, answer: Snapshot) -> float:
    """The clock, in hours, at which the case came in on a working day; -1 if it was none or nobody knows."""
    work = case.law.calendars.processing(answer.unit)
    if answer.start is None or work is None or answer.due_computed is None:
        return -1.0
    day = work.day_of(answer.start)
    try:
        is_working = bool(work.sessions(day))
    except Uncovered:
        return -1.0
    return (answer.start - work.midnight(day)) / HOUR if is_working else 24.0


def is_due_on_half_day(case: Sight) -> bool:
    """Whether a computed due instant falls on a day that ends at noon."""
    for answer in case.known:
        work = case.law.calendars.processing(answer.unit)
        due = answer.due_computed
        if work is not None and due is not None and answer.start is not None:
            try:
                sessions = work.sessions(work.day_of(due))
            except Uncovered:
                continue
            if len(sessions) == 1:
                return True
    return False


def started(test: Callable[[float], bool]) -> Callable[[Sight], bool]:
    return lambda case: any(test(clock_of(case, answer)) for answer in case.known[-1:])


def is_ruled(
    field: str, value: object, also: Callable[[Sight], bool] = lambda case: True
) -> Callable[[Sight], bool]:
    """Whether a rule with this field gave a due instant of a case of which something else is true as well."""

    def is_seen(case: Sight) -> bool:
        is_due = any(answer.due_computed is not None for answer in case.known)
        return is_due and also(case) and any(rule[field] == value for rule in case.rules)

    return is_seen


def is_under(test: Callable[[Row], bool]) -> Callable[[Sight], bool]:
    """Whether a due instant was computed under a decree of which something is true."""

    def is_seen(case: Sight) -> bool:
        starts = {answer.start for answer in case.known if answer.due_computed is not None}
        decrees = [case.law.rule_set(case.law.day_of(start)) for start in starts if start is not None]
        return any(decree is not None and test(decree) for decree in decrees)

    return is_seen


def has_pause(test: Callable[[Pause], bool]) -> Callable[[Sight], bool]:
    return lambda case: any(test(pause) for pause in case.pauses)


def is_closed_by(kind: Kind) -> Callable[[Sight], bool]:
    def is_seen(case: Sight) -> bool:
        told = [fact for fact in case.own if fact.occurred_at <= case.drawn.as_of]
        return any(p.why == "supplement" and p.place >= 0 and told[p.place].kind is kind for p in case.pauses)

    return is_seen


def overlaps(case: Sight) -> bool:
    spans = sorted((p.begin, case.drawn.as_of if p.end is None else p.end) for p in case.pauses)
    return any(second[0] < first[1] for first, second in pairwise(spans))


def moved_by(test: Callable[[Sight, str, str], bool]) -> Callable[[Sight], bool]:
    """Whether the executing unit changed, from one to another that a test tells apart, with no fact at the instant."""

    def is_seen(case: Sight) -> bool:
        told = {fact.occurred_at for fact in case.live}
        return any(
            at not in told and before.unit != now.unit and test(case, before.unit, now.unit)
            for (_, before), (at, now) in pairwise(case.opinion.answers)
            if before.phase == now.phase == "known"
        )

    return is_seen


def is_charged_elsewhere(track: int, *, is_ended: bool) -> Callable[[Sight], bool]:
    """Whether a late case stayed with a unit that no longer executes it."""
    return lambda case: any(
        answer.sides[track].unit != answer.unit
        and answer.sides[track].is_late
        and (answer.sides[track].end is not None) is is_ended
        for answer in case.known
    )


def named_when(case: Sight, test: Callable[[list[str], str, int], bool]) -> bool:
    """Whether a fact named a code with rows in the registry, and a test holds of first days, code and instant."""
    units = case.law.units
    return any(
        fact.unit in units.codes
        and test([units.resolve(fact.unit, fact.occurred_at)], fact.unit, fact.occurred_at)
        for fact in case.own
        if fact.unit is not None
    )


def is_before_first_day(case: Sight) -> bool:
    units = case.law.units
    return named_when(case, lambda ids, code, at: (units.holder(ids[0], 0).exists_from or at) > at)


def is_after_last_day(case: Sight) -> bool:
    return named_when(case, lambda ids, code, at: ids[0].split("@")[0] != code)


def is_reused(case: Sight) -> bool:
    """Whether one code meant two units in one case."""
    named = {
        (f.unit, case.law.units.resolve(f.unit, f.occurred_at))
        for f in case.own
        if f.unit in case.law.units.codes
    }
    meant = [code for code, unit in named if unit.split("@")[0] == code]
    return len(meant) > len(set(meant))


def extends(case: Sight) -> list[Fact]:
    return [f for f in case.own if f.kind is Kind.EXTENDED and f.due_at and f.occurred_at <= case.drawn.as_of]


def is_extended(case: Sight) -> bool:
    """Whether a new appointment became the computed due instant."""
    return any(answer.due_computed == fact.due_at for answer in case.known for fact in extends(case))


def is_second_ignored(case: Sight) -> bool:
    return len({f.due_at for f in extends(case)}) > 1 and is_extended(case)


def is_without_apology(case: Sight) -> bool:
    """Whether a computed due instant stood although a new appointment was made."""
    dues = {answer.due_computed for answer in case.known[-1:]} - {None}
    return bool(dues) and bool(extends(case)) and not is_extended(case)


def is_apology_late(case: Sight) -> bool:
    return is_without_apology(case) and Kind.APOLOGY_SENT in case.kinds


def follows(*kinds: Kind) -> Callable[[Sight], bool]:
    """Whether the kinds occur in this order among the owner's facts."""

    def is_seen(case: Sight) -> bool:
        rest = iter(case.kinds)
        return all(any(kind is wanted for kind in rest) for wanted in kinds)

    return is_seen


def ended_before_start(case: Sight) -> bool:
    return any(
        part.end is not None and answer.received_at is not None and part.end[1] < answer.received_at
        for answer in case.known
        for part in answer.sides
    )


def has_versions(test: Callable[[Fact, Fact], bool]) -> Callable[[Sight], bool]:
    def is_seen(case: Sight) -> bool:
        return any(
            one.source == other.source and one.event_id == other.event_id and test(one, other)
            for i, one in enumerate(case.heard)
            for other in case.heard[i + 1 :]
        )

    return is_seen


def is_equal_but(one: Fact, other: Fact) -> bool:
    same = (one.source_sequence, one.recorded_at) == (other.source_sequence, other.recorded_at)
    return same and one != other


def is_revision(one: Fact, other: Fact) -> bool:
    return (one.source_sequence, one.recorded_at) != (other.source_sequence, other.recorded_at)


def is_differently_known(case: Sight) -> bool:
    return len(case.heard) < len(case.drawn.known)


def is_law_older(case: Sight) -> bool:
    """Whether the same facts give another due instant or unit by what is known today of the reference data."""
    if case.law is case.reference or not any(answer.due_computed for answer in case.known):
        return False
    by_today = opinion([(fact, None) for fact in case.heard], case.drawn.as_of, case.reference).last
    then = case.opinion.last
    return (by_today.due_computed, by_today.unit) != (then.due_computed, then.unit)


def is_left_to_several(case: Sight, old: str, new: str) -> bool:
    return new.startswith(readings.UNASSIGNED) and not is_left_without_row(case, old, new)


def is_left_without_row(case: Sight, old: str, new: str) -> bool:
    return not case.law.units.heirs_by_row(case.law.units.rows[old])
