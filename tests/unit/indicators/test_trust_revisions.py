"""Cases of which no fact was revised."""

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import trust_revisions
from services.indicators.trust_revisions import DEFINITION
from tests.unit.indicators.build import dossier
from tests.unit.indicators.more_build import found

FIRST = dossier("RECEIVED", "Mon 2026-01-05 08:00", event_id="1", recorded_at=1)
SECOND = FIRST._replace(recorded_at=2)
THIRD = FIRST._replace(recorded_at=3)
HARMLESS = FIRST._replace(derived=True)
"""Another content at the same time of recording: a conflict, no revision."""


def test_a_case_with_a_revised_fact_is_counted_once() -> None:
    counted = {"2026-01 W trust.cases.revised/onestop": 1}
    assert found(trust_revisions, [FIRST, SECOND]) == counted
    assert found(trust_revisions, [SECOND, FIRST, SECOND]) == counted
    assert found(trust_revisions, [FIRST, SECOND, THIRD]) == counted


def test_a_case_without_is_not() -> None:
    assert found(trust_revisions, [FIRST]) == {}
    assert found(trust_revisions, [FIRST, FIRST]) == {}
    assert found(trust_revisions, [FIRST, HARMLESS]) == {}


def test_the_figure_is_the_share_of_all_cases_seen() -> None:
    counts = {
        "trust.cases.seen/onestop": 9,
        "trust.cases.revised/onestop": 2,
        "trust.cases.repeated/onestop": 1,
    }
    expected = Figure(7, 9, 9, {"onestop/revised": 2, "onestop/seen": 9})
    assert trust_revisions.measure(counts, None) == expected  # type: ignore[arg-type]


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.revisions",
        "Cases without a revised fact",
        1,
        "domain/indicators.md, 4; DESIGN, law 2",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
