"""What Prometheus is told: one port per process, names as the contract with operations has them.

The figures of the stage come from one immutable snapshot, so in every scrape the parts equal the totals.
Labels are closed lists; no case, procedure, path or free text is one.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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

from services.domain.calendar import Calendar
from services.domain.figures import GROUPS_766, SUM_766, FigureRow
from services.domain.indicator import Figure
from services.domain.organisations import ALL, holding_row
from services.domain.periods import FIRST_YEAR, LAST_YEAR
from services.domain.policy import BUCKETS
from services.indicators import on_time_share
from services.rules import Rules

STAGE_SERIES: Final = 4_300
"""Of the 5,000 series the whole hub may have; the others are left to connectors, gateway and workers."""

ON_TIME: Final = on_time_share.DEFINITION.id
PROCESSING_TIME: Final = "processing.time"
QUANTILES: Final = {"0.5": "median_seconds", "0.9": "p90_seconds"}
"""Of the working seconds that ended cases took: the part of the indicator's row that says it."""

CALENDAR_FILE: Final = "calendar.toml"
_OTHER_SERIES: Final = 200
"""Of the stage: its build and process, the partitions, sums, calendars, dead letters."""

_INDICATOR_KINDS: Final = {"city": 1, "department": 2}
"""Kinds of units whose indicators are shown, in this order."""

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
        self._trials = self._counter("hub_facts_sandbox", "Facts of sources on trial, left out.", [])
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

    def trials(self, n: int = 1) -> None:
        """So many facts of sources on trial were left out."""
        self._trials.inc(n)

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
        units: each unit's figures of the current month by indicator, over all procedures, `ALL` among them.
        on: the day of the cut in the reporting zone: only units valid then have zeros.
        markers: instant in seconds at which the broker appended the last marker, by partition.
        is_active: whether this process is the one that publishes.
    """

    units: Mapping[str, Mapping[str, FigureRow]]
    on: date
    markers: Mapping[int, float]
    is_active: bool

    def cases(self, unit: str) -> Figure | None:
        """The cases of a unit; None if it has none."""
        row = self.units.get(unit, {}).get(ON_TIME)
        return None if row is None else row.figure


class StageMetrics(Collector):
    """Cases, indicators and the freshness of the cut, all from the snapshot shown last.

    A unit's figures include its descendants', so a sum over units counts cases more than once; `all` is the
    sum. On standby there are no figures, else two stages would show every case twice.

    Args:
        rules: whose units have series even without a case, and whose indicators are shown.
        partitions: of hub.tallies.
        version: of the release.
        revision: of the code that judges.
    """

    def __init__(self, rules: Rules, partitions: int, version: str, revision: str) -> None:
        self._organisations = rules.organisations
        self._partitions = partitions
        self._shares = [i.DEFINITION.id for i in rules.indicators if i.DEFINITION.unit == "share"]
        self._sums = [SUM_766.id, *(definition.id for definition in GROUPS_766.values())]
        self._calendars = tuple(_calendars(rules))
        self._metrics: tuple[Metric, ...] = ()
        self.show(Snapshot({}, date.min, {}, is_active=False))
        self.registry = _new_registry(version, revision)
        self.registry.register(self)

    def show(self, snapshot: Snapshot) -> None:
        """Answer the scrapes from now on with this snapshot."""
        metrics = [self._freshness(snapshot), self._activity(snapshot), *self._calendars]
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
        valid = self._valid(snapshot.on)
        ranked = self._by_importance(snapshot, valid)
        leading = [unit for unit in ranked if unit == ALL or (unit in valid and self._leads(unit))]
        shown = ranked[: self._room(snapshot, leading)]
        everything = snapshot.cases(ALL)
        return [
            self._cases(snapshot, shown),
            self._durations(snapshot, shown),
            _single("hub_units_left_out", "Units that hub_cases has no room for.", len(ranked) - len(shown)),
            _single("hub_orphans", "Cases without a start.", everything.parts["orphan"] if everything else 0),
            _single(
                "hub_bucket_sum_mismatch", "Sums that do not add up; must be 0.", self._mismatches(snapshot)
            ),
            *self._indicators(snapshot, leading),
        ]

    def _valid(self, on: date) -> set[str]:
        """The units of the registry that are valid on a day."""
        units = self._organisations.units.values()
        return {unit.id for unit in units if holding_row([unit], on) is not None}

    def _leads(self, unit: str) -> bool:
        return self._organisations.units[unit].kind in _INDICATOR_KINDS

    def _room(self, snapshot: Snapshot, leading: Sequence[str]) -> int:
        """How many units can be shown bucket by bucket beside the indicators of the leading ones."""
        points = sum(
            row.points is not None for unit in leading for row in snapshot.units.get(unit, {}).values()
        )
        taken = 2 * len(leading) * len(self._shares) + points + _OTHER_SERIES
        return max(0, STAGE_SERIES - taken) // (len(BUCKETS) + len(QUANTILES))

    def _by_importance(self, snapshot: Snapshot, valid: AbstractSet[str]) -> list[str]:
        """Everything, city, departments, other units valid today, units only seen; large ones first."""

        def importance(unit: str) -> tuple[int, int, str]:
            if unit == ALL:
                return (0, 0, unit)
            place = _INDICATOR_KINDS.get(self._organisations.units[unit].kind, 3) if unit in valid else 4
            cases = snapshot.cases(unit)
            return (place, -cases.total if cases else 0, unit)

        return sorted({ALL, *valid, *snapshot.units}, key=importance)

    def _cases(self, snapshot: Snapshot, units: Iterable[str]) -> Metric:
        text = "Cases of the current month, descendants included."
        family = GaugeMetricFamily("hub_cases", text, labels=["unit", "bucket"])
        for unit in units:
            cases = snapshot.cases(unit)
            for bucket in BUCKETS:
                family.add_metric([unit, bucket], cases.parts[bucket] if cases else 0)
        return family

    def _durations(self, snapshot: Snapshot, units: Iterable[str]) -> Metric:
        text = "Working time that cases ended in the current month took; absent: no data."
        labels = ["unit", "quantile"]
        family = GaugeMetricFamily("hub_case_processing_working_seconds", text, labels=labels)
        for unit in units:
            row = snapshot.units.get(unit, {}).get(PROCESSING_TIME)
            for quantile, part in QUANTILES.items():
                if row is not None and part in row.figure.parts:
                    family.add_metric([unit, quantile], row.figure.parts[part])
        return family

    def _indicators(self, snapshot: Snapshot, units: Iterable[str]) -> Iterator[Metric]:
        """Numerator, denominator and points of the city and its departments; no points without data."""
        labels = ["indicator", "unit"]
        numerator = GaugeMetricFamily("hub_indicator_numerator", "Current month.", labels=labels)
        denominator = GaugeMetricFamily(
            "hub_indicator_denominator", "Current month; 0: no data.", labels=labels
        )
        points = GaugeMetricFamily("hub_indicator_points", "Current month; absent: no data.", labels=labels)
        for unit in units:
            rows = snapshot.units.get(unit, {})
            for indicator in self._shares:
                figure = rows[indicator].figure if indicator in rows else None
                numerator.add_metric([indicator, unit], figure.numerator if figure else 0)
                denominator.add_metric([indicator, unit], figure.denominator if figure else 0)
            for indicator in (*self._shares, *self._sums):
                exact = rows[indicator].points if indicator in rows else None
                if exact is not None:
                    points.add_metric([indicator, unit], float(exact))
        yield from (numerator, denominator, points)

    def _mismatches(self, snapshot: Snapshot) -> int:
        """How many sums are wrong: the buckets of a unit, or of everything against the tops of the tree."""
        found = {unit: cases for unit in snapshot.units if (cases := snapshot.cases(unit)) is not None}
        wrong = sum(sum(f.parts.values()) != f.total + f.parts["orphan"] for f in found.values())
        tops = [f for unit, f in found.items() if unit != ALL and len(self._organisations.path(unit)) == 2]
        if everything := found.get(ALL):
            wrong += sum(sum(f.parts[b] for f in tops) != everything.parts[b] for b in BUCKETS)
        return wrong


def _calendars(rules: Rules) -> Iterator[Metric]:
    """Which calendar each jurisdiction works by, and up to when it is known."""
    info = GaugeMetricFamily("hub_calendar_info", "Calendars in use.", labels=["scope", "version"])
    until = GaugeMetricFamily(
        "hub_calendar_valid_until_timestamp_seconds", "End of the last day covered.", labels=["scope"]
    )
    version = rules.reference_files.get(CALENDAR_FILE, rules.reference)
    scopes = {unit.jurisdiction for unit in rules.organisations.units.values()}
    for scope in sorted(scope for scope in scopes if scope is not None):
        calendar = rules.law.calendars.processing(scope)
        if calendar is not None:
            info.add_metric([scope, version], 1)
            until.add_metric([scope], _end_of(calendar))
    yield from (info, until)


def _end_of(calendar: Calendar) -> float:
    """The first instant after the days a calendar covers, in seconds."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    days = (date(year, 1, 1) + timedelta(n) for year in years for n in range(366))
    after = max((day for day in days if calendar.covers(day)), default=date.min) + timedelta(1)
    return datetime(after.year, after.month, after.day, tzinfo=calendar.zone).timestamp()


def _single(name: str, text: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, text)
    family.add_metric([], value)
    return family
