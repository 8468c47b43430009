"""The due instants of a case: whose they are, how the law's came about, and how far they lie apart."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from egovhub.events import Fact

from services.domain.calendar import Limit, LimitUnit
from services.domain.case import CaseState
from services.domain.deadline import NO_APOLOGY, Step, due_instant
from services.domain.due_account import Basis, DueAccount, Missing, account_of, basis_of
from services.domain.dues import Dues
from services.domain.law import Law
from services.domain.policy import Stands
from services.domain.procedures import EXTEND, Procedure, Procedures
from services.domain.rule_sets import RuleSets
from tests.unit.domain.build import LAW, WARD, at, day, fact

STEM = "9.000001"
THREE_DAYS = Procedure(
    STEM, ("commune",), Limit(3, LimitUnit.WORKING_DAYS), "the law", "illustrative", supplement=EXTEND
)
LAWFUL = replace(LAW, procedures=Procedures([THREE_DAYS]))
ACCEPTED = fact("ACCEPTED", "Mon 2026-01-05 09:00", "Fri 2026-01-09 09:00", unit=WARD, procedure=STEM)
BOTH = (Stands.PROCESSING, Stands.HAND_OVER)
FAR = "Thu 2026-12-31 12:00"


def folded(*facts: Fact, law: Law = LAWFUL) -> CaseState:
    """The case after these facts, its ruling unit being the one that executes."""
    case = CaseState(facts[0].case_id)
    for one in facts:
        case.apply(one, law.organisations.unit_at)
    case.ruling_unit = case.unit
    return case


def account(*facts: Fact, law: Law = LAWFUL, judged_at: str = FAR) -> DueAccount:
    numbers = {(one.source, one.event_id): place for place, one in enumerate(facts, 1)}
    past = [one for one in facts if one.occurred_at <= at(judged_at)]
    return account_of(folded(*past, law=law), BOTH, at(judged_at), facts, numbers, law)


def test_both_due_instants_are_told_with_how_they_differ() -> None:
    found = account(ACCEPTED)
    assert (found.stands, found.judged_at) == (BOTH, at(FAR))
    assert (day(found.source_at), found.given_by, found.credit_ms) == ("Fri 2026-01-09 09:00", 1, 0)
    assert (day(found.computed_at), found.missing) == ("Thu 2026-01-08 09:00", None)
    assert found.difference_ms == 24 * 3_600_000
    assert found.difference_working_seconds == 8 * 3600
    assert found.rule_set == "Decree 118/2025/NĐ-CP, with 367/2025/NĐ-CP"
    assert found.rule_source is not None
    assert found.rule_source.startswith("Decree 118/2025/NĐ-CP as amended by 367/2025/NĐ-CP")
    assert [(step.what, day(step.instant)) for step in found.steps] == [
        (f"limit: 3 working days, {STEM} (commune)", None),
        ("received", "Mon 2026-01-05 09:00"),
        ("due", "Thu 2026-01-08 09:00"),
    ]
    assert [note.number for note in found.steps[-1].days] == [None, 1, 2, 3]


def test_an_appointment_before_the_computed_one_differs_by_less_than_nothing() -> None:
    found = account(ACCEPTED._replace(due_at=at("Wed 2026-01-07 17:00")))
    assert found.difference_ms == -16 * 3_600_000
    assert found.difference_working_seconds == -2 * 3600
    found = account(ACCEPTED._replace(due_at=at("Thu 2026-01-08 09:00")))
    assert (found.difference_ms, found.difference_working_seconds) == (0, 0)


def test_the_last_appointment_stands_and_the_fact_that_gave_it_is_named() -> None:
    moved = fact("STEP", "Tue 2026-01-06 08:00", "Mon 2026-01-12 09:00")
    silent = fact("STEP", "Tue 2026-01-06 09:00")
    found = account(ACCEPTED, moved, silent)
    assert (day(found.source_at), found.given_by) == ("Mon 2026-01-12 09:00", 2)
    found = account(ACCEPTED, moved, silent, judged_at="Tue 2026-01-06 08:00")
    assert found.given_by == 2
    found = account(ACCEPTED, moved, silent, judged_at="Mon 2026-01-05 09:00")
    assert (day(found.source_at), found.given_by) == ("Fri 2026-01-09 09:00", 1)


def test_without_an_appointment_there_is_nothing_to_compare() -> None:
    found = account(ACCEPTED._replace(due_at=None))
    assert (found.source_at, found.given_by, day(found.computed_at)) == (None, None, "Thu 2026-01-08 09:00")
    assert (found.difference_ms, found.difference_working_seconds) == (None, None)


def test_without_a_computed_due_instant_there_is_nothing_to_compare() -> None:
    found = account(ACCEPTED._replace(procedure=None))
    assert (day(found.source_at), found.computed_at, found.steps) == ("Fri 2026-01-09 09:00", None, ())
    assert (found.missing, found.difference_ms, found.difference_working_seconds) == (
        Missing.NO_PROCEDURE,
        None,
        None,
    )


def test_waiting_for_a_supplement_is_in_the_steps_and_credited_to_the_source() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 09:00")
    given = fact("SUPPLEMENTED", "Wed 2026-01-07 09:00")
    found = account(ACCEPTED, asked, given)
    assert found.credit_ms == 24 * 3_600_000
    assert day(found.computed_at) == "Fri 2026-01-09 09:00"
    assert found.difference_ms == 0
    assert [step.is_due for step in found.steps] == [False, False, True, True]


def test_waiting_that_the_end_cut_short_or_for_a_fee_moves_nothing() -> None:
    asked = fact("SUPPLEMENT_REQUESTED", "Tue 2026-01-06 09:00")
    fee = fact("FEE_REQUESTED", "Tue 2026-01-06 09:00")
    done = fact("PROCESSED", "Wed 2026-01-07 09:00")
    paid = fact("PAID", "Wed 2026-01-07 08:00")
    assert day(account(ACCEPTED, asked, done).computed_at) == "Thu 2026-01-08 09:00"
    assert day(account(ACCEPTED, fee, paid).computed_at) == "Thu 2026-01-08 09:00"


def test_an_extension_holds_with_the_first_apology_and_else_is_told_as_ignored() -> None:
    early = fact("APOLOGY_SENT", "Tue 2026-01-06 09:00")
    late = fact("APOLOGY_SENT", "Thu 2026-01-08 09:00")
    extended = fact("EXTENDED", "Thu 2026-01-08 08:00", "Tue 2026-01-13 09:00")
    found = account(ACCEPTED, early, extended, late)
    assert (day(found.computed_at), day(found.source_at)) == ("Tue 2026-01-13 09:00", "Tue 2026-01-13 09:00")
    for without in ((extended, late), (extended,)):
        found = account(ACCEPTED, *without)
        assert day(found.computed_at) == "Thu 2026-01-08 09:00"
        assert found.steps[-1].what == f"extension ignored: {NO_APOLOGY}"


def test_the_executing_unit_says_which_levels_limit_rules() -> None:
    of_the_department = THREE_DAYS._replace(levels=("department",), limit=Limit(5, LimitUnit.WORKING_DAYS))
    law = replace(LAWFUL, procedures=Procedures([of_the_department, THREE_DAYS]))
    assert day(account(ACCEPTED, law=law).computed_at) == "Thu 2026-01-08 09:00"


# why there is none


def test_a_reason_is_told_by_one_word_that_stays() -> None:
    assert {str(reason) for reason in Missing} == {
        "no-clock",
        "no-procedure",
        "no-limit",
        "no-calendar",
        "no-rule-set",
        "uncovered-date",
    }


def test_before_the_case_is_received_no_clock_has_started() -> None:
    found = account(fact("REGISTERED", "Mon 2026-01-05 09:00", unit=WARD, procedure=STEM))
    assert (found.computed_at, found.missing, found.steps) == (None, Missing.NO_CLOCK, ())
    assert (found.rule_set, found.rule_source) == (None, None)


@pytest.mark.parametrize("limit", [None, "no row"])
def test_a_procedure_without_a_row_or_without_a_limit_gives_none(limit: str | None) -> None:
    rows = [THREE_DAYS._replace(limit=None)] if limit is None else []
    found = account(ACCEPTED, law=replace(LAWFUL, procedures=Procedures(rows)))
    assert found.missing is Missing.NO_LIMIT


def test_a_unit_of_no_jurisdiction_has_no_calendar() -> None:
    assert account(ACCEPTED._replace(unit="nowhere")).missing is Missing.NO_CALENDAR


def test_a_day_without_a_decree_gives_none() -> None:
    rules = RuleSets([LAW.rule_sets.rows[-1]._replace(valid_from=date(2026, 1, 6))])
    assert account(ACCEPTED, law=replace(LAWFUL, rule_sets=rules)).missing is Missing.NO_RULE_SET
    rules = RuleSets([LAW.rule_sets.rows[-1]._replace(valid_from=date(2026, 1, 5))])
    assert account(ACCEPTED, law=replace(LAWFUL, rule_sets=rules)).missing is None


def test_a_count_that_leaves_the_calendar_says_which_day_is_not_covered() -> None:
    far = THREE_DAYS._replace(limit=Limit(20, LimitUnit.MONTHS))
    found = account(ACCEPTED, law=replace(LAWFUL, procedures=Procedures([far])))
    assert (found.computed_at, found.missing) == (None, Missing.UNCOVERED)
    assert found.steps == (
        Step(
            "2027-09-05 is not covered by the calendar VN processing; extend its coverage",
            None,
            "VN processing",
        ),
    )


def test_a_difference_over_days_that_the_calendar_does_not_cover_is_told_on_the_clock_alone() -> None:
    found = account(ACCEPTED._replace(due_at=at("Fri 2039-01-07 09:00")))
    assert found.difference_ms == at("Fri 2039-01-07 09:00") - at("Thu 2026-01-08 09:00")
    assert found.difference_working_seconds is None


# the same as what is counted


def test_the_basis_is_what_the_counted_due_instant_is_computed_from() -> None:
    random = Random(11)
    kinds = (
        "STEP",
        "SUPPLEMENT_REQUESTED",
        "SUPPLEMENTED",
        "FEE_REQUESTED",
        "EXTENDED",
        "APOLOGY_SENT",
        "TRANSFERRED",
    )
    seen = set()
    for _ in range(400):
        start = ACCEPTED._replace(
            kind=random.choice([ACCEPTED.kind, ACCEPTED.kind, fact("REGISTERED", 0).kind]),
            procedure=random.choice([STEM, STEM, STEM, "1.001193", "2.000815", "unheard", None]),
            unit=random.choice([WARD, WARD, "x31-tc", "nowhere"]),
        )
        facts = [start]
        for _ in range(random.randint(0, 6)):
            later = facts[-1].occurred_at + random.randint(0, 2 * 86_400_000)
            due = later + random.randint(0, 9 * 86_400_000) if random.random() < 0.3 else None
            facts.append(fact(random.choice(kinds), later, due, event_id=str(len(facts))))
        case = folded(*facts, law=LAW)
        law = LAWFUL if random.random() < 0.7 else LAW
        basis, counted = basis_of(case, law), Dues(case, law)
        seen.add(basis if isinstance(basis, Missing) else Basis)
        assert counted.computed() == (due_instant(*basis) if isinstance(basis, Basis) else None)
        is_reason = isinstance(basis, Missing) and basis in {Missing.NO_CALENDAR, Missing.NO_RULE_SET}
        assert counted.reason == (basis if is_reason else None)
    assert seen == {Basis, Missing.NO_CLOCK, Missing.NO_PROCEDURE, Missing.NO_LIMIT, Missing.NO_CALENDAR}
