"""What a worker keeps of one partition on disk: a RocksDB, written back at checkpoints.

It is a cache of the log: it can be deleted at any moment and comes back the same. It names the log and the
position it rests on, written in one batch with everything else, so that no part of it is newer than another.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from rocksdict import DBCompressionType, Options, Rdict, WriteBatch

from services.domain.cells import Cell, CellKey
from services.domain.periods import Grain
from services.rows import LogIdentity

FORMAT: Final = 3
"""Layout of the rows below; another number rebuilds."""

_META: Final = b"m"
_CASE: Final = b"c"
_CELL: Final = b"t"
_DUE: Final = b"d"
_LETTER: Final = b"l"

_GRAINS: Final = tuple(Grain)
_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder().decode


class Meta(NamedTuple):
    """What the state rests on: the log, the offset of the next fact, and who judged it."""

    log: LogIdentity
    position: int
    as_of: int
    code: str
    reference: str
    reference_files: Mapping[str, str]
    """Digest of each file of the reference data."""


class StoredCase(NamedTuple):
    """A case row: its facts as they came, and what it adds to the cells, as counted there.

    `history` has the places of the facts whose earliest record came by a backfill.
    """

    facts: list[tuple[bytes, int]]
    contributions: list[tuple[str, str, int, str, int]]
    position: int
    revisions: int
    conflicts: int
    history: list[int]


class Batch:
    """Writes that take effect together."""

    def __init__(self) -> None:
        self._batch = WriteBatch(raw_mode=True)

    def put_meta(self, meta: Meta) -> None:
        """What all the other rows rest on."""
        self._batch.put(_META, _encode((FORMAT, *meta.log, *meta[1:])))

    def put_case(self, key: bytes, case: StoredCase) -> None:
        """A case row."""
        self._batch.put(_CASE + key, _encode(case))

    def put_due(self, key: bytes, at: int) -> None:
        """An entry of the due index: the case changes at this instant; 0: it has yet to be evaluated."""
        self._batch.put(_DUE + key, at.to_bytes(8, "big"))

    def delete_due(self, key: bytes) -> None:
        """Only a new fact can change the case."""
        self._batch.delete(_DUE + key)

    def put_cell(self, key: CellKey, cell: Cell) -> None:
        """A cell; one without counters is no cell."""
        raw = _CELL + _encode((key.unit, key.procedure, _GRAINS.index(key.grain), key.month))
        if cell:
            self._batch.put(raw, _encode(cell))
        else:
            self._batch.delete(raw)

    def put_letter(self, offset: int, reason: str, record: bytes) -> None:
        """A dead letter that no committed flush holds yet."""
        self._batch.put(_LETTER + offset.to_bytes(8, "big"), _encode((reason, record)))

    def delete_letter(self, offset: int) -> None:
        """The letter's flush is committed."""
        self._batch.delete(_LETTER + offset.to_bytes(8, "big"))

    @property
    def raw(self) -> WriteBatch:
        """For the store."""
        return self._batch


class Store:
    """The state of one partition in one folder; another process that has it open is an error.

    Args:
        path: of the folder; made if missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = _open(path)

    def close(self) -> None:
        """Release the folder."""
        self._db.close()

    def wipe(self) -> None:
        """Forget everything: the state rests on another log, or on none."""
        self._db.close()
        shutil.rmtree(self.path)
        self._db = _open(self.path)

    def write(self, batch: Batch) -> None:
        """Make the batch durable, all of it or nothing."""
        self._db.write(batch.raw)

    def meta(self) -> Meta | None:
        """What the state rests on; None if it is new, or of another format."""
        row = self._get(_META)
        if row is None or row[0] != FORMAT:
            return None
        return Meta(LogIdentity(row[1], row[2]), *row[3:])

    def case(self, key: bytes) -> StoredCase | None:
        """The row of a case."""
        row = self._get(_CASE + key)
        return None if row is None else StoredCase(*row)

    def case_keys(self) -> Iterator[bytes]:
        """The keys of all cases."""
        return (key[1:] for key, _ in self._scan(_CASE))

    def cell(self, key: CellKey) -> Cell | None:
        """A cell."""
        cell: Cell | None = self._get(
            _CELL + _encode((key.unit, key.procedure, _GRAINS.index(key.grain), key.month))
        )
        return cell

    def cells(self) -> Iterator[tuple[CellKey, Cell]]:
        """All cells."""
        for key, value in self._scan(_CELL):
            unit, procedure, grain, month = _decode(key[1:])
            yield CellKey(unit, procedure, _GRAINS[grain], month), _decode(value)

    def due(self) -> Iterator[tuple[bytes, int]]:
        """The due index: case key and the instant at which it changes."""
        return ((key[1:], int.from_bytes(value, "big")) for key, value in self._scan(_DUE))

    def letters(self) -> Iterator[tuple[int, str, bytes]]:
        """Offset, reason and record of the dead letters that no committed flush holds yet."""
        for key, value in self._scan(_LETTER):
            reason, record = _decode(value)
            yield int.from_bytes(key[1:], "big"), reason, record

    def _get(self, key: bytes) -> Any:
        value = self._db.get(key)
        return None if value is None else _decode(value)

    def _scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        rows = self._db.iter()
        rows.seek(prefix)
        while rows.valid():
            key = rows.key()
            if key[:1] != prefix:
                return
            yield key, rows.value()
            rows.next()


def _open(path: Path) -> Rdict:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.set_write_buffer_size(32 << 20)
    options.set_max_write_buffer_number(2)
    options.set_compression_type(DBCompressionType.lz4())
    options.set_keep_log_file_num(2)
    options.increase_parallelism(1)
    return Rdict(str(path), options=options)
