"""Whole flushes only, and a cut only of flushes that belong together."""

from dataclasses import replace

import pytest

from services.rows import Cut, LogIdentity
from services.rules import Rules
from services.stage_tallies import Change, Tallies
from tests.unit.services.stage_build import LOG, OTHER_LOG, RULES, Cells, joint, marker, month_row, rows_of

JANUARY = ("w1", "p", "2026-01")
MONTH = 26 * 12


def flush(
    tallies: Tallies,
    partition: int,
    cells: Cells,
    *,
    as_of: int = 0,
    number: int = 1,
    log: LogIdentity = LOG,
    rules: Rules = RULES,
) -> list[Change]:
    changes: list[Change] = []
    for key, value in [*rows_of(cells), marker(partition, as_of, flush=number, log=log, rules=rules)]:
        changes += tallies.take(partition, key, value, 1000 * number)
    return changes


def test_rows_count_only_once_their_marker_is_there() -> None:
    tallies = Tallies(1)
    assert tallies.take(0, *month_row(*JANUARY, {"received": 3}), 0) == []
    assert tallies.cut == ()
    changes = tallies.take(0, *marker(0), 0)
    assert changes == [Change("w1", "p", MONTH, {"received": 3})]


def test_a_row_changes_by_its_difference_from_the_flush_before() -> None:
    tallies = Tallies(1)
    flush(tallies, 0, {JANUARY: {"received": 3, "open.in_time": 1}})
    changes = flush(tallies, 0, {JANUARY: {"received": 4}})
    assert changes == [Change("w1", "p", MONTH, {"received": 1, joint("open.in_time"): -1})]


def test_a_tombstone_takes_a_row_back() -> None:
    tallies = Tallies(1)
    flush(tallies, 0, {JANUARY: {"received": 3}})
    assert flush(tallies, 0, {JANUARY: {}}) == [Change("w1", "p", MONTH, {"received": -3})]
    assert flush(tallies, 0, {JANUARY: {"received": 1}}) == [Change("w1", "p", MONTH, {"received": 1})]


def test_the_last_row_before_the_marker_stands() -> None:
    tallies = Tallies(1)
    tallies.take(0, *month_row(*JANUARY, {"received": 3}), 0)
    tallies.take(0, *month_row(*JANUARY, {"received": 5}), 0)
    assert tallies.take(0, *marker(0), 0) == [Change("w1", "p", MONTH, {"received": 5})]


def test_a_flush_that_repeats_rows_changes_nothing() -> None:
    tallies = Tallies(1)
    flush(tallies, 0, {JANUARY: {"received": 3}})
    assert flush(tallies, 0, {JANUARY: {"received": 3}}) == []


def test_the_same_cell_in_two_partitions_is_two_rows() -> None:
    tallies = Tallies(2)
    flush(tallies, 0, {JANUARY: {"received": 3}})
    assert flush(tallies, 1, {JANUARY: {"received": 3}}) == [Change("w1", "p", MONTH, {"received": 3})]


def test_the_cut_names_the_last_marker_of_each_partition() -> None:
    tallies = Tallies(2)
    flush(tallies, 0, {}, as_of=5)
    flush(tallies, 1, {}, as_of=6)
    flush(tallies, 0, {}, as_of=9, number=2)
    assert tallies.cut == (Cut(0, 20, 9, 2), Cut(1, 10, 6, 1))
    assert tallies.markers_appended_at == {0: 2000, 1: 1000}


def test_there_is_no_cut_before_every_partition_has_a_marker() -> None:
    tallies = Tallies(3)
    flush(tallies, 1, {})
    assert tallies.obstacle(LOG, RULES) == "no marker yet in partitions 0, 2"
    flush(tallies, 0, {})
    flush(tallies, 2, {})
    assert tallies.obstacle(LOG, RULES) is None


def test_partitions_of_an_older_log_make_no_cut_until_all_have_changed_over() -> None:
    tallies = Tallies(2)
    for partition in (0, 1):
        flush(tallies, partition, {JANUARY: {"received": 3}})
    assert tallies.obstacle(OTHER_LOG, RULES) == "another log than facts is counted in partitions 0, 1"
    changes = flush(tallies, 0, {JANUARY: {"received": 1}}, log=OTHER_LOG)
    assert changes == [Change("w1", "p", MONTH, {"received": -2})]
    assert tallies.logs == {LOG, OTHER_LOG}
    assert tallies.obstacle(OTHER_LOG, RULES) == "another log than facts is counted in partitions 1"
    flush(tallies, 1, {JANUARY: {}}, log=OTHER_LOG)
    assert tallies.obstacle(OTHER_LOG, RULES) is None


@pytest.mark.parametrize("other", [replace(RULES, code="other"), replace(RULES, reference="other")])
def test_flushes_judged_by_other_rules_make_no_cut(other: Rules) -> None:
    tallies = Tallies(2)
    flush(tallies, 0, {})
    flush(tallies, 1, {}, rules=other)
    obstacle = tallies.obstacle(LOG, RULES)
    assert obstacle == "judged by another code or reference than this stage's: partitions 1"


def test_a_counter_that_is_not_known_here_is_a_counter() -> None:
    """A flush of another release makes no cut, so nothing is published of it."""
    tallies = Tallies(1)
    later = replace(RULES, code="later")
    changes = flush(tallies, 0, {JANUARY: {"counter.of.later": 3}}, rules=later)
    assert changes == [Change("w1", "p", MONTH, {joint("counter.of.later"): 3})]
    assert tallies.obstacle(LOG, RULES) is not None
