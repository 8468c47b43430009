"""Which cases are dossiers, when they were accepted, and what is said of their result and payment.

Decision 766 speaks of dossiers (hồ sơ TTHC): cases of the domain `onestop`. A dossier is accepted with its earliest
ACCEPTED, without one when the core takes it as received; one that is only registered is not accepted yet, nor is one
that was refused without having been received. Source: `domain/indicators.md`, 1 and "2.1 exactly".

>>> electronic(Result.NONE_DUE), electronic(Result.LINKED), electronic(Result.NOT_LINKED), electronic(Result.UNSAID)
(True, True, False, None)
"""

from enum import Enum
from typing import Final

from egovhub.events import Kind

from services.domain.elsewhere import paid_at
from services.domain.procedures import Procedure
from services.domain.view import CaseView
from services.indicators.answers import Answer

DOSSIERS: Final = "onestop"
"""The domain of dossiers."""

_WITHOUT_RESULT: Final = frozenset({Kind.REFUSED, Kind.WITHDRAWN, Kind.STOPPED})
"""Ends after which no result is due."""
_PAID_ONLINE: Final[dict[object, bool]] = {"NATIONAL_PORTAL": True, "LOCAL_GATEWAY": True, "NONE": False}


class Result(Enum):
    """What is said of the electronic result of a dossier."""

    NONE_DUE = "none due"
    """The procedure gives no document, or the dossier ended without a result."""
    LINKED = "linked"
    NOT_LINKED = "not linked"
    """A document is due, and on paper alone or not there yet."""
    UNSAID = "unsaid"
    """Nobody says whether a document is due, or the source of an ended dossier whether it is electronic."""


def accepted_at(view: CaseView) -> int | None:
    """When a dossier was accepted; None: the case is no dossier, or not accepted yet."""
    return view.state.clock_starts_at if view.domain == DOSSIERS else None


def flag(view: CaseView, name: str) -> Answer:
    """What the source says last in a field of `details` that is true or false."""
    value = view.detail(name)
    return value if isinstance(value, bool) else None


def number(view: CaseView, name: str) -> int | None:
    """What the source says last in a field of `details` that counts something."""
    value = view.detail(name)
    return value if isinstance(value, int) else None


def rule_of(view: CaseView, at: int) -> Procedure | None:
    """The row of the dossier's procedure in force when it was accepted; None if the table has none."""
    state = view.state
    return view.law.procedure_of(state.procedure, state.ruling_unit, at)


def result_of(view: CaseView, at: int) -> Result:
    """What is said of the electronic result of a dossier that was accepted at an instant."""
    linked, end = flag(view, "is_result_electronic"), view.state.processing_end
    if linked:
        return Result.LINKED
    if end is not None and end.kind in _WITHOUT_RESULT:
        return Result.NONE_DUE
    rule = rule_of(view, at)
    if rule is None or rule.document_result is None:
        return Result.UNSAID
    if not rule.document_result:
        return Result.NONE_DUE
    return Result.UNSAID if linked is None and end is not None else Result.NOT_LINKED


def electronic(result: Result) -> Answer:
    """Whether nothing of a dossier's result is on paper alone, or still to come."""
    if result is Result.UNSAID:
        return None
    return result is not Result.NOT_LINKED


def has_linked_result(view: CaseView, at: int) -> Answer:
    """Whether a file of the result is linked; where no result is there or due, none is."""
    linked = flag(view, "is_result_electronic")
    if linked is not None:
        return linked
    is_silent = view.state.processing_end is not None and result_of(view, at) is Result.UNSAID
    return None if is_silent else False


def has_reused_part(view: CaseView) -> Answer:
    """Whether at least one part of a dossier was taken from a store or database."""
    parts = number(view, "reused_parts")
    return None if parts is None else parts > 0


def is_filed_online(view: CaseView) -> Answer:
    """Whether a dossier was filed online."""
    channel = view.state.channel
    return None if channel is None or channel == "UNKNOWN" else channel == "ONLINE"


def has_online_payment(view: CaseView) -> bool:
    """Whether the source says that a dossier was paid online, or the platform had a successful payment for it."""
    return paid_at(view) is not None or _PAID_ONLINE.get(view.detail("online_payment"), False)


def is_paid_online(view: CaseView) -> Answer:
    """Whether a dossier was paid online; None if its source does not say how, be there a payment or not."""
    is_said = view.detail("online_payment") in _PAID_ONLINE
    return has_online_payment(view) if is_said else None
