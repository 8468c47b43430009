"""Documents that their receiver acknowledged on the day they arrived."""

from dataclasses import replace

import pytest

from services.domain.calendars import Calendars
from services.domain.indicator import Aggregation, Definition, Figure, Horizon
from services.indicators import documents_acknowledged
from services.indicators.documents_acknowledged import DEFINITION, PARTS
from tests.unit.indicators.build import LAW, dossier, measured
from tests.unit.indicators.more_build import changes_at, document, found

ARRIVED = document("REGISTERED", "Fri 2026-01-30 08:00")


def counted(part: str) -> dict[str, int]:
    return {f"2026-01 W documents.acknowledged.{part}": 1}


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("Fri 2026-01-30 08:00", "same_day"),
        ("Fri 2026-01-30 23:59 +59999ms", "same_day"),
        ("Sat 2026-01-31 00:00", "late"),
        ("Mon 2026-02-02 08:00", "late"),
    ],
)
@pytest.mark.parametrize("kind", ["RECEIVED", "ACCEPTED", "REFUSED"])
def test_any_word_of_the_receiver_is_in_time_on_the_same_day(kind: str, said: str, part: str) -> None:
    assert found(documents_acknowledged, [ARRIVED, document(kind, said)]) == counted(part)


def test_what_arrives_in_the_evening_counts_from_the_next_working_day() -> None:
    evening = document("REGISTERED", "Fri 2026-01-30 18:00")
    said = document("RECEIVED", "Mon 2026-02-02 10:00")
    assert found(documents_acknowledged, [evening, said]) == counted("same_day")


def test_a_document_without_answer_turns_late_by_time_alone() -> None:
    assert found(documents_acknowledged, [ARRIVED], "Fri 2026-01-30 23:59") == counted("pending")
    assert found(documents_acknowledged, [ARRIVED], "Sat 2026-01-31 00:00") == counted("late")
    assert changes_at(documents_acknowledged, [ARRIVED], "Fri 2026-01-30 09:00") == "Sat 2026-01-31 00:00"
    assert changes_at(documents_acknowledged, [ARRIVED], "Sat 2026-01-31 00:00") is None
    said = [ARRIVED, document("RECEIVED", "Fri 2026-01-30 09:00")]
    assert changes_at(documents_acknowledged, said, "Fri 2026-01-30 10:00") is None


def test_without_a_fact_of_the_arrival_or_a_calendar_it_is_in_the_total_alone() -> None:
    alone = [document("RECEIVED", "Fri 2026-01-30 08:00", "01")]
    assert found(documents_acknowledged, alone) == counted("unsaid")
    assert found(documents_acknowledged, [ARRIVED], law=replace(LAW, calendars=Calendars())) == counted(
        "unsaid"
    )


@pytest.mark.parametrize("kind", ["WITHDRAWN", "STOPPED"])
def test_a_document_taken_back_before_any_answer_is_not_counted(kind: str) -> None:
    gone = document(kind, "Fri 2026-01-30 10:00")
    assert found(documents_acknowledged, [ARRIVED, gone]) == {}
    said = document("RECEIVED", "Fri 2026-01-30 09:00")
    assert found(documents_acknowledged, [ARRIVED, said, gone]) == counted("same_day")


def test_other_cases_are_not_counted() -> None:
    assert found(documents_acknowledged, [dossier("REGISTERED", "Fri 2026-01-30 08:00")]) == {}


def test_the_share_is_of_those_acknowledged_or_late() -> None:
    counts = {f"documents.acknowledged.{part}": 2**n for n, part in enumerate(PARTS)}
    parts = {"same_day": 1, "late": 2, "pending": 4, "unsaid": 8}
    assert documents_acknowledged.of(counts) == Figure(1, 3, 15, parts)
    late = Figure(0, 1, 1, {**dict.fromkeys(PARTS, 0), "late": 1})
    assert measured(documents_acknowledged, [ARRIVED]) == late


def test_the_definition_is_the_published_one() -> None:
    expected = Definition(
        "documents.acknowledged",
        "Documents acknowledged the same day",
        1,
        "Decree 30/2020/NĐ-CP; domain/systems.md, 1",
        Aggregation.SUM,
        Horizon.AS_OF,
    )
    assert expected == DEFINITION
