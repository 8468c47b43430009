"""An owner against a cluster that fences, doubts, differs in time and forgets, all of it in memory."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from egovhub.errors import ConfigurationError, HubError

from services.clock import INJECTED, REAL, Clock
from services.owner import FENCED_SECONDS, MARKER_SECONDS, PATIENCE_SECONDS, Owner
from services.partition import Reassessment
from services.rows import MARKER_KEY, Marker, marker_value, read_marker
from services.settings import Settings, load_settings
from services.transactions import Fenced, Group, InDoubt
from tests.unit.domain.draw import AFTER
from tests.unit.services.partition_build import (
    LOG,
    OTHER_LOG,
    RULES,
    FakeRecord,
    Tally,
    drawn_log,
    open_partition,
    recount,
)

HOUR = 3_600_000


class Cluster:
    """The topics of one partition, and what befalls the next transaction."""

    def __init__(self) -> None:
        self.topics: dict[str, dict[bytes, bytes]] = {
            "hub.tallies": {},
            "hub.cases": {},
            "hub.dead-letters": {},
        }
        self.markers: list[Marker] = []
        self.appended_at = AFTER
        self.befalls: Exception | None = None
        self.commits_unheard = False
        self.holder: Publisher | None = None

    def commit(self, groups: Sequence[Group]) -> None:
        for topic, _, records in groups:
            for key, value in records:
                if value is None:
                    self.topics[topic].pop(key, None)
                else:
                    self.topics[topic][key] = value
                if key == MARKER_KEY and value is not None:
                    self.markers.append(read_marker(value))

    async def read_back(self, client: Mapping[str, Any], topic: str, partition: int) -> dict[bytes, bytes]:
        return dict(self.topics[topic])

    def marker(self, **fields: Any) -> None:
        """Let a marker of an earlier life stand."""
        earlier = Marker(*LOG, 0, 0, 0, INJECTED, RULES.code, RULES.reference, 1)
        marker = replace(earlier, **fields)
        self.topics["hub.tallies"][MARKER_KEY] = marker_value(marker)


class Publisher:
    """In place of the transactional one: the last to start holds the id."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    async def start(self) -> None:
        self.cluster.holder = self

    async def publish(self, groups: Sequence[Group], check: Callable[[int], None] | None = None) -> None:
        if self.cluster.holder is not self:
            raise Fenced("taken")
        befalls, self.cluster.befalls = self.cluster.befalls, None
        if check is not None:
            check(self.cluster.appended_at)
        if befalls is None or self.cluster.commits_unheard:
            self.cluster.commit(groups)
        if befalls is not None:
            raise befalls

    async def stop(self) -> None:
        if self.cluster.holder is self:
            self.cluster.holder = None


class Life:
    """One owner, with time in the test's hands."""

    def __init__(self, folder: Path, cluster: Cluster, settings: Settings, kind: str = INJECTED) -> None:
        self.cluster, self.metrics, self.now, self.instant = cluster, Tally(), 1000.0, AFTER
        self.records = drawn_log(1)
        clock = Clock(kind, lambda: self.instant)
        partition = open_partition(folder / "state", counters=self.metrics)
        self.owner = Owner(partition, settings, RULES, clock, self.metrics)

    async def take_over(self, end: int | None = None) -> None:
        async def ends() -> int:
            return len(self.records) if end is None else end

        await self.owner.take_over(ends)

    async def append(self, records: Sequence[FakeRecord], *, is_current: bool = True) -> None:
        await self.owner.append(records, lambda: is_current)

    async def tick(self, seconds: float = 1.0) -> None:
        self.now += seconds
        await self.owner.tick(self.now)

    async def live(self) -> None:
        await self.take_over()
        await self.append(self.records)
        await self.tick()

    def check(self) -> None:
        expected = recount(self.records, self.cluster.markers[-1].as_of)
        tallies = {key: row for key, row in self.cluster.topics["hub.tallies"].items() if key != MARKER_KEY}
        assert tallies == expected.tallies
        assert self.cluster.topics["hub.cases"].keys() == expected.buckets.keys()
        assert self.cluster.topics["hub.dead-letters"].keys() == expected.letters


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()
    monkeypatch.setattr("services.owner.TransactionalPublisher", lambda *_: Publisher(cluster))
    monkeypatch.setattr("services.owner.read_back", cluster.read_back)
    return cluster


