"""One case explained as lines for a person: facts, course, pauses, due instants, buckets and figures.

Of a fact only what the contract names and what can hold nothing personal is shown: never `details`, ids of facts or
free text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from services.domain.explanation import Explanation, Status
from services.domain.fates import Fate, ToldFact
from services.domain.judged_case import Judgement
from services.domain.membership import Membership
from services.domain.pause_account import NetTime, PauseAccount
from services.domain.policy import Due
from services.text_layout import WIDTH, columns, duration, instant, prose
from services.why_course_text import UnitName, course_lines
from services.why_due_text import Sources, due_lines
from services.why_figures_text import counter_lines, figure_lines

STATUS: Final = {
    Status.COUNTS: "it counts",
    Status.ORPHAN: "it is an orphan: no fact of its owner says that it exists",
    Status.VOIDED: "its owner voided it: it is in no figure",
    Status.RETRACTED: "every fact of it is retracted: it is in no figure",
    Status.AHEAD: "every fact of it is dated later: it is in no figure yet",
    Status.NOT_KNOWN: "nothing of it was known then: it is in no figure",
}
_BY: Final = {Due.SOURCE: "source's", Due.COMPUTED: "law's", None: "-"}


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is told of a case.

    Args:
        refused: records under its key that are dead letters and no facts.
        units: every unit that the rest names, by id.
    """

    explanation: Explanation
    figures: tuple[Membership, ...]
    units: Mapping[str, UnitName]
    refused: int
    code: str
    reference: str


def lines_of_case(answer: Answer, zone: tzinfo) -> Iterator[str]:
    """The whole answer."""
    case, sources = answer.explanation, Sources()
    sections = {
        "Facts": _facts(answer, zone),
        "Course": course_lines(case, answer.units, zone),
        "Pauses": _pauses(case, zone),
        "Due instant": (line for account in case.dues for line in due_lines(account, sources, zone)),
        "Buckets": _buckets(case, sources, zone),
        "Counters": counter_lines(case.contributions, answer.units),
        "Figures": figure_lines(answer.figures, answer.units),
        "Sources": sources.lines(),
    }
    yield from _head(answer, zone)
    for number, (title, lines) in enumerate(sections.items(), 1):
        told = list(lines)
        yield ""
        yield f"{number}. {title}"
        yield from told or ["  none"]


def _head(answer: Answer, zone: tzinfo) -> Iterator[str]:
    case = answer.explanation
    since = "" if case.started_at is None else f" since {instant(case.started_at, zone)}"
    known = (
        "everything known" if case.known_at is None else f"what was known at {instant(case.known_at, zone)}"
    )
    yield from prose(f"case {case.case_id}: {STATUS[case.status]}{since}")
    yield f"as of {instant(case.as_of, zone)} ({zone}), by {known}"
    yield f"reference {answer.reference}, code {answer.code}"
    if case.next_change_at is not None:
        yield f"if nothing else happens, its figures change next at {instant(case.next_change_at, zone)}"


def _facts(answer: Answer, zone: tzinfo) -> Iterator[str]:
    """Some lines for each version of each fact; since when it is known stands beside it if there is room."""
    case = answer.explanation
    heads = [(f"#{f.number}", instant(f.occurred_at, zone), f.kind.name, f.source) for f in case.facts]
    rows = [(*head, _came(fact, zone)) for head, fact in zip(heads, case.facts, strict=True)]
    has_room = max(map(len, columns(rows))) <= WIDTH - 2
    for line, row, fact in zip(columns(rows if has_room else heads), rows, case.facts, strict=True):
        yield from prose(line, 2, 4)
        yield from prose("" if has_room else row[-1], 6)
        yield from prose(_matters(fact, zone), 6)
        yield from prose(_fate(fact), 6)
    if case.revisions or case.conflicts:
        yield f"  revisions {case.revisions}, conflicts {case.conflicts}"
    if answer.refused:
        records = f"{answer.refused} {'record' if answer.refused == 1 else 'records'} under this key"
        yield from prose(
            f"{records} cannot be read and say nothing here; see `python -m services dlq list`", 2
        )


