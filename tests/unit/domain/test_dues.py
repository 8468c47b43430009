"""Which due instant judges a case: the source's, the one that the law gives, and why there is none."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from egovhub.events import Fact

from services.domain.calendar import Limit, LimitUnit
from services.domain.case import CaseState
from services.domain.law import Law
from services.domain.organisations import Organisations, Unit
from services.domain.policy import Due
from services.domain.procedures import RESTART, LocalLimit, Procedure, Procedures
from services.domain.rule_sets import RuleSet, RuleSets
from tests.unit.domain.build import LAW, ZONE, at, day, fact, judge, state
from tests.unit.domain.timeline_build import HAND_OVER, PLAIN, PORTAL, buckets, processing, under

HOUR = 3_600_000
THREE_DAYS = "1.000001"
BY_LEVEL = "1.000002"
RENEWED = "1.000003"
UNLIMITED = "1.000004"
SAME_DAY = "1.000005"
RESTARTED = "1.000006"


def rule(
    stem: str, days: int, levels: tuple[str, ...] = ("commune", "department"), **fields: Any
) -> Procedure:
    return Procedure(stem, levels, Limit(days, LimitUnit.WORKING_DAYS), "test", "test", **fields)


TABLE = (
    rule(THREE_DAYS, 3),
    rule(BY_LEVEL, 1, ("commune",)),
    rule(BY_LEVEL, 5, ("department",)),
    rule(RENEWED, 2, valid_to=date(2026, 2, 1)),
    rule(RENEWED, 4, valid_from=date(2026, 2, 1)),
    rule(UNLIMITED, 1)._replace(limit=None),
    rule(SAME_DAY, 0, is_same_day=True, after_15h=True),
    rule(RESTARTED, 3, supplement=RESTART),
)
UNITS = (
    Unit("city", "", "city", None, None, "test", jurisdiction="VN"),
    Unit("ward", "", "ward", "city", None, "test"),
    Unit("office", "", "department", "city", None, "test"),
    Unit("nowhere", "", "city", None, None, "test"),
)
DECREES = (
    RuleSet("old", time(15), 24 * HOUR, 1, "test", "test", valid_to=date(2026, 2, 1)),
    RuleSet(
        "new", time(10), 24 * HOUR, 0, "test", "test", valid_from=date(2026, 2, 1), valid_to=date(2026, 3, 1)
    ),
)
RULED = replace(
    LAW,
    policies=(PORTAL, HAND_OVER),
    organisations=Organisations(UNITS, (), ZONE),
    procedures=Procedures(
        TABLE, [LocalLimit("office", THREE_DAYS, Limit(1, LimitUnit.WORKING_DAYS), "", "")]
    ),
    rule_sets=RuleSets(DECREES),
)
FAR = "Thu 2026-12-31 12:00"


def received(
    when: str = "Mon 2026-01-05 09:00", procedure: str = THREE_DAYS, kind: str = "RECEIVED", **fields: Any
) -> Fact:
    return fact(kind, when, **{"unit": "ward", "procedure": procedure, **fields})


def known(*facts: Fact, law: Law = RULED, as_of: str = FAR) -> CaseState:
    return state(judge(list(facts), as_of, law))


def due(*facts: Fact, law: Law = RULED) -> str | None:
    return day(known(*facts, law=law).due_at)


# the clock


def test_without_an_appointment_the_limit_of_the_procedure_judges() -> None:
    assert due(received()) == "Thu 2026-01-08 09:00"
    assert known(received(), as_of="Thu 2026-01-08 09:00").bucket == "in_time"
    assert known(received(), as_of="Thu 2026-01-08 09:00 +1ms").bucket == "overdue"


@pytest.mark.parametrize(
    ("end", "bucket"), [("Thu 2026-01-08 09:00", "on_time"), ("Thu 2026-01-08 09:00 +1ms", "late")]
)
def test_a_case_that_takes_as_long_as_the_limit_is_on_time(end: str, bucket: str) -> None:
    assert known(received(), fact("PROCESSED", end)).bucket == bucket


def test_the_clock_starts_with_the_acceptance_whatever_came_before() -> None:
    accepted = received("Tue 2026-01-06 10:00", kind="ACCEPTED")
    assert due(received(), accepted) == "Fri 2026-01-09 10:00"
    assert due(accepted, received("Wed 2026-01-07 09:00")) == "Fri 2026-01-09 10:00"
    assert due(received(kind="REGISTERED"), accepted) == "Fri 2026-01-09 10:00"


def test_a_registration_starts_no_clock() -> None:
    registered = known(received(kind="REGISTERED"))
    assert (registered.due_at, registered.due_computed, registered.bucket) == (None, None, "no_deadline")


def test_an_acceptance_that_comes_late_starts_the_clock_anew() -> None:
    accepted = received("Mon 2026-02-02 09:00", kind="ACCEPTED")
    assert processing(judge([received(), accepted], "Mon 2026-02-02 10:00", RULED), RULED) == {
        "2026-01 ward received": 1,
        "2026-01 ward open.overdue": 1,
        "2026-02 ward open.overdue": -1,
        "2026-02 ward open.in_time": 1,
    }


def test_the_rule_is_that_of_the_day_on_which_the_clock_starts() -> None:
    assert due(received("Fri 2026-01-30 09:00", RENEWED)) == "Tue 2026-02-03 09:00"
    assert due(received("Sat 2026-01-31 23:59", RENEWED)) == "Wed 2026-02-04 07:00"
    assert due(received("Sun 2026-02-01 00:00", RENEWED)) == "Fri 2026-02-06 07:00"
    accepted = received("Mon 2026-02-02 09:00", RENEWED, "ACCEPTED")
    assert due(received("Fri 2026-01-30 09:00", RENEWED), accepted) == "Fri 2026-02-06 09:00"


def test_a_dossier_keeps_the_decree_under_which_it_was_accepted() -> None:
    assert due(received("Fri 2026-01-30 15:00", SAME_DAY)) == "Fri 2026-01-30 17:00"
    assert due(received("Mon 2026-02-02 10:00", SAME_DAY)) == "Mon 2026-02-02 17:00"
    assert due(received("Mon 2026-02-02 10:01", SAME_DAY)) == "Tue 2026-02-03 17:00"


# the unit that rules, and the one whose days count


def moved(unit: str, when: str = "Tue 2026-01-06 09:00", **fields: Any) -> Fact:
    return fact("TRANSFERRED", when, unit=unit, **fields)


def test_the_level_of_the_unit_at_which_the_clock_started_rules_wherever_the_case_goes() -> None:
    assert due(received(procedure=BY_LEVEL)) == "Tue 2026-01-06 09:00"
    assert due(received(procedure=BY_LEVEL), moved("office")) == "Tue 2026-01-06 09:00"
    assert due(received(procedure=BY_LEVEL, unit="office")) == "Sat 2026-01-10 09:00"
    assert due(received(procedure=BY_LEVEL, unit="office"), moved("ward")) == "Sat 2026-01-10 09:00"


def test_the_unit_that_holds_the_case_at_its_acceptance_rules_from_then_on() -> None:
    accepted = received("Wed 2026-01-07 09:00", BY_LEVEL, "ACCEPTED", unit="office")
    case = known(received(procedure=BY_LEVEL), accepted)
    assert (case.ruling_unit, day(case.due_at)) == ("office", "Tue 2026-01-13 09:00")
    assert known(received(procedure=BY_LEVEL), as_of="Wed 2026-01-07 08:00").ruling_unit == "ward"


def test_a_unit_named_later_rules_a_case_that_was_received_by_nobody() -> None:
    case = known(
        received(procedure=BY_LEVEL, unit=None), moved("office"), moved("ward", "Wed 2026-01-07 09:00")
    )
    assert (case.ruling_unit, day(case.due_at)) == ("office", "Sat 2026-01-10 09:00")


def test_the_limit_that_a_unit_set_for_itself_rules_its_cases() -> None:
    assert due(received(unit="office")) == "Tue 2026-01-06 09:00"
    assert due(received(unit="office"), moved("ward")) == "Tue 2026-01-06 09:00"


def test_the_days_of_the_unit_that_executes_count() -> None:
    nowhere = known(received(), moved("nowhere"))
    assert (nowhere.bucket, nowhere.reason, nowhere.due_at) == ("unknown", "no-calendar", None)
    back = known(received(), moved("nowhere"), moved("ward", "Wed 2026-01-07 09:00"))
    assert day(back.due_at) == "Thu 2026-01-08 09:00"


def test_a_corrected_procedure_has_its_own_limit_from_the_same_start() -> None:
    corrected = fact("CORRECTED", "Wed 2026-01-07 09:00", procedure=BY_LEVEL)
    assert due(received(), corrected) == "Tue 2026-01-06 09:00"


# what cannot be judged


@pytest.mark.parametrize("procedure", [UNLIMITED, "9.999999", "a text"])
def test_a_procedure_without_a_known_limit_is_no_deadline(procedure: str) -> None:
    for facts in ([received(procedure=procedure)], [received(procedure=procedure), fact("PROCESSED", FAR)]):
        case = known(*facts)
        assert (case.bucket, case.reason, case.due_at) == ("no_deadline", None, None)


def test_a_case_whose_procedure_nobody_named_is_no_deadline() -> None:
    case = known(fact("RECEIVED", "Mon 2026-01-05 09:00", unit="nowhere"))
    assert (case.bucket, case.reason) == ("no_deadline", None)


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (received(unit="stranger"), "no-calendar"),
        (received(unit="nowhere"), "no-calendar"),
        (received(unit=None), "no-calendar"),
        (received("Sun 2026-03-01 00:00"), "no-rule-set"),
        (received("Tue 2026-12-29 09:00"), "uncovered-date"),
        (received("Thu 2022-12-29 09:00"), "uncovered-date"),
    ],
)
def test_what_reference_data_cannot_judge_is_unknown_with_the_reason(start: Fact, reason: str) -> None:
    law = replace(
        RULED,
        rule_sets=RuleSets([*DECREES[:1], DECREES[0]._replace(valid_from=date(2026, 12, 1), valid_to=None)]),
    )
    ended = fact("PROCESSED", start.occurred_at + HOUR)
    for facts in ([start], [start, ended]):
        case = state(judge(facts, FAR, law))
        assert (case.bucket, case.reason, case.due_at, case.due_computed) == ("unknown", reason, None, None)
        assert case.buckets == ("unknown", "unknown")


def test_a_day_that_a_limit_reaches_exactly_at_the_end_of_the_calendar_is_covered() -> None:
    law = replace(RULED, rule_sets=RuleSets([DECREES[0]._replace(valid_to=None)]))
    assert due(received("Mon 2026-12-28 09:00"), law=law) == "Thu 2026-12-31 09:00"


def test_a_reason_is_shown_of_a_case_that_is_unknown_alone() -> None:
    given = known(received(unit="nowhere", due_at=at("Fri 2026-01-09 17:00")))
    assert (given.bucket, given.reason, given.due_computed) == ("overdue", None, None)


def test_a_case_stays_unknown_when_its_procedure_is_named_again() -> None:
    """A procedure that was taken back for a while may not make a deadline out of a reason."""
    lost = fact("CORRECTED", "Mon 2026-02-02 09:00", procedure="unknown")
    again = fact("CORRECTED", "Mon 2026-03-02 09:00", procedure=THREE_DAYS)
    facts = [received(unit="nowhere"), lost, again]
    assert [known(*facts[:n]).bucket for n in (1, 2, 3)] == ["unknown", "no_deadline", "unknown"]
    assert known(*facts).reason == "no-calendar"


# the source's appointment


GIVEN = received(due_at=at("Fri 2026-01-09 17:00"))


def test_the_source_judges_first_and_what_the_law_gives_is_kept_beside_it() -> None:
    case = known(GIVEN)
    assert [day(case.due_at), day(case.due_source)] == ["Fri 2026-01-09 17:00"] * 2
    assert day(case.due_computed) == "Thu 2026-01-08 09:00"


def test_an_appointment_that_comes_later_replaces_the_limit() -> None:
    late = fact("STEP", "Fri 2026-01-09 10:00", "Fri 2026-01-09 17:00")
    assert known(received(), late, as_of="Fri 2026-01-09 11:00").bucket == "in_time"
    assert known(received(), late, as_of="Fri 2026-01-09 09:00").bucket == "overdue"


THREE_WAYS = under(
    PORTAL,
    replace(PORTAL, name="source", due=Due.SOURCE),
    replace(PORTAL, name="law", due=Due.COMPUTED),
    law=RULED,
)


def ways(*facts: Fact, as_of: str) -> list[str]:
    return [*buckets(judge(list(facts), as_of, THREE_WAYS), THREE_WAYS).values()][:3]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("Thu 2026-01-08 09:00", ["in_time", "in_time", "in_time"]),
        ("Thu 2026-01-08 09:00 +1ms", ["in_time", "in_time", "overdue"]),
        ("Fri 2026-01-09 17:00", ["in_time", "in_time", "overdue"]),
        ("Fri 2026-01-09 17:00 +1ms", ["overdue", "overdue", "overdue"]),
    ],
)
def test_the_policy_says_which_of_the_two_judges(as_of: str, expected: list[str]) -> None:
    assert ways(GIVEN, as_of=as_of) == expected


def test_without_an_appointment_the_source_alone_gives_no_deadline() -> None:
    assert ways(received(), as_of="Thu 2026-01-08 10:00") == ["overdue", "no_deadline", "overdue"]
    without_limit = GIVEN._replace(procedure=UNLIMITED)
    assert ways(without_limit, as_of="Thu 2026-01-08 10:00") == ["in_time", "in_time", "no_deadline"]


@pytest.mark.parametrize("end", [(), (fact("PROCESSED", "Tue 2026-01-06 09:00"),)])
def test_why_there_is_no_due_instant_does_not_depend_on_the_order_of_the_policies(
    end: tuple[Fact, ...],
) -> None:
    unjudgeable = [received(unit="nowhere"), *end]
    source, law = THREE_WAYS.policies[1:3]
    for policies in ((PORTAL, source), (source, PORTAL), (source, law), (source,)):
        ruled = under(*policies, law=RULED)
        found = buckets(judge(unjudgeable, FAR, ruled), ruled)
        assert found["source"] == "unknown"


# supplements and extensions


ASKED = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 09:00")
ANSWERED = fact("SUPPLEMENTED", "Wed 2026-01-07 09:00")


def test_a_completed_supplement_makes_the_limit_longer_by_the_waiting() -> None:
    assert due(received(), ASKED, ANSWERED) == "Fri 2026-01-09 09:00"
    assert due(received(), ASKED) == "Thu 2026-01-08 09:00"
    assert due(received(), ASKED, fact("PROCESSED", "Wed 2026-01-07 09:00")) == "Thu 2026-01-08 09:00"


def test_a_limit_may_begin_anew_with_a_completed_supplement() -> None:
    assert due(received(procedure=RESTARTED), ASKED, ANSWERED) == "Sat 2026-01-10 09:00"


def test_waiting_for_a_fee_makes_no_limit_longer() -> None:
    asked, paid = fact("FEE_REQUESTED", "Tue 2026-01-06 09:00"), fact("PAID", "Wed 2026-01-07 09:00")
    assert due(received(), asked, paid) == "Thu 2026-01-08 09:00"


def test_the_waiting_moves_an_appointment_too_and_by_the_clock_on_the_wall() -> None:
    assert due(GIVEN, ASKED, ANSWERED) == "Sat 2026-01-10 17:00"
    uncredited = under(replace(PORTAL, credits_supplements=False), law=RULED)
    assert due(GIVEN, ASKED, ANSWERED, law=uncredited) == "Fri 2026-01-09 17:00"


def test_an_appointment_that_the_source_moved_for_the_supplement_is_not_moved_again() -> None:
    assert due(GIVEN, ASKED, ANSWERED._replace(due_at=at("Mon 2026-01-12 17:00"))) == "Mon 2026-01-12 17:00"
    assert due(GIVEN, ASKED._replace(due_at=at("Mon 2026-01-12 17:00")), ANSWERED) == "Mon 2026-01-12 17:00"
    other = fact("TRANSFERRED", "Thu 2026-01-08 09:00", "Mon 2026-01-12 17:00")
    assert due(GIVEN, ASKED, ANSWERED, other) == "Tue 2026-01-13 17:00"


COMPUTED = under(replace(PORTAL, due=Due.COMPUTED), law=RULED)
APOLOGY = fact("APOLOGY_SENT", "Wed 2026-01-07 09:00")
EXTENDED = fact("EXTENDED", "Wed 2026-01-07 10:00", "Thu 2026-01-15 10:00")


def test_an_apology_alone_changes_no_verdict() -> None:
    assert due(received(), APOLOGY) == due(received())
    assert processing(judge([received(), APOLOGY], FAR, RULED), RULED) == processing(
        judge([received()], FAR, RULED), RULED
    )


def test_an_extension_with_a_timely_apology_sets_the_due_instant_of_the_law() -> None:
    assert due(received(), APOLOGY, EXTENDED, law=COMPUTED) == "Thu 2026-01-15 10:00"


@pytest.mark.parametrize(
    ("asked", "given", "expected"),
    [
        ("Tue 2026-01-06 10:00", "Tue 2026-01-06 11:00", "Thu 2026-01-15 10:00"),
        ("Thu 2026-01-08 08:00", "Thu 2026-01-08 10:00", "Thu 2026-01-15 14:00"),
    ],
)
def test_a_supplement_moves_the_new_appointment_if_it_came_after_that_was_made(
    asked: str, given: str, expected: str
) -> None:
    waited = (fact("SUPPLEMENT_REQUESTED", asked), fact("SUPPLEMENTED", given))
    assert due(received(), APOLOGY, EXTENDED, *waited, law=COMPUTED) == expected


def test_an_extension_whose_apology_came_too_late_or_never_does_not() -> None:
    late = APOLOGY._replace(occurred_at=APOLOGY.occurred_at + 1)
    assert due(received(), late, EXTENDED, law=COMPUTED) == "Thu 2026-01-08 09:00"
    assert due(received(), EXTENDED, law=COMPUTED) == "Thu 2026-01-08 09:00"


def test_the_earliest_apology_decides_and_may_come_after_the_extension() -> None:
    early = EXTENDED._replace(occurred_at=at("Tue 2026-01-06 10:00"))
    assert due(received(), early, APOLOGY, law=COMPUTED) == "Thu 2026-01-15 10:00"
    second = fact("APOLOGY_SENT", "Fri 2026-01-09 09:00")
    assert due(received(), APOLOGY, early, second, law=COMPUTED) == "Thu 2026-01-15 10:00"


def test_an_appointment_with_an_apology_judges_for_those_who_trust_the_source_as_any_other() -> None:
    assert due(received(), EXTENDED) == "Thu 2026-01-15 10:00"


def test_a_decree_may_allow_no_new_appointment() -> None:
    start = received("Mon 2026-02-02 09:00")
    apology, extended = (
        fact("APOLOGY_SENT", "Tue 2026-02-03 09:00"),
        fact("EXTENDED", "Tue 2026-02-03 10:00", "Tue 2026-02-24 10:00"),
    )
    assert due(start, apology, extended, law=COMPUTED) == "Thu 2026-02-05 09:00"


def test_under_a_law_without_procedures_nothing_is_computed() -> None:
    case = state(judge([received()], FAR, PLAIN))
    assert (case.due_computed, case.reason, case.bucket) == (None, None, "no_deadline")
