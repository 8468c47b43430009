"""What a row says: a stage of a permit, its unit, its procedure and its fee."""

from collections.abc import Iterator

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.fields import Fields
from egovhub.origin import Origin

ORIGIN = Origin(source="permits", domain="onestop")
STAGES = {
    "1": Kind.RECEIVED,
    "2": Kind.ACCEPTED,
    "5": Kind.SUPPLEMENT_REQUESTED,
    "9": Kind.PROCESSED,
    "10": Kind.RETURNED,
}


def facts_of(payload: Payload) -> Iterator[Fact]:
    yield fact_of(ORIGIN.read(payload))


def fact_of(row: Fields) -> Fact:
    """The fact of one row; a stage that is not in the table is published as unknown."""
    fee = row.optional_integer("fee")
    if fee is not None and fee < 0:
        raise RejectedInput("bad-value", "fee")
    native, status = row.text("id"), row.text("status")
    return ORIGIN.fact(
        row.choice("status", STAGES, Kind.UNKNOWN),
        ORIGIN.case(native),
        row.instant("at", "%Y%m%d%H%M%S", "iso"),
        identity=(native, status),
        source_sequence=row.optional_integer("sequence"),
        unit=row.optional("unit"),
        procedure=row.optional("procedure"),
        due_at=row.optional_instant("due", "%Y%m%d%H%M%S"),
        source_status=row.optional("stage"),
        details={"fee_amount": fee, "is_identity_verified": row.optional_boolean("verified")},
    )
