"""Lives of dossiers at one-stop shops, drawn from a seed: everything is made up, the numbers are nobody's.

A life is over before it is told, and is told bit by bit, among the others.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.simulators.onestop_courses import COURSES, LONGEST, TIME, UNITS, Dossier, Message

_CITY: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_PROCEDURES: Final = (
    ("1.001193", 0),
    ("1.004873", 15_000),
    ("2.000815.000.00.00.H24", 0),
    ("1.013225", 75_000),
)
_OPEN: Final = 300


class Lives:
    """Dossiers, each on its course; the messages of some hundred of them are told among each other.

    Args:
        seed: of the draw.
        start: seconds since the epoch, which tell the dossier numbers of two runs apart.
    """

    def __init__(self, seed: int, start: int) -> None:
        self.draw = random.Random(seed)
        self._start = start
        self._begun = 0
        self._open: list[Iterator[Message]] = []

    def next(self, now: int) -> Message:
        """The next message; all it says happened before now, in seconds since the epoch."""
        while True:
            if len(self._open) < 3 or (len(self._open) < _OPEN and self.draw.random() < 0.3):
                self._open.append(self._life(now))
            place = self.draw.randrange(len(self._open))
            message = next(self._open[place], None)
            if message is not None:
                return message
            self._open[place] = self._open[-1]
            self._open.pop()

    def _life(self, now: int) -> Iterator[Message]:
        self._begun += 1
        draw = self.draw
        at = datetime.fromtimestamp(now, _CITY) - LONGEST - timedelta(minutes=draw.randrange(10_000))
        unit = draw.choice(UNITS)
        procedure, fee = draw.choice(_PROCEDURES)
        fields: dict[str, Any] = {
            "MaHoSo": f"H24.{unit}-{at:%y%m%d}-{self._start % 100:02}{self._begun:06}",
            "MaTTHC": procedure,
            "TenTTHC": "Thủ tục ví dụ",
            "KenhThucHien": draw.choice(("1", "2", "2", "3", None)),
            "ChuHoSo": "Nguyễn Thị Ví Dụ",
            "LoaiDoiTuong": draw.choice("1112"),
            "MaDoiTuong": "031099001234",
            "Email": "vi.du@example.vn",
            "SoDienThoai": "0912345678",
            "TrichYeuHoSo": "Hồ sơ của Nguyễn Thị Ví Dụ",
            "NgayTiepNhan": f"{at:{TIME}}",
            "HinhThuc": "0",
            "DonViXuLy": unit,
            "DuocThanhToanTrucTuyen": "0",
            "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "031099001234"}],
            "TaiLieuNop": [{"DuocSoHoa": draw.choice("01"), "DuocLayTuKhoDMQG": draw.choice("01")}],
            "DanhSachLePhi": [{"MaPhiLePhi": "LP1", "Gia": str(fee)}] if fee else [],
        }
        course = draw.choices([each for each, _ in COURSES], [weight for _, weight in COURSES])[0]
        return course(Dossier(draw, at, fields))
