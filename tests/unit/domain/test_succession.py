"""Edges of succession: whose heirs count, which version of a row stands, what does not fit the registry."""

from datetime import date

import pytest

from services.domain.organisations import Unit
from services.domain.organisations_problems import problems
from services.domain.succession import Succession, as_known, heirs, unassigned

ON = date(2025, 7, 1)


def edge(
    old: str, new: str, share: int | None = 1, on: date = ON, known_from: int | None = None
) -> Succession:
    return Succession(old, new, on, "merge", share, "test", known_from)


def row(code: str, since: date | None = None, until: date | None = None) -> Unit:
    return Unit(code, code, "ward", None, since, "test", until)


ROWS = [row("old", until=ON), row("new", since=ON), row("grown")]


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([1], ["a"]),
        ([None], ["a"]),
        ([None, None], ["a", "b"]),
        ([0, 1], ["b"]),
        ([0, None], ["b"]),
        ([None, 0, None], ["a", "c"]),
        ([0, 0], ["a", "b"]),
        ([0], ["a"]),
        ([], []),
    ],
)
def test_land_without_people_makes_no_heir_beside_others(
    shares: list[int | None], expected: list[str]
) -> None:
    assert heirs([edge("old", new, share) for new, share in zip("abc", shares, strict=False)]) == expected


def test_two_edges_to_one_unit_are_one_heir() -> None:
    assert heirs([edge("old", "a", None), edge("old", "a", None)]) == ["a"]


def test_what_a_unit_leaves_to_nobody_has_a_name_of_its_own() -> None:
    assert unassigned("10528") == "unassigned successor of 10528"


def test_of_two_versions_of_a_row_the_one_known_last_stands() -> None:
    versions = [
        edge("old", "a", 1, known_from=20),
        edge("old", "a", None),
        edge("old", "a", 0, known_from=-10),
    ]
    assert [e.share for e in as_known(versions, None)] == [1]
    assert [e.share for e in as_known(versions, 20)] == [1]
    assert [e.share for e in as_known(versions, 19)] == [0]
    assert [e.share for e in as_known(versions, -11)] == [None]


def test_another_day_is_another_edge() -> None:
    other = date(2026, 1, 1)
    assert [e.on for e in as_known([edge("a", "b"), edge("a", "b", on=other)], None)] == [ON, other]


def test_edges_that_fit_their_rows_have_no_problems() -> None:
    assert problems(ROWS, [edge("old", "new", None), edge("old", "grown", None)]) == []


@pytest.mark.parametrize(
    ("edges", "message"),
    [
        ([edge("nobody", "new")], "nobody > new on 2025-07-01: predecessor nobody is not in the registry"),
        ([edge("old", "nobody")], "old > nobody on 2025-07-01: successor nobody is not in the registry"),
        (
            [edge("grown", "new")],
            "grown > new on 2025-07-01: no row of predecessor grown has valid_to 2025-07-01",
        ),
        ([edge("old", "old")], "old > old on 2025-07-01: no row of successor old holds on 2025-07-01"),
        ([edge("old", "new"), edge("old", "new", 0)], "old > new on 2025-07-01: given twice"),
    ],
)
def test_an_edge_that_does_not_fit_is_named(edges: list[Succession], message: str) -> None:
    [line] = problems(ROWS, edges)
    assert line.startswith(f"succession {message}")


def test_a_day_that_is_not_the_end_and_not_the_beginning_is_wrong_twice() -> None:
    early = edge("old", "new", on=date(2025, 6, 30))
    assert [line.split(": ")[1][:26] for line in problems(ROWS, [early])] == [
        "no row of predecessor old ",
        "no row of successor new ho",
    ]


def test_an_edge_known_before_its_units_are_is_wrong() -> None:
    late = [ROWS[0], ROWS[1]._replace(known_from=7), row("other")]
    [line] = problems(late, [edge("old", "new")])
    assert "successor new is not in the registry" in line
    assert problems(late, [edge("old", "new", known_from=7)]) == []
