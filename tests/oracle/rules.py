"""The rules of the law by name, each with how to see that a case exercised it; one that no case does is a gap."""

from collections.abc import Callable

from egovhub.events import Kind

from tests.oracle import readings
from tests.oracle.seen import (
    Sight,
    ended_before_start,
    follows,
    has_pause,
    has_versions,
    is_after_last_day,
    is_apology_late,
    is_before_first_day,
    is_charged_elsewhere,
    is_closed_by,
    is_differently_known,
    is_due_on_half_day,
    is_equal_but,
    is_extended,
    is_law_older,
    is_left_to_several,
    is_left_without_row,
    is_reused,
    is_revision,
    is_ruled,
    is_second_ignored,
    is_under,
    is_without_apology,
    moved_by,
    overlaps,
    started,
)
from tests.oracle.snapshot import TRACKS
from tests.oracle.waiting import ENDING, RESUMING

in_afternoon = started(lambda clock: 15 < clock <= 17)
is_supplemented = has_pause(lambda p: p.why == "supplement" and p.how == "completed")

RULES: dict[str, Callable[[Sight], bool]] = {
    "due given": lambda case: any(answer.due_source is not None for answer in case.known),
    "due computed": lambda case: any(a.due_computed is not None and a.due_source is None for a in case.known),
    "due given and computed": lambda case: any(
        None not in (a.due_computed, a.due_source) and a.due_computed != a.due_source for a in case.known
    ),
    "due none": lambda case: any((a.due_source, a.due_computed, a.reason) == (None,) * 3 for a in case.known),
    "reason uncovered-date": lambda case: any(answer.reason == "uncovered-date" for answer in case.known),
    "reason no-calendar": lambda case: any(answer.reason == "no-calendar" for answer in case.known),
    "registered alone": lambda case: any(answer.start is None for answer in case.known),
    "accepted after received": follows(Kind.RECEIVED, Kind.ACCEPTED),
    "limit same_day": is_ruled("unit", "same_day"),
    "limit hours": is_ruled("unit", "hours"),
    "limit working_days": is_ruled("unit", "working_days"),
    "limit calendar_days": is_ruled("unit", "calendar_days"),
    "limit months": is_ruled("unit", "months"),
    "limit ends on a half day": is_due_on_half_day,
    "limit unknown": lambda case: any(rule["limit"] is None for rule in case.rules),
    "start at 15:00 sharp": started(lambda clock: clock == 15),
    "start after 15:00": in_afternoon,
    "start after 15:00, same day": is_ruled("unit", "same_day", in_afternoon),
    "start at 17:00 sharp": started(lambda clock: clock == 17),
    "start after 17:00": started(lambda clock: 17 < clock < 24),
    "start before 07:00": started(lambda clock: 0 <= clock < 7),
    "start at lunch": started(lambda clock: 11.5 < clock < 13.5),
    "start on a day off": started(lambda clock: clock == 24),
    "supplement, limit begins anew": is_ruled("restart", True, is_supplemented),
    "supplement, limit is longer": is_ruled("restart", False, is_supplemented),
    "supplement completed": is_supplemented,
    "supplement open": has_pause(lambda p: p.why == "supplement" and p.how == "open"),
    "supplement ended by an end": has_pause(lambda p: p.why == "supplement" and p.how == "ended"),
    "supplement asked while open": has_pause(lambda p: p.why == "supplement" and len(p.requests) > 1),
    "supplement asked twice": lambda case: len([p for p in case.pauses if p.why == "supplement"]) > 1,
    "supplement before the start": lambda case: any(
        p.begin < (answer.start or 0) for answer in case.known[-1:] for p in answer.pauses
    ),
    "supplement credited by the source": has_pause(lambda p: p.how == "completed" and p.is_credited),
    "supplement credited by the policy": lambda case: any(
        p.how == "completed" and not p.is_credited and answer.due_source is not None
        for answer in case.known
        for p in answer.pauses
    ),
    **{f"supplement closed by {kind.name}": is_closed_by(kind) for kind in RESUMING},
    "supplement answered unasked": lambda case: (
        Kind.SUPPLEMENTED in case.kinds and not any(p.why == "supplement" for p in case.pauses)
    ),
    "fee open": has_pause(lambda p: p.why == "fee" and p.how == "open"),
    "fee completed": has_pause(lambda p: p.why == "fee" and p.how == "completed"),
    "pauses overlap": overlaps,
    "extension with apology": is_extended,
    "extension without apology": is_without_apology,
    "extension with a late apology": is_apology_late,
    "extension, second ignored": is_second_ignored,
    **{f"end {kind.name}": follows(kind) for kind in ENDING},
    "end processed, then returned": follows(Kind.PROCESSED, Kind.RETURNED),
    "end refused, then processed": follows(Kind.REFUSED, Kind.PROCESSED),
    "end returned, then processed": follows(Kind.RETURNED, Kind.PROCESSED),
    "end processed, recalled, processed": follows(Kind.PROCESSED, Kind.RECALLED, Kind.PROCESSED),
    "end before start": ended_before_start,
    "fact repeated": has_versions(lambda one, other: one == other),
    "fact revised": has_versions(is_revision),
    "fact contradicted": has_versions(is_equal_but),
    "fact retracted": lambda case: len(case.live) < len({(f.source, f.event_id) for f in case.heard}),
    "fact of another source": lambda case: bool(case.known) and len(case.own) < len(case.live),
    "fact dated ahead": lambda case: any(fact.occurred_at > case.drawn.as_of for fact in case.own),
    "fact not known yet": is_differently_known,
    "case voided": lambda case: any(fact.kind is Kind.VOIDED for fact in case.own),
    "case voided, taken back": lambda case: any("void" in fact.retracts for fact in case.live),
    "case orphan": lambda case: any(answer.phase == "orphan" for _, answer in case.opinion.answers),
    "case orphan, then known": lambda case: (
        "orphan" in [a.phase for _, a in case.opinion.answers] and bool(case.known)
    ),
    "namespace changed hands": lambda case: (
        case.drawn.known[0][0].case_id.startswith("shared") and len({fact.source for fact in case.own}) > 1
    ),
    "unit to its sole successor": moved_by(lambda case, old, new: not new.startswith(readings.UNASSIGNED)),
    "unit to nobody in particular": moved_by(is_left_to_several),
    "unit without a row of succession": moved_by(is_left_without_row),
    "unit of a reused code": is_reused,
    "unit before its first day": is_before_first_day,
    "unit after its last day": is_after_last_day,
    "unit unknown to the registry": lambda case: any(f.unit == "nobody-knows" for f in case.own),
    "unit never named": lambda case: any(answer.unit == "unknown" for answer in case.known),
    "unit charged though ceased, open": is_charged_elsewhere(0, is_ended=False),
    "unit charged though ceased, ended": is_charged_elsewhere(0, is_ended=True),
    "unit charged though ceased, hand-over": is_charged_elsewhere(1, is_ended=False),
    "calendar of a unit": lambda case: any(
        a.unit in ("t-desk", "t-c") and a.due_computed for a in case.known
    ),
    "local limit": lambda case: any(rule.get("is_local") for rule in case.rules),
    "reference as known then": is_law_older,
    "decree that hands on earlier": is_under(lambda decree: decree["hand_on_after"].hour < 15),
    "decree without new appointments": is_under(lambda decree: decree["new_appointments"] == 0),
}


def rules_of(case: Sight) -> set[str]:
    """The names of the rules a case exercised, and each bucket it was in under each policy."""
    found = {name for name, is_seen in RULES.items() if is_seen(case)}
    for answer in case.known:
        for part, track in zip(answer.sides, TRACKS, strict=True):
            names = [policy["name"] for policy in case.law.track(track)]
            found |= {f"bucket {name} {bucket}" for name, bucket in zip(names, part.buckets, strict=True)}
    return found


BUCKETS = {
    "national-portal": "on_time late in_time overdue paused no_deadline unknown",
    "by-day": "early on_time late in_time overdue paused stopped no_deadline unknown",
    "completed-only": "early on_time late in_time overdue paused refused withdrawn stopped no_deadline unknown",
    "province-publication": "early late in_time due_soon overdue paused refused withdrawn stopped no_deadline unknown",
}
EXPECTED = {*RULES, *(f"bucket {name} {bucket}" for name, of in BUCKETS.items() for bucket in of.split())}
