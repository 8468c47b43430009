"""Cases that have a start, of all that the hub has heard of."""

from services.domain.indicator import Definition, Figure
from services.domain.organisations import ALL
from services.indicators import trust_orphans
from services.indicators.trust_orphans import DEFINITION
from tests.unit.indicators.build import HAND_OVER, PORTAL, dossier, elsewhere, measured

ORPHAN = elsewhere("payments", "PAID", "Tue 2026-01-06 08:00", case_id="onestop:2")
FACTS = [dossier("RECEIVED", "Mon 2026-01-05 08:00"), ORPHAN]


def test_an_orphan_is_in_the_figure_of_everything_until_its_case_begins() -> None:
    assert measured(trust_orphans, FACTS, unit=ALL) == Figure(1, 2, 2, {"orphan": 1})
    begun = dossier("RECEIVED", "Mon 2026-02-02 08:00", case_id="onestop:2")
    assert measured(trust_orphans, [*FACTS, begun], unit=ALL) == Figure(1, 2, 2, {"orphan": 1})
    assert measured(trust_orphans, [*FACTS, begun], unit=ALL, period="2026-02") == Figure(
        2, 2, 2, {"orphan": 0}
    )


def test_an_orphan_has_the_unit_unknown_and_no_other() -> None:
    assert measured(trust_orphans, FACTS, unit="unknown") == Figure(0, 1, 1, {"orphan": 1})
    assert measured(trust_orphans, FACTS, unit="W") is None
    assert measured(trust_orphans, FACTS, unit="C") is None


def test_every_bucket_is_a_case_that_has_a_start() -> None:
    counts = {"ended.late": 1, "ended.refused": 2, "open.no_deadline": 4, "open.unknown": 8, "orphan": 16}
    counts |= {"handover.open.in_time": 32, "received": 64}
    assert trust_orphans.of(counts, PORTAL, (PORTAL, HAND_OVER)) == Figure(15, 31, 31, {"orphan": 16})


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "trust.orphans", "Cases that have a start", 1, "DESIGN, law 3; domain/indicators.md, 4"
    )
    assert expected == DEFINITION
