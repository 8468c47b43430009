"""The registry on small trees: ids, paths, groups, levels, what was known when; competition ranks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.organisations import ALL, Organisations, Unit, competition_ranks
from services.domain.organisations_problems import problems
from services.domain.succession import Succession

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
REFORM = date(2025, 7, 1)


def day(text: str) -> int:
    """The first instant of a day in Hai Phong."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


def unit(
    code: str,
    parent: str | None = None,
    kind: str = "ward",
    since: date | None = None,
    until: date | None = None,
    known_from: int | None = None,
) -> Unit:
    root = "VN" if parent is None else None
    return Unit(code, f"name of {code}", kind, parent, since, "test", until, "", known_from, root)


def edge(
    old: str, new: str, share: int | None = 1, on: date = REFORM, known_from: int | None = None
) -> Succession:
    return Succession(old, new, on, "merge", share, "test", known_from)


CITY = unit("31", kind="city")
TREE = Organisations(
    [CITY, unit("10507", "31"), unit("10546", "31", "commune"), unit("x.dept", "31", "department")]
)

ROWS = [
    unit("31", kind="city", until=REFORM),
    unit("31", kind="city", since=REFORM),
    unit("288", "31", "district", until=REFORM),
    unit("a", "288", until=REFORM),
    unit("a", "31", since=REFORM),
    unit("b", "288", until=REFORM),
    unit("c", "288", until=REFORM),
    unit("d", "31", since=REFORM),
    unit("x.old", "31", "department", until=date(2025, 3, 1)),
    unit("x.mid", "31", "department", since=date(2025, 3, 1), until=REFORM),
    unit("x.new", "31", "department", since=REFORM),
]
EDGES = [
    edge("31", "31"),
    edge("a", "d"),
    edge("b", "a", None),
    edge("b", "d", None),
    edge("c", "a", 0),
    edge("c", "d", 1),
    edge("x.old", "x.mid", None, date(2025, 3, 1)),
    edge("x.mid", "x.new", None),
]
SPLIT_ROWS = [unit("old", "288", until=REFORM)]
SPLIT_ROWS += [unit(code, "288", since=REFORM, until=date(2027, 1, 1)) for code in "pq"]
CHANGED = Organisations(ROWS, EDGES, ZONE)
SPLIT = "unassigned successor of b"


def test_figures_of_a_unit_count_in_it_and_in_all_above_it() -> None:
    assert TREE.path("10507") == ("10507", "31", ALL)
    assert TREE.path("31") == ("31", ALL)


def test_a_unit_the_registry_does_not_know_counts_in_itself_and_in_all() -> None:
    assert TREE.path("General") == TREE.path_now("General") == ("General", ALL)
    assert TREE.unit_at("General", 0) == TREE.successor("General") == TREE.now("General") == "General"
    assert [TREE.jurisdiction("General"), TREE.level("General"), TREE.unit("General")] == [None] * 3
    assert TREE.starts_at("General") is TREE.ends_at("General") is None
    assert TREE.valid_in("General", 0, 1)
    assert not TREE.is_split("General")


def test_a_unit_called_all_counts_once() -> None:
    assert TREE.path(ALL) == TREE.path_now(ALL) == (ALL,)


def test_a_row_with_a_first_day_is_named_by_code_and_day_and_one_without_by_its_code() -> None:
    assert unit("31").id == "31"
    assert unit("31", since=REFORM).id == "31@2025-07-01"
    assert list(CHANGED.units)[:2] == ["31", "31@2025-07-01"]


def test_a_code_means_the_unit_of_the_day_in_the_zone_of_the_registry() -> None:
    edge_at = day("2025-07-01")
    assert CHANGED.unit_at("a", edge_at - 1) == "a"
    assert CHANGED.unit_at("a", edge_at) == "a@2025-07-01"
    assert edge_at == int(datetime(2025, 6, 30, 17, tzinfo=UTC).timestamp()) * 1000
    assert Organisations(ROWS, EDGES, UTC).unit_at("a", edge_at) == "a"
    assert CHANGED.day_of(edge_at - 1) == date(2025, 6, 30)
    assert CHANGED.day_of(edge_at) == REFORM


