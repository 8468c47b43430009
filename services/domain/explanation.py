"""One case explained as data: its facts, how it went, its pauses, its due instants, and its bucket under each policy.

Everything comes from the same timeline that is counted, walked up to each instant at which the case changes; nothing
here decides. Fields that end in `at` are instants, in milliseconds since the epoch. Source: DESIGN 3, 5 and 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.domain.course import Situation, Snapshot, situations, walk
from services.domain.due_account import DueAccount
from services.domain.evaluation import Evaluation, evaluate
from services.domain.fates import Fate, Told, ToldFact, tell
from services.domain.judged_case import JudgedCase, Judgement
from services.domain.law import Law
from services.domain.pause_account import NetTime, PauseAccount
from services.domain.periods import Grain, label
from services.domain.standing import Known
from services.domain.sums import Point
from services.domain.timeline import ORPHAN


class Status(StrEnum):
    """Whether a case counts, and if not, why."""

    COUNTS = "counts"
    ORPHAN = "orphan"
    """No fact of its owner says that it exists."""
    VOIDED = "voided"
    RETRACTED = "retracted"
    """No fact is left."""
    AHEAD = "ahead"
    """Every fact is dated later than the reporting instant."""
    NOT_KNOWN = "not-known"
    """Nothing was known then."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the case adds to one counter of one month, such as `2026-01`; change points of levels are what they add."""

    unit: str
    procedure: str
    period: str
    counter: str
    n: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A case at one reporting instant, as it was known at one instant.

    Args:
        known_at: facts and reference data known later play no part; None: everything is known.
        started_at: of the fact from which the case counts.
        joint_buckets: the counter of joint buckets the case is in, for each track; empty if it is counted in none.
        next_change_at: when anything the case adds to is another one if nothing else happens.
        revisions, conflicts: of its facts.
    """

    case_id: str
    as_of: int
    known_at: int | None
    status: Status
    facts: tuple[ToldFact, ...]
    started_at: int | None
    course: tuple[Situation, ...]
    pauses: tuple[PauseAccount, ...]
    net_time: NetTime | None
    dues: tuple[DueAccount, ...]
    judgements: tuple[Judgement, ...]
    joint_buckets: tuple[str, ...]
    contributions: tuple[Contribution, ...]
    next_change_at: int | None
    revisions: int
    conflicts: int


def explain(known: Sequence[Known], as_of: int, law: Law, known_at: int | None = None) -> Explanation:
    """Explain one case; arguments as for `evaluate`, but for `known`, which must not be empty."""
    evaluation = evaluate(known, as_of, law, known_at)
    told = tell(known, as_of, law.owners, known_at)
    snapshots: list[Snapshot] = []
    later: list[Snapshot] = []
    if told.earliest is not None:
        for snapshot in walk(told.own, known[0].fact.case_id, told.earliest, law):
            (snapshots if snapshot.at <= as_of else later).append(snapshot)
    case = JudgedCase(told, snapshots, later, as_of, law)
    has_started = case.started_at is not None
    return Explanation(
        known[0].fact.case_id,
        as_of,
        known_at,
        _status(evaluation, told),
        told.facts,
        case.started_at,
        situations(snapshots, told.own, told.numbers, len(law.policies)),
        case.pauses() if has_started else (),
        case.net_time() if has_started else None,
        case.dues() if has_started else (),
        tuple(case.judgement(place) for place in range(len(case.policies))) if snapshots else (),
        case.joint_buckets() if has_started else (),
        _contributions(evaluation.contributions),
        evaluation.next_change,
        evaluation.revisions,
        evaluation.conflicts,
    )


def _status(evaluation: Evaluation, told: Told) -> Status:
    if evaluation.state is not None:
        return Status.ORPHAN if evaluation.state.bucket == ORPHAN else Status.COUNTS
    if told.earliest is not None:
        return Status.AHEAD
    fates = {fact.fate for fact in told.facts}
    if fates == {Fate.NOT_KNOWN}:
        return Status.NOT_KNOWN
    return Status.VOIDED if Fate.MOVES in fates else Status.RETRACTED


def _contributions(added: Mapping[Point, int]) -> tuple[Contribution, ...]:
    return tuple(
        Contribution(unit, procedure, label(month, Grain.MONTH), counter, n)
        for (unit, procedure, month, counter), n in sorted(added.items())
    )
