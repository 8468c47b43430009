"""Whether source and law give the same due instant: each case in one part, both known in the denominator."""

from dataclasses import replace

import pytest

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.domain.periods import Grain, label
from services.indicators import due_agreement
from tests.unit.domain.build import LAW, WARD, fact, judge
from tests.unit.indicators.build import measured

COUNTING = replace(LAW, counts=(due_agreement.count,))
CORRECTION = "1.004859"  # three working days from acceptance
RECEIVED = "Mon 2026-01-05 09:00"  # due Thu 2026-01-08 09:00


def parts(due: str | None, procedure: str | None, as_of: str = "Tue 2026-01-06 09:00") -> dict[str, int]:
    first = fact("ACCEPTED", RECEIVED, due, unit=WARD, procedure=procedure)
    evaluation = judge([first], as_of, COUNTING)
    return {
        f"{label(month, Grain.MONTH)} {unit} {counter}": n
        for (unit, _, month, counter), n in evaluation.contributions.items()
        if counter.startswith("due.")
    }


@pytest.mark.parametrize(
    ("due", "procedure", "part"),
    [
        ("Thu 2026-01-08 09:00", CORRECTION, "equal"),
        ("Thu 2026-01-08 09:00 +1ms", CORRECTION, "later"),
        ("Thu 2026-01-08 08:59", CORRECTION, "earlier"),
        ("Thu 2026-01-08 09:00", None, "source_only"),
        (None, CORRECTION, "computed_only"),
        (None, None, "none"),
    ],
)
def test_a_case_is_in_the_part_that_its_due_instants_say(
    due: str | None, procedure: str | None, part: str
) -> None:
    assert parts(due, procedure) == {f"2026-01 {WARD}@2025-07-01 due.{part}": 1}


def test_an_appointment_that_moved_in_a_later_month_changes_the_month_of_reception() -> None:
    facts = [
        fact("ACCEPTED", RECEIVED, "Thu 2026-01-08 09:00", unit=WARD, procedure=CORRECTION),
        fact("EXTENDED", "Mon 2026-02-02 09:00", "Tue 2026-02-10 09:00"),
    ]
    found = judge(facts, "Tue 2026-02-03 09:00", COUNTING).contributions
    assert {counter: n for (_, _, month, counter), n in found.items() if counter.startswith("due.")} == {
        "due.later": 1
    }
    assert {label(month, Grain.MONTH) for (_, _, month, counter) in found if counter == "due.later"} == {
        "2026-01"
    }


def test_numerator_denominator_and_total_are_equal_both_and_all() -> None:
    counts = {f"due.{part}": n for n, part in enumerate(due_agreement.ALL_PARTS, 1)}
    figure = due_agreement.measured(counts)
    assert (figure.numerator, figure.denominator, figure.total) == (1, 6, 21)
    assert figure.parts == {
        "equal": 1,
        "later": 2,
        "earlier": 3,
        "source_only": 4,
        "computed_only": 5,
        "none": 6,
    }


def test_no_cases_are_no_data() -> None:
    assert due_agreement.measured({"received": 3}).total == 0


def test_the_figure_of_a_period_is_that_of_its_counts() -> None:
    first = fact("ACCEPTED", RECEIVED, "Thu 2026-01-08 09:00", unit=WARD, procedure=CORRECTION)
    assert measured(due_agreement, [first], unit=f"{WARD}@2025-07-01", law=LAW) == Figure(
        1, 1, 1, {**dict.fromkeys(due_agreement.ALL_PARTS, 0), "equal": 1}
    )


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "due.agreement",
        "Due instants on which source and law agree",
        1,
        "DESIGN 6; Decree 118/2025/NĐ-CP",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == due_agreement.DEFINITION
