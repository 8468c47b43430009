"""Cells: counters per unit, procedure and period, and how they add up."""

import pytest

from services.domain.cells import (
    Cell,
    CellKey,
    PeriodCounts,
    Pool,
    Series,
    add,
    book,
    increase,
    increase_all,
    is_level,
)
from services.domain.organisations import ALL, Organisations, Unit
from services.domain.periods import Grain, label, month_of_label
from services.domain.sums import Point

RECEIVED, LATE, OPEN = "received", "ended.late", "open.in_time"
DECEMBER, JANUARY = month_of_label("2025-12"), month_of_label("2026-01")


@pytest.mark.parametrize(
    ("counter", "expected"),
    [
        ("open.in_time/overdue", True),
        ("handover.open.paused", True),
        ("awaiting.reception", True),
        ("orphan", True),
        ("ended.late", False),
        ("handover.ended.late", False),
        ("handover.reopened", False),
        ("received", False),
        ("transferred_in", False),
        ("reopened", False),
        ("online.open.x", False),
    ],
)
def test_levels_are_told_from_flows_by_the_beginning_of_their_names(counter: str, expected: bool) -> None:
    assert is_level(counter) is expected


# sums


def test_a_contribution_is_booked_in_month_quarter_and_year() -> None:
    cells: dict[CellKey, Cell] = {}
    book(
        cells,
        {("u", "p", month_of_label("2026-11"), RECEIVED): 2, ("u", "p", month_of_label("2026-10"), LATE): 1},
    )
    named = {(key[:2], key.grain.value, label(key.month, key.grain)): cell for key, cell in cells.items()}
    assert named == {
        (("u", "p"), "month", "2026-11"): {RECEIVED: 2},
        (("u", "p"), "month", "2026-10"): {LATE: 1},
        (("u", "p"), "quarter", "2026-Q4"): {RECEIVED: 2, LATE: 1},
        (("u", "p"), "year", "2026"): {RECEIVED: 2, LATE: 1},
    }


def test_cells_of_other_units_and_procedures_stay_apart() -> None:
    cells: dict[CellKey, Cell] = {}
    book(
        cells,
        {
            ("u", "p", JANUARY, RECEIVED): 1,
            ("u", "q", JANUARY, RECEIVED): 2,
            ("v", "p", JANUARY, RECEIVED): 4,
        },
    )
    assert {key[:2]: cell for key, cell in cells.items() if key.grain is Grain.YEAR} == {
        ("u", "p"): {RECEIVED: 1},
        ("u", "q"): {RECEIVED: 2},
        ("v", "p"): {RECEIVED: 4},
    }


def test_what_is_booked_twice_adds_up_and_what_is_taken_away_leaves_empty_cells() -> None:
    cells: dict[CellKey, Cell] = {}
    added: dict[Point, int] = {("u", "p", DECEMBER, RECEIVED): 1, ("u", "p", JANUARY, OPEN): -1}
    book(cells, added)
    book(cells, added)
    assert cells[CellKey("u", "p", Grain.MONTH, JANUARY)] == {OPEN: -2}
    book(cells, added, -1)
    assert cells[CellKey("u", "p", Grain.QUARTER, DECEMBER - 2)] == {RECEIVED: 1}
    book(cells, added, -1)
    assert list(cells.values()) == [{}] * 6


def test_what_is_added_to_a_sum_and_taken_away_leaves_zeros() -> None:
    contributed: dict[Point, int] = {("u", "p", DECEMBER, RECEIVED): 3, ("u", "p", JANUARY, OPEN): -1}
    points: dict[Point, int] = {("u", "p", DECEMBER, RECEIVED): 4}
    add(points, contributed)
    assert points == {("u", "p", DECEMBER, RECEIVED): 7, ("u", "p", JANUARY, OPEN): -1}
    add(points, contributed, -1)
    assert points == {("u", "p", DECEMBER, RECEIVED): 4, ("u", "p", JANUARY, OPEN): 0}


def test_a_counter_that_comes_to_zero_is_left_out() -> None:
    cell: Cell = {"a": 1, "b": 2}
    increase(cell, "a", -1)
    increase(cell, "b", -3)
    increase(cell, "c", 0)
    increase(cell, "d", 5)
    assert cell == {"b": -1, "d": 5}


def test_all_counters_of_a_cell_are_added_to_another() -> None:
    cell: Cell = {"a": 1, "b": 2}
    increase_all(cell, {"a": 4, "b": -2, "c": 8})
    assert cell == {"a": 5, "c": 8}


# series


def periods_of(series: Series, since: str, until: str) -> dict[str, dict[str, int]]:
    return {
        label(month, grain): counts
        for grain, month, counts in series.periods(month_of_label(since), month_of_label(until))
    }


@pytest.fixture
def series() -> Series:
    """Opened in December, ended late in February."""
    series = Series()
    for month, counter, n in [
        (DECEMBER, RECEIVED, 1),
        (DECEMBER, OPEN, 1),
        (DECEMBER + 2, OPEN, -1),
        (DECEMBER + 2, LATE, 1),
    ]:
        series.add(month, counter, n)
    return series


