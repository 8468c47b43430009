"""What the hub published, held against a recomputation from its facts.

Nothing here is shared with the worker or the stage but the core and the spelling of rows: the facts of a
partition are counted anew from the first to the marker, and every key is compared.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from egovhub.codec import decode
from egovhub.errors import ConfigurationError, RejectedInput

from services.domain.case import CaseState
from services.domain.cells import Cell, CellKey, add, book
from services.domain.evaluation import evaluate
from services.domain.figures import ranks
from services.domain.standing import Known
from services.domain.sums import Point
from services.door import Door
from services.provenance import is_trial, told
from services.recount import figures
from services.rows import (
    MARKER_KEY,
    Cut,
    LogIdentity,
    Marker,
    case_value,
    figure_key,
    indicator_record,
    tally_key,
    tally_value,
)
from services.rules import Rules

SHOWN: Final = 10
_RESTS_ON: Final = ("as_of", "evaluated_at", "cut", "code", "reference", "cause")
"""What an unchanged row of hub.indicators says of the cut it was first published at."""

_JUDGED_AT: Final = ("position", "as_of", "code", "reference")
"""What a row of hub.cases says of the flush that last evaluated it."""

Rows = Mapping[bytes, bytes]


@dataclass(slots=True)
class Difference:
    """The keys of one topic by how they differ; `rows` counts those expected."""

    rows: int = 0
    missing: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)

    @property
    def is_none(self) -> bool:
        """Whether every key is there, no other, and all are equal."""
        return not (self.missing or self.surplus or self.unequal)

    def compare(
        self,
        expected: Mapping[bytes, Any],
        published: Mapping[bytes, Any],
        undecided: Collection[bytes] = (),
    ) -> None:
        """Hold one set of rows against another.

        Args:
            undecided: keys that were withdrawn while they were read, before or after what is expected.
        """
        self.rows += len(expected)
        for key, row in expected.items():
            if key not in published and key in undecided:
                continue
            if key not in published:
                self.missing.append(_spelt(key))
            elif published[key] != row:
                self.unequal.append(_spelt(key))
        self.surplus += [_spelt(key) for key in published if key not in expected and key not in undecided]

    def report(self) -> dict[str, Any]:
        """Counts of all and the first keys of each."""
        named = {"missing": self.missing, "surplus": self.surplus, "unequal": self.unequal}
        kinds = {name: {"count": len(keys), "keys": sorted(keys)[:SHOWN]} for name, keys in named.items()}
        return {"rows": self.rows, **kinds}


@dataclass(slots=True)
class Report:
    """How each topic differs, and what it was held against."""

    topics: dict[str, Difference]
    facts: int = 0
    refused: int = 0

    @property
    def is_equal(self) -> bool:
        """Whether no key of any topic differs."""
        return all(difference.is_none for difference in self.topics.values())

    def lines(self) -> Iterator[str]:
        """The report for a person."""
        yield f"{self.facts:,} facts recomputed, {self.refused:,} records refused"
        for topic, difference in self.topics.items():
            shown = {kind: found for kind, found in difference.report().items() if kind != "rows"}
            counts = ", ".join(f"{kind} {found['count']:,}" for kind, found in shown.items())
            yield f"{topic:16} {difference.rows:11,} rows  {'equal' if difference.is_none else counts}"
            for kind, found in shown.items():
                yield from (f"  {kind} {key}" for key in found["keys"])


class Letter(NamedTuple):
    """What a dead letter says of a record: the reason it was refused for, and the digest of its value."""

    reason: str
    sha256: str


def letter_of(value: bytes) -> Letter:
    """What a value of hub.dead-letters says; the digest is of the bytes it holds."""
    record = decode(value)[1]
    return Letter(record["reason"], _digest(record["value"]))


class PartitionFacts:
    """The facts of one partition, each with its offset, and what the door refused.

    Args:
        topic: name of the facts topic, as the keys of dead letters spell it.
        letters: the dead letters that stand, by key.
    """

    def __init__(self, topic: str, number: int, door: Door, letters: Mapping[bytes, Letter]) -> None:
        self.number = number
        self.count = 0
        self.refused: dict[bytes, tuple[int, int, Letter]] = {}
        """Offset, append time and expected letter by the key of the letter."""
        self._needless: set[bytes] = set()
        self._topic = topic
        self._door = door
        self._letters = letters
        self._cases: dict[bytes, list[tuple[int, Known]]] = {}

    def take(
        self,
        offset: int,
        key: bytes | None,
        value: bytes | None,
        timestamp: int,
        headers: Sequence[tuple[str, bytes | None]],
    ) -> None:
        """One record, through the door."""
        self.count += 1
        letter_key = f"{self._topic}/{self.number}/{offset}".encode()
        try:
            known = self._door.admit(self.number, key, value, timestamp, headers)
        except RejectedInput as refusal:
            self.refused[letter_key] = (offset, timestamp, Letter(refusal.reason, _digest(value)))
            return
        assert key is not None
        if not is_trial(headers):
            self._cases.setdefault(key, []).append((offset, known))
        letter = self._letters.get(letter_key)
        if letter is not None and letter.sha256 == _digest(value):
            self._needless.add(letter_key)

    def compare_letters(self, difference: Difference, position: int, kept_since: int) -> None:
        """Hold what the door refused against the dead letters that stand.

        A letter of an offset that now holds other bytes is of an earlier log and says nothing about this one.

        Args:
            position: letters of this offset and later are not due yet.
            kept_since: append time before which a letter may have gone with its topic's retention.
        """
        due = {
            key: letter
            for key, (offset, appended_at, letter) in self.refused.items()
            if offset < position and (appended_at >= kept_since or key in self._letters)
        }
        standing = {key: self._letters[key] for key in (*due, *self._needless) if key in self._letters}
        difference.compare(due, standing)

    def recount(self, position: int, as_of: int, rules: Rules) -> "Recount":
        """Evaluate every case at one position and instant."""
        outcome = Recount()
        for key, records in self._cases.items():
            known = told([each for offset, each in records if offset < position])
            evaluation = evaluate(known, as_of, rules.law)
            add(outcome.points, evaluation.contributions)
            if evaluation.state is not None:
                outcome.cases[key] = evaluation.state
        return outcome


@dataclass(slots=True)
class Recount:
    """What the facts of a partition come to at one position and instant."""

    points: dict[Point, int] = field(default_factory=dict)
    cases: dict[bytes, CaseState] = field(default_factory=dict)

    def tallies(self) -> dict[bytes, bytes]:
        """The rows of hub.tallies."""
        cells: dict[CellKey, Cell] = {}
        book(cells, self.points)
        rows = ((tally_key(key), tally_value(key, cell)) for key, cell in cells.items())
        return {key: value for key, value in rows if value is not None}

    def judgements(self, rules: Rules) -> dict[bytes, dict[str, Any]]:
        """The rows of hub.cases without what they rest on."""
        return {
            key: judgement(case_value(state, rules, position=0, as_of=0)) for key, state in self.cases.items()
        }


def judgement(value: bytes) -> dict[str, Any]:
    """A row of hub.cases without what it rests on."""
    record = decode(value)[1]
    return {name: field for name, field in record.items() if name not in _JUDGED_AT}


def indicators(points: Mapping[Point, int], rules: Rules, cut: Sequence[Cut]) -> dict[bytes, dict[str, Any]]:
    """The rows of hub.indicators at a cut, without what they rest on."""
    as_of = min(marker.as_of for marker in cut)
    found = figures(points, rules, as_of)
    placed = ranks(found, rules.organisations)
    return {
        figure_key(row.key): _said(indicator_record(row, placed.get(row.key), rules, as_of, ()))
        for row in found
    }


def published_indicators(rows: Rows) -> dict[bytes, dict[str, Any]]:
    """The same of what stands in the topic."""
    return {key: _said(decode(value)[1]) for key, value in rows.items() if key != MARKER_KEY}


class Judges(NamedTuple):
    """By what the rows of hub.indicators were made."""

    code: str
    reference: str


def check_comparable(
    markers: Mapping[int, Marker], log: LogIdentity, rules: Rules, stage: Judges | None = None
) -> None:
    """Refuse to compare what rests on something else than these facts and rules.

    Args:
        stage: None if its rows are not compared.

    Raises:
        ConfigurationError: a line for each partition.
    """
    problems = []
    for partition, marker in markers.items():
        where = f"hub.tallies, partition {partition}"
        if marker.log != log:
            problems.append(f"{where}: counts another log of facts; start its worker again, it will rebuild")
        elif marker.reference != rules.reference:
            problems.append(
                f"{where}: was judged by reference {marker.reference}, here it is {rules.reference};"
                " verify with the workers' HUB_ZONE and HUB_REFERENCE_DIR"
            )
        elif marker.code != rules.code:
            problems.append(
                f"{where}: was judged by code {marker.code}, here it is {rules.code};"
                " verify with the workers' release"
            )
    if stage is not None and stage != (rules.code, rules.reference):
        problems.append(
            f"hub.indicators: was published by code {stage.code} and reference {stage.reference}, here they are"
            f" {rules.code} and {rules.reference}; start a stage of these, wait for it, or verify --without-stage"
        )
    if problems:
        raise ConfigurationError(problems)


def _said(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in _RESTS_ON}


def _digest(value: bytes | None) -> str:
    return hashlib.sha256(value or b"").hexdigest()


def _spelt(key: bytes) -> str:
    return key.decode(errors="replace")
