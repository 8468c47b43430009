"""The consumer that others copy reads what the stage commits, and nothing else."""

import asyncio
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from queue import Queue
from threading import Thread

import pytest
from egovhub.codec import encode
from egovhub.errors import RetryLater

from services.settings import Settings
from services.stage_figures import IndicatorRows, Record
from services.stage_tallies import Tallies
from services.transactions import TransactionalPublisher
from tests.unit.domain.build import at
from tests.unit.services.stage_build import RULES, Cells, marker, rows_of

NOVEMBER = at("Tue 2026-11-24 09:00")


class Publications:
    """What a stage publishes after each flush of a hub with one partition."""

    def __init__(self) -> None:
        self._tallies = Tallies(1)
        self._figures = IndicatorRows(RULES)

    def after(self, cells: Cells) -> list[Record]:
        for key, value in [*rows_of(cells), marker(0)]:
            self._figures.add(self._tallies.take(0, key, value, 0))
        return [*self._figures.publication(NOVEMBER, self._tallies.cut), stage_marker()]


def stage_marker() -> Record:
    fields: Mapping[str, object] = {
        "as_of": 0,
        "code": "c",
        "reference": "r",
        "reference_files": {},
        "cut": [],
    }
    return b'"marker"', encode("stage-marker", fields)


@contextmanager
def following(settings: Settings) -> Iterator["Queue[str]"]:
    """Lines that the consumer prints, run as its README says."""
    topic = settings.topic("hub.indicators")
    command = [sys.executable, "-m", "services.follow_indicators", settings.kafka_bootstrap, topic]
    lines: Queue[str] = Queue()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        stdout = process.stdout
        reader = Thread(target=lambda: deque(map(lines.put, map(str.rstrip, stdout)), maxlen=0))
        reader.start()
        try:
            yield lines
        finally:
            process.terminate()
            reader.join()


def next_lines(lines: "Queue[str]", number: int) -> set[str]:
    return {lines.get(timeout=30) for _ in range(number)}


def refuse(_: int) -> None:
    raise RetryLater("this transaction is aborted")


def test_lines_follow_what_is_committed(settings: Settings, topics: None) -> None:
    stage = Publications()
    ours = settings.topic("hub.indicators")

    async def publish(*publications: list[Record]) -> None:
        publisher = TransactionalPublisher(settings.kafka_options(), settings.transactional_id("hub-stage"))
        await publisher.start()
        for records in publications:
            await publisher.publish([(ours, 0, records)])
        await publisher.stop()

    first = stage.after(
        {("w1", "p", "2026-11"): {"ended.on_time": 3}, ("x", "q", "2026-11"): {"open.no_deadline": 2}}
    )
    second = stage.after({("x", "q", "2026-11"): {}})
    with following(settings) as lines:
        asyncio.run(publish(first))
        seen = next_lines(lines, len(first) - 1)
        assert "2.1 w1 p 2026-11 national-portal@1 as-was: share 3/3" in seen
        assert "2.1 w1 all 2026 by-day@1 as-now: share 3/3" in seen
        assert "2.1 x q 2026-Q4 national-portal@1 as-was: no data, 2 cases" in seen
        assert "766 w1 all 2026 national-portal@1 as-was: points 3000/3000" in seen
        asyncio.run(publish(second))
        seen = next_lines(lines, len(second) - 1)
        assert "2.1 x q 2026-Q4 national-portal@1 as-was: withdrawn" in seen
    assert lines.empty()


def test_what_is_not_committed_is_not_followed(settings: Settings, topics: None) -> None:
    stage = Publications()
    tallies = settings.topic("hub.tallies")

    async def publish() -> None:
        publisher = TransactionalPublisher(settings.kafka_options(), settings.transactional_id("hub-stage"))
        await publisher.start()
        ours = settings.topic("hub.indicators")
        lost = Publications().after({("lost", "p", "2026-11"): {"ended.late": 1}})
        with pytest.raises(RetryLater):
            await publisher.publish([(ours, 0, lost), (tallies, 0, [marker(0)])], refuse)
        await publisher.publish([(ours, 0, committed)])
        await publisher.stop()

    committed = stage.after({("w1", "p", "2026-11"): {"ended.late": 1}})
    with following(settings) as lines:
        asyncio.run(publish())
        seen = next_lines(lines, len(committed) - 1)
    assert not any("lost" in line for line in seen)
    assert "2.1 city p 2026-Q4 national-portal@1 as-was: share 0/1" in seen
