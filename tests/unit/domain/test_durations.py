"""How long something took: net working seconds, booked when it is over, read as mean and quantiles."""

import doctest
from dataclasses import replace

import pytest
from egovhub.events import Fact

from services.domain import durations
from services.domain.calendars import Calendars
from services.domain.durations import book_duration, figure, net_seconds
from services.domain.evaluation import evaluate
from services.domain.histogram import Histogram
from services.domain.indicator import Figure
from services.domain.law import Law
from services.domain.standing import Known
from services.domain.view import Book, CaseView
from tests.unit.domain.build import at
from tests.unit.indicators.build import LAW, dossier, viewed
from tests.unit.indicators.more_build import named

AS_OF = "Fri 2026-02-27 12:00"
START = "Mon 2026-01-05 08:00"
WORK = Histogram("work")
PLAIN = [dossier("ACCEPTED", START)]
PAUSED = [
    *PLAIN,
    dossier("SUPPLEMENT_REQUESTED", "Mon 2026-01-05 09:00"),
    dossier("FEE_REQUESTED", "Mon 2026-01-05 10:00"),
    dossier("SUPPLEMENTED", "Mon 2026-01-05 11:00"),
]


def seconds(facts: list[Fact], since: str, until: str, law: Law = LAW) -> int | None:
    return net_seconds(viewed(facts, AS_OF, law), at(since), at(until))


@pytest.mark.parametrize(
    ("until", "expected"),
    [(START, 0), ("Mon 2026-01-05 09:30", 5400), ("Tue 2026-01-06 08:00", 28_800)],
)
def test_working_time_counts_by_the_calendar(until: str, expected: int) -> None:
    assert seconds(PLAIN, START, until) == expected


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("Mon 2026-01-05 09:00", 3600),
        ("Mon 2026-01-05 10:30", 3600),
        ("Mon 2026-01-05 11:00", 3600),
        ("Mon 2026-01-05 11:20", 4800),
    ],
)
def test_the_union_of_the_pauses_within_is_left_out(until: str, expected: int) -> None:
    assert seconds(PAUSED, START, until) == expected


@pytest.mark.parametrize("kind", ["SUPPLEMENT_REQUESTED", "FEE_REQUESTED"])
def test_a_pause_that_is_still_open_is_left_out_too(kind: str) -> None:
    facts = [*PLAIN, dossier(kind, "Mon 2026-01-05 09:00")]
    assert seconds(facts, START, "Mon 2026-01-05 08:30") == 1800
    assert seconds(facts, START, "Mon 2026-01-05 11:00") == 3600


def test_what_ends_before_it_starts_has_no_duration() -> None:
    assert seconds(PLAIN, START, "Mon 2026-01-05 07:59") is None
    assert seconds(PAUSED, START, "Mon 2026-01-05 07:59") is None


def test_a_day_without_calendar_has_no_duration() -> None:
    assert seconds(PLAIN, "Wed 2025-12-31 08:00", START) is None
    assert seconds(PAUSED, "Wed 2025-12-31 08:00", START) is None
    assert seconds(PLAIN, START, START, replace(LAW, calendars=Calendars())) is None


def test_the_calendar_is_that_of_the_unit_charged_at_the_end() -> None:
    facts = [*PLAIN, dossier("TRANSFERRED", "Mon 2026-01-05 10:00", unit="stranger")]
    assert seconds(facts, START, "Mon 2026-01-05 09:00") == 3600
    assert seconds(facts, START, "Mon 2026-01-05 10:00") is None


def booked(since: str, until: str, law: Law = LAW) -> dict[str, int]:
    def count(view: CaseView, book: Book) -> None:
        book_duration(view, book, WORK, at(since), at(until))

    known = [Known(one, None) for one in PLAIN]
    core = evaluate(known, at(AS_OF), law).contributions
    both = evaluate(known, at(AS_OF), replace(law, counts=(count,))).contributions
    return named({point: n for point, n in both.items() if point not in core})


def test_a_duration_is_booked_in_the_month_of_its_end_with_its_exact_seconds() -> None:
    # Friday 16:00 to Monday 08:10: one hour on Friday, 70 minutes on Monday
    assert booked("Fri 2026-01-30 16:00", "Mon 2026-02-02 08:10") == {
        "2026-02 W work.7200": 1,
        "2026-02 W work.seconds": 7800,
    }


def test_a_duration_of_nothing_is_one() -> None:
    assert booked(START, START) == {"2026-01 W work.0": 1}


def test_what_cannot_be_measured_is_counted_as_that() -> None:
    assert booked("Mon 2026-01-05 09:00", START) == {"2026-01 W work.unmeasured": 1}


def test_the_figure_is_a_mean_with_the_classes_of_its_quantiles() -> None:
    counts = {"work.0": 4, "work.900": 5, "work.28800": 1, "work.seconds": 50_000, "work.unmeasured": 3}
    assert figure(counts, WORK) == Figure(
        50_000,
        10,
        13,
        {
            "count": 10,
            "unmeasured": 3,
            "median_seconds": 900,
            "median_below_seconds": 1800,
            "p90_seconds": 900,
            "p90_below_seconds": 1800,
        },
    )


def test_the_ninetieth_per_cent_is_the_ninth_of_ten_and_the_tenth_of_eleven() -> None:
    assert figure({"work.0": 9, "work.900": 1}, WORK).parts["p90_seconds"] == 0
    assert figure({"work.0": 9, "work.900": 2}, WORK).parts["p90_seconds"] == 900


def test_the_open_class_has_no_upper_bound() -> None:
    parts = figure({"work.7488000": 1, "work.seconds": 9_000_000}, WORK).parts
    assert parts == {"count": 1, "unmeasured": 0, "median_seconds": 7_488_000, "p90_seconds": 7_488_000}


def test_without_durations_there_are_no_quantiles_and_no_mean() -> None:
    assert figure({"work.unmeasured": 2}, WORK) == Figure(0, 0, 2, {"count": 0, "unmeasured": 2})
    assert figure({}, WORK) == Figure(0, 0, 0, {"count": 0, "unmeasured": 0})


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(durations).failed == 0
