"""What a row of the civil status register says, and what the hub's core makes of it."""

import json
from collections.abc import Sequence
from typing import Any, Final

import pytest
from civil_status.connector import connector
from civil_status.mapping import MODULES, entries_of
from egovhub.connector import Entry, Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.snapshots import CaseKnown, take

from services.domain.evaluation import Evaluation
from services.indicators import check_civil_status, check_personal_number
from tests.unit.domain.build import at, day, fact, judge, state
from tests.unit.indicators.more_build import found

DOSSIER: Final = "H24.32-261102-0021"
OWN, JOINED = "civil-status:2026-078340", f"onestop:{DOSSIER}"
FORM: Final = {
    "maHoSo": "2026-078340",
    "module": "KS",
    "maDonVi": "H24.32",
    "maTTHC": "1.001193",
    "ngayTiepNhan": "02/11/2026 08:10:00",
    "ngayCapNhat": "02/11/2026 09:00:00",
    "trangThai": "3",
}
RECEIVED: Final = "Mon 2026-11-02 08:10"


def entry(**fields: Any) -> Entry:
    (made,) = entries_of(Payload(json.dumps(FORM | fields).encode()))
    return made


def reached(**fields: Any) -> Fact:
    return entry(**fields).facts[-1]


def refusal(**fields: Any) -> str:
    with pytest.raises(RejectedInput) as refused:
        entry(**fields)
    return str(refused.value)


def published(*entries: Entry) -> list[Fact]:
    known, facts = CaseKnown(), list[Fact]()
    for each in entries:
        if taken := take(known, each, connector.origin, 1, in_doubt=False):
            known = taken[0]
            facts += taken[1]
    return facts


def of_case(facts: Sequence[Fact], case: str) -> list[Fact]:
    return [each for each in facts if each.case_id == case]


def end(evaluation: Evaluation) -> str | None:
    return day(state(evaluation).ended_at)


@pytest.mark.parametrize(
    ("status", "kind", "occurred"),
    [
        ("1", Kind.RECEIVED, "Mon 2026-11-02 08:10"),
        ("2", Kind.SUPPLEMENT_REQUESTED, "Mon 2026-11-02 09:00"),
        ("3", Kind.STEP, "Mon 2026-11-02 09:00"),
        ("4", Kind.PROCESSED, "Mon 2026-11-02 09:00"),
        ("5", Kind.RETURNED, "Mon 2026-11-02 09:00"),
        ("6", Kind.REFUSED, "Mon 2026-11-02 09:00"),
        ("7", Kind.STEP, "Mon 2026-11-02 09:00"),
        ("8", Kind.STEP, "Mon 2026-11-02 09:00"),
    ],
)
def test_a_status_is_a_fact_with_the_code_of_the_source(status: str, kind: Kind, occurred: str) -> None:
    made = reached(trangThai=status)
    assert (made.kind, day(made.occurred_at), made.source_status) == (kind, occurred, status)


@pytest.mark.parametrize(
    ("code", "module", "linked"),
    [
        ("KS", "BIRTH", "NONE"),
        ("KH", "MARRIAGE", "NONE"),
        ("KT", "DEATH", "NONE"),
        ("GH", "GUARDIANSHIP", "NONE"),
        ("NCMC", "RECOGNITION", "NONE"),
        ("CC", "CORRECTION", "NONE"),
        ("BA", "COURT_ENTRY", "NONE"),
        ("GC", "FOREIGN_ENTRY", "NONE"),
        ("BS", "EXTRACT_COPY", "NONE"),
        ("LTKS", "BIRTH", "BIRTH_RESIDENCE_INSURANCE"),
        ("LTKT", "DEATH", "DEATH_RESIDENCE_ALLOWANCE"),
        ("TTHN", "UNKNOWN", "UNKNOWN"),
    ],
)
def test_a_module_says_what_is_registered_and_what_it_is_linked_to(
    code: str, module: str, linked: str
) -> None:
    assert reached(module=code).details == {"module": module, "linked_procedure": linked}


def test_every_module_is_asked_for() -> None:
    assert connector.feeds["rest"].each == {"module": tuple(MODULES)}  # type: ignore[attr-defined]


def test_what_the_row_says_besides_goes_into_the_fact() -> None:
    flags = {"yeuToNuocNgoai": True, "canXacMinh": "False", "daCapSoDinhDanh": "1"}
    made = reached(ngayHenTra="03/11/2026 17:00:00", **flags)
    assert (made.unit, made.procedure, day(made.due_at)) == ("H24.32", "1.001193", "Tue 2026-11-03 17:00")
    assert (made.details["is_foreign"], made.details["is_check_needed"]) == (True, False)
    assert made.details["is_personal_number_issued"] is True


def test_a_case_of_its_own_begins_with_its_registration_and_reception() -> None:
    registered, received, step = entry().facts
    assert [registered.kind, received.kind, step.kind] == [Kind.REGISTERED, Kind.RECEIVED, Kind.STEP]
    assert {day(registered.occurred_at), day(received.occurred_at)} == {RECEIVED}
    assert (registered.derived, received.derived) == (True, False)
    assert {each.case_id for each in entry().facts} == {OWN}


def test_every_row_says_the_beginning_in_the_same_words() -> None:
    later = entry(trangThai="4", ngayCapNhat="04/11/2026 10:00:00", maDonVi="H24.33", canXacMinh=True)
    assert later.facts[:2] == entry().facts[:2]


@pytest.mark.parametrize("field", ["maHoSoMotCua", "maHoSo"])
def test_a_registration_joins_the_dossier_whose_number_it_carries(field: str) -> None:
    (only,) = entry(**{field: DOSSIER}).facts
    assert only.case_id == JOINED


