"""Months, quarters and years in a zone."""

from datetime import date, datetime, time, timedelta
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
        ("Mon 2000-01-31 23:59 +59999ms", "2000-01"),
        ("Tue 2000-02-01 00:00", "2000-02"),
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
    ("instant", "day", "starts", "next_starts"),
    [
        ("Fri 2026-01-09 00:00", "2026-01-09", "Fri 2026-01-09 00:00", "Sat 2026-01-10 00:00"),
        ("Fri 2026-01-09 17:00", "2026-01-09", "Fri 2026-01-09 00:00", "Sat 2026-01-10 00:00"),
        ("Fri 2026-01-09 23:59 +59999ms", "2026-01-09", "Fri 2026-01-09 00:00", "Sat 2026-01-10 00:00"),
        ("Thu 2026-01-01 00:00", "2026-01-01", "Thu 2026-01-01 00:00", "Fri 2026-01-02 00:00"),
        ("Thu 2026-01-01 12:00", "2026-01-01", "Thu 2026-01-01 00:00", "Fri 2026-01-02 00:00"),
        ("Sat 2026-01-31 12:00", "2026-01-31", "Sat 2026-01-31 00:00", "Sun 2026-02-01 00:00"),
        ("Thu 2026-12-31 12:00", "2026-12-31", "Thu 2026-12-31 00:00", "Fri 2027-01-01 00:00"),
        ("Thu 2024-02-29 12:00", "2024-02-29", "Thu 2024-02-29 00:00", "Fri 2024-03-01 00:00"),
        ("Sat 2000-01-01 00:00", "2000-01-01", "Sat 2000-01-01 00:00", "Sun 2000-01-02 00:00"),
        ("Tue 2199-12-31 23:59 +59999ms", "2199-12-31", "Tue 2199-12-31 00:00", "Wed 2200-01-01 00:00"),
    ],
)
def test_a_day_lasts_from_midnight_to_midnight(instant: str, day: str, starts: str, next_starts: str) -> None:
    for _ in range(2):
        assert PERIODS.day_of(at(instant)) == date.fromisoformat(day)
        assert PERIODS.start_of_day(at(instant)) == at(starts)
        assert PERIODS.start_of_next_day(at(instant)) == at(next_starts)


def test_outside_the_years_that_count_a_day_is_the_instant_itself() -> None:
    before, after = at("Sat 2000-01-01 00:00"), at("Wed 2200-01-01 00:00")
    for instant in (before - 1, before - 2, before - 86_400_000, after, after + 1, after + 86_400_000):
        assert PERIODS.day_of(instant) == (date(2000, 1, 1) if instant < before else date(2199, 12, 31))
        assert PERIODS.start_of_day(instant) == instant
        assert PERIODS.start_of_next_day(instant) == instant + 1


def test_a_day_on_which_clocks_change_is_shorter_or_longer() -> None:
    amsterdam = Periods(ZoneInfo("Europe/Amsterdam"))
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 3, 30), 24), (date(2026, 10, 25), 25)):
        midnight = int(datetime.combine(day, time(), ZoneInfo("Europe/Amsterdam")).timestamp()) * 1000
        assert amsterdam.day_of(midnight) == day
        assert amsterdam.day_of(midnight - 1) == day - timedelta(1)
        assert amsterdam.start_of_day(midnight + 1) == midnight
        assert amsterdam.start_of_next_day(midnight) - midnight == hours * 3_600_000


def test_a_day_without_a_midnight_begins_with_the_first_instant_that_it_has() -> None:
    """On 2018-11-04 clocks in Sao Paulo went from midnight to one."""
    sao_paulo = Periods(ZoneInfo("America/Sao_Paulo"))
    begins = 1_541_300_400_000
    assert (sao_paulo.day_of(begins), sao_paulo.day_of(begins - 1)) == (date(2018, 11, 4), date(2018, 11, 3))
    assert sao_paulo.start_of_day(begins + 5) == begins
    assert sao_paulo.start_of_next_day(begins - 1) == begins


def test_every_day_of_a_year_follows_the_one_before() -> None:
    instant, seen = at("Mon 2024-01-01 00:00"), []
    while PERIODS.day_of(instant).year == 2024:
        seen.append(PERIODS.day_of(instant))
        instant = PERIODS.start_of_next_day(instant)
    assert seen == [date(2024, 1, 1) + timedelta(n) for n in range(366)]


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


def test_a_month_is_its_own_period_whatever_its_number() -> None:
    assert [first_month(month, Grain.MONTH) for month in (0, 1, 2, 323)] == [0, 1, 2, 323]
    assert [first_month(month, Grain.QUARTER) for month in (0, 2, 3, 323)] == [0, 0, 3, 321]
    assert [first_month(month, Grain.YEAR) for month in (0, 11, 12, 323)] == [0, 0, 12, 312]


def test_rows_name_the_length_of_a_period_month_quarter_or_year() -> None:
    assert [str(grain) for grain in Grain] == ["month", "quarter", "year"]


def test_every_period_has_its_own_name_and_the_name_leads_back() -> None:
    for grain in Grain:
        firsts = {first_month(month, grain) for month in range((LAST_YEAR - FIRST_YEAR + 1) * 12)}
        assert {month_of_label(label(month, grain)) for month in firsts} == firsts


@pytest.mark.parametrize("name", ["", "twenty", "2026-Q", "2026-x"])
def test_what_names_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        month_of_label(name)
