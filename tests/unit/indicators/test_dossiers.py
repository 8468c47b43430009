"""Which cases are dossiers, when they were accepted, and what is said of result and payment."""

from dataclasses import replace
from typing import Any

import pytest

from services.domain.calendar import Limit, LimitUnit
from services.domain.procedures import Procedure, Procedures
from services.indicators.answers import Answer
from services.indicators.dossiers import (
    Result,
    accepted_at,
    electronic,
    flag,
    has_linked_result,
    has_online_payment,
    has_reused_part,
    is_filed_online,
    is_paid_online,
    number,
    result_of,
    rule_of,
)
from tests.unit.domain.build import day, fact
from tests.unit.indicators.build import CASE, LAW, LOCAL, PAPER, REGISTER, dossier, elsewhere, viewed

RECEIVED, ACCEPTED, ENDED = "Mon 2026-01-05 08:00", "Tue 2026-01-06 09:00", "Wed 2026-01-07 10:00"
AS_OF = "Fri 2026-01-30 12:00"


@pytest.mark.parametrize(
    ("kinds", "since"),
    [
        ([("RECEIVED", RECEIVED), ("ACCEPTED", ACCEPTED)], ACCEPTED),
        ([("ACCEPTED", ACCEPTED), ("ACCEPTED", ENDED)], ACCEPTED),
        ([("REGISTERED", RECEIVED), ("ACCEPTED", ACCEPTED)], ACCEPTED),
        ([("RECEIVED", RECEIVED), ("PROCESSED", ENDED)], RECEIVED),
        ([("REGISTERED", RECEIVED)], None),
        ([("REGISTERED", RECEIVED), ("REFUSED", ENDED)], None),
    ],
)
def test_a_dossier_is_accepted_first_or_else_received_but_never_registered_alone(
    kinds: list[tuple[str, str]], since: str | None
) -> None:
    view = viewed([dossier(kind, when) for kind, when in kinds], AS_OF)
    assert day(accepted_at(view)) == since


def test_a_document_is_no_dossier() -> None:
    arrived = fact("RECEIVED", RECEIVED, case_id="documents:1/W", source="documents", domain="documents")
    assert accepted_at(viewed([arrived], AS_OF)) is None


def test_a_dossier_without_the_details_says_nothing() -> None:
    view = viewed([dossier("RECEIVED", RECEIVED)], AS_OF)
    assert flag(view, "is_result_electronic") is None
    assert number(view, "parts") is None
    assert is_filed_online(view) is None
    assert is_paid_online(view) is None
    assert has_reused_part(view) is None


def test_the_last_word_of_a_source_counts() -> None:
    view = viewed(
        [
            dossier("RECEIVED", RECEIVED, details={"parts": 4, "is_result_electronic": True}),
            dossier("PROCESSED", ENDED, details={"parts": 0, "is_result_electronic": False}),
        ],
        AS_OF,
    )
    assert flag(view, "is_result_electronic") is False
    assert number(view, "parts") == 0


def test_a_field_of_another_type_says_nothing() -> None:
    view = viewed([dossier("RECEIVED", RECEIVED, details={"parts": "4", "is_result_electronic": 1})], AS_OF)
    assert flag(view, "is_result_electronic") is None
    assert number(view, "parts") is None


def result(procedure: str | None, end: str | None, linked: Answer) -> tuple[Result, Answer]:
    details = {} if linked is None else {"is_result_electronic": linked}
    facts = [dossier("ACCEPTED", ACCEPTED, procedure=procedure, details=details)]
    if end is not None:
        facts.append(dossier(end, ENDED))
    view = viewed(facts, AS_OF)
    since = accepted_at(view)
    assert since is not None
    return result_of(view, since), has_linked_result(view, since)


