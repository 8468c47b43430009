"""Which facts of a case count: known, standing, not retracted, the owner's, in fold order. Source: laws 2 and 3."""

from collections.abc import Sequence

from egovhub.events import Fact, Kind, canonical

OwnerRows = Sequence[tuple[str, int, str]]
Heard = tuple[Fact, int | None]

STARTING = (Kind.REGISTERED, Kind.RECEIVED, Kind.ACCEPTED)
LEAST = float("-inf")


def heard_by(known: Sequence[Heard], known_at: int | None) -> list[Fact]:
    return [fact for fact, since in known if known_at is None or since is None or since <= known_at]


def living(facts: Sequence[Fact]) -> list[Fact]:
    """One version per identity, less what any of them retracts."""
    best: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.source, fact.event_id)
        if key not in best or weight(fact) > weight(best[key]):
            best[key] = fact
    dead = {(fact.source, gone) for fact in best.values() for gone in fact.retracts}
    return [fact for key, fact in best.items() if key not in dead]


def weight(fact: Fact) -> tuple[float, float, bytes]:
    recorded = LEAST if fact.recorded_at is None else fact.recorded_at
    return sequence(fact), recorded, canonical(fact)


def sequence(fact: Fact) -> float:
    return LEAST if fact.source_sequence is None else fact.source_sequence


def owner_at(owners: OwnerRows, fact: Fact) -> str | None:
    """The source that owned the namespace of the case when the fact occurred."""
    namespace = fact.case_id.split(":")[0]
    rows = [row for row in owners if row[0] == namespace]
    if not rows:
        return namespace
    before = [(since, source) for _, since, source in rows if since <= fact.occurred_at]
    return max(before)[1] if before else None


def in_fold_order(facts: Sequence[Fact]) -> list[Fact]:
    def place(fact: Fact) -> tuple[int, int, str, float, str]:
        return fact.occurred_at, int(fact.kind), fact.source, sequence(fact), fact.event_id

    return sorted(facts, key=place)
