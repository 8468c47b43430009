"""The petitions of a case, and whether their answers are on time.

A fact of kind PETITION in the domain `feedback` raises a petition. A case of that domain is one petition, whatever
else its owner says; on any other case each such fact of a source raises one, unless it says that an earlier one is
raised again. What the source says from then until its next petition is about this one. Ratings of any source are
about the petition of a case of its own, on a dossier those of the petition's source.

From when it is raised a petition must be rejected within 2 working days, asked more about within 5 or resolved within
15, and what was resolved be published within 2 more; the last day is still on time. The first rejection or resolution
stops the clock, as does a withdrawal; until then the petition becomes late by time alone after the fifteenth day.
Asking for more does not stop it, for no source says that it does; raising it again starts it anew. Publication is
judged when it is reported. Where `details` name no answer the kind of the fact does. Working days are those of the
unit charged when the clock starts; the limits those in force on that day.
Source: Decision 766/QD-TTg, indicator 5.2.

>>> raised, asked, resolved, published = 0, 3, 9, 10
>>> clock = Clock(raised)
>>> clock.take(ASK_MORE, asked), clock.take(RESOLVE, resolved), clock.take(PUBLISH, published)
(None, None, None)
>>> clock.runs
[('ask-more', 0, 3), ('resolve', 0, 9), ('publish', 9, 10)]
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final, NamedTuple

from egovhub.events import Fact, Kind

from services.domain.calendar import UncoveredDate
from services.domain.standing import in_fold_order
from services.domain.view import CaseView
from services.indicators.answers import Answer

FEEDBACK: Final = "feedback"
"""The domain of petitions and ratings."""

REJECT, ASK_MORE, RESOLVE, PUBLISH = "reject", "ask-more", "resolve", "publish"
"""The steps that have a limit."""
CLOSE: Final = "close"
"""The petition ends without an answer."""
AGAIN: Final = "again"

_BY_ANSWER: Final[dict[object, str]] = {
    "REFUSED": REJECT,
    "MORE_ASKED": ASK_MORE,
    "RESOLVED": RESOLVE,
    "PUBLISHED": PUBLISH,
}
_BY_KIND: Final = {
    Kind.REFUSED: REJECT,
    Kind.SUPPLEMENT_REQUESTED: ASK_MORE,
    Kind.PROCESSED: RESOLVE,
    Kind.RETURNED: RESOLVE,
    Kind.WITHDRAWN: CLOSE,
    Kind.STOPPED: CLOSE,
}
_INDICATOR: Final = "5.2"
_DAY: Final = timedelta(1)


class Petition(NamedTuple):
    """One petition: when it was raised, and what was said about it from then on, in fold order."""

    raised_at: int
    facts: Sequence[Fact]

    @property
    def is_disliked(self) -> bool:
        """Whether its handling was said to be unsatisfactory."""
        return any(map(is_dislike, self.facts))

    @property
    def is_raised_again(self) -> bool:
        """Whether it had been answered before."""
        return any(map(_is_again, self.facts))


class Timeliness(NamedTuple):
    """Whether the answers to a petition are on time, and when time alone makes them late."""

    is_on_time: Answer
    changes_at: int | None


class Clock:
    """The clocks of one petition: which limit each is under, since when it ran, until when; None: it still runs."""

    __slots__ = ("_has_asked", "_resolved_at", "_since", "runs")

    def __init__(self, raised_at: int) -> None:
        self.runs: list[tuple[str, int, int | None]] = []
        self._since: int | None = raised_at
        self._resolved_at: int | None = None
        self._has_asked = False

    def take(self, step: str | None, at: int) -> None:
        """Something was done about the petition; None: nothing that has a limit."""
        if step == PUBLISH and self._resolved_at is not None:
            self.runs.append((PUBLISH, self._resolved_at, at))
            self._resolved_at = None
        elif step == ASK_MORE:
            self._ask(at)
        elif step is not None:
            self._stop(step, at)
        if step == AGAIN:
            self._since, self._has_asked = at, False

    def _ask(self, at: int) -> None:
        if self._since is not None and not self._has_asked:
            self.runs.append((ASK_MORE, self._since, at))
            self._has_asked = True

    def _stop(self, step: str, at: int) -> None:
        if self._since is None:
            return
        self.runs.append((REJECT if step == REJECT else RESOLVE, self._since, at))
        self._since, self._resolved_at = None, at if step == RESOLVE else None

    def run_on(self) -> None:
        """Nothing more is known: a petition that was not answered still has to be resolved."""
        if self._since is not None:
            self.runs.append((RESOLVE, self._since, None))


def is_dislike(fact: Fact) -> bool:
    """Whether a fact says that a person is not satisfied."""
    return fact.kind is Kind.RATED and fact.details.get("is_satisfied") is False


def _is_again(fact: Fact) -> bool:
    return fact.kind is Kind.PETITION and fact.details.get("is_raised_again") is True


def feedback(view: CaseView) -> list[Fact]:
    """What any source says of a case in the domain of feedback."""
    return [fact for fact in (*view.facts, *view.others) if fact.domain == FEEDBACK]


def petitions(view: CaseView) -> Iterator[Petition]:
    """The petitions of a case, each once."""
    if view.domain == FEEDBACK:
        raised_at = view.first(Kind.PETITION)
        if raised_at is not None:
            ratings = (fact for fact in view.others if is_dislike(fact))
            yield from _between([*view.facts, *ratings], [raised_at])
    elif found := feedback(view):
        for source in sorted({fact.source for fact in found}):
            said = [fact for fact in found if fact.source == source]
            raised = {fact.occurred_at for fact in said if fact.kind is Kind.PETITION}
            again = {fact.occurred_at for fact in said if _is_again(fact)}
            yield from _between(said, sorted((raised - again) | set(sorted(raised)[:1])))


def _between(facts: Sequence[Fact], raised: Sequence[int]) -> Iterator[Petition]:
    """Each petition with the facts from when it was raised until the next one was."""
    ordered = in_fold_order(list(facts))
    for since, until in pairwise([*raised, None]):
        assert since is not None
        about = [f for f in ordered if since <= f.occurred_at and (until is None or f.occurred_at < until)]
        yield Petition(since, about)


def timeliness(view: CaseView, petition: Petition) -> Timeliness:
    """Whether every clock of a petition stopped on time or may still do so; None if nobody can say of one."""
    clock = Clock(petition.raised_at)
    for fact in petition.facts:
        clock.take(step_of(fact), fact.occurred_at)
    clock.run_on()
    is_late, is_known, changes_at = False, True, None
    for step, since, until in clock.runs:
        overdue_from = _overdue_from(view, step, since)
        if overdue_from is None:
            is_known = False
        elif (view.as_of if until is None else until) >= overdue_from:
            is_late = True
        elif until is None:
            changes_at = overdue_from
    return Timeliness(False if is_late else True if is_known else None, changes_at)


def step_of(fact: Fact) -> str | None:
    """What a fact does about a petition; None: nothing that has a limit."""
    if fact.kind is Kind.PETITION:
        return AGAIN if _is_again(fact) else None
    return _BY_ANSWER.get(fact.details.get("answer")) or _BY_KIND.get(fact.kind)


def _overdue_from(view: CaseView, step: str, since: int) -> int | None:
    """The first instant at which a step is late; None if no row allows it days or no calendar covers them."""
    law = view.law
    allowance = law.thresholds.allowance(_INDICATOR, step, law.periods.day_of(since))
    calendar = view.calendar_at(since)
    if allowance is None or calendar is None:
        return None
    try:
        last = calendar.add_working_days(calendar.day_of(since), allowance.working_days)
        return calendar.start_of_day(last + _DAY)
    except UncoveredDate:
        return None
