"""Figures kept by changes equal the figures of all cells at once."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from random import Random
from typing import Any

import pytest
from egovhub.codec import decode, encode
from egovhub.contract import schemas_dir
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.cells import add
from services.domain.evaluation import evaluate
from services.domain.figures import AS_NOW, AS_WAS, ranks
from services.domain.imports import Imports, PortalCount
from services.domain.organisations import ALL
from services.domain.periods import month_of_label
from services.domain.points import Thresholds
from services.domain.standing import Known
from services.domain.sums import Point
from services.generator import city_of
from services.recount import figures
from services.rows import MARKER_KEY, Cut, figure_key, indicator_record
from services.rules import Rules
from services.stage_figures import IndicatorRows, Record
from services.stage_standing import SUBSTANCE, substance
from services.stage_tallies import Change, Tallies
from tests.unit.domain.build import at
from tests.unit.services.stage_build import EVERYTHING, RULES, Cells, joint, marker, rows_of, threshold

MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02")
NOVEMBER, DECEMBER, JANUARY = (
    at("Mon 2025-11-24 09:00"),
    at("Wed 2025-12-31 23:59"),
    at("Thu 2026-01-01 00:00"),
)
BEFORE_EDGE, EDGE = at("Sat 2026-02-14 23:59 +59999ms"), at("Sun 2026-02-15 00:00")
AS_OF = (NOVEMBER, DECEMBER, JANUARY, BEFORE_EDGE, EDGE, at("Sat 2026-02-28 12:00"))
PARTITIONS = 2


class Hub:
    """Two partitions of tallies, the stage's figures, and the topic they are published to."""

    def __init__(self) -> None:
        self.tallies = Tallies(PARTITIONS)
        self.figures = IndicatorRows(RULES)
        self.topic: dict[bytes, bytes] = {}
        self.cells: dict[tuple[int, tuple[str, str, str]], dict[str, int]] = {}
        self.figures.resume(self.topic)

    def flush(self, partition: int, cells: Cells) -> None:
        for key, value in [*rows_of(cells), marker(partition)]:
            self.figures.add(self.tallies.take(partition, key, value, 0))
        for cell, counters in cells.items():
            self.cells[partition, cell] = dict(counters)

    def publish(self, as_of: int) -> list[Record]:
        records = self.figures.publication(as_of, self.tallies.cut)
        apply(self.topic, records)
        return records

    def lose(self, as_of: int) -> None:
        """A publication is not committed; the same process reads back."""
        self.figures.publication(as_of, self.tallies.cut)
        self.figures.resume(self.topic)

    def restart(self) -> None:
        """Another process takes over: it has read the tallies, and reads back what is published."""
        self.figures = IndicatorRows(RULES)
        fresh = Tallies(PARTITIONS)
        for (partition, cell), counters in self.cells.items():
            for key, value in rows_of({cell: counters}):
                fresh.take(partition, key, value, 0)
        self.tallies = fresh
        for partition in range(PARTITIONS):
            self.figures.add(fresh.take(partition, *marker(partition), 0))
        self.figures.resume({**self.topic, MARKER_KEY: b"not a row"})

    def batch(self, as_of: int) -> dict[bytes, Any]:
        """What every row says, from all cells at once."""
        points: dict[Point, int] = {}
        for (_, (unit, procedure, month)), counters in self.cells.items():
            named = {(unit, procedure, month_of_label(month), joint(name)): n for name, n in counters.items()}
            add(points, named)
        return batch(points, RULES, as_of)

    def stands(self) -> dict[bytes, Any]:
        return {key: substance(decode(value)[1]) for key, value in self.topic.items()}


def batch(points: Mapping[Point, int], rules: Rules, as_of: int) -> dict[bytes, Any]:
    """What every row says, from all contributions at once."""
    found = figures({point: n for point, n in points.items() if n}, rules, as_of)
    placed = ranks(found, rules.organisations)
    return {
        figure_key(row.key): substance(indicator_record(row, placed.get(row.key), rules, as_of, ()))
        for row in found
    }


