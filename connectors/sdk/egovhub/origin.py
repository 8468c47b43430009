"""Who says a fact: makes the facts of one source, with ids that stay the same however often a message is read."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from egovhub.events import Fact, Kind
from egovhub.fields import Fields
from egovhub.mapping_times import instants

if TYPE_CHECKING:
    from egovhub.connector import Payload

Identity = Sequence[str | int | None]
"""What the source itself tells its messages apart by: a transport id, a journal number and a status."""

HUB_ZONE: Final = "Asia/Ho_Chi_Minh"
_ID_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Origin:
    """A source as its facts name it.

    Args:
        source: half of each fact's identity.
        domain: one of `egovhub.events.DOMAINS`.
        namespace: of the cases it owns; its own name if left out.
        zone: of clock times that come without an offset.
    """

    source: str
    domain: str
    namespace: str = ""
    zone: str = HUB_ZONE

    def case(self, native: str, namespace: str = "") -> str:
        """The case id of a native id, in the one spelling the hub takes.

        Args:
            native: as the source writes it.
            namespace: of the source that owns the case, if that is another one.
        """
        return f"{namespace or self.namespace or self.source}:{unicodedata.normalize('NFC', native.strip())}"

    def read(self, payload: "Payload") -> Fields:
        """The fields of a payload that is a JSON object, a row of a CSV file or an event of an XES log."""
        return Fields(payload.json(), self.zone)

    def instant(self, text: str, field: str, *formats: str) -> int:
        """Milliseconds since the epoch of a text.

        Args:
            text: as the source writes it.
            field: its name, for the refusal.
            formats: the first whose shape fits decides: `iso`, `epoch-seconds`, `epoch-millis`, or a pattern like
                `%Y%m%d%H%M%S`, which gives a clock time of the zone; `iso` if there is none.

        Raises:
            RejectedInput: bad-value, no-such-date, no-such-local-time, instant-out-of-range.
        """
        return instants(self.zone, formats or ("iso",)).read(text, field)

    def fact(
        self,
        kind: Kind,
        case: str,
        occurred_at: int,
        *,
        identity: Identity = (),
        name: str | None = None,
        source_sequence: int | None = None,
        recorded_at: int | None = None,
        unit: str | None = None,
        receiving_unit: str | None = None,
        procedure: str | None = None,
        channel: str | None = None,
        applicant_kind: str | None = None,
        due_at: int | None = None,
        retracts: Sequence[str] = (),
        source_status: str | None = None,
        derived: bool = False,
        details: Mapping[str, Any] | None = None,
    ) -> Fact:
        """A fact of this source; see `egovhub.events.Fact` for the fields.

        Args:
            kind: what happened.
            case: a case id, as `case` makes it.
            occurred_at: milliseconds since the epoch.
            identity: of the message; without one all that the fact says stands for it, and then a changed message
                is another fact instead of a revision.
            name: tells facts of one kind and one identity apart.
            source_sequence: the source's order of its messages.
            recorded_at: when the source recorded it.
            unit: that executes.
            receiving_unit: that received.
            procedure: its stem.
            channel: a symbol of `egovhub.events.CHANNELS`.
            applicant_kind: a symbol of `egovhub.events.APPLICANT_KINDS`.
            due_at: the appointment, milliseconds since the epoch.
            retracts: event ids of this source that no longer hold.
            source_status: as the source writes it.
            derived: the connector made it, the source did not state it.
            details: the domain's own fields; nulls are left out.
        """
        said = {key: value for key, value in (details or {}).items() if value is not None}
        fact = Fact(
            "",
            self.source,
            source_sequence,
            self.domain,
            case,
            kind,
            occurred_at,
            recorded_at,
            unit,
            receiving_unit,
            procedure,
            channel,
            applicant_kind,
            due_at,
            tuple(retracts),
            source_status,
            derived,
            said,
        )
        return fact._replace(event_id=event_id(fact, name, identity))


def event_id(fact: Fact, rule: str | None, identity: Identity) -> str:
    """Id of a fact by what the source says of it, so that the same message read twice is the same fact.

    Args:
        fact: its own event id plays no part.
        rule: name of the rule, where two rules make facts of one kind.
        identity: the source's identity of what happened; without one the content stands for it.
    """
    basis: list[Any] = [fact.source, fact.case_id, fact.kind.name, rule]
    basis += ["identity", *identity] if identity else ["content", content(fact)]
    return digest(basis)


def digest(basis: Any) -> str:
    """A short hash of a JSON value that is the same in every process."""
    text = json.dumps(basis, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_ID_DIGITS]


def content(fact: Fact) -> dict[str, Any]:
    """What a fact says, without what it leaves out: a field added to the contract later changes no id."""
    form = fact._asdict() | {"event_id": None, "kind": fact.kind.name}
    return {name: value for name, value in form.items() if value is not False and value not in (None, (), {})}
