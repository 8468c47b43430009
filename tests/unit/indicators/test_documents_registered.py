"""Documents entered in the register by the next working day."""

from dataclasses import replace

import pytest

from services.domain.calendars import Calendars
from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import documents_registered
from services.indicators.documents_registered import DEFINITION, PARTS
from tests.unit.indicators.build import LAW, dossier, measured
from tests.unit.indicators.more_build import changes_at, document, found

ARRIVED = document("RECEIVED", "Fri 2026-01-30 08:00", "01")  # same day: Friday; next working day: Monday


def counted(part: str) -> dict[str, int]:
    return {f"2026-01 W documents.registered.{part}": 1}


@pytest.mark.parametrize(
    ("entered", "part"),
    [
        ("Fri 2026-01-30 08:00", "same_day"),
        ("Fri 2026-01-30 23:59", "same_day"),
        ("Sat 2026-01-31 00:00", "next_day"),
        ("Mon 2026-02-02 23:59 +59999ms", "next_day"),
        ("Tue 2026-02-03 00:00", "late"),
    ],
)
def test_an_entry_is_in_time_up_to_the_end_of_the_next_working_day(entered: str, part: str) -> None:
    assert found(documents_registered, [ARRIVED, document("ACCEPTED", entered, "03")]) == counted(part)


def test_a_document_not_entered_turns_late_by_time_alone() -> None:
    assert found(documents_registered, [ARRIVED], "Mon 2026-02-02 23:59") == counted("pending")
    assert found(documents_registered, [ARRIVED], "Tue 2026-02-03 00:00") == counted("late")
    assert changes_at(documents_registered, [ARRIVED], "Fri 2026-01-30 09:00") == "Tue 2026-02-03 00:00"
    assert changes_at(documents_registered, [ARRIVED], "Tue 2026-02-03 00:00") is None
    entered = [ARRIVED, document("PROCESSED", "Fri 2026-01-30 09:00", "06")]
    assert changes_at(documents_registered, entered, "Fri 2026-01-30 10:00") is None


def test_the_arrival_is_the_first_word_of_the_document() -> None:
    facts = [
        document("REGISTERED", "Thu 2026-01-29 08:00"),
        ARRIVED,
        document("ACCEPTED", "Mon 2026-02-02 08:00"),
    ]
    assert found(documents_registered, facts) == counted("late")


@pytest.mark.parametrize("kind", ["REFUSED", "WITHDRAWN", "STOPPED"])
def test_a_document_that_is_gone_before_its_entry_is_not_counted(kind: str) -> None:
    gone = document(kind, "Fri 2026-01-30 10:00")
    assert found(documents_registered, [ARRIVED, gone]) == {}
    entered = document("ACCEPTED", "Fri 2026-01-30 09:00")
    assert found(documents_registered, [ARRIVED, entered, gone]) == counted("same_day")


def test_without_calendar_or_arrival_a_document_is_in_the_total_alone() -> None:
    assert found(documents_registered, [ARRIVED], law=replace(LAW, calendars=Calendars())) == counted(
        "unsaid"
    )
    entered = [document("ACCEPTED", "Fri 2026-01-30 09:00", "03")]
    assert found(documents_registered, entered) == counted("unsaid")
    last = [document("RECEIVED", "Thu 2026-12-31 08:00")]
    assert found(documents_registered, last) == {"2026-12 W documents.registered.unsaid": 1}
    last_but_one = [document("RECEIVED", "Wed 2026-12-30 08:00")]
    assert found(documents_registered, last_but_one) == {"2026-12 W documents.registered.unsaid": 1}


def test_other_cases_are_not_counted() -> None:
    assert found(documents_registered, [dossier("RECEIVED", "Fri 2026-01-30 08:00")]) == {}


def test_the_share_is_of_those_entered_or_late() -> None:
    counts = {f"documents.registered.{part}": 2**n for n, part in enumerate(PARTS)}
    parts = {"same_day": 1, "next_day": 2, "late": 4, "pending": 8, "unsaid": 16}
    assert documents_registered.of(counts) == Figure(3, 7, 31, parts)
    assert measured(documents_registered, [ARRIVED]) == Figure(
        0, 1, 1, {**dict.fromkeys(PARTS, 0), "late": 1}
    )


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "documents.registered",
        "Documents registered by the next working day",
        1,
        "Decree 30/2020/NĐ-CP; domain/systems.md, 1",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