@pytest.mark.parametrize(
    ("procedure", "end", "linked", "said", "is_linked"),
    [
        (PAPER, None, None, Result.NOT_LINKED, False),
        (PAPER, None, False, Result.NOT_LINKED, False),
        (PAPER, None, True, Result.LINKED, True),
        (PAPER, "PROCESSED", None, Result.UNSAID, None),
        (PAPER, "PROCESSED", False, Result.NOT_LINKED, False),
        (PAPER, "RETURNED", True, Result.LINKED, True),
        (PAPER, "REFUSED", None, Result.NONE_DUE, False),
        (PAPER, "WITHDRAWN", False, Result.NONE_DUE, False),
        (PAPER, "STOPPED", None, Result.NONE_DUE, False),
        (PAPER, "STOPPED", True, Result.LINKED, True),
        (REGISTER, None, None, Result.NONE_DUE, False),
        (REGISTER, "PROCESSED", None, Result.NONE_DUE, False),
        (REGISTER, "PROCESSED", False, Result.NONE_DUE, False),
        (LOCAL, None, None, Result.UNSAID, False),
        (LOCAL, "PROCESSED", None, Result.UNSAID, None),
        (LOCAL, "PROCESSED", False, Result.UNSAID, False),
        (LOCAL, "PROCESSED", True, Result.LINKED, True),
        ("9.999999", "REFUSED", None, Result.NONE_DUE, False),
        ("9.999999", "PROCESSED", None, Result.UNSAID, None),
        (None, None, None, Result.UNSAID, False),
    ],
)
def test_what_is_said_of_a_result(
    procedure: str | None, end: str | None, linked: Answer, said: Result, is_linked: Answer
) -> None:
    assert result(procedure, end, linked) == (said, is_linked)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (Result.LINKED, True),
        (Result.NONE_DUE, True),
        (Result.NOT_LINKED, False),
        (Result.UNSAID, None),
    ],
)
def test_a_result_is_electronic_if_it_is_linked_or_none_is_due(said: Result, answer: Answer) -> None:
    assert electronic(said) is answer


def test_the_row_of_the_procedure_is_that_of_the_day_of_acceptance() -> None:
    view = viewed([dossier("ACCEPTED", ACCEPTED, procedure=PAPER)], AS_OF)
    since = accepted_at(view)
    assert since is not None
    rule = rule_of(view, since)
    assert rule is not None
    assert rule.stem == PAPER


def test_the_row_is_that_of_the_level_that_ruled_when_the_clock_started() -> None:
    limit = Limit(5, LimitUnit.WORKING_DAYS)
    rows = [Procedure(PAPER, (level,), limit, "", "") for level in ("commune", "department")]
    law = replace(LAW, procedures=Procedures(rows))
    facts = [
        dossier("ACCEPTED", ACCEPTED, procedure=PAPER, unit="D"),
        dossier("TRANSFERRED", ENDED, unit="W"),
    ]
    view = viewed(facts, AS_OF, law)
    since = accepted_at(view)
    assert since is not None
    assert rule_of(view, since) == rows[1]


@pytest.mark.parametrize(("parts", "answer"), [(0, False), (1, True), (2, True)])
def test_one_reused_part_is_enough(parts: int, answer: bool) -> None:
    view = viewed([dossier("ACCEPTED", ACCEPTED, details={"reused_parts": parts})], AS_OF)
    assert has_reused_part(view) is answer


@pytest.mark.parametrize(
    ("channel", "answer"),
    [("ONLINE", True), ("IN_PERSON", False), ("PUBLIC_POST", False), ("UNKNOWN", None), (None, None)],
)
def test_a_channel_is_online_or_not_or_not_known(channel: str | None, answer: Answer) -> None:
    assert is_filed_online(viewed([dossier("ACCEPTED", ACCEPTED, channel=channel)], AS_OF)) is answer


@pytest.mark.parametrize(
    ("said", "answer"),
    [("NATIONAL_PORTAL", True), ("LOCAL_GATEWAY", True), ("NONE", False), ("UNKNOWN", None), (None, None)],
)
def test_the_source_says_how_a_dossier_was_paid(said: str | None, answer: Answer) -> None:
    details: dict[str, Any] = {} if said is None else {"online_payment": said}
    assert is_paid_online(viewed([dossier("ACCEPTED", ACCEPTED, details=details)], AS_OF)) is answer


@pytest.mark.parametrize(
    ("said", "status", "answer"),
    [
        ("NATIONAL_PORTAL", None, True),
        ("NONE", None, False),
        ("NONE", "PAID", True),
        (None, "PAID", True),
        (None, "FAILED", False),
        (None, None, False),
    ],
)
def test_a_dossier_has_an_online_payment_if_anybody_says_so(
    said: str | None, status: str | None, answer: bool
) -> None:
    facts = [dossier("ACCEPTED", ACCEPTED, details={} if said is None else {"online_payment": said})]
    if status is not None:
        facts.append(elsewhere("payments", "PAID", RECEIVED, details={"payment_status": status}))
    assert has_online_payment(viewed(facts, AS_OF)) is answer


@pytest.mark.parametrize(("status", "answer"), [("PAID", True), ("FAILED", False), ("PENDING", False)])
def test_a_successful_payment_on_the_platform_is_one_online_whatever_the_source_says(
    status: str, answer: bool
) -> None:
    view = viewed(
        [
            dossier("ACCEPTED", ACCEPTED, details={"online_payment": "NONE"}),
            elsewhere("payments", "PAID", RECEIVED, details={"payment_status": status}),
        ],
        AS_OF,
    )
    assert is_paid_online(view) is answer
    assert view.case_id == CASE
