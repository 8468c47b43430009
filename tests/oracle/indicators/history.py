"""What the case oracle says of each case, as rows: what it was from when to when, who was charged, how it ended."""

from collections.abc import Iterator, Sequence
from typing import Any

from egovhub.events import Fact

from tests.oracle import readings
from tests.oracle.facts import in_fold_order, living, owner_at
from tests.oracle.oracle import Opinion
from tests.oracle.reference import Reference
from tests.oracle.snapshot import TRACKS, Side, Snapshot
from tests.oracle.verdict import Standing, due_for

Row = tuple[Any, ...]
LONG_AGO = -(10**15)


def state_rows(case_no: int, answer: Opinion, as_of: int, law: Reference) -> Iterator[Row]:
    """Per policy, from when to when a case was in which bucket, under whom, and whether its end was new then."""
    for t, track in enumerate(TRACKS):
        names = [f"{policy['name']}@{policy['version']}" for policy in law.track(track)]
        before = None
        for since, until, case in spans(answer, as_of):
            if case.phase != "known":
                before = None
                continue
            part = case.sides[t]
            is_new_end = part.end is not None and part.end != before
            before = part.end
            end = None if part.end is None else part.end[1]
            for name, bucket in zip(names, part.buckets, strict=True):
                yield case_no, name, track, since, until, end, is_new_end, part.unit, case.procedure, bucket


def orphan_rows(case_no: int, answer: Opinion, as_of: int) -> Iterator[Row]:
    for since, until, case in spans(answer, as_of):
        if case.phase == "orphan":
            yield case_no, since, until


def spans(answer: Opinion, as_of: int) -> Iterator[tuple[int, int, Snapshot]]:
    """Each answer from its instant until the next one, exclusive."""
    later = [*(since for since, _ in answer.answers), as_of + 1][1:]
    for (since, case), until in zip(answer.answers, later, strict=True):
        yield since, until, case


def place_rows(case_no: int, answer: Opinion) -> Iterator[Row]:
    """Who is charged from when on, by the first track; the first row reaches back for ever.

    After an end nobody else is charged until the case ends otherwise or is taken up again.
    Source: DESIGN 5, "Cells".
    """
    before: Side | None = None
    is_first = True
    for since, case in answer.answers:
        if case.phase != "known":
            continue
        part = case.sides[0]
        if before is None or before.end is None or before.end != part.end:
            yield case_no, LONG_AGO if is_first else since, part.unit, case.procedure
            is_first = False
        before = part


def outcome_row(case_no: int, heard: Sequence[Fact], answer: Opinion, at: int, law: Reference) -> Row | None:
    """What the case is in the end, and by which level its procedure is ruled; None: it does not count."""
    last = answer.last
    if last.phase != "known":
        return None
    own = owners_facts(heard, law, at)
    judged = answer.judged.get("processing", last)
    policy, end = law.track("processing")[0], last.sides[0].end
    standing = Standing(end, judged.due_source, judged.due_computed, judged.reason, judged.pauses)
    started_at = min(since for since, case in answer.answers if case.phase == "known")
    named = [fact.procedure for fact in own if fact.procedure is not None]
    level = None
    if last.start is not None:
        level = law.units.level(readings.ruling_holder(law.units.holders(own, at), last.start).unit)
    rule_set = law.rule_set(law.day_of(started_at if last.start is None else last.start))
    return (
        case_no,
        end and end[0].name,
        end and end[1],
        last.sides[0].buckets[0],
        due_for(policy, standing),
        judged.due_source,
        judged.due_computed,
        judged.start,
        law.procedures.stem(named[-1]) if named else "unknown",
        level,
        rule_set and rule_set["apology_ahead_hours"],
        rule_set and rule_set["new_appointments"],
    )


def owners_facts(facts: Sequence[Fact], law: Reference, at: int) -> list[Fact]:
    live = living(facts)
    own = in_fold_order([fact for fact in live if fact.source == owner_at(law.owners, fact)])
    return [fact for fact in own if fact.occurred_at <= at]


def pause_rows(case_no: int, answer: Opinion) -> Iterator[Row]:
    if answer.last.phase == "known":
        for pause in answer.last.pauses:
            yield case_no, pause.begin, pause.end
