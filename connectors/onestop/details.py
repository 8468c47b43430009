"""What a dossier says of itself besides its course: parts, fees, payment, result.

A list that is not there says nothing. Systems that do not fill a list send it empty, so an empty one says nothing
either, but for the result: there no file is linked.
"""

from typing import Any, Final

from egovhub.errors import RejectedInput
from egovhub.fields import Fields

CHANNELS: Final = {"1": "IN_PERSON", "2": "ONLINE", "3": "PUBLIC_POST"}
APPLICANTS: Final = {"1": "CITIZEN", "2": "ENTERPRISE", "3": "AGENCY", "4": "OTHER"}
PAYMENTS: Final = {"0": "NONE", "1": "NATIONAL_PORTAL", "2": "LOCAL_GATEWAY"}

POPULATION: Final = frozenset({"1"})
"""`MaCSDL` of the population database. Illustrative: the catalogue of databases was not available."""

_UNKNOWN: Final = "UNKNOWN"


def channel(row: Fields) -> str:
    """How it came in; by the specification a missing channel means in person."""
    return row.choice("KenhThucHien", CHANNELS, _UNKNOWN) if row.has("KenhThucHien") else "IN_PERSON"


def applicant_kind(row: Fields) -> str | None:
    """The kind of applicant, never who."""
    return row.choice("LoaiDoiTuong", APPLICANTS, _UNKNOWN) if row.has("LoaiDoiTuong") else None


def details(row: Fields) -> dict[str, Any]:
    """What is said of parts, fees and payment.

    Raises:
        RejectedInput: bad-value.
    """
    return {
        "fee_amount": _fees(row),
        "online_payment": _payment(row),
        **_parts(row),
        "is_identity_verified": row.optional_boolean("TaiKhoanDuocXacThucVoiVNeID"),
        "is_population_data_used": _uses_population_data(row),
    }


def is_result_electronic(row: Fields) -> bool | None:
    """Whether a file of the result is linked; None if the result is not spoken of."""
    if not row.has("DanhSachGiayToKetQua"):
        return None
    return any(paper.has("DuongDanTepTinKetQua") for paper in row.each("DanhSachGiayToKetQua"))


def _payment(row: Fields) -> str | None:
    name = "DuocThanhToanTrucTuyen"
    return row.choice(name, PAYMENTS, _UNKNOWN) if row.has(name) else None


def _fees(row: Fields) -> int | None:
    prices = [fee.optional_integer("Gia") for fee in row.each("DanhSachLePhi")]
    known = [price for price in prices if price is not None]
    if any(price < 0 for price in known):
        raise RejectedInput("bad-value", "DanhSachLePhi.Gia is negative")
    return sum(known) if known and len(known) == len(prices) else None


def _parts(row: Fields) -> dict[str, int | None]:
    parts = list(row.each("TaiLieuNop"))
    if not parts:
        return {"digitised_parts": 0 if row.optional_boolean("HoSoCoThanhPhanSoHoa") is False else None}
    return {
        "parts": len(parts),
        "digitised_parts": _true(parts, "DuocSoHoa"),
        "reused_parts": _true(parts, "DuocLayTuKhoDMQG"),
    }


def _true(parts: list[Fields], name: str) -> int | None:
    """How many parts are; None if that is not said of any."""
    said = [value for part in parts if (value := part.optional_boolean(name)) is not None]
    return sum(said) if said else None


def _uses_population_data(row: Fields) -> bool | None:
    bases = {base.optional("MaCSDL") for base in row.each("DSKetNoiCSDL")}
    return bool(bases & POPULATION) if bases else None
