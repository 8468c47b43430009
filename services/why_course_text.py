"""How a case went as lines for a person: an entry for each instant at which something happened, and what it changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from services.domain.course import Situation
from services.domain.explanation import Explanation
from services.text_layout import instant, prose

_AT = 27
"""Columns that the instant takes, milliseconds and all."""


@dataclass(frozen=True, slots=True)
class UnitName:
    """A unit: its name, and the units whose figures include its own, as was and as now; itself comes first."""

    unit: str
    name: str
    path: tuple[str, ...]
    path_now: tuple[str, ...]


def named(unit: str, units: Mapping[str, UnitName]) -> str:
    """Id and name."""
    known = units.get(unit)
    return f"{unit} {known.name}".rstrip() if known is not None else unit


def course_lines(case: Explanation, units: Mapping[str, UnitName], zone: tzinfo) -> Iterator[str]:
    """The whole course; what did not change from one entry to the next is not said again."""
    kinds = {fact.number: fact.kind.name for fact in case.facts}
    labels = [one.policy for one in case.judgements]
    before: Situation | None = None
    for now in case.course:
        what = ", ".join(f"{kinds[number]} (#{number})" for number in now.facts)
        if not what and before is None:
            what = "another source tells of it"
        elif not what:
            what = "its unit ceased" if now.is_handed_on else "nothing happened but time"
        yield f"  {instant(now.at, zone):{_AT}}  {what}"
        for change in (*_moves(before, now, units, zone), *_turns(before, now, labels)):
            yield from prose(change, _AT + 4)
        before = now


def _moves(
    before: Situation | None, now: Situation, units: Mapping[str, UnitName], zone: tzinfo
) -> Iterator[str]:
    """What else than buckets changed."""
    if before is None or now.unit != before.unit:
        took_over = (
            f", which takes over from {named(before.unit, units)}" if before and now.is_handed_on else ""
        )
        yield f"executed by {named(now.unit, units)}{took_over}"
    if now.charged_unit != now.unit:
        if before is None or (now.unit, now.charged_unit) != (before.unit, before.charged_unit):
            yield f"charged to {named(now.charged_unit, units)}, which was there when the case became late"
    elif before is not None and before.charged_unit != before.unit:
        yield f"charged to {named(now.unit, units)}"
    if before is None or now.procedure != before.procedure:
        yield f"procedure {now.procedure}"
    if now.due_at != (before.due_at if before else None):
        yield (
            f"due {instant(now.due_at, zone)} by the first policy"
            if now.due_at is not None
            else "no due instant"
        )
    if now.waits_for != (before.waits_for if before else ()):
        yield f"waits for the {' and the '.join(now.waits_for)}" if now.waits_for else "waits no longer"
    if now.end != (before.end if before else None):
        yield f"ended by {now.end.kind.name}" if now.end is not None else "taken up again"
    if now.hand_over != (before.hand_over if before else None):
        yield (
            f"handed over by {now.hand_over.kind.name}" if now.hand_over is not None else "result taken back"
        )


def _turns(before: Situation | None, now: Situation, labels: list[str]) -> Iterator[str]:
    """The policies under which the bucket changed, by bucket."""
    turned: dict[str, list[str]] = {}
    for place, (label, bucket) in enumerate(zip(labels, now.buckets, strict=True)):
        if before is None or before.buckets[place] != bucket:
            turned.setdefault(bucket, []).append(label)
    for bucket, found in turned.items():
        yield f"{bucket}: {'every policy' if len(found) == len(labels) else ', '.join(found)}"
