"""The due instants of one case while its facts are walked: the source's, the one that the law gives, and why none.

Source: DESIGN 6; `domain/deadlines.md`, 1.
"""

from services.domain.calendar import UncoveredDate
from services.domain.case import UNKNOWN, CaseState
from services.domain.deadline import Extension, Supplement, due_instant
from services.domain.law import Law
from services.domain.policy import Due, Policy


class Dues:
    """The due instants of one case as its facts come: the source's, the computed one, and why there is none."""

    __slots__ = ("_basis", "_case", "_computed", "_law", "reason")

    def __init__(self, case: CaseState, law: Law) -> None:
        self._case, self._law = case, law
        self._basis: tuple[object, ...] | None = None
        self._computed: int | None = None
        self.reason: str | None = None

    def of(self, policy: Policy) -> int | None:
        """The due instant by which a policy judges the case now."""
        case = self._case
        if policy.due is not Due.COMPUTED and case.due_source is not None:
            return case.due_source + case.credit_ms if policy.credits_supplements else case.due_source
        return None if policy.due is Due.SOURCE else self.computed()

    def computed(self) -> int | None:
        """What the law gives, whatever the source says; None without a known limit, or with `reason` why not."""
        case = self._case
        starts_at = case.clock_starts_at
        if starts_at is None or case.procedure == UNKNOWN:
            self._basis = self.reason = None
            return None
        basis = (
            starts_at,
            case.unit,
            case.ruling_unit,
            case.procedure,
            len(case.pauses),
            len(case.extensions),
            len(case.apologies),
        )
        if basis != self._basis:
            self._basis = basis
            self._computed, self.reason = self._compute(starts_at)
        return self._computed

    def _compute(self, starts_at: int) -> tuple[int | None, str | None]:
        case, law = self._case, self._law
        procedure = law.procedure_of(case.procedure, case.ruling_unit, starts_at)
        if procedure is None or procedure.limit is None:
            return None, None
        calendar = law.calendar_of(case.unit)
        if calendar is None:
            return None, "no-calendar"
        rules = law.rule_sets.on(law.periods.day_of(starts_at))
        if rules is None:
            return None, "no-rule-set"
        supplements = [
            Supplement(p.since, p.until) for p in case.pauses if p.reason == "supplement" and p.is_completed
        ]
        extensions = [Extension(e.at, e.due_at, min(case.apologies, default=None)) for e in case.extensions]
        try:
            return due_instant(procedure, rules, calendar, starts_at, supplements, extensions), None
        except UncoveredDate:
            return None, "uncovered-date"

    def missing_bucket(self) -> str:
        """The bucket of a case without a due instant, whatever due instant a policy asks for."""
        self.computed()
        return "no_deadline" if self.reason is None else "unknown"
