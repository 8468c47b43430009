"""Reading joint buckets: what a counter says, and how many cases a policy puts into each of its buckets."""

from dataclasses import replace

import pytest

from services.domain.policy import BUCKETS, Policy, Stands
from services.domain.verdicts import Verdict, buckets, counted, place_of, verdict_of

NONE: frozenset[str] = frozenset()
ONE = Policy("one", 1, "test", NONE, NONE, NONE)
TWO = replace(ONE, name="two")
HANDED = replace(ONE, name="handed", stands=Stands.HAND_OVER)
LATER = replace(HANDED, name="later")
POLICIES = (ONE, HANDED, TWO, LATER)


@pytest.mark.parametrize(
    ("counter", "verdict"),
    [
        ("ended.late", Verdict(Stands.PROCESSING, False, ("late",))),
        ("open.in_time/overdue", Verdict(Stands.PROCESSING, True, ("in_time", "overdue"))),
        ("handover.ended.early/late", Verdict(Stands.HAND_OVER, False, ("early", "late"))),
        ("handover.open.paused", Verdict(Stands.HAND_OVER, True, ("paused",))),
        ("received", None),
        ("orphan", None),
        ("reopened", None),
        ("handover.reopened", None),
        ("other.open.paused", None),
        ("opened.late", None),
    ],
)
def test_a_counter_says_track_and_buckets(counter: str, verdict: Verdict | None) -> None:
    assert verdict_of(counter) == verdict


def test_a_policy_has_its_place_among_those_of_its_track() -> None:
    assert [place_of(policy, POLICIES) for policy in POLICIES] == [0, 0, 1, 1]


COUNTS = {
    "ended.on_time/late": 1,
    "ended.late/late": 2,
    "open.in_time/overdue": 4,
    "open.paused/in_time": 8,
    "handover.ended.early/refused": 16,
    "handover.open.due_soon/overdue": 32,
    "received": 64,
    "transferred_in": 128,
    "orphan": 256,
}


def found(policy: Policy, is_open: bool | None = None) -> dict[str, int]:
    return {name: n for name, n in buckets(COUNTS, policy, POLICIES, is_open=is_open).items() if n}


def test_each_policy_reads_its_own_part_of_its_own_track() -> None:
    assert found(ONE) == {"on_time": 1, "late": 2, "in_time": 4, "paused": 8, "orphan": 256}
    assert found(TWO) == {"late": 3, "overdue": 4, "in_time": 8, "orphan": 256}
    assert found(HANDED) == {"early": 16, "due_soon": 32, "orphan": 256}
    assert found(LATER) == {"refused": 16, "overdue": 32, "orphan": 256}


def test_open_and_ended_cases_can_be_told_apart_without_the_orphans() -> None:
    assert found(ONE, is_open=True) == {"in_time": 4, "paused": 8}
    assert found(ONE, is_open=False) == {"on_time": 1, "late": 2}
    assert found(HANDED, is_open=True) == {"due_soon": 32}
    assert found(HANDED, is_open=False) == {"early": 16}


def test_every_bucket_is_named_zeros_included() -> None:
    assert buckets({}, ONE, POLICIES) == dict.fromkeys(BUCKETS, 0)
    assert tuple(buckets(COUNTS, TWO, POLICIES)) == BUCKETS
    assert tuple(buckets({}, ONE, POLICIES, is_open=True)) == BUCKETS


def test_buckets_that_are_asked_for_are_summed() -> None:
    of_one = buckets(COUNTS, ONE, POLICIES)
    assert counted(of_one, frozenset({"on_time", "in_time"})) == 5
    assert counted(of_one, frozenset({"early"})) == 0
    assert counted(of_one, NONE) == 0
