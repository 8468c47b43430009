"""The steps of a document at its receiver, and until when each is in time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.domain import documents
from services.domain.calendars import Calendars
from services.domain.view import CaseView
from tests.unit.domain.build import at, day
from tests.unit.indicators.build import LAW, viewed
from tests.unit.indicators.more_build import document

T = [f"Mon 2026-01-05 {hour:02}:00" for hour in range(7, 17)]
AS_OF = "Fri 2026-01-30 12:00"
Told = tuple[str, str, str | None]
RECEIVED = ("RECEIVED", T[1], "01")


def when(step: Callable[[CaseView], int | None], *told: Told) -> str | None:
    return day(step(viewed([document(kind, t, status) for kind, t, status in told], AS_OF)))


def test_a_document_arrives_with_the_first_word_of_it() -> None:
    assert when(documents.arrived_at, RECEIVED, ("RECEIVED", T[2], "01")) == T[1]
    assert when(documents.arrived_at, ("REGISTERED", T[0], None), RECEIVED) == T[0]
    assert when(documents.arrived_at, ("REGISTERED", T[3], None), RECEIVED) == T[1]
    assert when(documents.arrived_at, ("ACCEPTED", T[2], "03")) is None


@pytest.mark.parametrize(
    "entry",
    [
        ("ACCEPTED", T[3], None),
        ("PROCESSED", T[3], None),
        ("STEP", T[3], "03"),
        ("STEP", T[3], "04"),
        ("STEP", T[3], "05"),
        ("STEP", T[3], "06"),
    ],
)
def test_a_later_status_says_that_the_document_had_been_entered(entry: Told) -> None:
    assert when(documents.registered_at, RECEIVED, entry, ("ACCEPTED", T[5], "03")) == T[3]


@pytest.mark.parametrize("status", ["01", "02", "13", "15", "16", None])
def test_other_statuses_enter_nothing(status: str | None) -> None:
    assert when(documents.registered_at, RECEIVED, ("STEP", T[3], status)) is None


def test_only_a_registered_says_that_the_document_itself_came() -> None:
    assert when(documents.sent_at, RECEIVED) is None
    assert when(documents.sent_at, ("REGISTERED", T[0], None), RECEIVED) == T[0]


@pytest.mark.parametrize("word", [RECEIVED, ("REFUSED", T[1], "02"), ("ACCEPTED", T[1], "03")])
def test_the_first_word_of_the_receiver_acknowledges(word: Told) -> None:
    sent = ("REGISTERED", T[0], None)
    assert when(documents.acknowledged_at, sent, word, ("PROCESSED", T[5], "06")) == T[1]
    assert when(documents.acknowledged_at, sent) is None


def test_an_entry_before_the_reception_acknowledges_too() -> None:
    assert (
        when(documents.acknowledged_at, ("REGISTERED", T[0], None), ("ACCEPTED", T[2], "03"), RECEIVED)
        == T[1]
    )
    assert when(documents.acknowledged_at, ("REGISTERED", T[0], None), ("STEP", T[0], "04"), RECEIVED) == T[0]


@pytest.mark.parametrize(
    ("kind", "is_gone"),
    [
        ("REFUSED", True),
        ("WITHDRAWN", True),
        ("STOPPED", True),
        ("PROCESSED", False),
        ("RETURNED", False),
        ("STEP", False),
    ],
)
def test_a_document_is_gone_if_nobody_has_to_handle_it(kind: str, is_gone: bool) -> None:
    view = viewed([document("RECEIVED", T[1]), document(kind, T[2])], AS_OF)
    assert documents.is_gone(view) is is_gone


@pytest.mark.parametrize(
    ("arrived", "same_day", "next_day"),
    [
        ("Mon 2026-01-05 07:00", "Tue 2026-01-06 00:00", "Wed 2026-01-07 00:00"),
        ("Mon 2026-01-05 17:00", "Tue 2026-01-06 00:00", "Wed 2026-01-07 00:00"),
        ("Mon 2026-01-05 17:01", "Wed 2026-01-07 00:00", "Thu 2026-01-08 00:00"),
        ("Fri 2026-01-09 08:00", "Sat 2026-01-10 00:00", "Tue 2026-01-13 00:00"),
        ("Fri 2026-01-09 18:00", "Tue 2026-01-13 00:00", "Wed 2026-01-14 00:00"),
        ("Sat 2026-01-10 08:00", "Tue 2026-01-13 00:00", "Wed 2026-01-14 00:00"),
    ],
)
def test_a_step_is_late_after_the_day_on_which_somebody_could_act(
    arrived: str, same_day: str, next_day: str
) -> None:
    view = viewed([document("RECEIVED", arrived)], AS_OF)
    assert day(documents.late_from(view, at(arrived), documents.SAME_DAY)) == same_day
    assert day(documents.late_from(view, at(arrived), documents.NEXT_DAY)) == next_day


def test_without_a_calendar_of_the_days_nothing_is_late() -> None:
    view = viewed([document("RECEIVED", T[0])], AS_OF, replace(LAW, calendars=Calendars()))
    assert documents.late_from(view, at(T[0]), 1) is None
    last = viewed([document("RECEIVED", "Thu 2026-12-31 08:00")], "Thu 2026-12-31 12:00")
    assert documents.late_from(last, at("Thu 2026-12-31 08:00"), 1) is None
    before = viewed([document("RECEIVED", "Wed 2025-12-31 08:00")], AS_OF)
    assert documents.late_from(before, at("Wed 2025-12-31 08:00"), 0) is None


def test_the_domain_is_that_of_the_schema() -> None:
    assert documents.DOCUMENTS == "documents"
