"""What the fields of a message look like: statuses, codes, times, and which fields belong to persons.

Source: `domain/systems.md`, 2 (services DongBoHoSoMC and CapNhatTienDoHoSoMC of the national portal).
"""

import re
from enum import StrEnum
from typing import Final

from egovhub.errors import RejectedInput
from egovhub.fields import Fields
from egovhub.origin import Origin

ORIGIN: Final = Origin(source="onestop", domain="onestop")

PERSONAL: Final = (
    "ChuHoSo", "ChucDanh", "DiaChi", "DinhDanhCHS", "Email", "Fax", "GhiChu", "MaDoiTuong", "NguoiTiepNhanBoSung",
    "NguoiXuLy", "NguoiYeuCauBoSung", "NoiDungBoSung", "NoiDungXuLy", "SoDienThoai", "ThongTinTiepNhan", "ThongTinTra",
    "TrichYeuHoSo",
)  # fmt: skip
"""Persons, their numbers and free text: none of them is read."""

TIME: Final = "%Y%m%d%H%M%S"

_NET_TIME: Final = "%Y-%m-%dT%H:%M:%S"
_NEVER: Final = "0001"


class Status(StrEnum):
    """`TrangThaiHoSo`."""

    REGISTERED = "1"
    ACCEPTED = "2"
    NOT_ACCEPTED = "3"
    IN_PROCESS = "4"
    SUPPLEMENT_ASKED = "5"
    FEE_ASKED = "6"
    WITHDRAWN = "7"
    STOPPED = "8"
    PROCESSED = "9"
    RETURNED = "10"


_STATUSES: Final = {status.value: status for status in Status}
_OTHER_STATUS: Final = re.compile(r"[0-9A-Za-z_-]{1,16}", re.ASCII)

_DOSSIER: Final = re.compile(r"([0-9A-Z]{1,10}(?:\.[0-9A-Z]{1,10}){0,6})-\d{6}-\d{4,8}", re.ASCII)
"""`{unit}-{yyMMdd}-{daily number}`."""
_OTHER_DOSSIER: Final = re.compile(r"(?=.*[A-Za-z])(?=.*\d)[0-9A-Za-z][0-9A-Za-z./_-]{3,63}", re.ASCII)
_PERSON: Final = re.compile(r"(?<!\d)(?:\d{9,10}|\d{12,13})(?!\d)", re.ASCII)
"""As many digits in a row as an identity card, a phone, a citizen or a tax number has."""
_PROCEDURE: Final = re.compile(r"(\d\.\d{6})(?:\.[0-9A-Z]+)*", re.ASCII)
_OTHER_PROCEDURE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{0,63}", re.ASCII)


def status_of(row: Fields, name: str) -> Status | str:
    """A status; of one that is not in the table its code, which changes nothing and is counted.

    Raises:
        RejectedInput: missing-value; unknown-code for what is no code at all.
    """
    code = row.text(name)
    if not _OTHER_STATUS.fullmatch(code) or _PERSON.search(code):
        raise RejectedInput("unknown-code", name)
    return _STATUSES.get(code, code)


def dossier_code(row: Fields) -> str:
    """`MaHoSo`: of the standard form or of another that cannot be a number of a person.

    An older system may have any code with letters and digits in it. One of digits alone, or with as many in a row as
    a personal number has, is refused: a case id stands in keys, for ever.

    Raises:
        RejectedInput: missing-value, personal-data, bad-value.
    """
    code = row.text("MaHoSo")
    if _PERSON.search(code):
        raise RejectedInput("personal-data", "MaHoSo")
    if not _DOSSIER.fullmatch(code) and not _OTHER_DOSSIER.fullmatch(code):
        raise RejectedInput("bad-value", "MaHoSo is no code of a dossier")
    return code


def receiving_unit(code: str) -> str | None:
    """The unit that gave a dossier its code, if the code has the standard form."""
    found = _DOSSIER.fullmatch(code)
    return found[1] if found else None


def procedure_stem(row: Fields) -> str:
    """`MaTTHC`: the national stem without the organisation behind it; a local code as it is.

    Raises:
        RejectedInput: missing-value, personal-data, bad-value.
    """
    code = row.text("MaTTHC")
    if found := _PROCEDURE.fullmatch(code):
        return found[1]
    if _PERSON.search(code):
        raise RejectedInput("personal-data", "MaTTHC")
    if not _OTHER_PROCEDURE.fullmatch(code):
        raise RejectedInput("bad-value", "MaTTHC is no code of a procedure")
    return code


def optional_time(row: Fields, name: str) -> int | None:
    """A clock time, milliseconds since the epoch; a time in the year 1 is a vendor's way to say none.

    Raises:
        RejectedInput: as `Fields.optional_instant`.
    """
    text = row.optional(name)
    if text is None or text.startswith(_NEVER):
        return None
    return row.optional_instant(name, TIME, _NET_TIME)


def time(row: Fields, name: str) -> int:
    """A clock time that must be there.

    Raises:
        RejectedInput: missing-value, and as `optional_time`.
    """
    at = optional_time(row, name)
    if at is None:
        raise RejectedInput("missing-value", name)
    return at
