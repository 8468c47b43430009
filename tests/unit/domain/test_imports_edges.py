"""What mutants of the imported figures showed that no other test held."""

import pytest

from services.domain.imports import LEVELS, LINKS, Imports, PortalCount


def count(known_from: int | None) -> PortalCount:
    return PortalCount("31", "2026-11", 1, 50, 200, known_from, "portal", "one-source")


@pytest.mark.parametrize(("earlier", "later"), [(5, 7), (0, 1), (-1, 0), (None, -1)])
def test_of_two_counts_of_one_day_the_one_learned_last_wins(earlier: int | None, later: int) -> None:
    for rows in ([count(earlier), count(later)], [count(later), count(earlier)]):
        assert Imports(portal=rows).portal_counts("31", "2026-11") == count(later)


def test_levels_and_links_are_called_what_imported_files_call_them() -> None:
    assert LEVELS == ("commune", "district", "department", "ministry")
    assert LINKS == ("province-department", "province-district", "province-commune")