def test_a_dossier_that_is_named_later_takes_the_registration_with_it() -> None:
    facts = published(entry(trangThai="1"), entry(maHoSoMotCua=DOSSIER), entry(trangThai="4"))
    dead = {event_id for each in facts for event_id in each.retracts}
    own = [each for each in of_case(facts, OWN) if not each.retracts]
    assert own
    assert {each.event_id for each in own} == dead
    statuses = {each.source_status for each in of_case(facts, JOINED)}
    assert {"1", "3", "4"} <= statuses


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"maHoSo": ""}, "missing-value: maHoSo"),
        ({"maHoSo": "Trần Văn Mẫu"}, "case-id-form: maHoSo"),
        ({"maHoSoMotCua": "chưa có"}, "case-id-form: maHoSoMotCua"),
        ({"maHoSoMotCua": "H24.32-261102-21"}, "case-id-form: maHoSoMotCua"),
        ({"trangThai": None}, "missing-value: trangThai"),
        ({"trangThai": "đang chờ"}, "unknown-code: trangThai"),
        ({"trangThai": "٣"}, "unknown-code: trangThai"),
        ({"maDonVi": "UBND phường Mẫu"}, "unknown-unit: maDonVi"),
        ({"maTTHC": "Đăng ký khai sinh"}, "unknown-code: maTTHC"),
        ({"ngayCapNhat": "31/02/2026 08:00:00"}, "no-such-date: ngayCapNhat"),
        ({"ngayTiepNhan": None}, "missing-value: ngayTiepNhan"),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_refused_by_the_name_of_its_field(
    fields: dict[str, Any], reason: str
) -> None:
    assert refusal(**fields) == reason


@pytest.mark.parametrize("text", ["2026-11-02T08:10:00+07:00", "02/11/2026", "11/13/2026 08:10:00"])
def test_a_time_of_another_form_is_refused(text: str) -> None:
    assert "ngayTiepNhan" in refusal(ngayTiepNhan=text)


def test_the_register_never_ends_the_clock_of_a_dossier() -> None:
    accepted = fact("ACCEPTED", RECEIVED, "Tue 2026-11-03 17:00", case_id=JOINED, unit="H24.32")
    done = published(*(entry(maHoSoMotCua=DOSSIER, trangThai=status) for status in ("2", "4", "5", "6")))
    assert end(judge([accepted, *done], "Wed 2026-11-04 08:00")) is None
    assert state(judge([accepted, *done], "Wed 2026-11-04 08:00")).bucket == "overdue"
    assert state(judge([accepted, *done], "Wed 2026-11-04 08:00")).pauses == ()


def test_a_case_of_its_own_is_judged_from_its_reception_to_its_registration() -> None:
    rows = [entry(trangThai="1", ngayHenTra="02/11/2026 17:00:00"), entry(trangThai="4")]
    found_state = state(judge(published(*rows), "Wed 2026-11-04 08:00"))
    assert day(found_state.received_at) == RECEIVED
    assert day(found_state.ended_at) == "Mon 2026-11-02 09:00"
    assert found_state.bucket in ("early", "on_time")


def test_the_clock_starts_also_if_the_first_row_is_that_of_the_record() -> None:
    found_state = state(judge(published(entry(trangThai="4")), "Wed 2026-11-04 08:00"))
    assert day(found_state.clock_starts_at) == RECEIVED
    assert found_state.unit != "unknown"


def test_waiting_for_a_supplement_ends_when_the_registration_is_eligible() -> None:
    rows = [entry(trangThai="2"), entry(trangThai="3", ngayCapNhat="03/11/2026 10:00:00")]
    (pause,) = state(judge(published(*rows), "Wed 2026-11-04 08:00")).pauses
    assert (day(pause.since), day(pause.until)) == ("Mon 2026-11-02 09:00", "Tue 2026-11-03 10:00")


def test_a_registration_that_moved_leaves_nothing_under_its_own_key() -> None:
    facts = published(entry(trangThai="1"), entry(trangThai="4", maHoSoMotCua=DOSSIER))
    assert len(of_case(facts, OWN)) > 1
    left = judge(of_case(facts, OWN), "Wed 2026-11-04 08:00")
    assert (left.state, left.contributions) == (None, {})


def test_the_cross_checks_read_what_the_register_says() -> None:
    accepted = fact("ACCEPTED", RECEIVED, case_id=JOINED, unit="W", procedure="1.000001")
    record = published(entry(maHoSoMotCua=DOSSIER, trangThai="4", daCapSoDinhDanh=False))
    issued = published(
        entry(maHoSoMotCua=DOSSIER, trangThai="4", ngayCapNhat="03/11/2026 08:00:00", daCapSoDinhDanh=True)
    )
    differs = {"2026-11 W check.civil-status.differs": 1}
    assert found(check_civil_status, [accepted, *record]) == differs
    assert found(check_personal_number, [accepted, *record]) == {"2026-11 W check.personal-number.missing": 1}
    both = found(check_personal_number, [accepted, *record, *issued])
    assert both == {"2026-11 W check.personal-number.issued": 1}


def test_what_the_register_knows_of_persons_is_not_read() -> None:
    entry_of_the_register = {"hoTen": "Trần Văn Mẫu", "soDinhDanh": "031201000123", "noiSinh": "Mẫu"}
    assert entry(duLieu=entry_of_the_register) == entry(duLieu=None)
    assert at(RECEIVED) == entry().facts[0].occurred_at
