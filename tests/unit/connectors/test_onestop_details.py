from typing import Any

import pytest
from egovhub.errors import RejectedInput

from tests.unit.connectors.onestop_build import facts


def details(**fields: Any) -> dict[str, Any]:
    return facts(**fields)[0].details


def test_a_dossier_that_says_nothing_more_has_no_details() -> None:
    assert details() == {}


def test_lists_that_are_sent_empty_say_nothing() -> None:
    assert details(TaiLieuNop=[], DanhSachLePhi=[], DSKetNoiCSDL=[]) == {}


def test_parts_are_counted() -> None:
    parts = [
        {"DuocSoHoa": "1", "DuocLayTuKhoDMQG": "0"},
        {"DuocSoHoa": "True", "DuocLayTuKhoDMQG": "True"},
        {"DuocSoHoa": "False", "DuocLayTuKhoDMQG": ""},
    ]
    assert details(TaiLieuNop=parts) == {"parts": 3, "digitised_parts": 2, "reused_parts": 1}


def test_parts_of_which_it_is_not_said_are_not_taken_for_no() -> None:
    assert details(TaiLieuNop=[{"TenTepDinhKem": "x"}]) == {"parts": 1}


def test_a_dossier_without_digitised_parts_has_none_of_them_however_many_parts() -> None:
    assert details(HoSoCoThanhPhanSoHoa="0") == {"digitised_parts": 0}
    assert details(HoSoCoThanhPhanSoHoa="1") == {}
    assert details(HoSoCoThanhPhanSoHoa="0", TaiLieuNop=[{"DuocSoHoa": "1"}])["digitised_parts"] == 1


def test_fees_are_summed_if_each_of_them_is_known() -> None:
    assert details(DanhSachLePhi=[{"Gia": "8000"}, {"Gia": 12_000}]) == {"fee_amount": 20_000}
    assert details(DanhSachLePhi=[{"Gia": "0"}]) == {"fee_amount": 0}
    assert details(DanhSachLePhi=[{"Gia": "8000"}, {"Gia": ""}]) == {}


@pytest.mark.parametrize("price", ["-1", "8.000", "1e3", "tám nghìn", True])
def test_a_price_that_is_none_is_refused(price: object) -> None:
    with pytest.raises(RejectedInput, match="bad-value: DanhSachLePhi"):
        details(DanhSachLePhi=[{"Gia": price}])


@pytest.mark.parametrize(
    ("code", "symbol"),
    [("0", "NONE"), ("1", "NATIONAL_PORTAL"), ("2", "LOCAL_GATEWAY"), ("3", "UNKNOWN"), (0, "NONE")],
)
def test_the_payment_is_that_of_its_code(code: object, symbol: str) -> None:
    assert details(DuocThanhToanTrucTuyen=code) == {"online_payment": symbol}


@pytest.mark.parametrize(("text", "said"), [("1", True), ("True", True), ("0", False), ("False", False)])
def test_an_account_is_verified_or_not(text: str, said: bool) -> None:
    assert details(TaiKhoanDuocXacThucVoiVNeID=text) == {"is_identity_verified": said}


def test_population_data_is_used_if_its_database_is_among_those_asked() -> None:
    assert details(DSKetNoiCSDL=[{"MaCSDL": "7"}, {"MaCSDL": "1"}]) == {"is_population_data_used": True}
    assert details(DSKetNoiCSDL=[{"MaCSDL": "7"}]) == {"is_population_data_used": False}


@pytest.mark.parametrize(
    ("code", "symbol"),
    [
        ("1", "IN_PERSON"),
        ("2", "ONLINE"),
        ("3", "PUBLIC_POST"),
        ("4", "UNKNOWN"),
        (None, "IN_PERSON"),
        ("", "IN_PERSON"),
    ],
)
def test_the_channel_is_that_of_its_code_and_in_person_without_one(code: str | None, symbol: str) -> None:
    assert facts(KenhThucHien=code)[0].channel == symbol


@pytest.mark.parametrize(
    ("code", "symbol"),
    [("1", "CITIZEN"), ("2", "ENTERPRISE"), ("3", "AGENCY"), ("4", "OTHER"), ("5", "UNKNOWN"), (None, None)],
)
def test_the_kind_of_applicant_is_that_of_its_code(code: str | None, symbol: str | None) -> None:
    assert facts(LoaiDoiTuong=code)[0].applicant_kind == symbol