def _came(fact: ToldFact, zone: tzinfo) -> str:
    parts = [
        "" if fact.sequence is None else f"sequence {fact.sequence}",
        "known from the beginning"
        if fact.known_at is None
        else f"known since {instant(fact.known_at, zone)}",
    ]
    return ", ".join(filter(None, parts))


def _matters(fact: ToldFact, zone: tzinfo) -> str:
    parts = [
        "" if fact.unit is None else f"unit {fact.unit}",
        "" if fact.procedure is None else f"procedure {fact.procedure}",
        "" if fact.due_at is None else f"due {instant(fact.due_at, zone)}",
    ]
    return ", ".join(filter(None, parts))


def _fate(fact: ToldFact) -> str:
    """Why a fact does not move the case; nothing of one that does."""
    by = ", ".join(f"#{number}" for number in fact.by)
    match fact.fate:
        case Fate.MOVES:
            return ""
        case Fate.OTHERS:
            return f"does not move the case, whose owner then was {fact.owner or 'nobody'}; it serves the cross-checks"
        case Fate.AHEAD | Fate.NOT_KNOWN:
            return f"plays no part: {fact.fate}"
        case _:
            return f"DEAD: {fact.fate}, {by}"


def _pauses(case: Explanation, zone: tzinfo) -> Iterator[str]:
    for pause in case.pauses:
        yield from prose(_pause(pause, zone), 2)
        by_effect: dict[str, list[str]] = {}
        for label, effect in pause.effects.items():
            by_effect.setdefault(effect.value, []).append(label)
        for said, labels in by_effect.items():
            yield from prose(f"{said}: {', '.join(labels)}", 6)
    if case.net_time is not None:
        yield from prose(_net(case.net_time, zone), 2)


def _pause(pause: PauseAccount, zone: tzinfo) -> str:
    ended = (
        "it lasts" if pause.until_at is None else f"until {instant(pause.until_at, zone)} (#{pause.ended_by})"
    )
    how = "" if pause.is_completed or pause.until_at is None else ", when the case ended without it"
    worked = "no calendar says how long" if pause.working_seconds is None else duration(pause.working_seconds)
    since = f"since {instant(pause.since_at, zone)} (#{pause.opened_by})"
    return f"waits for the {pause.reason} {since}, {ended}{how}; working time in it: {worked}"


def _net(time: NetTime, zone: tzinfo) -> str:
    until = f"{'the end' if time.is_ended else 'the reporting instant'}, {instant(time.until_at, zone)}"
    span = f"from the start of the clock, {instant(time.since_at, zone)}, to {until}"
    if time.gross_seconds is None or time.net_seconds is None:
        return f"working time {span}: no calendar says"
    gross, net = duration(time.gross_seconds), duration(time.net_seconds)
    paused = duration(time.gross_seconds - time.net_seconds)
    return f"working time {span}: {gross}, less {paused} of pauses: {net}"


def _buckets(case: Explanation, sources: Sources, zone: tzinfo) -> Iterator[str]:
    rows = [
        (
            one.policy,
            one.bucket,
            one.ended_by.name if one.ended_by else "open",
            instant(one.due_at, zone),
            _BY[one.due_from],
        )
        for one in case.judgements
    ]
    head = ("policy", "bucket", "end", "due instant", "whose")
    lines = columns([head, *rows])
    yield f"  {next(lines)}"
    for line, one in zip(lines, case.judgements, strict=True):
        yield f"  {line}"
        yield from prose(f"{_turns(one, zone)}  {sources.mark(one.source)}", 6)
    if case.joint_buckets:
        yield from prose(f"counted as {' and '.join(case.joint_buckets)}", 2)
    elif case.started_at is not None:
        yield from prose("counted in no bucket, for it is no administrative procedure", 2)


def _turns(one: Judgement, zone: tzinfo) -> str:
    parts = [
        f"counts in its {', '.join(one.counts_in)}" if one.counts_in else "counts in none of its shares",
        "" if one.reason is None else f"because of {one.reason}",
        f"turns {one.turns_to} at {instant(one.turns_at, zone)}"
        if one.turns_to
        else "time alone does not turn it",
    ]
    return "; ".join(filter(None, parts))
