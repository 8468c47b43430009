"""Cases of which no fact came in two versions that nothing orders."""

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import trust_conflicts
from services.indicators.trust_conflicts import DEFINITION
from tests.unit.indicators.build import dossier
from tests.unit.indicators.more_build import found

FIRST = dossier("RECEIVED", "Mon 2026-01-05 08:00", event_id="1", recorded_at=1)
SECOND = FIRST._replace(source_status="2")
THIRD = FIRST._replace(source_status="3")
HARMLESS = FIRST._replace(recorded_at=2, source_status="2")
"""Another content at a later time of recording: a revision, no conflict."""


def test_a_case_with_a_conflict_is_counted_once() -> None:
    counted = {"2026-01 W trust.cases.conflicting/onestop": 1}
    assert found(trust_conflicts, [FIRST, SECOND]) == counted
    assert found(trust_conflicts, [SECOND, FIRST, SECOND]) == counted
    assert found(trust_conflicts, [FIRST, SECOND, THIRD]) == counted


def test_a_case_without_is_not() -> None:
    assert found(trust_conflicts, [FIRST]) == {}
    assert found(trust_conflicts, [FIRST, FIRST]) == {}
    assert found(trust_conflicts, [FIRST, HARMLESS]) == {}


def test_the_figure_is_the_share_of_all_cases_seen() -> None:
    counts = {
        "trust.cases.seen/onestop": 9,
        "trust.cases.conflicting/onestop": 2,
        "trust.cases.repeated/onestop": 1,
    }
    expected = Figure(7, 9, 9, {"onestop/conflicting": 2, "onestop/seen": 9})
    assert trust_conflicts.measure(counts, None) == expected  # type: ignore[arg-type]


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.conflicts",
        "Cases without conflicting facts",
        1,
        "domain/indicators.md, 4; DESIGN, law 2",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
