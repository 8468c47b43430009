"""What became of everything known of a case: one reason for each version of each fact."""

from itertools import permutations
from random import Random
from typing import Any

import pytest
from egovhub.events import Fact, Kind

from services.domain.fates import Fate, Told, ToldFact, tell
from services.domain.ownership import OwnerRow, Owners
from services.domain.standing import Known
from tests.unit.domain.build import CITY, WARD, at, fact
from tests.unit.domain.draw import INSTANTS, OWNERS, random_case

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD, procedure="1.001193")
STEP = fact("STEP", "Tue 2026-01-06 08:00", unit=CITY)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")
FAR = at("Thu 2026-12-31 12:00")
ANYBODY = Owners()


def told(
    *facts: Fact | Known, as_of: int = FAR, known_at: int | None = None, owners: Owners = ANYBODY
) -> Told:
    return tell([f if isinstance(f, Known) else Known(f, None) for f in facts], as_of, owners, known_at)


def fates(*facts: Fact | Known, **how: object) -> list[tuple[int, str, Fate, tuple[int, ...]]]:
    found = told(*facts, **how).facts  # type: ignore[arg-type]
    return [(one.number, one.kind.name, one.fate, one.by) for one in found]


def test_a_fact_is_told_with_what_may_be_shown_of_it() -> None:
    one = RECEIVED._replace(source_sequence=3, recorded_at=5, details={"note": "an applicant's name"})
    [shown] = told(Known(one, 7)).facts
    assert shown == ToldFact(
        number=1,
        occurred_at=RECEIVED.occurred_at,
        kind=Kind.RECEIVED,
        source="onestop",
        sequence=3,
        recorded_at=5,
        known_at=7,
        unit=WARD,
        procedure="1.001193",
        due_at=RECEIVED.due_at,
        fate=Fate.MOVES,
        by=(),
        owner="onestop",
    )


def test_every_fate_is_told_in_words_that_a_person_can_check() -> None:
    assert {fate.name: str(fate) for fate in Fate} == {
        "NOT_KNOWN": "not known then",
        "REPLACED": "replaced by a greater version",
        "OVERRULED": "overruled by a version of equal sequence and recording time",
        "RETRACTED": "retracted",
        "VOIDED": "the case is voided",
        "AHEAD": "dated later",
        "OTHERS": "not the owner's",
        "MOVES": "moves the case",
    }


def test_facts_are_numbered_in_the_order_of_the_fold_whatever_came_first() -> None:
    for facts in permutations([RECEIVED, STEP, PROCESSED]):
        assert fates(*facts) == [
            (1, "RECEIVED", Fate.MOVES, ()),
            (2, "STEP", Fate.MOVES, ()),
            (3, "PROCESSED", Fate.MOVES, ()),
        ]
    account = told(PROCESSED, RECEIVED, STEP)
    assert account.own == (RECEIVED, STEP, PROCESSED)
    assert account.earliest == RECEIVED.occurred_at
    assert account.numbers == {
        ("onestop", RECEIVED.event_id): 1,
        ("onestop", STEP.event_id): 2,
        ("onestop", PROCESSED.event_id): 3,
    }


# versions


def test_a_greater_version_replaces_a_lesser_one() -> None:
    greater = RECEIVED._replace(source_sequence=1, occurred_at=RECEIVED.occurred_at - 1)
    for facts in permutations([RECEIVED, greater, STEP]):
        account = told(*facts)
        assert [(one.number, one.fate, one.by) for one in account.facts] == [
            (1, Fate.MOVES, ()),
            (2, Fate.REPLACED, (1,)),
            (3, Fate.MOVES, ()),
        ]
        assert account.own == (greater, STEP)


