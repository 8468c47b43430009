"""What mutants of the registry and of successions showed that no other test held."""

from datetime import date
from zoneinfo import ZoneInfo

from services.domain.organisations import Organisations, Unit
from services.domain.organisations_problems import problems
from services.domain.succession import KINDS, Succession, as_known

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
REFORM = date(2025, 7, 1)
REFORM_MS = 1_751_302_800_000  # 2025-06-30T17:00Z


def unit(
    code: str, parent: str | None = None, until: date | None = None, known_from: int | None = None
) -> Unit:
    return Unit(code, f"name of {code}", "ward", parent, None, "test", until, known_from=known_from)


def edge(old: str, new: str, known_from: int | None = None) -> Succession:
    return Succession(old, new, REFORM, "merge", None, "test", known_from)


def test_a_row_that_says_no_more_is_valid_for_good_and_was_always_known() -> None:
    row = Unit("a", "name", "ward", None, None, "test")
    assert (row.valid_to, row.verified, row.known_from, row.jurisdiction) == (None, "", None, None)
    assert Succession("a", "b", REFORM, "merge", 1, "test").known_from is None


def test_what_became_known_last_is_left_out_though_something_was_learned_before() -> None:
    rows = [unit("a", until=REFORM), unit("b", known_from=10)]
    registry = Organisations(rows, [edge("a", "b", known_from=20)])
    assert registry.successor("a") == registry.at(20).successor("a") == "b"
    assert registry.at(19).successor("a") == "unassigned successor of a"


def test_a_unit_that_became_known_last_is_left_out_though_successions_were_always_known() -> None:
    registry = Organisations([unit("a"), unit("b", known_from=10)])
    assert set(registry.at(9).units) == {"a"}


def test_a_registry_as_it_was_known_cuts_days_in_the_same_zone() -> None:
    registry = Organisations([unit("a", until=REFORM), unit("b", known_from=10)], (), ZONE).at(9)
    assert registry.ends_at("a") == REFORM_MS
    assert (registry.day_of(REFORM_MS - 1), registry.day_of(REFORM_MS)) == (date(2025, 6, 30), REFORM)


def test_an_edge_of_a_unit_is_a_whole_number_of_milliseconds() -> None:
    registry = Organisations([unit("a", until=REFORM)], (), ZONE)
    assert [type(edge) for edge in registry.edges_after(0)] == [int]


def test_levels_that_end_together_without_heirs_are_unassigned_under_what_follows_the_highest() -> None:
    rows = [
        unit("commune", "district", REFORM),
        unit("district", "province", REFORM),
        unit("province", "region", REFORM),
        unit("region", until=REFORM),
        unit("new"),
    ]
    registry = Organisations(rows, [edge("region", "new")])
    left = [f"unassigned successor of {name}" for name in ("commune", "district", "province")]
    assert [registry.successor(row.code) for row in rows] == [*left, "new", "new"]
    assert registry.path_now("commune") == registry.path(left[0]) == (*left, "new", "all")


def test_who_gets_what_nobody_got_is_a_unit_of_its_own_from_the_end_on() -> None:
    rows = [
        unit("a", "root", REFORM)._replace(valid_from=date(2020, 1, 1)),
        unit("b", "root"),
        unit("c", "root"),
    ]
    registry = Organisations([*rows, unit("root")], [edge("a", "b"), edge("a", "c")], ZONE)
    name = "unassigned successor of a@2020-01-01"
    pseudo = registry.unit(name)
    assert pseudo is not None
    assert (pseudo.code, pseudo.id, pseudo.name) == (name, name, "unassigned successor of name of a")
    assert (pseudo.parent, pseudo.valid_from, pseudo.valid_to) == ("root", None, None)
    assert (registry.starts_at(name), registry.ends_at(name)) == (REFORM_MS, None)


def test_edges_are_checked_as_they_were_known_at_every_instant() -> None:
    rows = [unit("a"), unit("a", until=REFORM, known_from=5), unit("b")]
    assert problems(rows, [edge("a", "b", known_from=5)]) == []
    assert problems(rows, [edge("a", "b", known_from=4)]) != []


def test_each_edge_that_does_not_fit_is_named() -> None:
    found = problems([unit("a", until=REFORM)], [edge("a", "x"), edge("a", "y")])
    assert [line.split(": ")[0] for line in found] == [
        "succession a > x on 2025-07-01",
        "succession a > y on 2025-07-01",
    ]


def test_the_first_millisecond_of_all_is_a_time_of_knowledge_like_others() -> None:
    versions = [edge("a", "b", known_from=1), edge("a", "b", known_from=0)]
    assert [found.known_from for found in as_known(versions, None)] == [1]


def test_kinds_of_succession_are_called_what_reference_files_call_them() -> None:
    assert {"merge", "split", "rename", "re-level"} == KINDS
