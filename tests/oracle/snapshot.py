"""What a case is at one instant, from scratch, from the facts dated up to it. Source: DESIGN 3 and 6."""

from collections.abc import Sequence
from typing import NamedTuple

from egovhub.events import Fact, Kind

from tests.oracle import readings
from tests.oracle.due import due_computed
from tests.oracle.facts import STARTING
from tests.oracle.reference import Reference
from tests.oracle.units import UNKNOWN, Holder
from tests.oracle.verdict import Judged, Standing, due_for, judge, overdue_from, soon_from
from tests.oracle.waiting import Pause, clipped, pauses, union
from tests.oracle.worktime import Uncovered

TRACKS = ("processing", "hand-over")
LESSER = dict.fromkeys((Kind.REFUSED, Kind.WITHDRAWN, Kind.STOPPED), 3)
RANKS = {
    "processing": {Kind.PROCESSED: 1, Kind.RETURNED: 2} | LESSER,
    "hand-over": {Kind.RETURNED: 2} | LESSER,
}


class Side(NamedTuple):
    """One track of a case at one instant: its end if it has one, its buckets, and who is charged."""

    end: tuple[Kind, int] | None
    buckets: tuple[str, ...]
    unit: str
    is_late: bool = False


class Snapshot(NamedTuple):
    """What the case is at one instant: `phase` is absent, orphan or known.

    `edges` are the instants after this one at which time alone may change the answer.
    """

    phase: str
    unit: str = UNKNOWN
    procedure: str = UNKNOWN
    received_at: int | None = None
    start: int | None = None
    due_source: int | None = None
    due_computed: int | None = None
    reason: str | None = None
    pauses: tuple[Pause, ...] = ()
    sides: tuple[Side, ...] = ()
    edges: tuple[int, ...] = ()


ABSENT = Snapshot("absent")


def snapshot(live: Sequence[Fact], own: Sequence[Fact], at: int, law: Reference) -> Snapshot:
    """The case at one instant; `own` are the owner's facts in fold order."""
    told = [fact for fact in own if fact.occurred_at <= at]
    if not any(fact.kind in STARTING for fact in told):
        return Snapshot("orphan" if any(fact.occurred_at <= at for fact in live) else "absent")
    holders = law.units.holders(told, at)
    named = [fact.procedure for fact in told if fact.procedure is not None]
    procedure = law.procedures.stem(named[-1]) if named else UNKNOWN
    found = tuple(pauses(told))
    due_source = ([None] + [fact.due_at for fact in told if fact.due_at is not None])[-1]
    computed, reason = computed_due(told, found, procedure, holders, law)
    case = Standing(None, due_source, computed, reason, found)
    sides = tuple(side(track, told, case, holders, at, law) for track in TRACKS)
    return Snapshot(
        "known",
        holders[-1].unit,
        procedure,
        received_at(told),
        readings.clock_start(told),
        due_source,
        computed,
        reason,
        found,
        sides,
        edges(case, sides, holders, at, law),
    )


def received_at(told: Sequence[Fact]) -> int:
    received = [f.occurred_at for f in told if f.kind in (Kind.RECEIVED, Kind.ACCEPTED)]
    return min(received or [f.occurred_at for f in told if f.kind is Kind.REGISTERED])


def computed_due(
    told: Sequence[Fact], found: Sequence[Pause], procedure: str, holders: Sequence[Holder], law: Reference
) -> tuple[int | None, str | None]:
    """What the law gives, or why it gives nothing: a known limit without an answer has a reason."""
    start = readings.clock_start(told)
    if start is None or procedure == UNKNOWN:
        return None, None
    ruling = readings.ruling_holder(holders, start).unit
    level, path = law.units.level(ruling), law.units.path(ruling)
    rule = law.procedures.rule(procedure, level, law.day_of(start), path)
    if rule is None or rule["limit"] is None:
        return None, None
    work = law.calendars.processing(holders[-1].unit)
    if work is None:
        return None, "no-calendar"
    decree = law.rule_set(law.day_of(start))
    if decree is None:
        return None, "no-rule-set"
    try:
        return due_computed(rule, decree, work, start, told, found), None
    except Uncovered:
        return None, "uncovered-date"


def side(
    track: str, told: Sequence[Fact], case: Standing, holders: Sequence[Holder], at: int, law: Reference
) -> Side:
    """One track: its end, one bucket per policy, and the unit that is charged."""
    end = end_of(track, told)
    verdicts = [judge(policy, case._replace(end=end), at, law.zone) for policy in law.track(track)]
    first = verdicts[0]
    is_late = first.late_since is not None
    started_at = min(fact.occurred_at for fact in told if fact.kind in STARTING)
    buckets = tuple(verdict.bucket for verdict in verdicts)
    return Side(end, buckets, charged(holders, started_at, first), is_late)


def end_of(track: str, told: Sequence[Fact]) -> tuple[Kind, int] | None:
    """The first end of the best rank since the last recall."""
    recalls = [i for i, fact in enumerate(told) if fact.kind is Kind.RECALLED]
    ranks = RANKS[track]
    ends = [f for f in told[recalls[-1] if recalls else 0 :] if f.kind in ranks]
    first = min(ends, key=lambda f: ranks[f.kind], default=None)
    return None if first is None else (first.kind, first.occurred_at)


def charged(holders: Sequence[Holder], started_at: int, verdict: Judged) -> str:
    """Who is charged: lateness never falls on a unit that did not exist when the case became late.

    Whoever held the case before it counted is charged with nothing.
    """
    before = [holder for holder in holders if holder.since <= started_at]
    chargeable = [*before[-1:], *(holder for holder in holders if holder.since > started_at)]
    if verdict.late_since is None:
        return holders[-1].unit
    return readings.charge(chargeable, readings.became_late(verdict.late_since, started_at)).unit


def edges(
    case: Standing, sides: Sequence[Side], holders: Sequence[Holder], at: int, law: Reference
) -> tuple[int, ...]:
    """When time alone can change the answer: a due instant, the band before it, the end of a unit."""
    if all(part.end is not None for part in sides):
        return ()
    found: list[int | None] = [holders[-1].ends_at]
    for policy in law.policies:
        due = due_for(policy, case)
        if due is not None:
            found += [overdue_from(policy, due, law.zone), soon_from(policy, due)]
    return tuple(sorted({edge for edge in found if edge is not None and edge > at}))


def working_seconds_net(case: Snapshot, since: int, until: int, law: Reference) -> int | None:
    """Working seconds between two instants, without those of the pauses; None: nobody can say.

    Source: deadlines.md, 1; a case without a calendar, or beyond it, has no working time.
    """
    work = law.calendars.processing(case.unit)
    if work is None or until <= since:
        return None if work is None else 0
    spans = [(p.begin, until if p.end is None else p.end) for p in case.pauses]
    try:
        whole = work.working_seconds(since, until)
        waited = [work.working_seconds(*span) for span in clipped(union(spans), since, until)]
    except Uncovered:
        return None
    return whole - sum(waited)
