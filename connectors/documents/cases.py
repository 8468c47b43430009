"""Whose case it is: the identity of a document, and a case for each receiver.

A document is named by sender, day of promulgation and code, never by its DocumentId, which new, replacing, updating
and revoking messages share with each other and with what they are about. A name is the same in every message of the
document: organisation ids are those of the day of promulgation, however late a status comes.
Source: `domain/systems.md`, 1, "Identity"; DESIGN, law 3.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from egovhub.errors import RejectedInput
from egovhub.events import Fact, Kind
from egovhub.origin import Origin
from egovhub.personal import refuse_personal

from documents.codes import ASKED_BACK, REVOKED
from documents.envelope import Element, Named
from documents.organisations import ORGANISATIONS

ORIGIN: Final = Origin(source="documents", domain="documents")
"""All mailboxes of the axis are one source."""

_DAY: Final = re.compile(r"(\d{4})/(\d\d?)/(\d\d?)", re.ASCII)
_BY_ID: Final = re.compile(r"([^,]+),([^,]+),(.+)")


@dataclass(frozen=True, slots=True)
class Document:
    """A document.

    Args:
        sender: organisation id, in the one spelling.
        promulgated_on: day in the city's zone.
        code: number and notation, `1542/UBND-VX`.
    """

    sender: str
    promulgated_on: date
    code: str

    @classmethod
    def of(cls, sender: Named, day: Named, code: Named) -> Self:
        """A document as a message names it: the sender in either order, the day `yyyy/MM/dd`, number and notation.

        Raises:
            RejectedInput: bad-value, no-such-date, missing-value, personal-data, unknown-unit.
        """
        promulgated_on = day_of(day)
        spelt = "".join(code.text.split()).strip("/").upper()
        if not spelt:
            raise RejectedInput("missing-value", code.where)
        refuse_personal(spelt, code.where)
        return cls(ORGANISATIONS.code(sender.text, promulgated_on, sender.where), promulgated_on, spelt)

    @classmethod
    def by_id(cls, document_id: Named) -> Self:
        """The document of a DocumentId in the form `<sender>,<yyyy/MM/dd>,<code>`.

        Raises:
            RejectedInput: bad-value for another form, which names no case; as `of`.
        """
        where = document_id.where
        found = _BY_ID.fullmatch(document_id.text)
        if not found:
            raise RejectedInput("bad-value", f"{where} is not <sender>,<yyyy/MM/dd>,<code>")
        return cls.of(*(Named(part.strip(), where) for part in found.groups()))

    def at(self, receiver: Named) -> "Case":
        """The case of one receiver, an organisation id in either order.

        Raises:
            RejectedInput: unknown-unit.
        """
        code = ORGANISATIONS.code(receiver.text, self.promulgated_on, receiver.where)
        case = ORIGIN.case(f"{self.sender}/{self.promulgated_on.isoformat()}/{self.code}/{code}")
        return Case(case, ORGANISATIONS.unit(code, self.promulgated_on))


@dataclass(frozen=True, slots=True)
class Case:
    """A document at one receiver: its case id, and the receiver as the hub's registry knows it."""

    case_id: str
    unit: str

    def take_backs(self) -> tuple[str, str]:
        """Event ids of what takes the document back from this receiver, so that a refusal can name them."""
        return (_taken_back(self.case_id, REVOKED), _taken_back(self.case_id, ASKED_BACK))


def take_back_identity(how: str) -> tuple[str, str]:
    """Identity of a take-back: by what it takes back, not by its message, for who refuses it does not know that."""
    return ("take-back", how)


def code_of(element: Element, path: str) -> Named:
    """Number and notation, of two elements below a path.

    Raises:
        RejectedInput: missing-value.
    """
    number, where = element.named(f"{path}/CodeNumber")
    return Named(f"{number}/{element.optional(f'{path}/CodeNotation') or ''}", where)


def day_of(day: Named) -> date:
    """A calendar day `yyyy/MM/dd`.

    Raises:
        RejectedInput: bad-value; no-such-date.
    """
    text, where = day
    found = _DAY.fullmatch(text)
    if not found:
        raise RejectedInput("bad-value", f"{where} is no day yyyy/MM/dd")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise RejectedInput("no-such-date", where) from None


def instant_of(text: Named) -> int:
    """An instant `yyyy/MM/dd HH:mm:ss` of the city's clocks.

    Raises:
        RejectedInput: bad-value, no-such-date, instant-out-of-range.
    """
    return ORIGIN.instant(*text, "%Y/%m/%d %H:%M:%S")


def end_of_day(day: Named) -> int:
    """The last millisecond of a calendar day in the city's zone.

    Raises:
        RejectedInput: bad-value, no-such-date, instant-out-of-range.
    """
    text = f"{day_of(day).isoformat()} 23:59:59"
    return ORIGIN.instant(text, day.where, "%Y-%m-%d %H:%M:%S") + 999


def _taken_back(case_id: str, how: str) -> str:
    made: Fact = ORIGIN.fact(Kind.WITHDRAWN, case_id, 0, identity=take_back_identity(how))
    return made.event_id