def test_before_the_first_day_of_a_code_it_means_its_first_unit() -> None:
    assert CHANGED.unit_at("d", day("2020-01-01")) == "d@2025-07-01"
    assert CHANGED.unit_at("x.mid", day("2025-02-28")) == "x.mid@2025-03-01"


def test_after_its_last_day_a_code_nobody_got_again_means_the_successor_of_that_day() -> None:
    days = ["2025-02-28", "2025-03-01", "2025-06-30", "2025-07-01", "2030-01-01"]
    assert [CHANGED.unit_at("x.old", day(text)) for text in days] == [
        "x.old",
        "x.mid@2025-03-01",
        "x.mid@2025-03-01",
        "x.new@2025-07-01",
        "x.new@2025-07-01",
    ]
    assert CHANGED.unit_at("b", day("2025-07-01")) == SPLIT
    assert CHANGED.unit_at("c", day("2025-07-01")) == "d@2025-07-01"


def test_between_two_units_of_a_code_it_means_the_successor_of_the_first() -> None:
    rows = [unit("a", until=date(2020, 1, 1)), unit("b"), unit("a", since=date(2022, 1, 1))]
    registry = Organisations(rows, [edge("a", "b", on=date(2020, 1, 1))], ZONE)
    assert [registry.unit_at("a", day(f"{year}-06-01")) for year in (2019, 2020, 2021, 2022)] == [
        "a",
        "b",
        "b",
        "a@2022-01-01",
    ]


def test_a_unit_begins_and_ends_at_midnight_and_every_edge_is_told() -> None:
    assert (CHANGED.starts_at("a"), CHANGED.ends_at("a")) == (None, day("2025-07-01"))
    assert (CHANGED.starts_at("a@2025-07-01"), CHANGED.ends_at("a@2025-07-01")) == (day("2025-07-01"), None)
    assert CHANGED.edges_after(0) == (day("2025-03-01"), day("2025-07-01"))
    assert CHANGED.edges_after(day("2025-03-01")) == (day("2025-07-01"),)
    assert CHANGED.edges_after(day("2025-07-01")) == TREE.edges_after(0) == ()


def test_a_unit_is_valid_in_a_period_that_it_shares_an_instant_with() -> None:
    edge_at = day("2025-07-01")
    assert CHANGED.valid_in("a", edge_at - 1, edge_at + 1)
    assert not CHANGED.valid_in("a", edge_at, edge_at + 1)
    assert CHANGED.valid_in("a@2025-07-01", edge_at - 1, edge_at + 1)
    assert not CHANGED.valid_in("a@2025-07-01", edge_at - 1, edge_at)


def test_a_unit_hands_its_cases_to_its_sole_successor() -> None:
    assert CHANGED.successor("a") == "d@2025-07-01"
    assert CHANGED.successor("x.old") == "x.mid@2025-03-01"
    assert CHANGED.successor("d@2025-07-01") == "d@2025-07-01"


def test_land_without_people_takes_no_case_along() -> None:
    assert CHANGED.successor("c") == "d@2025-07-01"
    assert not CHANGED.is_split("c")


def test_a_split_unit_leaves_its_cases_unassigned_under_the_nearest_common_parent() -> None:
    assert CHANGED.successor("b") == CHANGED.now("b") == SPLIT
    assert CHANGED.is_split("b")
    assert CHANGED.path(SPLIT) == CHANGED.path_now(SPLIT) == (SPLIT, "31@2025-07-01", ALL)
    assert CHANGED.starts_at(SPLIT) == day("2025-07-01")
    assert CHANGED.ends_at(SPLIT) is None
    assert CHANGED.successor(SPLIT) == SPLIT
    assert (CHANGED.level(SPLIT), CHANGED.jurisdiction(SPLIT)) == ("commune", "VN")
    assert CHANGED.group(SPLIT) is None
    assert SPLIT not in CHANGED.units
    assert CHANGED.unit(SPLIT) is not None


