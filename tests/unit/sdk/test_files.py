import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from egovhub.connector import Batch
from egovhub.errors import ConfigurationError
from egovhub.files import FilePosition, FilesFeed

from tests.unit.sdk.draw import HEAD, NOW, RECEIVED, STEP, feed, identities, log_file, mapping, read, row

ROWS = [row("1", 1), row("2", 2), row("1", 3), "3,never,u,never,t4", row("3", 5), row("2", 6), row("4", 7)]


def taken(batches: Iterator[Batch], count: int) -> list[Batch]:
    return [batch for batch, _ in zip(batches, range(count), strict=False)]


def test_a_file_becomes_facts_and_rejections_in_batches(tmp_path: Path) -> None:
    batches = list(feed(tmp_path, log_file(tmp_path, ROWS), batch_rows=3).read(None))
    assert [batch.read for batch in batches] == [3, 3, 1]
    assert [len(batch.facts) for batch in batches] == [5, 3, 2]
    assert [[str(each) for each in batch.rejected] for batch in batches] == [
        [],
        ["5: bad-value: RECEIVED.occurred_at, column start is not an instant in a format of the mapping"],
        [],
    ]
    assert batches[-1].done == 1.0


def test_the_part_done_grows_with_the_file(tmp_path: Path) -> None:
    many = [row(str(number), number % 60) for number in range(5_000)]
    done = [
        batch.done or 0 for batch in feed(tmp_path, log_file(tmp_path, many), batch_rows=1_000).read(None)
    ]
    assert done == sorted(done)
    assert 0 < done[0] < 0.5


@pytest.mark.parametrize("stop_after", range(1, len(ROWS) + 1))
def test_read_on_from_any_row_it_gives_the_rest_and_nothing_twice(tmp_path: Path, stop_after: int) -> None:
    file = log_file(tmp_path, ROWS)
    whole, all_rejected = read(feed(tmp_path, file))
    first = taken(feed(tmp_path, file, batch_rows=1).read(None), stop_after)
    before = [fact for batch in first for fact in batch.facts]
    after, rejected = read(feed(tmp_path, file), first[-1].position)
    assert before + after == whole
    assert [each for batch in first for each in batch.rejected] + rejected == all_rejected


def test_gzip_is_read_and_read_on_like_the_plain_file(tmp_path: Path) -> None:
    plain = log_file(tmp_path, ROWS)
    packed = tmp_path / "log.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read(feed(tmp_path, packed)) == read(feed(tmp_path, plain))
    position = taken(feed(tmp_path, packed, batch_rows=2).read(None), 1)[-1].position
    assert read(feed(tmp_path, packed), position) == read(feed(tmp_path, plain), position)


def test_a_file_that_has_grown_goes_on(tmp_path: Path) -> None:
    source = feed(tmp_path, log_file(tmp_path, ROWS[:3]))
    *_, last = source.read(None)
    facts, _ = read(feed(tmp_path, log_file(tmp_path, ROWS)), last.position)
    assert [(fact.case_id, fact.kind.name) for fact in facts] == [
        ("log:3", "RECEIVED"), ("log:3", "STEP"), ("log:2", "STEP"), ("log:4", "RECEIVED"), ("log:4", "STEP"),
    ]  # fmt: skip


def test_a_last_row_that_later_gets_its_line_feed_is_the_same_row(tmp_path: Path) -> None:
    file = log_file(tmp_path, ROWS[:2])
    whole = file.read_bytes()
    file.write_bytes(whole.rstrip(b"\n"))
    *_, last = feed(tmp_path, file).read(None)
    file.write_bytes(whole + ROWS[2].encode() + b"\n")
    assert len(read(feed(tmp_path, file), last.position)[0]) == 1


@pytest.mark.parametrize(
    "changed",
    [[row("9", 1), *ROWS[1:]], ROWS[:2], [], [ROWS[1], ROWS[0], *ROWS[2:]], [ROWS[0] + "0", *ROWS[1:]]],
)
def test_a_file_that_has_changed_before_the_position_is_an_error_with_a_remedy(
    tmp_path: Path, changed: list[str]
) -> None:
    position = taken(feed(tmp_path, log_file(tmp_path, ROWS), batch_rows=3).read(None), 1)[-1].position
    with pytest.raises(
        ConfigurationError, match=r"log\.csv: not the file that was read up to line 4.*--from-start"
    ):
        read(feed(tmp_path, log_file(tmp_path, changed)), position)


def test_a_position_of_another_feed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not of a file; choose another --name"):
        read(feed(tmp_path, log_file(tmp_path, ROWS)), '{"page": 3}')


def test_a_position_is_text_and_comes_back() -> None:
    position = FilePosition(7, "ab")
    assert FilePosition.from_text(position.to_text()) == position


def test_a_growing_file_is_read_as_far_as_its_rows_are_written(tmp_path: Path) -> None:
    file = log_file(tmp_path, ROWS[:1])
    source = FilesFeed(mapping(tmp_path, HEAD + RECEIVED + STEP), file, lambda: NOW, growing=True)
    (first,) = source.read(None)
    with file.open("a") as writer:
        writer.write(ROWS[1][:20])
        writer.flush()
        assert list(source.read(first.position)) == []
        writer.write(ROWS[1][20:] + "\n")
    (second,) = source.read(first.position)
    assert {fact.case_id for fact in second.facts} == {"log:2"}


def test_a_file_that_did_not_change_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = feed(tmp_path, log_file(tmp_path, ROWS))
    *_, last = source.read(None)
    monkeypatch.setattr("egovhub.files.Rows", None)
    assert list(source.read(last.position)) == []


def test_a_damaged_gzip_gives_what_it_holds_and_then_an_error(tmp_path: Path) -> None:
    many = [row(str(number), number % 60) for number in range(3_000)]
    packed = tmp_path / "log.gz"
    whole = gzip.compress(log_file(tmp_path, many).read_bytes())
    packed.write_bytes(whole[: len(whole) // 2])
    batches = feed(tmp_path, packed, batch_rows=100).read(None)
    assert len(next(batches).facts) == 200
    with pytest.raises(ConfigurationError, match=r"log\.gz: cannot be read further.*fetch the file again"):
        list(batches)


@pytest.mark.parametrize(
    ("name", "why"), [("nope.csv", "No such file or directory"), (".", "Is a directory")]
)
def test_an_input_that_cannot_be_opened_is_named(tmp_path: Path, name: str, why: str) -> None:
    path = tmp_path / name
    with pytest.raises(ConfigurationError, match=f"{path}: {why}; name a readable file"):
        read(feed(tmp_path, path))


def test_two_readings_of_a_file_give_the_same_identities(tmp_path: Path) -> None:
    file = log_file(tmp_path, ROWS)
    assert identities(read(feed(tmp_path, file))[0]) == identities(
        read(feed(tmp_path, file, batch_rows=1))[0]
    )
