"""What one indicator makes of some facts, under a law small enough to be worked out by hand.

City C with department D, district X and wards W and V (units without a first day); working days are Monday to
Friday of 2026 without 1 January; one policy a track.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from egovhub.events import Fact

from services.domain.calendar import Limit, LimitUnit, Session
from services.domain.calendars import CalendarKind, Calendars, DayRow, WeekRow
from services.domain.cells import PeriodCounts, Pool, add
from services.domain.evaluation import Evaluation, evaluate
from services.domain.figures import Maker
from services.domain.imports import CatalogueEntry, Imports
from services.domain.indicator import Figure, Setting
from services.domain.law import Law
from services.domain.organisations import ALL, Organisations, Unit
from services.domain.ownership import Owners
from services.domain.periods import Grain, Periods, label, month_of_label
from services.domain.points import Allowance, Thresholds
from services.domain.policy import Policy, Stands
from services.domain.procedures import Procedure, Procedures
from services.domain.rule_sets import RuleSets
from services.domain.standing import Known
from services.domain.sums import Point
from services.domain.view import CaseView
from tests.unit.domain.build import at, fact

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CASE = "onestop:1"
PAPER, REGISTER, LOCAL = "1.000001", "1.000002", "1.000003"
"""A procedure with fee and document; one without either; one of which neither is said."""
KEPT = frozenset({"early", "on_time", "in_time", "due_soon", "paused"})
JUDGED = KEPT | {"late", "overdue"}
PORTAL = Policy("portal", 1, "", KEPT, JUDGED, JUDGED | {"no_deadline", "unknown"}, credits_supplements=True)
HAND_OVER = replace(PORTAL, name="hand-over", stands=Stands.HAND_OVER)
_DAY = (Session(7 * 3600, 41_400), Session(48_600, 17 * 3600))
"""07:00 to 11:30 and 13:30 to 17:00."""
_BOTH = frozenset(CalendarKind)
_WEEK = (*(_DAY,) * 5, (), ())


def _unit(code: str, kind: str, parent: str | None = "C", jurisdiction: str | None = None) -> Unit:
    return Unit(code, code, kind, parent, None, "", jurisdiction=jurisdiction)


def _procedure(stem: str, fee: bool | None, document: bool | None) -> Procedure:
    limit = Limit(5, LimitUnit.WORKING_DAYS)
    levels = ("commune", "district", "department")
    return Procedure(stem, levels, limit, "", "", fee=fee, document_result=document)


def _allowance(indicator: str, step: str, working_days: int) -> Allowance:
    return Allowance(indicator, step, working_days, date(2022, 6, 23), None, None, "", "")


LAW = Law(
    Owners(()),
    Periods(ZONE),
    (PORTAL, HAND_OVER),
    Organisations(
        [
            _unit("C", "city", None, "VN"),
            _unit("D", "department"),
            _unit("X", "district"),
            _unit("W", "ward"),
            _unit("V", "commune"),
        ],
        zone=ZONE,
    ),
    Procedures(
        [_procedure(PAPER, True, True), _procedure(REGISTER, False, False), _procedure(LOCAL, None, None)]
    ),
    Calendars(
        [WeekRow("VN", "VN", _BOTH, ZONE, date(2026, 1, 1), date(2026, 12, 31), _WEEK, None, "")],
        [DayRow("VN", _BOTH, date(2026, 1, 1), False, None, None, "New Year", "")],
    ),
    RuleSets(()),
    thresholds=Thresholds(
        (),
        [
            *(_allowance("1.1", step, n) for step, n in (("ministry", 20), ("province", 5))),
            *(_allowance("1.2", step, n) for step, n in (("ministry", 10), ("province", 5))),
            *(_allowance("5.2", *row) for row in (("reject", 2), ("ask-more", 5), ("resolve", 15))),
            _allowance("5.2", "publish", 2),
        ],
    ),
)


def dossier(kind: str, occurred: str, due: str | None = None, **fields: Any) -> Fact:
    """A fact of the one-stop shop's own about `CASE`, in ward W."""
    return fact(kind, occurred, due, **{"case_id": CASE, "unit": "W", **fields})


