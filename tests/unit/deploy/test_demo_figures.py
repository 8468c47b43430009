"""What the demo makes of the rows of hub.indicators: last wins, flows add, levels do not."""

import json
from zoneinfo import ZoneInfo

import pytest
from egovhub.codec import encode

from deploy.demo_figures import ALL, Board, Figure, sum_of_flows
from services.domain.policy import BUCKETS
from services.rows import MARKER_KEY

ZONE = ZoneInfo("Europe/Amsterdam")
NEW_YEAR = 1_293_836_400_000  # 2011-01-01T00:00+01:00


def key(
    unit: str, period: str, procedure: str = ALL, policy: str = "national-portal@1", view: str = "as-was"
) -> bytes:
    return json.dumps(["2.1", unit, procedure, period, policy, view]).encode()


def row(unit: str, period: str, **buckets: int) -> bytes:
    judged = {name: n for name, n in buckets.items() if name != "no_deadline"}
    good = sum(judged.get(name, 0) for name in ("on_time", "in_time"))
    return encode(
        "indicator",
        {
            "indicator": "2.1",
            "definition": "d",
            "policy": "national-portal@1",
            "unit": unit,
            "procedure": ALL,
            "grain": "year",
            "period": period,
            "view": "as-was",
            "as_of": NEW_YEAR,
            "evaluated_at": NEW_YEAR,
            "numerator": good,
            "denominator": sum(judged.values()),
            "total": sum(buckets.values()),
            "value_unit": "share",
            "coverage_numerator": sum(judged.values()),
            "coverage_denominator": sum(buckets.values()),
            "points_max": None,
            "points_hundredths": None,
            "missing": [],
            "rank": None,
            "ranked": None,
            "group": None,
            "buckets": dict.fromkeys(sorted(BUCKETS), 0) | buckets,
            "code": "c",
            "reference": "r",
            "cause": "facts",
            "cut": [],
        },
    )


def marker(as_of: int, *positions: int) -> bytes:
    cut = [{"partition": n, "position": at, "as_of": as_of, "flush": 1} for n, at in enumerate(positions)]
    return encode(
        "stage-marker", {"as_of": as_of, "code": "c", "reference": "r", "reference_files": {}, "cut": cut}
    )


def test_the_last_row_of_a_unit_stands() -> None:
    board = Board()
    board.take(key("w", "2011"), row("w", "2011", on_time=1))
    board.take(key("w", "2011"), row("w", "2011", on_time=2, late=1, in_time=4, overdue=3, no_deadline=5))
    assert board.period("2011") == {"w": Figure(15, 0, 2, 1, 4, 3, 5, 6, 10)}


def test_a_tombstone_withdraws_a_row() -> None:
    board = Board()
    board.take(key("w", "2011"), row("w", "2011", on_time=1))
    board.take(key("w", "2011"), None)
    assert board.period("2011") == {}


def test_rows_of_single_procedures_are_left_out() -> None:
    board = Board()
    board.take(key("w", "2011", "permit"), row("w", "2011", on_time=1))
    assert board.period("2011") == {}


@pytest.mark.parametrize("other", [{"policy": "by-day@1"}, {"view": "as-now"}])
def test_rows_of_other_policies_and_views_are_left_out(other: dict[str, str]) -> None:
    board = Board()
    board.take(key("w", "2011"), row("w", "2011", on_time=2))
    board.take(key("w", "2011", **other), row("w", "2011", on_time=1))
    assert board.period("2011")["w"].on_time == 2


def test_ended_cases_add_up_over_years_and_open_ones_do_not() -> None:
    board = Board()
    board.take(key("w", "2010"), row("w", "2010", on_time=97, late=17, in_time=30))
    board.take(key("w", "2011"), row("w", "2011", on_time=826, late=338, overdue=45))
    board.take(key("w", "2010-11"), row("w", "2010-11", on_time=5))
    total = board.all_years()["w"]
    assert (total.finished, total.finished_on_time) == (1278, 923)
    assert (total.open_in_time, total.overdue) == (0, 0)
    assert (total.numerator, total.denominator) == (923, 1278)


def test_the_sum_of_no_period_is_nothing() -> None:
    assert sum_of_flows([]) == Figure()


def test_the_marker_says_the_instant_and_how_many_facts_are_counted() -> None:
    board = Board()
    assert board.year(ZONE) == ""
    board.take(MARKER_KEY, marker(NEW_YEAR - 1, 3, 4))
    assert (board.counted, board.year(ZONE), board.month(ZONE)) == (7, "2010", "2010-12")
    board.take(MARKER_KEY, marker(NEW_YEAR, 3, 5))
    assert (board.counted, board.year(ZONE)) == (8, "2011")
