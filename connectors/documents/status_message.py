"""A status message: what the receiver of a document did with it, or that its sender asks to have it back.

Codes may be skipped and repeated: each is a fact of its own, and the core's fold makes a rank of them. A status has no
`To`: it goes to ResponseFor/OrganId. So that is the document's sender, From its receiver; only where the sender asks
for the document (13) is it the other way round.
Source: `domain/systems.md`, 1.
"""

from collections.abc import Iterator

from egovhub.errors import RejectedInput
from egovhub.events import Fact

from documents.cases import ORIGIN, Document, code_of, instant_of, take_back_identity
from documents.codes import ASKED_BACK, REFUSED_BACK, STATUSES
from documents.envelope import Element, Named


def facts_of_status(header: Element, message: str) -> Iterator[Fact]:
    """The fact of a status message.

    A refusal to give a document back (16) retracts what took it back: the case goes on as if nothing had been asked.

    Args:
        header: of the message.
        message: what the axis calls the message.

    Raises:
        RejectedInput: missing-value, unknown-code, unknown-unit, bad-value, no-such-date.
    """
    code = header.text("StatusCode")
    kind = STATUSES.get(code)
    if kind is None:
        raise RejectedInput("unknown-code", "StatusCode")
    sender, receiver = "ResponseFor/OrganId", "From/OrganId"
    if code == ASKED_BACK:
        sender, receiver = receiver, sender
    document = Document.of(header.named(sender), header.named("ResponseFor/PromulgationDate"), _code(header))
    case = document.at(header.named(receiver))
    said_at = instant_of(header.named("Timestamp"))
    yield ORIGIN.fact(
        kind,
        case.case_id,
        said_at,
        identity=take_back_identity(ASKED_BACK) if code == ASKED_BACK else (message,),
        recorded_at=said_at,
        unit=case.unit,
        source_status=code,
        retracts=case.take_backs() if code == REFUSED_BACK else (),
    )


def _code(header: Element) -> Named:
    """Number and notation, which are one text in most messages, and two as in the document itself in others."""
    path = "ResponseFor/Code"
    if not header.has(f"{path}/CodeNumber"):
        return header.named(path)
    return code_of(header, path)
