"""Look-ups of what is imported and never computed."""

from datetime import date

import pytest

from services.domain.imports import (
    LINKS,
    CatalogueEntry,
    ExpectedAgency,
    Imports,
    PortalCount,
    PublishedFigure,
)

DAY, LATER = date(2026, 1, 1), date(2027, 1, 1)
CITY = ("31", "all")
WARD = ("10507", "31", "all")


def entry(
    procedure: str,
    unit: str = "31",
    level: str = "commune",
    valid_from: date = DAY,
    valid_to: date | None = None,
    known_from: int | None = None,
    source: str = "paper",
) -> CatalogueEntry:
    said = (None,) * 11
    return CatalogueEntry(
        procedure, unit, level, *said, valid_from, valid_to, known_from, source, "one-source"
    )


CATALOGUE = Imports(
    catalogue=[
        entry("2.1", level="department"),
        entry("1.2", valid_to=LATER),
        entry("1.1"),
        entry("1.1", source="correction", known_from=100),
        entry("1.1", unit="10507", source="ward", valid_from=LATER),
        entry("3.1", unit="D1", level="department"),
        entry("2.1", unit="D1", level="department", source="D1"),
    ]
)


def named(rows: tuple[CatalogueEntry, ...]) -> list[str]:
    return [f"{row.procedure} {row.source}" for row in rows]


def test_a_unit_has_its_own_catalogue_and_those_above_it() -> None:
    assert named(CATALOGUE.catalogue(CITY, DAY)) == ["1.1 correction", "1.2 paper", "2.1 paper"]
    assert named(CATALOGUE.catalogue(WARD, DAY)) == named(CATALOGUE.catalogue(CITY, DAY))
    assert CATALOGUE.catalogue(("30", "all"), DAY) == ()


def test_the_units_with_a_catalogue_of_their_own_are_told_in_order() -> None:
    assert CATALOGUE.catalogue_units == ("10507", "31", "D1")
    assert Imports().catalogue_units == ()


def test_the_nearest_entry_in_force_decides() -> None:
    assert named(CATALOGUE.catalogue(WARD, LATER, "commune")) == ["1.1 ward"]
    assert named(CATALOGUE.catalogue(CITY, LATER, "commune")) == ["1.1 correction"]


def test_a_level_leaves_out_what_is_executed_elsewhere() -> None:
    assert named(CATALOGUE.catalogue(WARD, DAY, "department")) == ["2.1 paper"]
    assert CATALOGUE.catalogue(WARD, DAY, "district") == ()


def test_a_pooled_unit_counts_the_procedures_of_the_units_below_once() -> None:
    pooled = CATALOGUE.catalogue(CITY, DAY, "department", below=["D1", "D2"])
    assert named(pooled) == ["2.1 paper", "3.1 paper"]


def test_a_procedure_of_two_levels_is_two_entries() -> None:
    imports = Imports([entry("1.1"), entry("1.1", level="department")])
    assert [row.level for row in imports.catalogue(CITY, DAY)] == ["commune", "department"]


def test_before_its_first_day_an_entry_is_not_in_the_catalogue() -> None:
    assert CATALOGUE.catalogue(CITY, date(2025, 12, 31)) == ()


def count(synchronised: int, as_of: int, known_from: int | None = None, unit: str = "31") -> PortalCount:
    return PortalCount(unit, "2026-11", synchronised, 50, as_of, known_from, "portal", "one-source")


PORTAL = Imports(
    portal=[count(12, 200), count(10, 100), count(11, 100, 900), count(13, 200, 950), count(14, 200, 940)]
)


@pytest.mark.parametrize(
    ("as_of", "known_at", "synchronised"),
    [
        (None, None, 13),
        (200, None, 13),
        (199, None, 11),
        (199, 899, 10),
        (200, 949, 14),
        (200, 800, 12),
        (99, None, None),
    ],
)
def test_the_newest_count_of_the_portal_wins_as_far_as_it_was_counted_and_known(
    as_of: int | None, known_at: int | None, synchronised: int | None
) -> None:
    found = PORTAL.at(known_at).portal_counts("31", "2026-11", as_of)
    assert (None if found is None else found.synchronised) == synchronised


def test_what_was_not_imported_is_no_data() -> None:
    assert PORTAL.portal_counts("30", "2026-11") is None
    assert PORTAL.portal_counts("31", "2026-12") is None
    assert Imports().published("sipas", "31", 2023) == ()
    assert Imports().agencies(DAY) == ()


def published(
    value: int, source: str, component: str = "total", known_from: int | None = None
) -> PublishedFigure:
    return PublishedFigure(
        "sipas", "31", 2023, component, value, None, None, known_from, source, "one-source", ""
    )


SIPAS = Imports(
    published=[published(8809, "a"), published(8890, "b", known_from=100), published(8897, "a", "policy")]
)


def test_each_source_of_a_published_figure_keeps_its_own_value() -> None:
    assert [row.value for row in SIPAS.published("sipas", "31", 2023)] == [8809, 8890]
    assert [row.value for row in SIPAS.at(99).published("sipas", "31", 2023)] == [8809]
    assert SIPAS.published("par-index", "31", 2023) == ()
    assert SIPAS.published("sipas", "31", 2024) == ()


def test_components_are_published_beside_the_total() -> None:
    assert SIPAS.components("sipas", "31", 2023) == ("total", "policy")
    assert SIPAS.components("sipas", "31", 2022) == ()
    assert [row.value for row in SIPAS.published("sipas", "31", 2023, "policy")] == [8897]


def agency(
    unit: str, link: str, valid_to: date | None = None, known_from: int | None = None
) -> ExpectedAgency:
    return ExpectedAgency(unit, link, DAY, valid_to, known_from, "list", "one-source")


AGENCIES = Imports(
    agencies=[
        agency("2", "province-commune"),
        agency("1", "province-commune", known_from=100),
        agency("9", "province-district", valid_to=LATER),
    ]
)


def test_agencies_are_expected_while_their_row_holds_and_is_known() -> None:
    assert [row.unit for row in AGENCIES.agencies(DAY)] == ["1", "2", "9"]
    assert [row.unit for row in AGENCIES.agencies(LATER)] == ["1", "2"]
    assert [row.unit for row in AGENCIES.at(99).agencies(DAY, "province-commune")] == ["2"]


def test_what_is_known_at_an_instant_holds_for_the_catalogue_too() -> None:
    assert named(CATALOGUE.at(99).catalogue(CITY, DAY, "commune")) == ["1.1 paper", "1.2 paper"]


def test_the_edges_are_the_days_that_rows_of_the_catalogue_and_of_agencies_name() -> None:
    days = [date(2026, 2, n) for n in range(1, 7)]
    named = entry("1.1", valid_from=days[5], valid_to=LATER)._replace(
        announced_on=days[3], decision_on=days[0], effective_on=days[4], published_on=days[1]
    )
    imports = Imports([named], [count(1, 5)], agencies=[agency("1", LINKS[0], valid_to=days[2])])
    assert imports.edges(date.toordinal) == (DAY.toordinal(), *map(date.toordinal, days), LATER.toordinal())
    assert Imports(published=[published(1, "a")]).edges(date.toordinal) == ()


def test_the_portal_counted_each_period_at_its_instants() -> None:
    later = count(3, 7)._replace(period="2026-Q4")
    imports = Imports(portal=[later, count(1, 5), count(2, 3), count(4, 5, unit="30")])
    assert imports.counted_by_portal() == ((3, "2026-11"), (5, "2026-11"), (7, "2026-Q4"))
