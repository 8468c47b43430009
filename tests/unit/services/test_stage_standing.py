"""What stands is told from what is new by its substance, and from what never was by its key."""

from typing import Any

import pytest
from egovhub.codec import encode

from services.domain.figures import AS_NOW, AS_WAS, FigureKey
from services.rows import MARKER_KEY, figure_key
from services.stage_standing import Standing, ViewSeries, last_month, series_of

KEY = FigureKey("2.1", "w1", "all", "2026-01", "national-portal@1", AS_WAS)
SERIES = ViewSeries(AS_WAS, "w1", "all")
JANUARY = 26 * 12


def record(**fields: Any) -> dict[str, Any]:
    said = {
        "indicator": KEY.indicator,
        "definition": "2.1@1",
        "policy": KEY.policy,
        "unit": KEY.unit,
        "procedure": KEY.procedure,
        "grain": "month",
        "period": KEY.period,
        "view": KEY.view,
        "as_of": 1,
        "evaluated_at": 1,
        "numerator": 1,
        "denominator": 2,
        "total": 3,
        "value_unit": "share",
        "coverage_numerator": 2,
        "coverage_denominator": 3,
        "points_max": 20,
        "points_hundredths": 1000,
        "missing": [],
        "rank": 1,
        "ranked": 2,
        "group": "g",
        "buckets": {"late": 1, "on_time": 1},
        "code": "c",
        "reference": "r",
        "cause": "facts",
        "cut": [],
    }
    return {**said, **fields}


def test_a_row_is_new_once() -> None:
    standing = Standing()
    assert [standing.put(KEY, record()) for _ in range(2)] == [True, False]
    assert standing.put(KEY._replace(unit="w2"), record())


@pytest.mark.parametrize(
    "fields",
    [
        {"numerator": 0},
        {"points_hundredths": None},
        {"missing": ["1.4"]},
        {"rank": None},
        {"buckets": {"late": 2, "on_time": 1}},
        {"buckets": {"late": 1, "overdue": 1}},
    ],
)
def test_another_substance_is_new(fields: dict[str, Any]) -> None:
    standing = Standing()
    standing.put(KEY, record())
    assert standing.put(KEY, record(**fields))
    assert standing.put(KEY, record())


@pytest.mark.parametrize("field", ["as_of", "evaluated_at", "code", "reference", "cause", "cut"])
def test_what_a_row_rests_on_makes_it_no_new_one(field: str) -> None:
    standing = Standing()
    standing.put(KEY, record())
    assert not standing.put(KEY, record(**{field: "other"}))


def test_what_is_read_back_stands() -> None:
    standing = Standing()
    assert standing.read({figure_key(KEY): encode("indicator", record()), MARKER_KEY: b"not looked at"}) == []
    assert list(standing.series) == [SERIES] == [series_of(KEY)]
    assert not standing.put(KEY, record())


@pytest.mark.parametrize(
    "key",
    [
        b"no json",
        b"1",
        b"[]",
        b'["2.1","w1","all","2026-01","national-portal@1"]',
        b'["2.1", "w1","all","2026-01","national-portal@1","as-was"]',
        b'["2.1","w1","all","2026-1","national-portal@1","as-was"]',
        b'["2.1","w1","all","2026-Q5","national-portal@1","as-was"]',
        b'["2.1","w1","all","soon","national-portal@1","as-was"]',
        b'["2.1","w1","all","2026-01","national-portal@1","as-is"]',
        b'["2.1",["w1"],"all","2026-01","national-portal@1","as-was"]',
        b'["2.1","w1","all",2026,"national-portal@1","as-was"]',
    ],
)
def test_a_key_that_the_hub_would_not_spell_so_is_strange(key: bytes) -> None:
    assert Standing().read({key: encode("indicator", record())}) == [key]


def test_a_value_that_is_no_row_is_strange() -> None:
    key = figure_key(KEY)
    assert Standing().read({key: b"no row"}) == [key]
    assert Standing().read({key: encode("indicator", record(grain="week"))}) == [key]


def test_rows_of_later_periods_that_are_not_made_any_more_are_withdrawn() -> None:
    standing = Standing()
    keys = [KEY._replace(period=period) for period in ("2025-12", "2025-Q4", "2026-01", "2026-Q1", "2026")]
    for key in keys:
        standing.put(key, record())
    standing.put(KEY._replace(view=AS_NOW), record())
    assert standing.withdraw(SERIES, JANUARY, [keys[4]]) == [keys[2], keys[3]]
    assert standing.withdraw(SERIES, JANUARY, [keys[4]]) == []
    assert standing.withdraw(SERIES, JANUARY - 1, [keys[4]]) == [keys[0], keys[1]]
    assert standing.withdraw(ViewSeries(AS_WAS, "w2", "all"), 0, []) == []
    assert standing.put(keys[2], record())


@pytest.mark.parametrize(("period", "month"), [("2026-01", 0), ("2026-Q1", 2), ("2026", 11), ("2026-Q4", 11)])
def test_a_period_ends_in_its_last_month(period: str, month: int) -> None:
    assert last_month(period) == JANUARY + month
