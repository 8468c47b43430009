"""The store of one partition: what a batch wrote is there after a reopening, all of it or nothing."""

from pathlib import Path

import pytest

from services.domain.cells import CellKey
from services.domain.periods import Grain
from services.state import FORMAT, Batch, Meta, Store, StoredCase
from tests.unit.services.partition_build import LOG, OTHER_LOG

META = Meta(LOG, 7, 1_700_000_000_000, "code", "reference", {"calendar.toml": "5e2d", "zone": "0c41"})
CASE = StoredCase([(b"\0\xff", 5)], [("u", "p", 24_300, "open.late", -1)], 7, 1, 2, [0])
CELL = CellKey("Phường Thành Đông", "1.001193", Grain.QUARTER, 24_300)


def written(path: Path, batch: Batch) -> Store:
    store = Store(path)
    store.write(batch)
    store.close()
    return Store(path)


def test_every_kind_of_row_comes_back_after_a_reopening(tmp_path: Path) -> None:
    batch = Batch()
    batch.put_meta(META)
    batch.put_case(b"onestop:1", CASE)
    batch.put_case(b"onestop:2", CASE)
    batch.put_cell(CELL, {"open.paused": -3, "received": 5})
    batch.put_due(b"onestop:1", 1_700_000_000_123)
    batch.put_due(b"onestop:2", 0)
    batch.put_letter(3, "bad-magic", b"letter")
    store = written(tmp_path / "deep" / "state", batch)
    assert store.meta() == META
    case = store.case(b"onestop:1")
    assert case is not None
    assert [tuple(row) for row in case.facts] == CASE.facts
    assert [tuple(row) for row in case.contributions] == CASE.contributions
    assert (case.position, case.revisions, case.conflicts) == (7, 1, 2)
    assert list(store.case_keys()) == [b"onestop:1", b"onestop:2"]
    assert store.cell(CELL) == {"open.paused": -3, "received": 5}
    assert list(store.cells()) == [(CELL, {"open.paused": -3, "received": 5})]
    assert dict(store.due()) == {b"onestop:1": 1_700_000_000_123, b"onestop:2": 0}
    assert list(store.letters()) == [(3, "bad-magic", b"letter")]


def test_a_new_store_is_empty(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    assert (store.meta(), store.case(b"onestop:1"), store.cell(CELL)) == (None, None, None)
    assert [*store.case_keys(), *store.cells(), *store.due(), *store.letters()] == []


def test_a_cell_without_counters_is_no_cell(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    for counts in ({"received": 1}, {}):
        batch = Batch()
        batch.put_cell(CELL, counts)
        store.write(batch)
    assert list(store.cells()) == []


def test_what_is_settled_is_deleted(tmp_path: Path) -> None:
    batch = Batch()
    batch.put_due(b"onestop:1", 5)
    batch.put_letter(3, "bad-magic", b"letter")
    store = written(tmp_path / "state", batch)
    batch = Batch()
    batch.delete_due(b"onestop:1")
    batch.delete_letter(3)
    store.write(batch)
    assert [*store.due(), *store.letters()] == []


def test_letters_come_in_the_order_of_their_offsets(tmp_path: Path) -> None:
    batch = Batch()
    offsets = [1, 255, 256, 65_536, 2**40]
    for offset in reversed(offsets):
        batch.put_letter(offset, "empty", b"")
    assert [offset for offset, _, _ in written(tmp_path / "state", batch).letters()] == offsets


@pytest.mark.parametrize("key", [b"m", b"c", b"\0", b"onestop:\xff"])
def test_no_key_of_a_case_hides_another_kind_of_row(tmp_path: Path, key: bytes) -> None:
    batch = Batch()
    batch.put_meta(META)
    batch.put_case(key, CASE)
    batch.put_due(key, 9)
    store = written(tmp_path / "state", batch)
    assert store.meta() == META
    assert list(store.case_keys()) == [key]
    assert list(store.due()) == [(key, 9)]


def test_state_of_another_format_says_nothing_of_what_it_rests_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch()
    batch.put_meta(META)
    monkeypatch.setattr("services.state.FORMAT", FORMAT + 1)
    assert written(tmp_path / "state", batch).meta() is None


def test_wiping_leaves_a_new_store(tmp_path: Path) -> None:
    batch = Batch()
    batch.put_meta(META)
    batch.put_case(b"onestop:1", CASE)
    store = written(tmp_path / "state", batch)
    store.wipe()
    assert store.meta() is None
    assert list(store.case_keys()) == []
    batch = Batch()
    batch.put_meta(META._replace(log=OTHER_LOG))
    store.write(batch)
    assert store.meta() == META._replace(log=OTHER_LOG)
