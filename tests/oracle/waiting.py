"""The pauses of a case, from its owner's facts in fold order."""

from collections.abc import Sequence
from typing import NamedTuple

from egovhub.events import Fact, Kind

from tests.oracle import readings

ENDING = (Kind.PROCESSED, Kind.RETURNED, Kind.REFUSED, Kind.WITHDRAWN, Kind.STOPPED)
RESUMING = (Kind.SUPPLEMENTED, Kind.RECEIVED, Kind.ACCEPTED, Kind.STEP, Kind.RECALLED)


class Pause(NamedTuple):
    """`requests` are the instants at which it was asked for; `how` is open, completed or ended.

    `place` is that of the fact that closed it among all facts told.
    """

    why: str
    requests: tuple[int, ...]
    end: int | None = None
    how: str = "open"
    is_credited: bool = False
    place: int = -1

    @property
    def begin(self) -> int:
        return self.requests[0]


def pauses(told: Sequence[Fact]) -> list[Pause]:
    """Every pause, a request while one is open belonging to the open one."""
    found: list[Pause] = []
    standing: int | None = None
    for place, fact in enumerate(told):
        if fact.kind is Kind.SUPPLEMENT_REQUESTED:
            ask(found, "supplement", told[: place + 1])
        elif fact.kind is Kind.FEE_REQUESTED:
            ask(found, "fee", told[: place + 1])
        elif fact.kind is Kind.PAID:
            close(found, place, fact.occurred_at, "completed", ("fee",))
        elif fact.kind in RESUMING:
            close(found, place, fact.occurred_at, "completed")
        elif fact.kind in ENDING:
            close(found, place, fact.occurred_at, "ended")
        if fact.due_at is not None and fact.due_at != standing:
            standing = fact.due_at
            found = [
                p._replace(is_credited=p.is_credited or readings.has_credited(fact, place, p)) for p in found
            ]
    return found


def ask(found: list[Pause], why: str, told: Sequence[Fact]) -> None:
    at = told[-1].occurred_at
    for i, pause in enumerate(found):
        if pause.why == why and pause.how == "open":
            found[i] = pause._replace(requests=(*pause.requests, at))
            return
    if readings.may_wait(told):
        found.append(Pause(why, (at,)))


def close(
    found: list[Pause], place: int, at: int, how: str, whys: Sequence[str] = ("supplement", "fee")
) -> None:
    for i, pause in enumerate(found):
        if pause.how == "open" and pause.why in whys:
            found[i] = pause._replace(end=at, how=how, place=place)


def union(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same time as spans that neither overlap nor touch; an empty span is no time."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def clipped(spans: Sequence[tuple[int, int]], since: int, until: int) -> list[tuple[int, int]]:
    """What of the spans lies between two instants."""
    return [
        (max(begin, since), min(end, until)) for begin, end in spans if max(begin, since) < min(end, until)
    ]
