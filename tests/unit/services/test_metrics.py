"""What a scrape says, over HTTP, as Prometheus would read it."""

import socket
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.request import Request, urlopen

import pytest
from egovhub.errors import REASONS, ConfigurationError
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from services.domain.organisations import ALL, Organisations, Unit
from services.domain.policy import BUCKETS
from services.indicators.on_time_share import Figure
from services.metrics import MAX_SOURCES, MAX_UNITS, Snapshot, StageMetrics, WorkerMetrics, serve

Samples = Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]

ALWAYS = {"hub_build_info"}
OF_WORKERS = {
    "hub_processor_events_total",
    "hub_processor_lag_seconds",
    "hub_end_to_end_delay_seconds",
    "hub_processor_duplicate_events_total",
    "hub_facts_revisions_total",
    "hub_facts_conflicts_total",
    "hub_dlq_records_total",
    "hub_dlq_write_failures_total",
    "hub_processor_table_entries",
    "hub_processor_recovery_remaining_records",
    "hub_processor_ready",
}
OF_THE_STAGE = {
    "hub_cases",
    "hub_indicator_numerator",
    "hub_indicator_denominator",
    "hub_indicator_points",
    "hub_cut_marker_timestamp_seconds",
    "hub_bucket_sum_mismatch",
    "hub_orphans",
    "hub_stage_active",
    "hub_units_left_out",
}


def unit(code: str, kind: str = "ward", parent: str | None = "city", valid_from: str = "2025-07-01") -> Unit:
    return Unit(code, code, kind, parent, valid_from, "test")


CITY = Organisations([unit("city", "city", None), unit("health", "department"), unit("w1"), unit("w2")])


def figure(**buckets: int) -> Figure:
    counts = dict.fromkeys(BUCKETS, 0) | buckets
    judged = sum(counts[b] for b in ("on_time", "late", "in_time", "overdue"))
    total = sum(counts.values()) - counts["orphan"]
    return Figure(counts["on_time"] + counts["in_time"], judged, total, counts)


def snapshot(units: Mapping[str, Figure], *, on: str = "2026-11-23", is_active: bool = True) -> Snapshot:
    return Snapshot(units, on, {0: 1795.5}, is_active=is_active)


def stage(organisations: Organisations = CITY) -> StageMetrics:
    return StageMetrics(organisations, 12, "0.1.0", "c0de")


@contextmanager
def served(registry: CollectorRegistry) -> Iterator[str]:
    endpoint = serve(registry, "127.0.0.1", 0)
    try:
        yield endpoint.url
    finally:
        endpoint.close()


