"""Rows of figures and ranks."""

from services.domain.case import COUNTERS
from services.domain.cells import Pool
from services.domain.figures import FigureKey, Rank, ranks, rows
from services.domain.organisations import ALL, Organisations, Unit
from services.domain.periods import month_of_label
from services.domain.policy import Policy

KEPT = frozenset({"on_time", "in_time"})
JUDGED = KEPT | {"late", "overdue"}
POLICY = Policy("national-portal", 1, "test", KEPT, JUDGED, JUDGED | {"no_deadline"})
WARDS = [Unit(code, code, "ward", "31", "", "") for code in ("w1", "w2", "w3", "w4")]
TREE = Organisations([Unit("31", "city", "city", None, "", ""), *WARDS])
JANUARY = month_of_label("2026-01")


def pool_of(counts: dict[tuple[str, str], int], month: int = JANUARY) -> Pool:
    pool = Pool(TREE)
    for (unit, counter), n in counts.items():
        list(pool.add(unit, "p", month, COUNTERS.index(counter), n))
    return pool


def test_a_row_is_keyed_by_what_was_counted_and_how() -> None:
    pool = pool_of({("w1", "ended.on_time"): 3, ("w1", "ended.late"): 1})
    found = {row.key: row.figure for row in rows(pool, POLICY, [("w1", ALL)], JANUARY, JANUARY)}
    assert list(found) == [
        FigureKey("2.1", "w1", ALL, period, "national-portal@1", "as-was")
        for period in ("2026-01", "2026-Q1", "2026")
    ]
    for figure in found.values():
        assert (figure.numerator, figure.denominator, figure.total) == (3, 4, 4)


def test_a_period_in_which_nothing_was_counted_has_no_row() -> None:
    pool = pool_of({("w1", "ended.on_time"): 1})
    later = rows(pool, POLICY, pool.series, JANUARY + 1, JANUARY + 1)
    assert {row.key.period for row in later} == {"2026-Q1", "2026"}


def test_flows_that_no_bucket_holds_make_no_row() -> None:
    pool = pool_of({("w1", "transferred_out"): 1})
    assert list(rows(pool, POLICY, pool.series, JANUARY, JANUARY)) == []


def test_orphans_alone_make_a_row_without_a_total() -> None:
    pool = pool_of({("unknown", "orphan"): 2})
    [first, *_] = rows(pool, POLICY, [("unknown", "p")], JANUARY, JANUARY)
    assert (first.figure.total, first.figure.buckets["orphan"]) == (0, 2)


def test_units_of_a_group_are_ranked_per_period_and_those_without_data_listed() -> None:
    pool = pool_of(
        {
            ("w1", "ended.on_time"): 1,
            ("w1", "ended.late"): 1,
            ("w2", "ended.on_time"): 5,
            ("w3", "ended.on_time"): 2,
            ("w3", "ended.late"): 2,
            ("w4", "ended.no_deadline"): 9,
        }
    )
    placed = ranks(rows(pool, POLICY, pool.series, JANUARY, JANUARY), TREE)
    january = {key.unit: rank for key, rank in placed.items() if key.period == "2026-01"}
    assert january == {
        "w1": Rank("31/commune", 2, 3),
        "w2": Rank("31/commune", 1, 3),
        "w3": Rank("31/commune", 2, 3),
        "w4": Rank("31/commune", None, 3),
    }
    assert {key.period for key in placed} == {"2026-01", "2026-Q1", "2026"}
    assert {key.procedure for key in placed} == {ALL}


def test_the_figure_of_a_parent_is_the_pool_of_its_children_never_their_average() -> None:
    pool = pool_of({("w1", "ended.on_time"): 1, ("w2", "ended.late"): 9})
    [row, *_] = rows(pool, POLICY, [("31", ALL)], JANUARY, JANUARY)
    assert (row.figure.numerator, row.figure.denominator) == (1, 10)
