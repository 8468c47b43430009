"""Keys and values of the published topics: one spelling, the same bytes for the same counts."""

from fractions import Fraction

import pytest
from egovhub.codec import decode, encode
from egovhub.events import Kind

from services.domain.case import CaseState, End
from services.domain.cells import CellKey
from services.domain.figures import SUM_766, FigureKey, FigureRow, Rank
from services.domain.indicator import Figure
from services.domain.periods import Grain, month_of_label
from services.domain.policy import BUCKETS
from services.indicators.on_time_share import DEFINITION
from services.rows import (
    MARKER_KEY,
    Cut,
    LogIdentity,
    Marker,
    case_value,
    cell_key,
    figure_key,
    indicator_record,
    marker_value,
    read_marker,
    reporting_instant,
    tally_key,
    tally_value,
)
from services.rules import load_rules
from tests.unit.domain.build import at

RULES = load_rules("Asia/Ho_Chi_Minh")
NOVEMBER = month_of_label("2026-11")
CELL = CellKey('Phường "A"', "1.001193", Grain.QUARTER, month_of_label("2026-10"))
NOW = at("Tue 2026-11-24 09:00")


def test_the_key_of_a_cell_is_canonical_json_and_leads_back() -> None:
    assert tally_key(CELL) == '["Phường \\"A\\"","1.001193","quarter","2026-Q4"]'.encode()
    assert cell_key(tally_key(CELL)) == CELL


@pytest.mark.parametrize("grain", list(Grain))
def test_every_grain_leads_back_to_its_first_month(grain: Grain) -> None:
    key = CellKey(
        "u", "p", grain, month_of_label({"month": "2026-11", "quarter": "2026-10", "year": "2026-01"}[grain])
    )
    assert cell_key(tally_key(key)) == key


@pytest.mark.parametrize(
    "key", [MARKER_KEY, b"", b"[1]", b'["u","p","week","2026-11"]', b'["u","p","month","x"]']
)
def test_what_is_no_key_of_a_cell_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        cell_key(key)


def test_a_row_holds_the_counters_that_are_not_zero_and_no_instant() -> None:
    value = tally_value(CELL, {"received": 3, "open.in_time/paused": -1})
    assert value is not None
    assert decode(value) == (
        "tally",
        {
            "unit": CELL.unit,
            "procedure": CELL.procedure,
            "grain": "quarter",
            "period": "2026-Q4",
            "counters": {"open.in_time/paused": -1, "received": 3},
        },
    )
    assert value == tally_value(CELL, {"open.in_time/paused": -1, "received": 3})


def test_a_cell_without_counters_is_withdrawn() -> None:
    assert tally_value(CELL, {}) is None


def test_a_marker_leads_back_and_names_its_log() -> None:
    marker = Marker("cluster", "topic", 7, 123, NOW, "INJECTED", "c", "r", 5)
    assert read_marker(marker_value(marker)) == marker
    assert marker.log == LogIdentity("cluster", "topic")


def test_a_row_of_a_case_says_by_what_it_was_judged() -> None:
    state = CaseState(
        "onestop:1",
        unit="10507",
        receiving_unit="31",
        procedure="p",
        channel="ONLINE",
        received_at=1,
        due_source=2,
        processing_end=End(Kind.PROCESSED, 3),
        due_at=4,
        due_computed=5,
        bucket="late",
        reason="r",
        buckets=("late", "on_time", "early", "due_soon"),
    )
    subject, record = decode(case_value(state, RULES, position=9, as_of=NOW))
    assert subject == "case"
    assert record == {
        "case_id": "onestop:1",
        "unit": "10507",
        "procedure": "p",
        "channel": "ONLINE",
        "receiving_unit": "31",
        "received_at": 1,
        "due_at": 4,
        "due_source": 2,
        "due_computed": 5,
        "ended_at": 3,
        "bucket": "late",
        "buckets": {
            "by-day@1": "on_time",
            "completed-only@1": "early",
            "national-portal@1": "late",
            "province-publication@1": "due_soon",
        },
        "reason": "r",
        "policy": "national-portal@1",
        "position": 9,
        "as_of": NOW,
        "code": RULES.code,
        "reference": RULES.reference,
    }


