"""The stages of a dossier: which facts delimit each of them.

The kinds say when it was registered, taken in, processed and handed over; the source's status says when it was handed
on from the desk (4, in process). None of the one-stop codes says when a result was submitted for signing: a source
that knows tells it by a step with the status `signing`. A stage that facts do not delimit on both sides is no stage.
Source: `domain/systems.md`, 2 (statuses); `domain/indicators.md`, 4 (stage times).
"""

from typing import Final

from egovhub.events import Kind

from services.domain.view import CaseView

IN_PROCESS: Final = "4"
SIGNING: Final = "signing"

Stage = tuple[int, int]
"""First and last instant, in milliseconds since the epoch; both may be the same."""

_TAKEN_IN: Final = frozenset({Kind.RECEIVED, Kind.ACCEPTED})


def waiting(view: CaseView) -> Stage | None:
    """From the registration to the answer: received, accepted, or refused."""
    return _stage(view.first(Kind.REGISTERED), view.first(Kind.RECEIVED, Kind.ACCEPTED, Kind.REFUSED))


def at_desk(view: CaseView) -> Stage | None:
    """From the reception to the first later fact that says the dossier is in process."""
    return _stage(*_handed_on(view))


def in_unit(view: CaseView) -> Stage | None:
    """From the handing on to the submission for signing, or if no source tells it, or it came later, to the end."""
    ends = [at for at in (_submitted_at(view), _processed_at(view)) if at is not None]
    return _stage(_handed_on(view)[1], min(ends, default=None))


def signing(view: CaseView) -> Stage | None:
    """From the submission for signing to the end."""
    return _stage(_submitted_at(view), _processed_at(view))


def returning(view: CaseView) -> Stage | None:
    """From the end at the agency to the hand-over of the result."""
    end = view.state.hand_over_end
    return _stage(_processed_at(view), end.at if end is not None and end.kind is Kind.RETURNED else None)


def _stage(since: int | None, until: int | None) -> Stage | None:
    return None if since is None or until is None or until < since else (since, until)


def _handed_on(view: CaseView) -> tuple[int | None, int | None]:
    """When the dossier was taken in, and handed on; one fact does not say both."""
    taken_in: int | None = None
    for fact in view.facts:
        if taken_in is None:
            if fact.kind in _TAKEN_IN:
                taken_in = fact.occurred_at
        elif fact.source_status == IN_PROCESS:
            return taken_in, fact.occurred_at
    return taken_in, None


def _submitted_at(view: CaseView) -> int | None:
    return next((fact.occurred_at for fact in view.of(Kind.STEP) if fact.source_status == SIGNING), None)


def _processed_at(view: CaseView) -> int | None:
    """When the end that stands was reached, if it is that of the work."""
    end = view.state.processing_end
    return end.at if end is not None and end.kind is Kind.PROCESSED else None
