"""What is known of a case at one instant: the facts of its owner, folded.

Nothing is judged here. Facts come in the order of law 2; each of them changes a few fields.
Source: DESIGN 3 and 4; `domain/indicators.md`, "2.1 exactly".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from egovhub.events import Fact, Kind

from services.domain.procedures import stem_of

UNKNOWN: Final = "unknown"
"""Unit or procedure that no fact has named."""

STARTS: Final = frozenset({Kind.REGISTERED, Kind.RECEIVED, Kind.ACCEPTED})
"""A case counts from its owner's first fact of these kinds."""

PROCESSING_RANK: Final = {
    Kind.PROCESSED: 0,
    Kind.RETURNED: 1,
    Kind.REFUSED: 2,
    Kind.WITHDRAWN: 2,
    Kind.STOPPED: 2,
}
"""Of several ends the lowest rank stands: finishing at the agency stops the clock, not the hand-over."""

HAND_OVER_RANK: Final = {Kind.RETURNED: 0, Kind.REFUSED: 1, Kind.WITHDRAWN: 1, Kind.STOPPED: 1}
"""Where the hand-over counts, finishing at the agency ends nothing."""

RESUMES: Final = frozenset({Kind.SUPPLEMENTED, Kind.RECEIVED, Kind.ACCEPTED, Kind.STEP, Kind.RECALLED})
"""Work goes on: whatever the case waited for has come."""


class Pause(NamedTuple):
    """A stay in which the case waited for the applicant: half-open, in milliseconds.

    `is_completed`: what was asked for came; else the case ended while it waited.
    """

    since: int
    until: int
    reason: str
    is_completed: bool


class End(NamedTuple):
    """How and when a case ended."""

    kind: Kind
    at: int


class Extension(NamedTuple):
    """A new appointment, made at an instant."""

    at: int
    due_at: int


@dataclass(slots=True)
class CaseState:
    """A case at one instant; instants are milliseconds since the epoch.

    Args:
        unit: id of the executing unit.
        procedure: stem of the procedure.
        ruling_unit: who executed when the clock started, or else was named first: its level and limits rule the case.
        received_at: the earliest RECEIVED or ACCEPTED (`is_received`), else the earliest REGISTERED.
        accepted_at: the earliest ACCEPTED.
        due_source: the last due instant that the source gave.
        processing_end, hand_over_end: the end that stands on either track.
        requests: when a supplement was asked for; `requested_at` is the first request still open.
        is_wait_credited: the source moved its appointment with the request that is open.
        credit_ms: waiting for completed supplements for which the source did not move its appointment.
        pauses: those that are over; the stays of one reason do not overlap.
        due_at, due_computed, bucket, reason: as judged by the first policy (see `timeline`).
        buckets: one per policy, those of the first track first.
    """

    case_id: str
    unit: str = UNKNOWN
    ruling_unit: str = UNKNOWN
    receiving_unit: str | None = None
    procedure: str = UNKNOWN
    channel: str | None = None
    applicant_kind: str | None = None
    received_at: int | None = None
    is_received: bool = False
    accepted_at: int | None = None
    due_source: int | None = None
    processing_end: End | None = None
    hand_over_end: End | None = None
    requests: tuple[int, ...] = ()
    requested_at: int | None = None
    fee_requested_at: int | None = None
    is_wait_credited: bool = False
    credit_ms: int = 0
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    apologies: tuple[int, ...] = ()
    due_at: int | None = None
    due_computed: int | None = None
    bucket: str = "orphan"
    reason: str | None = None
    buckets: tuple[str, ...] = ()

    @property
    def ended_at(self) -> int | None:
        """When the case ended for those who count the processing."""
        return None if self.processing_end is None else self.processing_end.at

    @property
    def clock_starts_at(self) -> int | None:
        """When the clock of a limit starts: with the acceptance, without one with the reception; None: not yet.

        Source: `domain/deadlines.md`, 1, "received complete and correct"; "2.1 exactly", rule 6.
        """
        if self.accepted_at is not None:
            return self.accepted_at
        return self.received_at if self.is_received else None

    def copy(self) -> "CaseState":
        """The same state, apart from this one: none of its fields is ever changed in place."""
        other = CaseState(self.case_id)
        for name in CaseState.__slots__:
            setattr(other, name, getattr(self, name))
        return other

    def apply(self, fact: Fact, unit_at: Callable[[str, int], str]) -> None:
        """One owner's fact, in fold order.

        Args:
            unit_at: from the code of a unit and an instant to the unit's id.
        """
        at, over = fact.occurred_at, len(self.pauses)
        _BY_KIND[fact.kind](self, at, fact)
        if fact.unit is not None:
            self.unit = unit_at(fact.unit, at)
        if fact.procedure is not None:
            self.procedure = stem_of(fact.procedure)
        if fact.due_at is not None and fact.due_at != self.due_source:
            self.due_source = fact.due_at
            self._credit(fact.kind, self.pauses[over:])
        if fact.channel is not None:
            self.channel = fact.channel
        if fact.applicant_kind is not None:
            self.applicant_kind = fact.applicant_kind
        if fact.receiving_unit is not None:
            self.receiving_unit = unit_at(fact.receiving_unit, at)

    def _credit(self, kind: Kind, closed: tuple[Pause, ...]) -> None:
        """The source moved its appointment: the waiting that this fact is about is not credited a second time.

        Only a request, and what ends the waiting, are about it; other appointments move for other reasons.
        """
        if kind is Kind.SUPPLEMENT_REQUESTED:
            self.is_wait_credited = self.requested_at is not None
        elif not self.is_wait_credited:
            self.credit_ms -= sum(
                p.until - p.since for p in closed if p.reason == "supplement" and p.is_completed
            )

    def stop_waiting(self, at: int, *, is_completed: bool = True) -> None:
        """The case no longer waits: work went on, or it ended."""
        since = self.requested_at
        if since is not None:
            self.pauses += (Pause(since, at, "supplement", is_completed),)
            if is_completed and not self.is_wait_credited:
                self.credit_ms += at - since
            self.requested_at = None
        if self.fee_requested_at is not None:
            self.pauses += (Pause(self.fee_requested_at, at, "fee", is_completed),)
            self.fee_requested_at = None


