"""One bucket per policy for a case at an instant. Source: deadlines.md, 2; indicators.md, "2.1 exactly"."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from egovhub.events import Kind

from tests.oracle import readings
from tests.oracle.waiting import Pause, union

HOUR = 3_600_000
Policy = Mapping[str, Any]


class Judged(NamedTuple):
    """A bucket, and the instant since when the case is late under the policy (None: it is not late)."""

    bucket: str
    late_since: int | None = None


class Standing(NamedTuple):
    """What a policy looks at: the end, if there is one, and the pauses and due instants told up to now."""

    end: tuple[Kind, int] | None
    due_source: int | None
    due_computed: int | None
    reason: str | None
    pauses: Sequence[Pause]


def due_for(policy: Policy, case: Standing) -> int | None:
    """The due instant this policy judges by, the waiting credited."""
    source, computed = case.due_source, case.due_computed
    if policy["due"] == "computed" or (policy["due"] == "source-first" and source is None):
        return computed
    if source is not None and policy["credits_supplements"]:
        source += waited(case.pauses)
    return source


def waited(pauses: Sequence[Pause]) -> int:
    """Milliseconds by the clock on the wall that the applicant took and the source has not credited."""
    spans = [
        (pause.begin, pause.end)
        for pause in pauses
        if pause.why == "supplement"
        and pause.how == "completed"
        and not pause.is_credited
        and pause.end is not None
    ]
    return sum(end - begin for begin, end in union(spans))


def midnight_of(at: int, zone: ZoneInfo, days_later: int = 0) -> int:
    day = datetime.fromtimestamp(at // 1000, zone).date() + timedelta(days=days_later)
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000


def overdue_from(policy: Policy, due: int, zone: ZoneInfo) -> int:
    return due + 1 if policy["compare"] == "instant" else midnight_of(due, zone, 1)


def soon_from(policy: Policy, due: int) -> int | None:
    """Where the band before the due instant begins; a length of 0 is no band."""
    hours = policy["due_soon_hours"]
    return None if not hours else due - hours * HOUR


def judge(policy: Policy, case: Standing, at: int, zone: ZoneInfo) -> Judged:
    due = due_for(policy, case)
    if due is None:
        missing = "no_deadline" if case.reason is None else "unknown"
        if case.end is None:
            return Judged(missing)
        return Judged(readings.ended_without_due(policy, case.end[0], missing))
    late_from = overdue_from(policy, due, zone)
    if case.end is not None:
        return ended(policy, case.end, due, late_from, zone)
    asked = [p for p in case.pauses if p.how == "open" and p.why in policy["waiting"]]
    if asked:
        return waiting(policy, case.pauses, min(p.begin for p in asked), late_from)
    if at >= late_from:
        return Judged("overdue", late_from)
    soon = soon_from(policy, due)
    return Judged("in_time" if soon is None or at < soon else "due_soon")


def ended(policy: Policy, end: tuple[Kind, int], due: int, late_from: int, zone: ZoneInfo) -> Judged:
    kind, at = end
    if kind.name in policy["unjudged"]:
        return Judged(kind.name.lower())
    if at >= late_from:
        return Judged("late", late_from)
    early_before = due if policy["compare"] == "instant" else midnight_of(due, zone)
    is_early = policy["early"] == "always" or (policy["early"] == "before" and at < early_before)
    return Judged("early" if is_early else "on_time")


def waiting(policy: Policy, pauses: Sequence[Pause], asked_at: int, late_from: int) -> Judged:
    """A case that waits for the applicant; time does not move it."""
    if policy["waiting_judged"] == "in-time":
        return Judged("paused")
    if asked_at >= late_from:
        return Judged("overdue", late_from)
    requests = sorted(at for p in pauses if p.why == "supplement" for at in p.requests)
    most = policy["max_requests"]
    if most is not None and len(requests) > most:
        return Judged("overdue", readings.late_since_requests(requests, most, asked_at))
    return Judged("paused")
