"""From the facts known of a case, and an instant, to what the case adds to every figure.

The order of evaluation is law 2 of the design: facts known, standing version per identity, retractions,
facts dated up to the instant, fold. The result is the case's *timeline* up to `as_of`: what it adds to
which counter of which month, and the next instant at which time alone, or a fact dated ahead, changes that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from egovhub.events import Fact, Kind

from services.domain.case import CaseState
from services.domain.law import Law
from services.domain.standing import Known, in_fold_order, occurred_at_of, owned, standing, without_retracted
from services.domain.sums import Point
from services.domain.timeline import Timeline
from services.domain.view import Book, CaseView


@dataclass(slots=True)
class Evaluation:
    """The outcome of one case at one instant.

    Args:
        state: None if the case has no fact up to the instant, or its owner voided it.
        contributions: (unit, procedure, month, counter) to what the case adds there; never zero.
        next_change: the earliest instant after `as_of` at which the outcome differs; None: only a new fact can.
        revisions: versions of a fact that a greater one replaced.
        conflicts: versions that differ in content alone, equal in sequence and recording time.
    """

    state: CaseState | None
    contributions: dict[Point, int] = field(default_factory=dict)
    next_change: int | None = None
    revisions: int = 0
    conflicts: int = 0


def evaluate(known: Iterable[Known], as_of: int, law: Law, known_at: int | None = None) -> Evaluation:
    """What one case is at `as_of`, and what its timeline up to then adds to the counters.

    Args:
        known: every fact of the case, in any order, repeats included.
        as_of: reporting instant, inclusive, in milliseconds since the epoch.
        law: the reference data, as known at the instant of knowledge.
        known_at: use only facts known at this instant, inclusive; None: all.
    """
    known = known if isinstance(known, list) else list(known)
    facts, revisions, conflicts = standing(known, known_at)
    live = without_retracted(facts)
    if not live:
        return Evaluation(None, revisions=revisions, conflicts=conflicts)
    own = owned(live, law.owners)
    if any(fact.kind is Kind.VOIDED for fact in own):
        return Evaluation(None, revisions=revisions, conflicts=conflicts)
    instants = list(map(occurred_at_of, live))
    earliest, next_fact = min(instants), None
    if max(instants) > as_of:
        next_fact = min(at for at in instants if at > as_of)
        if earliest > as_of:
            return Evaluation(None, {}, next_fact, revisions, conflicts)
        live = [fact for fact in live if fact.occurred_at <= as_of]
        own = [fact for fact in own if fact.occurred_at <= as_of]
    timeline = Timeline(live[0].case_id, law)
    own = in_fold_order(own)
    changes = [next_fact, timeline.run(own, earliest, as_of)]
    if timeline.started_at is not None and law.counts:
        others = in_fold_order(_others(live, own))
        view = CaseView(
            timeline, law, as_of, own, others, lambda: _known_since(known, known_at), (revisions, conflicts)
        )
        book = Book(timeline.sums, view)
        for count in law.counts:
            count(view, book)
        changes.append(book.next_change)
    added = {point: n for point, n in timeline.sums.added.items() if n}
    next_change = min((at for at in changes if at is not None), default=None)
    return Evaluation(timeline.shown, added, next_change, revisions, conflicts)


def _others(live: list[Fact], own: list[Fact]) -> list[Fact]:
    """The facts of other sources; most cases have none."""
    if len(live) == len(own):
        return []
    mine = set(map(id, own))
    return [fact for fact in live if id(fact) not in mine]


def _known_since(known: list[Known], known_at: int | None) -> Mapping[tuple[str, str], int]:
    """When each identity was first known, whatever version of it; left out what was known from the beginning."""
    since: dict[tuple[str, str], int] = {}
    always: set[tuple[str, str]] = set()
    for fact, at in known:
        identity = (fact.source, fact.event_id)
        if at is None:
            always.add(identity)
        elif (known_at is None or at <= known_at) and (identity not in since or at < since[identity]):
            since[identity] = at
    return {identity: at for identity, at in since.items() if identity not in always}
