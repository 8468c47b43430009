"""The days off of the release against the package `holidays`, which knows swaps but not every one of them."""

from datetime import date, timedelta

import holidays
import pytest

from tests.unit.domain.calendar_build import national, on

VN = national()


def differences(year: int) -> set[date]:
    """Days that one of the two works and the other does not."""
    package = holidays.country_holidays("VN", years=year)
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    days = [first + timedelta(number) for number in range((after - first).days)]
    return {day for day in days if package.is_working_day(day) != VN.is_working(day)}


@pytest.mark.parametrize(
    ("year", "swaps"),
    [
        (2023, []),
        (2024, []),
        (2025, ["Sat 2025-04-26", "Fri 2025-05-02"]),
        (2026, ["Fri 2026-01-02", "Sat 2026-01-10", "Sat 2026-08-22", "Mon 2026-08-31"]),
    ],
)
def test_the_package_knows_every_holiday_and_misses_the_swaps_decided_since_2025(
    year: int, swaps: list[str]
) -> None:
    assert differences(year) == {on(day) for day in swaps}
