"""What is refused of a registry: rows that cannot be true together, at whatever time they were known."""

from datetime import date

import pytest

from services.domain.organisations import ALL, Unit
from services.domain.organisations_problems import problems
from services.domain.succession import Succession

REFORM = date(2025, 7, 1)


def unit(
    code: str,
    parent: str | None = None,
    since: date | None = None,
    until: date | None = None,
    known_from: int | None = None,
) -> Unit:
    return Unit(code, f"name of {code}", "ward", parent, since, "test", until, "", known_from)


CITY = unit("31")


def test_a_sound_registry_has_no_problems() -> None:
    rows = [CITY, unit("a", "31", until=REFORM), unit("a", "31", since=REFORM)]
    assert problems(rows) == []
    assert problems(rows, [Succession("a", "a", REFORM, "merge", 1, "test")]) == []


def test_every_problem_of_a_registry_is_named_with_its_unit() -> None:
    found = problems(
        [CITY, CITY, unit("a", "b"), unit("b", "a"), unit("c", "c"), unit("d", "a"), unit("e", "nowhere")]
    )
    assert [line.split(":")[0] for line in found] == ["unit 31", "unit e", "unit a", "unit b", "unit c"]
    assert "given twice" in found[0]
    assert "parent nowhere is not in the registry" in found[1]
    assert "a > b" in found[2]


def test_no_unit_of_a_registry_may_be_called_all() -> None:
    [line] = problems([unit(ALL)])
    assert line.startswith("unit all: is the name of the root")


SINCE = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([unit("a@b")], "unit a@b: '@' parts code and first day"),
        (
            [unit("a", since=SINCE, until=SINCE)],
            "unit a@2025-01-01: valid_to 2025-01-01 is not after valid_from",
        ),
        ([unit("a"), unit("a", since=SINCE)], "unit a@2025-01-01: begins before a ends"),
        ([unit("a", since=SINCE), unit("a", until=REFORM)], "unit a@2025-01-01: begins before a ends"),
        (
            [unit("p", until=SINCE), unit("a", "p", until=REFORM)],
            "unit a: parent p does not hold on 2025-06-30, the unit's last day",
        ),
        ([unit("p", until=SINCE), unit("a", "p")], "unit a: parent p does not hold today"),
        ([unit("a", "p@2025-01-01"), unit("p")], "unit a: parent p@2025-01-01 is not in the registry"),
        ([unit("a", known_from=1), unit("a", known_from=1)], "unit a: given twice"),
    ],
)
def test_rows_that_cannot_be_true_are_refused(rows: list[Unit], message: str) -> None:
    [line] = problems(rows)
    assert line.startswith(message)


def test_a_registry_is_checked_as_it_was_known_at_every_instant() -> None:
    learned_late = unit("p", known_from=5)
    [line] = problems([learned_late, unit("a", "p")])
    assert line.startswith("unit a: parent p is not in the registry")
    [line] = problems([unit("p"), unit("a", "p"), unit("p", until=REFORM, known_from=5)])
    assert line.startswith("unit a: parent p does not hold today")


def test_rows_that_follow_each_other_without_a_day_between_do_not_overlap() -> None:
    assert (
        problems([unit("a", until=SINCE), unit("a", since=SINCE, until=REFORM), unit("a", since=REFORM)])
        == []
    )
