"""The core against the oracle of `tests/oracle` on some hundred cases; all 20,000: `python -m tests.oracle`."""

from collections import Counter
from dataclasses import replace

import pytest

from services.domain.cells import Pool
from services.domain.organisations import ALL
from services.domain.periods import month_of_label
from services.indicators import on_time_share
from tests.oracle.compare import Bench, bench, compare_all
from tests.oracle.generate import at, drawn
from tests.oracle.oracle import opinion
from tests.oracle.rules import EXPECTED
from tests.oracle.tables import Tables

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8)
CASES = 100
AS_OF = at("2026-08-15 12:00")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return bench(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def tables(both: Bench, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    cases = [drawn(seed, number) for seed in SEEDS[:3] for number in range(CASES)]
    opinions = [opinion(case.known, AS_OF, both.reference) for case in cases]
    return Tables(tmp_path_factory.mktemp("tables"), both.reference, opinions, AS_OF)


def test_core_and_oracle_agree_on_cases_that_meet_every_rule(both: Bench) -> None:
    rules: Counter[str] = Counter()
    differences = []
    for seed in SEEDS:
        seen, found = compare_all(seed, range(CASES), both)
        rules.update(seen)
        differences += found
    shown = sorted(differences, key=lambda difference: len(difference.lines))[:3]
    lines = [line for found in shown for line in (f"case {found.number} of seed {found.seed}", *found.lines)]
    assert not differences, "\n".join([f"{len(differences)} cases differ", *lines])
    assert not EXPECTED - set(rules)


@pytest.mark.parametrize("track", ["processing", "hand-over"])
def test_what_came_is_what_went_and_what_is_left_in_every_unit_and_month(tables: Tables, track: str) -> None:
    assert tables.unbalanced(track) == []


@pytest.mark.parametrize("track", ["processing", "hand-over"])
def test_sums_of_change_points_are_the_cases_open_at_the_end_of_each_month(
    tables: Tables, track: str
) -> None:
    assert tables.wrong_levels(track) == []


def test_a_unit_counts_what_it_and_its_children_count(tables: Tables) -> None:
    assert tables.wrongly_pooled() == []


def test_shares_on_time_are_those_that_sql_counts_case_by_case(both: Bench, tables: Tables) -> None:
    pool = Pool(both.rules.law.organisations.path)
    for unit, procedure, month, counter, n in tables.db.execute(
        "SELECT unit, procedure, month, counter, sum(n)::INTEGER FROM contribution GROUP BY ALL"
    ).fetchall():
        list(pool.add(unit, procedure, month_of_label(month), counter, n))
    series = [key for key in pool.series if key[1] == ALL]
    months = month_of_label(tables.months[0]), month_of_label(tables.months[-1])
    rows = replace(both.rules, indicators=(on_time_share,)).maker().rows(pool, series, *months, AS_OF)
    made = {
        (row.key.unit, row.key.period, row.key.policy.split("@")[0]): row.figure
        for row in rows
        if row.definition is on_time_share.DEFINITION
    }
    counted = {key: (f.numerator, f.denominator, f.total) for key, f in made.items() if f.total}
    assert counted == {key: row for key, row in tables.figures().items() if row[2]}
