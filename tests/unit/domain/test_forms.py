"""Form II.06a: which counts are in which column, and the identities."""

import doctest
from dataclasses import fields, replace

import pytest

from services.domain import forms
from services.domain.cells import Cell
from services.domain.forms import Form06a
from tests.unit.domain.forms_build import BY_DAY, filled, row
from tests.unit.indicators.build import HAND_OVER


@pytest.mark.parametrize(
    ("bucket", "column"),
    [
        ("early", "early"),
        ("on_time", "on_time"),
        ("late", "late"),
        ("refused", "refused"),
        ("withdrawn", "withdrawn"),
        ("stopped", "stopped"),
        ("no_deadline", "ended_no_deadline"),
        ("unknown", "ended_unknown"),
    ],
)
def test_every_bucket_of_an_end_is_resolved_in_one_column(bucket: str, column: str) -> None:
    form = row({f"ended.{bucket}/late": 3})
    assert filled(form) == {"resolved": 3, column: 3}
    assert form.violations() == ("3 = 7 + 11",)


@pytest.mark.parametrize(
    ("bucket", "column"),
    [
        ("in_time", "in_time"),
        ("due_soon", "in_time"),
        ("paused", "in_time"),
        ("overdue", "overdue"),
        ("no_deadline", "open_no_deadline"),
        ("unknown", "open_unknown"),
    ],
)
def test_every_bucket_of_an_open_case_is_in_process_in_one_column(bucket: str, column: str) -> None:
    form = row({f"open.{bucket}/overdue": 3})
    assert filled(form) == {"in_process": 3, column: 3}
    assert form.violations() == ("3 = 7 + 11",)


@pytest.mark.parametrize(
    ("channel", "column"),
    [
        ("online", "online"),
        ("in_person", "in_person_and_post"),
        ("public_post", "in_person_and_post"),
        ("email", "other_channels"),
        ("internal", "other_channels"),
        ("unknown", "other_channels"),
    ],
)
def test_every_channel_is_in_one_column(channel: str, column: str) -> None:
    form = row({"received": 2, f"channel.{channel}": 2, "open.in_time/in_time": 2})
    assert filled(form) == {"received": 2, column: 2, "in_process": 2, "in_time": 2}
    assert form.violations() == ()


def test_what_was_open_at_the_end_of_the_period_before_is_carried_over() -> None:
    before = {"open.in_time/late": 2, "open.paused/late": 1, "ended.late/late": 9, "received": 9, "orphan": 4}
    form = row({"ended.on_time/late": 3}, before)
    assert filled(form) == {"received": 3, "carried_over": 3, "resolved": 3, "on_time": 3}
    assert form.violations() == ()


@pytest.mark.parametrize(
    ("counter", "column"),
    [
        ("transferred_in", "transferred_in"),
        ("transferred_out", "transferred_out"),
        ("reopened", "reopened"),
        ("ahead.ended", "ended_ahead"),
        ("ahead.begun", "begun_ahead"),
    ],
)
def test_moves_have_columns_of_their_own(counter: str, column: str) -> None:
    assert filled(row({counter: 2, f"handover.{counter}": 5})) == {column: 2}
    assert filled(row({counter: 2, f"handover.{counter}": 5}, policy=HAND_OVER)) == {column: 5}


@pytest.mark.parametrize(
    "counts",
    [
        {"transferred_in": 1, "open.in_time/late": 1},
        {"reopened": 1, "ended.late/late": 1},
        {"ahead.ended": 1, "ended.late/late": 1},
        {"received": 1, "channel.email": 1, "transferred_out": 1},
        {"received": 1, "channel.email": 1, "ahead.begun": 1},
    ],
)
def test_what_comes_is_what_goes(counts: Cell) -> None:
    assert row(counts).violations() == ()


