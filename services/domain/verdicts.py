"""Reads the joint buckets of the counters: how many cases a policy puts into each of its buckets.

Source: DESIGN 6: one closed list of buckets, exclusive, always summing to total + orphans.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from services.domain.policy import BUCKETS, Policy, Stands
from services.domain.timeline import ORPHAN
from services.domain.track import PREFIX


class Verdict(NamedTuple):
    """A counter of joint buckets: the track, whether of ended or open cases, and one bucket per policy of the track."""

    stands: Stands
    is_open: bool
    buckets: tuple[str, ...]


@cache
def verdict_of(counter: str) -> Verdict | None:
    """What a counter says of its cases; None if it does not count joint buckets."""
    for stands in (Stands.HAND_OVER, Stands.PROCESSING):
        for state in ("ended.", "open."):
            start = PREFIX[stands] + state
            if counter.startswith(start):
                return Verdict(stands, state == "open.", tuple(counter.removeprefix(start).split("/")))
    return None


def place_of(policy: Policy, policies: Sequence[Policy]) -> int:
    """Which of the joint buckets of its track is a policy's."""
    return [other for other in policies if other.stands is policy.stands].index(policy)


def buckets(
    counts: Mapping[str, int], policy: Policy, policies: Sequence[Policy], *, is_open: bool | None = None
) -> dict[str, int]:
    """Cases of a period by bucket of one policy: all of `BUCKETS`, zeros included.

    Args:
        is_open: only open cases, or only ended ones; None: both, and the orphans.
    """
    place = place_of(policy, policies)
    found = dict.fromkeys(BUCKETS, 0)
    for counter, n in counts.items():
        verdict = verdict_of(counter)
        if verdict is not None and verdict.stands is policy.stands and is_open in (None, verdict.is_open):
            found[verdict.buckets[place]] += n
    if is_open is None:
        found["orphan"] = counts.get(ORPHAN, 0)
    return found


def counted(found: Mapping[str, int], names: frozenset[str]) -> int:
    """The sum of some buckets."""
    return sum(found[name] for name in names)
