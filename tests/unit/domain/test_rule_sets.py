"""Which decree rules a case: the one in force on the day its clock started, as it was known."""

from datetime import date, time

from services.domain.rule_sets import RuleSet, RuleSets, problems

HOUR = 3_600_000
OLD = RuleSet("old", time(15), 24 * HOUR, 1, "the old decree", "one-source", valid_to=date(2025, 7, 1))
NEW = RuleSet("new", time(14), 48 * HOUR, 0, "the new decree", "one-source", date(2025, 7, 1))
LATER = NEW._replace(name="corrected", valid_from=date(2025, 8, 1), known_from=1000)


def name_on(rows: list[RuleSet], day: date, known_at: int | None = None) -> str | None:
    found = RuleSets(rows).at(known_at).on(day)
    return None if found is None else found.name


def test_a_decree_rules_until_the_day_before_the_next() -> None:
    assert name_on([OLD, NEW], date(2025, 6, 30)) == "old"
    assert name_on([OLD, NEW], date(2025, 7, 1)) == "new"


def test_a_row_without_a_first_day_holds_from_the_beginning() -> None:
    assert name_on([OLD, NEW], date.min) == "old"


def test_a_day_without_a_row_has_no_rules() -> None:
    assert name_on([OLD], date(2025, 7, 1)) is None
    assert name_on([], date(2025, 7, 1)) is None


def test_a_row_known_later_rules_only_for_those_who_know_it() -> None:
    assert name_on([OLD, NEW, LATER], date(2025, 8, 1)) == "corrected"
    assert name_on([OLD, NEW, LATER], date(2025, 8, 1), known_at=1000) == "corrected"
    assert name_on([OLD, NEW, LATER], date(2025, 8, 1), known_at=999) == "new"
    assert name_on([OLD, NEW, LATER], date(2025, 7, 31)) == "new"


def test_an_answer_is_the_same_the_second_time() -> None:
    rules = RuleSets([OLD, NEW])
    assert [rules.on(date(2025, 7, 1)), rules.on(date(2025, 6, 30)), rules.on(date(2025, 7, 1))] == [
        NEW,
        OLD,
        NEW,
    ]


def test_the_rows_are_kept_as_they_were_given() -> None:
    assert RuleSets(iter([OLD, NEW])).rows == (OLD, NEW)


def test_two_rows_of_one_day_and_one_instant_of_knowledge_are_a_problem() -> None:
    overlapping = NEW._replace(valid_from=date(2025, 6, 30))
    assert problems([OLD, overlapping]) == [
        "old and new: two rows in force together; end or date one of them"
    ]
    assert problems([OLD, NEW, LATER]) == []
