from typing import Any

from egovhub.events import Fact, Kind

from tests.unit.connectors.onestop_build import ACCEPTED, DUE, at, entry, facts, written

ASKED, CAME = "Tue 2026-03-03 10:00", "Thu 2026-03-05 09:00"
AGAIN, CAME_AGAIN = "Fri 2026-03-06 10:00", "Mon 2026-03-09 09:00"
MOVED, LAST = "Wed 2026-03-11 17:00", "Wed 2026-03-18 17:00"


def course(now: str, *entries: dict[str, Any]) -> tuple[Fact, ...]:
    """The facts of a dossier in process, with its present appointment."""
    return facts("4", NgayHenTra=written(now), DanhSachHoSoBoSung=list(entries))


def said(made: tuple[Fact, ...]) -> list[tuple[str, int, int | None]]:
    return [(fact.kind.name, fact.occurred_at, fact.due_at) for fact in made]


def test_without_entries_the_appointment_is_that_of_the_acceptance() -> None:
    assert said(course(DUE)) == [("ACCEPTED", at(ACCEPTED), at(DUE))]


def test_a_supplement_moves_the_appointment_with_its_request() -> None:
    made = course(MOVED, entry(ASKED, CAME, DUE, MOVED))
    assert said(made) == [
        ("ACCEPTED", at(ACCEPTED), at(DUE)),
        ("SUPPLEMENT_REQUESTED", at(ASKED), at(MOVED)),
        ("SUPPLEMENTED", at(CAME), None),
    ]
    assert [(fact.source_status, fact.derived) for fact in made[1:]] == [("5", False), (None, False)]


def test_a_supplement_that_came_at_an_unknown_time_moves_it_too() -> None:
    assert said(course(MOVED, entry(ASKED, None, DUE, MOVED)))[1:] == [
        ("SUPPLEMENT_REQUESTED", at(ASKED), at(MOVED)),
        ("SUPPLEMENTED", at(ASKED), None),
    ]


def test_two_supplements_stand_in_the_order_of_their_times_whatever_that_of_the_list() -> None:
    first, second = entry(ASKED, CAME, DUE, MOVED), entry(AGAIN, CAME_AGAIN, MOVED, LAST)
    made = course(LAST, second, first)
    assert made == course(LAST, first, second)
    assert said(made)[1:] == [
        ("SUPPLEMENT_REQUESTED", at(ASKED), at(MOVED)),
        ("SUPPLEMENTED", at(CAME), None),
        ("SUPPLEMENT_REQUESTED", at(AGAIN), at(LAST)),
        ("SUPPLEMENTED", at(CAME_AGAIN), None),
    ]


def test_only_the_last_request_can_be_unanswered() -> None:
    kinds = [fact.kind for fact in course(DUE, entry(ASKED), entry(AGAIN, CAME_AGAIN))]
    assert kinds == [Kind.ACCEPTED, Kind.SUPPLEMENT_REQUESTED, Kind.SUPPLEMENT_REQUESTED, Kind.SUPPLEMENTED]
    made = course(DUE, entry(ASKED, CAME), entry(AGAIN))
    assert (made[-1].kind, made[-1].occurred_at) == (Kind.SUPPLEMENTED, at(AGAIN))


def test_an_entry_that_asks_for_nothing_is_an_extension_without_a_date() -> None:
    made = course(MOVED, entry(None, None, DUE, MOVED))
    assert said(made) == [("ACCEPTED", at(ACCEPTED), at(DUE)), ("EXTENDED", at(ACCEPTED) + 1, at(MOVED))]
    assert made[1].derived


def test_an_appointment_that_no_entry_made_is_an_extension_behind_the_last_instant_stated() -> None:
    made = course(LAST, entry(ASKED, CAME, DUE, MOVED))
    assert said(made)[-1] == ("EXTENDED", at(CAME) + 1, at(LAST))
    assert made[-1].derived


def test_an_extension_between_two_supplements_stands_between_them() -> None:
    made = course(LAST, entry(ASKED, CAME, DUE), entry(AGAIN, CAME_AGAIN, MOVED, LAST))
    assert said(made)[1:] == [
        ("SUPPLEMENT_REQUESTED", at(ASKED), None),
        ("SUPPLEMENTED", at(CAME), None),
        ("EXTENDED", at(CAME) + 1, at(MOVED)),
        ("SUPPLEMENT_REQUESTED", at(AGAIN), at(LAST)),
        ("SUPPLEMENTED", at(CAME_AGAIN), None),
    ]


def test_an_appointment_left_standing_after_a_supplement_does_not_come_back() -> None:
    made = course(DUE, entry(ASKED, CAME, DUE, MOVED))
    assert [fact.due_at for fact in made] == [at(DUE), at(MOVED), None]


def test_a_dossier_without_an_appointment_has_none() -> None:
    assert [fact.due_at for fact in facts("4", NgayHenTra="", DanhSachHoSoBoSung=[entry(ASKED, CAME)])] == [
        None
    ] * 3


def test_times_that_a_vendor_never_set_are_none() -> None:
    form = {"NgayBoSung": "2026-03-03T10:00:00", "NgayHenTraTruoc": "0001-01-01T00:00:00"}
    made = facts("5", DanhSachHoSoBoSung=[form])
    assert said(made) == [("ACCEPTED", at(ACCEPTED), at(DUE)), ("SUPPLEMENT_REQUESTED", at(ASKED), None)]
