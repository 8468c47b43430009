"""What ops sees of one connector, on one port of its process, under the names the hub has for it."""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from egovhub.connector import Batch, Rejection
from egovhub.dead_letters import STEP
from egovhub.errors import REASONS, ConfigurationError

State = Literal["running", "paused", "stopped", "failed", "unassigned"]
STATES: Final[tuple[State, ...]] = ("running", "paused", "stopped", "failed", "unassigned")

Cause = Literal["broker", "source", "authentication", "contract", "configuration", "bug"]
CAUSES: Final[tuple[Cause, ...]] = ("broker", "source", "authentication", "contract", "configuration", "bug")
_RETRIED: Final[tuple[Cause, ...]] = ("broker", "source", "bug")

FACTS: Final = "facts"
_SIZES: Final = (1, 10, 50, 100, 500, 1_000, 5_000)


class ConnectorMetrics:
    """Metrics of one connector instance; all label sets exist from the start, for no series is not zero.

    Args:
        source: the source it reads.
        connector: name of the instance.
        clock: milliseconds since the epoch.
    """

    def __init__(self, source: str, connector: str, clock: Callable[[], int]) -> None:
        self.registry = CollectorRegistry()
        self._labels = (source, connector)
        self._source = source
        self._clock = clock
        self._state = self._gauge("state", "1 for the state the connector is in", "state")
        self._restarts = self._counter("restarts", "Times it went on after a failure", "reason")
        self._read = self._counter("records_read", "Inputs read from the source", "topic")
        self._sent = self._counter("records_sent", "Facts stored", "topic")
        self._errors = self._counter("errors", "Failures and refused inputs", "reason")
        self._retries = self._counter("retries", "Failed attempts that are made again", "reason")
        self._bookmark_failures = self._counter("bookmark_commit_failures", "Positions not stored")
        self._last_error = self._gauge("last_error_timestamp_seconds", "Last failure or refused input")
        self._heartbeat = self._gauge("heartbeat_timestamp_seconds", "When the connector last came round")
        self._last_event = self._gauge("last_event_timestamp_seconds", "Event time of the newest fact stored")
        self._last_receive = self._gauge("last_receive_timestamp_seconds", "When a fact was last stored")
        self._bookmark = self._gauge("bookmark_commit_timestamp_seconds", "When the position was last stored")
        self._lag = self._gauge("source_lag_seconds", "Age of the newest fact while behind, 0 at the end")
        self._poll = self._histogram("poll_duration_seconds", "Time to read a batch from the source")
        self._batch = self._histogram("batch_records", "Inputs of a batch", buckets=_SIZES)
        self._violations = Counter(
            "hub_contract_violations",
            "Inputs refused at the door, by rule",
            ("source", "topic", "rule"),
            registry=self.registry,
        )
        self._letters = Counter(
            "hub_dlq_records", "Inputs kept as dead letters", ("at", "reason"), registry=self.registry
        )
        self._letter_failures = Counter(
            "hub_dlq_write_failures", "Dead letters not stored", ("at", "reason"), registry=self.registry
        )
        self._newest = 0
        self.state: State = "unassigned"
        """The state the connector is in."""
        self.lag_seconds = 0.0
        """Age of the newest fact while the source has more, 0 at its end."""
        self._initialise()

    @property
    def newest_event_at(self) -> int | None:
        """When the newest fact stored happened, milliseconds since the epoch."""
        return self._newest or None

    def serve(self, host: str, port: int) -> str:
        """Answer scrapes, on a free port if `port` is 0; the address.

        Raises:
            ConfigurationError: the port is taken.
        """
        try:
            server, _thread = start_http_server(port, host, self.registry)
        except OSError as error:
            raise ConfigurationError(
                f"HUB_METRICS_PORT: {host}:{port} cannot be used ({error.strerror}); "
                "choose another, 0 finds a free one"
            ) from None
        return f"http://{host}:{server.server_port}/metrics"

    def enter(self, state: State) -> None:
        """Say which state the connector is in."""
        self.state = state
        for each in STATES:
            self._state.labels(*self._labels, each).set(each == state)

    def beat(self) -> None:
        """Say that the connector is alive."""
        self._heartbeat.labels(*self._labels).set(self._now())

    @contextmanager
    def polling(self) -> Iterator[None]:
        """Measure the reading of one batch."""
        start = time.perf_counter()
        yield
        self._poll.labels(*self._labels).observe(time.perf_counter() - start)

    def stored(self, batch: Batch, facts: int) -> None:
        """Count a batch whose facts are stored."""
        self._read.labels(*self._labels, FACTS).inc(batch.read)
        self._sent.labels(*self._labels, FACTS).inc(facts)
        self._batch.labels(*self._labels).observe(batch.read)
        if batch.facts:
            self._newest = max(self._newest, *(fact.occurred_at for fact in batch.facts))
            self._last_event.labels(*self._labels).set(self._newest / 1000)
            self._last_receive.labels(*self._labels).set(self._now())
        if self._newest:
            self._set_lag(max(0.0, self._now() - self._newest / 1000))

    def reached_end(self) -> None:
        """Say that the source has no more for now, so the connector is not behind it."""
        self._set_lag(0.0)

    def refused(self, rejections: Iterable[Rejection]) -> None:
        """Count refused inputs by the rule they break; each is a dead letter by now."""
        for reason, count in Tally(rejection.reason for rejection in rejections).items():
            self._violations.labels(self._source, FACTS, reason).inc(count)
            self._letters.labels(STEP, reason).inc(count)
            self._errors.labels(*self._labels, "rejected").inc(count)
            self._last_error.labels(*self._labels).set(self._now())

    def letters_failed(self, rejections: Iterable[Rejection]) -> None:
        """Count dead letters that may not be stored."""
        for reason, count in Tally(rejection.reason for rejection in rejections).items():
            self._letter_failures.labels(STEP, reason).inc(count)

    def bookmarked(self) -> None:
        """Say that the position is stored."""
        self._bookmark.labels(*self._labels).set(self._now())

    def bookmark_failed(self) -> None:
        """Count a position that was not stored."""
        self._bookmark_failures.labels(*self._labels).inc()

    def failed(self, cause: Cause, *, retried: bool) -> None:
        """Count a failure, and the attempt to come if there is one."""
        self._errors.labels(*self._labels, cause).inc()
        self._last_error.labels(*self._labels).set(self._now())
        if retried:
            self._retries.labels(*self._labels, cause).inc()

    def restarted(self, cause: Cause) -> None:
        """Count that the connector went on after a failure."""
        self._restarts.labels(*self._labels, cause).inc()

    def _set_lag(self, seconds: float) -> None:
        self.lag_seconds = seconds
        self._lag.labels(*self._labels).set(seconds)

    def _now(self) -> float:
        return self._clock() / 1000

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"hub_connector_{name}", text, _NAMES + labels, registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"hub_connector_{name}", text, _NAMES + labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...] = Histogram.DEFAULT_BUCKETS
    ) -> Histogram:
        return Histogram(f"hub_connector_{name}", text, _NAMES, registry=self.registry, buckets=buckets)

    def _initialise(self) -> None:
        for metric in (self._read, self._sent):
            metric.labels(*self._labels, FACTS)
        for cause in CAUSES:
            self._errors.labels(*self._labels, cause)
        self._errors.labels(*self._labels, "rejected")
        for cause in _RETRIED:
            self._retries.labels(*self._labels, cause)
            self._restarts.labels(*self._labels, cause)
        for gauge in (self._last_error, self._heartbeat, self._last_event, self._last_receive):
            gauge.labels(*self._labels)
        for rest in (self._bookmark, self._lag, self._bookmark_failures, self._poll, self._batch):
            rest.labels(*self._labels)
        for reason in sorted(REASONS):
            self._violations.labels(self._source, FACTS, reason)
            self._letters.labels(STEP, reason)
            self._letter_failures.labels(STEP, reason)
        build = Gauge("hub_build_info", "What runs here", ("version", "revision"), registry=self.registry)
        build.labels(_version(), "").set(1)
        self.enter("unassigned")


_NAMES: Final = ("source", "connector")


def _version() -> str:
    try:
        return version("egovhub")
    except PackageNotFoundError:
        return "unknown"
