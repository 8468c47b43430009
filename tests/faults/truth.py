"""What must be in the log once everything a source system said is read, and how a log differs from it.

What happened must be there exactly, each fact under its id and with its bytes. A source of states may be read less
often than it changes, and how often a fact was retracted on the way is part of its id: so of states the last one of
each case must hold, and of entries all of each record, under any ids. What the mapping refuses must be a dead letter,
known by the hash of its bytes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Final, Self

from egovhub.codec import decode_fact, encode_fact
from egovhub.connector import Connector, Entry, Payload, Snapshot
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.mapped import facts_of
from egovhub.origin import content, digest

Identity = tuple[str, str]
"""Source and event id."""

Subject = tuple[str, ...]
"""Whose state a snapshot is: a case's, or a record's whatever its case."""

SHOWN: Final = 3


@dataclass(slots=True)
class Log:
    """What was read of the topics.

    Args:
        values: the values of each fact, which should be one.
        records: of `facts`, repeats included.
        letters: hashes of the inputs that became dead letters.
    """

    values: dict[Identity, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    records: int = 0
    letters: set[str] = field(default_factory=set)

    def add(self, value: bytes) -> None:
        """Take a record of `facts`."""
        fact = decode_fact(value)
        self.values[fact.source, fact.event_id].add(value)
        self.records += 1

    @property
    def facts(self) -> Iterator[Fact]:
        """Every fact that was read, in all its versions."""
        return (decode_fact(value) for values in self.values.values() for value in values)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a source system said.

    Args:
        events: the value of each fact of what happened, several if it was revised under its id.
        states: what must hold of each case or record of which the source says how it stands.
        refused: hashes of the inputs that cannot be facts.
    """

    events: Mapping[Identity, set[bytes]]
    states: Mapping[Subject, Sequence[Fact]]
    refused: set[str]

    @classmethod
    def of(cls, connector: Connector, inputs: Iterable[Payload], now_ms: int) -> Self:
        """The truth of what was said, by the connector's own mapping, in a process that nothing happens to."""
        log, last, refused = Log(), dict[Subject, Snapshot](), set[str]()
        for payload in inputs:
            try:
                for made in facts_of(connector, payload, now_ms):
                    if isinstance(made, Snapshot):
                        last[made.subject] = _after(last.get(made.subject), made)
                    else:
                        log.add(encode_fact(made))
            except RejectedInput:
                refused.add(sha256(payload.body).hexdigest())
        return cls(log.values, {subject: snapshot.facts for subject, snapshot in last.items()}, refused)

    @property
    def size(self) -> int:
        """How many facts hold."""
        return len(self.events) + sum(len(set(map(_said, state))) for state in self.states.values())

    def differences(self, log: Log) -> list[str]:
        """What a log has too little, too much or otherwise; nothing if it holds all and only what was said."""
        unequal = {i for i, values in self.events.items() if log.values.get(i, values) != values}
        return [
            *_line("facts are lost", self.events.keys() - log.values.keys()),
            *_line("facts have other bytes than they should", unequal),
            *_states(self.states, [fact for fact in log.facts if _identity(fact) not in self.events], log),
            *_line("refused inputs are no dead letters", self.refused - log.letters),
            *_line("dead letters are of inputs that are good", log.letters - self.refused),
        ]

    def not_yet_in(self, log: Log) -> list[str]:
        """What is missing of a truth that is not all there is: of what was acknowledged."""
        there = {fact.case_id for fact in log.facts}
        cases = {f.case_id for said in self.states.values() for f in said if f.case_id not in there}
        facts = {i for i, values in self.events.items() if not values <= log.values.get(i, set())}
        return [
            *_line("acknowledged facts are not stored", facts),
            *_line("acknowledged cases are not stored", cases),
            *_line("acknowledged refusals are no dead letters", self.refused - log.letters),
        ]

    def facts(self, log: Log) -> list[Fact]:
        """The facts that hold; those of states under the ids that a log without differences has for them."""
        events = [decode_fact(value) for values in self.events.values() for value in values]
        return events + _live([fact for fact in log.facts if _identity(fact) not in self.events])


def _after(before: Snapshot | None, made: Snapshot) -> Snapshot:
    """What holds after a snapshot: an older one changes nothing, an entry adds."""
    if before is None:
        return made
    if isinstance(made, Entry) and isinstance(before, Entry):
        return made.after(before)
    is_older = None not in (made.version, before.version) and (made.version or 0) < (before.version or 0)
    return before if is_older else made


def _identity(fact: Fact) -> Identity:
    return fact.source, fact.event_id


def _live(facts: Sequence[Fact]) -> list[Fact]:
    """The facts of snapshots that hold: neither retracted nor retractions."""
    retracted = {(fact.source, event_id) for fact in facts for event_id in fact.retracts}
    return [fact for fact in facts if not fact.retracts and _identity(fact) not in retracted]


def _states(states: Mapping[Subject, Sequence[Fact]], facts: Sequence[Fact], log: Log) -> Iterator[str]:
    """How facts, which are those of no event, differ from what the last snapshots say."""
    holding = Counter(map(_said, _live(facts)))
    wanted = Counter(said for state in states.values() for said in set(map(_said, state)))
    doubled = {identity for identity in map(_identity, facts) if len(log.values[identity]) > 1}
    yield from _line("facts of a last state do not hold", {case for case, _ in wanted - holding})
    yield from _line("facts hold that were not said last", {case for case, _ in holding - wanted})
    yield from _line("facts of states were repeated with other bytes", doubled)


def _said(fact: Fact) -> tuple[str, str]:
    """Case, and hash of what a fact says beside its id and when its source wrote it down."""
    return fact.case_id, digest(content(fact._replace(recorded_at=None, source_sequence=None)))


def _line(what: str, which: Iterable[object]) -> Iterator[str]:
    found = sorted(map(str, which))
    if found:
        yield f"{len(found)} {what}: {', '.join(islice(found, SHOWN))}{' …' if len(found) > SHOWN else ''}"
