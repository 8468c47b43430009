import io
from pathlib import Path

import pytest
from egovhub.bounded import unpacked
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.xes import events

LOG = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://x/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="no event"/></global>
  <string key="of the log" value="left out"/>
  <trace>
    <string key="concept:name" value="case 1"><string key="inner" value="left out"/></string>
    <event><string key="concept:name" value="Nộp hồ sơ"/>
      <date key="time:timestamp" value="2026-11-03T08:00:00+07:00"/></event>
    <event><int key="cost" value="7"/><list key="l"><values><int key="x" value="1"/></values></list></event>
  </trace>
  <trace><string key="concept:name" value="case 2"/><event/></trace>
</log>
"""


class Trickle(io.BytesIO):
    """Gives a few bytes at a time."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(7)


def read(text: str | bytes, stream: type[io.BytesIO] = io.BytesIO) -> list[Payload]:
    return list(events(stream(text.encode() if isinstance(text, str) else text), "f"))


@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
def test_an_event_has_its_own_attributes_and_those_of_its_trace(stream: type[io.BytesIO]) -> None:
    first, second, third = read(LOG, stream)
    assert first.value == {
        "case:concept:name": "case 1",
        "concept:name": "Nộp hồ sơ",
        "time:timestamp": "2026-11-03T08:00:00+07:00",
    }
    assert second.value == {"case:concept:name": "case 1", "cost": "7"}
    assert third.value == {"case:concept:name": "case 2"}
    assert [each.ticket for each in (first, second, third)] == ["f:1", "f:2", "f:3"]


@pytest.mark.parametrize("stream", [io.BytesIO, Trickle])
def test_an_event_keeps_the_bytes_it_was_written_with(stream: type[io.BytesIO]) -> None:
    first, _second, third = read(LOG, stream)
    start = LOG.index("<event>")
    assert first.body.decode() == LOG[start : LOG.index("</event>") + len("</event>")]
    assert third.body == b"<event/>"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!DOCTYPE log><log/>", "forbidden-markup"),
        ("<log><trace>", "not-xml"),
        (LOG.partition("?>")[2].strip().encode("utf-16"), "bad-text"),
        (LOG.partition("?>")[2].strip().encode("utf-16-be"), "bad-text"),
        ("no log", "not-xml"),
        ("<log>" + "<a>" * 40, "too-deep"),
        ("<log><trace><event>" + "<string key='x' value='" + "y" * 2_000_000, "oversized"),
    ],
)
def test_what_is_no_log_is_refused(text: str | bytes, reason: str) -> None:
    with pytest.raises(RejectedInput) as refused:
        read(text)
    assert refused.value.reason == reason


def test_events_before_a_broken_one_are_given() -> None:
    broken = events(Trickle(LOG[: LOG.index("case 2")].encode()))
    given = [next(broken), next(broken)]
    assert given[1].value["cost"] == "7"
    with pytest.raises(RejectedInput):
        next(broken)


def test_a_real_log_is_read_whole(shared_data: Path) -> None:
    with (shared_data / "BPIC15_1.xes.gz").open("rb") as stream:
        cases = set()
        number = 0
        for event in events(unpacked(stream)):
            number += 1
            cases.add(event.value["case:concept:name"])
    assert (len(cases), number) == (1_199, 52_217)
