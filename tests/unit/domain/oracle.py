"""A slow second opinion on one case, written from the laws and without any of the core's code.

It asks at every instant at which something can change: what is the case now, from scratch? Contributions are
the differences between one answer and the next.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from egovhub.events import Fact, Kind, canonical

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STARTING = (Kind.REGISTERED, Kind.RECEIVED, Kind.ACCEPTED)
ENDING = {Kind.PROCESSED: 1, Kind.RETURNED: 2, Kind.REFUSED: 3, Kind.WITHDRAWN: 3, Kind.STOPPED: 3}
OwnerRows = Sequence[tuple[str, int, str]]
Count = tuple[str, str, str, str]


class Snapshot(NamedTuple):
    """What the case is at one instant: `phase` is absent, orphan, open or ended."""

    phase: str
    unit: str = "unknown"
    procedure: str = "unknown"
    received_at: int | None = None
    due_at: int | None = None
    end: tuple[Kind, int] | None = None
    bucket: str = "orphan"


class Opinion(NamedTuple):
    counts: dict[Count, int]
    last: Snapshot


def opinion(
    known: Sequence[tuple[Fact, int | None]], as_of: int, owners: OwnerRows, known_at: int | None
) -> Opinion:
    """Counts of the case as {(unit, procedure, month, counter): n}, and what it is at `as_of`."""
    live = living([fact for fact, since in known if known_at is None or since is None or since <= known_at])
    own = [fact for fact in live if fact.source == owner_at(owners, fact)]
    if any(fact.kind is Kind.VOIDED for fact in own):
        return Opinion({}, Snapshot("absent"))
    instants = sorted(
        at
        for at in {fact.occurred_at for fact in live}
        | {fact.due_at + 1 for fact in own if fact.due_at is not None}
        if at <= as_of
    )
    counts: Counter[Count] = Counter()
    before = shown = Snapshot("absent")
    for at in instants:
        now = snapshot(live, own, at)
        count(counts, before, now, at)
        if not (now.phase == "ended" and before.end == now.end):
            shown = now
        before = now
    return Opinion({key: n for key, n in counts.items() if n}, shown)


def living(facts: Sequence[Fact]) -> list[Fact]:
    """One version per identity, less what is retracted."""
    best: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.source, fact.event_id)
        if key not in best or weight(fact) > weight(best[key]):
            best[key] = fact
    dead = {(fact.source, gone) for fact in best.values() for gone in fact.retracts}
    return [fact for key, fact in best.items() if key not in dead]


def weight(fact: Fact) -> tuple[float, float, bytes]:
    nothing = float("-inf")
    sequence = nothing if fact.source_sequence is None else fact.source_sequence
    recorded = nothing if fact.recorded_at is None else fact.recorded_at
    return sequence, recorded, canonical(fact)


def owner_at(owners: OwnerRows, fact: Fact) -> str | None:
    namespace = fact.case_id.split(":")[0]
    rows = [row for row in owners if row[0] == namespace]
    if not rows:
        return namespace
    return max(
        ((since, source) for _, since, source in rows if since <= fact.occurred_at), default=(0, None)
    )[1]


def snapshot(live: Sequence[Fact], own: Sequence[Fact], at: int) -> Snapshot:
    """The case at one instant, from the facts dated up to it."""
    told = [fact for fact in own if fact.occurred_at <= at]
    told.sort(key=lambda f: (f.occurred_at, list(Kind).index(f.kind), f.source, weight(f)[0], f.event_id))
    if not any(fact.kind in STARTING for fact in told):
        return Snapshot("orphan" if any(fact.occurred_at <= at for fact in live) else "absent")
    received = [f.occurred_at for f in told if f.kind in (Kind.RECEIVED, Kind.ACCEPTED)]
    registered = [f.occurred_at for f in told if f.kind is Kind.REGISTERED]
    due_at = ([None] + [f.due_at for f in told if f.due_at is not None])[-1]
    recalls = [i for i, f in enumerate(told) if f.kind is Kind.RECALLED]
    ends = [f for f in told[recalls[-1] if recalls else 0 :] if f.kind in ENDING]
    first = min(ends, key=lambda f: ENDING[f.kind], default=None)
    judged_at = at if first is None else first.occurred_at
    if due_at is None:
        bucket = "no_deadline"
    elif first is None:
        bucket = "in_time" if judged_at <= due_at else "overdue"
    else:
        bucket = "on_time" if judged_at <= due_at else "late"
    return Snapshot(
        "open" if first is None else "ended",
        (["unknown"] + [f.unit for f in told if f.unit is not None])[-1],
        (["unknown"] + [f.procedure for f in told if f.procedure is not None])[-1],
        min(received or registered),
        due_at,
        None if first is None else (first.kind, first.occurred_at),
        bucket,
    )


def count(counts: Counter[Count], before: Snapshot, now: Snapshot, at: int) -> None:
    """Book the difference between two answers."""
    if now.phase == "ended" and before.end == now.end:
        return
    booked: list[tuple[Snapshot, int, str, int]] = []
    if before.phase in ("absent", "orphan") and now.phase in ("open", "ended"):
        booked.append((now, at, "received", 1))
    if before.phase in ("orphan", "open"):
        booked.append((before, at, level_of(before), -1))
    if before.phase == "open" and before[1:3] != now[1:3]:
        booked += [(before, at, "transferred_out", 1), (now, at, "transferred_in", 1)]
    if before.phase == "ended":
        booked.append((now, at, "reopened", 1))
    if now.phase in ("orphan", "open"):
        booked.append((now, at, level_of(now), 1))
    if now.end is not None:
        booked.append((now, now.end[1], f"ended.{now.bucket}", 1))
    for who, instant, counter, n in booked:
        month = datetime.fromtimestamp(instant // 1000, ZONE).strftime("%Y-%m")
        counts[who.unit, who.procedure, month, counter] += n


def level_of(snapshot: Snapshot) -> str:
    return "orphan" if snapshot.phase == "orphan" else f"open.{snapshot.bucket}"
