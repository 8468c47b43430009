"""A step of a dossier's progress (`CapNhatTienDoHoSoMC`): somebody worked on it, and it then had a status.

A step begins and ends nothing: when a dossier was taken in, waited for a supplement and ended, and to when it was
promised, its snapshots say, and said twice a supplement would be asked for twice. One thing no snapshot dates: when a
fee was asked for. So a step with that status is that request, and a later step in process ends the waiting.
"""

from typing import Final

from egovhub.events import Fact, Kind
from egovhub.fields import Fields

from onestop.fields import ORIGIN, Status, dossier_code, status_of, time

_KINDS: Final[dict[Status | None, Kind]] = {
    Status.FEE_ASKED: Kind.FEE_REQUESTED,
    Status.SUPPLEMENT_ASKED: Kind.UNKNOWN,
}
"""A step would end the waiting for the very supplement it tells of; such a one has no kind but its status."""


def step_of(row: Fields) -> Fact:
    """The fact of a step; who took it and what was written about it are not read.

    Raises:
        RejectedInput: missing-value, unknown-code, bad-value and the like.
    """
    at = time(row, "ThoiDiemXuLy")
    status = status_of(row, "TrangThai") if row.has("TrangThai") else None
    return ORIGIN.fact(
        _kind(status),
        ORIGIN.case(dossier_code(row)),
        at,
        identity=(at, status, row.optional("PhongBanXuLy")),
        source_status=status,
    )


def _kind(status: Status | str | None) -> Kind:
    if status is None or isinstance(status, Status):
        return _KINDS.get(status, Kind.STEP)
    return Kind.UNKNOWN
