"""Durations in classes, and quantiles at nearest rank from their sums."""

import doctest
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain import histogram
from services.domain.histogram import LOWER_BOUNDS, Histogram, quantile, upper_bound

DAY = 28_800
OPEN = 260 * DAY
WAIT = Histogram("wait")


def test_there_is_a_bounded_number_of_classes_that_follow_each_other() -> None:
    assert len(LOWER_BOUNDS) == 32 + 19 * 8 + 241
    assert tuple(sorted(set(LOWER_BOUNDS))) == LOWER_BOUNDS
    assert LOWER_BOUNDS[:3] == (0, 900, 1800)
    assert LOWER_BOUNDS[31:34] == (27_900, 28_800, 32_400)
    assert LOWER_BOUNDS[183:186] == (572_400, 576_000, 604_800)
    assert LOWER_BOUNDS[-2:] == (259 * DAY, OPEN)


@pytest.mark.parametrize(
    ("seconds", "lower"),
    [
        (0, 0),
        (899, 0),
        (900, 900),
        (DAY - 1, DAY - 900),
        (DAY, DAY),
        (DAY + 3599, DAY),
        (DAY + 3600, DAY + 3600),
        (20 * DAY - 1, 20 * DAY - 3600),
        (20 * DAY, 20 * DAY),
        (21 * DAY - 1, 20 * DAY),
        (OPEN - 1, OPEN - DAY),
        (OPEN, OPEN),
        (10**12, OPEN),
    ],
)
def test_a_duration_is_in_the_class_that_begins_last_before_it(seconds: int, lower: int) -> None:
    assert WAIT.counter(seconds) == f"wait.{lower}"


@pytest.mark.parametrize(
    ("lower", "upper"),
    [(0, 900), (DAY - 900, DAY), (DAY, DAY + 3600), (20 * DAY, 21 * DAY), (OPEN - DAY, OPEN), (OPEN, None)],
)
def test_a_class_ends_where_the_next_begins_and_the_last_is_open(lower: int, upper: int | None) -> None:
    assert upper_bound(lower) == upper


@pytest.mark.parametrize(
    ("percent", "place"), [(1, 1), (10, 1), (11, 2), (50, 5), (51, 6), (90, 9), (91, 10), (100, 10)]
)
def test_of_ten_durations_the_nearest_rank_is_the_next_whole_place(percent: int, place: int) -> None:
    classes = {900 * n: 1 for n in range(10, 0, -1)}
    assert quantile(classes, percent) == 900 * place


def test_several_durations_of_one_class_take_as_many_places() -> None:
    assert quantile({0: 4, 900: 1, 1800: 5}, 40) == 0
    assert quantile({0: 4, 900: 1, 1800: 5}, 50) == 900
    assert quantile({0: 4, 900: 1, 1800: 5}, 51) == 1800


def test_the_place_is_exact_for_any_number_of_durations() -> None:
    assert quantile({0: 999, 900: 1}, 100) == 900
    assert quantile({0: 2**53, 900: 2**53 + 2}, 50) == 900


def test_one_duration_is_every_quantile_and_none_has_none() -> None:
    assert [quantile({900: 1}, percent) for percent in (1, 50, 100)] == [900, 900, 900]
    assert quantile({}, 50) is None


def test_only_the_classes_of_its_own_name_are_read() -> None:
    counts = {"wait.0": 2, "wait.900": 1, "wait.seconds": 999, "wait.unmeasured": 7, "waiting.0": 5, "w.0": 4}
    assert WAIT.of(counts) == {0: 2, 900: 1}
    assert (WAIT.seconds, WAIT.unmeasured) == ("wait.seconds", "wait.unmeasured")


@given(st.lists(st.integers(0, OPEN + DAY), min_size=1), st.lists(st.integers(0, OPEN)), st.integers(1, 100))
def test_pooled_classes_give_the_class_of_the_exact_quantile(
    some: list[int], others: list[int], percent: int
) -> None:
    pooled = Counter(map(WAIT.counter, some)) + Counter(map(WAIT.counter, reversed(others)))
    together = sorted(some + others)
    exact = together[-(-len(together) * percent // 100) - 1]
    assert quantile(WAIT.of(pooled), percent) == int(WAIT.counter(exact).removeprefix("wait."))


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(histogram).failed == 0
