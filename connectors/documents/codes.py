"""The codes of edXML and what they mean to the hub.

Source: QCVN 102:2016/BTTTT as amended in 2022, `domain/systems.md`, 1; document types: Decree 30/2020/NĐ-CP, article 7.
"""

from typing import Final

from egovhub.events import Kind

NEW: Final = "NEW"
REVOKED: Final = "REVOKED"
UPDATED: Final = "UPDATED"
REPLACED: Final = "REPLACED"

MESSAGE_TYPES: Final = {"0": NEW, "1": REVOKED, "2": UPDATED, "3": REPLACED}
"""BussinessDocType."""

PRIORITIES: Final = {"0": "NORMAL", "1": "URGENT", "2": "VERY_URGENT", "3": "EXPRESS", "4": "EXPRESS_AT_HOUR"}
STEERING: Final = {"1": "NONE", "2": "STEERING", "3": "REPORT"}
IS_ELECTRONIC: Final = {"0": True, "1": False}
"""Paper: whether a copy on paper follows."""

REMOVED: Final = "0"
ADDED: Final = "1"
"""ReceiverType."""

ASKED_BACK: Final = "13"
REFUSED_BACK: Final = "16"

STATUSES: Final = {
    "01": Kind.RECEIVED,
    "02": Kind.REFUSED,
    "03": Kind.ACCEPTED,
    "04": Kind.STEP,
    "05": Kind.STEP,
    "06": Kind.PROCESSED,
    ASKED_BACK: Kind.WITHDRAWN,
    "15": Kind.STEP,
    REFUSED_BACK: Kind.STEP,
}
"""StatusCode. 15 agrees to a take-back or to an update alike, so it moves nothing by itself."""

DOCUMENT_TYPES: Final = frozenset(
    {
        "Nghị quyết", "Quyết định", "Chỉ thị", "Quy chế", "Quy định", "Thông cáo", "Thông báo", "Hướng dẫn",
        "Chương trình", "Kế hoạch", "Phương án", "Đề án", "Dự án", "Báo cáo", "Biên bản", "Tờ trình", "Hợp đồng",
        "Công văn", "Công điện", "Bản ghi nhớ", "Bản thỏa thuận", "Giấy ủy quyền", "Giấy mời", "Giấy giới thiệu",
        "Giấy nghỉ phép", "Phiếu gửi", "Phiếu chuyển", "Phiếu báo", "Thư công",
    }
)  # fmt: skip
"""TypeName: the 29 administrative documents. Any other text may say anything, so it is left out."""
