"""What a row says: that a dossier came to a status, and, if the row tells, when it was received and when it is due.

A row is something that happened and no state of the dossier: it is told apart by journal number, status and instant,
and the next one does not take it back. So its facts are plain ones with that identity, and no `Snapshot`, which would
retract each status with the next; nor could two feeds share what a snapshot remembers.

The list of the day says less than the others. What it says of a status is the same fact without `recorded_at`; that of
a fuller row has one and so stands, whichever came first (DESIGN, law 2).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.fields import Fields
from egovhub.origin import Origin

from business_registration.codes import DOCUMENTS, SITES, STATUSES, meaning
from business_registration.enterprise_code import passes_check_digit

ORIGIN: Final = Origin(source="business-registration", domain="business-registration")

_CODE_DIGITS: Final = 10
_DAY_MS: Final = 86_400_000
_FORMATS: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S", "iso", "%Y-%m-%d")
_ZONE: Final = ZoneInfo(ORIGIN.zone)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(NamedTuple):
    """An instant as the source gives it: `is_day` if it names a day alone, of which this is the beginning."""

    at: int
    day: date
    is_day: bool


def facts_of(payload: Payload) -> Iterator[Fact]:
    """The facts of one row: its reception if the row tells, and its status.

    Raises:
        RejectedInput: a value is missing or cannot be read; personal-data if the journal number is the enterprise code.
    """
    row = ORIGIN.read(payload)
    code = row.optional("ENTERPRISE_GDT_CODE")
    case = ORIGIN.case(_journal_number(row, code))
    received, due_at = _moment(row, "RECEIPT_DATE"), _due_at(row)
    if received:
        yield ORIGIN.fact(
            Kind.RECEIVED,
            case,
            received.at,
            name="receipt",
            derived=received.is_day,
            **_about(row, received.day),
        )
    status, processed = row.code("PROCESS_STATUS"), _moment(row, "PROCESSED_DATE")
    if processed is None:
        raise RejectedInput("missing-value", "PROCESSED_DATE")
    about = _about(row, processed.day)
    about["details"]["is_code_valid"] = passes_check_digit(code)
    kind = meaning(STATUSES, status, processed.day)
    yield ORIGIN.fact(
        Kind.UNKNOWN if kind is None else kind,
        case,
        processed.at,
        identity=(status, processed.at),
        name="status",
        recorded_at=processed.at if received or due_at is not None else None,
        due_at=due_at,
        source_status=status,
        derived=processed.is_day,
        **about,
    )


def _journal_number(row: Fields, code: str | None) -> str:
    """What names the dossier; a number with the enterprise code in it is refused, for such a code is never a key.

    Source: DESIGN, law 11.
    """
    number = row.code("IN_JOURNAL_NO")
    if code is not None and len(code) >= _CODE_DIGITS and code[:_CODE_DIGITS] in number:
        raise RejectedInput("personal-data", "IN_JOURNAL_NO")
    return number


def _about(row: Fields, day: date) -> dict[str, Any]:
    """Unit, procedure and details; a document nobody knows is UNKNOWN, an office nobody knows has its number alone."""
    site = row.optional_code("SITE_ID")
    document = meaning(DOCUMENTS, row.text("DOCUMENT_TYPE"), day)
    return {
        "unit": meaning(SITES, site, day),
        "procedure": document.procedure if document else None,
        "details": {"registration": document.kind if document else "UNKNOWN", "site": site},
    }


def _moment(row: Fields, name: str) -> Moment | None:
    """An instant, or the beginning of a day; a day is that of the origin's zone, whatever the source's clock shows."""
    at = row.optional_instant(name, *_FORMATS)
    if at is None:
        return None
    day = (_EPOCH + timedelta(milliseconds=at)).astimezone(_ZONE).date()
    return Moment(at, day, len(row.text(name)) == len("2026-11-02"))


def _due_at(row: Fields) -> int | None:
    """When the dossier is due: a day ends with its last millisecond, and midnight means the day it begins.

    Source: `domain/systems.md`, 5: PLAN_DATE is a day.
    """
    plan = _moment(row, "PLAN_DATE")
    if plan is None:
        return None
    midnight = datetime(plan.day.year, plan.day.month, plan.day.day, tzinfo=_ZONE)
    begins_at = (midnight - _EPOCH) // timedelta(milliseconds=1)
    return plan.at + _DAY_MS - 1 if plan.at == begins_at else plan.at
