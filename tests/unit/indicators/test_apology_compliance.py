"""Late cases for which an apology was sent in time, and no second appointment made."""

from dataclasses import replace
from datetime import date

import pytest
from egovhub.events import Fact

from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.domain.policy import Compare
from services.domain.rule_sets import RuleSets
from services.indicators import apology_compliance
from services.indicators.apology_compliance import DEFINITION
from tests.unit.domain.build import at
from tests.unit.indicators.build import LAW, PORTAL, dossier, measured
from tests.unit.indicators.more_build import DECREE, RULED, changes_at, document, found

DUE = "Fri 2026-01-30 10:00"
BEGUN = dossier("ACCEPTED", "Mon 2026-01-05 08:00", due=DUE)
ENDED = dossier("PROCESSED", "Mon 2026-02-02 08:00")
AS_OF = "Fri 2026-02-27 12:00"


def apology(when: str) -> Fact:
    return dossier("APOLOGY_SENT", when)


def extension(when: str, due: str) -> Fact:
    return dossier("EXTENDED", when, due=due)


def late(part: str, letter: str = "unapologised") -> dict[str, int]:
    return {f"2026-01 W apology.{part}": 1, f"2026-02 W late.{letter}": 1}


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        ("Mon 2026-01-05 08:00", "kept"),
        ("Thu 2026-01-29 10:00", "kept"),
        ("Thu 2026-01-29 10:00 +1ms", "apology_late"),
        ("Mon 2026-02-02 08:00", "apology_late"),
    ],
)
def test_an_apology_is_in_time_up_to_a_day_before_the_due_instant(sent: str, part: str) -> None:
    assert found(apology_compliance, [BEGUN, apology(sent), ENDED], AS_OF, RULED) == late(part, "apologised")


def test_a_late_case_without_apology_is_counted_when_it_became_late() -> None:
    assert found(apology_compliance, [BEGUN, ENDED], AS_OF, RULED) == late("no_apology")
    on_edge = [dossier("ACCEPTED", "Mon 2026-01-05 08:00", due="Sat 2026-01-31 23:59 +59999ms"), ENDED]
    assert found(apology_compliance, on_edge, AS_OF, RULED) == {
        "2026-02 W apology.no_apology": 1,
        "2026-02 W late.unapologised": 1,
    }


def test_a_case_that_was_late_from_the_start_became_so_when_it_began() -> None:
    begun = dossier("ACCEPTED", "Mon 2026-02-02 08:00", due=DUE)
    assert found(apology_compliance, [begun], AS_OF, RULED) == {"2026-02 W apology.no_apology": 1}
    on_edge = dossier("ACCEPTED", "Sun 2026-02-01 00:00", due="Sat 2026-01-31 23:59 +59999ms")
    assert found(apology_compliance, [on_edge], AS_OF, RULED) == {"2026-02 W apology.no_apology": 1}


def test_where_days_are_compared_a_case_is_late_from_the_next_day_on() -> None:
    by_day = replace(RULED, policies=(replace(PORTAL, compare=Compare.DAY),))
    due = [dossier("ACCEPTED", "Mon 2026-01-05 08:00", due="Sat 2026-01-31 10:00"), ENDED]
    assert found(apology_compliance, due, AS_OF, by_day) == {
        "2026-02 W apology.no_apology": 1,
        "2026-02 W late.unapologised": 1,
    }


def test_the_earliest_apology_counts() -> None:
    facts = [BEGUN, apology("Fri 2026-01-30 09:00"), apology("Tue 2026-01-06 09:00"), ENDED]
    assert found(apology_compliance, facts, AS_OF, RULED) == late("kept", "apologised")


def test_an_apology_after_the_end_does_not_count() -> None:
    facts = [BEGUN, ENDED, apology("Tue 2026-02-03 08:00")]
    assert found(apology_compliance, facts, AS_OF, RULED) == late("no_apology")


def test_what_is_not_late_needs_no_apology() -> None:
    in_time = dossier("PROCESSED", DUE)
    assert found(apology_compliance, [BEGUN, in_time], AS_OF, RULED) == {}
    no_deadline = dossier("ACCEPTED", "Mon 2026-01-05 08:00")
    assert found(apology_compliance, [no_deadline, ENDED], AS_OF, RULED) == {}


def test_an_open_case_is_late_as_soon_as_its_due_instant_has_passed() -> None:
    assert found(apology_compliance, [BEGUN], DUE, RULED) == {}
    assert found(apology_compliance, [BEGUN], f"{DUE} +1ms", RULED) == {"2026-01 W apology.no_apology": 1}
    assert changes_at(apology_compliance, [BEGUN], DUE, RULED) == at(DUE) + 1


