"""Yes, no and nothing said: how answers are joined and counted."""

import pytest

from services.domain.indicator import Figure
from services.indicators.answers import Answer, Question, both, conditional, either, share, tally

ANSWERS: tuple[Answer, ...] = (True, False, None)


@pytest.mark.parametrize(
    ("one", "other", "conjunction", "disjunction"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, None, None, None),
        (False, False, False, False),
        (False, None, False, None),
        (None, None, None, None),
    ],
)
def test_one_no_settles_a_conjunction_and_one_yes_no_disjunction(
    one: Answer, other: Answer, conjunction: Answer, disjunction: Answer
) -> None:
    assert both(one, other) is conjunction
    assert both(other, one) is conjunction
    assert either(one, other) is disjunction
    assert either(other, one) is disjunction


def test_a_share_is_of_yes_and_no_while_all_parts_are_in_the_total() -> None:
    parts = {"kept": 3, "missed": 4, "undated": 5, "uncovered": 6}
    assert share(parts, "kept", "missed") == Figure(3, 7, 18, parts)


def test_a_share_of_parts_that_were_not_counted_is_of_nothing() -> None:
    assert share({"undated": 2}, "kept", "missed") == Figure(0, 0, 2, {"undated": 2})


def test_a_tally_names_every_part_even_if_nobody_is_in_it() -> None:
    assert tally([], "kept", "missed") == Figure(0, 0, 0, {"kept": 0, "missed": 0, "unsaid": 0})
    answers: list[Answer] = [True, True, True, False, None, None]
    assert tally(answers, "kept", "missed") == Figure(3, 4, 6, {"kept": 3, "missed": 1, "unsaid": 2})


def test_only_those_that_the_question_is_about_are_counted() -> None:
    pairs = [(asked, answer) for asked in ANSWERS for answer in ANSWERS]
    # True: yes, no, unsaid. False: nowhere, three times. None: unsaid, three times.
    assert conditional(pairs, "kept", "missed") == Figure(1, 2, 6, {"kept": 1, "missed": 1, "unsaid": 4})
    assert conditional([(True, True)], "kept", "missed").parts == {"kept": 1, "missed": 0, "unsaid": 0}
    assert conditional([(None, True)], "kept", "missed").parts == {"kept": 0, "missed": 0, "unsaid": 1}


def test_a_question_books_its_answers_and_reads_them_back() -> None:
    added: list[tuple[str, int]] = []

    class Recorder:
        def add(self, counter: str, at: int) -> None:
            added.append((counter, at))

    asked = Question("9.9", "kept", "missed")
    for at, answer in enumerate(ANSWERS):
        asked.book(Recorder(), at, answer)  # type: ignore[arg-type]
    assert added == [("9.9.kept", 0), ("9.9.missed", 1), ("9.9.unsaid", 2)]
    counts = {"9.9.kept": 1, "9.9.missed": 2, "9.9.unsaid": 4, "9.90.kept": 8, "received": 16}
    assert asked.figure(counts) == Figure(1, 3, 7, {"kept": 1, "missed": 2, "unsaid": 4})
    assert asked.figure({}) == Figure(0, 0, 0, {"kept": 0, "missed": 0, "unsaid": 0})