BUCKETS = ("on_time", "late", "in_time", "overdue", "no_deadline", "paused")
LEVELS = tuple(f"open.{bucket}" for bucket in BUCKETS[2:])
FLOWS = ("ended.on_time", "ended.late", "handover.ended.early", "received")
COUNTERS = (*LEVELS, *FLOWS, "handover.open.due_soon", "orphan")
UNITS = ("w1", "w2", "health", "city", "x")
BASE: Cells = {
    (unit, procedure, "2025-10"): dict.fromkeys(LEVELS, 40) for unit in UNITS for procedure in "pq"
}
"""So many open cases that no drawn flush makes a level negative; without it they only rise."""

CELL = st.tuples(st.sampled_from(UNITS), st.sampled_from("pq"), st.sampled_from(MONTHS))
COUNTS: st.SearchStrategy[dict[str, int]] = st.one_of(
    st.just({}),
    st.dictionaries(st.sampled_from(COUNTERS), st.integers(1, 4), max_size=3),
    st.dictionaries(st.sampled_from(LEVELS), st.integers(-2, 3)),
)
FLUSH = st.tuples(st.integers(0, PARTITIONS - 1), st.dictionaries(CELL, COUNTS, max_size=4))
LOSS = st.tuples(st.just("lose"), st.sampled_from(AS_OF))
STEP = st.one_of(FLUSH, FLUSH, st.sampled_from(AS_OF), st.just("restart"), LOSS)


def rising(counters: dict[str, int]) -> dict[str, int]:
    return {name: abs(n) for name, n in counters.items()}


@settings(max_examples=50, deadline=None)
@given(st.lists(STEP, max_size=9), st.sampled_from(AS_OF), st.booleans())
def test_after_any_flushes_edges_losses_and_restarts_the_topic_equals_the_batch(
    steps: list[Any], last: int, falls: bool
) -> None:
    hub = Hub()
    if falls:
        hub.flush(0, BASE)
    for step in [*steps, last]:
        if isinstance(step, int):
            hub.publish(step)
            assert hub.stands() == hub.batch(step)
        elif step == "restart":
            hub.restart()
        elif step[0] == "lose":
            hub.lose(step[1])
        else:
            partition, cells = step
            hub.flush(partition, cells if falls else {key: rising(cell) for key, cell in cells.items()})
    assert hub.publish(last) == []
    assert not hub.figures.has_news(last)


def test_a_unit_whose_row_was_never_committed_is_in_no_ranking() -> None:
    hub = Hub()
    hub.flush(0, {("w1", "p", "2025-11"): {"ended.late": 1}, ("w2", "p", "2025-11"): {"ended.on_time": 1}})
    hub.lose(NOVEMBER)
    hub.flush(0, {("w2", "p", "2025-11"): {}})
    row = published(hub.publish(NOVEMBER))["w1", ALL, "2025-11"]
    assert row is not None
    assert (row["rank"], row["ranked"]) == (1, 1)


def published(
    records: list[Record], indicator: str = "2.1", policy: str = "national-portal@1", view: str = AS_WAS
) -> dict[tuple[str, ...], dict[str, Any] | None]:
    """Unit, procedure and period of one indicator to the record, None where it was withdrawn."""
    found = {}
    for key, value in records:
        name, *where, by, seen = json.loads(key)
        if (name, by, seen) == (indicator, policy, view):
            found[tuple(where)] = None if value is None else decode(value)[1]
    return found


def test_a_row_says_what_it_rests_on() -> None:
    hub = Hub()
    hub.flush(0, {("w1", "p", "2025-11"): {"ended.on_time": 1, "open.in_time": 2}})
    hub.flush(1, {})
    row = published(hub.publish(NOVEMBER))["city", ALL, "2025-Q4"]
    assert row is not None
    assert (row["numerator"], row["denominator"], row["points_max"]) == (3, 3, 20)
    assert row["as_of"] == row["evaluated_at"] == NOVEMBER
    assert row["cut"] == [Cut(0, 10, 0, 1)._asdict(), Cut(1, 10, 0, 1)._asdict()]
    assert (row["code"], row["reference"]) == (RULES.code, RULES.reference)


