"""Which facts of all that are known count, and in which order."""

from itertools import permutations
from typing import Any

import pytest
from egovhub.events import Fact, Kind

from services.domain.ownership import OwnerRow, Owners
from services.domain.standing import Known, in_fold_order, owned, standing, without_retracted
from tests.unit.domain.build import CITY, WARD, at, fact

RECEIVED = fact("RECEIVED", "Mon 2026-01-05 08:00", "Fri 2026-01-09 17:00", unit=WARD)
PROCESSED = fact("PROCESSED", "Thu 2026-01-08 10:00")


def stood(*facts: Fact) -> tuple[list[Fact], int, int]:
    return standing([Known(told, None) for told in facts])


# versions of one fact


@pytest.mark.parametrize(
    ("lesser", "greater"),
    [
        ({}, {"source_sequence": 0}),
        ({}, {"source_sequence": -1}),
        ({"source_sequence": 1}, {"source_sequence": 2}),
        ({"source_sequence": 1, "recorded_at": 9}, {"source_sequence": 2, "recorded_at": 1}),
        ({"source_sequence": 1, "recorded_at": 9}, {"source_sequence": 2}),
        ({"recorded_at": 9}, {"source_sequence": 0}),
        ({}, {"recorded_at": 0}),
        ({}, {"recorded_at": -5}),
        ({"recorded_at": 1}, {"recorded_at": 2}),
        ({"source_sequence": 1}, {"source_sequence": 1, "recorded_at": 0}),
        ({"source_sequence": 1, "recorded_at": 1}, {"source_sequence": 1, "recorded_at": 2}),
        ({"source_sequence": 0, "recorded_at": 9}, {"source_sequence": 1}),
        ({"source_sequence": 1, "recorded_at": 0}, {"source_sequence": 1, "recorded_at": 1}),
    ],
)
def test_the_greater_version_of_a_fact_stands_whatever_came_first(
    lesser: dict[str, Any], greater: dict[str, Any]
) -> None:
    for units in (("a", "b"), ("b", "a")):
        old = RECEIVED._replace(unit=units[0], **lesser)
        new = RECEIVED._replace(unit=units[1], **greater)
        for facts in ([old, new], [new, old], [old, new, old, old], [new, old, new]):
            assert stood(*facts) == ([new], 1, 0)


def test_equal_versions_with_other_content_are_a_conflict_settled_alike_in_any_order() -> None:
    one, two = RECEIVED._replace(unit="one"), RECEIVED._replace(unit="two")
    for facts in ([one, two], [two, one], [two, one, two, one]):
        assert stood(*facts) == ([two], 0, 1)


def test_versions_that_are_revised_and_then_contradicted_are_counted_apart() -> None:
    versions = [
        RECEIVED,
        RECEIVED._replace(source_sequence=1, unit="a"),
        RECEIVED._replace(source_sequence=1, unit="b"),
        RECEIVED._replace(source_sequence=1, unit="c"),
        RECEIVED._replace(source_sequence=1, recorded_at=4),
        RECEIVED._replace(source_sequence=2),
    ]
    for facts in list(permutations(versions))[::37]:
        assert stood(*facts) == ([versions[-1]], 3, 2)


def test_revisions_and_conflicts_of_all_facts_are_summed() -> None:
    facts = [RECEIVED, PROCESSED, RECEIVED._replace(source_sequence=1), PROCESSED._replace(source_sequence=1)]
    facts += [PROCESSED._replace(source_sequence=1, unit="a"), RECEIVED._replace(source_sequence=1, unit="a")]
    assert stood(*facts)[1:] == (2, 2)


def test_a_repeat_is_neither_a_revision_nor_a_conflict() -> None:
    assert stood(RECEIVED, RECEIVED, RECEIVED) == ([RECEIVED], 0, 0)


def test_the_order_in_which_ids_are_retracted_is_no_difference_in_content() -> None:
    one = fact("RETRACTED", "Thu 2026-01-08 10:00", retracts=("a", "b"))
    assert stood(one, one._replace(retracts=("b", "a")))[1:] == (0, 0)


def test_an_identity_is_an_id_of_one_source() -> None:
    theirs = RECEIVED._replace(source="payments", source_sequence=9)
    other = RECEIVED._replace(event_id="another")
    assert stood(RECEIVED, theirs, other) == ([RECEIVED, theirs, other], 0, 0)


# what was known


@pytest.mark.parametrize(
    ("known_at", "facts"),
    [
        (99, []),
        (100, [RECEIVED]),
        (199, [RECEIVED]),
        (200, [RECEIVED, PROCESSED]),
        (None, [RECEIVED, PROCESSED]),
    ],
)
def test_a_fact_counts_from_the_instant_at_which_it_was_known(
    known_at: int | None, facts: list[Fact]
) -> None:
    known = [Known(RECEIVED, 100), Known(PROCESSED, 200), Known(PROCESSED, 300)]
    assert standing(known, known_at) == (facts, 0, 0)


def test_a_fact_without_an_instant_of_knowledge_was_always_known() -> None:
    assert standing([Known(RECEIVED, None)], -(10**15)) == ([RECEIVED], 0, 0)


def test_a_fact_may_be_known_from_the_first_millisecond_of_all() -> None:
    assert standing([Known(RECEIVED, 0)], -1) == ([], 0, 0)
    assert standing([Known(RECEIVED, 1)], 0) == ([], 0, 0)


def test_a_version_that_was_not_known_yet_replaces_nothing() -> None:
    later = RECEIVED._replace(source_sequence=5)
    known = [Known(later, 200), Known(RECEIVED, 100)]
    assert standing(known, 199) == ([RECEIVED], 0, 0)
    assert standing(known, 200) == ([later], 1, 0)