@pytest.mark.parametrize(
    ("lesser", "fate"),
    [
        ({"source_sequence": 2, "recorded_at": 5}, Fate.OVERRULED),
        ({"source_sequence": 2, "recorded_at": 4}, Fate.REPLACED),
        ({"source_sequence": 1, "recorded_at": 5}, Fate.REPLACED),
        ({"source_sequence": None, "recorded_at": None}, Fate.REPLACED),
    ],
)
def test_equal_sequence_and_recording_time_with_other_content_is_a_conflict(
    lesser: dict[str, Any], fate: Fate
) -> None:
    stands = RECEIVED._replace(source_sequence=2, recorded_at=5, unit="b")
    found = told(RECEIVED._replace(unit="a", **lesser), stands).facts
    assert {one.unit: one.fate for one in found} == {"a": fate, "b": Fate.MOVES}
    [beaten] = [one for one in found if one.unit == "a"]
    [standing] = [one for one in found if one.unit == "b"]
    assert beaten.by == (standing.number,)


def test_a_fact_that_came_often_is_told_once_with_the_instant_it_came_first() -> None:
    [one] = told(Known(RECEIVED, 30), Known(RECEIVED, 10), Known(RECEIVED, 20)).facts
    assert one.known_at == 10
    [one] = told(Known(RECEIVED, 10), Known(RECEIVED, None)).facts
    assert one.known_at is None


def test_the_order_of_what_is_retracted_makes_no_other_version() -> None:
    one, other = (RECEIVED._replace(retracts=ids) for ids in (("x", "y"), ("y", "x")))
    assert len(told(one, other).facts) == 1


# what was known


def test_what_came_after_the_instant_of_knowledge_plays_no_part() -> None:
    greater = RECEIVED._replace(source_sequence=1)
    account = told(Known(RECEIVED, 10), Known(greater, 11), Known(RECEIVED, 12), known_at=10)
    assert {one.sequence: (one.fate, one.by) for one in account.facts} == {
        None: (Fate.MOVES, ()),
        1: (Fate.NOT_KNOWN, ()),
    }
    assert account.own == (RECEIVED,)


def test_if_nothing_was_known_there_is_no_case() -> None:
    account = told(Known(RECEIVED, 10), Known(RECEIVED, 11), known_at=9)
    assert [one.fate for one in account.facts] == [Fate.NOT_KNOWN]
    assert (account.own, account.earliest, account.numbers) == ((), None, {})


# retractions


def test_a_fact_is_retracted_by_facts_of_its_own_source_alone() -> None:
    first = fact("RETRACTED", "Wed 2026-01-07 08:00", retracts=(STEP.event_id,))
    second = fact("RETRACTED", "Wed 2026-01-07 09:00", retracts=(STEP.event_id, "never seen"))
    other = fact("PAID", "Wed 2026-01-07 10:00", source="payments", retracts=(RECEIVED.event_id,))
    assert fates(RECEIVED, STEP, first, second, other) == [
        (1, "RECEIVED", Fate.MOVES, ()),
        (2, "STEP", Fate.RETRACTED, (3, 4)),
        (3, "RETRACTED", Fate.MOVES, ()),
        (4, "RETRACTED", Fate.MOVES, ()),
        (5, "PAID", Fate.OTHERS, ()),
    ]


def test_a_retraction_that_is_retracted_still_retracts() -> None:
    first = fact("RETRACTED", "Wed 2026-01-07 08:00", event_id="r", retracts=(RECEIVED.event_id,))
    second = fact("RETRACTED", "Wed 2026-01-07 09:00", retracts=("r",))
    assert fates(RECEIVED, first, second)[:2] == [
        (1, "RECEIVED", Fate.RETRACTED, (2,)),
        (2, "RETRACTED", Fate.RETRACTED, (3,)),
    ]


def test_a_case_of_which_every_fact_is_retracted_has_no_earliest_fact() -> None:
    itself = fact("RETRACTED", "Wed 2026-01-07 08:00", event_id="r", retracts=("r", RECEIVED.event_id))
    account = told(RECEIVED, itself)
    assert [one.fate for one in account.facts] == [Fate.RETRACTED, Fate.RETRACTED]
    assert (account.own, account.earliest) == ((), None)


