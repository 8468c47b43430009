"""What Prometheus is told: one port per process, names as the contract with operations has them.

The figures of the stage come from one immutable snapshot, so in every scrape the parts equal the totals.
Labels are closed lists; no case, procedure, path or free text is one.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

from egovhub.errors import REASONS, ConfigurationError
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.domain.organisations import ALL, Organisations
from services.domain.policy import BUCKETS
from services.indicators import on_time_share
from services.indicators.on_time_share import Figure

MAX_UNITS: Final = 230
"""Units shown: with 13 buckets each these are 2,990 of the 5,000 series the whole hub may have."""

MAX_SOURCES: Final = 20
OTHER: Final = "other"
"""The label of every source beyond `MAX_SOURCES`."""

DELAYS: Final = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30, 60, 300, 3600)
"""Upper bounds of the end-to-end delay in seconds; live facts are flushed each second."""


class Endpoint(NamedTuple):
    """Where this process is scraped, and how to end that."""

    url: str
    close: Callable[[], None]


def serve(registry: CollectorRegistry, host: str, port: int) -> Endpoint:
    """Answer scrapes, from a thread of its own.

    Args:
        registry: what is shown.
        host: address to listen on.
        port: 0 picks a free one; the endpoint says which.

    Raises:
        ConfigurationError: the port is taken or not allowed.
    """
    try:
        server, thread = start_http_server(port, host, registry)
    except OSError as error:
        raise ConfigurationError(
            f"HUB_METRICS_PORT: {host}:{port} cannot be had ({error.strerror}); choose another, or 0"
        ) from error

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return Endpoint(f"http://{host}:{server.server_port}/metrics", close)


@contextmanager
def served(registry: CollectorRegistry, host: str, port: int) -> Iterator[None]:
    """Answer scrapes while the block runs; says on standard error where."""
    endpoint = serve(registry, host, port)
    print(f"metrics {endpoint.url}", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        endpoint.close()


def _new_registry(version: str, revision: str) -> CollectorRegistry:
    """A registry with what every process shows: its build, CPU, memory and garbage collection."""
    # A start instant per counter would double the series and say no more than that of the process.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    build = Gauge("hub_build_info", "Version and code.", ["version", "revision"], registry=registry)
    build.labels(version, revision).set(1)
    return registry


class WorkerMetrics:
    """Plumbing of one worker: how far it is, how long facts take, what it refused. No figure of any case.

    Args:
        version: of the release.
        revision: of the code that judges.
        sources: the sources of the registry, so that their series exist from the start.
    """

    def __init__(self, version: str, revision: str, sources: Iterable[str] = ()) -> None:
        self.registry = _new_registry(version, revision)
        flow, state, letter = ["processor", "topic"], ["processor", "table"], ["at", "reason"]
        self._events = self._counter("hub_processor_events", "Records read, refused ones too.", flow)
        self._lag = self._gauge("hub_processor_lag_seconds", "Age of the oldest fact not yet counted.", flow)
        self._delay = Histogram(
            "hub_end_to_end_delay_seconds",
            "From the append of a fact to the commit of the flush that counts it.",
            flow,
            buckets=DELAYS,
            registry=self.registry,
        )
        by_source = ["source"]
        self._duplicates = self._counter("hub_processor_duplicate_events", "Facts known before.", by_source)
        self._revisions = self._counter("hub_facts_revisions", "Versions a greater one replaced.", by_source)
        self._conflicts = self._counter(
            "hub_facts_conflicts", "Versions equal in all but content.", by_source
        )
        self._letters = self._counter("hub_dlq_records", "Records refused.", letter)
        self._failures = self._counter("hub_dlq_write_failures", "Dead letters not yet written.", letter)
        self._entries = self._gauge("hub_processor_table_entries", "Rows of local state.", state)
        self._remaining = self._gauge("hub_processor_recovery_remaining_records", "Still to read.", state)
        self._ready = self._gauge("hub_processor_ready", "Whether it publishes: 1 or 0.", ["processor"])
        self._sources = {OTHER}
        self._initialise(sources)

    def _counter(self, name: str, text: str, labels: list[str]) -> Counter:
        return Counter(name, text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, labels: list[str]) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def _initialise(self, sources: Iterable[str]) -> None:
        """Write the zeros: a missing series is not a zero."""
        for metric in (self._events, self._lag, self._delay):
            metric.labels("worker", "facts")
        for source in (OTHER, *sources):
            for counter in (self._duplicates, self._revisions, self._conflicts):
                counter.labels(self._source(source))
        for reason in REASONS:
            self._letters.labels("worker", reason)
            self._failures.labels("worker", reason)
        self.table(entries={"cases": 0, "cells": 0}, remaining=0)
        self.ready(is_ready=False)

    def _source(self, source: str) -> str:
        if source in self._sources:
            return source
        if len(self._sources) > MAX_SOURCES:
            return OTHER
        self._sources.add(source)
        return source

    def events(self, n: int) -> None:
        """So many more records were read from `facts`."""
        self._events.labels("worker", "facts").inc(n)

    def lag(self, seconds: float) -> None:
        """Age of the oldest fact not yet counted, over all partitions of this worker; 0 if there is none."""
        self._lag.labels("worker", "facts").set(seconds)

    def delay(self, seconds: float) -> None:
        """One fact, read live, was published this long after its append."""
        self._delay.labels("worker", "facts").observe(seconds)

    def duplicates(self, source: str, n: int = 1) -> None:
        """So many facts came again with the same content."""
        self._duplicates.labels(self._source(source)).inc(n)

    def revisions(self, source: str, n: int = 1) -> None:
        """So many versions were replaced by a greater one."""
        self._revisions.labels(self._source(source)).inc(n)

    def conflicts(self, source: str, n: int = 1) -> None:
        """So many versions differ in content alone."""
        self._conflicts.labels(self._source(source)).inc(n)

    def dead_letter(self, reason: str) -> None:
        """One record was refused, and its letter is committed."""
        self._letters.labels("worker", reason).inc()

    def dead_letter_failed(self, reason: str) -> None:
        """The transaction that held a letter was not committed."""
        self._failures.labels("worker", reason).inc()

    def table(self, entries: Mapping[str, int], remaining: int) -> None:
        """Rows of each table of local state, and the records of `facts` to read until it is current."""
        for table, n in entries.items():
            self._entries.labels("worker", table).set(n)
        self._remaining.labels("worker", "cases").set(remaining)

    def ready(self, *, is_ready: bool) -> None:
        """Whether this worker publishes: caught up, and its clock agrees with the broker's."""
        self._ready.labels("worker").set(is_ready)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the stage knows at one cut. Never changed once shown.

    Args:
        units: figure of each unit in the current month, over all procedures, `ALL` among them.
        on: the day of the cut in the reporting zone, `2026-11-23`: only units valid then have zeros.
        markers: instant in seconds at which the broker appended the last marker, by partition.
        is_active: whether this process is the one that publishes.
    """

    units: Mapping[str, Figure]
    on: str
    markers: Mapping[int, float]
    is_active: bool


class StageMetrics(Collector):
    """Cases, indicators and the freshness of the cut, all from the snapshot shown last.

    A unit's figures include its descendants', so a sum over units counts cases more than once; `all` is the
    sum. On standby there are no figures, else two stages would show every case twice.

    Args:
        organisations: whose units have series even without a case.
        partitions: of hub.tallies.
        version: of the release.
        revision: of the code that judges.
    """

    def __init__(self, organisations: Organisations, partitions: int, version: str, revision: str) -> None:
        self._organisations = organisations
        self._partitions = partitions
        self._metrics: tuple[Metric, ...] = ()
        self.show(Snapshot({}, "", {}, is_active=False))
        self.registry = _new_registry(version, revision)
        self.registry.register(self)

    def show(self, snapshot: Snapshot) -> None:
        """Answer the scrapes from now on with this snapshot."""
        metrics = [self._freshness(snapshot), self._activity(snapshot)]
        if snapshot.is_active:
            metrics += self._figures(snapshot)
        self._metrics = tuple(metrics)

    def collect(self) -> Iterator[Metric]:
        """The metrics of one snapshot; called by every scrape, in the scrape's thread."""
        yield from self._metrics

    def _freshness(self, snapshot: Snapshot) -> Metric:
        text = "When the last marker was appended; 0 if none ever was."
        family = GaugeMetricFamily("hub_cut_marker_timestamp_seconds", text, labels=["partition"])
        for partition in range(self._partitions):
            family.add_metric([str(partition)], snapshot.markers.get(partition, 0.0))
        return family

    def _activity(self, snapshot: Snapshot) -> Metric:
        family = GaugeMetricFamily("hub_stage_active", "Whether this stage publishes: 1, or stands by: 0.")
        family.add_metric([], float(snapshot.is_active))
        return family

    def _figures(self, snapshot: Snapshot) -> list[Metric]:
        ranked = self._by_importance(snapshot)
        shown = ranked[:MAX_UNITS]
        cases = GaugeMetricFamily(
            "hub_cases", "Cases of the current month, descendants included.", labels=["unit", "bucket"]
        )
        for unit in shown:
            buckets = snapshot.units[unit].buckets if unit in snapshot.units else {}
            for bucket in BUCKETS:
                cases.add_metric([unit, bucket], buckets.get(bucket, 0))
        everything = snapshot.units.get(ALL)
        return [
            cases,
            _single("hub_units_left_out", "Units that hub_cases has no room for.", len(ranked) - len(shown)),
            _single(
                "hub_orphans", "Cases without a start.", everything.buckets["orphan"] if everything else 0
            ),
            _single(
                "hub_bucket_sum_mismatch",
                "Sums that do not add up; must be 0.",
                self._mismatches(snapshot.units),
            ),
            *self._indicators(snapshot),
        ]

    def _by_importance(self, snapshot: Snapshot) -> list[str]:
        """Everything, city, departments, other units valid today, units only seen; large ones first."""
        registry = self._organisations.units
        valid = {code for code, unit in registry.items() if unit.valid_from <= snapshot.on}

        def importance(unit: str) -> tuple[int, int, str]:
            if unit == ALL:
                return (0, 0, unit)
            place = {"city": 1, "department": 2}.get(registry[unit].kind, 3) if unit in registry else 4
            return (place, -snapshot.units[unit].total if unit in snapshot.units else 0, unit)

        return sorted({ALL, *valid, *snapshot.units}, key=importance)

    def _indicators(self, snapshot: Snapshot) -> Iterator[Metric]:
        """Numerator, denominator and points of the city and its departments; no points without data."""
        labels = ["indicator", "unit"]
        numerator = GaugeMetricFamily("hub_indicator_numerator", "Current month.", labels=labels)
        denominator = GaugeMetricFamily(
            "hub_indicator_denominator", "Current month; 0: no data.", labels=labels
        )
        points = GaugeMetricFamily("hub_indicator_points", "Current month; absent: no data.", labels=labels)
        for unit in self._by_importance(snapshot)[:MAX_UNITS]:
            row = self._organisations.units.get(unit)
            if unit != ALL and (row is None or row.kind not in {"city", "department"}):
                continue
            figure = snapshot.units.get(unit)
            key, n, d = [on_time_share.INDICATOR, unit], 0, 0
            if figure is not None:
                n, d = figure.numerator, figure.denominator
            numerator.add_metric(key, n)
            denominator.add_metric(key, d)
            if d:
                points.add_metric(key, on_time_share.POINTS_MAX * n / d)
        yield from (numerator, denominator, points)

    def _mismatches(self, units: Mapping[str, Figure]) -> int:
        """How many sums are wrong: the buckets of a unit, or of everything against the tops of the tree."""
        wrong = sum(sum(f.buckets.values()) != f.total + f.buckets["orphan"] for f in units.values())
        tops = [f for unit, f in units.items() if unit != ALL and len(self._organisations.path(unit)) == 2]
        if everything := units.get(ALL):
            wrong += sum(sum(f.buckets[b] for f in tops) != everything.buckets[b] for b in BUCKETS)
        return wrong


def _single(name: str, text: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], value)
    return family
