"""Which figures a case is in, as lines: counters by month, indicators by unit and periods."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from services.domain.explanation import Contribution
from services.domain.figures import AS_NOW, AS_WAS
from services.domain.membership import Membership
from services.why_course_text import UnitName
from services.why_figures_text import counter_lines, figure_lines, spans

UNITS = {
    "A": UnitName("A", "Xã A", ("A", "C", "all"), ("B", "C", "all")),
    "B": UnitName("B", "Xã B", ("B", "C", "all"), ("B", "C", "all")),
    "C": UnitName("C", "Thành phố C", ("C", "all"), ("C", "all")),
    "all": UnitName("all", "", ("all",), ("all",)),
}
ONE = Membership(AS_WAS, "B", "2.1", "On time", "portal@1", "share", 1, 1, 1, ("2026-01", "2026-Q1", "2026"))


def lines(found: Iterable[str]) -> list[str]:
    return [" ".join(line.split()) for line in found]


def test_counters_are_told_by_unit_and_procedure_and_month_with_their_sign() -> None:
    added = (
        Contribution("A", "p", "2026-01", "open.late", 1),
        Contribution("A", "p", "2026-01", "received", 1),
        Contribution("A", "p", "2026-02", "open.late", -1),
        Contribution("A", "q", "2026-02", "n", 1200),
    )
    assert list(counter_lines(added, UNITS)) == [
        "  A Xã A, procedure p",
        "    2026-01  open.late +1, received +1",
        "    2026-02  open.late -1",
        "  A Xã A, procedure q",
        "    2026-02  n +1200",
    ]


def test_figures_of_the_same_periods_stand_together_below_their_unit() -> None:
    seconds = replace(ONE, indicator="2.2", name="Time", value_unit="seconds", numerator=69_207)
    later = replace(ONE, indicator="3.1", name="Later", numerator=0, periods=("2026-02",))
    assert list(figure_lines([ONE, seconds, later], UNITS)) == [
        "  as-was, of B Xã B, and so in those of C Thành phố C and all",
        "    in 2026-01, 2026-Q1, 2026",
        "      numerator  denominator  total",
        "              1            1      1  2.1 On time",
        "         69,207            1      1  2.2 Time, in seconds",
        "    in 2026-02",
        "      numerator  denominator  total",
        "              0            1      1  3.1 Later",
    ]


def test_as_now_that_is_the_same_is_said_in_a_line_and_names_the_policies_of_both() -> None:
    other = replace(ONE, indicator="3.1", name="Other")
    found = lines(figure_lines([ONE, other, replace(ONE, view=AS_NOW)], UNITS))
    assert found[3:] == [
        "1 1 1 2.1 On time, portal@1",
        "1 1 1 3.1 Other",
        "as now: the same, of the same units",
    ]


@pytest.mark.parametrize(
    "now", [replace(ONE, numerator=0), replace(ONE, policy="other@1"), replace(ONE, unit="C")]
)
def test_as_now_that_is_something_else_is_told(now: Membership) -> None:
    found = lines(figure_lines([ONE, replace(now, view=AS_NOW)], UNITS))
    assert len(found) == 8
    assert found[4].startswith(f"as-now, of {now.unit}")


def test_as_now_of_a_unit_that_has_gone_is_told_with_the_units_above_its_heir() -> None:
    was, now = replace(ONE, unit="A"), replace(ONE, view=AS_NOW)
    found = lines(figure_lines([was, now], UNITS))
    assert found[0] == "as-was, of A Xã A, and so in those of C Thành phố C and all"
    assert found[4] == "as-now, of B Xã B, and so in those of C Thành phố C and all"


def test_as_now_under_another_parent_is_something_else() -> None:
    units = {**UNITS, "B": replace(UNITS["B"], path_now=("B", "all"))}
    found = lines(figure_lines([ONE, replace(ONE, view=AS_NOW)], units))
    assert found[4] == "as-now, of B Xã B, and so in those of all"


def test_a_case_in_no_figure_has_no_lines() -> None:
    assert list(figure_lines([], UNITS)) == []
    assert list(counter_lines([], UNITS)) == []


@pytest.mark.parametrize(
    ("periods", "told"),
    [
        (("2026-01",), "2026-01"),
        (("2025-12", "2026-01", "2026-02"), "2025-12 to 2026-02"),
        (("2026-01", "2026-03"), "2026-01, 2026-03"),
        (
            ("2025-12", "2025-Q4", "2025", "2026-01", "2026-Q1", "2026"),
            "2025-12 to 2026-01, 2025-Q4 to 2026-Q1, 2025 to 2026",
        ),
        (("2025-Q3", "2026-Q1"), "2025-Q3, 2026-Q1"),
    ],
)
def test_periods_that_follow_one_another_are_one_span(periods: tuple[str, ...], told: str) -> None:
    assert spans(periods) == told
