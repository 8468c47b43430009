"""Messages of the document axis in edXML, as the systems of agencies write them."""

import base64
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

NAMESPACE: Final = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
PDF: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n(a made-up page)\n%%EOF\n"


def packed(content: bytes = PDF, name: str = "van-ban.pdf") -> str:
    """An attachment: base64 of a ZIP with one file, the same whenever it is made."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
        archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return base64.b64encode(target.getvalue()).decode()


@dataclass(frozen=True, slots=True)
class Edoc:
    """A document message; instants and days as the axis writes them.

    Args:
        hops: who passed it on, and when; the last one is its arrival.
        form: BussinessDocType.
        changes: receivers and their ReceiverType.
        replaces: DocumentIds, and the receivers they are replaced at.
        attachments: base64 each.
    """

    sender: str
    receivers: Sequence[str]
    number: str
    notation: str
    promulgated_on: str
    hops: Sequence[tuple[str, str]]
    form: str = "0"
    due_on: str = ""
    priority: str = "0"
    steering: str = "1"
    type_name: str = "Công văn"
    document_id: str = ""
    changes: Sequence[tuple[str, str]] = ()
    replaces: Sequence[tuple[str, Sequence[str]]] = ()
    attachments: Sequence[str] = ()
    paper: str = "0"

    @property
    def code(self) -> str:
        """Number and notation."""
        return f"{self.number}/{self.notation}"

    @property
    def own_id(self) -> str:
        """The DocumentId that all messages of the document share."""
        return self.document_id or f"{self.sender},{self.promulgated_on},{self.code}"

    def body(self) -> bytes:
        """The message."""
        header = (
            _tag("From", _organisation(self.sender))
            + "".join(_tag("To", _organisation(each)) for each in self.receivers)
            + _tag("DocumentId", escape(self.own_id))
            + _tag("Code", _tag("CodeNumber", self.number) + _tag("CodeNotation", escape(self.notation)))
            + _tag(
                "PromulgationInfo", _tag("Place", "Hải Phòng") + _tag("PromulgationDate", self.promulgated_on)
            )
            + _tag("DocumentType", _tag("Type", "2") + _tag("TypeName", escape(self.type_name)))
            + _tag("Subject", "V/v kiểm tra trục liên thông")
            + _tag("Content", "(nội dung)")
            + _tag("SignerInfo", _tag("Position", "Chủ tịch") + _tag("FullName", "(người ký)"))
            + _tag("DueDate", self.due_on)
            + _tag("ToPlaces", _tag("Place", "Lưu: VT"))
            + _tag("OtherInfo", _tag("Priority", self.priority) + _tag("PageAmount", "1"))
            + _tag("SteeringType", self.steering)
        )
        hops = "".join(
            _tag("TraceHeader", _tag("OrganId", organ) + _tag("Timestamp", at)) for organ, at in self.hops
        )
        content = _tag("MessageHeader", header) + _tag("TraceHeaderList", hops + self._business())
        inside = _tag("edXMLHeader", content + _tag("DigitalSignature", "")) + _tag(
            "edXMLBody", self._manifest()
        )
        return _document(_tag("edXMLEnvelope", inside) + self._attachments())

    def _business(self) -> str:
        changes = "".join(
            _tag("Receiver", _tag("OrganId", organ) + _tag("ReceiverType", change))
            for organ, change in self.changes
        )
        replaces = "".join(
            _tag(
                "ReplacementInfo",
                _tag("DocumentId", escape(document_id))
                + _tag("OrganIdList", "".join(_tag("OrganId", organ) for organ in organs)),
            )
            for document_id, organs in self.replaces
        )
        info = _tag("DocumentInfo", "1") + _tag("DocumentReceiver", "1") + _tag("ReceiverList", changes)
        return _tag(
            "Bussiness",
            _tag("BussinessDocType", self.form)
            + _tag("BussinessDocReason", "(lý do)")
            + _tag("Paper", self.paper)
            + (_tag("BussinessDocumentInfo", info) if changes else "")
            + (_tag("ReplacementInfoList", replaces) if replaces else "")
            + _tag("StaffInfo", _tag("Department", "Văn phòng") + _tag("Staff", "(văn thư)")),
        )

    def _manifest(self) -> str:
        references = "".join(
            _tag("Reference", _tag("ContentId", f"cid:{number}") + _tag("AttachmentName", "van-ban.pdf"))
            for number in range(1, len(self.attachments) + 1)
        )
        return f'<edXML:edXMLManifest version="1.0">{references}</edXML:edXMLManifest>'

    def _attachments(self) -> str:
        if not self.attachments:
            return ""
        each = "".join(
            f"<Attachment><ContentType>application/pdf</ContentType><ContentId>{number}</ContentId>"
            f"<ContentTransferEncoded>{content}</ContentTransferEncoded>"
            "<AttachmentName>van-ban.pdf</AttachmentName></Attachment>"
            for number, content in enumerate(self.attachments, 1)
        )
        return f"<AttachmentEncoded>{each}</AttachmentEncoded>"


def status(sender: str, receiver: str, code: str, day: str, document: str, at: str) -> bytes:
    """A status message.

    Args:
        sender: who says it.
        receiver: whom it is for: ResponseFor/OrganId.
        code: of the status.
        day: of promulgation of the document.
        document: its number and notation.
        at: when it was said.
    """
    about = (
        _tag("OrganId", receiver)
        + _tag("Code", escape(document))
        + _tag("PromulgationDate", day)
        + _tag("DocumentId", escape(f"{receiver},{day},{document}"))
    )
    header = (
        _tag("ResponseFor", about)
        + _tag("From", _organisation(sender))
        + _tag("StatusCode", code)
        + _tag("Description", "(mô tả)")
        + _tag("Timestamp", at)
        + _tag("StaffInfo", _tag("Department", "Văn phòng") + _tag("Staff", "(văn thư)"))
    )
    return _document(_tag("MessageHeader", header), root="status")


def _organisation(organ: str) -> str:
    return (
        _tag("OrganId", organ)
        + _tag("OrganizationInCharge", "(cơ quan chủ quản)")
        + _tag("OrganName", "(tên đơn vị)")
        + _tag("Email", "(thư điện tử)")
        + _tag("Telephone", "(điện thoại)")
    )


def _tag(name: str, content: str) -> str:
    return f"<edXML:{name}>{content}</edXML:{name}>"


def _document(content: str, root: str = "edXML") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<edXML:{root} xmlns:edXML="{NAMESPACE}">'
        f"{content}</edXML:{root}>\n"
    ).encode()
