import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from egovhub.codec import decode, decode_fact
from egovhub.connector import Batch, Rejection, State
from egovhub.errors import ConfigurationError, ContractError, RetryLater
from egovhub.events import Fact, Kind
from egovhub.files import FilesFeed
from egovhub.publisher import MemoryPublisher
from egovhub.runner import Runner
from egovhub.runner_metrics import ConnectorMetrics
from egovhub.runner_options import Backoff, Options, Pace, Totals
from prometheus_client import CollectorRegistry

from tests.unit.sdk.draw import NOW, feed, identities, log_file, read, row

ROWS = [row(str(number % 4), number) for number in range(10)] + ["5,never,u,never,t"]
FACTS = 14
QUICK = Backoff(0.001, 0.002)
FACT = Fact(
    "e1", "log", None, "onestop", "log:1", Kind.STEP, NOW, None, None, None, None, None, None, None, (), None, False, {}
)  # fmt: skip


class ListFeed:
    """A feed of ready batches, at positions 0, 1, ..., which notes what is acknowledged and may fail."""

    source = "log"

    def __init__(self, *batches: tuple[Fact, ...], failures: int = 0) -> None:
        self._batches = batches
        self._failures = failures
        self.acknowledged: list[str] = []
        self.recalled: list[State] = []

    def recall(self, state: State) -> None:
        self.recalled.append(state)

    def read(self, position: str | None) -> Iterator[Batch]:
        if self._failures:
            self._failures -= 1
            raise RetryLater("the source is away")
        start = 0 if position is None else int(position) + 1
        for number, facts in list(enumerate(self._batches))[start:]:
            yield Batch(facts, (), len(facts), str(number))

    def acknowledge(self, position: str) -> None:
        self.acknowledged.append(position)


class Bench:
    """A runner with everything around it."""

    def __init__(
        self, source: FilesFeed | ListFeed, publisher: MemoryPublisher | None = None, **options: object
    ) -> None:
        self.publisher = publisher or MemoryPublisher()
        self.metrics = ConnectorMetrics("log", "log-1", lambda: NOW)
        self.stopping = threading.Event()
        chosen = Options(once=True, backoff=QUICK)
        for name, value in options.items():
            setattr(chosen, name, value)
        self.runner = Runner(
            "log-1", source, self.publisher, self.metrics, lambda: NOW, self.stopping, chosen
        )

    def value(self, name: str, **labels: str) -> float | None:
        return sample(self.metrics.registry, name, **labels)


