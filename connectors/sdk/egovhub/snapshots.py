"""From snapshots to facts: what a source says of a case now, against what was published of it before.

A fact of a snapshot is identified by what it says and by how often it was retracted: a retracted fact that is said
again is another fact, for retracting a retraction revives nothing (DESIGN, law 2). Everything here is pure.

Facts and what is known of a case are stored one after the other, so a crash may leave facts that the knowledge of
before does not have. That is why a case's knowledge is stored first, with what its batch published and retracted: if
the batch was never confirmed both are published again, under the same ids and with the same bytes.

Of a record that is told entry by entry what was said is remembered too, for all of it moves when its case is known.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

from egovhub.connector import Entry, Snapshot
from egovhub.events import OPTIONAL_FIELDS, Fact, Kind
from egovhub.origin import Origin, content, digest

_HASH_DIGITS: Final = 24


class Said(NamedTuple):
    """A fact as it is remembered.

    Args:
        retractions: how often what it says was retracted before.
        occurred_at: when it happened.
        content: all it says, as JSON; of an entry alone, whose facts may have to be said again elsewhere.
    """

    retractions: int
    occurred_at: int
    content: str = ""


@dataclass(frozen=True, slots=True)
class CaseKnown:
    """What was published of a case.

    Args:
        batch: that published last; until its position is stored, `added` and `retracted` are in doubt.
        version: of the last snapshot.
        digest: of the last snapshot.
        live: the facts that hold, by the hash of what they say.
        retractions: how often each hash was retracted.
        added: hashes of the live facts that the batch published.
        retracted: hashes and facts that the batch retracted.
        named: the case that entries named for the record, with `version`; "" as long as none did.
    """

    batch: int = 0
    version: int | None = None
    digest: str = ""
    live: Mapping[str, Said] = field(default_factory=dict)
    retractions: Mapping[str, int] = field(default_factory=dict)
    added: frozenset[str] = frozenset()
    retracted: frozenset[tuple[str, Said]] = frozenset()
    named: str = ""

    def to_text(self) -> str:
        """The knowledge as the log of positions holds it; the digest stands beside it."""
        form: dict[str, Any] = {
            "batch": self.batch,
            "version": self.version,
            "live": {key: _form(said) for key, said in self.live.items()},
            "retractions": self.retractions,
            "added": sorted(self.added),
            "retracted": [(key, _form(said)) for key, said in sorted(self.retracted)],
        }
        if self.named:
            form["named"] = self.named
        return json.dumps(form, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str, digest: str) -> Self:
        """The knowledge in a text."""
        form = json.loads(text)
        return cls(
            form["batch"],
            form["version"],
            digest,
            {key: Said(*said) for key, said in form["live"].items()},
            form["retractions"],
            frozenset(form["added"]),
            frozenset((key, Said(*said)) for key, said in form["retracted"]),
            form.get("named", ""),
        )


def take(
    known: CaseKnown, snapshot: Snapshot, origin: Origin, batch: int, *, in_doubt: bool
) -> tuple[CaseKnown, list[Fact]] | None:
    """What to know of a case after a snapshot, and the facts to publish; None if it says nothing new.

    Args:
        known: what was published before.
        snapshot: what the source says now.
        origin: who says it.
        batch: the batch that will publish.
        in_doubt: the last batch of the case was not confirmed, so what it published may be there or not.
    """
    record = named = ""
    if isinstance(snapshot, Entry):
        record = snapshot.record
        snapshot = snapshot.after(_before(known, record))
        named = snapshot.case_id if snapshot.case_id != record else ""
    elif known.version is not None and snapshot.version is not None and snapshot.version < known.version:
        return None
    said = {_hash(fact, record): fact for fact in map(_timeless, snapshot.facts)}
    mark = digest([*sorted(said), named, snapshot.version] if record else sorted(said))
    if mark == known.digest and not in_doubt:
        return None
    dropped = {(key, fact) for key, fact in known.live.items() if key not in said}
    retractions = dict(known.retractions) | {key: fact.retractions + 1 for key, fact in dropped}
    live = {
        key: known.live.get(key)
        or Said(retractions.get(key, 0), fact.occurred_at, _remembered(fact) if record else "")
        for key, fact in said.items()
    }
    new = {key for key in live if key not in known.live or (in_doubt and key in known.added)}
    retracted = dropped | (known.retracted if in_doubt else frozenset())
    facts = list(_retractions(origin, snapshot.case_id, record, sorted(retracted)))
    facts += [said[key]._replace(event_id=_id(key, live[key].retractions)) for key in live if key in new]
    if known.batch == batch:
        new |= known.added & live.keys()
        retracted |= known.retracted
    version = known.version if snapshot.version is None else snapshot.version
    added = frozenset(new)
    return CaseKnown(batch, version, mark, live, retractions, added, frozenset(retracted), named), facts


def _before(known: CaseKnown, record: str) -> Entry:
    """All that was said of a record."""
    facts = tuple(_recalled(said.content) for _key, said in sorted(known.live.items()))
    return Entry(known.named or record, facts, known.version, record)


def _timeless(fact: Fact) -> Fact:
    """A fact without what says when the source wrote it down: that changes with every snapshot."""
    return fact._replace(recorded_at=None, source_sequence=None)


def _form(said: Said) -> tuple[int | str, ...]:
    return said if said.content else said[:2]


def _remembered(fact: Fact) -> str:
    return json.dumps(content(fact), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _recalled(text: str) -> Fact:
    form = json.loads(text)
    form |= {"kind": Kind[form["kind"]], "retracts": tuple(form.get("retracts", ()))}
    return Fact(**{"event_id": "", "details": {}, **OPTIONAL_FIELDS, **form})


def _hash(fact: Fact, record: str) -> str:
    """What stands for a fact; two records that say the same of one case say two facts."""
    return digest([record, content(fact)] if record else content(fact))[:_HASH_DIGITS]


def _id(key: str, retractions: int) -> str:
    return digest(["snapshot", key, retractions])


def _retractions(
    origin: Origin, case_id: str, record: str, retracted: Sequence[tuple[str, Said]]
) -> Iterator[Fact]:
    """The facts that retract others; all they say follows from those, so a repeat has the same bytes.

    A record that finds its case leaves its own for good. One fact retracts all and voids it, for retractions alone
    would leave an orphan there.

    Args:
        origin: who retracts.
        case_id: where facts of snapshots stood; those of an entry know it themselves.
        record: its own case; "" for a snapshot.
        retracted: hashes and facts.
    """
    left = []
    for key, said in retracted:
        target = _id(key, said.retractions)
        case = _recalled(said.content).case_id if said.content else case_id
        if case == record:
            left.append((target, said.occurred_at))
            continue
        yield origin.fact(
            Kind.RETRACTED, case, said.occurred_at, identity=(target,), retracts=(target,), derived=True
        )
    if left:
        targets, instants = zip(*left, strict=True)
        yield origin.fact(
            Kind.VOIDED, record, min(instants), identity=targets, retracts=targets, derived=True
        )
