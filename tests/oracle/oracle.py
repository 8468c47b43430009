"""A slow second opinion on one case, written from the law and without any of the core's code.

At every instant at which something can change it asks what the case is now, from scratch, from the facts dated up to
then. Contributions are the differences between one answer and the next.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from egovhub.events import Fact, Kind

from tests.oracle.facts import Heard, heard_by, in_fold_order, living, owner_at
from tests.oracle.reference import Reference
from tests.oracle.snapshot import ABSENT, TRACKS, Side, Snapshot, snapshot
from tests.oracle.units import UNKNOWN

Count = tuple[str, str, str, str]
PREFIX = {"processing": "", "hand-over": "handover."}


class Opinion(NamedTuple):
    """What the case adds to each counter, as {(unit, procedure, month, counter): n}, and what it is in the end.

    `judged` holds, by track, the case as it was when the end that stands was judged; `answers` is every answer given
    on the way, with its instant.
    """

    counts: dict[Count, int]
    last: Snapshot
    judged: dict[str, Snapshot]
    next_change: int | None
    answers: list[tuple[int, Snapshot]]


def opinion(known: Sequence[Heard], as_of: int, reference: Reference, known_at: int | None = None) -> Opinion:
    """What the case adds to every counter up to `as_of`, and what it is then."""
    law = reference.at(known_at)
    live = living(heard_by(known, known_at))
    own = in_fold_order([fact for fact in live if fact.source == owner_at(law.owners, fact)])
    if any(fact.kind is Kind.VOIDED for fact in own):
        return Opinion({}, ABSENT, {}, None, [])
    ledger = Ledger(law)
    answers: list[tuple[int, Snapshot]] = []
    before, at = ABSENT, next_instant(live, ABSENT, None)
    while at is not None and at <= as_of:
        now = snapshot(live, own, at, law)
        ledger.book(before, now, at)
        before = frozen(before, now)
        answers.append((at, before))
        at = next_instant(live, now, at)
    counts = {key: n for key, n in ledger.counts.items() if n}
    return Opinion(counts, before, ledger.judged, next_change(live, own, before, at, law), answers)


def next_instant(live: Sequence[Fact], now: Snapshot, at: int | None) -> int | None:
    """The next instant at which a fact occurs or time may change something."""
    instants = [*(fact.occurred_at for fact in live), *now.edges]
    return min((i for i in instants if at is None or i > at), default=None)


def next_change(
    live: Sequence[Fact], own: Sequence[Fact], before: Snapshot, at: int | None, law: Reference
) -> int | None:
    """The first instant from `at` on at which something is booked; None: no fact and no time changes a counter."""
    while at is not None:
        now, ledger = snapshot(live, own, at, law), Ledger(law)
        ledger.book(before, now, at)
        if any(ledger.counts.values()):
            return at
        before, at = frozen(before, now), next_instant(live, now, at)
    return None


def frozen(before: Snapshot, now: Snapshot) -> Snapshot:
    """What has ended stays as it was judged, track by track, until it ends otherwise or is reopened."""
    if before.phase != "known":
        return now
    pairs = zip(before.sides, now.sides, strict=True)
    kept = tuple(was if was.end is not None and was.end == part.end else part for was, part in pairs)
    return now._replace(sides=kept)


class Ledger:
    """Books the difference between one answer and the next."""

    def __init__(self, law: Reference) -> None:
        self.counts: Counter[Count] = Counter()
        self.judged: dict[str, Snapshot] = {}
        self._zone = law.zone

    def book(self, before: Snapshot, now: Snapshot, at: int) -> None:
        if before.phase != now.phase:
            self._phase(before, now, at)
        if now.phase != "known":
            return
        came_in = Side(None, (), now.sides[0].unit)
        for i, track in enumerate(TRACKS):
            was = before.sides[i] if before.phase == "known" else None
            if was is None:
                self._track(track, (came_in, now.procedure), now, i, at)
            elif was.end is None or was.end != now.sides[i].end:
                self._track(track, (was, before.procedure), now, i, at)

    def _phase(self, before: Snapshot, now: Snapshot, at: int) -> None:
        nobody = (UNKNOWN, UNKNOWN)
        if before.phase == "orphan":
            self._add(nobody, at, "orphan", -1)
        if now.phase == "orphan":
            self._add(nobody, at, "orphan", 1)
        if now.phase == "known":
            self._add((now.sides[0].unit, now.procedure), at, "received", 1)

    def _track(self, track: str, before: tuple[Side, str], now: Snapshot, i: int, at: int) -> None:
        """One track: out of the old level, from one unit to the next, into the new level or to an end."""
        (was, procedure), part, prefix = before, now.sides[i], PREFIX[track]
        left, came = (was.unit, procedure), (part.unit, now.procedure)
        if was.end is not None:
            self._add(came, at, prefix + "reopened", 1)
        elif left != came:
            self._add(left, at, prefix + "transferred_out", 1)
            self._add(came, at, prefix + "transferred_in", 1)
        if was.end is None and was.buckets:
            self._add(left, at, f"{prefix}open.{'/'.join(was.buckets)}", -1)
        if part.end is None:
            self._add(came, at, f"{prefix}open.{'/'.join(part.buckets)}", 1)
            self.judged.pop(track, None)
        else:
            self._add(came, part.end[1], f"{prefix}ended.{'/'.join(part.buckets)}", 1)
            self.judged[track] = now

    def _add(self, where: tuple[str, str], at: int, counter: str, n: int) -> None:
        month = datetime.fromtimestamp(at // 1000, self._zone).strftime("%Y-%m")
        self.counts[*where, month, counter] += n
