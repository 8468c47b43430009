"""Petitions as cases of their own, and on a dossier."""

from typing import Any

from egovhub.events import Fact

from tests.unit.domain.build import fact
from tests.unit.indicators.build import dossier, elsewhere

AS_OF = "Thu 2026-12-31 12:00"
RAISED = "Mon 2026-01-05 20:15"
"""Two working days are over on Wed 2026-01-07, five on Mon 2026-01-12, fifteen on Mon 2026-01-26."""
ACCEPTED = "Fri 2026-01-02 08:00"


def own(kind: str, occurred: str, *, source: str = "feedback", **details: Any) -> Fact:
    """A fact of a petition that is a case of its own."""
    return fact(
        kind,
        occurred,
        case_id="feedback:1",
        source=source,
        domain="feedback",
        unit="W",
        details=details,
        event_id=f"{source} {kind} {occurred} {details}",
    )


def about(kind: str, occurred: str, *, source: str = "feedback", **details: Any) -> Fact:
    """A fact of the feedback domain about the dossier."""
    event_id = f"{source} {kind} {occurred} {details}"
    return elsewhere("feedback", kind, occurred, source=source, details=details, event_id=event_id)


OPENED = own("REGISTERED", RAISED)
DOSSIER = dossier("ACCEPTED", ACCEPTED)
