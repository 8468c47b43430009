"""One partition of facts: the facts of each case, the cells they add up to, and what of that is unpublished.

No Kafka and no clock in here: records and instants come in, rows come out. At every moment the cells equal the
sum of the stored contributions of all cases; a case whose contributions are behind its facts, or not yet
committed, stands in the due index at 0, so that a checkpoint may be taken at any moment.
Source: DESIGN 5, "State".
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Final, NamedTuple, Protocol

from egovhub.codec import decode_fact, encode
from egovhub.errors import RejectedInput

from services.domain.cells import Cell, CellKey, add, book, increase_all
from services.domain.evaluation import evaluate
from services.domain.standing import Known
from services.domain.sums import Point
from services.door import Door
from services.provenance import Backfilled, is_trial, order, told
from services.rows import LogIdentity, case_value, tally_key, tally_value
from services.rules import Rules
from services.state import Batch, Meta, Store, StoredCase

Row = tuple[bytes, bytes | None]
UNEVALUATED: Final = 0


class Record(Protocol):
    """A record of facts as a Kafka client hands it over; `timestamp` is its append time in milliseconds."""

    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes]]: ...


class Counters(Protocol):
    """What the partition reports of its plumbing (`services.metrics.WorkerMetrics`)."""

    def duplicates(self, source: str, n: int = 1) -> None: ...
    def revisions(self, source: str, n: int = 1) -> None: ...
    def conflicts(self, source: str, n: int = 1) -> None: ...
    def trials(self, n: int = 1) -> None: ...


class _Case:
    """A case in memory: its facts by their bytes, each with the earliest instant it was known.

    A fact that came from the store is that instant alone until an evaluation decodes it.
    """

    __slots__ = ("conflicts", "contributions", "facts", "is_loaded", "position", "revisions")

    def __init__(self) -> None:
        self.facts: dict[bytes, Known | int] = {}
        self.contributions: Mapping[Point, int] = {}
        self.position = 0
        self.revisions = 0
        self.conflicts = 0
        self.is_loaded = False


class Flush(NamedTuple):
    """What one flush publishes. A tombstone has the value None."""

    tallies: list[Row]
    cases: list[Row]
    letters: list[Row]
    reasons: list[str]

    @property
    def is_empty(self) -> bool:
        """Nothing to say but the marker."""
        return not (self.tallies or self.cases or self.letters)


class Reassessment(NamedTuple):
    """What another code or reference than that of the state brings about.

    Args:
        why: `code`, and the files of reference data that changed.
        cases: all of the state, each of which is evaluated anew.
        differing: how many of them add something else to the cells, once they are.
    """

    why: tuple[str, ...]
    cases: int
    differing: int | None = None


class Partition:
    """Facts in, rows out.

    Args:
        number: of the partition.
        topic: name of the facts topic, as dead letters spell it.
        store: holds what is not in memory.
        log: identity of the log the records come from; a store of another log is wiped.
    """

    def __init__(
        self,
        number: int,
        topic: str,
        store: Store,
        log: LogIdentity,
        rules: Rules,
        door: Door,
        counters: Counters,
    ) -> None:
        self.number = number
        self.log = log
        self.position = 0
        self.as_of = 0
        self.fresh_facts = 0
        self.rebuilt_because: str | None = None
        self.reassessment: Reassessment | None = None
        self._topic = topic
        self._store = store
        self._rules = rules
        self._door = door
        self._counters = counters
        self._cases: dict[bytes, _Case] = {}
        self._cells: dict[CellKey, Cell] = {}
        self._changed_cells: set[CellKey] = set()
        self._unpublished_cells: set[CellKey] = set()
        self._dirty: set[bytes] = set()
        self._in_flight: set[bytes] = set()
        self._due: dict[bytes, int] = {}
        self._heap: list[tuple[int, bytes]] = []
        self._changed_due: set[bytes] = set()
        self._case_rows: dict[bytes, bytes | None] = {}
        self._letters: dict[int, tuple[str, bytes]] = {}
        self._settled_letters: list[int] = []
        self._published: dict[bytes, bytes] | None = None
        self._withdrawn_cases: list[bytes] = []
        self._open(log)

    def _open(self, log: LogIdentity) -> None:
        meta = self._store.meta()
        if meta is None or meta.log != log:
            self.rebuilt_because = (
                "the state is new" if meta is None else "the state is of another log of facts"
            )
            self._store.wipe()
            return
        self.position, self.as_of = meta.position, meta.as_of
        self._due = dict(self._store.due())
        self._letters = {offset: (reason, record) for offset, reason, record in self._store.letters()}
        if (meta.code, meta.reference) != (self._rules.code, self._rules.reference):
            self._dirty.update(self._store.case_keys())
            why = ["code"] if meta.code != self._rules.code else []
            why += self._rules.changed_files(meta.reference_files)
            self.reassessment = Reassessment(tuple(why), len(self._dirty))
        self._dirty.update(key for key, at in self._due.items() if at == UNEVALUATED)
        self._heap = [(at, key) for key, at in self._due.items() if at != UNEVALUATED]
        heapify(self._heap)

    def close(self) -> None:
        """Release the folder; what no checkpoint holds is read again from the log."""
        self._store.close()

    @property
    def unevaluated(self) -> int:
        """How many cases have facts that no evaluation has seen, or that no committed flush covers."""
        return len(self._dirty)

    @property
    def has_news(self) -> bool:
        """Whether memory holds anything a checkpoint would write."""
        return bool(self._cases or self._changed_cells or self._changed_due or self._settled_letters)

    @property
    def cases_in_memory(self) -> int:
        """How many cases are in memory."""
        return len(self._cases)

    @property
    def cells_in_memory(self) -> int:
        """How many cells are in memory."""
        return len(self._cells)

    @property
    def due_entries(self) -> int:
        """How many cases the due index holds."""
        return len(self._due)

    def append(self, records: Sequence[Record]) -> None:
        """Take the next records of the log: facts into their cases, the others into dead letters."""
        admit, number, cases, dirty = self._door.admit, self.number, self._cases, self._dirty
        for record in records:
            key = record.key
            try:
                known = admit(number, key, record.value, record.timestamp, record.headers)
            except RejectedInput as refusal:
                self._refuse(record, refusal.reason)
                continue
            if record.headers and is_trial(record.headers):
                self._counters.trials()
                continue
            assert key is not None
            assert record.value is not None
            case = cases.get(key)
            if case is None:
                case = cases[key] = _Case()
            before = case.facts.get(record.value)
            if before is None:
                case.facts[record.value] = known
                self.fresh_facts += 1
            else:
                self._counters.duplicates(known.fact.source)
                if order(known) < _order(before):
                    case.facts[record.value] = known
            case.position = record.offset + 1
            dirty.add(key)
        self.position = records[-1].offset + 1

    def _refuse(self, record: Record, reason: str) -> None:
        letter = {
            "topic": self._topic,
            "partition": self.number,
            "offset": record.offset,
            "timestamp": record.timestamp,
            "key": record.key,
            "value": record.value,
            "headers": [{"name": name, "value": value} for name, value in record.headers],
            "reason": reason,
            "at": "worker",
            "source": None,
            "sha256": hashlib.sha256(record.value or b"").hexdigest(),
        }
        self._letters[record.offset] = (reason, encode("dead-letter", letter))

    def reconcile(self, published: dict[bytes, bytes], published_cases: Sequence[bytes] = ()) -> None:
        """The next flush publishes the differences from what stands, whoever wrote it.

        Args:
            published: the rows of this partition of hub.tallies, without the marker.
            published_cases: keys that stand in hub.cases, unless a flush of this log has been committed. Those of no
                case of this log are withdrawn; the others' rows are right, or wait for this flush.
        """
        self._published = published
        self._withdrawn_cases = list(published_cases)

    def evaluate(self, as_of: int) -> Iterator[None]:
        """Evaluate all dirty and all due cases at one instant; yields now and then, so that others can run."""
        self.as_of = max(as_of, self.as_of)
        while self._heap and self._heap[0][0] <= self.as_of:
            at, key = heappop(self._heap)
            if self._due.get(key) == at:
                self._dirty.add(key)
        delta: dict[Point, int] = {}
        differing = 0
        for n, key in enumerate(self._dirty, 1):
            differing += self._evaluate(key, delta)
            if n % 500 == 0:
                yield
        if self.reassessment is not None and self.reassessment.differing is None:
            self.reassessment = self.reassessment._replace(differing=differing)
        self._in_flight |= self._dirty
        self._dirty.clear()
        changed: dict[CellKey, Cell] = {}
        book(changed, {point: n for point, n in delta.items() if n})
        for cell_key, added in changed.items():
            increase_all(self._cell(cell_key), added)
        self._changed_cells.update(changed)
        self._unpublished_cells.update(changed)

    def _evaluate(self, key: bytes, delta: dict[Point, int]) -> bool:
        """Whether the case adds something else to the cells than before."""
        case = self._load(key)
        outcome = evaluate(told(_decoded(case.facts)), self.as_of, self._rules.law)
        is_different = outcome.contributions != case.contributions
        if is_different:
            add(delta, case.contributions, -1)
            add(delta, outcome.contributions)
            case.contributions = outcome.contributions
        if outcome.revisions > case.revisions or outcome.conflicts > case.conflicts:
            source = key.decode().partition(":")[0]
            self._counters.revisions(source, max(outcome.revisions - case.revisions, 0))
            self._counters.conflicts(source, max(outcome.conflicts - case.conflicts, 0))
        case.revisions, case.conflicts = outcome.revisions, outcome.conflicts
        self._set_due(key, outcome.next_change)
        self._case_rows[key] = (
            None
            if outcome.state is None
            else case_value(outcome.state, self._rules, position=case.position, as_of=self.as_of)
        )
        return is_different

    def _set_due(self, key: bytes, at: int | None) -> None:
        if at is None:
            if self._due.pop(key, None) is not None:
                self._changed_due.add(key)
        elif self._due.get(key) != at:
            self._due[key] = at
            heappush(self._heap, (at, key))
            self._changed_due.add(key)

    def _load(self, key: bytes) -> _Case:
        """The case with all its facts: what the store has, and what came since."""
        case = self._cases.get(key)
        if case is None:
            case = self._cases[key] = _Case()
        if case.is_loaded:
            return case
        case.is_loaded = True
        stored = self._store.case(key)
        if stored is None:
            return case
        fresh, case.facts = case.facts, _kept(stored)
        for raw, known in fresh.items():
            before = case.facts.get(raw)
            if before is not None and isinstance(known, Known):
                self._counters.duplicates(known.fact.source)
            if before is None or _order(known) < _order(before):
                case.facts[raw] = known
        case.contributions = {(u, p, m, c): n for u, p, m, c, n in stored.contributions}
        case.position = max(case.position, stored.position)
        case.revisions, case.conflicts = stored.revisions, stored.conflicts
        return case

    def _cell(self, key: CellKey) -> Cell:
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = self._store.cell(key) or {}
        return cell

    def flush(self) -> Flush:
        """The rows the last evaluation, and all that is not committed yet, have to say."""
        if self._published is None:
            tallies = [(tally_key(key), tally_value(key, self._cell(key))) for key in self._unpublished_cells]
        else:
            tallies = list(self._differences(self._published))
        cases: list[Row] = list(self._case_rows.items())
        cases += [(key, None) for key in self._withdrawn_cases if not self._is_known(key)]
        letters: list[Row] = [
            (f"{self._topic}/{self.number}/{offset}".encode(), record)
            for offset, (_, record) in sorted(self._letters.items())
        ]
        return Flush(tallies, cases, letters, [reason for reason, _ in self._letters.values()])

    def _is_known(self, key: bytes) -> bool:
        return key in self._cases or self._store.case(key) is not None

    def _differences(self, published: Mapping[bytes, bytes]) -> Iterator[Row]:
        own: set[bytes] = set()
        for key, cell in self._all_cells():
            raw_key, value = tally_key(key), tally_value(key, cell)
            if value is not None:
                own.add(raw_key)
                if published.get(raw_key) != value:
                    yield raw_key, value
        yield from ((key, None) for key in published if key not in own)

    def _all_cells(self) -> Iterator[tuple[CellKey, Cell]]:
        yield from self._cells.items()
        for key, cell in self._store.cells():
            if key not in self._cells:
                yield key, cell

    def committed(self) -> None:
        """The flush is committed: what it said stands."""
        self._in_flight.clear()
        self._case_rows.clear()
        self._unpublished_cells.clear()
        self._published = None
        self._withdrawn_cases = []
        self._settled_letters += self._letters
        self._letters.clear()

    def not_committed(self) -> None:
        """The flush was not committed: its cases are evaluated again, at the instant of the next."""
        self._dirty |= self._in_flight
        self._in_flight.clear()

    def rewind(self, as_of: int) -> None:
        """Forget an instant that no flush could be committed at."""
        self.as_of = as_of

    def checkpoint(self) -> None:
        """Write all that changed, with the position, in one batch; then drop from memory what is on disk."""
        batch = Batch()
        unevaluated = self._dirty | self._in_flight
        for key in self._cases:
            case = self._load(key)
            batch.put_case(key, _stored(case))
        for key in unevaluated:
            batch.put_due(key, UNEVALUATED)
        for key in self._changed_due - unevaluated:
            at = self._due.get(key)
            if at is None:
                batch.delete_due(key)
            else:
                batch.put_due(key, at)
        for cell_key in self._changed_cells:
            batch.put_cell(cell_key, self._cells[cell_key])
        for offset, (reason, record) in self._letters.items():
            batch.put_letter(offset, reason, record)
        for offset in self._settled_letters:
            batch.delete_letter(offset)
        rules = self._rules
        batch.put_meta(
            Meta(self.log, self.position, self.as_of, rules.code, rules.reference, rules.reference_files)
        )
        self._store.write(batch)
        self._changed_due = set(unevaluated)
        self._changed_cells.clear()
        self._settled_letters.clear()
        self._cases.clear()
        self._cells.clear()
        self.fresh_facts = 0


def _known_at(known: Known | int) -> int:
    if isinstance(known, int):
        return known
    assert known.known_at is not None
    return known.known_at


def _order(known: Known | int) -> tuple[int, bool]:
    """See `services.provenance.order`; a fact that the store has as an instant alone is no history."""
    return (known, False) if isinstance(known, int) else order(known)


def _kept(stored: StoredCase) -> dict[bytes, Known | int]:
    """The facts of a case row; those that came as history are decoded at once, there are few."""
    facts: dict[bytes, Known | int] = dict(stored.facts)
    for place in stored.history:
        raw, known_at = stored.facts[place]
        facts[raw] = Backfilled(decode_fact(raw), known_at)
    return facts


def _decoded(facts: dict[bytes, Known | int]) -> list[Known]:
    """All facts of a case; those from the store are decoded in place."""
    for raw, known in facts.items():
        if isinstance(known, int):
            facts[raw] = Known(decode_fact(raw), known)
    return [known for known in facts.values() if isinstance(known, Known)]


def _stored(case: _Case) -> StoredCase:
    return StoredCase(
        [(raw, _known_at(known)) for raw, known in case.facts.items()],
        [(*point, n) for point, n in case.contributions.items()],
        case.position,
        case.revisions,
        case.conflicts,
        [place for place, known in enumerate(case.facts.values()) if isinstance(known, Backfilled)],
    )