def test_only_rows_that_say_something_new_are_published() -> None:
    hub = Hub()
    hub.flush(0, {("w1", "p", "2025-11"): {"ended.on_time": 1}, ("x", "q", "2025-11"): {"ended.late": 1}})
    hub.publish(NOVEMBER)
    hub.flush(0, {("x", "q", "2025-11"): {"ended.late": 2}})
    changed = published(hub.publish(NOVEMBER))
    assert {unit for unit, _, _ in changed} == {"x", ALL}


def test_a_level_stands_in_every_later_period_that_it_alters() -> None:
    hub = Hub()
    hub.flush(0, {("x", "q", "2025-11"): {"open.overdue": 1}})
    hub.publish(JANUARY)
    hub.flush(0, {("x", "q", "2025-11"): {"open.overdue": 2}})
    changed = published(hub.publish(JANUARY))
    periods = {period for unit, _, period in changed if unit == "x"}
    assert periods == {"2025-11", "2025-12", "2025-Q4", "2025", "2026-01", "2026-Q1", "2026"}


def test_at_a_months_edge_rows_appear_without_a_changed_cell() -> None:
    hub = Hub()
    hub.flush(0, {("x", "q", "2025-11"): {"open.overdue": 1}, ("w1", "q", "2025-11"): {"ended.late": 1}})
    hub.publish(DECEMBER)
    assert hub.figures.has_news(JANUARY)
    appeared = published(hub.publish(JANUARY))
    assert set(appeared) == {
        (unit, procedure, period)
        for unit in ("x", ALL)
        for procedure in ("q", ALL)
        for period in ("2026-01", "2026-Q1", "2026")
    }


def test_a_cell_beyond_the_month_of_the_cut_waits_for_its_month() -> None:
    hub = Hub()
    hub.flush(0, {("x", "q", "2025-11"): {"ended.late": 1}})
    hub.publish(NOVEMBER)
    hub.flush(1, {("x", "q", "2025-12"): {"ended.late": 1}})
    assert hub.publish(NOVEMBER) == []
    assert ("x", "q", "2025-12") in published(hub.publish(DECEMBER))


def test_a_changed_rank_publishes_a_row_whose_counts_did_not_change() -> None:
    hub = Hub()
    hub.flush(0, {("w1", "p", "2025-11"): {"ended.on_time": 1}, ("w2", "p", "2025-11"): {"ended.late": 1}})
    before = published(hub.publish(NOVEMBER))["w1", ALL, "2025-11"]
    assert before is not None
    assert (before["rank"], before["ranked"], before["group"]) == (1, 2, "city/commune")
    hub.flush(0, {("w2", "p", "2025-11"): {}})
    changed = published(hub.publish(NOVEMBER))
    after = changed["w1", ALL, "2025-11"]
    assert after is not None
    assert (after["rank"], after["ranked"]) == (1, 1)
    assert changed["w2", ALL, "2025-11"] is None
    assert ("w1", "p", "2025-11") not in changed


def test_what_stands_and_no_figure_explains_is_withdrawn_first() -> None:
    hub = Hub()
    hub.flush(0, {("x", "q", "2025-11"): {"ended.late": 1}})
    hub.publish(NOVEMBER)
    key = next(iter(hub.topic))
    haunting = {
        key.replace(b"national-portal@1", b"national-portal@0"): hub.topic[key],
        key.replace(b"2025", b"2024"): hub.topic[key],
        b"no json": hub.topic[key],
    }
    hub.topic |= haunting
    hub.restart()
    assert {key for key, value in hub.publish(NOVEMBER) if value is None} == set(haunting)


