"""What mutants of the table of procedures showed that no other test held."""

from datetime import date

from services.domain.calendar import Limit, LimitUnit
from services.domain.procedures import EXTEND, RESTART, LocalLimit, Procedure, Procedures

THREE_DAYS = Limit(3, LimitUnit.WORKING_DAYS)
RULE = Procedure("1.013225", ("commune",), Limit(5, LimitUnit.WORKING_DAYS), "law", "two-sources")


def test_supplements_are_called_what_reference_files_call_them() -> None:
    assert (RESTART, EXTEND) == ("restart", "extend")


def test_a_row_that_says_no_more_holds_always_costs_nobody_knows_what_and_extends() -> None:
    assert RULE[5:9] == ("", "", "", "")
    assert (RULE.is_same_day, RULE.after_15h, RULE.supplement, RULE.notes) == (False, False, EXTEND, ())
    assert (RULE.fee, RULE.document_result, RULE.subject_is_person) == (None, None, None)
    assert (RULE.valid_from, RULE.valid_to, RULE.known_from, RULE.scope) == (date.min, None, None, None)


def test_a_local_limit_brings_its_days_its_source_and_how_sure_it_is() -> None:
    since, until = date(2026, 1, 1), date(2027, 1, 1)
    local = LocalLimit(
        "31",
        RULE.stem,
        THREE_DAYS,
        "decision",
        "illustrative",
        valid_from=since,
        valid_to=until,
        known_from=7,
    )
    found = Procedures([RULE], [local]).rule(RULE.stem, "commune", date(2026, 3, 2), ("10507", "31"))
    assert found == RULE._replace(
        limit=THREE_DAYS,
        source="decision",
        verified="illustrative",
        valid_from=since,
        valid_to=until,
        known_from=7,
        scope="31",
    )