@pytest.fixture
def life(tmp_path: Path, cluster: Cluster) -> Life:
    return Life(tmp_path, cluster, load_settings())


@pytest.fixture
def real_life(tmp_path: Path, cluster: Cluster) -> Life:
    return Life(tmp_path, cluster, load_settings(), REAL)


def play(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_a_flush_is_rows_letters_and_a_marker_that_says_what_they_rest_on(
    life: Life, cluster: Cluster
) -> None:
    play(life.live)
    life.check()
    [marker] = cluster.markers
    assert marker == Marker(
        *LOG,
        partition=0,
        position=len(life.records),
        as_of=AFTER,
        clock=INJECTED,
        code=RULES.code,
        reference=RULES.reference,
        flush=1,
    )
    assert life.metrics.counted["letter unknown-schema"] == len(cluster.topics["hub.dead-letters"]) > 0


def test_how_many_contributions_other_rules_changed_is_told_once_they_are_committed(
    life: Life, cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    told = "worker: partition 0: by the new code, calendar.toml the contributions of 0 of 12 cases differ"

    async def scenario() -> None:
        await life.live()
        life.owner.partition.reassessment = Reassessment(("code", "calendar.toml"), cases=12)
        await life.tick(MARKER_SECONDS)
        await life.tick(MARKER_SECONDS)

    play(scenario)
    assert caplog.messages == [told]


def test_nothing_is_published_before_the_end_seen_at_the_take_over(life: Life, cluster: Cluster) -> None:
    async def scenario() -> None:
        await life.take_over()
        await life.append(life.records[:-1])
        await life.tick()
        assert cluster.markers == []
        await life.append(life.records[-1:])
        await life.tick()

    play(scenario)
    life.check()


def test_a_quiet_partition_says_so_by_a_marker_now_and_then(life: Life, cluster: Cluster) -> None:
    async def scenario() -> None:
        await life.live()
        life.instant += HOUR
        await life.tick()
        assert len(cluster.markers) == 1
        await life.tick(MARKER_SECONDS)

    play(scenario)
    assert [marker.as_of for marker in cluster.markers] == [AFTER, AFTER + HOUR]
    assert [marker.flush for marker in cluster.markers] == [1, 2]


def test_the_instant_never_goes_behind_the_last_marker_of_anybody(life: Life, cluster: Cluster) -> None:
    cluster.marker(as_of=AFTER + HOUR, flush=41)
    play(life.live)
    assert [(marker.as_of, marker.flush) for marker in cluster.markers] == [(AFTER + HOUR, 42)]


def test_rows_that_no_fact_explains_are_withdrawn(life: Life, cluster: Cluster) -> None:
    cluster.marker()
    cluster.topics["hub.tallies"][b'["gone","p","month","2026-01"]'] = b"row"
    play(life.live)
    life.check()


def test_rows_of_another_log_are_withdrawn_from_the_cases_too(life: Life, cluster: Cluster) -> None:
    cluster.marker(topic_id=OTHER_LOG.topic_id, position=10**6, as_of=AFTER + HOUR, clock=REAL)
    cluster.topics["hub.cases"][b"onestop:gone"] = b"row"
    play(life.live)
    life.check()
    assert cluster.markers[-1].as_of == AFTER


def test_rows_of_another_log_are_withdrawn_though_a_life_before_began_the_rebuild(
    tmp_path: Path, cluster: Cluster
) -> None:
    cluster.marker(topic_id=OTHER_LOG.topic_id)
    cluster.topics["hub.cases"][b"onestop:gone"] = b"row"
    first = Life(tmp_path, cluster, load_settings())

    async def scenario() -> None:
        await first.append(first.records)
        await first.owner.close(checkpoint=True)
        second = Life(tmp_path, cluster, load_settings())
        assert second.owner.partition.rebuilt_because is None
        await second.take_over()
        await second.tick()

    play(scenario)
    first.check()


def test_a_second_take_over_withdraws_no_case(life: Life) -> None:
    async def scenario() -> None:
        await life.live()
        life.owner.assigned_again()
        assert life.owner.needs_take_over(life.now)
        await life.tick()
        await life.take_over()
        await life.tick()

    play(scenario)
    life.check()


@pytest.mark.parametrize(
    ("marker", "message"), [({"clock": REAL}, "HUB_CLOCK"), ({"position": 99}, "99 was counted")]
)
def test_a_log_that_this_process_cannot_go_on_with_is_named(
    life: Life, cluster: Cluster, marker: dict[str, Any], message: str
) -> None:
    cluster.marker(**marker)
    with pytest.raises(ConfigurationError, match=message):
        play(life.take_over)
    assert cluster.holder is None


def test_records_beyond_the_position_are_a_gap_only_if_they_are_current(life: Life) -> None:
    async def scenario() -> None:
        await life.append(life.records[:2])
        await life.append(life.records[5:7], is_current=False)
        assert life.owner.partition.position == 2
        with pytest.raises(HubError, match="offset 2 is gone"):
            await life.append(life.records[5:7])

    play(scenario)


def test_records_that_follow_are_taken_whichever_assignment_they_were_fetched_under(life: Life) -> None:
    async def scenario() -> None:
        await life.append(life.records[:5], is_current=False)
        await life.append(life.records[3:9], is_current=False)
        assert life.owner.partition.position == 9

    play(scenario)


@pytest.mark.logs_errors("publishes nothing: the clock is 7200 s ahead of the broker's")
def test_a_clock_that_is_off_commits_nothing_until_it_is_right_again(
    real_life: Life, cluster: Cluster
) -> None:
    async def scenario() -> None:
        real_life.instant = AFTER + 2 * HOUR
        await real_life.live()
        assert cluster.markers == []
        assert "ahead of the broker's" in (real_life.owner.obstacle or "")
        real_life.instant = AFTER
        await real_life.tick()

    play(scenario)
    real_life.check()
    assert real_life.owner.obstacle is None
    assert cluster.markers[-1].as_of == AFTER


@pytest.mark.logs_errors("the outcome of a flush is unknown")
@pytest.mark.parametrize("was_committed", [False, True])
def test_a_flush_in_doubt_is_settled_by_reading_back(
    life: Life, cluster: Cluster, was_committed: bool
) -> None:
    async def scenario() -> None:
        cluster.befalls, cluster.commits_unheard = InDoubt("no answer"), was_committed
        await life.live()
        assert not life.owner.needs_take_over(life.now + PATIENCE_SECONDS - 1)
        life.now += PATIENCE_SECONDS
        assert life.owner.needs_take_over(life.now)
        await life.take_over()
        await life.tick()

    play(scenario)
    life.check()


@pytest.mark.logs_errors("publishes nothing: another worker owns the partition")
def test_a_fenced_owner_stays_silent_unless_the_group_says_otherwise(life: Life, cluster: Cluster) -> None:
    async def scenario() -> None:
        await life.live()
        cluster.holder = Publisher(cluster)
        life.instant += HOUR
        await life.tick(MARKER_SECONDS)
        assert len(cluster.markers) == 1
        assert not life.owner.needs_take_over(life.now + FENCED_SECONDS - 1)
        life.owner.assigned_again()
        assert life.owner.needs_take_over(life.now)
        await life.take_over()
        await life.tick()

    play(scenario)
    life.check()


def test_a_closed_owner_takes_and_says_nothing(life: Life, cluster: Cluster) -> None:
    async def scenario() -> None:
        await life.live()
        await life.owner.close(checkpoint=True)
        await life.append(life.records)
        await life.tick(MARKER_SECONDS)
        assert not life.owner.needs_take_over(life.now + 1000)

    play(scenario)
    assert len(cluster.markers) == 1
    assert cluster.holder is None
