"""Counters per source, and the share of what is in order."""

import doctest
from dataclasses import replace

from services.domain import trust
from services.domain.evaluation import evaluate
from services.domain.indicator import Figure
from services.domain.standing import Known
from services.domain.trust import CASES, SEEN, book_case, share
from services.domain.view import Book, CaseView
from tests.unit.domain.build import at
from tests.unit.indicators.build import LAW, dossier
from tests.unit.indicators.more_build import named


def test_a_case_counts_under_its_owner_in_the_month_in_which_it_began() -> None:
    def count(view: CaseView, book: Book) -> None:
        book_case(view, book, "odd")

    facts = [
        dossier("RECEIVED", "Mon 2026-01-05 08:00"),
        dossier("TRANSFERRED", "Mon 2026-02-02 08:00", unit="V"),
    ]
    law = replace(LAW, counts=(count,))
    for told in (facts, facts[:1]):
        known = [Known(one, None) for one in told]
        found = named(evaluate(known, at("Fri 2026-02-27 08:00"), law).contributions)
        assert found["2026-01 W trust.cases.odd/onestop"] == 1
        assert sum("trust" in name for name in found) == 1


COUNTS = {
    "x.seen/b": 5,
    "x.seen/a.c": 7,
    "x.bad/b": 2,
    "x.worse/a.c": 1,
    "x.other/b": 3,
    "x.wait/b": 1,
    "xx.seen/b": 100,
    "y.seen/b": 100,
}


def test_what_was_found_is_not_in_order() -> None:
    assert share(COUNTS, "x", "bad") == Figure(10, 12, 12, {"a.c/seen": 7, "b/bad": 2, "b/seen": 5})


def test_several_parts_may_be_found_and_the_parts_are_in_order() -> None:
    figure = share(COUNTS, "x", "bad", "worse")
    assert figure == Figure(9, 12, 12, {"a.c/seen": 7, "a.c/worse": 1, "b/bad": 2, "b/seen": 5})
    assert list(figure.parts) == ["a.c/seen", "a.c/worse", "b/bad", "b/seen"]


def test_what_is_left_out_is_in_the_total_alone() -> None:
    figure = share(COUNTS, "x", "bad", left_out="wait")
    assert figure == Figure(9, 11, 12, {"a.c/seen": 7, "b/bad": 2, "b/seen": 5, "b/wait": 1})


def test_a_source_may_be_called_anything() -> None:
    assert share({"x.seen/a/b.c": 2, "x.bad/a/b.c": 1}, "x", "bad") == Figure(
        1, 2, 2, {"a/b.c/bad": 1, "a/b.c/seen": 2}
    )


def test_nothing_seen_is_no_data() -> None:
    assert share({}, "x", "bad") == Figure(0, 0, 0, {})


def test_the_counters_have_their_names() -> None:
    assert (CASES, SEEN) == ("trust.cases", "seen")


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(trust).failed == 0