def read(text: str) -> Samples:
    """All samples by name and labels, as the reference parser of OpenMetrics understands them."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = defaultdict(dict)
    for family in text_string_to_metric_families(text):  # type: ignore[no-untyped-call]
        for sample in family.samples:
            found[sample.name][tuple(sorted(sample.labels.items()))] = sample.value
    return found


def scrape(url: str) -> Samples:
    with urlopen(Request(url, headers={"Accept": "application/openmetrics-text; version=1.0.0"})) as response:
        return read(response.read().decode())


def scraped(metrics: WorkerMetrics | StageMetrics) -> Samples:
    text: bytes = generate_latest(metrics.registry)  # type: ignore[no-untyped-call]
    return read(text.decode())


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name][tuple(sorted(labels.items()))]


def hub_names(samples: Samples) -> set[str]:
    suffixes = ("_bucket", "_count", "_sum")
    names = {name for name in samples if name.startswith("hub_")}
    histograms = {n.removesuffix("_bucket") for n in names if n.endswith("_bucket")}
    return {n for n in names if not any(n == h + s for h in histograms for s in suffixes)} | histograms


def test_a_worker_shows_the_names_of_the_contract_and_no_others() -> None:
    assert hub_names(scraped(WorkerMetrics("0.1.0", "c0de"))) == ALWAYS | OF_WORKERS


def test_an_active_stage_shows_the_names_of_the_contract_and_no_others() -> None:
    metrics = stage()
    metrics.show(snapshot({"w1": figure(on_time=1), "city": figure(on_time=1), ALL: figure(on_time=1)}))
    assert hub_names(scraped(metrics)) == ALWAYS | OF_THE_STAGE


def test_a_standby_shows_no_case() -> None:
    metrics = stage()
    metrics.show(snapshot({ALL: figure(late=1)}, is_active=False))
    samples = scraped(metrics)
    assert "hub_cases" not in samples
    assert value(samples, "hub_stage_active") == 0


def test_every_label_set_known_at_start_is_there_with_a_zero() -> None:
    samples = scraped(WorkerMetrics("0.1.0", "c0de", ["onestop"]))
    for name in ("hub_dlq_records_total", "hub_dlq_write_failures_total"):
        assert {dict(labels)["reason"] for labels in samples[name]} == REASONS
        assert set(samples[name].values()) == {0.0}
    assert value(samples, "hub_facts_revisions_total", source="onestop") == 0
    assert value(samples, "hub_processor_events_total", processor="worker", topic="facts") == 0
    assert value(samples, "hub_processor_ready", processor="worker") == 0


def test_every_unit_valid_today_has_all_buckets_even_without_a_case() -> None:
    metrics = stage(Organisations([*CITY.units.values(), unit("future", valid_from="2027-01-01")]))
    metrics.show(snapshot({"stranger": figure(late=2), ALL: figure(late=2)}))
    shown = scraped(metrics)["hub_cases"]
    assert {dict(labels)["unit"] for labels in shown} == {ALL, "city", "health", "w1", "w2", "stranger"}
    assert len(shown) == 6 * len(BUCKETS)


def test_a_worker_counts_what_it_is_told() -> None:
    metrics = WorkerMetrics("0.1.0", "c0de", ["onestop"])
    metrics.events(7)
    metrics.lag(3.5)
    metrics.delay(0.7)
    metrics.duplicates("onestop")
    metrics.revisions("onestop", 2)
    metrics.conflicts("other-source")
    metrics.dead_letter("bad-magic")
    metrics.dead_letter_failed("bad-magic")
    metrics.table(entries={"cases": 11}, remaining=5)
    metrics.ready(is_ready=True)
    samples = scraped(metrics)
    flow = {"processor": "worker", "topic": "facts"}
    assert value(samples, "hub_processor_events_total", **flow) == 7
    assert value(samples, "hub_processor_lag_seconds", **flow) == 3.5
    assert value(samples, "hub_end_to_end_delay_seconds_sum", **flow) == 0.7
    assert value(samples, "hub_end_to_end_delay_seconds_bucket", le="0.5", **flow) == 0
    assert value(samples, "hub_end_to_end_delay_seconds_bucket", le="1.0", **flow) == 1
    assert value(samples, "hub_processor_duplicate_events_total", source="onestop") == 1
    assert value(samples, "hub_facts_revisions_total", source="onestop") == 2
    assert value(samples, "hub_facts_conflicts_total", source="other-source") == 1
    assert value(samples, "hub_dlq_records_total", at="worker", reason="bad-magic") == 1
    assert value(samples, "hub_dlq_write_failures_total", at="worker", reason="bad-magic") == 1
    assert value(samples, "hub_processor_table_entries", processor="worker", table="cases") == 11
    assert value(samples, "hub_processor_recovery_remaining_records", processor="worker", table="cases") == 5
    assert value(samples, "hub_processor_ready", processor="worker") == 1


def test_sources_beyond_the_limit_share_one_label() -> None:
    metrics = WorkerMetrics("0.1.0", "c0de")
    for n in range(MAX_SOURCES + 30):
        metrics.revisions(f"source {n}")
    shown = scraped(metrics)["hub_facts_revisions_total"]
    assert len(shown) == MAX_SOURCES + 1
    assert sum(shown.values()) == MAX_SOURCES + 30


def test_points_are_twenty_times_the_share_and_absent_without_data() -> None:
    metrics = stage()
    metrics.show(
        snapshot({"city": figure(on_time=3, late=1), "health": figure(no_deadline=2), ALL: figure()})
    )
    samples = scraped(metrics)
    assert samples["hub_indicator_points"] == {(("indicator", "2.1"), ("unit", "city")): 15.0}
    assert value(samples, "hub_indicator_numerator", indicator="2.1", unit="city") == 3
    assert value(samples, "hub_indicator_denominator", indicator="2.1", unit="health") == 0


def test_indicators_are_shown_for_the_city_and_its_departments_alone() -> None:
    metrics = stage()
    metrics.show(snapshot({"w1": figure(late=1), "stranger": figure(late=1)}))
    shown = scraped(metrics)["hub_indicator_numerator"]
    assert {dict(labels)["unit"] for labels in shown} == {ALL, "city", "health"}


def test_sums_that_add_up_are_no_mismatch() -> None:
    metrics = stage()
    mine = figure(on_time=2, overdue=1, orphan=4)
    strange = figure(no_deadline=3)
    metrics.show(
        snapshot(
            {
                "w1": mine,
                "city": mine,
                "x": strange,
                ALL: figure(on_time=2, overdue=1, orphan=4, no_deadline=3),
            }
        )
    )
    samples = scraped(metrics)
    assert value(samples, "hub_bucket_sum_mismatch") == 0
    assert value(samples, "hub_orphans") == 4


@pytest.mark.parametrize(
    "units",
    [
        {"city": figure(on_time=2), ALL: figure(on_time=3)},
        {ALL: Figure(1, 1, 5, figure(on_time=1).buckets), "city": figure(on_time=1)},
    ],
)
def test_sums_that_do_not_add_up_are_a_mismatch(units: Mapping[str, Figure]) -> None:
    metrics = stage()
    metrics.show(snapshot(units))
    assert value(scraped(metrics), "hub_bucket_sum_mismatch") == 1


def test_in_every_scrape_the_parts_equal_the_total_while_figures_change() -> None:
    metrics = stage()
    metrics.show(snapshot({ALL: figure()}))
    ended = threading.Event()

    def change() -> None:
        n = 0
        while not ended.is_set():
            n += 1
            own = figure(on_time=n, late=n * 2, overdue=n * 3)
            metrics.show(snapshot({"w1": own, "city": own, ALL: own}))

    def is_consistent(samples: Samples) -> bool:
        parts = sum(v for labels, v in samples["hub_cases"].items() if ("unit", "w1") in labels)
        judged = value(samples, "hub_indicator_denominator", indicator="2.1", unit="city")
        return parts == judged and value(samples, "hub_bucket_sum_mismatch") == 0

    with served(metrics.registry) as url, ThreadPoolExecutor(4) as pool:
        changing = pool.submit(change)
        try:
            seen = list(pool.map(scrape, [url] * 60))
        finally:
            ended.set()
        changing.result()
    assert [is_consistent(samples) for samples in seen] == [True] * 60
    assert (
        len({value(samples, "hub_indicator_denominator", indicator="2.1", unit="city") for samples in seen})
        > 1
    )


def test_a_city_with_many_units_and_workers_stays_within_the_budget_of_series() -> None:
    registry = [unit("city", "city", None), unit("health", "department")]
    registry += [unit(f"w{n:03}") for n in range(200)]
    metrics = stage(Organisations(registry))
    seen = {f"stranger {n:03}": figure(late=n) for n in range(100)}
    metrics.show(snapshot({ALL: figure(late=4950), **seen}))
    worker = WorkerMetrics("0.1.0", "c0de", [f"source {n}" for n in range(MAX_SOURCES)])
    samples = scraped(metrics)
    assert value(samples, "hub_units_left_out") == 303 - MAX_UNITS
    shown = {dict(labels)["unit"] for labels in samples["hub_cases"]}
    assert {"city", "health", "w000", "w199", "stranger 099"} <= shown
    assert "stranger 000" not in shown
    series = [sum(map(len, scraped(part).values())) for part in (metrics, worker)]
    assert series[0] + 4 * series[1] < 5000


def test_a_taken_port_is_named_with_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            ConfigurationError, match=rf"HUB_METRICS_PORT: 127\.0\.0\.1:{port} .*choose another"
        ):
            serve(CollectorRegistry(), "127.0.0.1", port)