def test_a_series_adds_up_the_counters_of_each_month(series: Series) -> None:
    series.add(DECEMBER, RECEIVED, 2)
    series.add(DECEMBER, OPEN, -1)
    assert series.months == {DECEMBER: {RECEIVED: 3}, DECEMBER + 2: {OPEN: -1, LATE: 1}}


def test_flows_add_over_the_months_of_a_period_and_levels_stand_at_its_end(series: Series) -> None:
    assert periods_of(series, "2025-12", "2026-03") == {
        "2025-12": {OPEN: 1, RECEIVED: 1},
        "2025-Q4": {OPEN: 1, RECEIVED: 1},
        "2025": {OPEN: 1, RECEIVED: 1},
        "2026-01": {OPEN: 1},
        "2026-02": {LATE: 1},
        "2026-03": {},
        "2026-Q1": {LATE: 1},
        "2026": {LATE: 1},
    }


def test_periods_come_in_their_order_each_once() -> None:
    series = Series()
    series.add(JANUARY, RECEIVED, 1)
    found = list(series.periods(JANUARY, JANUARY + 11))
    assert [grain for grain, *_ in found].count(Grain.MONTH) == 12
    assert [grain for grain, *_ in found].count(Grain.QUARTER) == 4
    assert [grain for grain, *_ in found].count(Grain.YEAR) == 1
    assert found[0] == PeriodCounts(Grain.MONTH, JANUARY, {RECEIVED: 1})
    assert found[-1] == PeriodCounts(Grain.YEAR, JANUARY, {RECEIVED: 1})
    assert found[3] == PeriodCounts(Grain.QUARTER, JANUARY, {RECEIVED: 1})
    assert found[4] == PeriodCounts(Grain.MONTH, JANUARY + 3, {})


def test_an_unfinished_quarter_and_year_stand_at_the_last_month(series: Series) -> None:
    assert periods_of(series, "2026-01", "2026-01") == {
        "2026-01": {OPEN: 1},
        "2026-Q1": {OPEN: 1},
        "2026": {OPEN: 1},
    }
    assert periods_of(series, "2026-02", "2026-02") == {
        name: {LATE: 1} for name in ("2026-02", "2026-Q1", "2026")
    }


def test_the_flows_of_a_quarter_and_year_include_months_before_the_view(series: Series) -> None:
    series.add(month_of_label("2025-10"), RECEIVED, 4)
    series.add(month_of_label("2025-02"), RECEIVED, 8)
    series.add(month_of_label("2024-12"), RECEIVED, 16)
    assert periods_of(series, "2025-12", "2025-12") == {
        "2025-12": {OPEN: 1, RECEIVED: 1},
        "2025-Q4": {OPEN: 1, RECEIVED: 5},
        "2025": {OPEN: 1, RECEIVED: 13},
    }


def test_levels_of_a_later_view_include_everything_earlier(series: Series) -> None:
    series.add(month_of_label("2010-05"), OPEN, 4)
    series.add(month_of_label("2010-06"), OPEN, -1)
    series.add(month_of_label("2010-06"), "orphan", 2)
    assert periods_of(series, "2026-01", "2026-01")["2026-01"] == {OPEN: 4, "orphan": 2}


def test_levels_do_not_depend_on_the_order_in_which_months_were_added() -> None:
    series = Series()
    for month, n in ((JANUARY, -1), (month_of_label("2010-05"), 1), (DECEMBER, 1)):
        series.add(month, OPEN, n)
    assert periods_of(series, "2026-01", "2026-01")["2026"] == {OPEN: 1}


def test_months_before_the_first_of_a_series_have_no_period(series: Series) -> None:
    assert periods_of(series, "2025-01", "2025-11") == {}
    assert list(periods_of(series, "2025-01", "2025-12")) == ["2025-12", "2025-Q4", "2025"]
    assert periods_of(Series(), "2025-01", "2025-12") == {}


def test_a_month_in_which_a_series_begins_after_a_quarter_has_begun(series: Series) -> None:
    late = Series()
    late.add(month_of_label("2026-02"), RECEIVED, 3)
    late.add(month_of_label("2026-05"), RECEIVED, 5)
    found = periods_of(late, "2026-01", "2026-12")
    assert (found["2026-Q1"], found["2026-Q2"], found["2026-Q3"], found["2026"]) == (
        {RECEIVED: 3},
        {RECEIVED: 5},
        {},
        {RECEIVED: 8},
    )


def test_counts_of_a_period_are_not_changed_by_the_next() -> None:
    series = Series()
    series.add(JANUARY, RECEIVED, 1)
    series.add(JANUARY, OPEN, 1)
    series.add(JANUARY + 1, RECEIVED, 1)
    series.add(JANUARY + 1, OPEN, 1)
    found = [counts for grain, _, counts in series.periods(JANUARY, JANUARY + 1) if grain is Grain.MONTH]
    assert found == [{RECEIVED: 1, OPEN: 1}, {RECEIVED: 1, OPEN: 2}]