def sample(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    own = {"source": "log"} if name.startswith("hub_contract") else {"source": "log", "connector": "log-1"}
    return registry.get_sample_value(name, own | labels)


def published(publisher: MemoryPublisher) -> list[Fact]:
    return [decode_fact(record.value or b"") for record in publisher.records("facts")]


def positions(publisher: MemoryPublisher) -> list[str]:
    return [decode(record.value or b"")[1]["position"] for record in publisher.records("hub.positions")]


def test_a_file_is_published_whole_and_its_position_stored(tmp_path: Path) -> None:
    file = log_file(tmp_path, ROWS)
    bench = Bench(feed(tmp_path, file, batch_rows=4))
    assert bench.runner.run() == Totals(read=11, published=FACTS, rejected=1, done=1.0)
    assert identities(published(bench.publisher)) == identities(read(feed(tmp_path, file))[0])
    assert len(positions(bench.publisher)) == 3


def test_a_fact_s_key_is_its_case_id(tmp_path: Path) -> None:
    bench = Bench(feed(tmp_path, log_file(tmp_path, ROWS)))
    bench.runner.run()
    records = bench.publisher.records("facts")
    assert records
    assert all(decode_fact(record.value or b"").case_id.encode() == record.key for record in records)


@pytest.mark.parametrize("stored", range(FACTS + 4))
def test_a_runner_that_dies_after_any_record_loses_nothing(tmp_path: Path, stored: int) -> None:
    """Facts and positions come in one row of records; the process ends after any of them and is started again."""
    file = log_file(tmp_path, ROWS)
    publisher = MemoryPublisher()
    publisher.fail_after(stored)
    first = Bench(feed(tmp_path, file, batch_rows=3), publisher)
    first.runner._options.backoff = Backoff(3600, 3600)
    dying = threading.Thread(target=first.runner.run)
    dying.start()
    while dying.is_alive() and not first.value("hub_connector_retries_total", reason="broker"):
        dying.join(0.001)
    first.stopping.set()
    dying.join()
    before = len(published(publisher))
    publisher.fail_after(10**9)
    Bench(feed(tmp_path, file, batch_rows=3), publisher).runner.run()
    assert identities(published(publisher)) == identities(read(feed(tmp_path, file))[0])
    assert len(published(publisher)) <= FACTS + min(before, 8)


@pytest.mark.parametrize("rows", range(1, len(ROWS) + 1))
def test_a_runner_stopped_after_any_row_goes_on_without_loss_and_without_repeats(
    tmp_path: Path, rows: int
) -> None:
    file = log_file(tmp_path, ROWS)
    publisher = MemoryPublisher()
    first = Bench(feed(tmp_path, file, batch_rows=1), publisher)

    def stop(totals: Totals) -> None:
        if totals.read == rows:
            first.stopping.set()

    first.runner._options.report = stop
    assert first.runner.run().read == rows
    Bench(feed(tmp_path, file), publisher).runner.run()
    assert len(published(publisher)) == FACTS
    assert identities(published(publisher)) == identities(read(feed(tmp_path, file))[0])


@pytest.mark.parametrize("stored", range(FACTS + 4))
def test_a_broker_that_fails_at_any_record_is_tried_again(tmp_path: Path, stored: int) -> None:
    file = log_file(tmp_path, ROWS)
    publisher = MemoryPublisher()
    publisher.fail_after(stored)
    bench = Bench(feed(tmp_path, file, batch_rows=3), publisher)
    bench.runner.run()
    assert identities(published(publisher)) == identities(read(feed(tmp_path, file))[0])
    assert bench.value("hub_connector_retries_total", reason="broker") == 1
    assert bench.value("hub_connector_restarts_total", reason="broker") == 1
    assert bench.value("hub_connector_errors_total", reason="broker") == 1


def test_a_position_that_was_not_stored_is_counted_and_its_facts_are_published_again() -> None:
    publisher = MemoryPublisher()
    publisher.fail_after(1)
    bench = Bench(ListFeed((FACT,)), publisher)
    bench.runner.run()
    assert len(published(publisher)) == 2
    assert bench.value("hub_connector_bookmark_commit_failures_total") == 1


def test_the_source_is_told_only_once_facts_and_position_are_stored() -> None:
    class Watching(ListFeed):
        def acknowledge(self, position: str) -> None:
            assert len(published(publisher)) == int(position) + 1
            assert positions(publisher)[-1] == position
            super().acknowledge(position)

    publisher = MemoryPublisher()
    source = Watching((FACT,), (FACT._replace(event_id="e2"),))
    Bench(source, publisher).runner.run()
    assert source.acknowledged == ["0", "1"]


def test_a_source_that_does_not_answer_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(ListFeed((FACT,), failures=3))
    with caplog.at_level(logging.WARNING):
        bench.runner.run()
    assert bench.value("hub_connector_retries_total", reason="source") == 3
    assert bench.value("hub_connector_restarts_total", reason="source") == 1
    assert "log-1: the source is away; trying again in" in caplog.text


def test_without_once_the_source_is_asked_again_for_more() -> None:
    source = ListFeed((FACT,), (FACT._replace(event_id="e2"),))
    whole, source._batches = source._batches, source._batches[:1]
    bench = Bench(source, once=False, poll_seconds=0.001)

    def grow(totals: Totals) -> None:
        source._batches = whole
        if totals.published == 2:
            bench.stopping.set()

    bench.runner._options.report = grow
    bench.runner.run()
    assert source.acknowledged == ["0", "1"]


def test_from_the_start_everything_is_published_again_under_the_same_ids(tmp_path: Path) -> None:
    file = log_file(tmp_path, ROWS)
    publisher = MemoryPublisher()
    for _ in range(2):
        Bench(feed(tmp_path, file), publisher, from_start=True).runner.run()
    assert len(published(publisher)) == 2 * FACTS
    assert len(identities(published(publisher))) == FACTS


def test_what_was_published_is_not_published_again(tmp_path: Path) -> None:
    file = log_file(tmp_path, ROWS)
    publisher = MemoryPublisher()
    Bench(feed(tmp_path, file), publisher).runner.run()
    assert Bench(feed(tmp_path, file), publisher).runner.run().read == 0


def test_a_name_that_belongs_to_another_source_is_refused() -> None:
    publisher = MemoryPublisher()
    Bench(ListFeed((FACT,)), publisher).runner.run()
    other = ListFeed()
    other.source = "other"
    with pytest.raises(
        ConfigurationError, match=r"'log-1': its position in .* is of source 'log', not 'other'"
    ):
        Bench(other, publisher).runner.run()


def test_a_fact_that_cannot_be_written_is_counted_and_the_rest_goes_on() -> None:
    bad = (
        FACT._replace(case_id="log"),
        FACT._replace(occurred_at=0),
        FACT._replace(domain="unknown"),
        FACT._replace(details={"colour": 1}),
        FACT._replace(retracts=tuple(f"{number:0500}" for number in range(2_000))),
    )
    bench = Bench(ListFeed((*bad, FACT)))
    assert bench.runner.run() == Totals(read=6, published=1, rejected=5)
    assert bench.value("hub_contract_violations_total", topic="facts", rule="case-id-form") == 1
    assert bench.value("hub_contract_violations_total", topic="facts", rule="oversized") == 1
    assert bench.value("hub_connector_errors_total", reason="rejected") == 5


def test_refusals_are_logged_by_line_and_field_and_never_by_value(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rows = ["1,031099001234,u,never,t" for _ in range(30)]
    with caplog.at_level(logging.WARNING):
        Bench(feed(tmp_path, log_file(tmp_path, rows))).runner.run()
    assert "log-1: refused 2: bad-value: RECEIVED.occurred_at, column start" in caplog.text
    assert "031099001234" not in caplog.text
    assert len(caplog.records) == 21


def test_a_configuration_error_ends_the_runner_as_failed(tmp_path: Path) -> None:
    bench = Bench(feed(tmp_path, tmp_path / "nope.csv"))
    with pytest.raises(ConfigurationError):
        bench.runner.run()
    assert bench.value("hub_connector_state", state="failed") == 1
    assert bench.value("hub_connector_errors_total", reason="configuration") == 1


def test_a_bug_ends_the_runner_as_failed_and_is_not_hidden() -> None:
    class Buggy(ListFeed):
        def read(self, position: str | None) -> Iterator[Batch]:
            raise ZeroDivisionError

    bench = Bench(Buggy())
    with pytest.raises(ZeroDivisionError):
        bench.runner.run()
    assert bench.value("hub_connector_state", state="failed") == 1


def test_what_ops_sees_of_a_run(tmp_path: Path) -> None:
    bench = Bench(feed(tmp_path, log_file(tmp_path, ROWS), batch_rows=4))
    assert bench.value("hub_connector_state", state="unassigned") == 1
    bench.runner.run()
    assert bench.value("hub_connector_state", state="stopped") == 1
    assert bench.value("hub_connector_state", state="running") == 0
    assert bench.value("hub_connector_records_read_total", topic="facts") == 11
    assert bench.value("hub_connector_records_sent_total", topic="facts") == FACTS
    assert bench.value("hub_connector_batch_records_count") == 3
    assert bench.value("hub_connector_poll_duration_seconds_count") == 4
    assert bench.value("hub_connector_heartbeat_timestamp_seconds") == NOW / 1000
    assert bench.value("hub_connector_bookmark_commit_timestamp_seconds") == NOW / 1000
    assert bench.value("hub_connector_last_receive_timestamp_seconds") == NOW / 1000
    assert bench.value("hub_connector_last_event_timestamp_seconds") == 1_706_742_009
    assert bench.value("hub_connector_source_lag_seconds") == 0


def test_pauses_double_up_to_the_longest_and_are_spread() -> None:
    backoff = Backoff(1, 8)
    for failures, longest in ((1, 1), (2, 2), (4, 8), (5, 8), (10_000, 8)):
        assert all(longest / 2 <= backoff.seconds(failures) <= longest for _ in range(20))


def test_a_pace_lets_each_batch_wait_for_those_before(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    class Clock:
        now = 100.0

        def is_set(self) -> bool:
            return False

        def wait(self, seconds: float) -> bool:
            waited.append(round(seconds, 6))
            self.now += seconds
            return False

    clock = Clock()
    monkeypatch.setattr("egovhub.runner_options.time.monotonic", lambda: clock.now)
    pace = Pace(rate=10)
    for facts in (5, 20, 1):
        pace.wait(facts, clock)  # type: ignore[arg-type]
    assert waited == [0, 0.5, 2]


class RejectingFeed(ListFeed):
    """One batch of refused inputs."""

    def __init__(self, *rejected: Rejection) -> None:
        super().__init__()
        self._rejected = rejected

    def read(self, position: str | None) -> Iterator[Batch]:
        if position is None:
            yield Batch((), self._rejected, len(self._rejected), "0")


def letters(publisher: MemoryPublisher) -> list[dict[str, Any]]:
    return [decode(record.value or b"")[1] for record in publisher.records("hub.dead-letters")]


def test_a_refused_input_is_a_dead_letter_before_its_position_is_stored() -> None:
    publisher = MemoryPublisher()
    publisher.fail_after(0)
    bench = Bench(RejectingFeed(Rejection("row 1", "bad-row", "unit", b"\xff", "m1")), publisher)
    bench.runner.run()
    assert [(letter["value"], letter["reason"]) for letter in letters(publisher)] == [(b"\xff", "bad-row")]
    assert bench.value("hub_connector_errors_total", reason="rejected") == 1
    registry = bench.metrics.registry
    labels = {"at": "connector", "reason": "bad-row"}
    assert registry.get_sample_value("hub_dlq_records_total", labels) == 1
    assert registry.get_sample_value("hub_dlq_write_failures_total", labels) == 1
    assert len(positions(publisher)) == 1


def test_rows_of_a_file_that_are_refused_are_kept_byte_for_byte(tmp_path: Path) -> None:
    bench = Bench(feed(tmp_path, log_file(tmp_path, ROWS)))
    bench.runner.run()
    assert [letter["value"] for letter in letters(bench.publisher)] == [b"5,never,u,never,t"]


def test_a_fact_that_cannot_be_written_leaves_a_letter_without_bytes() -> None:
    bench = Bench(ListFeed((FACT._replace(occurred_at=0), FACT)))
    bench.runner.run()
    (letter,) = letters(bench.publisher)
    assert (letter["value"], letter["reason"]) == (None, "occurred-before-2000")


def test_what_is_known_of_cases_is_stored_before_the_facts() -> None:
    class Stating(ListFeed):
        def read(self, position: str | None) -> Iterator[Batch]:
            if position is None:
                yield Batch((FACT,), (), 1, "0", digest="mark", states=(State("k", "known", "d"),))

    publisher = MemoryPublisher()
    publisher.fail_after(1)
    bench = Bench(Stating(), publisher, once=True)
    bench.runner._options.backoff = Backoff(3600, 3600)
    dying = threading.Thread(target=bench.runner.run)
    dying.start()
    while not bench.value("hub_connector_retries_total", reason="broker"):
        dying.join(0.001)
    bench.stopping.set()
    dying.join()
    assert [record.key for record in publisher.records("hub.positions")] == [b"log-1/k"]
    assert published(publisher) == []
    later = Stating()
    Bench(later, publisher).runner.run()
    assert later.recalled == [State("k", "known", "d")]
    again = Stating()
    assert Bench(again, publisher).runner.run().read == 0
    assert State("", "0", "mark") in again.recalled


def test_from_the_start_what_is_known_of_cases_is_recalled_all_the_same() -> None:
    publisher = MemoryPublisher()
    Bench(ListFeed((FACT,)), publisher).runner.run()
    source = ListFeed((FACT,))
    assert Bench(source, publisher, from_start=True).runner.run().read == 1
    assert source.recalled


def test_a_fact_says_that_it_is_tried_or_history() -> None:
    publisher = MemoryPublisher()
    Bench(ListFeed((FACT,)), publisher).runner.run()
    Bench(ListFeed((FACT,)), publisher, from_start=True, sandbox=True, backfill="y2025").runner.run()
    assert [record.headers for record in publisher.records("facts")] == [
        (),
        (("hub-sandbox", b"1"), ("hub-backfill", b"y2025")),
    ]


def test_while_a_file_says_so_nothing_is_read_and_the_state_is_paused(tmp_path: Path) -> None:
    pause = tmp_path / "pause"
    pause.touch()
    bench = Bench(ListFeed((FACT,)), pause_file=pause, poll_seconds=0.001)
    running = threading.Thread(target=bench.runner.run)
    running.start()
    while not bench.value("hub_connector_state", state="paused"):
        running.join(0.001)
    assert published(bench.publisher) == []
    assert bench.value("hub_connector_state", state="running") == 0
    pause.unlink()
    running.join()
    assert len(published(bench.publisher)) == 1
    assert bench.value("hub_connector_state", state="stopped") == 1


def test_a_source_that_asks_for_time_gets_it(caplog: pytest.LogCaptureFixture) -> None:
    class Busy(ListFeed):
        def read(self, position: str | None) -> Iterator[Batch]:
            if self._failures:
                self._failures -= 1
                raise RetryLater("busy", after_seconds=0.25)
            return super().read(position)

    bench = Bench(Busy((FACT,), failures=1))
    with caplog.at_level(logging.WARNING):
        bench.runner.run()
    assert "busy; trying again in 0.2 s" in caplog.text


def test_too_many_refusals_stop_the_connector_with_its_position_unmoved() -> None:
    rejected = [Rejection(n, "bad-row", "", b"x", str(n)) for n in range(101)]
    bench = Bench(RejectingFeed(*rejected))
    with pytest.raises(ContractError):
        bench.runner.run()
    assert positions(bench.publisher) == []
    assert letters(bench.publisher) == []
    assert bench.value("hub_connector_errors_total", reason="contract") == 1
    going = Bench(RejectingFeed(*rejected), keep_going=True)
    going.runner.run()
    assert len(letters(going.publisher)) == 101


def test_the_lag_is_the_age_of_the_newest_fact_while_there_is_more_and_none_at_the_end() -> None:
    seen: list[float | None] = []

    class Watching(ListFeed):
        def read(self, position: str | None) -> Iterator[Batch]:
            for batch in super().read(position):
                yield batch
                seen.append(bench.value("hub_connector_source_lag_seconds"))

    bench = Bench(Watching((FACT._replace(occurred_at=NOW - 60_000),)))
    bench.runner.run()
    assert seen == [60]
    assert bench.value("hub_connector_source_lag_seconds") == 0