def stage_marker(rules: Rules, as_of: int) -> bytes:
    return encode(
        "stage-marker",
        {
            "as_of": as_of,
            "code": rules.code,
            "reference": rules.reference,
            "reference_files": dict(rules.reference_files),
            "cut": [],
        },
    )


def causes(rules: Rules, before: Rules = RULES, as_of: int = NOVEMBER) -> dict[tuple[str, str], str]:
    """Indicator and period of the city to the cause, of what a stage with some rules publishes over another's rows."""
    change = [Change("w1", "p", month_of_label("2025-11"), {joint("open.overdue"): 1})]
    first, second = IndicatorRows(before), IndicatorRows(rules)
    first.add(change)
    stands = {key: value for key, value in first.publication(NOVEMBER, ()) if value is not None}
    second.add(change)
    second.resume({**stands, MARKER_KEY: stage_marker(before, NOVEMBER)})
    found = {}
    for key, value in second.publication(as_of, ()):
        indicator, unit, procedure, period, policy, view = json.loads(key)
        if (unit, procedure, policy, view) == (
            "city",
            ALL,
            "national-portal@1",
            AS_WAS,
        ) and value is not None:
            found[indicator, period] = decode(value)[1]["cause"]
    assert [key for key, _ in second.publication(as_of, ())] == []
    return found


def with_more_points(**changed: Any) -> Rules:
    """The rules of the release but for the points of 2.1, which alters every row that gives points."""
    law = replace(RULES.law, thresholds=Thresholds([threshold("2.1", 30), threshold("1.4", 6)]))
    return replace(RULES, law=law, **changed)


def test_rows_that_other_reference_data_changed_name_the_files_and_the_others_stand() -> None:
    files = {**RULES.reference_files, "thresholds.toml": "other", "new.toml": "new"}
    found = causes(with_more_points(reference_files=files))
    assert set(found) == {
        (indicator, period)
        for indicator in ("2.1", "766", "766.progress")
        for period in ("2025-11", "2025-Q4", "2025")
    }
    assert set(found.values()) == {"reference: new.toml, thresholds.toml"}


def test_rows_that_other_code_changed_say_so() -> None:
    assert set(causes(with_more_points(code="other")).values()) == {"code"}
    both = causes(with_more_points(code="other", reference_files={**RULES.reference_files, "zone": "other"}))
    assert set(both.values()) == {"code; reference: zone"}


def test_rows_that_facts_or_a_new_month_changed_say_facts_whatever_else_changed() -> None:
    found = causes(with_more_points(code="other"), as_of=DECEMBER)
    assert found["2.1", "2025-11"] == "code"
    assert found["2.1", "2025-12"] == "facts"
    assert set(causes(RULES, as_of=DECEMBER).values()) == {"facts"}


def test_after_the_first_publication_it_is_facts_again() -> None:
    stage = IndicatorRows(with_more_points(code="other"))
    stage.resume({MARKER_KEY: stage_marker(RULES, NOVEMBER)})
    for cause in ("code", "facts"):
        stage.add([Change("w1", "p", month_of_label("2025-11"), {joint("ended.late"): 1})])
        rows = [decode(value)[1] for _, value in stage.publication(NOVEMBER, ()) if value is not None]
        assert {row["cause"] for row in rows} == {cause}


def test_where_a_dated_row_of_reference_data_begins_points_change_without_a_case() -> None:
    hub = Hub()
    hub.flush(0, {("x", "q", "2025-11"): {"open.in_time": 1}})
    hub.publish(BEFORE_EDGE)
    assert not hub.figures.has_news(BEFORE_EDGE)
    assert hub.figures.has_news(EDGE)
    records = hub.publish(EDGE)
    changed = published(records)
    assert set(changed) == {
        (unit, ALL, period) for unit in ("x", ALL) for period in ("2026-02", "2026-Q1", "2026")
    }
    row = changed["x", ALL, "2026-Q1"]
    assert row is not None
    assert (row["points_max"], row["points_hundredths"], row["cause"]) == (30, 3000, "facts")
    assert published(records, view=AS_NOW) == {}
    assert not hub.figures.has_news(EDGE + 1)


