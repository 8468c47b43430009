"""Late administrative procedures for which an apology was sent in time, and no second appointment made.

apologised at least a day before the due instant, with at most one new appointment / cases that became late, by the
month in which they did, not before they began to count. How long before, and how many appointments, say the rules in
force when the clock started, or while it has not when the case began; without any the case is in the total alone. Late
is meant by the first policy, so a case with a new appointment is late only if that has passed too. Of several reasons
why one is not kept the first of the parts counts. The flows `late.apologised` and `late.unapologised` are the cases
that ended late, with any letter of apology or none.
Aggregation: sum. Horizon: as of, for a new appointment may make a case timely again.
Source: Decree 118/2025/NĐ-CP; `domain/deadlines.md`, 1; `domain/indicators.md`, 2 (an apology for every late
dossier).

>>> figure = of({"apology.kept": 2, "apology.no_apology": 5, "apology.apology_late": 1, "apology.unsaid": 3})
>>> figure.numerator, figure.denominator, figure.total
(2, 8, 11)
"""

from typing import Final

from services.domain.case import CaseState
from services.domain.cells import Cell
from services.domain.indicator import Aggregation, Definition, Figure, Horizon, Setting
from services.domain.rule_sets import RuleSet
from services.domain.view import Book, CaseView

DEFINITION: Final = Definition(
    "apology",
    "Late cases with an apology in time",
    1,
    "Decree 118/2025/NĐ-CP; domain/deadlines.md, 1",
    Aggregation.SUM,
    Horizon.AS_OF,
)
APOLOGISED: Final = "late.apologised"
UNAPOLOGISED: Final = "late.unapologised"

_KEPT: Final = "kept"
_BROKEN: Final = ("no_apology", "apology_late", "second_appointment")
_UNSAID: Final = "unsaid"


def count(view: CaseView, book: Book) -> None:
    """An administrative procedure that is late, at the instant it became so."""
    case = view.judged
    if not view.is_procedure or case.bucket not in {"late", "overdue"} or case.due_at is None:
        return
    end = case.processing_end
    if end is not None:
        book.add(APOLOGISED if case.apologies else UNAPOLOGISED, end.at)
    law = view.law
    late_from = max(law.policies[0].overdue_from(case.due_at, law.periods), view.started_at)
    book.change_at(late_from)
    since = case.clock_starts_at
    rules = law.rule_sets.on(law.periods.day_of(view.started_at if since is None else since))
    book.add(f"apology.{_UNSAID if rules is None else _part(case, case.due_at, rules)}", late_from)


def _part(case: CaseState, due_at: int, rules: RuleSet) -> str:
    if not case.apologies:
        return "no_apology"
    if min(case.apologies) > due_at - rules.apology_ahead_ms:
        return "apology_late"
    return "second_appointment" if len(case.extensions) > rules.new_appointments else _KEPT


def measure(counts: Cell, _setting: Setting) -> Figure:
    """The cases that became late in the period."""
    return of(counts)


def of(counts: Cell) -> Figure:
    """The figure of the counts of a period."""
    parts = {part: counts.get(f"apology.{part}", 0) for part in (_KEPT, *_BROKEN, _UNSAID)}
    judged = parts[_KEPT] + sum(parts[part] for part in _BROKEN)
    return Figure(parts[_KEPT], judged, judged + parts[_UNSAID], parts)
