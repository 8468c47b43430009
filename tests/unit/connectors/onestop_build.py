"""Messages of one-stop shops and what the connector makes of them."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from egovhub.connector import Payload, Snapshot
from egovhub.events import Fact
from onestop.mapping import facts_of

CODE = "H24.15.03-260302-0001"
ENVELOPE = {"session": "x", "madonvi": "H24.15", "service": "DongBoHoSoMC", "isUpdating": "True"}
_CITY = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text: str) -> int:
    """Milliseconds since the epoch of a human time in the city, `Mon 2026-03-02 08:15`."""
    return int(_moment(text).timestamp() * 1000)


def written(text: str) -> str:
    """A human time as messages have it."""
    return f"{_moment(text):%Y%m%d%H%M%S}"


def _moment(text: str) -> datetime:
    moment = datetime.strptime(text, "%a %Y-%m-%d %H:%M").replace(tzinfo=_CITY)
    assert f"{moment:%a}" == text[:3], text
    return moment


ACCEPTED = "Mon 2026-03-02 08:15"
DUE = "Mon 2026-03-09 17:00"


def dossier(status: str = "2", **fields: Any) -> dict[str, Any]:
    """A dossier; `...` leaves a field out."""
    form = {
        "MaHoSo": CODE,
        "MaTTHC": "1.001193",
        "KenhThucHien": "1",
        "LoaiDoiTuong": "1",
        "NgayTiepNhan": written(ACCEPTED),
        "NgayHenTra": written(DUE),
        "TrangThaiHoSo": status,
        "DonViXuLy": "H24.15.03",
    }
    return {name: value for name, value in (form | fields).items() if value is not ...}


def snapshot(status: str = "2", **fields: Any) -> Snapshot:
    """What a dossier says."""
    (made,) = facts_of(Payload(json.dumps(dossier(status, **fields)).encode(), context=ENVELOPE))
    assert isinstance(made, Snapshot)
    return made


def facts(status: str = "2", **fields: Any) -> tuple[Fact, ...]:
    """The facts of a dossier."""
    return snapshot(status, **fields).facts


def told(status: str = "2", **fields: Any) -> list[tuple[str, int]]:
    """Kinds and instants of the facts of a dossier."""
    return [(fact.kind.name, fact.occurred_at) for fact in facts(status, **fields)]


def step(moment: str, status: str | None, **fields: Any) -> Fact:
    """The fact of a step."""
    form = {"MaHoSo": CODE, "ThoiDiemXuLy": written(moment), "TrangThai": status, **fields}
    context = ENVELOPE | {"service": "CapNhatTienDoHoSoMC"}
    (made,) = facts_of(Payload(json.dumps(form).encode(), context=context))
    assert isinstance(made, Fact)
    return made


def entry(
    asked: str | None, came: str | None = None, before: str | None = None, after: str | None = None
) -> dict[str, Any]:
    """An entry of the list of supplements."""
    names = ("NgayBoSung", "NgayTiepNhanBoSung", "NgayHenTraTruoc", "NgayHenTraMoi")
    return {
        name: written(text) for name, text in zip(names, (asked, came, before, after), strict=True) if text
    }
