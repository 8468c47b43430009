"""Cells: packed counters per unit, procedure and period."""

import pytest

from services.domain.case import COUNTERS, LEVELS, Point
from services.domain.cells import SIZE, CellKey, Pool, Series, add, book, named
from services.domain.organisations import ALL, Organisations, Unit
from services.domain.periods import label, month_of_label

RECEIVED, ENDED, OPEN = (COUNTERS.index(name) for name in ("received", "ended.late", "open.in_time"))
DECEMBER, JANUARY = month_of_label("2025-12"), month_of_label("2026-01")


def test_levels_are_the_open_buckets_and_orphans_and_nothing_else() -> None:
    levels = {name for name, is_level in zip(COUNTERS, LEVELS, strict=True) if is_level}
    assert levels == {"open.in_time", "open.overdue", "open.no_deadline", "open.unknown", "orphan"}


def test_a_contribution_is_booked_in_month_quarter_and_year() -> None:
    cells: dict[CellKey, list[int]] = {}
    book(cells, {("u", "p", month_of_label("2026-11"), RECEIVED): 2})
    assert {(key.grain.value, label(key.month, key.grain)): named(cell) for key, cell in cells.items()} == {
        ("month", "2026-11"): {"received": 2},
        ("quarter", "2026-Q4"): {"received": 2},
        ("year", "2026"): {"received": 2},
    }


def test_what_is_booked_and_taken_away_leaves_zeros() -> None:
    cells: dict[CellKey, list[int]] = {}
    added: dict[Point, int] = {("u", "p", DECEMBER, RECEIVED): 1, ("u", "p", JANUARY, OPEN): -1}
    book(cells, added)
    book(cells, added, -1)
    assert all(named(cell) == {} for cell in cells.values())


def test_what_is_added_to_a_sum_and_taken_away_leaves_zeros() -> None:
    contributed: dict[Point, int] = {("u", "p", DECEMBER, RECEIVED): 1, ("u", "p", JANUARY, OPEN): -1}
    points: dict[Point, int] = {("u", "p", DECEMBER, RECEIVED): 4}
    add(points, contributed)
    assert points == {("u", "p", DECEMBER, RECEIVED): 5, ("u", "p", JANUARY, OPEN): -1}
    add(points, contributed, -1)
    assert points == {("u", "p", DECEMBER, RECEIVED): 4, ("u", "p", JANUARY, OPEN): 0}


def test_counters_of_a_row_are_named_in_the_order_of_their_names_without_zeros() -> None:
    cell = [0] * SIZE
    cell[RECEIVED], cell[ENDED], cell[OPEN] = 1, 2, -3
    assert list(named(cell).items()) == [("ended.late", 2), ("open.in_time", -3), ("received", 1)]


def periods_of(series: Series, since: str, until: str) -> dict[str, dict[str, int]]:
    return {
        label(month, grain): named(counts)
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
        (DECEMBER + 2, ENDED, 1),
    ]:
        series.add(month, counter, n)
    return series


def test_flows_add_over_the_months_of_a_period_and_levels_stand_at_its_end(series: Series) -> None:
    assert periods_of(series, "2025-12", "2026-03") == {
        "2025-12": {"open.in_time": 1, "received": 1},
        "2025-Q4": {"open.in_time": 1, "received": 1},
        "2025": {"open.in_time": 1, "received": 1},
        "2026-01": {"open.in_time": 1},
        "2026-02": {"ended.late": 1},
        "2026-03": {},
        "2026-Q1": {"ended.late": 1},
        "2026": {"ended.late": 1},
    }


def test_an_unfinished_quarter_and_year_stand_at_the_last_month(series: Series) -> None:
    assert periods_of(series, "2026-01", "2026-01") == {
        "2026-01": {"open.in_time": 1},
        "2026-Q1": {"open.in_time": 1},
        "2026": {"open.in_time": 1},
    }


def test_levels_of_a_later_view_include_everything_earlier(series: Series) -> None:
    series.add(month_of_label("2010-05"), OPEN, 4)
    assert periods_of(series, "2026-01", "2026-01")["2026-01"] == {"open.in_time": 5}


def test_months_after_the_last_in_view_count_nowhere(series: Series) -> None:
    assert periods_of(series, "2025-01", "2025-11") == {}


def test_a_change_is_pooled_into_the_unit_all_above_it_and_the_sums_over_procedures() -> None:
    units = [Unit("city", "", "city", None, "", ""), Unit("ward", "", "ward", "city", "", "")]
    pool = Pool(Organisations(units))
    changed = list(pool.add("ward", "birth", JANUARY, RECEIVED, 3))
    assert changed == [(u, p) for u in ("ward", "city", ALL) for p in ("birth", ALL)]
    list(pool.add("city", "birth", JANUARY, RECEIVED, 2))
    counts = {key: series.months[JANUARY][RECEIVED] for key, series in pool.series.items()}
    assert counts == {("ward", "birth"): 3, ("ward", ALL): 3, ("city", "birth"): 5, ("city", ALL): 5} | {
        (ALL, "birth"): 5,
        (ALL, ALL): 5,
    }


def test_a_unit_and_a_procedure_called_all_are_counted_once() -> None:
    pool = Pool(Organisations())
    list(pool.add(ALL, ALL, JANUARY, RECEIVED, 1))
    assert {key: series.months[JANUARY][RECEIVED] for key, series in pool.series.items()} == {(ALL, ALL): 1}