def test_where_the_portal_counted_a_period_that_is_over_its_row_appears() -> None:
    counted_at = at("Fri 2025-12-05 08:00")
    portal = PortalCount("w1", "2025-11", 8, 10, counted_at, None, "s", "v")
    synchronised = [i for i in EVERYTHING.indicators if i.DEFINITION.id in {"1.4", "2.1"}]
    rules = replace(RULES, imports=Imports(portal=[portal]), indicators=tuple(synchronised))
    stage = IndicatorRows(rules)
    stage.add([Change("w1", "p", month_of_label("2025-11"), {joint("open.in_time"): 1})])
    stage.publication(counted_at - 1, ())
    assert stage.has_news(counted_at)
    changed = published(stage.publication(counted_at, ()), "1.4")
    assert set(changed) == {("w1", ALL, "2025-11")}
    assert not stage.has_news(counted_at + 1)


def test_a_day_without_an_edge_is_no_news() -> None:
    hub = Hub()
    hub.flush(0, {("x", "q", "2025-11"): {"open.in_time": 1}})
    hub.publish(NOVEMBER)
    assert not hub.figures.has_news(NOVEMBER + 86_400_000)


def test_every_policy_and_both_views_have_their_rows() -> None:
    hub = Hub()
    hub.flush(0, {("w1", "p", "2025-11"): {"ended.late": 1}})
    records = hub.publish(NOVEMBER)
    for view in (AS_WAS, AS_NOW):
        for policy in ("national-portal@1", "by-day@1", "completed-only@1"):
            row = published(records, policy=policy, view=view)["city", ALL, "2025"]
            assert row is not None
            assert (row["numerator"], row["denominator"], row["rank"]) == (0, 1, None)
    assert {procedure for _, procedure, _ in published(records)} == {"p", ALL}
    assert {procedure for _, procedure, _ in published(records, view=AS_NOW)} == {ALL}


def test_a_sum_of_points_names_what_is_missing_and_is_ranked() -> None:
    hub = Hub()
    hub.flush(
        0,
        {
            ("w1", "p", "2025-11"): {"ended.late": 1, "ended.on_time": 2},
            ("w2", "p", "2025-11"): {"ended.on_time": 1},
        },
    )
    row = published(hub.publish(NOVEMBER), "766")["w1", ALL, "2025-11"]
    assert row is not None
    assert (row["points_hundredths"], row["missing"]) == (1333, ["1.4"])
    assert (row["numerator"], row["denominator"], row["total"]) == (1333, 2000, 2600)
    assert (row["rank"], row["ranked"], row["group"]) == (2, 2, "city/commune")


def test_a_place_that_changed_in_a_closed_period_publishes_the_row_again() -> None:
    """The row of a closed period is not kept; only its place changed, so it is made again."""
    hub = Hub()
    wards: Cells = {
        ("w1", "p", "2025-11"): {"ended.on_time": 1, "ended.late": 1},
        ("w2", "p", "2025-11"): {"ended.late": 1},
    }
    hub.flush(0, wards)
    hub.publish(EDGE)
    hub.flush(0, {("w2", "p", "2025-11"): {"ended.on_time": 1}})
    changed = published(hub.publish(EDGE))
    assert set(changed) == {
        (unit, procedure, period)
        for unit, procedure in (
            ("w1", ALL),
            ("w2", ALL),
            ("w2", "p"),
            ("city", ALL),
            ("city", "p"),
            (ALL, ALL),
            (ALL, "p"),
        )
        for period in ("2025-11", "2025-Q4", "2025")
    }
    row = changed["w1", ALL, "2025-Q4"]
    assert row is not None
    assert (row["rank"], row["numerator"], row["denominator"]) == (2, 1, 2)
    assert hub.stands() == hub.batch(EDGE)


