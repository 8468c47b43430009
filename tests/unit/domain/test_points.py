"""Points from shares, sums by group, and the total with what is missing."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.points import (
    DECISION_766,
    GROUPS,
    INDICATORS,
    PAR_INDEX,
    Allowance,
    GroupSum,
    Rule,
    Threshold,
    Thresholds,
    hundredths,
    points,
    total,
)

DAY = date(2026, 1, 1)


def row(
    indicator: str,
    max_points: int,
    rule: Rule = Rule.LINEAR,
    threshold: int | None = None,
    without_data: int | None = None,
    group: str = "publicity",
    valid_from: date = DAY,
    known_from: int | None = None,
) -> Threshold:
    return Threshold(
        DECISION_766,
        indicator,
        group,
        max_points,
        rule,
        threshold,
        without_data,
        valid_from,
        None,
        known_from,
        "law",
        "one-source",
        "",
    )


LINEAR, CAP, FLOOR = row("1.1", 6), row("3.1", 2, Rule.CAP, 80), row("2.1", 3, Rule.FLOOR, 95)


@pytest.mark.parametrize(
    ("threshold", "numerator", "denominator", "expected"),
    [
        (LINEAR, 0, 7, Fraction(0)),
        (LINEAR, 1, 3, Fraction(2)),
        (LINEAR, 1, 7, Fraction(6, 7)),
        (LINEAR, 7, 7, Fraction(6)),
        (CAP, 0, 5, Fraction(0)),
        (CAP, 2, 5, Fraction(1)),
        (CAP, 799, 1000, Fraction(799, 400)),
        (CAP, 4, 5, Fraction(2)),
        (CAP, 5, 5, Fraction(2)),
        (FLOOR, 949, 1000, Fraction(0)),
        (FLOOR, 95, 100, Fraction(285, 100)),
        (FLOOR, 99, 100, Fraction(297, 100)),
        (FLOOR, 100, 100, Fraction(3)),
    ],
)
def test_a_share_becomes_points_by_the_rule_of_its_row(
    threshold: Threshold, numerator: int, denominator: int, expected: Fraction
) -> None:
    assert points(threshold, numerator, denominator) == expected


@pytest.mark.parametrize(("without_data", "expected"), [(None, None), (6, Fraction(6)), (0, Fraction(0))])
def test_nothing_to_judge_gives_what_the_row_says(
    without_data: int | None, expected: Fraction | None
) -> None:
    assert points(row("5.2", 6, without_data=without_data), 0, 0) == expected


@pytest.mark.parametrize(("numerator", "denominator"), [(None, None), (None, 0), (1, None)])
def test_what_nobody_counted_gives_no_points_even_if_nothing_to_judge_gives_all(
    numerator: int | None, denominator: int | None
) -> None:
    assert points(row("5.2", 6, without_data=6), numerator, denominator) is None


@pytest.mark.parametrize(("numerator", "denominator"), [(2, 1), (1, 0), (-1, 3), (-1, -1)])
def test_what_is_no_share_is_refused(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match=r"1\.1: .* is no share; count the same cases"):
        points(LINEAR, numerator, denominator)


@pytest.mark.parametrize(
    ("exact", "shown"),
    [
        (Fraction(0), 0),
        (Fraction(1, 200), 1),
        (Fraction(1, 201), 0),
        (Fraction(3, 200), 2),
        (Fraction(1, 3), 33),
        (Fraction(2, 3), 67),
        (Fraction(100), 10000),
    ],
)
def test_points_on_the_wire_are_hundredths_with_a_half_rounded_up(exact: Fraction, shown: int) -> None:
    assert hundredths(exact) == shown


@given(
    st.sampled_from(Rule), st.integers(1, 100), st.integers(0, 30), st.integers(0, 500), st.integers(1, 500)
)
def test_points_lie_between_nothing_and_the_maximum_and_never_fall_as_the_share_grows(
    rule: Rule, threshold: int, max_points: int, numerator: int, denominator: int
) -> None:
    numerator = min(numerator, denominator)
    scored = row("1.1", max_points, rule, threshold)
    exact = points(scored, numerator, denominator)
    less = points(scored, max(numerator - 1, 0), denominator)
    assert exact is not None
    assert less is not None
    assert 0 <= less <= exact <= max_points
    assert points(scored, denominator, denominator) == max_points


TABLE = (
    row("5.2", 6, group="satisfaction"),
    row("2.2", 0, group="progress"),
    row("1.2", 4),
    row("2.1", 20, group="progress"),
    row("1.1", 6),
)


def test_a_total_sums_what_was_computed_and_names_the_rest() -> None:
    found = total(
        TABLE, {"1.1": Fraction(1, 3), "2.1": Fraction(0), "5.2": None, "2.2": None, "9.9": Fraction(9)}
    )
    assert (found.points, found.of_max, found.max_points) == (Fraction(1, 3), 26, 36)
    assert found.missing == ("5.2", "1.2")
    assert found.groups == (
        GroupSum("publicity", Fraction(1, 3), 6, 10, ("1.2",)),
        GroupSum("progress", Fraction(0), 20, 20, ()),
        GroupSum("satisfaction", None, 0, 6, ("5.2",)),
    )


def test_a_total_of_which_nothing_was_computed_is_no_data_and_not_zero() -> None:
    found = total(TABLE, {})
    assert (found.points, found.of_max, found.max_points) == (None, 0, 36)
    assert found.missing == ("5.2", "1.2", "2.1", "1.1")


def test_two_indicators_with_equal_rows_are_both_counted() -> None:
    found = total((row("4.5a", 2), row("4.5b", 2)), {"4.5a": Fraction(2), "4.5b": Fraction(2)})
    assert (found.points, found.of_max) == (Fraction(4), 4)


def test_every_table_names_its_indicators_once() -> None:
    assert [len(INDICATORS[table]) for table in (DECISION_766, PAR_INDEX)] == [22, 3]
    assert all(len(set(ids)) == len(ids) for ids in (*INDICATORS.values(), *GROUPS.values()))


LATER = date(2027, 1, 1)
THRESHOLDS = Thresholds(
    [row("3.1", 2, Rule.CAP, 90, valid_from=LATER, known_from=100), CAP, LINEAR],
    [
        Allowance("1.1", "province", 5, DAY, None, None, "law", "one-source"),
        Allowance("1.1", "province", 7, LATER, None, 100, "law", "one-source"),
        Allowance("1.1", "ministry", 20, DAY, LATER, None, "law", "one-source"),
    ],
)


def threshold_of(thresholds: Thresholds, day: date) -> int | None:
    found = thresholds.of("3.1", day)
    return None if found is None else found.threshold


def test_a_threshold_holds_from_its_day_as_far_as_it_is_known() -> None:
    days = (date(2025, 12, 31), DAY, LATER)
    assert [threshold_of(THRESHOLDS, day) for day in days] == [None, 80, 90]
    assert [threshold_of(THRESHOLDS.at(99), day) for day in days] == [None, 80, 80]
    assert [threshold_of(THRESHOLDS.at(None), day) for day in days] == [None, 80, 90]
    assert THRESHOLDS.of("9.9", DAY) is None


def test_a_table_on_a_day_has_its_rows_in_its_own_order() -> None:
    assert [r.indicator for r in THRESHOLDS.table(DECISION_766, DAY)] == ["1.1", "3.1"]
    assert THRESHOLDS.table(DECISION_766, date(2025, 12, 31)) == ()


def allowed(thresholds: Thresholds, step: str, day: date) -> int | None:
    found = thresholds.allowance("1.1", step, day)
    return None if found is None else found.working_days


def test_an_allowance_is_dated_and_known_like_a_threshold() -> None:
    assert [allowed(THRESHOLDS, step, DAY) for step in ("province", "ministry", "other")] == [5, 20, None]
    assert [allowed(THRESHOLDS, step, LATER) for step in ("province", "ministry")] == [7, None]
    assert allowed(THRESHOLDS.at(99), "province", LATER) == 5


def test_the_edges_are_the_first_and_the_end_days_of_thresholds_and_allowances() -> None:
    week = timedelta(7)
    ended = row("2.1", 20, valid_from=DAY - week)._replace(valid_to=DAY + week)
    thresholds = Thresholds(
        [ended, CAP], [Allowance("1.1", "ministry", 20, DAY, LATER, None, "law", "one-source")]
    )
    assert thresholds.edges(date.toordinal) == tuple(
        map(date.toordinal, (DAY - week, DAY, DAY + week, LATER))
    )
    assert Thresholds([]).edges(date.toordinal) == ()
