"""Every figure of some facts, as `python -m services compute --json` prints them."""

from collections import defaultdict
from collections.abc import Iterable

from egovhub.events import Fact

from services.canonical import canonical
from services.compute import figure_row
from services.domain.cells import add
from services.domain.standing import Known
from services.domain.sums import Point
from services.recount import Cases, evaluations, figures
from services.rules import Rules


def rows_of(facts: Iterable[Fact], rules: Rules, as_of: int) -> set[str]:
    """The rows at an instant in milliseconds."""
    cases: Cases = defaultdict(list)
    for fact in facts:
        cases[fact.case_id].append(Known(fact, None))
    points: dict[Point, int] = {}
    for evaluation in evaluations(cases, rules, as_of):
        add(points, evaluation.contributions)
    return {
        canonical(figure_row(row, rules, as_of), rules.periods.zone) for row in figures(points, rules, as_of)
    }
