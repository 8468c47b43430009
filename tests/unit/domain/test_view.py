"""What an indicator sees of a case, and where it may book."""

from dataclasses import replace

import pytest
from egovhub.events import Fact, Kind

from services.domain.evaluation import evaluate
from services.domain.indicator import Count
from services.domain.organisations import Organisations, Unit
from services.domain.periods import Grain, label
from services.domain.standing import Known
from services.domain.track import Place
from services.domain.view import Book, CaseView
from tests.unit.domain.build import BIRTH, CASE, at, fact
from tests.unit.domain.timeline_build import PLAIN

UNITS = [
    Unit("city", "", "city", None, None, "test", jurisdiction="VN"),
    Unit("ward", "", "ward", "city", None, "test"),
    Unit("office", "", "department", "city", None, "test"),
]
LAW = replace(PLAIN, organisations=Organisations(UNITS))
MON, TUE, WED, THU, FRI = (
    at(f"{day} 08:00")
    for day in ("Mon 2026-01-05", "Tue 2026-01-06", "Wed 2026-01-07", "Thu 2026-01-08", "Fri 2026-01-09")
)
RECEIVED = fact("RECEIVED", MON, "Fri 2026-01-09 17:00", unit="ward", procedure=BIRTH)
MOVED = fact("TRANSFERRED", WED, unit="office", procedure="2.000779")
FAR = at("Thu 2026-12-31 12:00")


def seen(*facts: Fact, as_of: int = FAR) -> CaseView:
    """The view that an indicator gets."""
    found: list[CaseView] = []
    law = replace(LAW, counts=(lambda view, book: found.append(view),))
    evaluate([Known(told, None) for told in facts], as_of, law)
    [view] = found
    return view


def test_a_view_says_which_case_it_is_when_and_since_when_it_counts() -> None:
    view = seen(fact("STEP", MON - 1, details={}), RECEIVED, MOVED, as_of=THU)
    assert (view.case_id, view.as_of, view.started_at) == (CASE, THU, MON)
    assert view.law.organisations is LAW.organisations
    assert view.state.unit == "office"


def test_the_state_goes_on_after_the_end_and_what_was_judged_does_not() -> None:
    view = seen(RECEIVED, fact("PROCESSED", TUE), MOVED)
    assert (view.state.unit, view.judged.unit) == ("office", "ward")
    still_open = seen(RECEIVED)
    assert still_open.state is still_open.judged


def test_the_domain_is_that_of_the_fact_from_which_the_case_counts() -> None:
    before, after = fact("STEP", MON - 1, domain="payments"), fact("STEP", TUE, domain="feedback")
    assert seen(before, RECEIVED, after).domain == "onestop"


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("onestop", True), ("civil-status", True), ("documents", False), ("feedback", False)],
)
def test_a_case_of_a_domain_with_procedures_is_an_administrative_procedure(
    domain: str, expected: bool
) -> None:
    assert seen(RECEIVED._replace(domain=domain)).is_procedure is expected


def test_facts_are_found_by_kind_in_their_order() -> None:
    steps = [fact("STEP", when) for when in (WED, TUE)]
    view = seen(RECEIVED, *steps)
    assert list(view.of(Kind.STEP)) == steps[::-1]
    assert list(view.of(Kind.RECEIVED)) == [RECEIVED]
    assert list(view.of(Kind.PAID)) == []


def test_the_first_of_several_kinds_is_the_earliest() -> None:
    view = seen(RECEIVED, fact("STEP", THU), fact("STEP", TUE), fact("PAID", WED))
    assert view.first(Kind.PAID, Kind.STEP) == TUE
    assert view.first(Kind.PAID) == WED
    assert view.first(Kind.RETURNED, Kind.PAID) == WED
    assert view.first(Kind.RETURNED) is None
    assert view.first() is None


def test_a_detail_is_the_last_value_that_the_owner_gave() -> None:
    facts = [
        RECEIVED._replace(details={"a": 1, "b": 0, "c": None, "d": False}),
        fact("STEP", TUE, details={"a": 2}),
        fact("STEP", WED, details={"a": None}),
        fact("STEP", THU, source="payments", details={"a": 9}),
    ]
    view = seen(*facts)
    assert [view.detail(name) for name in "abcde"] == [2, 0, None, False, None]


# who is charged


def test_the_place_of_a_case_is_that_of_whoever_is_charged_then() -> None:
    view = seen(RECEIVED, MOVED)
    ward, office = Place(MON, "ward", BIRTH), Place(WED, "office", "2.000779")
    assert [view.place_at(when) for when in (MON - 1, MON, WED - 1, WED, FAR)] == [
        ward,
        ward,
        ward,
        office,
        office,
    ]


def test_the_calendar_is_that_of_whoever_is_charged_then() -> None:
    view = seen(RECEIVED._replace(unit="stranger"), MOVED)
    assert view.calendar_at(MON) is None
    assert view.calendar_at(WED) is LAW.calendar_of("office")
    assert view.calendar_at(WED) is not None


