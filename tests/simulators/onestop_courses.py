"""Courses that dossiers of one-stop shops take: how each stood, and the steps between, as its system tells them."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

STATE: Final = "DongBoHoSoMC"
STEP: Final = "CapNhatTienDoHoSoMC"

TIME: Final = "%Y%m%d%H%M%S"
UNITS: Final = ("10507", "10525", "10532", "10537", "10543")
_PROCEDURES: Final = (
    ("1.001193", 0),
    ("1.004873", 15_000),
    ("2.000815.000.00.00.H24", 0),
    ("1.013225", 75_000),
)
LONGEST: Final = timedelta(days=20)
"""Longer than any life: a day and a half at most between two of its moments."""
_OPEN: Final = 300


class Message(NamedTuple):
    """A message of a system: its dossier, the service it is for, and what it says."""

    code: str
    service: str
    form: dict[str, Any]


def as_json(form: Mapping[str, Any]) -> bytes:
    """A form as the system writes it."""
    return json.dumps(form, ensure_ascii=False).encode()


@dataclass(slots=True)
class Dossier:
    """A dossier in the making; its methods let something happen and give the message about it."""

    draw: random.Random
    at: datetime
    fields: dict[str, Any]
    entries: list[dict[str, Any]] = field(default_factory=list)

    def later(self) -> str:
        """The time of the next moment."""
        self.at += timedelta(seconds=self.draw.randrange(60, 36 * 3600))
        return f"{self.at:{TIME}}"

    def state(self, status: str, **changes: Any) -> Message:
        """How it stands now."""
        self.fields |= {"TrangThaiHoSo": status, "DanhSachHoSoBoSung": list(self.entries), **changes}
        return Message(self.fields["MaHoSo"], STATE, dict(self.fields))

    def step(self, status: str) -> Message:
        """A step, at the moment that it is at."""
        form = {
            "MaHoSo": self.fields["MaHoSo"],
            "NguoiXuLy": "Nguyễn Thị Ví Dụ",
            "ChucDanh": "Chuyên viên",
            "ThoiDiemXuLy": f"{self.at:{TIME}}",
            "PhongBanXuLy": "Bộ phận Một cửa",
            "NoiDungXuLy": "Gọi 0912345678",
            "TrangThai": status,
        }
        return Message(self.fields["MaHoSo"], STEP, form)

    def due(self, days: int) -> str:
        """An appointment so many days behind the moment that it is at."""
        return f"{self.at + timedelta(days):%Y%m%d}170000"


Course = Callable[[Dossier], Iterator[Message]]


def _taken_in(dossier: Dossier) -> Iterator[Message]:
    """Filed online or at the desk, accepted, and handed on."""
    if dossier.fields["KenhThucHien"] == "2":
        filed_at = dossier.fields["NgayTiepNhan"]
        yield dossier.state("1", NgayNopHoSo=filed_at)
        dossier.fields["NgayTiepNhan"] = dossier.later()
    yield dossier.state("2", NgayHenTra=dossier.due(dossier.draw.randrange(2, 12)))
    yield dossier.step("2")
    dossier.later()
    yield dossier.step("4")


def _done(dossier: Dossier) -> Iterator[Message]:
    """Processed, and most of them handed over."""
    ended_at = dossier.later()
    yield dossier.step("9")
    result = [{"TenGiayTo": "Kết quả", "DuongDanTepTinKetQua": "https://kq.example.vn/1.pdf"}]
    yield dossier.state("9", NgayKetThucXuLy=ended_at, DanhSachGiayToKetQua=result)
    if dossier.draw.random() < 0.8:
        yield dossier.state("10", NgayTra=dossier.later())


def straight(dossier: Dossier) -> Iterator[Message]:
    """Nothing special."""
    yield from _taken_in(dossier)
    yield dossier.state("4")
    yield from _done(dossier)


def supplemented(dossier: Dossier) -> Iterator[Message]:
    """A supplement is asked for, comes, and moves the appointment."""
    yield from _taken_in(dossier)
    entry = {"NguoiYeuCauBoSung": "Nguyễn Thị Ví Dụ", "NgayBoSung": dossier.later()}
    entry["NgayHenTraTruoc"] = dossier.fields["NgayHenTra"]
    dossier.entries.append(entry)
    yield dossier.state("5")
    yield dossier.step("5")
    came = {"NgayTiepNhanBoSung": dossier.later(), "NgayHenTraMoi": dossier.due(9)}
    dossier.entries[-1] = entry | came
    yield dossier.step("4")
    yield dossier.state("4", NgayHenTra=came["NgayHenTraMoi"])
    yield from _done(dossier)


def supplemented_undated(dossier: Dossier) -> Iterator[Message]:
    """The same in a system that keeps no list."""
    yield from _taken_in(dossier)
    dossier.later()
    yield dossier.step("5")
    yield dossier.state("5")
    dossier.later()
    yield dossier.step("4")
    yield dossier.state("4")
    yield from _done(dossier)


def rewritten(dossier: Dossier) -> Iterator[Message]:
    """A dossier that still waits is told as processed, without a date."""
    yield from _taken_in(dossier)
    dossier.entries.append({"NgayBoSung": dossier.later(), "NgayHenTraTruoc": dossier.fields["NgayHenTra"]})
    yield dossier.step("5")
    yield dossier.state("9")


def paid(dossier: Dossier) -> Iterator[Message]:
    """A fee is asked for and paid online."""
    yield from _taken_in(dossier)
    dossier.later()
    yield dossier.step("6")
    yield dossier.state("6", DanhSachLePhi=[{"MaPhiLePhi": "LP1", "Gia": "50000"}])
    dossier.later()
    yield dossier.step("4")
    yield dossier.state("4", DuocThanhToanTrucTuyen="1")
    yield from _done(dossier)


def extended(dossier: Dossier) -> Iterator[Message]:
    """A new appointment without a supplement, told as an entry or by itself."""
    yield from _taken_in(dossier)
    dossier.later()
    before, after = dossier.fields["NgayHenTra"], dossier.due(14)
    if dossier.draw.random() < 0.5:
        dossier.entries.append({"NgayHenTraTruoc": before, "NgayHenTraMoi": after})
    yield dossier.state("4", NgayHenTra=after)
    yield from _done(dossier)


def refused(dossier: Dossier) -> Iterator[Message]:
    """Filed and not accepted."""
    yield dossier.state("1", NgayNopHoSo=dossier.fields["NgayTiepNhan"])
    yield dossier.state("3", NgayTuChoi=dossier.later())


def withdrawn(dossier: Dossier) -> Iterator[Message]:
    """Taken back by the applicant."""
    yield from _taken_in(dossier)
    yield dossier.state("7", NgayKetThucXuLy=dossier.later())
    yield dossier.step("7")


def stopped(dossier: Dossier) -> Iterator[Message]:
    """Stopped by the unit."""
    yield from _taken_in(dossier)
    yield dossier.state("4")
    yield dossier.state("8", NgayKetThucXuLy=dossier.later())


def recalled(dossier: Dossier) -> Iterator[Message]:
    """Processed, taken back to work, processed again, handed over, and the hand-over taken back."""
    yield from _taken_in(dossier)
    yield dossier.state("9", NgayKetThucXuLy=dossier.later())
    yield dossier.step("9")
    yield dossier.state("4", NgayKetThucXuLy=dossier.draw.choice(("", dossier.fields["NgayKetThucXuLy"])))
    dossier.later()
    yield dossier.step("4")
    yield dossier.state("9", NgayKetThucXuLy=dossier.later())
    yield dossier.state("10", NgayTra=dossier.later())
    yield dossier.state("9")


def corrected(dossier: Dossier) -> Iterator[Message]:
    """Entered wrongly, corrected, and told once more without a change."""
    yield from _taken_in(dossier)
    yield dossier.state("4", MaTTHC="1.004873", DonViXuLy=dossier.draw.choice(UNITS))
    yield dossier.state("4")
    yield from _done(dossier)


def broken(dossier: Dossier) -> Iterator[Message]:
    """What cannot be read: a day that no calendar has, a status in words, a number of a person for a code."""
    name, value = dossier.draw.choice(
        (("NgayTiepNhan", "20260230080000"), ("TrangThaiHoSo", "đã nộp"), ("MaHoSo", "031099001234"))
    )
    good = dossier.state("2")
    yield good._replace(form=good.form | {name: value})


COURSES: Final[tuple[tuple[Course, int], ...]] = (
    (straight, 40),
    (supplemented, 10),
    (supplemented_undated, 5),
    (rewritten, 3),
    (paid, 8),
    (extended, 6),
    (refused, 5),
    (withdrawn, 4),
    (stopped, 3),
    (recalled, 6),
    (corrected, 8),
    (broken, 2),
)
