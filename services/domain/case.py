"""A case is a set of facts: from the facts known, and an instant, to what it adds to every figure.

The order of evaluation is law 2 of the design: facts known, standing version per identity, retractions,
facts dated up to the instant, fold. The result is the case's *timeline* up to `as_of`: what it adds to
which counter of which month, and the next instant at which time alone, or a fact dated ahead, changes that.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final, NamedTuple

from egovhub.events import Fact, Kind, canonical

from services.domain.ownership import Owners
from services.domain.policy import ended_bucket, open_bucket

UNKNOWN: Final = "unknown"
"""Unit or procedure that no fact has named."""

STARTS: Final = frozenset({Kind.REGISTERED, Kind.RECEIVED, Kind.ACCEPTED})
END_RANK: Final = {Kind.PROCESSED: 0, Kind.RETURNED: 1, Kind.REFUSED: 2, Kind.WITHDRAWN: 2, Kind.STOPPED: 2}
"""When a case has several ends the lowest rank stands: finishing at the agency stops the clock, not the hand-over."""

_END_RANK: Final = [END_RANK.get(kind) for kind in Kind]
_IS_START: Final = [kind in STARTS for kind in Kind]

COUNTERS: Final = (
    "received",
    "transferred_in",
    "transferred_out",
    "reopened",
    "ended.on_time",
    "ended.late",
    "ended.no_deadline",
    "ended.unknown",
    "open.in_time",
    "open.overdue",
    "open.no_deadline",
    "open.unknown",
    "orphan",
)
"""Counters of a cell. `open.*` and `orphan` are levels, kept as change points; all others are flows."""

LEVELS: Final = tuple(name.startswith("open.") or name == "orphan" for name in COUNTERS)
_INDEX: Final = {name: i for i, name in enumerate(COUNTERS)}
RECEIVED, TRANSFERRED_IN, TRANSFERRED_OUT, REOPENED = range(4)
ENDED: Final = {b: _INDEX[f"ended.{b}"] for b in ("on_time", "late", "no_deadline", "unknown")}
OPEN: Final = {b: _INDEX[f"open.{b}"] for b in ("in_time", "overdue", "no_deadline", "unknown")}
ORPHAN: Final = _INDEX["orphan"]

Point = tuple[str, str, int, int]
"""Unit, procedure, month, index into `COUNTERS`."""


class Known(NamedTuple):
    """A fact and the instant the hub knew it (the broker's append time), in milliseconds; None: from the beginning."""

    fact: Fact
    known_at: int | None


@dataclass(slots=True)
class CaseState:
    """What is known of a case at one instant of its timeline; instants are milliseconds since the epoch.

    `received_at` is the earliest RECEIVED or ACCEPTED (`is_received`), else the earliest REGISTERED.
    """

    case_id: str
    unit: str = UNKNOWN
    receiving_unit: str | None = None
    procedure: str = UNKNOWN
    channel: str | None = None
    received_at: int | None = None
    is_received: bool = False
    due_at: int | None = None
    ended_at: int | None = None
    end_kind: Kind | None = None
    bucket: str = "orphan"

    def copy(self) -> "CaseState":
        """The same state, apart from this one."""
        return CaseState(
            self.case_id,
            self.unit,
            self.receiving_unit,
            self.procedure,
            self.channel,
            self.received_at,
            self.is_received,
            self.due_at,
            self.ended_at,
            self.end_kind,
            self.bucket,
        )


@dataclass(slots=True)
class Evaluation:
    """The outcome of one case at one instant.

    Args:
        state: None if the case has no fact up to the instant, or its owner voided it.
        contributions: (unit, procedure, month, index into `COUNTERS`) to what the case adds there; never zero.
        next_change: the earliest instant after `as_of` at which the outcome differs; None: only a new fact can.
        revisions: versions of a fact that a greater one replaced.
        conflicts: versions that differ in content alone, equal in sequence and recording time.
    """

    state: CaseState | None
    contributions: dict[Point, int]
    next_change: int | None
    revisions: int = 0
    conflicts: int = 0


def evaluate(
    known: Iterable[Known],
    as_of: int,
    *,
    owners: Owners,
    month_of: Callable[[int], int],
    known_at: int | None = None,
) -> Evaluation:
    """What one case is at `as_of`, and what its timeline up to then adds to the counters.

    Args:
        known: every fact of the case, in any order, repeats included.
        as_of: reporting instant, inclusive, in milliseconds since the epoch.
        month_of: from an instant to the month of the reporting zone.
        known_at: use only what was known at this instant, inclusive; None: all.
    """
    facts, revisions, conflicts = standing(known, known_at)
    live = _without_retracted(facts)
    if not live:
        return Evaluation(None, {}, None, revisions, conflicts)
    own = _owned(live, owners)
    if Kind.VOIDED in map(_kind, own):
        return Evaluation(None, {}, None, revisions, conflicts)
    instants = list(map(_occurred_at, live))
    earliest = min(instants)
    next_fact = None
    if max(instants) > as_of:
        next_fact = min(at for at in instants if at > as_of)
        if earliest > as_of:
            return Evaluation(None, {}, next_fact, revisions, conflicts)
        own = [fact for fact in own if fact.occurred_at <= as_of]
    timeline = _Timeline(live[0].case_id, month_of)
    edge = timeline.run(_in_fold_order(own), earliest, as_of)
    added = {point: n for point, n in timeline.added.items() if n}
    next_change = edge if next_fact is None or (edge is not None and edge < next_fact) else next_fact
    return Evaluation(timeline.judged or timeline.current, added, next_change, revisions, conflicts)


def standing(known: Iterable[Known], known_at: int | None = None) -> tuple[list[Fact], int, int]:
    """The version of each fact that stands, and how many revisions and conflicts there were.

    Per identity the greatest by (sequence with null lowest, recording time, content) stands, whatever came
    first. A repeat of the same content is neither a revision nor a conflict.
    """
    by_identity: dict[tuple[str, str], Fact] = {}
    versions: dict[tuple[str, str], list[Fact]] = {}
    for fact, since in known:
        if known_at is not None and since is not None and since > known_at:
            continue
        identity = (fact.source, fact.event_id)
        first = by_identity.setdefault(identity, fact)
        if first is not fact and first != fact:
            versions.setdefault(identity, [first]).append(fact)
    revisions = conflicts = 0
    for identity, facts in versions.items():
        ordered = sorted({canonical(fact): fact for fact in facts}.values(), key=_version)
        by_identity[identity] = ordered[-1]
        for lesser, greater in pairwise(ordered):
            if _version(lesser)[:4] == _version(greater)[:4]:
                conflicts += 1
            else:
                revisions += 1
    return list(by_identity.values()), revisions, conflicts


def _version(fact: Fact) -> tuple[bool, int, bool, int, bytes]:
    sequence, recorded_at = fact.source_sequence, fact.recorded_at
    return (sequence is not None, sequence or 0, recorded_at is not None, recorded_at or 0, canonical(fact))


def _without_retracted(facts: list[Fact]) -> list[Fact]:
    """The facts no fact of their own source retracts; a retraction that is itself retracted still retracts."""
    retracted = {(fact.source, event_id) for fact in facts if fact.retracts for event_id in fact.retracts}
    if not retracted:
        return facts
    return [fact for fact in facts if (fact.source, fact.event_id) not in retracted]


def _owned(facts: list[Fact], owners: Owners) -> list[Fact]:
    namespace = facts[0].namespace
    sole = owners.sole_owner(namespace)
    if sole is not None:
        return [fact for fact in facts if fact.source == sole]
    return [fact for fact in facts if fact.source == owners.owner(namespace, fact.occurred_at)]


_kind: Final = itemgetter(Fact._fields.index("kind"))
_occurred_at: Final = itemgetter(Fact._fields.index("occurred_at"))


def _in_fold_order(facts: list[Fact]) -> list[Fact]:
    """By instant, rank of the kind, source, sequence with null lowest, id; most cases differ in the instant."""
    ordered = sorted(facts, key=_occurred_at)
    if len(set(map(_occurred_at, ordered))) < len(ordered):
        ordered.sort(key=_fold_order)
    return ordered


def _fold_order(fact: Fact) -> tuple[Any, ...]:
    sequence = fact.source_sequence
    return (fact.occurred_at, fact.kind, fact.source, sequence is not None, sequence or 0, fact.event_id)


class _Timeline:
    """Walks the instants of one case and books what each of them changes.

    `current` follows the facts; `judged` is what it was when the case ended, and stays so until a reopening: an
    end is judged by the facts dated up to it, or up to the reception if the end is dated before that.
    """

    __slots__ = ("_end", "_entered", "_is_counted", "_level", "_month_of", "added", "current", "judged")

    def __init__(self, case_id: str, month_of: Callable[[int], int]) -> None:
        self.added: dict[Point, int] = {}
        self.current = CaseState(case_id)
        self.judged: CaseState | None = None
        self._month_of = month_of
        self._is_counted = False
        self._end: tuple[Kind | None, int | None] = (None, None)
        self._level: tuple[str, str, int | None] | None = None
        self._entered = 0

    def run(self, past: Sequence[Fact], earliest: int, as_of: int) -> int | None:
        """Book everything up to `as_of`; returns the instant at which time alone changes the case next.

        Args:
            past: the owner's facts up to `as_of`, in fold order.
            earliest: the instant of the earliest fact of any source.
        """
        at = next((fact.occurred_at for fact in past if _IS_START[fact.kind]), None)
        if at is None:
            self._add(UNKNOWN, UNKNOWN, self._month_of(earliest), ORPHAN, 1)
            return None
        if earliest < at:
            self._add(UNKNOWN, UNKNOWN, self._month_of(earliest), ORPHAN, 1)
            self._add(UNKNOWN, UNKNOWN, self._month_of(at), ORPHAN, -1)
        case = self.current
        for fact in past:
            occurred_at = fact.occurred_at
            if occurred_at > at:
                self._book(at)
                at = occurred_at
            _apply(case, fact)
        self._book(at)
        return self._until(as_of)

    def _book(self, at: int) -> None:
        """All facts of one instant are applied: book how the case differs from the instant before."""
        case, level, end_before = self.current, self._level, self._end
        end = (case.end_kind, case.ended_at)
        if end == end_before and (end[0] is not None or level == (case.unit, case.procedure, case.due_at)):
            return
        if not self._is_counted:
            self._is_counted = True
            self._add(case.unit, case.procedure, self._month_of(at), RECEIVED, 1)
        if end_before[0] is not None and end != end_before:
            self._add(case.unit, case.procedure, self._month_of(at), REOPENED, 1)
            self.judged = None
        self._end = end
        if level is not None:
            self._leave(at)
        if end[0] is None:
            self._enter(at)
        else:
            self._finish()

    def _enter(self, at: int) -> None:
        """The case is open from `at` on, in the level of its unit, procedure and due instant."""
        case = self.current
        self._level = (case.unit, case.procedure, case.due_at)
        self._entered = self._month_of(at)
        case.bucket = open_bucket(at, case.due_at)

    def _leave(self, at: int) -> None:
        """The case leaves its level at `at`: it ended, moved, or has another due instant."""
        assert self._level is not None
        case = self.current
        self._due_edge(at)
        unit, procedure, _ = self._level
        month = self._month_of(at)
        self._leave_bucket(month)
        self._level = None
        if unit != case.unit or procedure != case.procedure:
            self._add(unit, procedure, month, TRANSFERRED_OUT, 1)
            self._add(case.unit, case.procedure, month, TRANSFERRED_IN, 1)

    def _leave_bucket(self, month: int) -> None:
        """Book the stay in one bucket; one that begins and ends in the same month changes no level."""
        assert self._level is not None
        if month != self._entered:
            unit, procedure, _ = self._level
            counter = OPEN[self.current.bucket]
            self._add(unit, procedure, self._entered, counter, 1)
            self._add(unit, procedure, month, counter, -1)

    def _due_edge(self, at: int) -> None:
        """Turn an open case overdue one millisecond after its due instant, if that is not after `at`."""
        assert self._level is not None
        due_at = self._level[2]
        if due_at is not None and due_at < at and self.current.bucket == "in_time":
            month = self._month_of(due_at + 1)
            self._leave_bucket(month)
            self._entered = month
            self.current.bucket = "overdue"

    def _finish(self) -> None:
        """The case has ended: the end counts in the period of its own instant."""
        case = self.current
        assert case.ended_at is not None
        case.bucket = ended_bucket(case.ended_at, case.due_at)
        self._add(case.unit, case.procedure, self._month_of(case.ended_at), ENDED[case.bucket], 1)
        self.judged = case.copy()

    def _until(self, as_of: int) -> int | None:
        """Where the case stands at `as_of`."""
        if self._level is None:
            return None
        self._due_edge(as_of)
        unit, procedure, due_at = self._level
        bucket = self.current.bucket
        self._add(unit, procedure, self._entered, OPEN[bucket], 1)
        return due_at + 1 if bucket == "in_time" and due_at is not None else None

    def _add(self, unit: str, procedure: str, month: int, counter: int, n: int) -> None:
        point = (unit, procedure, month, counter)
        self.added[point] = self.added.get(point, 0) + n


def _apply(case: CaseState, fact: Fact) -> None:  # noqa: C901 - a branch per field, for every fact
    """One owner's fact, in fold order."""
    kind = fact.kind
    rank = _END_RANK[kind]
    if rank is not None:
        if case.end_kind is None or rank < END_RANK[case.end_kind]:
            case.end_kind, case.ended_at = kind, fact.occurred_at
    elif kind is Kind.RECALLED:
        case.end_kind = case.ended_at = None
    elif _IS_START[kind] and not case.is_received:
        case.is_received = kind is not Kind.REGISTERED
        if case.is_received or case.received_at is None:
            case.received_at = fact.occurred_at
    if fact.unit is not None:
        case.unit = fact.unit
    if fact.procedure is not None:
        case.procedure = fact.procedure
    if fact.due_at is not None:
        case.due_at = fact.due_at
    if fact.channel is not None:
        case.channel = fact.channel
    if fact.receiving_unit is not None:
        case.receiving_unit = fact.receiving_unit
