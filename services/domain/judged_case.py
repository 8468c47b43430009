"""How a case was judged: its bucket under each policy, by which facts and whose due instant, and when it turns.

A case that has ended on a track was judged by the facts dated up to that end, an open one by all up to the reporting
instant. Source: DESIGN 6; `DECISIONS.md`, 1 and 22.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from egovhub.events import Kind

from services.domain.calendar import Calendar
from services.domain.course import Snapshot
from services.domain.due_account import DueAccount, account_of
from services.domain.fates import Told
from services.domain.law import Law
from services.domain.pause_account import Judged, NetTime, PauseAccount, net_time, pauses_of
from services.domain.policy import Due, Policy, Stands
from services.domain.timeline import ORPHAN, PROCEDURES
from services.domain.track import Track

SHARES: Final = ("numerator", "denominator", "total")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The bucket of a case under one policy.

    Args:
        policy: its label.
        source: the law or paper the policy comes from.
        ended_by: the end that stands; None: the case is open on the policy's track.
        judged_at: facts dated later played no part.
        due_from: whose due instant judged; None: there was none.
        reason: why reference data cannot judge, in the bucket `unknown`.
        counts_in: of `SHARES`, where the policy's table counts the bucket.
        turns_at, turns_to: when the bucket is another one if nothing else happens, and which; None: never.
    """

    policy: str
    source: str
    stands: Stands
    bucket: str
    ended_by: Kind | None
    judged_at: int | None
    due_at: int | None
    due_from: Due | None
    reason: str | None
    counts_in: tuple[str, ...]
    turns_at: int | None
    turns_to: str | None


class JudgedCase:
    """A case as its snapshots show it; all but `judgement` and `started_at` need one that counts.

    Args:
        snapshots: those up to the reporting instant.
        later: those that follow if nothing else happens.
    """

    def __init__(
        self, told: Told, snapshots: Sequence[Snapshot], later: Sequence[Snapshot], as_of: int, law: Law
    ) -> None:
        self._told, self._snapshots, self._later, self._as_of, self._law = told, snapshots, later, as_of, law
        self.policies = [policy for stands in Stands for policy in law.track(stands)]
        self.started_at = snapshots[-1].timeline.started_at if snapshots else None

    def pauses(self) -> tuple[PauseAccount, ...]:
        """See `pauses_of`."""
        past = [fact for fact in self._told.own if fact.occurred_at <= self._as_of]
        judged = [self._judged(policy) for policy in self.policies]
        return pauses_of(past, self._told.numbers, judged, self._calendar, self._as_of, self._law)

    def net_time(self) -> NetTime | None:
        """See `net_time`."""
        return net_time(self._snapshots[-1].timeline.shown, self._calendar, self._as_of)

    def dues(self) -> tuple[DueAccount, ...]:
        """One account for both tracks if they were judged by the same, else one for each."""
        accounts = []
        for stands in Stands:
            at, timeline = self._judging(stands)
            account = account_of(timeline.case, (stands,), at, self._told.own, self._told.numbers, self._law)
            accounts.append(account)
        first, second = accounts
        if replace(second, stands=first.stands, judged_at=first.judged_at) == first:
            return (replace(first, stands=(*first.stands, *second.stands)),)
        return first, second

    def judgement(self, place: int) -> Judgement:
        """The bucket under one policy, by its place in the joint buckets."""
        policy = self.policies[place]
        bucket = self._bucket(self._snapshots[-1], place)
        turned = next((snap for snap in self._later if self._bucket(snap, place) != bucket), None)
        sets = (policy.numerator, policy.denominator, policy.total)
        judged, due_at, reason = None, None, None
        if self.started_at is not None:
            judged = self._judged(policy)
            dues = self._judging(policy.stands).timeline.dues
            due_at = dues.of(policy)
            dues.computed()
            reason = dues.reason if bucket == "unknown" else None
        end = self._track(policy.stands).end
        return Judgement(
            policy.label,
            policy.source,
            policy.stands,
            bucket,
            None if end is None else end.kind,
            None if judged is None else judged.at,
            due_at,
            None if judged is None else judged.due_from,
            reason,
            tuple(name for name, buckets in zip(SHARES, sets, strict=True) if bucket in buckets),
            None if turned is None else turned.at,
            None if turned is None else self._bucket(turned, place),
        )

    def joint_buckets(self) -> tuple[str, ...]:
        """The counter of joint buckets of each track; none of a case that is no administrative procedure."""
        if self._snapshots[-1].timeline.domain not in PROCEDURES:
            return ()
        return tuple(_joint(self._track(stands)) for stands in Stands)

    @property
    def _calendar(self) -> Calendar | None:
        """Of the unit charged with the case."""
        return self._law.calendar_of(self._snapshots[-1].timeline.main.unit)

    def _track(self, stands: Stands) -> Track:
        main, hand_over = self._snapshots[-1].timeline.tracks
        return main if stands is Stands.PROCESSING else hand_over

    def _bucket(self, snapshot: Snapshot, place: int) -> str:
        buckets = snapshot.timeline.shown.buckets
        return buckets[place] if buckets else ORPHAN

    def _judging(self, stands: Stands) -> Snapshot:
        """The case as it was when it was judged: at the end of the track, or at the reporting instant.

        An end dated before the case began is judged when it began.
        """
        end = self._track(stands).end
        if end is None:
            return self._snapshots[-1]._replace(at=self._as_of)
        assert self.started_at is not None
        at = max(end.at, self.started_at)
        return next(snapshot for snapshot in self._snapshots if snapshot.at == at)

    def _judged(self, policy: Policy) -> Judged:
        at, timeline = self._judging(policy.stands)
        due_from: Due | None = None
        if timeline.dues.of(policy) is not None:
            is_source = timeline.case.due_source is not None and policy.due is not Due.COMPUTED
            due_from = Due.SOURCE if is_source else Due.COMPUTED
        return Judged(policy, at, self._track(policy.stands).end is not None, due_from)


def _joint(track: Track) -> str:
    return track.open_counter() if track.is_open else f"{track.prefix}ended.{'/'.join(track.buckets)}"
