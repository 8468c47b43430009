"""What verify takes for one moment of a hub that goes on writing."""

from collections.abc import Iterator
from typing import Any

import pytest
from egovhub.codec import encode
from egovhub.errors import RetryLater

from services import verify
from services.domain.case import CaseState
from services.rows import MARKER_KEY, Marker, case_value
from services.rules import load_rules
from services.settings import Settings, load_settings

RULES = load_rules("Asia/Ho_Chi_Minh")


class Message:
    """A record as confluent-kafka hands it over."""

    def __init__(self, key: bytes, value: bytes | None, partition: int = 0) -> None:
        self._parts = (key, value, partition)

    def key(self) -> bytes:
        return self._parts[0]

    def value(self) -> bytes | None:
        return self._parts[1]

    def partition(self) -> int:
        return self._parts[2]


class Reader:
    """In the place of a `TopicReader`: what was written since."""

    messages: list[Message]

    def __init__(self, *_: Any, **__: Any) -> None:
        self.next_offsets = {0: 0}

    def read(self) -> Iterator[Message]:
        yield from self.messages

    def close(self) -> None: ...


def marker(position: int, as_of: int) -> Marker:
    return Marker("cluster", "topic", 0, position, as_of, "REAL", RULES.code, RULES.reference, 1)


def row(bucket: str, position: int, as_of: int) -> bytes:
    return case_value(CaseState("a:1", bucket=bucket), RULES, position=position, as_of=as_of)


def read_on(*messages: Message) -> tuple[dict[bytes, bytes], set[bytes]]:
    """Read on from a row, with a marker at position 5 and instant 100."""
    reader: Any = Reader()
    reader.messages = list(messages)
    cases = {b"a:1": row("in_time", 3, 90)}
    withdrawn = verify._read_on(reader, [cases], {0: marker(5, 100)})
    return cases, withdrawn


def test_rows_up_to_the_marker_stand_and_later_ones_do_not() -> None:
    on_time = row("overdue", 3, 100)
    later = [row("on_time", 6, 100), row("late", 4, 101)]
    cases, withdrawn = read_on(*(Message(b"a:1", value) for value in (on_time, *later)))
    assert cases == {b"a:1": on_time}
    assert withdrawn == set()


def test_a_tombstone_says_no_instant_and_leaves_its_key_undecided() -> None:
    cases, withdrawn = read_on(Message(b"a:1", None))
    assert cases == {b"a:1": row("in_time", 3, 90)}
    assert withdrawn == {b"a:1"}


@pytest.fixture
def settings() -> Settings:
    return load_settings()


def stage_rows(monkeypatch: pytest.MonkeyPatch, settings: Settings, *messages: Message) -> Any:
    monkeypatch.setattr(Reader, "messages", list(messages), raising=False)
    monkeypatch.setattr(verify, "TopicReader", Reader)
    return verify._stage_rows(settings)


def stage_marker(as_of: int) -> Message:
    cut = [{"partition": 0, "position": 1, "as_of": as_of, "flush": 1}]
    return Message(
        MARKER_KEY,
        encode(
            "stage-marker",
            {"as_of": as_of, "code": "c", "reference": f"r{as_of}", "reference_files": {}, "cut": cut},
        ),
    )


def test_rows_of_the_stage_count_once_their_marker_is_there(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    rows, cut, judges = stage_rows(
        monkeypatch,
        settings,
        Message(b"a", b"1"),
        Message(b"b", b"1"),
        stage_marker(10),
        Message(b"a", b"2"),
        Message(b"b", None),
        stage_marker(20),
        Message(b"a", b"3"),
        Message(b"c", b"3"),
    )
    assert rows == {b"a": b"2"}
    assert [entry.as_of for entry in cut] == [20]
    assert judges == ("c", "r20")


def test_without_a_marker_of_the_stage_there_is_nothing_to_compare(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    with pytest.raises(RetryLater, match="no marker yet; start a stage, or verify --without-stage"):
        stage_rows(monkeypatch, settings, Message(b"a", b"1"))
