from typing import Any

import pytest
from egovhub.errors import RejectedInput
from egovhub.events import Kind
from egovhub.snapshots import CaseKnown, take
from onestop.fields import ORIGIN, PERSONAL

from tests.unit.connectors.onestop_build import (
    ACCEPTED,
    CODE,
    DUE,
    at,
    entry,
    facts,
    snapshot,
    told,
    written,
)

FILED = "Sun 2026-03-01 20:00"
ASKED = "Tue 2026-03-03 10:00"
CAME = "Thu 2026-03-05 09:00"
ENDED = "Fri 2026-03-06 10:30"
RETURNED = "Mon 2026-03-09 14:00"
START = [("ACCEPTED", at(ACCEPTED))]


def test_a_dossier_that_was_only_filed_is_not_accepted() -> None:
    assert told("1", NgayNopHoSo=written(FILED)) == [("REGISTERED", at(FILED))]


def test_a_dossier_filed_without_a_time_of_its_own_was_filed_when_it_is_said_to_be_received() -> None:
    assert told("1") == [("REGISTERED", at(ACCEPTED))]


def test_a_dossier_filed_online_was_registered_before_it_was_accepted() -> None:
    assert told("2", NgayNopHoSo=written(FILED)) == [("REGISTERED", at(FILED)), *START]


def test_the_acceptance_carries_who_what_and_until_when() -> None:
    (fact,) = facts("2", KenhThucHien="2", LoaiDoiTuong="2", MaTTHC="1.010708.000.00.00.H24")
    assert (fact.case_id, fact.source, fact.domain) == (f"onestop:{CODE}", "onestop", "onestop")
    assert (fact.unit, fact.receiving_unit, fact.procedure) == ("H24.15.03", "H24.15.03", "1.010708")
    assert (fact.channel, fact.applicant_kind, fact.due_at) == ("ONLINE", "ENTERPRISE", at(DUE))
    assert (fact.source_status, fact.derived) == ("2", False)


def test_the_registration_carries_who_and_what_but_no_appointment() -> None:
    (fact,) = facts("1")
    assert (fact.unit, fact.procedure, fact.channel, fact.due_at) == (
        "H24.15.03",
        "1.001193",
        "IN_PERSON",
        None,
    )


def test_without_an_executing_unit_the_sender_executes() -> None:
    assert facts(DonViXuLy=...)[0].unit == "H24.15"
    assert facts(DonViXuLy=..., madonvi="H24.16")[0].unit == "H24.16"


@pytest.mark.parametrize(
    ("status", "field", "kind"),
    [
        ("7", "NgayKetThucXuLy", "WITHDRAWN"),
        ("8", "NgayKetThucXuLy", "STOPPED"),
        ("9", "NgayKetThucXuLy", "PROCESSED"),
    ],
)
def test_an_end_stands_at_its_date(status: str, field: str, kind: str) -> None:
    end = facts(status, **{field: written(ENDED)})[-1]
    assert told(status, **{field: written(ENDED)}) == [*START, (kind, at(ENDED))]
    assert (end.source_status, end.derived, end.due_at) == (status, False, None)


def test_a_refused_dossier_was_never_accepted() -> None:
    filed, refused = facts("3", NgayTuChoi=written(ENDED))
    assert (filed.kind, refused.kind) == (Kind.REGISTERED, Kind.REFUSED)
    assert (refused.occurred_at, refused.source_status, refused.due_at) == (at(ENDED), "3", at(DUE))


def test_a_returned_dossier_was_processed_before() -> None:
    dates = {"NgayKetThucXuLy": written(ENDED), "NgayTra": written(RETURNED)}
    assert told("10", **dates) == [*START, ("PROCESSED", at(ENDED)), ("RETURNED", at(RETURNED))]
    assert [fact.source_status for fact in facts("10", **dates)] == ["2", "9", "10"]


def test_of_a_returned_dossier_one_date_is_enough() -> None:
    assert told("10", NgayTra=written(RETURNED)) == [*START, ("RETURNED", at(RETURNED))]
    processed = facts("10", NgayKetThucXuLy=written(ENDED))[-1]
    assert (processed.kind, processed.occurred_at, processed.source_status) == (
        Kind.PROCESSED,
        at(ENDED),
        "10",
    )


@pytest.mark.parametrize(
    ("status", "field"),
    [("3", "NgayTuChoi"), ("7", "NgayKetThucXuLy"), ("9", "NgayKetThucXuLy"), ("10", "NgayTra")],
)
def test_an_end_without_any_date_is_refused_for_no_date_is_made_up(status: str, field: str) -> None:
    with pytest.raises(RejectedInput, match=f"missing-value: {field}"):
        facts(status)


def test_an_end_without_its_own_date_stands_at_that_of_the_hand_over_and_says_so() -> None:
    end = facts("9", NgayTra=written(RETURNED))[-1]
    assert (end.kind, end.occurred_at, end.derived) == (Kind.PROCESSED, at(RETURNED), True)
    refused = facts("3", NgayKetThucXuLy=written(ENDED), NgayTra=written(RETURNED))[-1]
    assert (refused.occurred_at, refused.derived) == (at(ENDED), True)


def test_a_dossier_that_waited_and_is_told_as_processed_without_date_ended_with_the_request() -> None:
    end = facts("9", DanhSachHoSoBoSung=[entry(ASKED)])[-1]
    assert (end.kind, end.occurred_at, end.source_status, end.derived) == (
        Kind.PROCESSED,
        at(ASKED) + 1,
        "9",
        True,
    )
    with pytest.raises(RejectedInput, match="missing-value"):
        facts("9", DanhSachHoSoBoSung=[entry(ASKED, CAME)])


