"""What the rows of business registration mean."""

import json
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from business_registration.codes import DOCUMENTS, LAW, SITES, STATUSES, meaning
from business_registration.mapping import facts_of
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind

from services.domain.standing import Known, standing
from services.rules import load_rules

ROW: dict[str, Any] = {
    "IN_JOURNAL_NO": "2611-0000201",
    "DOCUMENT_TYPE": "201",
    "ENTERPRISE_GDT_CODE": "9900002020",
    "NAME": "Công ty ví dụ",
    "SITE_ID": "31",
    "PROCESS_STATUS": "4",
    "PROCESSED_DATE": "2026-11-03 16:20:00",
}
APPOINTMENT = {"RECEIPT_DATE": "2026-11-02 08:15:00", "PLAN_DATE": "2026-11-05"}


def facts(**fields: Any) -> list[Fact]:
    return list(facts_of(Payload(json.dumps(ROW | fields).encode())))


def status(**fields: Any) -> Fact:
    return facts(**fields)[-1]


def at(text: str) -> int:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo
    return int(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    "more",
    [APPOINTMENT, {"RECEIPT_DATE": "2026-11-02"}, {"PLAN_DATE": "2026-11-05"}],
    ids=" and ".join,
)
@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1)])
def test_the_fuller_row_stands_whichever_feed_was_read_first(
    more: dict[str, str], order: tuple[int, ...]
) -> None:
    brief, full = facts(), facts(**more)
    told = [fact for feed in order for fact in (brief, full)[feed]]
    found, revisions, conflicts = standing(Known(fact, None) for fact in told)
    assert sorted(found) == sorted(full)
    assert (revisions, conflicts) == (1, 0)


def test_a_row_that_comes_again_is_the_same_facts() -> None:
    assert facts(**APPOINTMENT) == facts(**APPOINTMENT)
    again = facts(
        **APPOINTMENT | {"RECEIPT_DATE": "2026-11-02T01:15:00Z"}, PROCESSED_DATE="2026-11-03T09:20:00+00:00"
    )
    assert again == facts(**APPOINTMENT)


