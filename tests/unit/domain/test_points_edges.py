"""What mutants of the points showed that no other test held."""

from datetime import date
from fractions import Fraction

from services.domain.points import DECISION_766, FULL_TOTAL, GROUPS, PAR_INDEX, Rule, Threshold, total


def row(indicator: str, group: str, max_points: int) -> Threshold:
    since = date(2026, 1, 1)
    return Threshold(
        DECISION_766,
        indicator,
        group,
        max_points,
        Rule.LINEAR,
        None,
        None,
        since,
        None,
        None,
        "law",
        "one-source",
        "",
    )


def test_tables_and_rules_are_called_what_reference_files_call_them() -> None:
    assert (DECISION_766, PAR_INDEX, FULL_TOTAL) == ("766", "par-index", 100)
    assert list(Rule) == ["linear", "cap", "floor"]
    assert GROUPS[DECISION_766][2:5] == ("online-service", "online-payment", "digitisation")


def test_one_point_counts() -> None:
    found = total([row("1.1", "publicity", 1)], {"1.1": Fraction(1, 2)})
    assert (found.points, found.of_max, found.max_points) == (Fraction(1, 2), 1, 1)


def test_groups_stand_in_the_order_of_the_decision_however_the_rows_do() -> None:
    rows = [row("1.1", "progress", 2), row("2.1", "publicity", 3), row("2.2", "progress", 4)]
    assert [(group.group, group.max_points) for group in total(rows, {}).groups] == [
        ("publicity", 3),
        ("progress", 6),
    ]
