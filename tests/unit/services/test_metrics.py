"""What a scrape says, over HTTP, as Prometheus would read it."""

import socket
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from egovhub.errors import REASONS, ConfigurationError
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from services.domain.cells import Cell
from services.domain.figures import GROUPS_766, SUM_766, FigureKey, FigureRow
from services.domain.indicator import Definition, Figure, Indicator, Setting
from services.domain.organisations import ALL, Organisations, Unit
from services.domain.periods import Grain
from services.domain.policy import BUCKETS
from services.metrics import MAX_SOURCES, PROCESSING_TIME, Snapshot, StageMetrics, WorkerMetrics, serve
from services.rules import Rules, load_rules

Samples = Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]

ALWAYS = {"hub_build_info"}
OF_WORKERS = {
    "hub_processor_events_total",
    "hub_processor_lag_seconds",
    "hub_end_to_end_delay_seconds",
    "hub_facts_sandbox_total",
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
    "hub_case_processing_working_seconds",
    "hub_calendar_info",
    "hub_calendar_valid_until_timestamp_seconds",
    "hub_cut_marker_timestamp_seconds",
    "hub_bucket_sum_mismatch",
    "hub_orphans",
    "hub_stage_active",
    "hub_units_left_out",
}


TODAY = date(2026, 11, 23)
EVERYTHING = load_rules("Asia/Ho_Chi_Minh")
[ON_TIME] = [indicator for indicator in EVERYTHING.indicators if indicator.DEFINITION.id == "2.1"]


