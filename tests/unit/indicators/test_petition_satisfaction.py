"""Indicator 5.3: petitions against whose handling nothing is held, each counted once."""

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import petition_satisfaction
from services.indicators.petition_satisfaction import DEFINITION
from tests.unit.domain.build import day
from tests.unit.indicators.build import booked, evaluated, measured
from tests.unit.indicators.petition_build import AS_OF, DOSSIER, OPENED, RAISED, about, own

RESOLVED = own("PROCESSED", "Mon 2026-01-12 08:00", answer="RESOLVED")
LATE = own("PROCESSED", "Fri 2026-02-13 08:00", answer="RESOLVED")
DISLIKED = own("RATED", "Mon 2026-02-16 08:00", is_satisfied=False)
LIKED = own("RATED", "Mon 2026-02-16 08:00", is_satisfied=True)
AGAIN = own("PETITION", "Wed 2026-02-18 08:00", is_raised_again=True)
RESOLVED_AGAIN = own("STEP", "Thu 2026-02-19 08:00", answer="RESOLVED")
UNCOVERED = own("PETITION", "Wed 2026-12-30 08:00", is_raised_again=True)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ([RESOLVED], "undisputed"),
        ([RESOLVED, LIKED], "undisputed"),
        ([LATE], "disputed"),
        ([RESOLVED, DISLIKED], "disputed"),
        ([RESOLVED, AGAIN, RESOLVED_AGAIN], "disputed"),
        ([LATE, DISLIKED, AGAIN, RESOLVED_AGAIN], "disputed"),
        ([RESOLVED, UNCOVERED], "disputed"),
    ],
)
def test_a_petition_is_disputed_once_however_much_is_held_against_it(said: list[Fact], answer: str) -> None:
    facts = [OPENED, own("PETITION", RAISED), *said]
    assert booked(petition_satisfaction, facts, AS_OF) == {f"2026-01 W 5.3.{answer}": 1}


def test_a_petition_of_which_nobody_can_say_whether_it_is_late_is_unsaid_unless_disliked() -> None:
    raised = "Wed 2026-12-30 08:00"
    facts = [own("REGISTERED", raised), own("PETITION", raised)]
    disliked = own("RATED", "Wed 2026-12-30 09:00", is_satisfied=False)
    assert booked(petition_satisfaction, facts, AS_OF) == {"2026-12 W 5.3.unsaid": 1}
    assert booked(petition_satisfaction, [*facts, disliked], AS_OF) == {"2026-12 W 5.3.disputed": 1}


def test_time_alone_disputes_an_unanswered_petition() -> None:
    facts = [OPENED, own("PETITION", RAISED)]
    (evaluation,) = evaluated(petition_satisfaction, facts, RAISED)
    assert day(evaluation.next_change) == "Tue 2026-01-27 00:00"
    assert booked(petition_satisfaction, facts, "Mon 2026-01-26 23:59") == {"2026-01 W 5.3.undisputed": 1}
    assert booked(petition_satisfaction, facts, "Tue 2026-01-27 00:00") == {"2026-01 W 5.3.disputed": 1}
    (evaluation,) = evaluated(petition_satisfaction, facts, "Tue 2026-01-27 00:00")
    assert evaluation.next_change is None


def test_the_share_is_of_the_petitions_raised_in_the_period() -> None:
    facts = [
        OPENED,
        own("PETITION", RAISED),
        RESOLVED,
        DOSSIER,
        about("PETITION", RAISED),
        about("STEP", "Tue 2026-01-06 08:00", answer="RESOLVED"),
        about("RATED", "Thu 2026-01-08 08:00", source="kiosk", is_satisfied=False),
        about("PETITION", "Fri 2026-01-09 08:00"),
        about("RATED", "Tue 2026-01-13 08:00", is_satisfied=False),
    ]
    assert measured(petition_satisfaction, facts) == Figure(
        2, 3, 3, {"undisputed": 2, "disputed": 1, "unsaid": 0}
    )


def test_no_petition_is_a_denominator_of_0() -> None:
    assert measured(petition_satisfaction, [DOSSIER]) == Figure(
        0, 0, 0, {"undisputed": 0, "disputed": 0, "unsaid": 0}
    )


def test_the_cohort_of_a_month_is_a_pooled_share_without_drill_down() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("5.3", "5.3@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Satisfaction with petition handling",
        "Decision 766/QD-TTg, indicator 5.3",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
