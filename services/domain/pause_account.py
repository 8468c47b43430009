"""The pauses of a case as a ledger: from when to when, who opened and ended each, and which policy counts it how.

Source: `domain/indicators.md`, "2.1 exactly", rules 4 to 7; `domain/deadlines.md`, 1; `DECISIONS.md`, 18.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from egovhub.events import Fact

from services.domain.calendar import Calendar, UncoveredDate
from services.domain.case import CaseState
from services.domain.deadline import Interval, net_working_seconds
from services.domain.law import Law
from services.domain.policy import Due, Policy, Waiting

SUPPLEMENT: Final = "supplement"
FEE: Final = "fee"


class Effect(StrEnum):
    """What a pause does under a policy."""

    MOVES_DUE = "moves the source's due instant"
    MOVED_BY_SOURCE = "the source moved its appointment for it"
    IN_COMPUTATION = "counted where the due instant is computed"
    AT_REQUEST = "judged as at the request while it lasts"
    IN_TIME = "in time while it lasts"
    AFTER_END = "after the end that counts"
    NOTHING = "does not count"


class Judged(NamedTuple):
    """How a policy judged a case: with which facts, and by whose due instant.

    Args:
        at: facts dated later played no part.
        is_ended: an end stands on the policy's track.
        due_from: `Due.SOURCE` or `Due.COMPUTED`; None: there was no due instant.
    """

    policy: Policy
    at: int
    is_ended: bool
    due_from: Due | None


@dataclass(frozen=True, slots=True)
class PauseAccount:
    """One pause.

    Args:
        until_at: None: it lasts at the reporting instant.
        opened_by, ended_by: numbers of the owner's facts.
        is_completed: what was asked for came; else the case ended while it waited, or waits.
        working_seconds: within it, up to the reporting instant; None if no calendar says.
        effects: by label of the policy.
    """

    reason: str
    since_at: int
    until_at: int | None
    opened_by: int
    ended_by: int | None
    is_completed: bool
    working_seconds: int | None
    effects: Mapping[str, Effect]


@dataclass(frozen=True, slots=True)
class NetTime:
    """Working time from the start of the clock to the end, or to the reporting instant, less the union of all pauses.

    Args:
        gross_seconds, net_seconds: None if no calendar says.
    """

    since_at: int
    until_at: int
    is_ended: bool
    gross_seconds: int | None
    net_seconds: int | None


class _Stay(NamedTuple):
    """A pause as the facts make it; `is_credited`: the source did not move its appointment for it."""

    reason: str
    since: int
    until: int | None
    opened_by: Fact
    ended_by: Fact | None
    is_completed: bool
    is_credited: bool


def pauses_of(
    past: Sequence[Fact],
    numbers: Mapping[tuple[str, str], int],
    judged: Sequence[Judged],
    calendar: Calendar | None,
    as_of: int,
    law: Law,
) -> tuple[PauseAccount, ...]:
    """All pauses of a case in the order of their beginning, those after its end among them.

    Args:
        past: the owner's facts up to `as_of`, in fold order.
        numbers: of facts, by (source, event id).
        calendar: of the unit charged; None if it has none.
    """
    accounts = []
    for stay in _stays(past, law):
        ended_by = stay.ended_by
        until = as_of if stay.until is None else stay.until
        account = PauseAccount(
            stay.reason,
            stay.since,
            stay.until,
            numbers[stay.opened_by.source, stay.opened_by.event_id],
            None if ended_by is None else numbers[ended_by.source, ended_by.event_id],
            stay.is_completed,
            _between(calendar, stay.since, until),
            {one.policy.label: _effect(stay, one) for one in judged},
        )
        accounts.append(account)
    return tuple(sorted(accounts, key=lambda account: (account.since_at, account.reason)))


def net_time(case: CaseState, calendar: Calendar | None, as_of: int) -> NetTime | None:
    """How long a case was worked on; None before its clock has started.

    Args:
        case: an ended one as it was when its end was judged.
    """
    since, end = case.clock_starts_at, case.processing_end
    if since is None:
        return None
    until = as_of if end is None else end.at
    pauses: list[Interval] = [(pause.since, pause.until) for pause in case.pauses]
    pauses += [(at, until) for at in (case.requested_at, case.fee_requested_at) if at is not None]
    gross = _between(calendar, since, until)
    net = None if calendar is None or gross is None else net_working_seconds(calendar, since, until, pauses)
    return NetTime(since, until, end is not None, gross, net)


def _between(calendar: Calendar | None, since: int, until: int) -> int | None:
    if calendar is None:
        return None
    try:
        return calendar.between(since, until)
    except UncoveredDate:
        return None


def _stays(past: Sequence[Fact], law: Law) -> Iterator[_Stay]:
    """Every pause, in the order in which they ended; those that last come last."""
    if not past:
        return
    case, unit_at = CaseState(past[0].case_id), law.organisations.unit_at
    opened: dict[str, Fact] = {}
    for fact in past:
        over, credit = len(case.pauses), case.credit_ms
        case.apply(fact, unit_at)
        for pause in case.pauses[over:]:
            is_credited = pause.reason == SUPPLEMENT and case.credit_ms > credit
            opened_by = opened.pop(pause.reason)
            yield _Stay(
                pause.reason, pause.since, pause.until, opened_by, fact, pause.is_completed, is_credited
            )
        for reason in _waits_for(case):
            opened.setdefault(reason, fact)
    for reason, since in _waits_for(case).items():
        yield _Stay(reason, since, None, opened[reason], None, is_completed=False, is_credited=False)


def _waits_for(case: CaseState) -> dict[str, int]:
    """What a case waits for, and since when."""
    waits = {SUPPLEMENT: case.requested_at, FEE: case.fee_requested_at}
    return {reason: since for reason, since in waits.items() if since is not None}


def _effect(stay: _Stay, judged: Judged) -> Effect:
    """What a pause does under one policy."""
    policy = judged.policy
    if judged.is_ended and stay.since >= judged.at:
        return Effect.AFTER_END
    if stay.until is None:
        if stay.reason not in policy.waiting:
            return Effect.NOTHING
        return Effect.IN_TIME if policy.waiting_judged is Waiting.IN_TIME else Effect.AT_REQUEST
    if stay.reason != SUPPLEMENT or not stay.is_completed or stay.until == stay.since:
        return Effect.NOTHING
    match judged.due_from:
        case Due.COMPUTED:
            return Effect.IN_COMPUTATION
        case Due.SOURCE if not stay.is_credited:
            return Effect.MOVED_BY_SOURCE
        case Due.SOURCE if policy.credits_supplements:
            return Effect.MOVES_DUE
        case _:
            return Effect.NOTHING
