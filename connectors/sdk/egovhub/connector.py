"""What a connector is made of: a source feeds it, it maps.

A `Source` reads payloads from a position on. The mapping, which is pure, turns each payload into facts or says why it
cannot. Both together are a `Feed`, which the runner carries to the hub. A `Connector` binds a mapping to the sources
that can feed it. Source: DESIGN 8.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any, NamedTuple, Protocol

from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.origin import Origin
from egovhub.strict_json import loads
from egovhub.xml_tree import Limits, XmlElement, parse


@dataclass(frozen=True, slots=True)
class Payload:
    """One input of a connector, as its source gave it.

    Args:
        body: the bytes as they came: what becomes the dead letter if the payload is refused.
        place: where it stood, for people: `line 12`, `message 7`; nothing out of the payload.
        identity: what its source calls it, if that never changes: the id of a message; "" if it has no name, and then
            `digest` tells two inputs apart.
        value: what the source's reader made of the bytes, if it read them already.
        context: what stood around it, such as the envelope of the array it was in.
        refused: why its source's reader could make nothing of it.
        ticket: what the kit calls it until it is stored, in positions and letters; nothing for a mapping.
    """

    body: bytes
    place: int | str = ""
    identity: str = ""
    value: Any = None
    context: Mapping[str, Any] = field(default_factory=dict)
    refused: RejectedInput | None = None
    ticket: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of its bytes in hex: the identity of an input that has no other."""
        return hashlib.sha256(self.body).hexdigest()

    def json(self) -> Any:
        """The value of the payload: the row of a CSV file as texts by column, else the JSON of its bytes.

        Raises:
            RejectedInput: see `egovhub.strict_json.loads`.
        """
        return loads(self.body) if self.value is None else self.value

    def xml(self, limits: Limits | None = None) -> XmlElement:
        """The root of the payload as XML without DTD, entities or processing instructions.

        Raises:
            RejectedInput: see `egovhub.xml_tree.parse`.
        """
        return parse(self.body, limits or Limits())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a source says of a case at one time, for sources that send states instead of events.

    The kit compares it with the last one of the case: what is said no longer is retracted, what is said for the first
    time is published, an unchanged snapshot publishes nothing. It gives the facts their ids; `recorded_at` and
    `source_sequence` play no part in a snapshot and are left out.

    Args:
        case_id: of the case; all its facts have it.
        facts: everything it says; none if the case is gone.
        version: the source's order of its snapshots; one older than the last published is passed over.
    """

    case_id: str
    facts: tuple[Fact, ...]
    version: int | None = None

    def __post_init__(self) -> None:
        """Refuse facts of other cases, which no later snapshot of this one could retract."""
        if any(fact.case_id != self.case_id for fact in self.facts):
            raise ValueError("a snapshot has facts of another case; make one snapshot for each case")

    @property
    def subject(self) -> tuple[str, ...]:
        """What the kit compares it by: snapshots of one subject follow each other."""
        return (self.case_id,)


@dataclass(frozen=True, slots=True)
class Entry(Snapshot):
    """What a source adds to what it said of a record, whose case may be another source's and known only later.

    What was said of the record before still holds. All of it stands under the record's own case until an entry names
    another one; then it is retracted there, the record's own case is void, and all of it is published again under that
    one (DESIGN, law 3), and so is what comes later without naming a case. Of the entries that name a case that with the
    greatest version decides, whatever their order. The same entry again says nothing new. A case cannot be taken back,
    only replaced.

    Args:
        case_id: of the case it names, or of the record itself if it names none; all its facts have it.
        facts: what it says; their ids are the kit's.
        version: the source's order of the entries of a record.
        record: the case id of the record itself, in the source's own namespace.
    """

    record: str = ""

    def __post_init__(self) -> None:
        """Refuse what names no record, too."""
        Snapshot.__post_init__(self)
        if not self.record:
            raise ValueError("an entry names no record; give its own case id")

    @property
    def subject(self) -> tuple[str, ...]:
        """The record, whatever its case."""
        return ("record", self.record)

    def after(self, before: "Entry") -> "Entry":
        """This entry and one of the same record, as one: all that both say, under the case that decides."""
        naming = [each for each in (before, self) if each.case_id != each.record]
        decides = max(naming, key=lambda each: (each.version or 0, each.case_id), default=before)
        facts = (fact._replace(case_id=decides.case_id) for fact in (*before.facts, *self.facts))
        return Entry(decides.case_id, tuple(facts), decides.version, self.record)


Made = Fact | Snapshot
Map = Callable[[Payload], Iterable[Made]]
"""A mapping: pure, from a payload to all its facts; raises `RejectedInput` if it cannot, and then gives none."""


class Page(NamedTuple):
    """Payloads of one stretch of a source.

    Args:
        payloads: in the order of the source.
        position: text from which `Source.read` goes on behind this stretch: a JSON object.
        done: part of the source read so far, 0 to 1; None if the source does not say.
    """

    payloads: tuple[Payload, ...]
    position: str
    done: float | None = None


class Source(Protocol):
    """Reads payloads, forward from a position."""

    def read(self, position: str | None) -> Iterator[Page]:
        """What there is behind a position, None being the beginning; ends when there is no more yet.

        Raises:
            RetryLater: it does not answer.
            ConfigurationError: it cannot be read at all; AuthenticationError, ContractError.
        """

    def acknowledge(self, position: str) -> None:
        """Tell it that all up to the position is stored; called after the position is.

        Args:
            position: of the page; if payloads that have a ticket were refused, their tickets stand in it as the array
                `refused`.
        """

    def close(self) -> None:
        """Let go of connections and files."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a source may use of the process it runs in.

    Args:
        clock: milliseconds since the epoch.
        stopping: set when the process is to end; waits end with it.
        once: the source is read to its end once, so what is there is complete.
    """

    clock: Callable[[], int]
    stopping: Event
    once: bool = False


class FeedSettings(Protocol):
    """How to reach a source: a pydantic model such as `Rest`, `Mailbox` or `Folder`."""

    def open(self, context: Context) -> Source:
        """The source, not yet asked anything.

        Raises:
            ConfigurationError: a setting is missing or cannot work.
        """


@dataclass(frozen=True, slots=True)
class Connector:
    """A mapping and the sources that can feed it.

    Args:
        origin: who says its facts.
        mapping: payload to facts.
        feeds: by name; the first is taken unless another is asked for.
        personal: names of the source's fields that hold personal data: its conformance suite plants identifiers there.
        sandbox: its facts count nowhere; for an agency that tries.
    """

    origin: Origin
    mapping: Map
    feeds: Mapping[str, FeedSettings]
    personal: tuple[str, ...] = ()
    sandbox: bool = False


class Rejection(NamedTuple):
    """An input that became no fact: its place in the source, why, and the field at fault; never the value.

    `body` has the bytes as they came, `identity` what they are called, and `said` what else the mapping was given: for
    the dead letter alone.
    """

    place: int | str
    reason: str
    field: str
    body: bytes | None = None
    identity: str = ""
    said: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" + (f": {self.field}" if self.field else "")


@dataclass(frozen=True, slots=True)
class Batch:
    """Facts of one stretch of the source.

    Args:
        facts: in the order of the source, each through `check_writable`.
        rejected: the inputs of the stretch that cannot be facts.
        read: how many inputs the stretch had.
        position: text from which `Feed.read` goes on behind this stretch; JSON of the feed.
        done: part of the source read so far, 0 to 1; None if the source does not say.
        digest: mark of the batch, for sources that give snapshots.
        states: to store before the facts: what is known of the cases of snapshots.
        values: the facts as they are written, if the feed has been through the door with them already.
    """

    facts: tuple[Fact, ...]
    rejected: tuple[Rejection, ...]
    read: int
    position: str
    done: float | None = None
    digest: str | None = None
    states: tuple["State", ...] = ()
    values: tuple[bytes, ...] = ()


class State(NamedTuple):
    """What a connector keeps in the log of positions: of one case, or, without a key, its position."""

    key: str
    text: str
    digest: str | None


class Feed(Protocol):
    """A source that can be read on from a position."""

    @property
    def source(self) -> str:
        """The source of the facts, half of their identity."""

    def recall(self, state: State) -> None:
        """Take what an earlier run stored; called for each state, in the order of the log, before the first `read`."""

    def read(self, position: str | None) -> Iterator[Batch]:
        """What the source has behind a position, None being its beginning; ends when there is no more yet.

        Raises:
            RetryLater: the source does not answer.
            ConfigurationError: the source is not what the position was taken from, or cannot be read at all.
        """

    def acknowledge(self, position: str) -> None:
        """Tell the source that everything up to the position is stored; called after the position is."""