def test_a_policy_reads_its_own_place_and_its_own_track() -> None:
    counts = {"ended.late/on_time": 2, "open.overdue/in_time": 1, "handover.open.paused": 3, "received": 3}
    before = {"open.in_time/in_time": 7, "handover.open.in_time": 4}
    assert filled(row(counts, before, BY_DAY)) == {
        "received": 10,
        "carried_over": 7,
        "resolved": 2,
        "on_time": 2,
        "in_process": 1,
        "in_time": 1,
    }
    assert filled(row(counts, before, HAND_OVER)) == {
        "received": 7,
        "carried_over": 4,
        "in_process": 3,
        "in_time": 3,
    }


def test_the_form_names_its_policy() -> None:
    assert (row({}).policy, row({}, policy=BY_DAY).policy) == ("portal@1", "by-day@3")


SOUND = Form06a("p", *[0] * 24)


def test_a_form_of_nothing_is_sound() -> None:
    assert row({}) == replace(SOUND, policy="portal@1")
    assert SOUND.violations() == ()


@pytest.mark.parametrize(
    ("column", "broken"),
    [
        ("received", ("3 = 4 + 5 + 6", "3 = 7 + 11")),
        ("online", ("3 = 4 + 5 + 6",)),
        ("in_person_and_post", ("3 = 4 + 5 + 6",)),
        ("other_channels", ("3 = 4 + 5 + 6",)),
        ("carried_over", ("3 = 4 + 5 + 6",)),
        ("transferred_in", ("3 = 7 + 11",)),
        ("reopened", ("3 = 7 + 11",)),
        ("ended_ahead", ("3 = 7 + 11",)),
        ("resolved", ("3 = 7 + 11", "7 = 8 + 9 + 10")),
        ("early", ("7 = 8 + 9 + 10",)),
        ("on_time", ("7 = 8 + 9 + 10",)),
        ("late", ("7 = 8 + 9 + 10",)),
        ("refused", ("7 = 8 + 9 + 10",)),
        ("withdrawn", ("7 = 8 + 9 + 10",)),
        ("stopped", ("7 = 8 + 9 + 10",)),
        ("ended_no_deadline", ("7 = 8 + 9 + 10",)),
        ("ended_unknown", ("7 = 8 + 9 + 10",)),
        ("in_process", ("3 = 7 + 11", "11 = 12 + 13")),
        ("in_time", ("11 = 12 + 13",)),
        ("overdue", ("11 = 12 + 13",)),
        ("open_no_deadline", ("11 = 12 + 13",)),
        ("open_unknown", ("11 = 12 + 13",)),
        ("transferred_out", ("3 = 7 + 11",)),
        ("begun_ahead", ("3 = 7 + 11",)),
    ],
)
def test_a_column_that_is_wrong_alone_breaks_its_identities(column: str, broken: tuple[str, ...]) -> None:
    form = Form06a(**{**{field.name: 1 for field in fields(Form06a)}, "policy": "p"})  # type: ignore[arg-type]
    balanced = replace(form, received=4, resolved=8, in_process=4, transferred_in=8)
    assert balanced.violations() == ()
    assert replace(balanced, **{column: getattr(balanced, column) + 1}).violations() == broken


def test_the_two_sides_of_what_comes_and_goes_are_added_as_they_should_be() -> None:
    come = replace(SOUND, received=5, carried_over=5, transferred_in=7, reopened=11, ended_ahead=13)
    gone = replace(come, resolved=17, late=17, in_process=8, overdue=8, transferred_out=5, begun_ahead=6)
    assert gone.violations() == ()


def test_the_form_numbers_eleven_columns() -> None:
    assert sorted(forms.NUMBERS.values()) == list(range(3, 14))
    assert list(forms.NUMBERS) == [
        "received",
        "online",
        "in_person_and_post",
        "carried_over",
        "resolved",
        "early",
        "on_time",
        "late",
        "in_process",
        "in_time",
        "overdue",
    ]
    assert set(forms.NUMBERS) < {field.name for field in fields(Form06a)}


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(forms).failed == 0
