"""What a message of the document axis says of its cases: one case for each receiver of a document.

The envelope tells a document message, which says what its sender did, from a status message, which says what its
receiver did, or that the sender asks to have the document back.
"""

from collections.abc import Iterator
from typing import Final

from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact

from documents.cases import ORIGIN
from documents.document_message import facts_of_document
from documents.envelope import Element, envelope_of
from documents.status_message import facts_of_status

__all__ = ["ORIGIN", "PERSONAL", "facts_of"]

PERSONAL: Final = (
    "OrganizationInCharge", "OrganName", "OrganAdd", "Email", "Telephone", "Fax", "Website", "Place", "Subject",
    "Content", "Competence", "Position", "FullName", "Department", "Staff", "Mobile", "Description",
    "BussinessDocReason", "AttachmentName", "SphereOfPromulgation", "TyperNotation", "Appendix",
)  # fmt: skip
"""Elements that name persons or hold free text: none of them is read."""


def facts_of(payload: Payload) -> Iterator[Fact]:
    """The facts of one message.

    Raises:
        RejectedInput: it is no message of the axis, or says something that cannot be so; see the README for each.
    """
    root = envelope_of(payload.body)
    header = _header(root)
    message = payload.identity or payload.digest
    if header.has("StatusCode"):
        return facts_of_status(header, message)
    return facts_of_document(root, header, message)


def _header(root: Element) -> Element:
    """The header of a message; older senders wrap a status message in SOAP and leave out its header's own level."""
    for name in ("MessageHeader", "Status"):
        if found := root.first(name):
            return found
    raise RejectedInput("bad-value", "neither a document nor a status message")
