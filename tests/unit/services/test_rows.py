"""Keys and values of the published topics: one spelling, the same bytes for the same counts."""

import pytest
from egovhub.codec import decode, encode

from services.domain.case import COUNTERS, CaseState
from services.domain.cells import CellKey
from services.domain.figures import FigureKey, FigureRow, Rank
from services.domain.periods import Grain, month_of_label
from services.domain.policy import BUCKETS
from services.indicators.on_time_share import measure
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


def counts(**named: int) -> list[int]:
    return [named.get(name.replace(".", "_"), 0) for name in COUNTERS]


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
    value = tally_value(CELL, counts(received=3, open_in_time=-1))
    assert value is not None
    assert decode(value) == (
        "tally",
        {
            "unit": CELL.unit,
            "procedure": CELL.procedure,
            "grain": "quarter",
            "period": "2026-Q4",
            "counters": {"open.in_time": -1, "received": 3},
        },
    )
    assert value == tally_value(CELL, counts(open_in_time=-1, received=3))


def test_a_cell_of_zeros_is_withdrawn() -> None:
    assert tally_value(CELL, counts()) is None


def test_a_marker_leads_back_and_names_its_log() -> None:
    marker = Marker("cluster", "topic", 7, 123, NOW, "INJECTED", "c", "r", 5)
    assert read_marker(marker_value(marker)) == marker
    assert marker.log == LogIdentity("cluster", "topic")


def test_a_row_of_a_case_says_by_what_it_was_judged() -> None:
    state = CaseState("onestop:1", "10507", "31", "p", "ONLINE", 1, True, 2, 3, None, "late")
    subject, record = decode(case_value(state, RULES, position=9, as_of=NOW))
    assert subject == "case"
    assert record == {
        "case_id": "onestop:1",
        "unit": "10507",
        "procedure": "p",
        "channel": "ONLINE",
        "receiving_unit": "31",
        "received_at": 1,
        "due_at": 2,
        "ended_at": 3,
        "bucket": "late",
        "reason": None,
        "policy": "national-portal@1",
        "position": 9,
        "as_of": NOW,
        "code": RULES.code,
        "reference": RULES.reference,
    }


KEY = FigureKey("2.1", "10507", "all", "2026-11", "national-portal@1", "as-was")
ROW = FigureRow(
    KEY,
    Grain.MONTH,
    NOVEMBER,
    measure(counts(ended_on_time=3, ended_late=1, open_no_deadline=2), RULES.policy),
)


def test_the_key_of_a_figure_says_what_was_measured_how() -> None:
    assert figure_key(KEY) == b'["2.1","10507","all","2026-11","national-portal@1","as-was"]'


def test_a_row_of_a_figure_says_what_it_rests_on() -> None:
    cut = [Cut(0, 10, NOW, 1), Cut(1, 20, NOW + 5, 2)]
    record = indicator_record(ROW, Rank("31/commune", 2, 40), RULES, NOW, cut)
    assert decode(encode("indicator", record)) == ("indicator", record)
    assert (record["numerator"], record["denominator"], record["total"]) == (3, 4, 6)
    assert (record["coverage_numerator"], record["coverage_denominator"]) == (4, 6)
    assert (record["rank"], record["ranked"], record["group"]) == (2, 40, "31/commune")
    assert list(record["buckets"]) == sorted(BUCKETS)
    assert record["cut"][1] == {"partition": 1, "position": 20, "as_of": NOW + 5, "flush": 2}
    assert (record["code"], record["reference"]) == (RULES.code, RULES.reference)


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
