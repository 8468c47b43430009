"""What happens to registrations of civil status, drawn from a seed. Everything is made up, and nobody is in it."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

COURSES: Final = (
    ("1", "3", "4", "5"),
    ("1", "2", "3", "4", "5"),
    ("1", "2", "2", "3", "4"),
    ("4", "5"),
    ("4", "4", "5"),
    ("1", "6"),
    ("1", "7", "3", "4"),
    ("1", "8", "4"),
)
"""Statuses a registration comes to, one after the other; many begin with the record, 8 is in nobody's table."""

PROCEDURES: Final = {
    "KS": "1.001193",
    "LTKS": "1.001193",
    "KT": "1.000656",
    "LTKT": "1.000656",
    "GH": "1.004837",
    "NCMC": "1.001022",
    "CC": "1.004859",
    "BS": "2.000635",
    "KH": None,
    "BA": None,
    "GC": None,
}
"""By module; of some the register does not say the procedure."""

UNITS: Final = ("10507", "10525", "10532", "10537", "10543", "10546")
BIRTHS: Final = ("KS", "LTKS")
NOT_A_NUMBER: Final = "chưa có"

_MODULES: Final = ("KS", *PROCEDURES, "BS", "KT", "XNTT")
"""The last one is asked for by nobody: its rows are in the list of births."""
_OPEN: Final = 300
_LONGEST_BEHIND: Final = 47 * 3_600
_VIETNAM: Final = timedelta(hours=7)


@dataclass(slots=True)
class _Registration:
    number: str
    module: str
    unit: str
    course: tuple[str, ...]
    dossier: str | None
    named_from: int
    behind: int
    received: int
    last: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True)
class Happening:
    """A registration came to a status, in seconds since the epoch.

    Some name what is no dossier: those are to be refused.
    """

    number: str
    module: str
    unit: str
    status: str
    seconds: int
    received: int
    dossier: str | None
    is_issued: bool | None
    is_late: bool
    is_repeated: bool

    @property
    def listed(self) -> str:
        """The module in whose list it stands."""
        return self.module if self.module in PROCEDURES else BIRTHS[0]

    def form(self, time: Any) -> dict[str, Any]:
        """The row of the service.

        Args:
            time: writes seconds as the service does.
        """
        return {
            "maHoSo": self.number,
            "module": self.module,
            "maDonVi": self.unit,
            "maTTHC": PROCEDURES.get(self.module),
            "maHoSoMotCua": self.dossier,
            "ngayTiepNhan": time(self.received),
            "ngayCapNhat": time(self.seconds),
            "ngayHenTra": time(self.received + 3 * 86_400),
            "trangThai": self.status,
            "yeuToNuocNgoai": self.module == "GC",
            "canXacMinh": self.status == "7",
            "daCapSoDinhDanh": self.is_issued,
            "duLieu": {"hoTen": "Trần Văn Mẫu", "soDinhDanh": "000000000000", "noiSinh": "Xã Mẫu"},
        }


class Stories:
    """Registrations, each going its course.

    Args:
        seed: of all that happens.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._open: list[_Registration] = []
        self._number = 0

    def next(self, now: int) -> Happening:
        """What happens at an instant, or happened before and is told only now."""
        draw = self._random
        case = draw.choice(self._open) if len(self._open) > draw.randrange(_OPEN) else self._begun(now)
        seconds = now - case.behind
        if seconds <= case.last:
            case = self._begun(now)
            seconds = now - case.behind
        status = case.course[case.done]
        dossier = case.dossier if case.done >= case.named_from else None
        case.done += 1
        case.last = seconds
        if case.done == len(case.course):
            self._open.remove(case)
        is_issued = case.done > 1 if case.module in BIRTHS and status in ("4", "5") else None
        return Happening(
            case.number,
            case.module,
            case.unit,
            status,
            seconds,
            seconds if status == "1" else case.received,
            NOT_A_NUMBER if draw.random() < 0.01 else dossier,
            is_issued,
            case.behind > 0,
            draw.random() < 0.05,
        )

    def _begun(self, now: int) -> _Registration:
        draw = self._random
        self._number += 1
        behind = draw.randrange(_LONGEST_BEHIND) if draw.random() < 0.1 else 0
        received = now - behind
        course = draw.choice(COURSES)
        unit = draw.choice(UNITS)
        day = datetime.fromtimestamp(received, UTC) + _VIETNAM
        dossier = f"H24.{unit}-{day:%y%m%d}-{self._number:04}" if draw.random() < 0.5 else None
        case = _Registration(
            f"2026-{self._number:06}",
            draw.choice(_MODULES),
            unit,
            course,
            dossier,
            draw.choice((0, 0, 1, 2)),
            behind,
            received if course[0] == "1" else received - draw.randrange(60, 7_200),
        )
        self._open.append(case)
        return case
