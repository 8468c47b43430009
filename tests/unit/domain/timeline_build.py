"""Cases as one policy sees them, under a law that says no more than a test needs."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from egovhub.events import Kind

from services.domain.evaluation import Evaluation
from services.domain.law import Law
from services.domain.organisations import Organisations
from services.domain.periods import Grain, label
from services.domain.policy import Compare, Early, Policy, Stands
from services.domain.procedures import Procedures
from services.domain.sums import Point
from services.domain.track import PREFIX
from services.domain.verdicts import place_of, verdict_of
from tests.unit.domain.build import LAW

NONE: frozenset[str] = frozenset()
SUPPLEMENT = frozenset({"supplement"})
FEE = frozenset({"fee"})
PORTAL = Policy(
    "portal",
    1,
    "test",
    frozenset({"on_time", "in_time", "paused"}),
    frozenset({"on_time", "in_time", "paused", "late", "overdue"}),
    frozenset({"on_time", "in_time", "paused", "late", "overdue", "no_deadline", "unknown"}),
    credits_supplements=True,
    waiting=SUPPLEMENT,
    max_requests=1,
)
HAND_OVER = Policy("publication", 1, "test", NONE, NONE, NONE, stands=Stands.HAND_OVER)
BY_DAY = replace(PORTAL, name="day", compare=Compare.DAY, early=Early.BEFORE)
STOPPED = frozenset({Kind.STOPPED})

PLAIN = replace(LAW, policies=(PORTAL, HAND_OVER), organisations=Organisations(), procedures=Procedures())
"""One policy a track, no procedure and no unit: appointments are the source's alone."""


def under(*policies: Policy, law: Law = PLAIN) -> Law:
    """The same law with other policies; a track without one gets that of `PLAIN`."""
    stood = {policy.stands for policy in policies}
    return replace(law, policies=(*policies, *(p for p in (PORTAL, HAND_OVER) if p.stands not in stood)))


def as_seen(contributions: Iterable[tuple[Point, int]], policy: Policy, law: Law) -> Counter[str]:
    """The track of a policy as {"2026-01 <unit> open.in_time": n}: of joint buckets its own; orphans left out."""
    found: Counter[str] = Counter()
    prefix, place = PREFIX[policy.stands], place_of(policy, law.policies)
    for (unit, _, month, counter), n in contributions:
        verdict = verdict_of(counter)
        if verdict is not None and verdict.stands is policy.stands:
            name = f"{'open' if verdict.is_open else 'ended'}.{verdict.buckets[place]}"
        elif counter in (f"{prefix}{move}" for move in ("transferred_in", "transferred_out", "reopened")):
            name = counter.removeprefix(prefix)
        elif counter == "received":
            name = counter
        else:
            continue
        found[f"{label(month, Grain.MONTH)} {unit} {name}"] += n
    return Counter({name: n for name, n in found.items() if n})


def processing(evaluation: Evaluation, law: Law = PLAIN) -> dict[str, int]:
    """What a case adds for those who count its processing, by the first policy."""
    return dict(as_seen(evaluation.contributions.items(), law.track(Stands.PROCESSING)[0], law))


def handed_over(evaluation: Evaluation, law: Law = PLAIN) -> dict[str, int]:
    """What a case adds for those who count the hand-over of its result, by the first policy of that track."""
    return dict(as_seen(evaluation.contributions.items(), law.track(Stands.HAND_OVER)[0], law))


def buckets(evaluation: Evaluation, law: Law) -> dict[str, str]:
    """The bucket of a case under each policy, by the policy's name."""
    assert evaluation.state is not None
    ordered = [*law.track(Stands.PROCESSING), *law.track(Stands.HAND_OVER)]
    return {policy.name: bucket for policy, bucket in zip(ordered, evaluation.state.buckets, strict=True)}
