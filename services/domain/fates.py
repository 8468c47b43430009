"""What became of everything known of a case: which facts move it, and why the others do not.

The reasons come in the order of law 2: known, standing, not retracted, not voided, dated up to the instant; the last
is whose the fact is (law 3). A version of a fact is told once, however often it came. Source: DESIGN 3, laws 1 to 3.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from egovhub.events import Fact, Kind, canonical

from services.domain.ownership import Owners
from services.domain.standing import Known, in_fold_order, owned, standing, without_retracted


class Fate(StrEnum):
    """What a version of a fact does for its case: the first reason that holds."""

    NOT_KNOWN = "not known then"
    REPLACED = "replaced by a greater version"
    OVERRULED = "overruled by a version of equal sequence and recording time"
    RETRACTED = "retracted"
    VOIDED = "the case is voided"
    AHEAD = "dated later"
    OTHERS = "not the owner's"
    MOVES = "moves the case"


@dataclass(frozen=True, slots=True)
class ToldFact:
    """One version of a fact, as far as it may be shown: its `details` and ids are not.

    Args:
        number: how others refer to it.
        known_at: when the hub first knew it; None: from the beginning.
        unit, procedure: as the source spells them.
        by: the facts that brought its fate about.
        owner: who owned the case at its instant.
    """

    number: int
    occurred_at: int
    kind: Kind
    source: str
    sequence: int | None
    recorded_at: int | None
    known_at: int | None
    unit: str | None
    procedure: str | None
    due_at: int | None
    fate: Fate
    by: tuple[int, ...]
    owner: str | None


class Told(NamedTuple):
    """Everything known of a case.

    Args:
        facts: every version, in fold order.
        own: the owner's live facts in fold order, also those dated later; empty if the case is voided.
        numbers: of the versions that stand, by (source, event id).
        earliest: the instant of the earliest live fact; None if there is none, or the case is voided.
    """

    facts: tuple[ToldFact, ...]
    own: tuple[Fact, ...]
    numbers: Mapping[tuple[str, str], int]
    earliest: int | None


class _Version(NamedTuple):
    number: int
    fact: Fact
    known_at: int | None


def tell(known: Iterable[Known], as_of: int, owners: Owners, known_at: int | None = None) -> Told:
    """Every version of every fact and its fate; the order and the number of copies of `known` do not matter."""
    known = list(known)
    versions = _versions(known)
    facts, _, _ = standing(known, known_at)
    numbers = {_identity(fact): versions[canonical(fact)].number for fact in facts}
    live = without_retracted(facts)
    own = owned(live, owners) if live else []
    voiding = [fact for fact in own if fact.kind is Kind.VOIDED]
    fates = _Fates(as_of, owners, known_at, numbers, facts, voiding)
    told = tuple(fates.of(version) for version in versions.values())
    if voiding or not live:
        return Told(told, (), numbers, None)
    return Told(told, tuple(in_fold_order(own)), numbers, min(fact.occurred_at for fact in live))


def _versions(known: list[Known]) -> dict[bytes, _Version]:
    """The versions by their content, numbered in fold order, each known since its first copy came."""
    found: dict[bytes, list[Known]] = {}
    for one in known:
        found.setdefault(canonical(one.fact), []).append(one)
    contents = sorted(found)
    facts = [found[content][0].fact for content in contents]
    place = {id(fact): content for fact, content in zip(facts, contents, strict=True)}
    versions: dict[bytes, _Version] = {}
    for number, fact in enumerate(in_fold_order(facts), 1):
        content = place[id(fact)]
        since = [at for _, at in found[content]]
        first = None if None in since else min(at for at in since if at is not None)
        versions[content] = _Version(number, fact, first)
    return versions


def _is_known(since: int | None, known_at: int | None) -> bool:
    return known_at is None or since is None or since <= known_at


def _identity(fact: Fact) -> tuple[str, str]:
    return fact.source, fact.event_id


class _Fates:
    """Tells the fate of each version of the facts of one case."""

    def __init__(
        self,
        as_of: int,
        owners: Owners,
        known_at: int | None,
        numbers: Mapping[tuple[str, str], int],
        facts: list[Fact],
        voiding: list[Fact],
    ) -> None:
        self._as_of, self._owners, self._known_at, self._numbers = as_of, owners, known_at, numbers
        self._standing = {_identity(fact): fact for fact in facts}
        self._voiding = tuple(sorted(numbers[_identity(fact)] for fact in voiding))
        self._retracting: dict[tuple[str, str], set[int]] = {}
        for fact in facts:
            for event_id in fact.retracts:
                self._retracting.setdefault((fact.source, event_id), set()).add(numbers[_identity(fact)])

    def of(self, version: _Version) -> ToldFact:
        """The version with its fate."""
        number, fact, known_at = version
        owner = self._owners.owner(fact.namespace, fact.occurred_at)
        fate, by = self._fate(version, owner)
        return ToldFact(
            number,
            fact.occurred_at,
            fact.kind,
            fact.source,
            fact.source_sequence,
            fact.recorded_at,
            known_at,
            fact.unit,
            fact.procedure,
            fact.due_at,
            fate,
            by,
            owner,
        )

    def _fate(self, version: _Version, owner: str | None) -> tuple[Fate, tuple[int, ...]]:
        fact = version.fact
        if not _is_known(version.known_at, self._known_at):
            return Fate.NOT_KNOWN, ()
        identity = _identity(fact)
        stands = self._numbers[identity]
        if stands != version.number:
            return _beaten(fact, self._standing[identity]), (stands,)
        if retracting := self._retracting.get(identity):
            return Fate.RETRACTED, tuple(sorted(retracting))
        if self._voiding and version.number not in self._voiding:
            return Fate.VOIDED, self._voiding
        if fact.occurred_at > self._as_of and not self._voiding:
            return Fate.AHEAD, ()
        return (Fate.MOVES if fact.source == owner else Fate.OTHERS), ()


def _beaten(fact: Fact, greater: Fact) -> Fate:
    is_equal = (fact.source_sequence, fact.recorded_at) == (greater.source_sequence, greater.recorded_at)
    return Fate.OVERRULED if is_equal else Fate.REPLACED