def test_the_date_of_an_end_that_a_recalled_dossier_still_carries_is_not_read() -> None:
    assert told("4", NgayKetThucXuLy=written(ENDED), NgayTra="nonsense") == START


def test_a_result_is_electronic_if_a_file_of_it_is_linked() -> None:
    linked = [{"TenGiayTo": "x"}, {"DuongDanTepTinKetQua": "https://kq.example.vn/1"}]
    for papers, said in ((linked, True), (linked[:1], False), ([], False), (None, None)):
        end = facts("9", NgayKetThucXuLy=written(ENDED), DanhSachGiayToKetQua=papers)[-1]
        assert end.details.get("is_result_electronic") is said
    withdrawn = facts("7", NgayKetThucXuLy=written(ENDED), DanhSachGiayToKetQua=[])[-1]
    assert withdrawn.details == {}


def test_a_fee_that_is_asked_for_has_no_date_so_it_stands_behind_what_was_last_stated() -> None:
    fee = facts("6", DanhSachHoSoBoSung=[entry(ASKED, CAME)])[-1]
    assert (fee.kind, fee.occurred_at, fee.source_status, fee.derived) == (
        Kind.FEE_REQUESTED,
        at(CAME) + 1,
        "6",
        True,
    )
    assert told("6")[-1] == ("FEE_REQUESTED", at(ACCEPTED) + 1)


def test_a_supplement_that_no_entry_tells_of_is_asked_for_behind_what_was_last_stated() -> None:
    request = facts("5")[-1]
    assert (request.kind, request.occurred_at, request.derived) == (
        Kind.SUPPLEMENT_REQUESTED,
        at(ACCEPTED) + 1,
        True,
    )
    assert told("5", DanhSachHoSoBoSung=[entry(ASKED, CAME)])[-1] == ("SUPPLEMENT_REQUESTED", at(CAME) + 1)


def test_a_supplement_that_an_entry_tells_of_is_asked_for_once() -> None:
    assert told("5", DanhSachHoSoBoSung=[entry(ASKED)]) == [*START, ("SUPPLEMENT_REQUESTED", at(ASKED))]


@pytest.mark.parametrize("status", ["2", "4"])
def test_work_that_goes_on_ends_a_waiting_of_unknown_length(status: str) -> None:
    made = facts(status, DanhSachHoSoBoSung=[entry(ASKED)])
    assert [fact.kind for fact in made[1:]] == [Kind.SUPPLEMENT_REQUESTED, Kind.SUPPLEMENTED]
    assert (made[2].occurred_at, made[2].derived, made[2].source_status) == (at(ASKED), True, None)


def test_an_unknown_status_is_told_by_its_code_and_changes_nothing() -> None:
    unknown = facts("11")[-1]
    assert told("11") == [*START, ("UNKNOWN", at(ACCEPTED) + 1)]
    assert (unknown.source_status, unknown.derived) == ("11", True)


def test_handing_a_dossier_on_takes_nothing_back() -> None:
    known, first = published(CaseKnown(), "2", NgayNopHoSo=written(FILED))
    assert len(first) == 2
    assert take(known, snapshot("4", NgayNopHoSo=written(FILED)), ORIGIN, 2, in_doubt=False) is None


def published(known: CaseKnown, status: str, **fields: object) -> tuple[CaseKnown, list[str]]:
    taken = take(known, snapshot(status, **fields), ORIGIN, known.batch + 1, in_doubt=False)
    assert taken
    return taken[0], [fact.kind.name for fact in taken[1]]


def test_a_recalled_end_is_retracted_and_the_next_one_is_told() -> None:
    known, made = published(CaseKnown(), "9", NgayKetThucXuLy=written(ENDED))
    assert made == ["ACCEPTED", "PROCESSED"]
    known, made = published(known, "4")
    assert made == ["RETRACTED"]
    known, made = published(known, "9", NgayKetThucXuLy=written(RETURNED))
    assert made == ["PROCESSED"]
    known, made = published(known, "10", NgayKetThucXuLy=written(RETURNED), NgayTra=written(RETURNED))
    assert made == ["RETURNED"]
    known, made = published(known, "9", NgayKetThucXuLy=written(RETURNED))
    assert made == ["RETRACTED"]


def test_another_appointment_takes_the_acceptance_back_and_says_it_again() -> None:
    known, _ = published(CaseKnown(), "4")
    _, made = published(known, "4", NgayHenTra=written(RETURNED))
    assert made == ["RETRACTED", "ACCEPTED"]


def test_the_version_is_the_time_the_dossier_was_last_written() -> None:
    assert snapshot(NgayCapNhat=written(ENDED)).version == at(ENDED)
    assert snapshot().version is None


def test_nothing_of_a_person_is_read() -> None:
    planted: dict[str, object] = {name: [{"x": "031099001234"}] for name in PERSONAL}
    assert facts("2", **planted) == facts("2")


def test_a_dossier_needs_a_code_a_procedure_a_status_and_a_reception() -> None:
    for name in ("MaHoSo", "MaTTHC", "TrangThaiHoSo", "NgayTiepNhan"):
        left_out: dict[str, Any] = {name: ...}
        with pytest.raises(RejectedInput, match=f"missing-value: {name}"):
            facts(**left_out)
