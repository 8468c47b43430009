"""The due instant a procedure's limit gives, from scratch. Source: deadlines.md, 1.

What moves it is looked at backwards: the last thing that set it anew, and the waiting since.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from egovhub.events import Fact, Kind

from tests.oracle.waiting import Pause, union
from tests.oracle.worktime import Worktime

Rule = Mapping[str, Any]
HOUR_MS = 3_600_000


class Question(NamedTuple):
    """What a computed due instant depends on; `events` are completed supplements and new appointments in order."""

    rule: Rule
    decree: Rule
    work: Worktime
    start: int
    told: Sequence[Fact]
    events: Sequence[Pause | Fact]


def due_computed(
    rule: Rule, decree: Rule, work: Worktime, start: int, told: Sequence[Fact], pauses: Sequence[Pause]
) -> int:
    """What was completed at the instant of a new appointment was completed before it."""
    placed: list[tuple[int, int, int, Pause | Fact]] = [
        (pause.end or 0, 0, pause.place, pause)
        for pause in pauses
        if pause.why == "supplement" and pause.how == "completed"
    ]
    placed += [
        (f.occurred_at, 1, i, f)
        for i, f in enumerate(told)
        if f.kind is Kind.EXTENDED and f.due_at is not None
    ]
    events = [event for *_, event in sorted(placed, key=lambda row: row[:3])]
    ask = Question(rule, decree, work, start, told, events)
    for i, event in enumerate(events):
        if not isinstance(event, Pause):
            is_apologised(ask, i)  # whether it counts is asked of each, so each must be answerable
    return due_after(ask, len(events))


def due_after(ask: Question, n: int) -> int:
    """The due instant as it stood after the first `n` events."""
    waits: list[Pause] = []
    for i in range(n - 1, -1, -1):
        event = ask.events[i]
        if not isinstance(event, Pause):
            if is_the_extension(ask, i):
                return shifted(ask, event.due_at or 0, waits)
        elif ask.rule["restart"]:
            return from_start(ask, max(event.end or 0, ask.start))
        else:
            waits.append(event)
    return shifted(ask, from_start(ask, ask.start), waits)


def is_the_extension(ask: Question, i: int) -> bool:
    """Whether a new appointment counts: its apology came a day before the due instant, and it is the first such."""
    earlier = [k for k in range(i) if not isinstance(ask.events[k], Pause)]
    return is_apologised(ask, i) and not any(is_apologised(ask, k) for k in earlier)


def is_apologised(ask: Question, i: int) -> bool:
    """Whether an apology was sent at least a day before the due instant that stood, no appointment having moved it."""
    sent = [fact.occurred_at for fact in ask.told if fact.kind is Kind.APOLOGY_SENT]
    if not sent or ask.decree["new_appointments"] < 1:
        return False
    supplements = [event for event in ask.events[:i] if isinstance(event, Pause)]
    ahead: int = HOUR_MS * ask.decree["apology_ahead_hours"]
    return min(sent) <= due_after(ask._replace(events=supplements), len(supplements)) - ahead


def from_start(ask: Question, start: int) -> int:
    rule, work, latest = ask.rule, ask.work, ask.decree["hand_on_after"]
    if rule["unit"] != "same_day":
        return work.add(start, rule["limit"], rule["unit"])
    opened = work.opening(start)
    day = work.day_of(opened)
    if rule["after_15h"] and opened > work.midnight(day) + (latest.hour * 60 + latest.minute) * 60_000:
        day = work.next_working_day(day)
    return work.closing(day)


def shifted(ask: Question, due: int, waits: Sequence[Pause]) -> int:
    """The due instant and the waiting: working time if the limit is of working time, else by the clock on the wall."""
    if not waits:
        return due
    work, opened = ask.work, ask.work.opening(ask.start)
    spans = union([(max(wait.begin, opened), max(wait.end or 0, opened)) for wait in waits])
    if ask.rule["unit"] in ("hours", "working_days", "same_day"):
        return work.add_working(due, 1000 * sum(work.working_seconds(begin, end) for begin, end in spans))
    waited = sum(end - begin for begin, end in spans)
    return rolled(work, due + waited) if waited else due


def rolled(work: Worktime, at: int) -> int:
    """The instant itself, or the same clock time of the next working day if its day is none."""
    day = work.day_of(at)
    clock = at - work.midnight(day)
    while not work.sessions(day):
        day += timedelta(days=1)
    return work.midnight(day) + clock