@pytest.mark.parametrize("seed", range(2))
def test_the_whole_law_kept_by_changes_equals_the_law_at_once(seed: int) -> None:
    """Every indicator on cases of a generated city, whose contributions come in parts and change with time."""
    random, figures_kept = Random(seed), IndicatorRows(EVERYTHING)
    figures_kept.resume({})
    topic: dict[bytes, bytes] = {}
    counted: dict[Point, int] = {}
    city = city_of(seed, 24, date(2025, 6, 20), date(2025, 7, 10), silent=30).publications()
    cases = [
        [Known(p.fact, p.at) for p in told]
        for _, told in groupby(sorted(city, key=lambda p: p.fact.case_id), key=lambda p: p.fact.case_id)
    ]
    for as_of in map(at, ("Mon 2025-06-30 23:59", "Tue 2025-07-01 00:00", "Fri 2025-08-15 12:00")):
        now: dict[Point, int] = {}
        for known in cases:
            add(now, evaluate(known, as_of, EVERYTHING.law).contributions)
        changed = [point for point in {**now, **counted} if now.get(point, 0) != counted.get(point, 0)]
        random.shuffle(changed)
        for n, point in enumerate(changed):
            unit, procedure, month, counter = point
            difference = now.get(point, 0) - counted.get(point, 0)
            figures_kept.add([Change(unit, procedure, month, {counter: difference})])
            if n % (len(changed) // 3 + 1) == 0:
                apply(topic, figures_kept.publication(as_of, ()))
        apply(topic, figures_kept.publication(as_of, ()))
        assert {key: substance(decode(value)[1]) for key, value in topic.items()} == batch(
            now, EVERYTHING, as_of
        )
        counted = now


def test_over_every_edge_of_the_reference_data_time_alone_gives_the_law_at_once() -> None:
    """Nothing is counted anew: what changes is the months that have come, and what dated rows say."""
    kept, topic, counted = IndicatorRows(EVERYTHING), dict[bytes, bytes](), dict[Point, int]()
    for fact in city_of(7, 4, date(2025, 12, 1), date(2025, 12, 3), silent=30).facts():
        add(counted, evaluate([Known(fact, None)], at("Thu 2025-12-18 12:00"), EVERYTHING.law).contributions)
    kept.add([Change(u, p, month, {counter: n}) for (u, p, month, counter), n in counted.items()])
    edges = [edge.at for edge in EVERYTHING.edges if edge.at > at("Thu 2025-12-18 12:00")]
    assert len(edges) > 10, "the catalogue of the release names days of 2026"
    for as_of in sorted({instant for edge in edges for instant in (edge - 1, edge)}):
        apply(topic, kept.publication(as_of, ()))
        said = {key: substance(decode(value)[1]) for key, value in topic.items()}
        assert said == batch(counted, EVERYTHING, as_of)


def apply(topic: dict[bytes, bytes], records: list[Record]) -> None:
    for key, value in records:
        if value is None:
            del topic[key]
        else:
            topic[key] = value


def test_the_current_month_of_every_unit_is_at_hand() -> None:
    hub = Hub()
    hub.flush(0, {("w1", "p", "2025-11"): {"ended.late": 1}, ("x", "q", "2025-12"): {"ended.late": 2}})
    hub.publish(NOVEMBER)
    assert {unit: rows["2.1"].figure.total for unit, rows in hub.figures.current.items()} == {
        "w1": 1,
        "city": 1,
        ALL: 1,
    }
    hub.publish(DECEMBER)
    assert {unit: rows["2.1"].figure.total for unit, rows in hub.figures.current.items()} == {"x": 2, ALL: 2}


def test_the_substance_of_a_row_is_every_field_that_is_not_what_it_rests_on() -> None:
    schema = json.loads((schemas_dir() / "indicator" / "1.avsc").read_text())
    in_the_key = {"indicator", "policy", "unit", "procedure", "period", "view"}
    rests_on = {"as_of", "evaluated_at", "cut", "code", "reference", "cause"}
    assert {field["name"] for field in schema["fields"]} - in_the_key - rests_on == {*SUBSTANCE, "buckets"}
