"""The petitions of a case, and the clocks of their answers."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from egovhub.events import Fact

from services.domain.points import Allowance, Thresholds
from services.indicators.answers import Answer
from services.indicators.petitions import (
    AGAIN,
    ASK_MORE,
    CLOSE,
    PUBLISH,
    REJECT,
    RESOLVE,
    Clock,
    feedback,
    is_dislike,
    petitions,
    step_of,
    timeliness,
)
from tests.unit.domain.build import at, day
from tests.unit.indicators.build import LAW, dossier, elsewhere, viewed
from tests.unit.indicators.petition_build import AS_OF, DOSSIER, OPENED, RAISED, about, own


def seen(*facts: Fact, as_of: str = AS_OF) -> list[tuple[str | None, list[str]]]:
    """When each petition was raised, and the kinds of what was said about it."""
    view = viewed(facts, as_of)
    return [(day(p.raised_at), [f.kind.name for f in p.facts]) for p in petitions(view)]


def test_a_case_of_its_own_is_one_petition_whatever_it_says_again() -> None:
    facts = [
        OPENED,
        own("PETITION", RAISED),
        own("STEP", "Tue 2026-01-06 08:00", answer="RESOLVED"),
        own("PETITION", "Wed 2026-01-07 08:00", is_raised_again=True),
        own("PETITION", "Thu 2026-01-08 08:00"),
    ]
    assert seen(*facts) == [(RAISED, ["REGISTERED", "PETITION", "STEP", "PETITION", "PETITION"])]


def test_what_was_said_before_a_petition_was_raised_is_not_about_it() -> None:
    facts = [own("REGISTERED", "Mon 2026-01-05 20:14"), own("STEP", RAISED), own("PETITION", RAISED)]
    assert seen(*facts) == [(RAISED, ["STEP", "PETITION"])]


def test_a_rating_of_any_source_is_about_a_petition_of_its_own_but_only_its_owner_answers_it() -> None:
    facts = [
        OPENED,
        own("PETITION", RAISED),
        own("RATED", "Thu 2026-01-08 08:00", source="kiosk", is_satisfied=False),
        own("STEP", "Thu 2026-01-08 08:00", source="kiosk", answer="RESOLVED"),
    ]
    assert seen(*facts) == [(RAISED, ["REGISTERED", "PETITION", "RATED"])]


def test_feedback_without_a_petition_has_none() -> None:
    assert seen(OPENED, own("RATED", "Tue 2026-01-06 08:00", form="RATING", is_satisfied=False)) == []
    assert seen(DOSSIER, about("RATED", "Tue 2026-01-06 08:00", is_satisfied=False)) == []
    assert seen(DOSSIER) == []


def test_a_petition_in_another_domain_is_none() -> None:
    assert seen(DOSSIER, elsewhere("payments", "PETITION", RAISED)) == []


def test_each_petition_of_a_source_on_a_dossier_has_what_follows_until_the_next() -> None:
    facts = [
        DOSSIER,
        about("STEP", "Mon 2026-01-05 20:14"),
        about("PETITION", RAISED),
        about("STEP", "Tue 2026-01-06 08:00"),
        about("PETITION", "Wed 2026-01-07 08:00", is_raised_again=True),
        about("STEP", "Thu 2026-01-08 08:00"),
        about("PETITION", "Thu 2026-01-08 08:00", is_raised_again=False),
        about("RATED", "Fri 2026-01-09 08:00"),
    ]
    assert seen(*facts) == [
        (RAISED, ["PETITION", "STEP", "PETITION"]),
        ("Thu 2026-01-08 08:00", ["STEP", "PETITION", "RATED"]),
    ]


def test_two_sources_raise_two_petitions() -> None:
    facts = [
        DOSSIER,
        about("PETITION", "Tue 2026-01-06 08:00", source="zeta"),
        about("PETITION", RAISED, source="alpha"),
        about("STEP", "Wed 2026-01-07 08:00", source="zeta"),
        about("RATED", "Thu 2026-01-08 08:00", source="kiosk", is_satisfied=False),
    ]
    assert seen(*facts) == [(RAISED, ["PETITION"]), ("Tue 2026-01-06 08:00", ["PETITION", "STEP"])]


def test_a_petition_raised_again_of_which_nobody_saw_the_first_is_one() -> None:
    again = about("PETITION", "Wed 2026-01-07 08:00", is_raised_again=True)
    assert seen(DOSSIER, again) == [("Wed 2026-01-07 08:00", ["PETITION"])]
    later = about("PETITION", "Thu 2026-01-08 08:00", is_raised_again=True)
    assert seen(DOSSIER, again, later) == [("Wed 2026-01-07 08:00", ["PETITION", "PETITION"])]


def test_the_owner_of_a_dossier_may_say_what_others_say() -> None:
    facts = [DOSSIER, dossier("PETITION", RAISED, domain="feedback"), about("STEP", "Tue 2026-01-06 08:00")]
    assert seen(*facts) == [(RAISED, ["PETITION"])]
    assert [f.kind.name for f in feedback(viewed(facts, AS_OF))] == ["PETITION", "STEP"]


def test_facts_of_one_instant_are_taken_in_the_order_of_the_fold() -> None:
    facts = [about("PETITION", RAISED), about("STEP", RAISED, answer="RESOLVED"), about("STOPPED", RAISED)]
    expected = [(RAISED, ["STEP", "STOPPED", "PETITION"])]
    assert seen(DOSSIER, *facts) == expected
    assert seen(DOSSIER, *facts[::-1]) == expected


def test_a_petition_knows_whether_it_is_disliked_or_raised_again() -> None:
    def said(*facts: Fact) -> tuple[bool, bool]:
        (petition,) = petitions(viewed([DOSSIER, about("PETITION", RAISED), *facts], AS_OF))
        return petition.is_disliked, petition.is_raised_again

    later = "Fri 2026-01-09 08:00"
    assert said() == (False, False)
    assert said(about("RATED", later, is_satisfied=True)) == (False, False)
    assert said(about("RATED", later, score=1, score_max=5)) == (False, False)
    assert said(about("RATED", later, is_satisfied=False)) == (True, False)
    assert said(about("STEP", later, is_satisfied=False, is_raised_again=True)) == (False, False)
    assert said(about("PETITION", later, is_raised_again=True)) == (False, True)


def test_only_a_rating_is_a_dislike() -> None:
    assert is_dislike(about("RATED", RAISED, is_satisfied=False))
    assert not is_dislike(about("PETITION", RAISED, is_satisfied=False))
    assert not is_dislike(about("RATED", RAISED))


@pytest.mark.parametrize(
    ("kind", "details", "step"),
    [
        ("STEP", {"answer": "REFUSED"}, REJECT),
        ("STEP", {"answer": "MORE_ASKED"}, ASK_MORE),
        ("STEP", {"answer": "RESOLVED"}, RESOLVE),
        ("STEP", {"answer": "PUBLISHED"}, PUBLISH),
        ("STEP", {"answer": "UNKNOWN"}, None),
        ("STEP", {}, None),
        ("PROCESSED", {"answer": "REFUSED"}, REJECT),
        ("PROCESSED", {"answer": "UNKNOWN"}, RESOLVE),
        ("PROCESSED", {}, RESOLVE),
        ("RETURNED", {}, RESOLVE),
        ("REFUSED", {}, REJECT),
        ("SUPPLEMENT_REQUESTED", {}, ASK_MORE),
        ("WITHDRAWN", {}, CLOSE),
        ("STOPPED", {}, CLOSE),
        ("PETITION", {"is_raised_again": True}, AGAIN),
        ("PETITION", {"is_raised_again": False}, None),
        ("PETITION", {"answer": "RESOLVED"}, None),
        ("RATED", {"is_satisfied": False}, None),
        ("RECEIVED", {}, None),
    ],
)
def test_what_a_fact_does_about_a_petition(kind: str, details: dict[str, Any], step: str | None) -> None:
    assert step_of(about(kind, RAISED, **details)) == step


@pytest.mark.parametrize(
    ("steps", "runs"),
    [
        ([], [(RESOLVE, 0, None)]),
        ([None], [(RESOLVE, 0, None)]),
        ([REJECT], [(REJECT, 0, 1)]),
        ([RESOLVE], [(RESOLVE, 0, 1)]),
        ([CLOSE], [(RESOLVE, 0, 1)]),
        ([ASK_MORE], [(ASK_MORE, 0, 1), (RESOLVE, 0, None)]),
        ([ASK_MORE, ASK_MORE, RESOLVE], [(ASK_MORE, 0, 1), (RESOLVE, 0, 3)]),
        ([RESOLVE, PUBLISH, PUBLISH], [(RESOLVE, 0, 1), (PUBLISH, 1, 2)]),
        ([PUBLISH], [(RESOLVE, 0, 1)]),
        ([PUBLISH, PUBLISH], [(RESOLVE, 0, 1)]),
        ([REJECT, PUBLISH], [(REJECT, 0, 1)]),
        ([CLOSE, PUBLISH], [(RESOLVE, 0, 1)]),
        ([RESOLVE, REJECT, RESOLVE, CLOSE, ASK_MORE], [(RESOLVE, 0, 1)]),
        ([RESOLVE, AGAIN], [(RESOLVE, 0, 1), (RESOLVE, 2, None)]),
        ([AGAIN], [(RESOLVE, 0, 1), (RESOLVE, 1, None)]),
        (
            [ASK_MORE, RESOLVE, AGAIN, ASK_MORE, RESOLVE, PUBLISH],
            [(ASK_MORE, 0, 1), (RESOLVE, 0, 2), (ASK_MORE, 3, 4), (RESOLVE, 3, 5), (PUBLISH, 5, 6)],
        ),
        ([RESOLVE, AGAIN, PUBLISH], [(RESOLVE, 0, 1), (PUBLISH, 1, 3), (RESOLVE, 2, None)]),
    ],
)
def test_which_clocks_run_from_when_to_when(
    steps: list[str | None], runs: list[tuple[str, int, int | None]]
) -> None:
    clock = Clock(0)
    for instant, step in enumerate(steps, 1):
        clock.take(step, instant)
    clock.run_on()
    assert clock.runs == runs


def judged(*facts: Fact, as_of: str = AS_OF, law: Any = LAW) -> tuple[Answer, str | None]:
    view = viewed([OPENED, own("PETITION", RAISED), *facts], as_of, law)
    (petition,) = petitions(view)
    is_on_time, changes_at = timeliness(view, petition)
    return is_on_time, day(changes_at)


@pytest.mark.parametrize(
    ("answer", "last"),
    [
        ("REFUSED", "Wed 2026-01-07 23:59"),
        ("RESOLVED", "Mon 2026-01-26 23:59"),
        ("PUBLISHED", "Mon 2026-01-26 23:59"),
    ],
)
def test_the_last_day_of_a_step_is_still_on_time(answer: str, last: str) -> None:
    until = at(last) + 59_999
    on_time = own("STEP", last, answer=answer)._replace(occurred_at=until)
    assert judged(on_time) == (True, None)
    assert judged(on_time._replace(occurred_at=until + 1)) == (False, None)


def test_more_is_asked_within_five_days_and_does_not_stop_the_clock() -> None:
    until = at("Mon 2026-01-12 23:59") + 59_999
    asked = own("STEP", "Mon 2026-01-12 23:59", answer="MORE_ASKED")._replace(occurred_at=until)
    open_until = "Tue 2026-01-27 00:00"
    assert judged(asked, as_of="Mon 2026-01-26 23:59") == (True, open_until)
    assert judged(asked, as_of=open_until) == (False, None)
    too_late = asked._replace(occurred_at=until + 1)
    assert judged(too_late, as_of="Tue 2026-01-13 12:00") == (False, open_until)


def test_what_was_resolved_is_published_within_two_days() -> None:
    resolved = own("STEP", "Fri 2026-01-23 08:00", answer="RESOLVED")
    until = at("Tue 2026-01-27 23:59") + 59_999
    published = own("STEP", "Tue 2026-01-27 23:59", answer="PUBLISHED")._replace(occurred_at=until)
    assert judged(resolved) == (True, None)
    assert judged(resolved, published) == (True, None)
    assert judged(resolved, published._replace(occurred_at=until + 1)) == (False, None)


def test_an_unanswered_petition_becomes_late_by_time_alone() -> None:
    assert judged(as_of=RAISED) == (True, "Tue 2026-01-27 00:00")
    assert judged(as_of="Mon 2026-01-26 23:59") == (True, "Tue 2026-01-27 00:00")
    assert judged(as_of="Tue 2026-01-27 00:00") == (False, None)


def test_one_late_step_is_late_whatever_else_nobody_can_say() -> None:
    late = own("STEP", "Thu 2026-02-05 08:00", answer="RESOLVED")
    again = own("PETITION", "Wed 2026-12-30 08:00", is_raised_again=True)
    assert judged(late, again) == (False, None)


def test_days_that_no_calendar_covers_leave_it_unsaid() -> None:
    resolved = own("STEP", "Tue 2026-01-06 08:00", answer="RESOLVED")
    again = own("PETITION", "Wed 2026-12-30 08:00", is_raised_again=True)
    assert judged(resolved, again) == (None, None)


def test_the_last_covered_day_has_no_day_after_it() -> None:
    # fifteen working days after Thu 2026-12-10 are over on Thu 2026-12-31, the last day of the calendar
    facts = [own("REGISTERED", "Thu 2026-12-10 08:00"), own("PETITION", "Thu 2026-12-10 08:00")]
    view = viewed(facts, AS_OF)
    (petition,) = petitions(view)
    assert timeliness(view, petition) == (None, None)


def test_a_unit_without_calendar_leaves_it_unsaid() -> None:
    facts = [one._replace(unit="stranger") for one in (OPENED, own("PETITION", RAISED))]
    view = viewed(facts, AS_OF)
    (petition,) = petitions(view)
    assert timeliness(view, petition) == (None, None)


def test_the_limits_are_those_in_force_when_the_clock_starts() -> None:
    longer = Allowance("5.2", "resolve", 16, date(2026, 1, 6), None, None, "", "")
    law = replace(LAW, thresholds=Thresholds((), [longer]))
    assert judged(law=law, as_of=RAISED) == (None, None)
    facts = [own("REGISTERED", "Tue 2026-01-06 00:00"), own("PETITION", "Tue 2026-01-06 00:00")]
    view = viewed(facts, "Tue 2026-01-06 08:00", law)
    (petition,) = petitions(view)
    assert timeliness(view, petition) == (True, at("Thu 2026-01-29 00:00"))
