"""Figures kept by changes equal the figures of all cells at once."""

import json
from dataclasses import replace
from typing import Any

from egovhub.codec import decode
from egovhub.contract import schemas_dir
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.case import COUNTERS, LEVELS
from services.domain.cells import Pool
from services.domain.figures import ranks, rows
from services.domain.organisations import ALL
from services.domain.periods import month_of_label
from services.rows import MARKER_KEY, Cut, figure_key, indicator_record
from services.stage_figures import SUBSTANCE, IndicatorRows, Record, substance
from services.stage_tallies import Tallies
from tests.unit.domain.build import at
from tests.unit.services.stage_build import RULES, Cells, marker, rows_of

MONTHS = ("2025-11", "2025-12", "2026-01", "2026-02")
NOVEMBER, DECEMBER, JANUARY = (
    at("Mon 2025-11-24 09:00"),
    at("Wed 2025-12-31 23:59"),
    at("Thu 2026-01-01 00:00"),
)
AS_OF = (NOVEMBER, DECEMBER, JANUARY, at("Sat 2026-02-28 12:00"))
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
        for key, value in records:
            if value is None:
                del self.topic[key]
            else:
                self.topic[key] = value
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
        pool = Pool(RULES.organisations)
        for (_, (unit, procedure, month)), counters in self.cells.items():
            for name, n in counters.items():
                list(pool.add(unit, procedure, month_of_label(month), COUNTERS.index(name), n))
        found = list(rows(pool, RULES.policy, pool.series, 0, RULES.periods.month_of(as_of)))
        placed = ranks(found, RULES.organisations)
        return {
            figure_key(row.key): substance(indicator_record(row, placed.get(row.key), RULES, as_of, ()))
            for row in found
        }

    def stands(self) -> dict[bytes, Any]:
        return {key: substance(decode(value)[1]) for key, value in self.topic.items()}


CELL = st.tuples(
    st.sampled_from(["w1", "w2", "health", "city", "x"]), st.sampled_from("pq"), st.sampled_from(MONTHS)
)
COUNTS: st.SearchStrategy[dict[str, int]] = st.one_of(
    st.just({}),
    st.dictionaries(st.sampled_from(COUNTERS), st.integers(1, 4), max_size=3),
    st.dictionaries(
        st.sampled_from([n for n, level in zip(COUNTERS, LEVELS, strict=True) if level]), st.integers(-2, 3)
    ),
)
FLUSH = st.tuples(st.integers(0, PARTITIONS - 1), st.dictionaries(CELL, COUNTS, max_size=4))
LOSS = st.tuples(st.just("lose"), st.sampled_from(AS_OF))
STEP = st.one_of(FLUSH, FLUSH, st.sampled_from(AS_OF), st.just("restart"), LOSS)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEP, max_size=12), st.sampled_from(AS_OF))
def test_after_any_flushes_edges_losses_and_restarts_the_topic_equals_the_batch(
    steps: list[Any], last: int
) -> None:
    hub = Hub()
    for step in [*steps, last]:
        if isinstance(step, int):
            hub.publish(step)
            assert hub.stands() == hub.batch(step)
        elif step == "restart":
            hub.restart()
        elif step[0] == "lose":
            hub.lose(step[1])
        else:
            hub.flush(*step)
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


def published(records: list[Record]) -> dict[tuple[str, ...], dict[str, Any] | None]:
    """Unit, procedure and period to the record, None where it was withdrawn."""
    found = {}
    for key, value in records:
        _, *where, _, _ = json.loads(key)
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


def test_another_version_of_the_reference_data_publishes_every_row_again() -> None:
    hub = Hub()
    hub.flush(0, {("x", "q", "2025-11"): {"ended.late": 1}})
    rows_before = len(hub.publish(NOVEMBER))
    later = IndicatorRows(replace(RULES, reference="later"))
    tallies = Tallies(PARTITIONS)
    for key, value in [*rows_of({("x", "q", "2025-11"): {"ended.late": 1}}), marker(0)]:
        later.add(tallies.take(0, key, value, 0))
    later.resume(hub.topic)
    assert len(later.publication(NOVEMBER, ())) == rows_before


def test_the_current_month_of_every_unit_is_at_hand() -> None:
    hub = Hub()
    hub.flush(0, {("w1", "p", "2025-11"): {"ended.late": 1}, ("x", "q", "2025-12"): {"ended.late": 2}})
    hub.publish(NOVEMBER)
    assert {unit: figure.total for unit, figure in hub.figures.current.items()} == {
        "w1": 1,
        "city": 1,
        ALL: 1,
    }
    hub.publish(DECEMBER)
    assert {unit: figure.total for unit, figure in hub.figures.current.items()} == {"x": 2, ALL: 2}


def test_the_substance_of_a_row_is_every_field_that_is_not_what_it_rests_on() -> None:
    schema = json.loads((schemas_dir() / "indicator" / "1.avsc").read_text())
    in_the_key = {"indicator", "policy", "unit", "procedure", "period", "view"}
    rests_on = {"as_of", "evaluated_at", "cut", "code"}
    assert {field["name"] for field in schema["fields"]} - in_the_key - rests_on == {*SUBSTANCE, "buckets"}
