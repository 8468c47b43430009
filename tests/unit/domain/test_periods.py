"""Months, quarters and years in a zone."""

from zoneinfo import ZoneInfo

import pytest

from services.domain.periods import FIRST_YEAR, LAST_YEAR, Grain, Periods, first_month, label, month_of_label
from tests.unit.domain.build import PERIODS, at

NOVEMBER_2026 = 26 * 12 + 10


@pytest.mark.parametrize(
    ("instant", "month"),
    [
        ("Sat 2026-10-31 23:59 +59999ms", "2026-10"),
        ("Sun 2026-11-01 00:00", "2026-11"),
        ("Mon 2026-11-30 23:59 +59999ms", "2026-11"),
        ("Tue 2026-12-01 00:00", "2026-12"),
        ("Fri 2027-01-01 00:00", "2027-01"),
        ("Sat 2000-01-01 07:00", "2000-01"),
    ],
)
def test_a_month_begins_at_midnight_of_the_zone(instant: str, month: str) -> None:
    assert label(PERIODS.month_of(at(instant)), Grain.MONTH) == month


def test_a_month_begins_at_midnight_of_its_own_offset_where_clocks_change() -> None:
    amsterdam = Periods(ZoneInfo("Europe/Amsterdam"))
    july, november = month_of_label("2011-07"), month_of_label("2011-11")
    assert amsterdam.start_of(july) == 1_309_471_200_000
    assert amsterdam.start_of(november) == 1_320_102_000_000
    assert amsterdam.month_of(amsterdam.start_of(november) - 1) == november - 1


def test_what_is_dated_before_the_first_month_counts_in_it() -> None:
    west = Periods(ZoneInfo("America/New_York"))
    assert west.month_of(946_684_800_000) == 0
    assert west.month_of(-(10**15)) == 0


@pytest.mark.parametrize(
    ("grain", "name", "first"),
    [
        (Grain.MONTH, "2026-11", NOVEMBER_2026),
        (Grain.QUARTER, "2026-Q4", NOVEMBER_2026 - 1),
        (Grain.YEAR, "2026", NOVEMBER_2026 - 10),
    ],
)
def test_a_period_is_named_after_the_year_and_its_part(grain: Grain, name: str, first: int) -> None:
    assert label(NOVEMBER_2026, grain) == name
    assert first_month(NOVEMBER_2026, grain) == first
    assert month_of_label(name) == first


def test_every_period_has_its_own_name_and_the_name_leads_back() -> None:
    for grain in Grain:
        firsts = {first_month(month, grain) for month in range((LAST_YEAR - FIRST_YEAR + 1) * 12)}
        assert {month_of_label(label(month, grain)) for month in firsts} == firsts


@pytest.mark.parametrize("name", ["", "twenty", "2026-Q", "2026-x"])
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        month_of_label(name)
