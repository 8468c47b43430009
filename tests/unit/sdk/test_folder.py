import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from egovhub.connector import Context, Page, Payload
from egovhub.errors import ConfigurationError
from egovhub.folder import Folder, FolderSource

from tests.simulators.dropper import Dropper

NOW = 1_900_000_000_000


def source(folder: Path, **settings: Any) -> FolderSource:
    return Folder(path=folder, **settings).open(Context(lambda: NOW, Event(), once=True))


def payloads(pages: Sequence[Page]) -> list[Payload]:
    return [payload for page in pages for payload in page.payloads]


def finish(read: FolderSource, page: Page, *refused: str) -> None:
    """Store a page, as the runner does, with some of its payloads refused."""
    read.acknowledge(json.dumps(json.loads(page.position) | {"refused": list(refused)}))


def test_files_are_read_in_the_order_of_their_names_and_put_away_once_stored(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    for name in ("b.xml", "a.xml"):
        dropper.drop(name, f"<{name[0]}/>")
    read = source(tmp_path)
    (page,) = read.read(None)
    assert [payload.body for payload in page.payloads] == [b"<a/>", b"<b/>"]
    assert dropper.names(".work") == ["a.xml", "b.xml"]
    finish(read, page)
    assert dropper.names("done") == ["a.xml", "b.xml"]
    assert dropper.names(".work") == []


def test_a_refused_file_goes_to_the_rejected_ones(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    dropper.drop("a.xml", "<a/>")
    dropper.drop("b.xml", "broken")
    read = source(tmp_path)
    (page,) = read.read(None)
    finish(read, page, page.payloads[1].ticket)
    assert (dropper.names("done"), dropper.names("rejected")) == (["a.xml"], ["b.xml"])


def test_what_was_not_stored_is_read_again_by_the_next_process(tmp_path: Path) -> None:
    Dropper(tmp_path).drop("a.xml", "<a/>")
    first = source(tmp_path)
    (before,) = first.read(None)
    first.close()
    Dropper(tmp_path).drop("b.xml", "<b/>")
    (after,) = source(tmp_path).read(None)
    assert payloads([after])[0] == payloads([before])[0]
    assert len(after.payloads) == 2


def test_what_was_stored_and_not_put_away_is_not_read_again(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    dropper.drop("a.xml", "<a/>")
    first = source(tmp_path)
    (page,) = first.read(None)
    first.close()
    assert list(source(tmp_path).read(page.position)) == []
    assert dropper.names("done") == ["a.xml"]


def test_a_file_of_the_same_name_is_another_file(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    read = source(tmp_path)
    for body in ("<a/>", "<b/>"):
        dropper.drop("a.xml", body)
        for page in read.read(None):
            assert [payload.body for payload in page.payloads] == [body.encode()]
            finish(read, page)
    assert dropper.names("done") == ["a.xml", "a.xml"]


def test_a_file_that_is_still_written_is_left_alone(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    waiting = dropper.begin("a.xml", b"<a")
    (tmp_path / "b.xml.tmp").write_bytes(b"<b")
    read = source(tmp_path)
    assert list(read.read(None)) == []
    dropper.begin("a.xml", b"/>")
    dropper.finish(waiting, "a.xml")
    assert [payload.body for payload in payloads(list(read.read(None)))] == [b"<a/>"]


def test_a_fresh_file_may_be_given_time(tmp_path: Path) -> None:
    file = Dropper(tmp_path).drop("a.xml", "<a/>")
    changed_at = int(file.stat().st_mtime * 1000)
    for age, given in ((4_000, 0), (6_000, 1)):
        context = Context(lambda age=age: changed_at + age, Event(), once=True)  # type: ignore[misc]
        read = Folder(path=tmp_path, settle_seconds=5).open(context)
        assert len(payloads(list(read.read(None)))) == given
        read.close()


def test_only_files_of_the_patterns_are_taken(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    for name in ("a.json", "b.txt", "c.json.gz"):
        dropper.drop(name, "{}", packed=name.endswith("gz"))
    found = payloads(list(source(tmp_path, patterns=("*.json", "*.json.gz"), format="json").read(None)))
    assert [payload.body for payload in found] == [b"{}", b"{}"]
    assert (tmp_path / "b.txt").exists()


def test_elements_of_a_json_file_come_with_what_stands_around_them(tmp_path: Path) -> None:
    Dropper(tmp_path).drop("a.json", '{"service": "S", "data": [{"a": 1}, {"a": NaN}, {"a": 2}]}')
    first, broken, last = payloads(list(source(tmp_path, format="json", items="data").read(None)))
    assert (first.json(), first.context) == ({"a": 1}, {"service": "S"})
    assert broken.refused
    assert broken.body == b'{"a": NaN}'
    assert last.json() == {"a": 2}


def test_a_json_file_without_an_array_is_one_payload_and_an_array_is_its_elements(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    dropper.drop("a.json", '{"a": 1}')
    dropper.drop("b.json", "[1, 2]")
    assert [each.json() for each in payloads(list(source(tmp_path, format="json").read(None)))] == [
        {"a": 1},
        1,
        2,
    ]


def test_lines_of_ndjson_are_payloads_and_an_endless_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egovhub.folder_formats.LONGEST_LINE", 20)
    Dropper(tmp_path).drop("a.ndjson", '{"a":1}\n\n' + "x" * 50 + '\n{"a":2}')
    first, endless, last = payloads(list(source(tmp_path, format="ndjson").read(None)))
    assert (first.json(), last.json()) == ({"a": 1}, {"a": 2})
    assert endless.refused
    assert endless.refused.reason == "oversized"
    assert endless.place.endswith("line 3")  # type: ignore[union-attr]


def test_rows_of_csv_are_payloads_with_their_bytes(tmp_path: Path) -> None:
    Dropper(tmp_path).drop("a.csv", 'a,b\n1,"x\ny"\n2\n3,z\n')
    first, broken, last = payloads(list(source(tmp_path, format="csv").read(None)))
    assert (first.json(), first.body) == ({"a": "1", "b": "x\ny"}, b'1,"x\ny"')
    assert broken.refused
    assert broken.refused.reason == "bad-row"
    assert broken.body == b"2"
    assert last.json() == {"a": "3", "b": "z"}


@pytest.mark.parametrize(
    ("name", "body", "settings", "reason"),
    [
        ("a.csv", b"", {"format": "csv"}, "bad-row"),
        ("a.xes", b"<log>", {"format": "xes"}, "not-xml"),
        ("a.json", b"<html>", {"format": "json", "items": "data"}, "not-json"),
        ("a.json", b'{"rows": []}', {"format": "json", "items": "data"}, "missing-value"),
        ("a.xml", bytes(100), {"largest_file": 99}, "oversized"),
        ("a.xml", bytes(100), {"largest_document": 99}, "oversized"),
        ("a.xml", gzip.compress(bytes(50_000_000)), {}, "expands-too-far"),
        ("a.xml", gzip.compress(b"text")[:-3], {}, "bad-text"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_refused_payload(
    tmp_path: Path, name: str, body: bytes, settings: dict[str, Any], reason: str
) -> None:
    dropper = Dropper(tmp_path)
    dropper.drop(name, body)
    read = source(tmp_path, **settings)
    (page,) = read.read(None)
    (payload,) = page.payloads
    assert payload.refused
    assert payload.refused.reason == reason
    assert payload.body == body
    finish(read, page, payload.ticket)
    assert dropper.names("rejected") == [name]


@pytest.mark.parametrize("stop_after", range(1, 6))
def test_a_long_file_is_read_on_behind_the_stored_position(tmp_path: Path, stop_after: int) -> None:
    dropper = Dropper(tmp_path)
    dropper.drop("a.csv", "n\n" + "".join(f"{number}\n" for number in range(10)))
    dropper.drop("b.csv", "n\n10\n")
    read = source(tmp_path, format="csv", batch_payloads=2)
    before = [page for page, _ in zip(read.read(None), range(stop_after), strict=False)]
    for page in before:
        finish(read, page)
    read.close()
    after = list(source(tmp_path, format="csv", batch_payloads=2).read(before[-1].position))
    assert [payload.json()["n"] for payload in payloads([*before, *after])] == [str(n) for n in range(11)]


def test_a_page_is_bounded_in_bytes(tmp_path: Path) -> None:
    dropper = Dropper(tmp_path)
    for number in range(6):
        dropper.drop(f"{number}.bin", bytes(100))
    assert [len(page.payloads) for page in source(tmp_path, batch_bytes=200).read(None)] == [2, 2, 2]


def test_a_second_connector_on_a_folder_is_sent_away_until_the_first_has_ended(tmp_path: Path) -> None:
    first = source(tmp_path)
    with pytest.raises(ConfigurationError, match="is read by another connector; stop it"):
        source(tmp_path)
    first.close()
    source(tmp_path).close()


def test_neither_a_position_nor_a_place_says_the_name_of_a_file(tmp_path: Path) -> None:
    Dropper(tmp_path).drop("Nguyễn Văn An 031099001234.csv", "a\n1\nx,y\n")
    for page in source(tmp_path, format="csv").read(None):
        assert "031099001234" not in page.position
        assert all(
            "031099001234" not in f"{each.place} {each.identity} {each.ticket}" for each in page.payloads
        )


@pytest.mark.parametrize("path", [None, "nope"])
def test_a_folder_that_is_none_is_named_with_the_remedy(tmp_path: Path, path: str | None) -> None:
    with pytest.raises(ConfigurationError, match="is no folder; name one with --input"):
        source(tmp_path / path if path else None)  # type: ignore[arg-type]
