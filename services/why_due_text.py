"""The due instants of a case as lines for a person: whose they are, step by step and day by day, with every source."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import Final

from services.domain.deadline import Step
from services.domain.due_account import DueAccount, Missing
from services.domain.policy import Stands
from services.text_layout import columns, duration, instant, prose

WHY_MISSING: Final = {
    Missing.NO_CLOCK: "the case is neither accepted nor received, so no clock has started",
    Missing.NO_PROCEDURE: "no fact names the procedure",
    Missing.NO_LIMIT: "the table of procedures has no limit for it in force when the clock started",
    Missing.NO_CALENDAR: "the registry does not know whose days off the executing unit has",
    Missing.NO_RULE_SET: "no decree was in force when the clock started",
    Missing.UNCOVERED: "the count leaves the calendar",
}
_TRACKS: Final = {Stands.PROCESSING: "the processing", Stands.HAND_OVER: "the hand-over"}


class Sources:
    """Numbers the sources that lines refer to: each is told once, at the end."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, source: str) -> str:
        """`[1]`."""
        return f"[{self._numbers.setdefault(source, len(self._numbers) + 1)}]"

    def lines(self) -> Iterator[str]:
        """All that were referred to."""
        for source, number in self._numbers.items():
            yield from prose(f"[{number}] {source}", 2, 4)


def due_lines(account: DueAccount, sources: Sources, zone: tzinfo) -> Iterator[str]:
    """One account of the due instants."""
    tracks = " and ".join(_TRACKS[stands] for stands in account.stands)
    law = instant(account.computed_at, zone) if account.missing is None else _none(account)
    yield f"  For {tracks}, by the facts up to {instant(account.judged_at, zone)}:"
    yield from prose(f"by the source   {_given(account, zone)}", 2, 16)
    yield from prose(f"by the law      {law}", 2, 16)
    if account.rule_set is not None:
        yield from prose(
            f"under           {account.rule_set}  {sources.mark(account.rule_source or '')}", 2, 16
        )
    if account.difference_ms is not None:
        yield from prose(f"difference      {_difference(account)}", 2, 16)
    for step in account.steps:
        yield from _step(step, sources, zone)


def _given(account: DueAccount, zone: tzinfo) -> str:
    if account.source_at is None:
        return "none: it named no appointment"
    given = f"{instant(account.source_at, zone)}, given by #{account.given_by}"
    if not account.credit_ms:
        return given
    moved = instant(account.source_at + account.credit_ms, zone)
    return f"{given}; {moved} where {duration(account.credit_ms // 1000)} of waiting are credited"


def _none(account: DueAccount) -> str:
    assert account.missing is not None
    return f"none: {WHY_MISSING[account.missing]} ({account.missing})"


def _difference(account: DueAccount) -> str:
    assert account.difference_ms is not None
    if account.difference_ms == 0:
        return "none, both agree"
    side = "later" if account.difference_ms > 0 else "earlier"
    said = f"the source's is {duration(abs(account.difference_ms) // 1000)} {side} on the clock"
    working = account.difference_working_seconds
    return said if working is None else f"{said}, {duration(abs(working))} in working time"


def _step(step: Step, sources: Sources, zone: tzinfo) -> Iterator[str]:
    at = "" if step.instant is None else f": {instant(step.instant, zone)}"
    yield from prose(f"{step.what}{at}  {sources.mark(step.source)}", 4)
    rows = [
        (
            f"{note.day:%a} {note.day}",
            "-" if note.number is None else f"day {note.number}",
            duration(note.seconds) if note.seconds else "-",
            f"{note.why}  {sources.mark(note.source)}",
        )
        for note in step.days
    ]
    for row in columns(rows, right=(1, 2)) if rows else ():
        yield from prose(row, 6, 4)
