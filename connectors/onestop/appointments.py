"""Supplements and appointments: what was asked for, what came, and to when the result was promised.

`NgayHenTra` is the appointment of now. Each entry of `DanhSachHoSoBoSung` names the one before it and the one after it,
so the entries give the appointments back in order. One that no entry made is a new appointment without a supplement: an
extension, which the source does not date.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from egovhub.events import Fact, Kind
from egovhub.fields import Fields

from onestop.fields import ORIGIN, Status, optional_time

_LIST: Final = "DanhSachHoSoBoSung"


class Supplement(NamedTuple):
    """An entry, as far as it is dated; instants are milliseconds since the epoch.

    Args:
        asked_at: `NgayBoSung`.
        came_at: `NgayTiepNhanBoSung`, which the full specification has.
        due_before: `NgayHenTraTruoc`.
        due_after: `NgayHenTraMoi`.
    """

    asked_at: int | None
    came_at: int | None
    due_before: int | None
    due_after: int | None


class Appointments:
    """The appointments of a dossier.

    Args:
        row: the message.
        taken_in_at: when the dossier was.
    """

    def __init__(self, row: Fields, taken_in_at: int) -> None:
        self._taken_in_at = taken_in_at
        self._supplements = sorted(map(_supplement, row.each(_LIST)), key=_order)
        self._now = optional_time(row, "NgayHenTra")

    @property
    def first_due_at(self) -> int | None:
        """The appointment made when the dossier was taken in."""
        named = (each.due_before for each in self._supplements if each.due_before is not None)
        return next(named, self._now)

    @property
    def last_at(self) -> int:
        """The last instant that is stated before any end."""
        return max(self._taken_in_at, *self._instants(self._supplements))

    @property
    def unanswered_at(self) -> int | None:
        """When the supplement was asked for that has not come as far as is said."""
        asked = [each for each in self._supplements if each.asked_at is not None]
        return asked[-1].asked_at if asked and asked[-1].came_at is None else None

    def facts(self, case: str) -> Iterator[Fact]:
        """Requests, supplements and extensions."""
        due_at = self.first_due_at
        known = {due_at}
        for number, each in enumerate(self._supplements):
            known |= {each.due_before, each.due_after}
            if each.due_before not in (None, due_at):
                yield self._extended(case, number, each.due_before)
            due_at = each.due_after or each.due_before or due_at
            if each.asked_at is not None:
                yield from _asked(case, each.asked_at, each)
            elif each.due_after is not None:
                yield self._extended(case, number, each.due_after)
        if self._now not in known and self._now is not None:
            yield self._extended(case, len(self._supplements), self._now)

    def _extended(self, case: str, number: int, due_at: int | None) -> Fact:
        """A new appointment behind what is stated of the entries before a number."""
        at = max(self._taken_in_at, *self._instants(self._supplements[:number])) + 1
        return ORIGIN.fact(Kind.EXTENDED, case, at, due_at=due_at, derived=True)

    def _instants(self, supplements: list[Supplement]) -> list[int]:
        instants = [at for each in supplements for at in (each.asked_at, each.came_at) if at is not None]
        return instants or [self._taken_in_at]


def _supplement(entry: Fields) -> Supplement:
    return Supplement(
        optional_time(entry, "NgayBoSung"),
        optional_time(entry, "NgayTiepNhanBoSung"),
        optional_time(entry, "NgayHenTraTruoc"),
        optional_time(entry, "NgayHenTraMoi"),
    )


def _order(supplement: Supplement) -> int:
    return supplement.asked_at or supplement.due_before or 0


def _asked(case: str, asked_at: int, supplement: Supplement) -> Iterator[Fact]:
    """A request and its supplement.

    The appointment moves with the request: if it moved with the supplement, a step of that day which comes before it
    would end the waiting and have it credited, and the appointment that was moved for it would credit it again.
    """
    came_at, status = supplement.came_at, Status.SUPPLEMENT_ASKED
    yield ORIGIN.fact(
        Kind.SUPPLEMENT_REQUESTED, case, asked_at, due_at=supplement.due_after, source_status=status
    )
    if came_at is not None:
        yield ORIGIN.fact(Kind.SUPPLEMENTED, case, came_at)
