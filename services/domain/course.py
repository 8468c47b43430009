"""How a case stood from instant to instant: who executed it, what it waited for, and its bucket under each policy.

The timeline of a case books what changes from month to month; here it is run up to each instant at which a fact, time
alone or the end of a unit changes the case, so that every stay is seen. Source: DESIGN 5, "Cells", and 6.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from egovhub.events import Fact

from services.domain.case import UNKNOWN, End
from services.domain.law import Law
from services.domain.timeline import ORPHAN, Timeline


class Snapshot(NamedTuple):
    """A case, walked up to an instant with the owner's facts dated up to it."""

    at: int
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Situation:
    """How a case stands from an instant on.

    Args:
        facts: numbers of the facts of this instant that move the case; empty: time alone, or its unit ceased.
        unit: who executes; `charged_unit`: in whose figures it is, which differs if a unit was not there to be late.
        due_at: by which the first policy judges; of a case that has ended, by which its end was judged.
        waits_for: `supplement`, `fee`.
        end, hand_over: the end that stands on either track.
        buckets: one per policy, those of the first track first.
        is_handed_on: the unit before ceased and this one took over; no fact said so.
    """

    at: int
    facts: tuple[int, ...]
    unit: str
    charged_unit: str
    procedure: str
    due_at: int | None
    waits_for: tuple[str, ...]
    end: End | None
    hand_over: End | None
    buckets: tuple[str, ...]
    is_handed_on: bool = False


def walk(own: Sequence[Fact], case_id: str, earliest: int, law: Law) -> Iterator[Snapshot]:
    """The case at each instant at which anything may change, beginning with the earliest; it ends when nothing can.

    Args:
        own: the owner's live facts in fold order.
        earliest: the instant of the earliest live fact of any source.
    """
    at: int | None = earliest
    while at is not None:
        timeline = Timeline(case_id, law)
        alone = timeline.run([fact for fact in own if fact.occurred_at <= at], earliest, at)
        yield Snapshot(at, timeline)
        told = next((fact.occurred_at for fact in own if fact.occurred_at > at), None)
        at = min((change for change in (alone, told) if change is not None), default=None)


def situations(
    snapshots: Sequence[Snapshot], own: Sequence[Fact], numbers: Mapping[tuple[str, str], int], policies: int
) -> tuple[Situation, ...]:
    """What the snapshots show, each from its instant on.

    Args:
        numbers: of facts, by (source, event id).
        policies: how many there are; an orphan is one under all of them.
    """
    found: list[Situation] = []
    for at, timeline in snapshots:
        told = [fact for fact in own if fact.occurred_at == at]
        now = _situation(at, tuple(numbers[fact.source, fact.event_id] for fact in told), timeline, policies)
        if found and found[-1].unit not in {UNKNOWN, now.unit} and all(fact.unit is None for fact in told):
            now = replace(now, is_handed_on=True)
        found.append(now)
    return tuple(found)


def _situation(at: int, facts: tuple[int, ...], timeline: Timeline, policies: int) -> Situation:
    case = timeline.case
    waits = {"supplement": case.requested_at, "fee": case.fee_requested_at}
    return Situation(
        at=at,
        facts=facts,
        unit=case.unit,
        charged_unit=timeline.main.unit,
        procedure=case.procedure,
        due_at=timeline.shown.due_at,
        waits_for=tuple(name for name, since in waits.items() if since is not None),
        end=case.processing_end,
        hand_over=case.hand_over_end,
        buckets=timeline.shown.buckets or (ORPHAN,) * policies,
    )
