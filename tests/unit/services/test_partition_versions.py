"""A log that holds facts in two versions of their schema comes to the figures of one that holds the later alone."""

from pathlib import Path

import pytest
from egovhub.codec import encode, fact_record
from egovhub.events import Fact

from services.domain.fates import tell
from services.domain.law import Law
from services.domain.standing import Known, standing
from services.door import Door
from tests.unit.domain.build import at, fact
from tests.unit.sdk.record_build import version_of, written
from tests.unit.services.partition_build import (
    RULES,
    FakeRecord,
    Tally,
    Topics,
    open_partition,
    recount,
)

LAW: Law = RULES.law
FIRST = version_of("documents", 1)
APPENDED = at("Tue 2026-01-13 08:00")


def document(kind: str, occurred: str, case: str = "1", **details: object) -> Fact:
    return fact(
        kind,
        occurred,
        "Fri 2026-01-09 17:00",
        source="documents",
        domain="documents",
        case_id=f"documents:{case}",
        unit="10507",
        details={"sender": "H24.01", "attachments": 1, **details},
    )


ARRIVED = document("REGISTERED", "Mon 2026-01-05 08:00")
HANDLED = document("PROCESSED", "Mon 2026-01-12 08:00")
LATER = document("REGISTERED", "Tue 2026-01-06 08:00", "2", attachments_bytes=5, attachments_sha256="a" * 64)


def record(offset: int, fact: Fact, version: int, timestamp: int = APPENDED) -> FakeRecord:
    value = written(FIRST, fact_record(fact)) if version == 1 else encode("documents", fact)
    return FakeRecord(offset, timestamp, fact.case_id.encode(), value)


MIXED = [
    record(0, ARRIVED, 1),
    record(1, LATER, 2),
    record(2, ARRIVED, 2, APPENDED + 1),
    record(3, HANDLED, 2),
    record(4, HANDLED, 1, APPENDED + 1),
]
"""Two cases; of the first everything stands in both versions, as when a connector is replaced while it repeats."""


def admitted(records: list[FakeRecord]) -> list[Known]:
    door = Door(1)
    return [door.admit(0, one.key, one.value, one.timestamp) for one in records]


def test_the_door_admits_either_version_as_the_same_fact() -> None:
    facts = [known.fact for known in admitted(MIXED)]
    assert facts == [ARRIVED, LATER, ARRIVED, HANDLED, HANDLED]


@pytest.mark.parametrize("order", [[0, 2, 3, 4], [4, 3, 2, 0], [2, 0, 4, 3]])
def test_the_same_content_in_two_versions_is_neither_a_revision_nor_a_conflict(order: list[int]) -> None:
    found, revisions, conflicts = standing(admitted([MIXED[offset] for offset in order]))
    assert sorted(found) == sorted([ARRIVED, HANDLED])
    assert (revisions, conflicts) == (0, 0)


def test_what_explains_a_case_tells_a_fact_once_and_known_since_its_earliest_copy() -> None:
    known = admitted([MIXED[offset] for offset in (2, 0, 3, 4)])
    told = tell(known, APPENDED, LAW.owners)
    assert [(one.number, one.kind, one.known_at) for one in told.facts] == [
        (1, ARRIVED.kind, APPENDED),
        (2, HANDLED.kind, APPENDED),
    ]


def test_a_partition_publishes_of_both_versions_what_it_publishes_of_the_later_alone(tmp_path: Path) -> None:
    counters, topics = Tally(), Topics()
    partition = open_partition(tmp_path / "mixed", counters=counters)
    partition.append(MIXED)
    topics.flush(partition, APPENDED)
    later_alone = [record(offset, one, 2) for offset, one in enumerate((ARRIVED, LATER, HANDLED))]
    assert topics.stands() == recount(MIXED, APPENDED) == recount(later_alone, APPENDED)
    assert topics.letters == {}
    assert counters.counted["revisions"] == counters.counted["conflicts"] == 0