def test_one_new_appointment_is_allowed_and_a_second_is_not() -> None:
    first = [BEGUN, apology("Thu 2026-01-08 08:00"), extension("Thu 2026-01-08 09:00", DUE)]
    assert found(apology_compliance, [*first, ENDED], AS_OF, RULED) == late("kept", "apologised")
    second = extension("Fri 2026-01-09 09:00", DUE)
    assert found(apology_compliance, [*first, second, ENDED], AS_OF, RULED) == late(
        "second_appointment", "apologised"
    )
    none = replace(RULED, rule_sets=RuleSets([DECREE._replace(new_appointments=0)]))
    assert found(apology_compliance, [*first, ENDED], AS_OF, none) == late("second_appointment", "apologised")


def test_a_new_appointment_that_has_not_passed_makes_a_case_timely_again() -> None:
    facts = [BEGUN, extension("Mon 2026-02-02 08:00", "Fri 2026-02-20 08:00")]
    assert found(apology_compliance, facts, "Fri 2026-01-30 12:00", RULED) == {
        "2026-01 W apology.no_apology": 1
    }
    assert found(apology_compliance, facts, "Fri 2026-02-20 08:00", RULED) == {}
    assert found(apology_compliance, facts, "Fri 2026-02-20 08:01", RULED) == {
        "2026-02 W apology.no_apology": 1
    }


def test_who_waits_too_often_is_late_but_not_past_the_due_instant_yet() -> None:
    law = replace(RULED, policies=(replace(PORTAL, waiting=frozenset({"supplement"}), max_requests=1),))
    asked = [dossier("SUPPLEMENT_REQUESTED", f"{day} 08:00") for day in ("Tue 2026-01-06", "Wed 2026-01-07")]
    assert found(apology_compliance, [BEGUN, *asked], DUE, law) == {}
    assert changes_at(apology_compliance, [BEGUN, *asked], "Thu 2026-01-08 08:00", law) == at(DUE) + 1
    assert found(apology_compliance, [BEGUN, *asked], f"{DUE} +1ms", law) == {
        "2026-01 W apology.no_apology": 1
    }


def test_the_rules_are_those_of_the_day_on_which_the_clock_started() -> None:
    since = replace(RULED, rule_sets=RuleSets([DECREE._replace(valid_from=date(2026, 1, 6))]))
    facts = [
        dossier("REGISTERED", "Mon 2026-01-05 08:00", due=DUE),
        dossier("ACCEPTED", "Tue 2026-01-06 08:00"),
    ]
    assert found(apology_compliance, [*facts, ENDED], AS_OF, since) == late("no_apology")
    assert found(apology_compliance, [BEGUN, ENDED], AS_OF, since) == late("unsaid")
    assert found(apology_compliance, [facts[0], ENDED], AS_OF, since) == late("unsaid")
    assert found(apology_compliance, [facts[0], ENDED], AS_OF, RULED) == late("no_apology")


def test_without_rules_a_late_case_is_in_the_total_alone() -> None:
    facts = [BEGUN, apology("Tue 2026-01-06 08:00"), ENDED]
    assert found(apology_compliance, facts, AS_OF) == late("unsaid", "apologised")
    expected = dict.fromkeys(("kept", "no_apology", "apology_late", "second_appointment"), 0)
    assert measured(apology_compliance, facts, law=LAW) == Figure(0, 0, 1, {**expected, "unsaid": 1})


def test_no_apology_is_owed_for_a_document() -> None:
    facts = [
        document("RECEIVED", "Mon 2026-01-05 08:00", due=DUE),
        document("PROCESSED", "Mon 2026-02-02 08:00"),
    ]
    assert found(apology_compliance, facts, AS_OF, RULED) == {}


def test_the_figure_is_of_all_that_became_late() -> None:
    parts = {"kept": 1, "no_apology": 2, "apology_late": 4, "second_appointment": 8, "unsaid": 16}
    counts = {f"apology.{part}": n for part, n in parts.items()}
    assert apology_compliance.of(counts) == Figure(1, 15, 31, parts)
    assert measured(apology_compliance, [BEGUN, ENDED], law=RULED) == Figure(
        0, 1, 1, {**dict.fromkeys(parts, 0), "no_apology": 1}
    )


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "apology",
        "Late cases with an apology in time",
        1,
        "Decree 118/2025/NĐ-CP; domain/deadlines.md, 1",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
