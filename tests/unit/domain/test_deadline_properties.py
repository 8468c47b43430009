"""What holds of every due instant, whatever the limit, the supplements and the extensions."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.domain.calendar import Calendar, Limit, LimitUnit
from services.domain.deadline import (
    Extension,
    Supplement,
    due_instant,
    explain_due,
    net_working_seconds,
    union,
    wall_ms,
    working_seconds,
)
from services.domain.procedures import EXTEND, RESTART, Procedure
from tests.unit.domain.build import at
from tests.unit.domain.deadline_build import RULE_SET, country

FIRST, LAST = at("Wed 2025-01-01 00:00"), at("Mon 2026-06-01 00:00")
HOUR, MONTH = 3_600_000, 30 * 24 * 3_600_000

instants = st.integers(FIRST, LAST)
spans = st.one_of(st.integers(0, 100), st.integers(0, 30 * HOUR), st.integers(0, MONTH))
limits = st.one_of(
    st.builds(Limit, st.integers(1, 20), st.sampled_from((LimitUnit.HOURS, LimitUnit.WORKING_DAYS))),
    st.builds(Limit, st.integers(1, 30), st.just(LimitUnit.CALENDAR_DAYS)),
    st.builds(Limit, st.integers(1, 2), st.just(LimitUnit.MONTHS)),
)
several_days = st.builds(
    Procedure,
    st.just("1.001022"),
    st.just(("commune",)),
    limits,
    st.just("law"),
    st.just("one-source"),
    is_same_day=st.just(False),
    supplement=st.sampled_from((EXTEND, RESTART)),
)
same_day = st.builds(
    Procedure,
    st.just("1.001193"),
    st.just(("commune",)),
    st.just(Limit(0, LimitUnit.WORKING_DAYS)),
    st.just("law"),
    st.just("one-source"),
    is_same_day=st.just(True),
    after_15h=st.booleans(),
    supplement=st.sampled_from((EXTEND, RESTART)),
)
procedures = several_days | same_day


@st.composite
def supplements(draw: st.DrawFn) -> Supplement:
    asked = draw(instants)
    return Supplement(asked, draw(st.none() | spans.map(lambda span: asked + span)))


@st.composite
def extensions(draw: st.DrawFn, started_at: int) -> Extension:
    made = started_at + draw(spans)
    ahead = st.integers(-2 * 24, 10 * 24).map(lambda hours: made - hours * HOUR)
    return Extension(made, made + draw(spans), draw(st.none() | ahead))


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return country()


def is_to_the_instant(procedure: Procedure) -> bool:
    """Limits of working time grow with the instant; a calendar limit that rolls forward only with the day."""
    assert procedure.limit is not None
    return procedure.limit.unit in (LimitUnit.HOURS, LimitUnit.WORKING_DAYS)


def due_of(
    procedure: Procedure, calendar: Calendar, started_at: int, asked: list[Supplement], *new: Extension
) -> int:
    due = due_instant(procedure, RULE_SET, calendar, started_at, asked, new)
    assert due is not None
    return due


@given(procedures, instants, st.lists(supplements(), max_size=4))
def test_a_case_is_never_due_before_its_clock_starts(
    calendar: Calendar, procedure: Procedure, started_at: int, asked: list[Supplement]
) -> None:
    assert due_of(procedure, calendar, started_at, asked) >= calendar.opening(started_at) >= started_at


@given(procedures, instants, st.lists(supplements(), max_size=3), supplements(), spans)
def test_a_longer_supplement_never_makes_a_case_due_earlier(
    calendar: Calendar,
    procedure: Procedure,
    started_at: int,
    others: list[Supplement],
    short: Supplement,
    more: int,
) -> None:
    assume(short.completed_at is not None)
    assert short.completed_at is not None
    without = due_of(procedure, calendar, started_at, others)
    with_short = due_of(procedure, calendar, started_at, [*others, short])
    longer = short._replace(completed_at=short.completed_at + more)
    with_long = due_of(procedure, calendar, started_at, [*others, longer])
    dues = [without, with_short, with_long]
    if is_to_the_instant(procedure):
        assert dues == sorted(dues)
    assert [*map(calendar.day_of, dues)] == sorted(map(calendar.day_of, dues))


@given(
    procedures,
    instants,
    st.lists(supplements(), max_size=4),
    st.randoms(use_true_random=False),
    supplements(),
)
def test_order_repeats_and_open_supplements_change_nothing(
    calendar: Calendar,
    procedure: Procedure,
    started_at: int,
    asked: list[Supplement],
    random: Random,
    open_one: Supplement,
) -> None:
    mixed = [*asked, *asked[:2], open_one._replace(completed_at=None)]
    random.shuffle(mixed)
    assert due_of(procedure, calendar, started_at, mixed) == due_of(procedure, calendar, started_at, asked)


@given(several_days, instants, st.lists(supplements(), max_size=3))
def test_the_15_hours_rule_moves_no_limit_but_that_of_the_same_day(
    calendar: Calendar, procedure: Procedure, started_at: int, asked: list[Supplement]
) -> None:
    ruled = procedure._replace(after_15h=True)
    assert due_of(ruled, calendar, started_at, asked) == due_of(procedure, calendar, started_at, asked)


@given(st.data(), procedures, instants, st.lists(supplements(), max_size=3))
def test_an_explanation_ends_where_the_computation_does(
    calendar: Calendar, data: st.DataObject, procedure: Procedure, started_at: int, asked: list[Supplement]
) -> None:
    new = data.draw(st.lists(extensions(started_at), max_size=3))
    steps = explain_due(procedure, RULE_SET, calendar, started_at, asked, new)
    dues = [step.instant for step in steps if step.is_due]
    assert dues[-1] == due_of(procedure, calendar, started_at, asked, *new)
    assert all(step.source for step in steps)


@given(st.data(), procedures, instants, st.lists(supplements(), max_size=3))
def test_extensions_after_the_one_that_holds_change_nothing(
    calendar: Calendar, data: st.DataObject, procedure: Procedure, started_at: int, asked: list[Supplement]
) -> None:
    one, *others = data.draw(st.lists(extensions(started_at), min_size=1, max_size=3))
    plain = due_of(procedure, calendar, started_at, asked)
    with_one = due_of(procedure, calendar, started_at, asked, one)
    assume(with_one != plain)
    assert due_of(procedure, calendar, started_at, asked, one, *others) == with_one


intervals = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


@given(intervals)
def test_a_union_is_the_set_of_what_its_intervals_hold(given_: list[tuple[int, int]]) -> None:
    merged = union(given_)
    held = {n for start, end in given_ for n in range(start, end)}
    assert {n for start, end in merged for n in range(start, end)} == held
    assert wall_ms(given_) == len(held)
    assert all(one[1] < other[0] for one, other in pairwise(merged))


@given(instants, spans, st.lists(st.tuples(instants, spans), max_size=5))
def test_net_working_time_and_that_of_the_pauses_within_are_the_whole(
    calendar: Calendar, start: int, span: int, drawn: list[tuple[int, int]]
) -> None:
    end = start + span
    pauses = [(since, since + length) for since, length in drawn]
    within = [(max(a, start), min(b, end)) for a, b in pauses]
    net = net_working_seconds(calendar, start, end, pauses)
    assert 0 <= net <= calendar.between(start, end)
    assert net + working_seconds(calendar, within) == calendar.between(start, end)


@given(st.dates(date(2025, 1, 1), date(2026, 6, 1)))
def test_a_same_day_case_of_the_morning_is_due_on_the_first_working_day(calendar: Calendar, on: date) -> None:
    rule = Procedure(
        "1.001193",
        ("commune",),
        Limit(0, LimitUnit.WORKING_DAYS),
        "law",
        "one-source",
        is_same_day=True,
        after_15h=True,
    )
    first = on
    while not calendar.is_working(first):
        first += timedelta(1)
    received_at = calendar.start_of_day(on) + 8 * HOUR
    assert due_of(rule, calendar, received_at, []) == calendar.start_of_day(first) + 17 * HOUR
