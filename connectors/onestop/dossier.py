"""How a dossier stands (`DongBoHoSoMC`), as all the facts that follow from it.

What the source dates stands at its date, with the status that the date belongs to. What changes how the case stands
and has no date stands a millisecond behind the last instant that the snapshot states, and is flagged derived. A status
without date that changes nothing, in process, gives no fact. The status alone says whether a dossier has ended: a date
of an end that a recalled dossier still carries is not read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from egovhub.connector import Snapshot
from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.fields import Fields

from onestop.appointments import Appointments
from onestop.details import applicant_kind, channel, details, is_result_electronic
from onestop.fields import (
    ORIGIN,
    Status,
    dossier_code,
    optional_time,
    procedure_stem,
    receiving_unit,
    status_of,
    time,
)

_ENDS: Final[Mapping[Status, tuple[Kind, str]]] = {
    Status.NOT_ACCEPTED: (Kind.REFUSED, "NgayTuChoi"),
    Status.WITHDRAWN: (Kind.WITHDRAWN, "NgayKetThucXuLy"),
    Status.STOPPED: (Kind.STOPPED, "NgayKetThucXuLy"),
    Status.PROCESSED: (Kind.PROCESSED, "NgayKetThucXuLy"),
}
"""What an end is, and the field with its date."""
_OTHER_DATES: Final = ("NgayKetThucXuLy", "NgayTra")
"""Where an end may be dated if its own field is empty."""
_WORKING: Final = (Status.ACCEPTED, Status.IN_PROCESS, Status.FEE_ASKED)
_NOT_TAKEN_IN: Final = (Status.REGISTERED, Status.NOT_ACCEPTED)


def snapshot_of(row: Fields, sender: str | None) -> Snapshot:
    """All that is said of a dossier.

    Args:
        row: the message.
        sender: the unit that sends, which executes if the message names none.

    Raises:
        RejectedInput: missing-value, unknown-code, bad-value and the like, naming the field.
    """
    case = ORIGIN.case(dossier_code(row))
    return Snapshot(case, tuple(_Dossier(row, case, sender).facts()), optional_time(row, "NgayCapNhat"))


class _Dossier:
    """A dossier as it is being told."""

    def __init__(self, row: Fields, case: str, sender: str | None) -> None:
        self._row = row
        self._case = case
        self._status = status_of(row, "TrangThaiHoSo")
        self._taken_in_at = time(row, "NgayTiepNhan")
        self._appointments = Appointments(row, self._taken_in_at)
        self._last = self._appointments.last_at
        self._who: dict[str, Any] = {
            "unit": row.optional_code("DonViXuLy") or sender,
            "receiving_unit": receiving_unit(case.partition(":")[2]),
            "procedure": procedure_stem(row),
            "channel": channel(row),
            "applicant_kind": applicant_kind(row),
        }

    def facts(self) -> Iterator[Fact]:
        """Its course so far."""
        yield from self._start()
        if self._status not in _NOT_TAKEN_IN:
            yield from self._appointments.facts(self._case)
            yield from self._waiting()
        yield from self._end()

    def _start(self) -> Iterator[Fact]:
        filed_at = optional_time(self._row, "NgayNopHoSo")
        is_taken_in = self._status not in _NOT_TAKEN_IN
        if filed_at is not None or not is_taken_in:
            at = self._taken_in_at if filed_at is None else filed_at
            yield self._fact(Kind.REGISTERED, at, Status.REGISTERED, **self._who)
        if is_taken_in:
            yield self._fact(
                Kind.ACCEPTED,
                self._taken_in_at,
                Status.ACCEPTED,
                due_at=self._appointments.first_due_at,
                details=details(self._row),
                **self._who,
            )

    def _waiting(self) -> Iterator[Fact]:
        """What the status alone says of waiting, or of work that goes on."""
        unanswered_at = self._appointments.unanswered_at
        if not isinstance(self._status, Status):
            yield self._fact(Kind.UNKNOWN, self._last + 1, self._status, derived=True)
        elif self._status is Status.FEE_ASKED:
            yield self._fact(Kind.FEE_REQUESTED, self._last + 1, self._status, derived=True)
        elif self._status is Status.SUPPLEMENT_ASKED and unanswered_at is None:
            yield self._fact(Kind.SUPPLEMENT_REQUESTED, self._last + 1, self._status, derived=True)
        if self._status in _WORKING and unanswered_at is not None:
            yield self._fact(Kind.SUPPLEMENTED, unanswered_at, derived=True)

    def _end(self) -> Iterator[Fact]:
        if self._status is Status.RETURNED:
            yield from self._returned()
        elif isinstance(self._status, Status) and self._status in _ENDS:
            kind, name = _ENDS[self._status]
            at = optional_time(self._row, name)
            result = is_result_electronic(self._row) if kind is Kind.PROCESSED else None
            yield self._fact(
                kind,
                self._undated_end(name) if at is None else at,
                self._status,
                derived=at is None,
                due_at=optional_time(self._row, "NgayHenTra") if kind is Kind.REFUSED else None,
                details={"is_result_electronic": result},
            )

    def _returned(self) -> Iterator[Fact]:
        """Processed, and handed over; of a hand-over without date the end of the work alone."""
        processed_at = optional_time(self._row, "NgayKetThucXuLy")
        returned_at = optional_time(self._row, "NgayTra")
        if processed_at is None and returned_at is None:
            raise RejectedInput("missing-value", "NgayTra")
        result = {"is_result_electronic": is_result_electronic(self._row)}
        if processed_at is not None:
            status = Status.RETURNED if returned_at is None else Status.PROCESSED
            yield self._fact(Kind.PROCESSED, processed_at, status, details=result)
        if returned_at is not None:
            yield self._fact(Kind.RETURNED, returned_at, Status.RETURNED, details=result)

    def _undated_end(self, name: str) -> int:
        """When an end took place whose own date is missing.

        Any other date would be a verdict made up here: one at the reception would always be on time. Only of a dossier
        that still waited for a supplement it is known what the law takes for its end, the request.

        Source: Decision 766/QD-TTg, indicator 2.1, rule 4.
        """
        for other in _OTHER_DATES:
            at = optional_time(self._row, other)
            if at is not None:
                return at
        if self._appointments.unanswered_at is None:
            raise RejectedInput("missing-value", name)
        return self._last + 1

    def _fact(self, kind: Kind, at: int, status: str | None = None, **fields: Any) -> Fact:
        return ORIGIN.fact(kind, self._case, at, source_status=status, **fields)
