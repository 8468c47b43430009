import pytest
from egovhub.errors import RejectedInput

from tests.unit.connectors.onestop_build import facts


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("H56.14-240823-0001", "H56.14"),
        ("000.00.14.H56-240823-12345", "000.00.14.H56"),
        ("11914-260302-00000001", "11914"),
        ("BTP-HT-2026/000062", None),
        ("hs_2026.0001", None),
    ],
)
def test_a_code_of_a_dossier_names_the_case_and_in_its_standard_form_who_gave_it(
    code: str, unit: str | None
) -> None:
    (fact,) = facts(MaHoSo=code)
    assert (fact.case_id, fact.receiving_unit) == (f"onestop:{code}", unit)


@pytest.mark.parametrize(
    "code",
    [
        "031099001234",
        "HS-031099001234",
        "H24-260302-0912345678",
        "CMND123456789",
        "x0200123456",
        "0200123456001a",
    ],
)
def test_a_code_with_as_many_digits_as_a_number_of_a_person_is_refused(code: str) -> None:
    with pytest.raises(RejectedInput, match="personal-data: MaHoSo"):
        facts(MaHoSo=code)


@pytest.mark.parametrize(
    "code",
    [
        "0001",
        "abc",
        "ABCD",
        "H24 260302 0001",
        "H24:260302:0001",
        "Hồ sơ 0001",
        "H24-٢٦٠٣٠٢-٠٠٠١",
        "-H24-0001",
    ],
)
def test_what_is_no_code_of_a_dossier_is_refused(code: str) -> None:
    with pytest.raises(RejectedInput, match="bad-value: MaHoSo"):
        facts(MaHoSo=code)


@pytest.mark.parametrize(
    ("code", "stem"),
    [
        ("1.001193", "1.001193"),
        ("1.010708.000.00.00.H56", "1.010708"),
        ("2.000815.02", "2.000815"),
        ("HP-KV-01", "HP-KV-01"),
        ("1.1193", "1.1193"),
    ],
)
def test_a_procedure_is_its_national_stem_and_a_local_one_its_code(code: str, stem: str) -> None:
    assert facts(MaTTHC=code)[0].procedure == stem


def test_a_procedure_by_its_name_or_with_a_number_of_a_person_is_refused() -> None:
    with pytest.raises(RejectedInput, match="bad-value: MaTTHC"):
        facts(MaTTHC="Đăng ký khai sinh")
    with pytest.raises(RejectedInput, match="personal-data: MaTTHC"):
        facts(MaTTHC="TT-031099001234")


@pytest.mark.parametrize("status", ["đã nộp", "processed by hand", "031099001234", "x" * 17])
def test_a_status_that_is_no_code_is_refused(status: str) -> None:
    with pytest.raises(RejectedInput, match="unknown-code: TrangThaiHoSo"):
        facts(status)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("20260230081500", "no-such-date"),
        ("20260302240000", "no-such-date"),
        ("02/03/2026", "bad-value"),
        ("20260302", "bad-value"),
        ("2026-03-02T08:15:00Z", "bad-value"),
        ("0001-01-01T00:00:00", "missing-value"),
    ],
)
def test_a_time_in_another_form_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RejectedInput, match=f"{reason}: NgayTiepNhan"):
        facts(NgayTiepNhan=text)
