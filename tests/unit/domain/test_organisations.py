"""The organisation tree and competition ranks."""

from services.domain.organisations import ALL, Organisations, Unit, competition_ranks, problems


def unit(code: str, parent: str | None = None, kind: str = "ward") -> Unit:
    return Unit(code, f"name of {code}", kind, parent, "2025-07-01", "test")


CITY = unit("31", kind="city")
TREE = Organisations(
    [CITY, unit("10507", "31"), unit("10546", "31", "commune"), unit("x.dept", "31", "department")]
)


def test_figures_of_a_unit_count_in_it_and_in_all_above_it() -> None:
    assert TREE.path("10507") == ("10507", "31", ALL)
    assert TREE.path("31") == ("31", ALL)


def test_a_unit_the_registry_does_not_know_counts_in_itself_and_in_all() -> None:
    assert TREE.path("General") == ("General", ALL)


def test_a_unit_called_all_counts_once() -> None:
    assert TREE.path(ALL) == (ALL,)


def test_communes_and_wards_of_one_parent_are_ranked_together_and_departments_apart() -> None:
    assert TREE.group("10507") == TREE.group("10546") == "31/commune"
    assert TREE.group("x.dept") == "31/department"


def test_a_root_and_an_unknown_unit_are_in_no_ranking() -> None:
    assert TREE.group("31") is None
    assert TREE.group("General") is None


def test_a_sound_registry_has_no_problems() -> None:
    assert problems(TREE.units.values()) == []


def test_every_problem_of_a_registry_is_named_with_its_unit() -> None:
    found = problems(
        [CITY, CITY, unit("a", "b"), unit("b", "a"), unit("c", "c"), unit("d", "a"), unit("e", "nowhere")]
    )
    assert [line.split(":")[0] for line in found] == ["unit 31", "unit e", "unit a", "unit b", "unit c"]
    assert "given twice" in found[0]
    assert "parent nowhere" in found[1]
    assert "a > b" in found[2]


def test_no_unit_of_a_registry_may_be_called_all() -> None:
    [line] = problems([unit(ALL)])
    assert line.startswith("unit all: is the name of the root")


def test_equal_shares_hold_one_rank_and_the_next_is_skipped() -> None:
    shares = {"a": (9, 10), "b": (1, 2), "c": (50, 100), "d": (0, 7)}
    assert competition_ranks(shares) == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_shares_are_compared_as_exact_fractions() -> None:
    big = 10**17
    assert competition_ranks({"a": (big - 1, big), "b": (big, big + 1)}) == {"b": 1, "a": 2}


def test_no_data_has_no_rank() -> None:
    assert competition_ranks({"a": (0, 0), "b": (0, 1)}) == {"b": 1}
