"""The stage between real topics: flushes in, rows out, one publisher at a time."""

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from egovhub.codec import decode

from deploy.embedded import EmbeddedKafka
from services.domain.figures import AS_WAS
from services.domain.organisations import ALL
from services.domain.points import Thresholds
from services.metrics import StageMetrics
from services.rows import MARKER_KEY, LogIdentity
from services.rules import Rules
from services.settings import Settings
from services.stage import Stage
from services.topics import log_identity, recreate_topic
from services.transactions import TransactionalPublisher, read_back
from tests.unit.domain.build import at
from tests.unit.services.stage_build import RULES, Cells, marker, rows_of, threshold

PARTITIONS = 12
NOVEMBER, DECEMBER = at("Tue 2026-11-24 09:00"), at("Tue 2026-12-01 00:00")
LATE: Cells = {("w1", "p", "2026-11"): {"ended.late": 1}}
WAIT_SECONDS = 30


class Hub:
    """The workers' side of a hub with stages, and what stands in hub.indicators."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.client = settings.kafka_options()
        self.flushes = 0

    @property
    def log(self) -> LogIdentity:
        found = log_identity(self.settings, "facts")
        return LogIdentity(found.cluster_id, found.topic_id)

    async def flush(
        self,
        partition: int,
        cells: Cells,
        as_of: int = NOVEMBER,
        *,
        log: LogIdentity | None = None,
        rules: Rules = RULES,
    ) -> None:
        self.flushes += 1
        rests_on = marker(partition, as_of, flush=self.flushes, log=log or self.log, rules=rules)
        records = [*rows_of(cells), rests_on]
        publisher = TransactionalPublisher(
            self.client, self.settings.transactional_id(f"hub-worker-{partition}")
        )
        await publisher.start()
        await publisher.publish([(self.settings.topic("hub.tallies"), partition, records)])
        await publisher.stop()

    async def flush_all(self, as_of: int = NOVEMBER, *, but: int | None = None, rules: Rules = RULES) -> None:
        log = self.log
        for partition in range(PARTITIONS):
            if partition != but:
                await self.flush(partition, {}, as_of, log=log, rules=rules)

    async def rows(self) -> dict[bytes, bytes]:
        return await read_back(self.client, self.settings.topic("hub.indicators"), 0)

    async def figures(self) -> dict[tuple[str, ...], dict[str, Any]]:
        """Unit, procedure and period to the row of 2.1 under the first policy, as was."""
        rows = await self.rows()
        rows.pop(MARKER_KEY, None)
        found = {tuple(json.loads(key)): decode(value)[1] for key, value in rows.items()}
        wanted = ("2.1", RULES.policy.label, AS_WAS)
        return {key[1:4]: row for key, row in found.items() if (key[0], *key[4:]) == wanted}

    async def has(self, unit: str, period: str = "2026-11") -> bool:
        return (unit, ALL, period) in await self.figures()

    async def lacks(self, unit: str) -> bool:
        return not await self.has(unit)

    async def shows(self, numbers_of_w1: tuple[int, int]) -> bool:
        row = (await self.figures()).get(("w1", ALL, "2026-11"))
        return row is not None and numbers(row) == numbers_of_w1

    async def written(self) -> list[tuple[bytes, bytes | None]]:
        """Every committed record of hub.indicators, in its order."""
        partition = TopicPartition(self.settings.topic("hub.indicators"), 0)
        async with AIOKafkaConsumer(
            **self.client, auto_offset_reset="earliest", isolation_level="read_committed"
        ) as consumer:
            consumer.assign([partition])
            await consumer.seek_to_beginning(partition)
            got = await consumer.getmany(partition, timeout_ms=2000)
            return [(record.key, record.value) for record in got.get(partition, [])]

    def stage(
        self,
        *,
        is_active: Callable[[], bool] = lambda: True,
        metrics: StageMetrics | None = None,
        rules: Rules = RULES,
    ) -> Stage:
        metrics = metrics or new_metrics()
        return Stage(self.settings, rules, metrics, is_active=is_active, partitions=PARTITIONS)


def new_metrics() -> StageMetrics:
    return StageMetrics(RULES, PARTITIONS, "0", RULES.code)


@asynccontextmanager
async def running(*stages: Stage) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(stage.run()) for stage in stages]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError] * len(stages)


async def until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for another process's doing: there is no event to wait for."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not (await found if isinstance(found := holds(), Awaitable) else found):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def numbers(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["numerator"], row["denominator"]


@pytest.fixture
def hub(settings: Settings, topics: None) -> Hub:
    return Hub(settings)


def test_rows_appear_when_every_partition_has_a_marker(hub: Hub) -> None:
    async def scenario() -> None:
        stage = hub.stage()
        async with running(stage):
            await hub.flush(3, LATE)
            await hub.flush_all(but=3)
            await until(lambda: hub.has("w1"))
        figures = await hub.figures()
        assert numbers(figures["city", ALL, "2026-Q4"]) == (0, 1)
        row = figures["w1", "p", "2026-11"]
        assert [entry["partition"] for entry in row["cut"]] == list(range(PARTITIONS))
        assert row["as_of"] == NOVEMBER
        assert (await hub.written())[-1][0] == MARKER_KEY

    asyncio.run(scenario())


def test_nothing_is_published_while_a_partition_has_no_marker(hub: Hub) -> None:
    async def scenario() -> None:
        stage = hub.stage()
        async with running(stage):
            await hub.flush(3, LATE)
            await hub.flush_all(but=7)
            await until(lambda: stage.obstacle == "no marker yet in partitions 7")
            assert await hub.written() == []

    asyncio.run(scenario())


def test_a_second_flush_publishes_only_what_changed_and_a_tombstone_for_what_is_gone(hub: Hub) -> None:
    async def scenario() -> None:
        async with running(hub.stage()):
            await hub.flush(3, {**LATE, ("x", "q", "2026-11"): {"ended.late": 1}})
            await hub.flush_all(but=3)
            await until(lambda: hub.has("x"))
            before = len(await hub.written())
            await hub.flush(3, {("x", "q", "2026-11"): {}})
            await until(lambda: hub.lacks("x"))
        later = (await hub.written())[before:]
        units = {json.loads(key)[1] for key, _ in later if key != MARKER_KEY}
        assert units == {"x", ALL}
        assert {value for key, value in later if b'"x"' in key} == {None}
        assert numbers((await hub.figures())[ALL, ALL, "2026-11"]) == (0, 1)

    asyncio.run(scenario())


def test_a_stage_that_starts_again_publishes_a_marker_and_no_row(hub: Hub) -> None:
    async def scenario() -> None:
        await hub.flush(3, LATE)
        await hub.flush_all(but=3)
        first, second = hub.stage(), hub.stage()
        async with running(first):
            await until(lambda: first.is_publishing)
        before = await hub.written()
        async with running(second):
            await until(lambda: second.is_publishing)
        later = (await hub.written())[len(before) :]
        assert {key for key, _ in later} == {MARKER_KEY}

    asyncio.run(scenario())


def test_a_row_that_no_flush_explains_is_withdrawn_at_the_start(hub: Hub) -> None:
    async def scenario() -> None:
        await hub.flush(3, LATE)
        await hub.flush_all(but=3)
        first, second = hub.stage(), hub.stage()
        async with running(first):
            await until(lambda: first.is_publishing)
        await hub.flush(3, {("w1", "p", "2026-11"): {}})
        async with running(second):
            await until(lambda: second.is_publishing)
        assert await hub.figures() == {}

    asyncio.run(scenario())


def test_a_standby_takes_over_and_the_fenced_stage_stands_by(hub: Hub) -> None:
    async def scenario() -> None:
        takes_over = False
        old, new = hub.stage(), hub.stage(is_active=lambda: takes_over)
        await hub.flush(3, LATE)
        await hub.flush_all(but=3)
        async with running(old, new):
            await until(lambda: old.is_publishing)
            assert not new.is_publishing
            takes_over = True
            await until(lambda: new.is_publishing)
            await hub.flush(3, {("w1", "p", "2026-11"): {"ended.late": 2}})
            await until(lambda: hub.shows((0, 2)))
            await until(lambda: not old.is_publishing)
            assert new.is_publishing

    asyncio.run(scenario())


def test_cases_are_shown_by_the_active_stage_alone(hub: Hub) -> None:
    of_active, of_standby = new_metrics(), new_metrics()

    def shown(metrics: StageMetrics) -> float | None:
        return metrics.registry.get_sample_value("hub_cases", {"unit": "w1", "bucket": "late"})

    def markers(metrics: StageMetrics) -> list[float | None]:
        name = "hub_cut_marker_timestamp_seconds"
        return [metrics.registry.get_sample_value(name, {"partition": str(p)}) for p in range(PARTITIONS)]

    async def scenario() -> None:
        active, standby = hub.stage(metrics=of_active), hub.stage(is_active=lambda: False, metrics=of_standby)
        async with running(active, standby):
            await hub.flush(3, LATE)
            await hub.flush_all(but=3)
            await until(lambda: shown(of_active) == 1)
            await until(lambda: all(markers(of_standby)))
            assert shown(of_standby) is None
            assert all(markers(of_active))

    asyncio.run(scenario())


def test_a_stage_that_is_no_longer_elected_leaves_the_topic_alone(hub: Hub) -> None:
    async def scenario() -> None:
        elected = True
        stage = hub.stage(is_active=lambda: elected)
        await hub.flush(3, LATE)
        await hub.flush_all(but=3)
        async with running(stage):
            await until(lambda: stage.is_publishing)
            elected = False
            await until(lambda: not stage.is_publishing)
            before = await hub.written()
            await hub.flush(3, {("w1", "p", "2026-11"): {"ended.late": 2}})
            await asyncio.sleep(1.5)
            assert await hub.written() == before
            elected = True
            await until(lambda: hub.shows((0, 2)))

    asyncio.run(scenario())


def test_rows_wait_until_every_partition_counts_the_log_that_facts_is_now(hub: Hub) -> None:
    async def scenario() -> None:
        stage = hub.stage()
        await hub.flush(3, LATE)
        await hub.flush_all(but=3)
        async with running(stage):
            await until(lambda: hub.shows((0, 1)))
            await asyncio.to_thread(recreate_topic, hub.settings, "facts")
            await hub.flush(3, {("w1", "p", "2026-11"): {"ended.on_time": 1}})
            others = ", ".join(str(p) for p in range(PARTITIONS) if p != 3)
            await until(lambda: stage.obstacle == f"another log than facts is counted in partitions {others}")
            assert await hub.shows((0, 1))
            await hub.flush_all(but=3)
            await until(lambda: hub.shows((1, 1)))

    asyncio.run(scenario())


def test_at_a_months_edge_the_new_month_appears_by_itself(hub: Hub) -> None:
    async def scenario() -> None:
        await hub.flush(3, {("w1", "p", "2026-11"): {"open.overdue": 1}})
        await hub.flush_all(but=3)
        async with running(hub.stage()):
            await until(lambda: hub.shows((0, 1)))
            await hub.flush_all(DECEMBER, but=3)
            await asyncio.sleep(1.5)
            assert ("w1", ALL, "2026-12") not in await hub.figures()
            await hub.flush(3, {}, DECEMBER)
            await until(lambda: hub.has("w1", "2026-12"))
        assert numbers((await hub.figures())["w1", ALL, "2026-12"]) == (0, 1)

    asyncio.run(scenario())


def test_markers_come_although_nothing_changes(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.stage.MARKER_SECONDS", 0.3)

    async def has_three_markers() -> bool:
        return [key for key, _ in await hub.written()].count(MARKER_KEY) >= 3

    async def scenario() -> None:
        await hub.flush_all()
        async with running(hub.stage()):
            await until(has_three_markers)
        subject, record = decode((await hub.rows())[MARKER_KEY])
        assert subject == "stage-marker"
        assert record["as_of"] == NOVEMBER
        assert len(record["cut"]) == PARTITIONS

    asyncio.run(scenario())


def test_where_a_dated_row_of_reference_data_begins_points_change_by_themselves(hub: Hub) -> None:
    before, edge = at("Sat 2026-02-14 23:59 +59999ms"), at("Sun 2026-02-15 00:00")

    async def points() -> int | None:
        row = (await hub.figures()).get(("w1", ALL, "2026-02"))
        return None if row is None else int(row["points_hundredths"])

    async def has_points(n: int) -> bool:
        return await points() == n

    async def scenario() -> None:
        await hub.flush(3, {("w1", "p", "2026-02"): {"open.in_time": 1}}, before)
        await hub.flush_all(before, but=3)
        async with running(hub.stage()):
            await until(lambda: has_points(2000))
            await hub.flush_all(edge)
            await until(lambda: has_points(3000))

    asyncio.run(scenario())


def test_a_stage_of_other_reference_data_publishes_what_differs_and_names_the_file(hub: Hub) -> None:
    files = {**RULES.reference_files, "thresholds.toml": "other"}
    law = replace(RULES.law, thresholds=Thresholds([threshold("2.1", 40)]))
    later = replace(RULES, law=law, reference="later", reference_files=files)

    async def scenario() -> None:
        first = hub.stage()
        await hub.flush(3, {("w1", "p", "2026-11"): {"ended.on_time": 1}})
        await hub.flush_all(but=3)
        async with running(first):
            await until(lambda: first.is_publishing)
        before = len(await hub.written())
        second = hub.stage(rules=later)
        async with running(second):
            await until(lambda: second.obstacle is not None)
            await hub.flush_all(rules=later)
            await until(lambda: second.is_publishing)
        written = (await hub.written())[before:]
        rows = [decode(value)[1] for key, value in written if key != MARKER_KEY and value is not None]
        assert {row["indicator"] for row in rows} == {"2.1", "766", "766.progress"}
        assert {(row["cause"], row["reference"]) for row in rows} == {("reference: thresholds.toml", "later")}
        figures = await hub.figures()
        assert figures["w1", "p", "2026-11"]["reference"] == RULES.reference
        assert figures["w1", ALL, "2026-11"]["points_hundredths"] == 4000
        assert decode((await hub.rows())[MARKER_KEY])[1]["reference_files"] == files

    asyncio.run(scenario())


def test_many_rows_are_published_in_several_transactions(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.stage.ROWS_PER_TRANSACTION", 5)

    async def scenario() -> None:
        await hub.flush(3, {(f"unit {n}", "p", "2026-11"): {"ended.late": 1} for n in range(10)})
        await hub.flush_all(but=3)
        stage = hub.stage()
        async with running(stage):
            await until(lambda: stage.is_publishing)
        assert len(await hub.figures()) == 11 * 2 * 3
        assert (await hub.written())[-1][0] == MARKER_KEY

    asyncio.run(scenario())


def test_a_publication_in_doubt_is_settled_by_reading_back(
    hub: Hub, kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = functools.partial(TransactionalPublisher, deadline_seconds=1)
    monkeypatch.setattr("services.stage.TransactionalPublisher", impatient)
    monkeypatch.setattr("services.stage.MARKER_SECONDS", 0.2)

    async def scenario() -> None:
        await hub.flush(3, LATE)
        await hub.flush_all(but=3)
        stage = hub.stage()
        async with running(stage):
            await until(lambda: stage.is_publishing)
            kafka.pause()
            try:
                await until(lambda: not stage.is_publishing)
            finally:
                kafka.resume()
            await hub.flush(3, {("w1", "p", "2026-11"): {"ended.late": 2}})
            await until(lambda: hub.shows((0, 2)))

    asyncio.run(scenario())
