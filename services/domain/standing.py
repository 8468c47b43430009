"""From everything known of a case to the facts that count: versions, retractions, owner, order of the fold.

The order of evaluation is law 2 of the design. Nothing here depends on the order in which facts came.
"""

from collections.abc import Iterable
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final, NamedTuple

from egovhub.events import Fact, canonical

from services.domain.ownership import Owners


class Known(NamedTuple):
    """A fact and the instant the hub knew it (the broker's append time), in milliseconds; None: from the beginning."""

    fact: Fact
    known_at: int | None


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


def without_retracted(facts: list[Fact]) -> list[Fact]:
    """The facts no fact of their own source retracts; a retraction that is itself retracted still retracts."""
    retracted = {(fact.source, event_id) for fact in facts if fact.retracts for event_id in fact.retracts}
    if not retracted:
        return facts
    return [fact for fact in facts if (fact.source, fact.event_id) not in retracted]


def owned(facts: list[Fact], owners: Owners) -> list[Fact]:
    """The facts whose source owned the case's namespace at their instant: only these move the case (law 3)."""
    namespace = facts[0].namespace
    sole = owners.sole_owner(namespace)
    if sole is not None:
        return [fact for fact in facts if fact.source == sole]
    return [fact for fact in facts if fact.source == owners.owner(namespace, fact.occurred_at)]


occurred_at_of: Final = itemgetter(Fact._fields.index("occurred_at"))
"""The instant of a fact."""


def in_fold_order(facts: list[Fact]) -> list[Fact]:
    """By instant, rank of the kind, source, sequence with null lowest, id; most cases differ in the instant."""
    ordered = sorted(facts, key=occurred_at_of)
    if len(set(map(occurred_at_of, ordered))) < len(ordered):
        ordered.sort(key=_fold_order)
    return ordered


def _fold_order(fact: Fact) -> tuple[Any, ...]:
    sequence = fact.source_sequence
    return (fact.occurred_at, fact.kind, fact.source, sequence is not None, sequence or 0, fact.event_id)