def test_a_case_without_a_start_is_an_orphan_under_every_policy() -> None:
    _, record = decode(case_value(CaseState("onestop:1"), RULES, position=9, as_of=NOW))
    assert record["buckets"] == dict.fromkeys(RULES.labels, "orphan")


KEY = FigureKey("2.1", "10507", "all", "2026-11", "national-portal@1", "as-was")
ROW = FigureRow(
    KEY,
    DEFINITION,
    Grain.MONTH,
    NOVEMBER,
    Figure(3, 4, 6, dict.fromkeys(BUCKETS, 0) | {"on_time": 3, "late": 1, "no_deadline": 2}),
    points=Fraction(15),
    points_max=20,
)


def test_the_key_of_a_figure_says_what_was_measured_how() -> None:
    assert figure_key(KEY) == b'["2.1","10507","all","2026-11","national-portal@1","as-was"]'


def test_a_row_of_a_figure_says_what_it_rests_on() -> None:
    cut = [Cut(0, 10, NOW, 1), Cut(1, 20, NOW + 5, 2)]
    record = indicator_record(ROW, Rank("31/commune", 2, 40), RULES, NOW, cut)
    assert decode(encode("indicator", record)) == ("indicator", record)
    assert (record["numerator"], record["denominator"], record["total"]) == (3, 4, 6)
    assert (record["coverage_numerator"], record["coverage_denominator"]) == (4, 6)
    assert (record["value_unit"], record["definition"], record["view"]) == ("share", "2.1@1", "as-was")
    assert (record["points_hundredths"], record["points_max"], record["missing"]) == (1500, 20, [])
    assert (record["rank"], record["ranked"], record["group"]) == (2, 40, "31/commune")
    assert list(record["buckets"]) == sorted(BUCKETS)
    assert record["cut"][1] == {"partition": 1, "position": 20, "as_of": NOW + 5, "flush": 2}
    assert (record["code"], record["reference"], record["cause"]) == (RULES.code, RULES.reference, "facts")


def test_a_sum_of_points_names_what_is_missing_and_rounds_what_it_shows() -> None:
    figure = Figure(1267, 2400, 10000)
    row = FigureRow(
        KEY._replace(indicator="766"),
        SUM_766,
        Grain.MONTH,
        NOVEMBER,
        figure,
        Fraction(38, 3),
        100,
        ("1.4", "4.6"),
    )
    record = indicator_record(row, None, RULES, NOW, [], "reference: calendar.toml")
    assert decode(encode("indicator", record)) == ("indicator", record)
    assert (record["points_hundredths"], record["points_max"]) == (1267, 100)
    assert (record["missing"], record["value_unit"]) == (["1.4", "4.6"], "points")
    assert record["cause"] == "reference: calendar.toml"


def test_what_gives_no_points_has_none() -> None:
    record = indicator_record(ROW._replace(points=None, points_max=None), None, RULES, NOW, [])
    assert (record["points_hundredths"], record["points_max"]) == (None, None)


def test_a_row_without_a_rank_is_in_no_group() -> None:
    record = indicator_record(ROW, None, RULES, NOW, [])
    assert (record["rank"], record["ranked"], record["group"]) == (None, None, None)


@pytest.mark.parametrize(
    ("as_of", "evaluated_at"),
    [
        ("Tue 2026-11-24 09:00", "Tue 2026-11-24 09:00"),
        ("Mon 2026-11-30 23:59 +59999ms", "Mon 2026-11-30 23:59 +59999ms"),
        ("Thu 2026-12-31 12:00", "Mon 2026-11-30 23:59 +59999ms"),
    ],
)
def test_levels_hold_at_the_last_millisecond_of_the_period_or_now(as_of: str, evaluated_at: str) -> None:
    assert reporting_instant(ROW, RULES.periods, at(as_of)) == at(evaluated_at)