def _start(case: CaseState, at: int, fact: Fact) -> None:
    if not case.is_received:
        case.is_received = fact.kind is not Kind.REGISTERED
        if case.is_received or case.received_at is None:
            case.received_at = at
    if case.accepted_at is None and fact.kind is Kind.ACCEPTED:
        case.accepted_at = at
    if fact.kind is not Kind.REGISTERED:
        case.stop_waiting(at)


def _end(case: CaseState, at: int, fact: Fact) -> None:
    kind = fact.kind
    end = case.processing_end
    if end is None or PROCESSING_RANK[kind] < PROCESSING_RANK[end.kind]:
        case.processing_end = End(kind, at)
    rank = HAND_OVER_RANK.get(kind)
    end = case.hand_over_end
    if rank is not None and (end is None or rank < HAND_OVER_RANK[end.kind]):
        case.hand_over_end = End(kind, at)
    case.stop_waiting(at, is_completed=False)


def _recall(case: CaseState, at: int, _: Fact) -> None:
    case.processing_end = case.hand_over_end = None
    case.stop_waiting(at)


def _resume(case: CaseState, at: int, _: Fact) -> None:
    case.stop_waiting(at)


def _request(case: CaseState, at: int, _: Fact) -> None:
    case.requests += (at,)
    if case.requested_at is None:
        case.requested_at, case.is_wait_credited = at, False


def _ask_fee(case: CaseState, at: int, _: Fact) -> None:
    if case.fee_requested_at is None:
        case.fee_requested_at = at


def _pay(case: CaseState, at: int, _: Fact) -> None:
    if case.fee_requested_at is not None:
        case.pauses += (Pause(case.fee_requested_at, at, "fee", True),)
        case.fee_requested_at = None


def _extend(case: CaseState, at: int, fact: Fact) -> None:
    if fact.due_at is not None:
        case.extensions += (Extension(at, fact.due_at),)


def _apologise(case: CaseState, at: int, _: Fact) -> None:
    case.apologies += (at,)


def _other(_case: CaseState, _at: int, _fact: Fact) -> None:
    """Kinds that change no field of their own."""


_HANDLERS: Final = {
    Kind.REGISTERED: _start,
    Kind.RECEIVED: _start,
    Kind.ACCEPTED: _start,
    Kind.STEP: _resume,
    Kind.SUPPLEMENTED: _resume,
    Kind.SUPPLEMENT_REQUESTED: _request,
    Kind.FEE_REQUESTED: _ask_fee,
    Kind.PAID: _pay,
    Kind.EXTENDED: _extend,
    Kind.APOLOGY_SENT: _apologise,
    Kind.RECALLED: _recall,
    **dict.fromkeys(PROCESSING_RANK, _end),
}
_BY_KIND: Final = [_HANDLERS.get(kind, _other) for kind in Kind]
