"""How the three services of the system are asked.

None of them has a cursor. Each poll asks for the last days again, and passes a row over if one of its journal number,
status and instant was stored with the same bytes. The name of the envelope, `data`, is illustrative.

Source: `domain/systems.md`, 5.
"""

from typing import Final

from egovhub.rest import ByNumber, Rest, Windows

KEY: Final = ("IN_JOURNAL_NO", "PROCESS_STATUS", "PROCESSED_DATE")
"""What tells rows apart."""

REGISTER: Final = Rest(
    path="/danhSachHoSo",
    items="data",
    windows=Windows(start_parameter="from_date", end_parameter="to_date", days=5, overlap_days=9),
    identity=KEY,
)
"""The last ten days in two calls: the service refuses more than five days. Rows may come nine days late."""

TODAY: Final = Rest(
    path="/danhSachHoSoTrongNgay",
    items="data",
    windows=Windows(
        start_parameter="from_ts",
        end_parameter="to_ts",
        format="epoch-seconds",
        end="last-second",
        overlap_days=1,
    ),
    paging=ByNumber(parameter="offset", first=0, counts="rows", size_parameter="limit", size=200),
    identity=KEY,
)
"""Today and yesterday, page by page."""

STATUS: Final = Rest(path="/tinhTrangHoSo", items="data", identity=KEY)
"""Dossiers by number, which an instance's settings name: `each = { in_journal_no = ["..."] }`."""