# retractions


def retraction(*targets: str, **fields: Any) -> Fact:
    return fact("RETRACTED", "Tue 2026-06-30 10:00", retracts=targets, **fields)


def test_without_a_retraction_all_facts_live() -> None:
    assert without_retracted([RECEIVED, PROCESSED]) == [RECEIVED, PROCESSED]


def test_a_retraction_kills_its_targets_wherever_it_stands_and_lives_itself() -> None:
    gone = retraction(PROCESSED.event_id, "nobody")
    assert without_retracted([RECEIVED, PROCESSED, gone]) == [RECEIVED, gone]
    assert without_retracted([gone, PROCESSED, RECEIVED]) == [gone, RECEIVED]
    both = retraction(PROCESSED.event_id, RECEIVED.event_id)
    assert without_retracted([RECEIVED, both, PROCESSED]) == [both]


def test_only_the_same_source_retracts() -> None:
    foreign = retraction(PROCESSED.event_id, source="payments")
    assert without_retracted([PROCESSED, foreign]) == [PROCESSED, foreign]
    theirs = PROCESSED._replace(source="payments")
    assert without_retracted([PROCESSED, theirs, foreign]) == [PROCESSED, foreign]


def test_any_kind_may_carry_a_retraction() -> None:
    moved = fact("CORRECTED", "Thu 2026-01-08 11:00", retracts=(PROCESSED.event_id,))
    assert without_retracted([PROCESSED, moved]) == [moved]


def test_a_retracted_retraction_still_retracts() -> None:
    gone = retraction(PROCESSED.event_id, event_id="r")
    undone = retraction("r", event_id="s")
    assert without_retracted([PROCESSED, gone, undone]) == [undone]


def test_a_fact_may_retract_itself() -> None:
    assert without_retracted([retraction("r", event_id="r")]) == []


def test_a_version_that_does_not_stand_does_not_retract() -> None:
    mistaken = retraction(PROCESSED.event_id, event_id="r", source_sequence=1)
    corrected = retraction("other", event_id="r", source_sequence=2)
    facts, *_ = stood(PROCESSED, mistaken, corrected)
    assert without_retracted(facts) == [PROCESSED, corrected]


# owners


def test_a_namespace_without_a_row_is_owned_by_the_source_of_its_name() -> None:
    foreign = fact("PROCESSED", "Thu 2026-01-08 10:00", source="payments", unit=CITY)
    assert owned([foreign, RECEIVED], Owners()) == [RECEIVED]


def test_a_namespace_that_changes_hands_is_asked_for_at_the_instant_of_each_fact() -> None:
    owners = Owners(
        [
            OwnerRow("onestop", at("Tue 2026-01-06 08:00"), "city-portal"),
            OwnerRow("onestop", at("Thu 2026-01-08 08:00"), "national-portal"),
        ]
    )
    facts = [
        fact(kind, when, source=source)
        for kind, when in [
            ("RECEIVED", "Tue 2026-01-06 07:59"),
            ("ACCEPTED", "Tue 2026-01-06 08:00"),
            ("STEP", "Thu 2026-01-08 07:59"),
            ("PROCESSED", "Thu 2026-01-08 08:00"),
        ]
        for source in ("onestop", "city-portal", "national-portal")
    ]
    assert [(kept.kind.name, kept.source) for kept in owned(facts, owners)] == [
        ("ACCEPTED", "city-portal"),
        ("STEP", "city-portal"),
        ("PROCESSED", "national-portal"),
    ]


# the order of the fold


def ordered(*facts: Fact) -> list[Fact]:
    """The one order into which every order of the facts is brought."""
    found = {tuple(told.event_id for told in in_fold_order(list(mixed))) for mixed in permutations(facts)}
    assert len(found) == 1
    return in_fold_order(list(facts))


def same_instant(kind: str, **fields: Any) -> Fact:
    return fact(kind, "Thu 2026-01-08 10:00", **fields)


def test_facts_are_folded_in_the_order_of_their_instants() -> None:
    early = fact("PROCESSED", "Thu 2026-01-08 09:59 +59999ms", source="z", source_sequence=9)
    late = same_instant("RECEIVED", source="a")
    assert ordered(late, early) == [early, late]
    assert in_fold_order([]) == []


def test_of_one_instant_the_lower_rank_of_the_kind_comes_first() -> None:
    facts = [same_instant(kind.name, source="b" if kind % 2 else "a", event_id=str(-kind)) for kind in Kind]
    assert in_fold_order(facts[::-1]) == facts


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"source": "a", "source_sequence": 9}, {"source": "b"}),
        ({}, {"source_sequence": 0, "event_id": "A"}),
        ({}, {"source_sequence": -1, "event_id": "A"}),
        ({"source_sequence": 1, "event_id": "b"}, {"source_sequence": 2, "event_id": "a"}),
        ({"source_sequence": 0, "event_id": "b"}, {"source_sequence": 1, "event_id": "a"}),
        ({"event_id": "a"}, {"event_id": "b"}),
        ({"event_id": "a", "source_sequence": 1}, {"event_id": "b", "source_sequence": 1}),
    ],
)
def test_of_one_kind_source_then_sequence_then_id_decide(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    one, other = same_instant("STEP", **first), same_instant("STEP", **second)
    assert ordered(other, one) == [one, other]


def test_facts_of_one_instant_are_ordered_among_others_of_other_instants() -> None:
    before, after = fact("STEP", "Wed 2026-01-07 10:00"), fact("RECEIVED", "Fri 2026-01-09 10:00")
    one, other = same_instant("RECEIVED"), same_instant("PROCESSED")
    assert ordered(after, other, one, before) == [before, one, other, after]