def test_the_nearest_common_parent_is_a_district_where_all_successors_are_in_one() -> None:
    rows = [CITY, unit("288", "31", "district"), unit("old", "288", until=REFORM)]
    rows += [unit("p", "288", since=REFORM), unit("q", "288", since=REFORM), unit("r", "31", since=REFORM)]
    both = [edge("old", "p", None), edge("old", "q", None)]
    inner = Organisations(rows, both)
    assert inner.path("unassigned successor of old")[1:] == ("288", "31", ALL)
    outer = Organisations(rows, [*both, edge("old", "r", None)])
    assert outer.path("unassigned successor of old")[1:] == ("31", ALL)


def test_a_successor_is_no_parent_of_what_it_did_not_get_alone() -> None:
    rows = [
        CITY,
        unit("288", "31", "district"),
        unit("q", "288", since=REFORM),
        unit("old", "288", until=REFORM),
    ]
    registry = Organisations(rows, [edge("old", "288", None), edge("old", "q", None)])
    assert registry.path_now("old") == ("unassigned successor of old", "31", ALL)


def test_as_now_what_is_unassigned_rolls_up_through_what_became_of_its_parent() -> None:
    later = date(2027, 1, 1)
    rows = [CITY, unit("288", "31", "district", until=later), unit("289", "31", "district"), *SPLIT_ROWS]
    edges = [edge("old", "p", None), edge("old", "q", None), edge("288", "289", on=later)]
    registry = Organisations(rows, edges)
    assert registry.path("unassigned successor of old")[1:] == ("288", "31", ALL)
    assert registry.path_now("old") == ("unassigned successor of old", "289", "31", ALL)


def test_successors_without_a_common_parent_leave_the_cases_under_all() -> None:
    rows = [unit("old", until=REFORM), unit("p"), unit("q")]
    registry = Organisations(rows, [edge("old", "p", None), edge("old", "q", None)])
    assert registry.path_now("old") == ("unassigned successor of old", ALL)


def test_a_district_without_succession_rolls_up_through_the_heirs_of_its_communes() -> None:
    assert CHANGED.successor("288") == "unassigned successor of 288"
    assert CHANGED.path("288") == ("288", "31", ALL)
    assert CHANGED.path_now("288") == ("unassigned successor of 288", "31@2025-07-01", ALL)
    assert CHANGED.is_split("288")


def test_a_district_all_of_whose_communes_went_to_one_unit_is_taken_over_by_it() -> None:
    rows = [CITY, unit("288", "31", "district", until=REFORM), unit("d", "31", since=REFORM)]
    rows += [unit(code, "288", until=REFORM) for code in "ab"]
    registry = Organisations(rows, [edge("a", "d"), edge("b", "d")], ZONE)
    assert registry.successor("288") == "d@2025-07-01"
    assert not registry.is_split("288")
    assert registry.unit_at("288", day("2025-07-01")) == "d@2025-07-01"


def test_only_communes_that_ended_with_their_district_pass_it_on() -> None:
    earlier = date(2025, 3, 1)
    rows = [CITY, unit("288", "31", "district", until=REFORM), unit("c", "31"), unit("d", "31", since=REFORM)]
    rows += [unit("a", "288", until=REFORM), unit("b", "288", until=earlier), unit("e", "31", until=REFORM)]
    edges = [edge("a", "d"), edge("b", "c", on=earlier), edge("e", "c")]
    assert Organisations(rows, edges).successor("288") == "d@2025-07-01"