def elsewhere(domain: str, kind: str, occurred: str, **fields: Any) -> Fact:
    """A fact of another source about `CASE`; the source is called like its domain."""
    return fact(kind, occurred, **{"case_id": CASE, "source": domain, "domain": domain, **fields})


def entry(procedure: str = PAPER, unit: str = "C", level: str = "commune", **fields: Any) -> CatalogueEntry:
    """A row of the catalogue, in force since 2026-01-01, that says nothing but what is given."""
    nothing: dict[str, Any] = dict.fromkeys(CatalogueEntry._fields)
    given = {"valid_from": date(2026, 1, 1), "source": "", "verified": "", **fields}
    return CatalogueEntry(**{**nothing, "procedure": procedure, "unit": unit, "level": level, **given})


def viewed(facts: Iterable[Fact], as_of: str, law: Law = LAW) -> CaseView:
    """What an indicator sees of the one case that the facts are about."""
    views: list[CaseView] = []
    evaluate(
        [Known(one, None) for one in facts], at(as_of), replace(law, counts=(lambda v, _: views.append(v),))
    )
    (view,) = views
    return view


def evaluated(module: ModuleType, facts: Iterable[Fact], as_of: str, law: Law = LAW) -> list[Evaluation]:
    """Each case that the facts are about, in any order."""
    count = getattr(module, "count", None)
    law = replace(law, counts=(count,) if count else ())
    cases: dict[str, list[Known]] = {}
    for one in facts:
        cases.setdefault(one.case_id, []).append(Known(one, None))
    return [evaluate(known, at(as_of), law) for known in cases.values()]


def booked(module: ModuleType, facts: Iterable[Fact], as_of: str, law: Law = LAW) -> dict[str, int]:
    """What the indicator counted under its own id, as {"2026-01 W counter": n}; the procedure is left out."""
    counted = sum_of(evaluated(module, facts, as_of, law))
    return {
        f"{label(month, Grain.MONTH)} {unit} {counter}": n
        for (unit, _, month, counter), n in counted.items()
        if counter.startswith(f"{module.DEFINITION.id}.")
    }


def sum_of(evaluations: Iterable[Evaluation]) -> dict[Point, int]:
    """The contributions of all cases together."""
    points: dict[Point, int] = {}
    for evaluation in evaluations:
        add(points, evaluation.contributions)
    return points


def measured(
    module: ModuleType,
    facts: Sequence[Fact] = (),
    *,
    unit: str = "W",
    procedure: str = ALL,
    period: str = "2026-01",
    as_of: str = "Thu 2026-12-31 12:00",
    law: Law = LAW,
    imports: Imports | None = None,
) -> Figure | None:
    """The figure of a unit and period from the facts of any number of cases."""
    pool = Pool(law.organisations.path).fill(sum_of(evaluated(module, facts, as_of, law)))
    counts, setting = counts_of(pool, unit, procedure, period, as_of, law, imports or Imports())
    figure: Figure | None = module.measure(counts, setting)
    return figure


def counts_of(
    pool: Pool, unit: str, procedure: str, period: str, as_of: str, law: Law, imports: Imports
) -> tuple[dict[str, int], Setting]:
    """The counts of one period, and what they are measured for; a period without counts has none."""
    month = month_of_label(period)
    grain = Grain.QUARTER if "Q" in period else Grain.MONTH if "-" in period else Grain.YEAR
    series = pool.series.get((unit, procedure))
    found = [] if series is None else series.periods(month, month + 11)
    counts = next((p for p in found if p[:2] == (grain, month)), PeriodCounts(grain, month, {}))
    setting = Maker(law, imports, ()).setting(pool, unit, procedure, counts, law.policies[0], at(as_of))
    return counts.counts, setting


def shares(figure: Figure | None) -> tuple[int, int, int]:
    """Numerator, denominator and total of a figure that must be there."""
    assert figure is not None
    return figure.numerator, figure.denominator, figure.total