# pools


UNITS = [
    Unit("city", "", "city", None, None, "test"),
    Unit("ward", "", "ward", "city", None, "test"),
    Unit("other", "", "ward", "city", None, "test"),
]
TREE = Organisations(UNITS)


def counts_of(pool: Pool, month: int = JANUARY) -> dict[tuple[str, str], Cell]:
    return {key: series.months.get(month, {}) for key, series in pool.series.items()}


def test_a_change_is_pooled_into_the_unit_all_above_it_and_the_sums_over_procedures() -> None:
    pool = Pool(TREE.path)
    changed = list(pool.add("ward", "birth", JANUARY, RECEIVED, 3))
    assert changed == [(u, p) for u in ("ward", "city", ALL) for p in ("birth", ALL)]
    list(pool.add("city", "birth", JANUARY, RECEIVED, 2))
    list(pool.add("ward", "death", JANUARY + 1, LATE, 1))
    assert counts_of(pool) == {
        ("ward", "birth"): {RECEIVED: 3},
        ("ward", ALL): {RECEIVED: 3},
        ("city", "birth"): {RECEIVED: 5},
        ("city", ALL): {RECEIVED: 5},
        (ALL, "birth"): {RECEIVED: 5},
        (ALL, ALL): {RECEIVED: 5},
        ("ward", "death"): {},
        ("city", "death"): {},
        (ALL, "death"): {},
    }
    assert pool.series["city", ALL].months[JANUARY + 1] == {LATE: 1}


def test_a_unit_and_a_procedure_called_all_are_counted_once() -> None:
    pool = Pool(TREE.path)
    assert list(pool.add(ALL, ALL, JANUARY, RECEIVED, 1)) == [(ALL, ALL)]
    assert counts_of(pool) == {(ALL, ALL): {RECEIVED: 1}}


def test_a_pool_may_keep_the_sums_over_procedures_alone() -> None:
    pool = Pool(TREE.path, by_procedure=False)
    assert list(pool.add("ward", "birth", JANUARY, RECEIVED, 3)) == [("ward", ALL), ("city", ALL), (ALL, ALL)]
    assert pool.flow_by_procedure("city", range(JANUARY, JANUARY + 1), RECEIVED) == {}
    assert pool.flow_by_unit("city", range(JANUARY, JANUARY + 1), RECEIVED) == {"ward": 3}


def test_a_pool_is_filled_with_the_contributions_of_many_cases() -> None:
    points: dict[Point, int] = {("ward", "p", JANUARY, RECEIVED): 3, ("other", "q", JANUARY, RECEIVED): 4}
    pool = Pool(TREE.path)
    assert pool.fill(points) is pool
    assert counts_of(pool)["city", ALL] == {RECEIVED: 7}
    assert counts_of(pool)["other", "q"] == {RECEIVED: 4}


@pytest.fixture
def pool() -> Pool:
    return Pool(TREE.path).fill(
        {
            ("ward", "p", JANUARY, RECEIVED): 1,
            ("ward", "p", JANUARY + 2, RECEIVED): 2,
            ("ward", "q", JANUARY, RECEIVED): 4,
            ("ward", "q", JANUARY + 1, RECEIVED): -4,
            ("other", "p", JANUARY, RECEIVED): 8,
            ("city", "r", JANUARY, LATE): 16,
            ("stranger", "s", JANUARY, RECEIVED): 32,
        }
    )


QUARTER = range(JANUARY, JANUARY + 3)


def test_a_flow_is_told_per_procedure_of_a_unit_and_all_below_it_without_zeros(pool: Pool) -> None:
    assert pool.flow_by_procedure("ward", QUARTER, RECEIVED) == {"p": 3}
    assert pool.flow_by_procedure("city", QUARTER, RECEIVED) == {"p": 11}
    assert pool.flow_by_procedure(ALL, QUARTER, RECEIVED) == {"p": 11, "s": 32}
    assert pool.flow_by_procedure("city", range(JANUARY, JANUARY + 1), RECEIVED) == {"p": 9, "q": 4}
    assert pool.flow_by_procedure("city", QUARTER, LATE) == {"r": 16}
    assert pool.flow_by_procedure("nobody", QUARTER, LATE) == {}


def test_a_flow_is_told_per_unit_at_or_below_a_unit_each_by_itself(pool: Pool) -> None:
    assert pool.flow_by_unit("city", QUARTER, RECEIVED) == {"ward": 3, "other": 8}
    assert pool.flow_by_unit("city", QUARTER, LATE) == {"city": 16}
    assert pool.flow_by_unit("ward", range(JANUARY, JANUARY + 2), RECEIVED) == {"ward": 1}
    assert pool.flow_by_unit(ALL, QUARTER, RECEIVED) == {"ward": 3, "other": 8, "stranger": 32}
    assert pool.flow_by_unit("nobody", QUARTER, RECEIVED) == {}