def test_a_unit_that_has_successors_of_its_own_does_not_ask_those_below() -> None:
    rows = [CITY, unit("288", "31", "district", until=REFORM), unit("289", "31", "district")]
    rows += [unit("a", "288", until=REFORM), unit("d", "31", since=REFORM)]
    assert Organisations(rows, [edge("288", "289"), edge("a", "d")]).successor("288") == "289"


def test_what_two_levels_leave_without_succession_goes_where_the_lowest_went() -> None:
    rows = [CITY, unit("province", "31", until=REFORM), unit("288", "province", "district", until=REFORM)]
    rows += [unit("a", "288", until=REFORM), unit("b", "province", until=REFORM), unit("d", "31")]
    one = Organisations(rows, [edge("a", "d"), edge("b", "d")])
    assert one.successor("province") == one.successor("288") == "d"
    two = Organisations([*rows, unit("e", "31")], [edge("a", "d"), edge("b", "e")])
    assert two.successor("288") == "d"
    assert two.path_now("province") == ("unassigned successor of province", "31", ALL)


def test_a_unit_without_any_heir_is_unassigned_under_the_unit_above_it_that_goes_on() -> None:
    registry = Organisations([CITY, unit("office", "31", "department", until=REFORM)], (), ZONE)
    pseudo = "unassigned successor of office"
    assert registry.successor("office") == registry.unit_at("office", day("2025-07-01")) == pseudo
    assert registry.path(pseudo) == registry.path_now("office") == (pseudo, "31", ALL)
    assert registry.is_split("office")


def test_a_unit_above_that_ends_later_still_holds_what_was_left_to_nobody() -> None:
    later = date(2027, 1, 1)
    rows = [CITY, unit("288", "31", "district", until=later), unit("289", "31", "district")]
    registry = Organisations([*rows, unit("a", "288", until=REFORM)], [edge("288", "289", on=later)])
    pseudo = "unassigned successor of a"
    assert registry.path(pseudo) == (pseudo, "288", "31", ALL)
    assert registry.path_now("a") == (pseudo, "289", "31", ALL)


@pytest.mark.parametrize("step", [1, -1])
def test_a_root_that_ends_without_any_heir_leaves_its_cases_and_those_below_unassigned(step: int) -> None:
    rows = [unit("30", kind="province", until=REFORM), unit("288", "30", "district", until=REFORM)]
    registry = Organisations(rows[::step])
    above = "unassigned successor of 30"
    assert registry.path_now("30") == (above, ALL)
    assert registry.path_now("288") == ("unassigned successor of 288", above, ALL)
    assert registry.is_split("30")
    assert registry.level(above) == "province"


def test_a_parent_is_the_row_of_its_code_that_holds_on_the_last_day_of_the_child() -> None:
    assert CHANGED.path("a") == ("a", "288", "31", ALL)
    assert CHANGED.path("a@2025-07-01") == ("a@2025-07-01", "31@2025-07-01", ALL)
    assert CHANGED.path("x.old") == ("x.old", "31", ALL)


def test_rows_of_a_built_registry_build_the_same_registry() -> None:
    again = Organisations(CHANGED.units.values(), EDGES, ZONE)
    assert again.units == CHANGED.units
    assert [again.path_now(u) for u in again.units] == [CHANGED.path_now(u) for u in CHANGED.units]


def test_communes_and_wards_of_one_parent_are_ranked_together_and_departments_apart() -> None:
    assert TREE.group("10507") == TREE.group("10546") == "31/commune"
    assert TREE.group("x.dept") == "31/department"
    assert CHANGED.group("a") == "288/commune"
    assert CHANGED.group("a@2025-07-01") == "31@2025-07-01/commune"


def test_a_root_and_an_unknown_unit_are_in_no_ranking() -> None:
    assert TREE.group("31") is None
    assert TREE.group("General") is None


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("commune", "commune"),
        ("ward", "commune"),
        ("special_zone", "commune"),
        ("district", "district"),
        ("department", "department"),
        ("city", None),
        ("centre", None),
    ],
)
def test_a_unit_decides_on_the_level_of_its_kind(kind: str, level: str | None) -> None:
    assert Organisations([CITY, unit("u", "31", kind)]).level("u") == level


