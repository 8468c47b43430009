"""What other systems say of a case."""

import pytest
from egovhub.events import Fact

from services.domain import elsewhere as other
from services.domain.elsewhere import PAYMENTS, Said, paid_at, paid_online_at, recorded_at, said, told
from tests.unit.domain.build import at, day, fact
from tests.unit.indicators.build import dossier, elsewhere, viewed

T = [f"Mon 2026-01-05 {hour:02}:00" for hour in range(7, 17)]
AS_OF = "Fri 2026-01-30 12:00"
BEGUN = dossier("RECEIVED", T[0])


def mark(when: str, value: str | None) -> Fact:
    return dossier("STEP", when, details={} if value is None else {"online_payment": value})


def payment(when: str, status: str | None = "PAID", kind: str = "PAID") -> Fact:
    details = {} if status is None else {"payment_status": status}
    return elsewhere("payments", kind, when, details=details)


def test_a_domain_is_told_by_the_owner_or_by_others() -> None:
    record, paid = elsewhere("civil-status", "STEP", T[1]), payment(T[2])
    view = viewed([BEGUN, record, paid], AS_OF)
    assert told(view, "civil-status") == [record]
    assert told(view, "payments") == [paid]
    assert told(view, "onestop") == [BEGUN]
    assert told(view, "documents") == []


def test_the_owner_speaks_for_its_own_domain_alone() -> None:
    own = {"case_id": "civil-status:1", "source": "civil-status", "domain": "civil-status"}
    first = fact("RECEIVED", T[0], **own)
    stray = fact("STEP", T[1], case_id="civil-status:1", source="payments", domain="civil-status")
    assert told(viewed([first, stray], AS_OF), "civil-status") == [first]


def test_the_last_value_of_a_field_is_said_since_it_changed() -> None:
    facts = [dossier("STEP", T[n], details={"x": value}) for n, value in enumerate([1, 2, 2])]
    facts.append(dossier("STEP", T[3]))
    assert said(facts, "x") == Said(2, at(T[1]))
    assert said(facts[:1], "x") == Said(1, at(T[0]))
    assert said(facts, "y") is None
    assert said([*facts, dossier("STEP", T[4], details={"x": False})], "x") == Said(False, at(T[4]))


@pytest.mark.parametrize(
    ("kind", "status", "is_recorded"),
    [
        ("PROCESSED", None, True),
        ("RETURNED", None, True),
        ("STEP", "4", True),
        ("STEP", "5", True),
        ("STEP", "3", False),
        ("STEP", "6", False),
        ("REFUSED", None, False),
    ],
)
def test_a_register_has_made_its_record(kind: str, status: str | None, is_recorded: bool) -> None:
    facts = [
        elsewhere("civil-status", "RECEIVED", T[0], source_status="1"),
        elsewhere("civil-status", kind, T[1], source_status=status),
        elsewhere("civil-status", "RETURNED", T[2]) if is_recorded else BEGUN,
    ]
    assert day(recorded_at(facts)) == (T[1] if is_recorded else None)


@pytest.mark.parametrize(
    ("one", "is_paid"),
    [
        (payment(T[1]), True),
        (payment(T[1], "PENDING"), False),
        (payment(T[1], "FAILED"), False),
        (payment(T[1], None), False),
        (payment(T[1], kind="STEP"), False),
        (payment(T[1])._replace(domain="feedback"), False),
        (dossier("PAID", T[1], details={"payment_status": "PAID"}), False),
    ],
)
def test_only_a_successful_payment_of_the_platform_pays(one: Fact, is_paid: bool) -> None:
    assert day(paid_at(viewed([BEGUN, one], AS_OF))) == (T[1] if is_paid else None)


def test_the_first_successful_payment_counts() -> None:
    view = viewed([BEGUN, payment(T[1], "FAILED"), payment(T[2]), payment(T[3])], AS_OF)
    assert day(paid_at(view)) == T[2]


@pytest.mark.parametrize("value", ["NATIONAL_PORTAL", "LOCAL_GATEWAY"])
def test_the_first_word_of_an_online_payment_is_the_marks_or_the_platforms(value: str) -> None:
    marked, paid = mark(T[2], value), payment(T[3])
    assert day(paid_online_at(viewed([BEGUN, marked], AS_OF))) == T[2]
    assert day(paid_online_at(viewed([BEGUN, paid], AS_OF))) == T[3]
    assert day(paid_online_at(viewed([BEGUN, marked, paid], AS_OF))) == T[2]
    assert day(paid_online_at(viewed([BEGUN, marked, payment(T[1])], AS_OF))) == T[1]


@pytest.mark.parametrize("value", ["NONE", "UNKNOWN", None])
def test_other_marks_say_nothing_of_an_online_payment(value: str | None) -> None:
    assert paid_online_at(viewed([BEGUN, mark(T[2], value)], AS_OF)) is None
    assert day(paid_online_at(viewed([BEGUN, mark(T[2], value), payment(T[3])], AS_OF))) == T[3]


def test_the_domains_are_those_of_the_schemas() -> None:
    assert (other.CIVIL_STATUS, other.BUSINESS, PAYMENTS) == (
        "civil-status",
        "business-registration",
        "payments",
    )
