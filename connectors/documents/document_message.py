"""A document message: new, replacing, updating or revoking, with a case for each receiver.

- new: it arrived at each receiver (REGISTERED), with the due instant if there is one;
- replacing: the same, and what it replaces needs no handling any more (STOPPED);
- updating: a STEP at those who have it; who is added has it arrive, from who is removed it is taken (WITHDRAWN);
- revoking: taken back from each receiver (WITHDRAWN), unless that one refuses (status 16).
It arrived when the last hop says, which is appended to the list of hops. Source: `domain/systems.md`, 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind

from documents.attachments import check_attachments
from documents.cases import ORIGIN, Case, Document, code_of, end_of_day, instant_of, take_back_identity
from documents.codes import (
    ADDED,
    DOCUMENT_TYPES,
    IS_ELECTRONIC,
    MESSAGE_TYPES,
    PRIORITIES,
    REMOVED,
    REVOKED,
    STEERING,
    UPDATED,
)
from documents.envelope import Element

MOST_RECEIVERS: Final = 2_000

_BUSINESS: Final = "Bussiness"
_CHANGES: Final = {ADDED: Kind.REGISTERED, REMOVED: Kind.WITHDRAWN}
_RECEIVERS: Final = "BussinessDocumentInfo/ReceiverList/Receiver"


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says to all its receivers.

    Args:
        name: what the axis calls it.
        form: a value of `MESSAGE_TYPES`.
        at: when it arrived, milliseconds since the epoch.
        due_at: the end of its due date.
        details: of its facts.
    """

    name: str
    form: str
    at: int
    due_at: int | None
    details: dict[str, Any]

    def fact(self, kind: Kind, case: Case) -> Fact:
        """A fact of one receiver's case; what ends it sets no due instant."""
        taken_back = kind is Kind.WITHDRAWN and self.form == REVOKED
        is_end = kind in (Kind.WITHDRAWN, Kind.STOPPED)
        return ORIGIN.fact(
            kind,
            case.case_id,
            self.at,
            identity=take_back_identity(REVOKED) if taken_back else (self.name,),
            recorded_at=self.at,
            unit=case.unit,
            receiving_unit=case.unit,
            due_at=None if is_end else self.due_at,
            details=self.details,
        )


def facts_of_document(root: Element, header: Element, name: str) -> Iterator[Fact]:
    """The facts of a document message.

    Args:
        root: of the message.
        header: its MessageHeader.
        name: what the axis calls the message.

    Raises:
        RejectedInput: see the README.
    """
    business = _business(root)
    form = MESSAGE_TYPES.get(business.text("BussinessDocType"))
    if form is None:
        raise RejectedInput("unknown-code", business.where("BussinessDocType"))
    document = Document.of(
        header.named("From/OrganId"),
        header.named("PromulgationInfo/PromulgationDate"),
        code_of(header, "Code"),
    )
    receivers = _cases(document, header.each("To"))
    if not receivers:
        raise RejectedInput("missing-value", "MessageHeader/To")
    message = Message(
        name,
        form,
        _arrived_at(root),
        end_of_day(header.named("DueDate")) if header.optional("DueDate") else None,
        _details(root, header, business, document, form, len(receivers)),
    )
    if form == UPDATED:
        yield from _updated(message, document, receivers, business)
    elif form == REVOKED:
        yield from (message.fact(Kind.WITHDRAWN, case) for case in receivers)
    else:
        yield from (message.fact(Kind.REGISTERED, case) for case in receivers)
        yield from _replaced(message, header, receivers, business)


def _updated(
    message: Message, document: Document, receivers: list[Case], business: Element
) -> Iterator[Fact]:
    changes: dict[Case, str] = {}
    for receiver in _bounded(business.each(_RECEIVERS)):
        change = receiver.text("ReceiverType")
        if change not in _CHANGES:
            raise RejectedInput("unknown-code", receiver.where("ReceiverType"))
        changes[document.at(receiver.named("OrganId"))] = change
    for case in dict.fromkeys((*receivers, *changes)):
        yield message.fact(_CHANGES.get(changes.get(case, ""), Kind.STEP), case)


def _replaced(message: Message, header: Element, receivers: list[Case], business: Element) -> Iterator[Fact]:
    """What the message replaces, where it says so; a document that replaces itself is a version of the same cases."""
    own = header.optional("DocumentId")
    stopped: dict[Case, None] = {}
    for info in _bounded(business.each("ReplacementInfoList/ReplacementInfo")):
        document_id = info.named("DocumentId")
        if document_id.text == own:
            continue
        document = Document.by_id(document_id)
        at = info.each("OrganIdList/OrganId") or header.each("To")
        stopped |= dict.fromkeys(_cases(document, at))
    for case in stopped:
        if case not in receivers:
            yield message.fact(Kind.STOPPED, case)


def _cases(document: Document, receivers: list[Element]) -> list[Case]:
    """A case for each receiver, once, in their order; a receiver is an organisation id, or has one."""
    cases: dict[Case, None] = {}
    for receiver in _bounded(receivers):
        cases[document.at(receiver.named("OrganId" if receiver.name != "OrganId" else ""))] = None
    return list(cases)


def _bounded(elements: list[Element]) -> list[Element]:
    if len(elements) > MOST_RECEIVERS:
        raise RejectedInput("oversized", elements[0].where())
    return elements


def _business(root: Element) -> Element:
    found = root.first(_BUSINESS)
    if found is None:
        raise RejectedInput("missing-value", _BUSINESS)
    return found


def _arrived_at(root: Element) -> int:
    """The instant of the last hop; hops that say none, or `null` for who they are, are passed over."""
    hops = root.first("TraceHeaderList")
    said = [hop for hop in (hops.each("TraceHeader") if hops else ()) if hop.optional("Timestamp")]
    if not said:
        raise RejectedInput("missing-value", "TraceHeaderList/TraceHeader/Timestamp")
    return instant_of(said[-1].named("Timestamp"))


def _details(
    root: Element, header: Element, business: Element, document: Document, form: str, receivers: int
) -> dict[str, Any]:
    document_type = header.optional("DocumentType/TypeName")
    attachments = check_attachments(root.each("AttachmentEncoded/Attachment"))
    return {
        "document_type": document_type if document_type in DOCUMENT_TYPES else None,
        "message_type": form,
        "priority": _symbol(header, "OtherInfo/Priority", PRIORITIES),
        "steering": _symbol(header, "SteeringType", STEERING),
        "sender": document.sender,
        "receivers": receivers,
        "attachments": attachments.number,
        "attachments_bytes": attachments.size,
        "attachments_sha256": attachments.sha256,
        "is_electronic": IS_ELECTRONIC.get(business.optional("Paper") or ""),
    }


def _symbol(header: Element, path: str, table: dict[str, str]) -> str | None:
    """The symbol of a code; a code that is not in the table is UNKNOWN, none at all says nothing."""
    code = header.optional(path)
    return None if code is None else table.get(code, "UNKNOWN")
