"""Which figures a case is in: what its own counts add to each indicator, period for period."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from services.domain.cells import Cell
from services.domain.figures import AS_NOW, AS_WAS, Maker
from services.domain.imports import Imports
from services.domain.indicator import Definition, Figure, Indicator, Setting
from services.domain.membership import Membership, memberships
from services.domain.organisations import ALL
from services.domain.sums import Point
from services.indicators import on_time_share
from tests.unit.domain.build import LAW, PERIODS, at
from tests.unit.domain.timeline_build import PLAIN, PORTAL

JANUARY = PERIODS.month_of(at("Thu 2026-01-01 00:00"))
NOW = at("Thu 2026-04-30 12:00")
OLD, HEIR = "10507", "10507@2025-07-01"


class Counting:
    """An indicator made of one counter of the case and of what others give without it."""

    def __init__(self, name: str, unit: str = "share", given: int | None = 0) -> None:
        self.DEFINITION = Definition(name, f"Named {name}", 1, "test", unit=unit)
        self._given = given

    def measure(self, counts: Cell, setting: Setting) -> Figure | None:
        n = counts.get("n", 0)
        if self._given is None and not n:
            return None
        given = self._given or 0
        distinct = len(setting.by_procedure("n")) + len(setting.by_unit("n"))
        return Figure(given + n, given + 2 * n, given + 3 * n + 100 * distinct)


def indicator(*names: Any, **how: Any) -> Indicator:
    return cast("Indicator", Counting(*names, **how))


def found(
    added: Mapping[Point, int], *indicators: Indicator, view: str = AS_WAS, as_of: int = NOW
) -> Sequence[Membership]:
    law = PLAIN if view == AS_WAS else replace(PLAIN, organisations=LAW.organisations)
    return memberships(added, Maker(law, Imports(), indicators, view), as_of)


def test_a_case_is_in_the_figures_of_the_month_quarter_and_year_in_which_it_is_counted() -> None:
    assert found({("A", "p", JANUARY, "n"): 1}, indicator("a", "seconds")) == (
        Membership(
            view=AS_WAS,
            unit="A",
            indicator="a",
            name="Named a",
            policy="portal@1",
            value_unit="seconds",
            numerator=1,
            denominator=2,
            total=203,
            periods=("2026-01", "2026-Q1", "2026"),
        ),
    )


def test_an_open_case_is_in_every_period_up_to_the_reporting_instant() -> None:
    [one] = [
        one
        for one in found({("A", "p", JANUARY, "open.in_time"): 1}, cast("Indicator", on_time_share))
        if one.policy == PORTAL.label
    ]
    assert (one.indicator, one.numerator, one.denominator, one.total) == ("2.1", 1, 1, 1)
    months = ("2026-01", "2026-02", "2026-03", "2026-Q1", "2026-04", "2026-Q2", "2026")
    assert one.periods == months


def test_figures_with_other_counts_are_told_apart() -> None:
    added = {
        ("A", "p", JANUARY, "open.in_time"): 1,
        ("A", "p", JANUARY + 1, "open.in_time"): -1,
        ("A", "p", JANUARY + 1, "ended.late"): 1,
    }
    rows = [one for one in found(added, cast("Indicator", on_time_share)) if one.policy == PORTAL.label]
    assert [(one.numerator, one.denominator, one.total, one.periods) for one in rows] == [
        (0, 1, 1, ("2026-02", "2026-Q1", "2026")),
        (1, 1, 1, ("2026-01",)),
    ]


def test_per_policy_there_is_one_membership_for_each_policy_that_counts_the_case() -> None:
    added = {("A", "p", JANUARY, "open.in_time"): 1, ("A", "p", JANUARY, "handover.open.in_time"): 1}
    total = replace(PLAIN.policies[1], total=frozenset({"in_time"}))
    law = replace(PLAIN, policies=(PORTAL, total))
    rows = memberships(added, Maker(law, Imports(), [cast("Indicator", on_time_share)]), NOW)
    assert [(one.policy, one.numerator, one.total) for one in rows] == [
        ("portal@1", 1, 1),
        ("publication@1", 0, 1),
    ]


def test_what_others_give_without_the_case_is_left_out() -> None:
    assert found({("A", "p", JANUARY, "other"): 1}, indicator("a", given=7)) == ()
    [one] = found({("A", "p", JANUARY, "n"): 1}, indicator("a", given=7))
    assert (one.numerator, one.denominator, one.total) == (1, 2, 203)


class Imported:
    """An indicator that adds the case to what is imported for one unit over all its procedures."""

    DEFINITION = Definition("a", "Named a", 1, "test")

    def measure(self, counts: Cell, setting: Setting) -> Figure | None:
        given = 7 + counts.get("n", 0)
        return Figure(given, given, given) if (setting.unit, setting.procedure) == ("A", ALL) else None


def test_what_is_imported_for_the_unit_over_all_procedures_is_left_out() -> None:
    [one] = found({("A", "p", JANUARY, "n"): 1}, cast("Indicator", Imported()))
    assert (one.numerator, one.denominator, one.total) == (1, 1, 1)


def test_a_figure_that_cannot_be_had_without_the_case_has_nothing_but_the_case() -> None:
    assert found({("A", "p", JANUARY, "other"): 1}, indicator("a", given=None)) == ()
    [one] = found({("A", "p", JANUARY, "n"): 1}, indicator("a", given=None))
    assert (one.numerator, one.denominator, one.total) == (1, 2, 203)


def test_units_and_indicators_are_told_in_their_order() -> None:
    added = {("B", "p", JANUARY, "n"): 1, ("A", "p", JANUARY, "n"): 1, ("A", "q", JANUARY, "n"): 1}
    rows = found(added, indicator("b"), indicator("a"))
    assert [(one.unit, one.indicator, one.numerator, one.total) for one in rows] == [
        ("A", "a", 2, 306),
        ("A", "b", 2, 306),
        ("B", "a", 1, 203),
        ("B", "b", 1, 203),
    ]


def test_months_after_the_reporting_instant_are_not_measured() -> None:
    added = {("A", "p", JANUARY, "n"): 1}
    assert found(added, indicator("a"), as_of=at("Wed 2025-12-31 23:59")) == ()
    [one] = found(added, indicator("a"), as_of=at("Thu 2026-01-01 00:00"))
    assert one.periods == ("2026-01", "2026-Q1", "2026")


def test_a_case_of_the_very_first_month_is_in_the_figures_of_that_month() -> None:
    [one] = found({("A", "p", 0, "n"): 1}, indicator("a"), as_of=at("Mon 2000-01-31 12:00"))
    assert one.periods == ("2000-01", "2000-Q1", "2000")


def test_as_now_an_ended_unit_and_its_successor_are_one_and_only_what_is_judged_per_policy_is_shown() -> None:
    added = {
        (OLD, "p", JANUARY, "open.in_time"): 1,
        (OLD, "p", JANUARY + 1, "open.in_time"): -1,
        (HEIR, "p", JANUARY + 1, "open.in_time"): 1,
        (HEIR, "p", JANUARY, "n"): 1,
    }
    indicators = (indicator("a"), cast("Indicator", on_time_share))
    rows = found(added, *indicators, view=AS_NOW, as_of=at("Sat 2026-02-28 12:00"))
    assert [(one.view, one.unit, one.indicator, one.policy, one.numerator) for one in rows] == [
        (AS_NOW, HEIR, "2.1", "portal@1", 1)
    ]
    assert rows[0].periods == ("2026-01", "2026-02", "2026-Q1", "2026")
    was = found(added, *indicators, as_of=at("Sat 2026-02-28 12:00"))
    assert [(one.unit, one.indicator) for one in was] == [(OLD, "2.1"), (HEIR, "2.1"), (HEIR, "a")]


def test_a_case_that_adds_nothing_is_in_no_figure() -> None:
    assert found({}, indicator("a", given=7)) == ()