@pytest.mark.parametrize("kind", ["city", "province"])
def test_a_root_is_the_province(kind: str) -> None:
    assert Organisations([unit("r", kind=kind)]).level("r") == "province"


def test_a_unit_stands_under_the_law_of_its_root() -> None:
    assert {CHANGED.jurisdiction(u) for u in CHANGED.units} == {"VN"}
    assert Organisations([unit("u")._replace(jurisdiction=None)]).jurisdiction("u") is None


def test_a_registry_is_what_was_known_of_it_at_an_instant() -> None:
    decreed = day("2025-06-16")
    before = [unit("31", kind="city"), unit("a", "31"), unit("b", "31")]
    ended = unit("a", "31", until=REFORM, known_from=decreed)
    registry = Organisations([ended, *before], [edge("a", "b", known_from=decreed)], ZONE)
    assert registry.at(None) is registry.at(decreed) is registry
    earlier = registry.at(decreed - 1)
    assert (registry.unit_at("a", day("2025-07-01")), registry.ends_at("a")) == ("b", day("2025-07-01"))
    assert (earlier.unit_at("a", day("2025-07-01")), earlier.ends_at("a")) == ("a", None)
    assert earlier.now("a") == "a"
    assert earlier.at(decreed - 1).units == earlier.units
    assert problems([ended, *before], [edge("a", "b", known_from=decreed)]) == []


def test_an_edge_corrected_later_decides_from_then_on_who_succeeds() -> None:
    rows = [unit("a", until=REFORM), unit("b"), unit("c")]
    edges = [edge("a", "c", 0, known_from=5), edge("a", "b", None), edge("a", "c", None)]
    registry = Organisations(rows, edges)
    assert registry.successor("a") == "b"
    assert registry.at(4).successor("a") == "unassigned successor of a"


SHARES = st.sampled_from([None, 0, 1])


@given(
    edges=st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("mnop"), SHARES), max_size=12),
    counts=st.dictionaries(st.sampled_from([*"abcdmnop", "31", "288", "stranger"]), st.integers(1, 9)),
)
def test_totals_as_was_and_as_now_are_equal_whatever_became_of_whom(
    edges: list[tuple[str, str, int | None]], counts: dict[str, int]
) -> None:
    rows = [*ROWS[:3], *(unit(code, "288", until=REFORM) for code in "abcd")]
    rows += [unit(code, "31", since=REFORM) for code in "mnop"]
    registry = Organisations(rows, [edge("31", "31"), *(edge(*row) for row in edges)], ZONE)
    was: dict[str, int] = {}
    now: dict[str, int] = {}
    for code, n in counts.items():
        unit_id = registry.unit_at(code, day("2025-06-30"))
        for above in registry.path(unit_id):
            was[above] = was.get(above, 0) + n
        for above in registry.path_now(unit_id):
            now[above] = now.get(above, 0) + n
    assert was.get(ALL, 0) == now.get(ALL, 0) == sum(counts.values())
    assert now.get("31@2025-07-01", 0) == sum(counts.values()) - counts.get("stranger", 0)
    assert not any(registry.ends_at(unit_id) for unit_id in now)


def test_equal_shares_hold_one_rank_and_the_next_is_skipped() -> None:
    shares = {"a": (9, 10), "b": (1, 2), "c": (50, 100), "d": (0, 7)}
    assert competition_ranks(shares) == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_shares_are_compared_as_exact_fractions() -> None:
    big = 10**17
    assert competition_ranks({"a": (big - 1, big), "b": (big, big + 1)}) == {"b": 1, "a": 2}


def test_no_data_has_no_rank() -> None:
    assert competition_ranks({"a": (0, 0), "b": (0, 1)}) == {"b": 1}