@pytest.mark.parametrize(
    "other",
    [
        {"IN_JOURNAL_NO": "2611-0000202"},
        {"PROCESS_STATUS": "8"},
        {"PROCESSED_DATE": "2026-11-03 16:20:01"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_journal_number_status_and_instant_tell_rows_apart(other: dict[str, str]) -> None:
    assert status().event_id != status(**other).event_id


def test_rows_of_one_dossier_share_its_reception() -> None:
    before, after = facts(**APPOINTMENT), facts(**APPOINTMENT, PROCESS_STATUS="8", ENTERPRISE_GDT_CODE=None)
    assert before[0] == after[0]
    assert before[0].kind is Kind.RECEIVED
    assert before[0].occurred_at == at("2026-11-02T08:15:00+07:00")
    assert before[0].due_at is None


@pytest.mark.parametrize(
    ("plan", "due_at"),
    [
        ("2026-11-05", "2026-11-05T23:59:59.999+07:00"),
        ("2026-11-05 00:00:00", "2026-11-05T23:59:59.999+07:00"),
        ("2026-11-04T17:00:00Z", "2026-11-05T23:59:59.999+07:00"),
        ("2026-11-05 00:00:01", "2026-11-05T00:00:01+07:00"),
        ("2026-11-05 17:00:00", "2026-11-05T17:00:00+07:00"),
    ],
)
def test_a_due_day_ends_with_its_last_millisecond(plan: str, due_at: str) -> None:
    assert status(PLAN_DATE=plan).due_at == at(due_at)


def test_a_day_alone_is_its_beginning_and_derived() -> None:
    received, processed = facts(RECEIPT_DATE="2026-11-02", PROCESSED_DATE="2026-11-03")
    assert (received.occurred_at, received.derived) == (at("2026-11-02T00:00:00+07:00"), True)
    assert (processed.occurred_at, processed.derived) == (at("2026-11-03T00:00:00+07:00"), True)
    assert [fact.derived for fact in facts(**APPOINTMENT)] == [False, False]


@pytest.mark.parametrize(("code", "kind"), [(code, known[-1][1]) for code, known in STATUSES.items()])
def test_a_status_is_the_kind_of_its_table(code: str, kind: Kind) -> None:
    assert (status(PROCESS_STATUS=code).kind, status(PROCESS_STATUS=int(code)).kind) == (kind, kind)
    assert status(PROCESS_STATUS=code).source_status == code


def test_what_no_table_knows_is_published_as_unknown() -> None:
    found = status(PROCESS_STATUS="77", DOCUMENT_TYPE="999", SITE_ID="304")
    assert (found.kind, found.source_status) == (Kind.UNKNOWN, "77")
    assert (found.procedure, found.details["registration"]) == (None, "UNKNOWN")
    assert (found.unit, found.details["site"]) == (None, "304")


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("9900002020", True),
        ("9900002020-001", True),
        ("9900002020001", True),
        ("9900002021", False),
        ("990000202", False),
        (None, None),
        ("", None),
        ("999999999999", None),
        ("031099001234", None),
    ],
)
def test_of_an_enterprise_code_only_its_check_is_said(code: str | None, valid: bool | None) -> None:
    found = facts(**APPOINTMENT, ENTERPRISE_GDT_CODE=code)
    assert found[-1].details.get("is_code_valid") is valid
    assert not code or all(code not in repr(fact) for fact in found)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("9900002020", "9900002020"),
        ("9900002020", "9900002020-001"),
        ("2611-9900002020", "9900002020"),
        ("999999999999", "999999999999"),
    ],
)
def test_an_enterprise_code_is_never_a_key(number: str, code: str) -> None:
    with pytest.raises(RejectedInput, match="personal-data: IN_JOURNAL_NO"):
        facts(IN_JOURNAL_NO=number, ENTERPRISE_GDT_CODE=code)


def test_a_journal_number_with_less_than_a_code_in_it_is_one() -> None:
    assert status(ENTERPRISE_GDT_CODE="2611").case_id == "business-registration:2611-0000201"


def test_a_code_means_what_it_meant_on_the_day() -> None:
    assert meaning(SITES, "31", date(2025, 2, 28)) == "x31-khdt"
    assert meaning(SITES, "31", date(2025, 3, 1)) == "x31-tc-202503"
    assert meaning(SITES, "30", date(2025, 7, 1)) == "x31-tc-202507"
    assert meaning(SITES, "31", date(2020, 12, 31)) is None
    assert meaning(SITES, None, date(2026, 1, 1)) is None
    late = status(PROCESSED_DATE="2025-06-30 23:59:59")
    assert (late.unit, status(PROCESSED_DATE="2025-07-01 00:00:00").unit) == (
        "x31-tc-202503",
        "x31-tc-202507",
    )


@pytest.mark.parametrize("table", [STATUSES, DOCUMENTS, SITES], ids=["statuses", "documents", "sites"])
def test_the_meanings_of_a_code_stand_in_the_order_of_their_days(table: Any) -> None:
    for known in table.values():
        assert known[0][0] == LAW
        assert all(before[0] < after[0] for before, after in pairwise(known))


def test_procedures_and_units_of_the_tables_are_those_of_the_reference_data() -> None:
    law = load_rules("Asia/Ho_Chi_Minh").law
    for ((_since, registration),) in DOCUMENTS.values():
        assert law.procedures.knows(registration.procedure)
    for known in SITES.values():
        for since, unit in known:
            noon = int(datetime(since.year, since.month, since.day, 12, tzinfo=UTC).timestamp() * 1000)
            assert law.organisations.unit_at(unit, noon) == law.organisations.unit_at(unit, noon - 1)
            row = law.organisations.unit(law.organisations.unit_at(unit, noon))
            assert row
            assert row.code == unit