def unit(
    code: str,
    kind: str = "ward",
    parent: str | None = "city",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Unit:
    return Unit(code, code, kind, parent, valid_from, "test", valid_to, jurisdiction="VN")


UNITS = [unit("city", "city", None), unit("health", "department"), unit("w1"), unit("w2")]


def rules(units: Iterable[Unit] = UNITS, *, indicators: int | None = None) -> Rules:
    """The rules of the release with other units; with 2.1 alone, or with so many indicators."""
    modules: list[Indicator] = [ON_TIME, *(Module(f"made-up.{n}") for n in range((indicators or 1) - 1))]
    law = replace(EVERYTHING.law, organisations=Organisations(units))
    return replace(EVERYTHING, law=law, indicators=tuple(modules))


class Module:
    """In place of an indicator."""

    def __init__(self, name: str) -> None:
        self.DEFINITION = Definition(name, "made up", 1, "test")

    def measure(self, counts: Cell, setting: Setting) -> Figure | None:
        return None


def row(
    figure: Figure, definition: Definition = ON_TIME.DEFINITION, points: Fraction | None = None
) -> FigureRow:
    key = FigureKey(definition.id, "u", ALL, "2026-11", "national-portal@1", "as-was")
    return FigureRow(key, definition, Grain.MONTH, 322, figure, points, 20)


TIME = Definition(PROCESSING_TIME, "time", 1, "test", unit="seconds")
TOOK = row(Figure(90, 3, 3, {"median_seconds": 28_800, "p90_seconds": 57_600}), TIME)


def counts(**buckets: int) -> dict[str, int]:
    return dict.fromkeys(BUCKETS, 0) | buckets


def figure(**buckets: int) -> Figure:
    found = counts(**buckets)
    judged = sum(found[b] for b in ("on_time", "late", "in_time", "overdue"))
    total = sum(found.values()) - found["orphan"]
    return Figure(found["on_time"] + found["in_time"], judged, total, found)


def points_of(figure: Figure) -> Fraction | None:
    return Fraction(20 * figure.numerator, figure.denominator) if figure.denominator else None


def snapshot(units: Mapping[str, Figure], *, on: date = TODAY, is_active: bool = True) -> Snapshot:
    """Cases of some units, with the points of 2.1."""
    rows = {
        unit: {
            "2.1": row(
                found, points=Fraction(20 * found.numerator, found.denominator) if found.denominator else None
            )
        }
        for unit, found in units.items()
    }
    return Snapshot(rows, on, {0: 1795.5}, is_active=is_active)


def stage(units: Iterable[Unit] = UNITS) -> StageMetrics:
    return StageMetrics(rules(units), 12, "0.1.0", "c0de")


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
    shown = snapshot({"w1": figure(on_time=1), "city": figure(on_time=1), ALL: figure(on_time=1)})
    metrics.show(replace(shown, units={**shown.units, "w2": {PROCESSING_TIME: TOOK}}))
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
    ended, future = unit("ended", valid_to=TODAY), unit("future", valid_from=TODAY + timedelta(1))
    metrics = stage([*UNITS, ended, future, unit("new", valid_from=TODAY)])
    metrics.show(snapshot({"stranger": figure(late=2), ALL: figure(late=2)}))
    shown = scraped(metrics)["hub_cases"]
    new = f"new@{TODAY}"
    assert {dict(labels)["unit"] for labels in shown} == {ALL, "city", "health", "w1", "w2", new, "stranger"}
    assert len(shown) == 7 * len(BUCKETS)


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


def test_every_share_is_shown_with_zeros_and_points_of_the_sums_too() -> None:
    metrics = StageMetrics(rules(indicators=2), 12, "0.1.0", "c0de")
    other = Definition("made-up.0", "made up", 1, "test")
    mean = Definition("2.2", "mean", 1, "test", unit="seconds")
    rows = {
        "2.1": row(figure(on_time=3, late=1), points=Fraction(15)),
        other.id: row(Figure(1, 3, 3), other, Fraction(2, 3)),
        mean.id: row(Figure(100, 3, 3), mean),
        SUM_766.id: row(Figure(1567, 2400, 10000), SUM_766, Fraction(47, 3)),
        "766.progress": row(Figure(1500, 2000, 2000), GROUPS_766["progress"], Fraction(15)),
    }
    metrics.show(Snapshot({"city": rows, ALL: {}}, TODAY, {}, is_active=True))
    samples = scraped(metrics)
    assert value(samples, "hub_indicator_numerator", indicator=other.id, unit="city") == 1
    assert value(samples, "hub_indicator_denominator", indicator=other.id, unit="city") == 3
    assert value(samples, "hub_indicator_denominator", indicator=other.id, unit="health") == 0
    points = {dict(labels)["indicator"]: n for labels, n in samples["hub_indicator_points"].items()}
    assert points == {"2.1": 15, other.id: 2 / 3, "766": 47 / 3, "766.progress": 15}
    assert {dict(labels)["indicator"] for labels in samples["hub_indicator_numerator"]} == {"2.1", other.id}


def test_the_time_that_cases_took_is_shown_by_quantile_where_there_is_data() -> None:
    metrics = stage()
    nothing = row(Figure(0, 0, 3, {}), TIME)
    metrics.show(Snapshot({"w1": {TIME.id: TOOK}, "w2": {TIME.id: nothing}}, TODAY, {}, is_active=True))
    shown = scraped(metrics)["hub_case_processing_working_seconds"]
    assert {(dict(labels)["unit"], dict(labels)["quantile"]): n for labels, n in shown.items()} == {
        ("w1", "0.5"): 28_800,
        ("w1", "0.9"): 57_600,
    }


def test_calendars_say_their_version_and_how_far_they_reach_even_on_standby() -> None:
    samples = scraped(stage())
    version = EVERYTHING.reference_files["calendar.toml"]
    assert value(samples, "hub_calendar_info", scope="VN", version=version) == 1
    until = datetime(2027, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")).timestamp()
    assert value(samples, "hub_calendar_valid_until_timestamp_seconds", scope="VN") == until


def test_indicators_are_shown_for_the_city_and_its_departments_of_today_alone() -> None:
    metrics = stage([*UNITS, unit("old", "department", valid_to=TODAY)])
    metrics.show(snapshot({unit: figure(late=1) for unit in ("w1", "old", "stranger")}))
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
        {ALL: Figure(1, 1, 5, counts(on_time=1)), "city": figure(on_time=1)},
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


def test_a_city_with_many_units_indicators_and_workers_stays_within_the_budget_of_series() -> None:
    departments = [unit(f"d{n:02}", "department") for n in range(14)]
    registry = [unit("city", "city", None), *departments, *(unit(f"w{n:03}") for n in range(114))]
    metrics = StageMetrics(rules(registry, indicators=52), 12, "0.1.0", "c0de")
    gives = {n: Fraction(1) for n in range(21)}
    shares = {f"made-up.{n}": row(Figure(1, 1, 1), points=gives.get(n)) for n in range(51)}
    sums = {
        indicator: row(Figure(1, 1, 1), points=Fraction(1))
        for indicator in ("766", *(d.id for d in GROUPS_766.values()))
    }
    units = [u.id for u in registry] + [f"stranger {n:03}" for n in range(100)]
    figures = snapshot({ALL: figure(late=4950), **{u: figure(late=n + 1) for n, u in enumerate(units)}}).units
    full = {unit: {**rows, **shares, **sums, PROCESSING_TIME: TOOK} for unit, rows in figures.items()}
    metrics.show(Snapshot(full, TODAY, {}, is_active=True))
    worker = WorkerMetrics("0.1.0", "c0de", [f"source {n}" for n in range(MAX_SOURCES)])
    samples = scraped(metrics)
    shown = {dict(labels)["unit"] for labels in samples["hub_cases"]}
    assert {ALL, "city", *(u.id for u in registry)} <= shown
    assert value(samples, "hub_units_left_out") == len(full) - len(shown)
    assert len(samples["hub_indicator_points"]) == 16 * (22 + 7)
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
