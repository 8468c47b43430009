"""What systems other than the case's own say of it, for the cross-checks.

Source: `domain/systems.md`, "Cross-checks a hub can offer"; DESIGN, law 3: such facts never move the case.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from egovhub.events import Fact, Kind

from services.domain.view import CaseView

CIVIL_STATUS: Final = "civil-status"
BUSINESS: Final = "business-registration"
PAYMENTS: Final = "payments"

PAID_ONLINE: Final = frozenset({"NATIONAL_PORTAL", "LOCAL_GATEWAY"})
"""What a source marks as paid online."""

_RECORDED: Final = frozenset({"4", "5"})
"""Status codes of a civil status record that is registered, or of which the result is returned."""


class Said(NamedTuple):
    """The last value of a field, and since when it has been said without a change."""

    value: object
    since: int


def told(view: CaseView, domain: str) -> Sequence[Fact]:
    """The facts of a domain about the case, its owner's or others', in their order."""
    if view.domain == domain:
        return view.facts
    return [fact for fact in view.others if fact.domain == domain]


def said(facts: Sequence[Fact], name: str) -> Said | None:
    """What the facts say last in a field of `details`; None if they say nothing."""
    found: Said | None = None
    for fact in facts:
        value = fact.details.get(name)
        if value is not None and (found is None or found.value != value):
            found = Said(value, fact.occurred_at)
    return found


def recorded_at(facts: Sequence[Fact]) -> int | None:
    """When the register of civil status had made its record; None: not yet.

    Source: `domain/systems.md`, 4: status 4 registered, 5 result returned.
    """
    for fact in facts:
        if fact.kind is Kind.PROCESSED or fact.kind is Kind.RETURNED or fact.source_status in _RECORDED:
            return fact.occurred_at
    return None


def paid_at(view: CaseView) -> int | None:
    """When the payment platform first had a successful payment for the case; None: it had none."""
    for fact in view.others:
        if (
            fact.kind is Kind.PAID
            and fact.domain == PAYMENTS
            and fact.details.get("payment_status") == "PAID"
        ):
            return fact.occurred_at
    return None


def paid_online_at(view: CaseView) -> int | None:
    """When anybody first said that the case was paid online: the payment platform, or its source by a mark."""
    paid, mark = paid_at(view), said(view.facts, "online_payment")
    if mark is None or mark.value not in PAID_ONLINE:
        return paid
    return mark.since if paid is None else min(paid, mark.since)
