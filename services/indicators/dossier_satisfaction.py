"""Indicator 5.4: the satisfaction with how dossiers are handled, 6 points, full from 90 % on; none without dossiers.

100 % - (late rate + rate with a dislike or petition), not below 0; of the dossiers accepted in the period (the law
names no key) that the first policy judges: late are those that ended late or are overdue. A dossier that is late and
disliked counts in both rates, as the text adds them; several dislikes and petitions of one dossier count once. What
the policy does not judge is in the total alone. A petition that is a case of its own names the dossier it is about,
but does not meet it: such petitions are counted apart, by the month in which they were raised, and lower no share; to
count, a petition must be published on the dossier.
Aggregation: sum; only pooled sums are cut off at 0. Horizon: as of, for dossiers become late by time alone.
Source: Decision 766/QD-TTg, indicator 5.4.

>>> figure = of({"5.4.on_time": 8, "5.4.late": 2, "5.4.disliked": 3, "5.4.unjudged": 1})
>>> figure.numerator, figure.denominator, figure.total
(5, 10, 11)
>>> of({"5.4.on_time": 1, "5.4.late": 2, "5.4.disliked": 2}).numerator
0
"""

from typing import Final

from egovhub.events import Kind

from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.view import Book, CaseView
from services.indicators.dossiers import accepted_at
from services.indicators.petitions import FEEDBACK, feedback, is_dislike

DEFINITION: Final = Definition(
    "5.4",
    "Satisfaction with dossier handling",
    1,
    "Decision 766/QD-TTg, indicator 5.4",
    Aggregation.SUM,
    Horizon.AS_OF,
)
PARTS: Final = ("on_time", "late", "disliked", "unjudged", "petitions_apart")


def count(view: CaseView, book: Book) -> None:
    """Every dossier when it was accepted, and whether it is disliked; a petition about one, when it was raised."""
    at = accepted_at(view)
    if at is not None:
        _count_dossier(view, book, at)
    elif view.domain == FEEDBACK and view.detail("about_case_id") is not None:
        raised_at = view.first(Kind.PETITION)
        if raised_at is not None:
            book.add("5.4.petitions_apart", raised_at)


def _count_dossier(view: CaseView, book: Book, at: int) -> None:
    policy, bucket = view.law.policies[0], view.judged.bucket
    if bucket not in policy.denominator:
        book.add("5.4.unjudged", at)
        return
    book.add("5.4.on_time" if bucket in policy.numerator else "5.4.late", at)
    if any(fact.kind is Kind.PETITION or is_dislike(fact) for fact in feedback(view)):
        book.add("5.4.disliked", at)


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The satisfaction with the dossiers accepted in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    parts = {part: counts.get(f"5.4.{part}", 0) for part in PARTS}
    judged = parts["on_time"] + parts["late"]
    numerator = max(0, parts["on_time"] - parts["disliked"])
    return Figure(numerator, judged, judged + parts["unjudged"], parts)
