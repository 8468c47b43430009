import json
from datetime import timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.ndjson import fact_from_json, fact_to_json
from hypothesis import given
from hypothesis import strategies as st

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LEAST: dict[str, Any] = {
    "event_id": "e1",
    "source": "s",
    "case_id": "n:1",
    "kind": "RECEIVED",
    "occurred_at": "2024-03-01T08:00:00.000+07:00",
}
FULL = Fact(
    "e1", "s", 7, "onestop", "n:Hồ sơ 1", Kind.PROCESSED, 1_320_000_000_123, 1_320_000_000_124, "u", "r",
    "1.000001", "ONLINE", "CITIZEN", 1_330_000_000_000, ("e0",), "9", True, {"parts": 3},
)  # fmt: skip

optional_text = st.none() | st.text(max_size=20)
instants = st.integers(-62_135_596_800_000, 253_402_300_799_999)
facts = st.builds(
    Fact,
    event_id=st.text(max_size=20),
    source=st.text(max_size=20),
    source_sequence=st.none() | st.integers(-(2**63), 2**63 - 1),
    domain=st.just("onestop"),
    case_id=st.text(max_size=20),
    kind=st.sampled_from(Kind),
    occurred_at=instants,
    recorded_at=st.none() | instants,
    unit=optional_text,
    receiving_unit=optional_text,
    procedure=optional_text,
    channel=st.sampled_from([None, "ONLINE", "UNKNOWN"]),
    applicant_kind=st.sampled_from([None, "AGENCY"]),
    due_at=st.none() | instants,
    retracts=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    source_status=optional_text,
    derived=st.booleans(),
    details=st.fixed_dictionaries(
        {}, optional={"parts": st.integers(0, 9), "is_result_electronic": st.booleans()}
    ),
)


@given(facts, st.integers(-14, 14))
def test_a_fact_comes_back_from_its_line_whatever_the_zone(fact: Fact, hours: int) -> None:
    assert fact_from_json(fact_to_json(fact, timezone(timedelta(hours=hours)))) == (fact, None)


def test_a_line_has_the_schema_s_names_and_symbols_and_leaves_out_what_says_nothing() -> None:
    fact = FULL._replace(recorded_at=None, retracts=(), derived=False, details={}, unit=None)
    assert json.loads(fact_to_json(fact, AMSTERDAM)) == {
        "event_id": "e1",
        "source": "s",
        "source_sequence": 7,
        "domain": "ONESTOP",
        "case_id": "n:Hồ sơ 1",
        "kind": "PROCESSED",
        "occurred_at": "2011-10-30T19:40:00.123+01:00",
        "receiving_unit": "r",
        "procedure": "1.000001",
        "channel": "ONLINE",
        "applicant_kind": "CITIZEN",
        "due_at": "2012-02-23T13:26:40.000+01:00",
        "source_status": "9",
    }


def test_optional_fields_may_be_missing() -> None:
    fact, known_at = fact_from_json(json.dumps(LEAST))
    assert (fact.domain, fact.unit, fact.details, fact.derived, known_at) == (
        "unknown",
        None,
        {},
        False,
        None,
    )
    assert fact.occurred_at == 1_709_254_800_000


@pytest.mark.parametrize("known_at", ["2024-03-01T00:00:00Z", 1_709_251_200_000])
def test_a_line_may_say_since_when_it_is_known(known_at: str | int) -> None:
    assert fact_from_json(json.dumps(LEAST | {"known_at": known_at}))[1] == 1_709_251_200_000


def test_an_instant_may_be_milliseconds() -> None:
    assert fact_from_json(json.dumps(LEAST | {"occurred_at": 5, "due_at": 6}))[0].due_at == 6


@pytest.mark.parametrize("domain", ["onestop", "ONESTOP"])
def test_a_domain_is_read_by_name_and_by_symbol(domain: str) -> None:
    assert fact_from_json(json.dumps(LEAST | {"domain": domain}))[0].domain == "onestop"


def test_symbols_and_details_of_a_newer_writer_are_read_as_unknown() -> None:
    newer = {
        "kind": "TELEPORTED",
        "channel": "DREAM",
        "domain": "onestop",
        "details": {"new": [1], "parts": 2},
    }
    fact, _ = fact_from_json(json.dumps(LEAST | newer))
    assert (fact.kind, fact.channel, fact.details) == (Kind.UNKNOWN, "UNKNOWN", {"parts": 2})
    assert fact_from_json(json.dumps(LEAST | {"domain": "SPACE"}))[0].domain == "unknown"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "bad-row"),
        ("[]", "bad-row"),
        ("null", "bad-row"),
        ("{", "bad-row"),
        ("[" * 100_000, "bad-row"),
        (b"\xff\xfe", "bad-text"),
        ('{"source":"A","source":"B"}', "bad-value"),
        (json.dumps(LEAST | {"source_sequence": 1.0}), "bad-value"),
        (json.dumps(LEAST | {"source_sequence": 2**63}), "bad-value"),
        (json.dumps(LEAST | {"source_sequence": True}), "bad-value"),
        (json.dumps(LEAST | {"occurred_at": float("nan")}), "bad-value"),
        (json.dumps(LEAST | {"occurred_at": float("inf")}), "bad-value"),
        ('{"source_sequence":' + "9" * 5_000 + "}", "bad-value"),
        ('{"source_sequence":1e400}', "bad-value"),
        (json.dumps(LEAST | {"colour": "red"}), "bad-value"),
        (json.dumps(LEAST | {"unit": 5}), "bad-value"),
        (json.dumps(LEAST | {"kind": 5}), "bad-value"),
        (json.dumps(LEAST | {"domain": ["onestop"]}), "bad-value"),
        (json.dumps(LEAST | {"details": []}), "bad-value"),
        (json.dumps(LEAST | {"domain": "onestop", "details": {"parts": "3"}}), "bad-value"),
        (json.dumps(LEAST | {"retracts": "e0"}), "bad-value"),
        (json.dumps(LEAST | {"known_at": True}), "bad-value"),
        (json.dumps(LEAST | {"occurred_at": "2024-03-01T08:00:00"}), "bad-value"),
        (json.dumps(LEAST | {"occurred_at": "2024-W01-1"}), "bad-value"),
        (json.dumps(LEAST | {"occurred_at": "20240101"}), "bad-value"),
        (json.dumps(LEAST | {"occurred_at": "2024-02-30T08:00:00Z"}), "no-such-date"),
        (json.dumps(LEAST | {"known_at": "2023-02-29T08:00:00Z"}), "no-such-date"),
        (json.dumps(LEAST | {"occurred_at": 2**64}), "bad-value"),
        (json.dumps(LEAST | {"unit": "\ud800"}), "lone-surrogate"),
        *[
            (json.dumps({name: value for name, value in LEAST.items() if name != missing}), "missing-value")
            for missing in LEAST
        ],
    ],
)
def test_what_is_no_fact_is_refused_by_name(line: str | bytes, reason: str) -> None:
    with pytest.raises(RejectedInput) as refused:
        fact_from_json(line)
    assert refused.value.reason == reason


def test_a_refusal_never_shows_the_value() -> None:
    with pytest.raises(RejectedInput) as refused:
        fact_from_json(json.dumps(LEAST | {"occurred_at": "031099001234"}))
    assert "031099001234" not in str(refused.value)
