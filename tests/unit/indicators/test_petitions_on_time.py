"""Indicator 5.2: petitions answered on time, counted when they were raised."""

from services.domain.indicator import Aggregation, Figure, Horizon
from services.indicators import petitions_on_time
from services.indicators.petitions_on_time import DEFINITION
from tests.unit.domain.build import at, day
from tests.unit.indicators.build import booked, dossier, evaluated, measured, shares
from tests.unit.indicators.petition_build import AS_OF, DOSSIER, OPENED, RAISED, about, own

LATE_FROM = "Tue 2026-01-27 00:00"


def test_a_petition_counts_for_the_month_and_the_unit_in_which_it_was_raised() -> None:
    facts = [
        OPENED,
        own("PETITION", RAISED),
        own("TRANSFERRED", "Tue 2026-01-06 08:00")._replace(unit="V"),
        own("PROCESSED", "Wed 2026-02-25 08:00", answer="RESOLVED"),
    ]
    assert booked(petitions_on_time, facts, "Tue 2026-01-06 09:00") == {"2026-01 W 5.2.on_time": 1}
    assert booked(petitions_on_time, facts, AS_OF) == {"2026-01 W 5.2.late": 1}


def test_time_alone_makes_an_unanswered_petition_late_when_it_said_so() -> None:
    facts = [OPENED, own("PETITION", RAISED)]
    (evaluation,) = evaluated(petitions_on_time, facts, RAISED)
    assert day(evaluation.next_change) == LATE_FROM
    assert booked(petitions_on_time, facts, "Mon 2026-01-26 23:59") == {"2026-01 W 5.2.on_time": 1}
    assert booked(petitions_on_time, facts, LATE_FROM) == {"2026-01 W 5.2.late": 1}
    (evaluation,) = evaluated(petitions_on_time, facts, LATE_FROM)
    assert evaluation.next_change is None


def test_several_petitions_about_a_dossier_count_each() -> None:
    facts = [
        DOSSIER,
        about("PETITION", RAISED),
        about("STEP", "Wed 2026-01-07 08:00", answer="REFUSED"),
        about("PETITION", "Mon 2026-02-02 08:00"),
        about("STEP", "Thu 2026-02-05 00:00", answer="REFUSED"),
        about("PETITION", "Wed 2026-12-30 08:00"),
    ]
    assert booked(petitions_on_time, facts, AS_OF) == {
        "2026-01 W 5.2.on_time": 1,
        "2026-02 W 5.2.late": 1,
        "2026-12 W 5.2.unsaid": 1,
    }


def test_the_earliest_change_of_several_petitions_is_told() -> None:
    facts = [
        DOSSIER,
        about("PETITION", "Tue 2026-01-06 08:00", source="alpha"),
        about("PETITION", RAISED, source="zeta"),
    ]
    (evaluation,) = evaluated(petitions_on_time, facts, "Tue 2026-01-20 08:00")
    assert evaluation.next_change == at(LATE_FROM)


def test_the_share_is_of_the_petitions_raised_in_the_period() -> None:
    facts = [
        OPENED,
        own("PETITION", RAISED),
        DOSSIER,
        about("PETITION", RAISED),
        about("STEP", "Wed 2026-01-07 08:00", answer="REFUSED"),
        dossier("ACCEPTED", RAISED, case_id="onestop:2", unit="stranger"),
        about("PETITION", RAISED)._replace(case_id="onestop:2"),
    ]
    assert measured(petitions_on_time, facts) == Figure(1, 2, 2, {"on_time": 1, "late": 1, "unsaid": 0})
    assert shares(measured(petitions_on_time, facts, unit="all")) == (1, 2, 3)


def test_no_petition_is_a_denominator_of_0() -> None:
    assert measured(petitions_on_time, [DOSSIER]) == Figure(0, 0, 0, {"on_time": 0, "late": 0, "unsaid": 0})


def test_the_cohort_of_a_month_is_a_pooled_share_without_drill_down() -> None:
    assert (DEFINITION.id, DEFINITION.label, DEFINITION.unit) == ("5.2", "5.2@1", "share")
    assert (DEFINITION.name, DEFINITION.source) == (
        "Petitions answered on time",
        "Decision 766/QD-TTg, indicator 5.2",
    )
    assert (DEFINITION.aggregation, DEFINITION.horizon) == (Aggregation.SUM, Horizon.AS_OF)
    assert not DEFINITION.has_drill_down
    assert not DEFINITION.is_per_policy
