from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from egovhub.errors import RejectedInput
from egovhub.mapping_times import Ambiguous, Instants, check_format

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
LOCAL = "%Y-%m-%d %H:%M:%S"


def instants(*formats: str, zone: ZoneInfo = AMSTERDAM, ambiguous: Ambiguous = "earlier") -> Instants:
    return Instants(formats, zone, ambiguous)


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("iso", "2011-10-11T13:42:22.688000+02:00", "2011-10-11 11:42:22.688"),
        ("iso", "2011-10-11 13:42:22.688999+02:00", "2011-10-11 11:42:22.688"),
        ("iso", "2011-10-11 13:42:22.688123456+0200", "2011-10-11 11:42:22.688"),
        ("iso", "2011-10-11 13:42:22,5+02", "2011-10-11 11:42:22.500"),
        ("iso", "2011-10-11T13:42Z", "2011-10-11 13:42:00"),
        ("iso", "2011-10-11T13:42:00-11:30", "2011-10-12 01:12:00"),
        (LOCAL, "2024-01-31 12:00:00", "2024-01-31 11:00:00"),
        (LOCAL, "2024-07-31 12:00:00", "2024-07-31 10:00:00"),
        ("%d/%m/%Y %H:%M", "3/4/2024 8:05", "2024-04-03 06:05:00"),
        ("%m/%d/%Y %I:%M:%S %p", "04/03/2024 12:05:00 AM", "2024-04-02 22:05:00"),
        ("%d-%b-%Y", "03-Apr-2024", "2024-04-02 22:00:00"),
        ("%Y%m%d%H%M%S", "20240403080000", "2024-04-03 06:00:00"),
        ("%Y-%m-%dT%H:%M:%S.%f", "2024-04-03T08:00:00.25", "2024-04-03 06:00:00.250"),
        ("%Y-%m-%d %H:%M:%S %z", "2024-04-03 08:00:00 +07:00", "2024-04-03 01:00:00"),
        ("epoch-millis", "1712124000123", "2024-04-03 06:00:00.123"),
        ("epoch-seconds", "1712124000", "2024-04-03 06:00:00"),
        ("epoch-seconds", "1712124000.1239", "2024-04-03 06:00:00.123"),
    ],
)
def test_an_instant_is_read_in_its_format(form: str, text: str, expected: str) -> None:
    assert instants(form).read(text, "at") == utc(expected)


@pytest.mark.parametrize(
    ("form", "text", "reason"),
    [
        ("iso", "2024-02-30 08:00:00+01:00", "no-such-date"),
        ("iso", "2023-02-29T08:00:00Z", "no-such-date"),
        ("iso", "2024-13-01T08:00:00Z", "no-such-date"),
        ("iso", "2024-01-01T24:00:00Z", "no-such-date"),
        ("iso", "2024-01-01T08:00:60Z", "no-such-date"),
        ("iso", "2024-01-01T08:00:00+24:00", "no-such-date"),
        ("iso", "2024-01-01T08:00:00", "bad-value"),
        ("iso", "2024-01-01", "bad-value"),
        ("iso", "20240101", "bad-value"),
        ("iso", "2024-W01-1", "bad-value"),
        ("iso", "10000-01-01T00:00:00Z", "bad-value"),
        ("iso", "２０２４-01-01T08:00:00Z", "bad-value"),
        ("iso", "0001-01-01T00:00:00+14:00", "instant-out-of-range"),
        (LOCAL, "2024-02-30 08:00:00", "no-such-date"),
        (LOCAL, "2024-13-01 08:00:00", "no-such-date"),
        (LOCAL, "2024-01-01 24:00:00", "no-such-date"),
        (LOCAL, "2024-01-01 08:00:60", "no-such-date"),
        (LOCAL, "2024-01-01 08:00", "bad-value"),
        (LOCAL, "2024-01-01 08:00:00 ", "bad-value"),
        (LOCAL, "٢٠٢٤-01-01 08:00:00", "bad-value"),
        ("%d/%m/%Y", "04/13/2024", "no-such-date"),
        ("%Y/%m/%d", "2014/02/30", "no-such-date"),
        ("epoch-millis", "1e12", "bad-value"),
        ("epoch-millis", "-5", "bad-value"),
        ("epoch-millis", "999999999999999", "instant-out-of-range"),
        ("epoch-seconds", "999999999999", "instant-out-of-range"),
    ],
)
def test_what_is_no_instant_is_refused_by_name(form: str, text: str, reason: str) -> None:
    with pytest.raises(RejectedInput) as refused:
        instants(form).read(text, "at")
    assert refused.value.reason == reason
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("zone", "text"),
    [("Europe/Amsterdam", "2024-03-31 02:30:00"), ("America/New_York", "2022-03-13 02:00:00")],
)
def test_a_local_time_that_the_clock_skips_is_refused(zone: str, text: str) -> None:
    with pytest.raises(RejectedInput, match="no-such-local-time"):
        instants(LOCAL, zone=ZoneInfo(zone)).read(text, "at")


@pytest.mark.parametrize(
    ("rule", "expected"), [("earlier", "2024-10-27 00:30:00"), ("later", "2024-10-27 01:30:00")]
)
def test_a_local_time_that_comes_twice_is_the_one_the_rule_says(rule: Ambiguous, expected: str) -> None:
    assert instants(LOCAL, ambiguous=rule).read("2024-10-27 02:30:00", "at") == utc(expected)


def test_a_local_time_that_comes_twice_can_be_refused() -> None:
    with pytest.raises(RejectedInput, match="bad-value: at is a local time that the clock shows twice"):
        instants(LOCAL, ambiguous="reject").read("2024-10-27 02:30:00", "at")


def test_the_first_format_whose_shape_fits_decides() -> None:
    both = instants("iso", LOCAL, "%d/%m/%Y", "%m/%d/%Y", zone=HANOI)
    assert both.read("2024-04-03T08:00:00Z", "at") == utc("2024-04-03 08:00:00")
    assert both.read("2024-04-03 08:00:00", "at") == utc("2024-04-03 01:00:00")
    assert both.read("03/04/2024", "at") == utc("2024-04-02 17:00:00")


@pytest.mark.parametrize("form", ["iso", "epoch-millis", LOCAL, "%d.%m.%y", "%A, %d %B %Y %H:%M", "%Y-%j"])
def test_a_format_that_names_a_day_is_accepted(form: str) -> None:
    assert check_format(form) == form


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ("ISO8601", "is no format"),
        ("%H:%M", "does not say year, month and day"),
        ("%Y-%m", "does not say year, month and day"),
        ("%Y-%m-%d %s", "has '%s'"),
        ("%Y-%m-%d%", "has '%'"),
        ("%Y-%m-%d %I:%M", "without %p"),
    ],
)
def test_a_format_that_cannot_give_an_instant_is_refused_with_the_remedy(form: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_format(form)
