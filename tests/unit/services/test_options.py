"""What commands are told: refused in one line with a remedy, or what it says."""

import pytest
from egovhub.errors import ConfigurationError

from services.domain.periods import Grain
from services.options import instant, instant_or_now, period, policy, settings_in
from tests.unit.domain.build import PERIODS, RULES, at

NINE = "2026-01-05T09:00:00+07:00"


def test_an_instant_is_read_with_its_offset() -> None:
    assert instant("--as-of", NINE) == at("Mon 2026-01-05 09:00")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("now", "--as-of: 'now' is not an instant with offset"),
        ("2026-02-30T00:00Z", "--as-of: '2026-02-30T00:00Z' is no possible date"),
        ("1999-12-31T23:59:59Z", "--as-of: '1999-12-31T23:59:59Z' is out of range"),
        ("2200-01-01T00:00Z", "--as-of: '2200-01-01T00:00Z' is out of range"),
    ],
)
def test_what_is_no_instant_of_the_hub_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        instant("--as-of", text)


@pytest.mark.parametrize("text", ["2000-01-01T00:00Z", "2199-12-31T23:59Z"])
def test_the_first_and_the_last_year_of_the_hub_are_within_it(text: str) -> None:
    instant("--as-of", text)


def test_without_an_instant_it_is_now_by_the_clock_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CLOCK", "2026-01-05T10:00+07:00")
    settings = settings_in(None)
    assert instant_or_now("--as-of", None, settings) == at("Mon 2026-01-05 10:00")
    assert instant_or_now("--as-of", NINE, settings) == at("Mon 2026-01-05 09:00")


@pytest.mark.parametrize(
    ("text", "grain", "first"),
    [
        ("2026-11", Grain.MONTH, "Sun 2026-11-01 00:00"),
        ("2026-Q4", Grain.QUARTER, "Thu 2026-10-01 00:00"),
        ("2026", Grain.YEAR, "Thu 2026-01-01 00:00"),
        ("2000-01", Grain.MONTH, "Sat 2000-01-01 00:00"),
        ("2199-12", Grain.MONTH, "Sun 2199-12-01 00:00"),
    ],
)
def test_a_period_is_a_month_a_quarter_or_a_year(text: str, grain: Grain, first: str) -> None:
    assert period("--period", text) == (grain, PERIODS.month_of(at(first)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "November",
        "2026-13",
        "2026-0",
        "2026-00",
        "2026-1",
        "2026-Q5",
        "2026-Q",
        "1999",
        "1999-12",
        "2200",
        "99999",
        "2026-11-01",
    ],
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no period; write it like 2026-11, 2026-Q4 or 2026"):
        period("--period", text)


def test_a_policy_is_named_by_its_label_and_is_the_first_without_one() -> None:
    assert policy("--policy", "by-day@1", RULES).label == "by-day@1"
    assert policy("--policy", None, RULES) is RULES.law.policies[0]
    with pytest.raises(ConfigurationError, match="--policy: 'by-day' is none of national-portal@1, by-day@1"):
        policy("--policy", "by-day", RULES)


def test_settings_are_in_the_zone_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ZONE", "Europe/Paris")
    assert settings_in(None).zone == "Europe/Paris"
    assert settings_in("Europe/Amsterdam").zone == "Europe/Amsterdam"
    with pytest.raises(ConfigurationError, match="--zone: 'Mars/Base' is not a time zone; use an IANA name"):
        settings_in("Mars/Base")