# whose they are, and when


def test_a_fact_of_another_source_does_not_move_the_case_but_may_be_its_earliest() -> None:
    paid = fact("PAID", "Fri 2026-01-02 08:00", source="payments")
    account = told(RECEIVED, paid)
    assert [(one.fate, one.owner) for one in account.facts] == [
        (Fate.OTHERS, "onestop"),
        (Fate.MOVES, "onestop"),
    ]
    assert (account.own, account.earliest) == ((RECEIVED,), paid.occurred_at)


def test_the_owner_is_that_of_the_instant_of_the_fact() -> None:
    owners = Owners(
        [OwnerRow("onestop", STEP.occurred_at, "city"), OwnerRow("onestop", PROCESSED.occurred_at, "onestop")]
    )
    account = told(RECEIVED, STEP, PROCESSED, owners=owners)
    assert [(one.fate, one.owner) for one in account.facts] == [
        (Fate.OTHERS, None),
        (Fate.OTHERS, "city"),
        (Fate.MOVES, "onestop"),
    ]


def test_a_fact_dated_after_the_reporting_instant_plays_no_part_yet() -> None:
    assert fates(RECEIVED, STEP, as_of=STEP.occurred_at)[1][2] is Fate.MOVES
    account = told(RECEIVED, STEP, as_of=STEP.occurred_at - 1)
    assert [one.fate for one in account.facts] == [Fate.MOVES, Fate.AHEAD]
    assert account.own == (RECEIVED, STEP)
    assert told(RECEIVED, as_of=RECEIVED.occurred_at - 1).earliest == RECEIVED.occurred_at


# voided


def test_the_owners_voiding_kills_every_other_fact_whatever_its_instant() -> None:
    voided = fact("VOIDED", "Thu 2026-12-31 13:00")
    again = fact("VOIDED", "Thu 2026-12-31 14:00")
    retracted = fact("STEP", "Tue 2026-01-06 09:00", event_id="x")
    retraction = fact("RETRACTED", "Tue 2026-01-06 10:00", retracts=("x",))
    paid = fact("PAID", "Tue 2026-01-06 11:00", source="payments")
    account = told(RECEIVED, retracted, retraction, paid, again, voided)
    assert [(one.kind.name, one.fate, one.by) for one in account.facts] == [
        ("RECEIVED", Fate.VOIDED, (5, 6)),
        ("STEP", Fate.RETRACTED, (3,)),
        ("RETRACTED", Fate.VOIDED, (5, 6)),
        ("PAID", Fate.VOIDED, (5, 6)),
        ("VOIDED", Fate.MOVES, ()),
        ("VOIDED", Fate.MOVES, ()),
    ]
    assert (account.own, account.earliest) == ((), None)


def test_a_voiding_of_another_source_or_one_that_is_retracted_kills_nothing() -> None:
    other = fact("VOIDED", "Tue 2026-01-06 08:00", source="payments")
    assert fates(RECEIVED, other)[0][2] is Fate.MOVES
    undone = fact("VOIDED", "Tue 2026-01-06 08:00", event_id="v")
    undoing = fact("RETRACTED", "Tue 2026-01-06 09:00", retracts=("v",))
    assert [one[2] for one in fates(RECEIVED, undone, undoing)] == [Fate.MOVES, Fate.RETRACTED, Fate.MOVES]


# all of it


def test_order_and_copies_of_what_is_known_change_no_fate() -> None:
    random, owners = Random(7), Owners([OwnerRow(*row) for row in OWNERS])
    for _ in range(150):
        known = random_case(random)
        as_of, known_at = random.choice(INSTANTS), random.choice([None, *INSTANTS])
        expected = tell(known, as_of, owners, known_at)
        shuffled = random.sample(known, len(known))
        assert tell(shuffled, as_of, owners, known_at) == expected
        assert sorted(one.number for one in expected.facts) == list(range(1, len(expected.facts) + 1))
