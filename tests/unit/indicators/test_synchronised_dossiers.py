"""Indicator 1.4: what the portal counted, against what is known of on either side."""

import pytest

from services.domain.imports import Imports, PortalCount
from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import synchronised_dossiers
from services.indicators.synchronised_dossiers import DEFINITION, of
from tests.unit.domain.build import at, fact
from tests.unit.indicators.build import booked, dossier, measured

AS_OF = "Thu 2026-12-31 12:00"


def portal(
    synchronised: int, known: int, counted: str, period: str = "2026-01", unit: str = "W"
) -> PortalCount:
    return PortalCount(unit, period, synchronised, known, at(counted), None, "", "")


def test_a_dossier_is_reported_once_where_and_when_it_was_accepted() -> None:
    facts = [
        dossier("RECEIVED", "Fri 2026-01-30 08:00"),
        dossier("ACCEPTED", "Mon 2026-02-02 08:00"),
        dossier("TRANSFERRED", "Tue 2026-03-03 08:00", unit="V"),
        fact(
            "RECEIVED", "Mon 2026-02-02 08:00", case_id="documents:1", source="documents", domain="documents"
        ),
    ]
    assert booked(synchronised_dossiers, facts, AS_OF) == {"2026-02 W 1.4.reported": 1}


@pytest.mark.parametrize(
    ("reported", "synchronised", "known", "share"),
    [
        (10, 8, 9, (8, 10, 10)),
        (9, 8, 10, (8, 10, 10)),
        (0, 0, 0, (0, 0, 0)),
        (5, 12, 7, (12, 12, 12)),
    ],
)
def test_the_greater_of_what_both_sides_know_is_the_denominator(
    reported: int, synchronised: int, known: int, share: tuple[int, int, int]
) -> None:
    assert of(reported, synchronised, known) == Figure(
        *share, {"reported": reported, "synchronised": synchronised, "known_to_portal": known}
    )


def test_the_figure_puts_the_hubs_count_beside_the_portals() -> None:
    facts = [dossier("ACCEPTED", "Mon 2026-01-05 08:00", case_id=f"onestop:{n}") for n in range(3)]
    imports = Imports(
        portal=[portal(1, 2, "Sun 2026-02-01 08:00"), portal(7, 9, "Sun 2026-02-01 08:00", "2026-02")]
    )
    figure = measured(synchronised_dossiers, facts, imports=imports)
    assert figure == Figure(1, 3, 3, {"reported": 3, "synchronised": 1, "known_to_portal": 2})
    assert measured(synchronised_dossiers, facts, period="2026-Q1", imports=imports) is None


def test_a_count_made_after_the_period_holds_once_it_is_made() -> None:
    imports = Imports(portal=[portal(1, 5, "Sun 2026-02-01 08:00"), portal(2, 5, "Mon 2026-02-02 08:00")])

    def synchronised(as_of: str) -> int | None:
        figure = measured(synchronised_dossiers, as_of=as_of, imports=imports)
        return None if figure is None else figure.numerator

    assert synchronised("Sun 2026-02-01 07:59") is None
    assert synchronised("Sun 2026-02-01 08:00") == 1
    assert synchronised("Mon 2026-02-02 08:00") == 2


def test_a_count_of_another_unit_says_nothing_of_this_one() -> None:
    imports = Imports(portal=[portal(1, 5, "Sun 2026-02-01 08:00", unit="V")])
    assert measured(synchronised_dossiers, imports=imports) is None
    assert measured(synchronised_dossiers, unit="V", imports=imports) is not None


def test_the_portals_counts_are_imported_and_may_still_change() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("1.4", "1.4@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Dossiers synchronised to the national portal",
        "Decision 766/QD-TTg, indicator 1.4",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.IMPORTED, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy


def test_where_the_hub_knows_no_dossier_it_has_reported_none() -> None:
    imports = Imports(portal=[portal(1, 2, "Sun 2026-02-01 08:00")])
    figure = measured(synchronised_dossiers, imports=imports)
    assert figure == Figure(1, 2, 2, {"reported": 0, "synchronised": 1, "known_to_portal": 2})