def test_working_time_counts_by_the_calendar_of_the_unit_charged_at_the_end() -> None:
    view = seen(RECEIVED._replace(unit="stranger"), MOVED)
    assert view.working_seconds(MON, TUE) is None
    assert view.working_seconds(MON, WED) == 2 * 8 * 3600
    assert view.working_seconds(FRI, THU) == 0
    assert seen(RECEIVED).working_seconds(MON, at("Mon 2026-01-05 09:00")) == 3600


def test_working_time_beyond_the_calendar_is_not_known() -> None:
    assert seen(RECEIVED).working_seconds(MON, at("Fri 2027-01-01 00:00")) is None
    assert seen(RECEIVED).working_seconds(MON, at("Thu 2026-12-31 23:59")) is not None


# booking


def booked(book_it: Count, as_of: int = FAR) -> dict[str, int]:
    """What one indicator books of a case that moves on Wednesday."""
    law = replace(LAW, counts=(book_it,))
    evaluation = evaluate([Known(told, None) for told in (RECEIVED, MOVED)], as_of, law)
    return {
        f"{label(month, Grain.MONTH)} {unit} {procedure} {counter}": n
        for (unit, procedure, month, counter), n in evaluation.contributions.items()
        if counter.startswith(("count", "awaiting"))
    }


WARD, OFFICE = f"ward {BIRTH}", "office 2.000779"


@pytest.mark.parametrize(
    ("when", "where"),
    [
        (at("Wed 2025-12-31 08:00"), f"2025-12 {WARD}"),
        (TUE, f"2026-01 {WARD}"),
        (WED - 1, f"2026-01 {WARD}"),
        (WED, f"2026-01 {OFFICE}"),
        (at("Sun 2026-02-01 00:00"), f"2026-02 {OFFICE}"),
    ],
)
def test_what_is_counted_is_counted_where_the_case_was_then(when: int, where: str) -> None:
    assert booked(lambda view, book: book.add("count", when)) == {f"{where} count": 1}
    assert booked(lambda view, book: book.add("count", when, 7)) == {f"{where} count": 7}


def test_nothing_after_the_reporting_instant_is_counted() -> None:
    def two(view: CaseView, book: Book) -> None:
        book.add("count.a", THU)
        book.add("count.b", THU + 1)

    assert booked(two, as_of=THU) == {f"2026-01 {OFFICE} count.a": 1}


def test_counting_nothing_leaves_no_trace() -> None:
    assert booked(lambda view, book: book.add("count", THU, 0)) == {}


FEBRUARY = at("Mon 2026-02-02 08:00")


def test_a_level_is_held_from_one_instant_to_another_by_whoever_was_charged_first() -> None:
    assert booked(lambda view, book: book.level("awaiting.x", TUE, FEBRUARY)) == {
        f"2026-01 {WARD} awaiting.x": 1,
        f"2026-02 {WARD} awaiting.x": -1,
    }


@pytest.mark.parametrize("until", [None, FEBRUARY])
def test_a_level_that_has_not_ended_yet_stands(until: int | None) -> None:
    assert booked(lambda view, book: book.level("awaiting.x", TUE, until), as_of=FEBRUARY - 1) == {
        f"2026-01 {WARD} awaiting.x": 1
    }


def test_a_level_ends_at_its_very_instant() -> None:
    assert (
        booked(lambda view, book: book.level("awaiting.x", TUE, FEBRUARY), as_of=FEBRUARY)[
            f"2026-02 {WARD} awaiting.x"
        ]
        == -1
    )


def test_a_level_begins_at_its_very_instant() -> None:
    assert booked(lambda view, book: book.level("awaiting.x", TUE, None), as_of=TUE) != {}
    assert booked(lambda view, book: book.level("awaiting.x", TUE, None), as_of=TUE - 1) == {}


@pytest.mark.parametrize("until", [FEBRUARY, FEBRUARY - 1, TUE])
def test_a_level_that_ends_no_later_than_it_begins_is_never_held(until: int) -> None:
    assert booked(lambda view, book: book.level("awaiting.x", FEBRUARY, until)) == {}


def test_a_level_of_one_millisecond_is_held() -> None:
    edge = at("Sun 2026-02-01 00:00")
    assert booked(lambda view, book: book.level("awaiting.x", edge - 1, edge)) == {
        f"2026-01 {OFFICE} awaiting.x": 1,
        f"2026-02 {OFFICE} awaiting.x": -1,
    }


def test_the_earliest_change_to_come_is_waited_for() -> None:
    changes: list[int | None] = []

    def count(view: CaseView, book: Book) -> None:
        for when in (TUE - 1, TUE, FRI, WED, THU):
            book.change_at(when)
            changes.append(book.next_change)

    booked(count, as_of=TUE)
    assert changes == [None, None, FRI, WED, WED]
