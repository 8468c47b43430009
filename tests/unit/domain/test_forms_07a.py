"""Form II.07a: what it adds, and the identities of any population."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from services.domain.cells import Cell, PeriodCounts, Pool, add
from services.domain.evaluation import evaluate
from services.domain.forms import Form07a, form_07a
from services.domain.law import Law
from services.domain.periods import Grain
from services.domain.sums import Point
from services.indicators import (
    apology_compliance,
    channel_shares,
    ends_with_result,
    payment_channels,
    reception_in_time,
    trust_order,
)
from tests.unit.domain import draw
from tests.unit.domain.build import LAW as REAL
from tests.unit.domain.forms_build import BY_DAY, POLICIES, filled, row
from tests.unit.indicators.build import PORTAL


@pytest.mark.parametrize(
    ("counter", "columns"),
    [
        ("late.apologised", {"late_with_apology": 2}),
        ("late.unapologised", {"late_without_apology": 2}),
        ("awaiting.in_time", {"awaiting_in_time": 2}),
        ("awaiting.late", {"awaiting_late": 2}),
        ("awaiting.unknown", {"awaiting_unknown": 2}),
        ("ends.refused", {"not_received": 2}),
        ("ends.stopped", {"stopped": 2}),
        ("ends.withdrawn", {"withdrawn": 2}),
        ("ends.processed", {}),
        ("payment.online", {"payment_total": 2, "payment_online": 2}),
        ("payment.direct", {"payment_total": 2, "payment_direct": 2}),
        ("payment.unsaid", {"payment_total": 2, "payment_unknown": 2}),
    ],
)
def test_the_newer_form_adds_its_columns(counter: str, columns: dict[str, int]) -> None:
    assert filled(form_07a({counter: 2}, {}, PORTAL, POLICIES)) == columns


def test_a_form_of_nothing_has_zeros_where_events_can_say_so() -> None:
    expected = Form07a(row({}), None, *[0] * 12)
    assert form_07a({}, {}, PORTAL, POLICIES) == expected
    assert expected.violations() == ()


def test_payments_are_those_online_direct_and_unknown() -> None:
    nothing = form_07a({}, {}, PORTAL, POLICIES)
    paid = replace(nothing, payment_total=7, payment_online=1, payment_direct=2, payment_unknown=4)
    assert paid.violations() == ()


def test_the_newer_form_holds_the_older() -> None:
    counts, before = {"received": 1, "channel.online": 1, "open.overdue/late": 2}, {"open.in_time/late": 1}
    form = form_07a(counts, before, PORTAL, POLICIES)
    assert form.main == row(counts, before)
    assert form.violations() == ()


def test_what_no_fact_says_is_missing_and_not_zero() -> None:
    first = form_07a({}, {}, PORTAL, POLICIES)
    assert (first.outside_boundary, first.late_with_apology, first.late_without_apology) == (None, 0, 0)
    other = form_07a({"late.apologised": 1, "late.unapologised": 1}, {}, BY_DAY, POLICIES)
    assert (other.late_with_apology, other.late_without_apology) == (None, None)
    assert other.violations() == ()


def test_apologies_are_of_late_cases_and_payments_add_up() -> None:
    counts = {"ended.late/late": 3, "reopened": 3, "late.apologised": 2, "late.unapologised": 1}
    form = form_07a({**counts, "payment.online": 1}, {}, PORTAL, POLICIES)
    assert form.violations() == ()
    assert replace(form, late_with_apology=3).violations() == ("late with or without apology within 10",)
    assert replace(form, late_without_apology=2).violations() == ("late with or without apology within 10",)
    for column in ("payment_total", "payment_online", "payment_direct", "payment_unknown"):
        wrong = replace(form, **{column: getattr(form, column) + 1})
        assert wrong.violations() == ("payments = online + direct",)
    assert form_07a({"ended.late/late": 1}, {}, PORTAL, POLICIES).violations() == ("3 = 7 + 11",)


COUNTING = (
    apology_compliance,
    channel_shares,
    ends_with_result,
    payment_channels,
    reception_in_time,
    trust_order,
)
LAW = replace(REAL, counts=tuple(module.count for module in COUNTING))


def drawn(random: Random, law: Law) -> Pool:
    """The pooled counts of two hundred cases at random, with units that begin and end among them."""
    points: dict[Point, int] = {}
    for number in range(200):
        known = [
            one._replace(fact=one.fact._replace(case_id=f"onestop:{number}"))
            for one in draw.random_case(random)
        ]
        add(points, evaluate(known, draw.AFTER, law).contributions)
    return Pool(law.organisations.path).fill(points)


def months(pool: Pool) -> Iterator[tuple[PeriodCounts, Cell]]:
    """Each month of each series, and the counts of the month before."""
    for series in pool.series.values():
        before: Cell = {}
        for period in series.periods(min(series.months), max(series.months) + 1):
            if period.grain is Grain.MONTH:
                yield period, before
                before = period.counts


@pytest.mark.parametrize("seed", range(3))
def test_the_identities_hold_for_every_population(seed: int) -> None:
    checked = 0
    for period, before in months(drawn(Random(seed), LAW)):
        for policy in LAW.policies:
            form = form_07a(period.counts, before, policy, LAW.policies)
            assert form.violations() == ()
            checked += form.main.received > 0
    assert checked > 50
