"""What a row of the change feed says: that a registration has reached a status at an instant.

A registration is a record that belongs to its one-stop dossier, if a row names one; until then it is a case of the
register's own. In the dossier nothing of it moves the case, for the one-stop source owns it (DESIGN, law 3).
Source: `domain/systems.md`, 4.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from egovhub.connector import Entry, Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.fields import Fields
from egovhub.origin import Origin

ORIGIN: Final = Origin(source="civil-status", domain="civil-status")
TIMES: Final = "%d/%m/%Y %H:%M:%S"


class Module(NamedTuple):
    """What is registered, and the linked procedure it is part of."""

    name: str
    linked: str = "NONE"


MODULES: Final = {
    "KS": Module("BIRTH"),
    "KH": Module("MARRIAGE"),
    "KT": Module("DEATH"),
    "GH": Module("GUARDIANSHIP"),
    "NCMC": Module("RECOGNITION"),
    "CC": Module("CORRECTION"),
    "BA": Module("COURT_ENTRY"),
    "GC": Module("FOREIGN_ENTRY"),
    "BS": Module("EXTRACT_COPY"),
    "LTKS": Module("BIRTH", "BIRTH_RESIDENCE_INSURANCE"),
    "LTKT": Module("DEATH", "DEATH_RESIDENCE_ALLOWANCE"),
}
"""By the code of the source: LTKS and LTKT are its own, the others are illustrative."""

_UNKNOWN_MODULE: Final = Module("UNKNOWN", "UNKNOWN")

KINDS: Final = {
    "1": Kind.RECEIVED,
    "2": Kind.SUPPLEMENT_REQUESTED,
    "3": Kind.STEP,
    "4": Kind.PROCESSED,
    "5": Kind.RETURNED,
    "6": Kind.REFUSED,
    "7": Kind.STEP,
}
"""By status: received, needs supplement, eligible, registered, result returned, refused, sent to the ministry.

Of the one-stop codes 2 is 5, 4 is 9 and 6 is 3. A status that is not here is a step.
"""

_STATUS: Final = re.compile(r"\d{1,2}", re.ASCII)
_NUMBER: Final = re.compile(r"[\w./-]{1,40}", re.ASCII)
_DOSSIER: Final = re.compile(r"[0-9A-Z]+(?:\.[0-9A-Z]+)*-\d{6}-\d{4,}", re.ASCII)
_UNIT: Final = re.compile(r"[0-9A-Z.]{1,35}", re.ASCII)
_PROCEDURE: Final = re.compile(r"\d\.\d{6}(?:\.[0-9A-Z.]+)?", re.ASCII)


def entries_of(payload: Payload) -> Iterator[Entry]:
    """The facts of one row: the status it has reached, and the reception if the case is the register's own.

    Raises:
        RejectedInput: a number, a status or a time is missing or has not its form.
    """
    row = ORIGIN.read(payload)
    number = _formed(row.text("maHoSo"), _NUMBER, "case-id-form", "maHoSo")
    record = ORIGIN.case(number)
    dossier = _dossier(row, number)
    case = ORIGIN.case(dossier, "onestop") if dossier else record
    module = row.choice("module", MODULES, _UNKNOWN_MODULE)
    received_at, changed_at = row.instant("ngayTiepNhan", TIMES), row.instant("ngayCapNhat", TIMES)
    reached = _reached(row, case, module, received_at, changed_at)
    first = () if dossier else _first(case, module, received_at)
    yield Entry(case, (*first, reached), changed_at, record)


def _first(case: str, module: Module, received_at: int) -> Iterator[Fact]:
    """That the case exists, and when it was received.

    Every row says both, in the same words: many a registration is made while the applicant waits, and its first row is
    that of status 4.
    """
    said = {"module": module.name}
    yield ORIGIN.fact(Kind.REGISTERED, case, received_at, derived=True, details=said)
    yield ORIGIN.fact(Kind.RECEIVED, case, received_at, details=said)


def _reached(row: Fields, case: str, module: Module, received_at: int, changed_at: int) -> Fact:
    status = _formed(row.text("trangThai"), _STATUS, "unknown-code", "trangThai")
    kind = KINDS.get(status, Kind.STEP)
    return ORIGIN.fact(
        kind,
        case,
        received_at if kind is Kind.RECEIVED else changed_at,
        unit=_optional(row, "maDonVi", _UNIT, "unknown-unit"),
        procedure=_optional(row, "maTTHC", _PROCEDURE, "unknown-code"),
        due_at=row.optional_instant("ngayHenTra", TIMES),
        source_status=status,
        details={
            "module": module.name,
            "linked_procedure": module.linked,
            "is_foreign": row.optional_boolean("yeuToNuocNgoai"),
            "is_check_needed": row.optional_boolean("canXacMinh"),
            "is_personal_number_issued": row.optional_boolean("daCapSoDinhDanh"),
        },
    )


def _dossier(row: Fields, number: str) -> str | None:
    """The number of the one-stop dossier: it has a field, or the registration goes by it.

    Source: `domain/systems.md`, 2: the form of a dossier's number.
    """
    named = _optional(row, "maHoSoMotCua", _DOSSIER, "case-id-form")
    return named or (number if _DOSSIER.fullmatch(number) else None)


def _optional(row: Fields, name: str, form: re.Pattern[str], reason: str) -> str | None:
    text = row.optional(name)
    return None if text is None else _formed(text, form, reason, name)


def _formed(text: str, form: re.Pattern[str], reason: str, name: str) -> str:
    """A text of a form that no free text and no person's name has."""
    if not form.fullmatch(text):
        raise RejectedInput(reason, name)
    return text
