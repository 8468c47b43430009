"""A replay goes through the same door, and can be repeated at every point."""

from collections.abc import Sequence

import pytest
from egovhub.codec import decode, decode_fact, encode_fact
from egovhub.errors import RetryLater
from egovhub.events import AHEAD_MS
from egovhub.publisher import LARGEST_RECORD, MemoryPublisher, Record

from services.dead_letter_decisions import Desk, Judge, Verdict
from services.dead_letters import DECISIONS, letter_of, record_of
from tests.unit.services.dlq_build import CUT, GOOD, KEY, NOW, RIGHT, VALUE, WRONG, letter, stored


def judged(*records: Record, now: int = NOW) -> list[Verdict]:
    judge = Judge(12, lambda: now)
    found = [stored(record) for record in records]
    return [judge.judge(letter_of(record), record_of(record)) for record in found]


def replayed(publisher: MemoryPublisher, verdicts: Sequence[Verdict]) -> None:
    Desk(publisher, "ops", "mended", lambda: NOW + 5).replay(verdicts)


def test_a_record_of_the_wrong_partition_is_admitted_with_its_key_on_the_right_one() -> None:
    [verdict] = judged(letter(WRONG, 7))
    assert (verdict.reason, verdict.partition) == (None, RIGHT)
    assert verdict.records == (Record("facts", KEY, VALUE),)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (letter(RIGHT, 7, CUT), "malformed-body"),
        (letter(RIGHT, 7, None), "null-value"),
        (letter(RIGHT, 7, key=None), "null-key"),
        (letter(RIGHT, 7, key=b"onestop:other"), "key-mismatch"),
        (letter(RIGHT, 7, headers=[("hub-known-at", b"yesterday")]), "bad-value"),
    ],
)
def test_what_is_still_wrong_is_refused_for_what_is_wrong_today(record: Record, reason: str) -> None:
    [verdict] = judged(record)
    assert (verdict.reason, verdict.partition, verdict.records) == (reason, None, ())


def test_a_record_that_no_publisher_takes_is_refused() -> None:
    room = LARGEST_RECORD - len(KEY) - len(encode_fact(GOOD._replace(source_status="")))
    [fits, exceeds] = judged(
        *(
            letter(RIGHT, n, encode_fact(GOOD._replace(source_status="x" * size)))
            for n, size in enumerate((room - 8, room))
        )
    )
    assert fits.reason is None
    assert exceeds.reason == "oversized"


def test_a_fact_dated_ahead_is_admitted_once_its_instant_has_come() -> None:
    record = letter(RIGHT, 7, encode_fact(GOOD._replace(occurred_at=NOW + AHEAD_MS + 1)))
    assert [verdict.reason for verdict in judged(record)] == ["occurred-in-the-future"]
    assert [verdict.reason for verdict in judged(record, now=NOW + 1)] == [None]


def test_headers_are_repeated_so_that_a_restores_instant_stays_and_a_sandbox_stays_one() -> None:
    ours = [("hub-known-at", str(NOW - 9).encode()), ("hub-sandbox", b"1")]
    [verdict] = judged(letter(WRONG, 7, headers=[*ours, ("trace", None)]))
    assert verdict.records == (Record("facts", KEY, VALUE, (*ours, ("trace", b""))),)


def test_what_is_admitted_is_appended_as_it_came_and_then_recorded() -> None:
    publisher = MemoryPublisher()
    replayed(publisher, judged(letter(WRONG, 7), letter(RIGHT, 8, CUT)))
    assert publisher.records("facts", RIGHT) == [Record("facts", KEY, VALUE)]
    [record] = publisher.records(DECISIONS)
    assert record.key == f"facts/{WRONG}/7".encode()
    assert decode(record.value or b"") == (
        "dead-letter-decision",
        {
            "topic": "facts",
            "partition": WRONG,
            "offset": 7,
            "action": "REPLAYED",
            "decided_at": NOW + 5,
            "decided_by": "ops",
            "note": "mended",
        },
    )


def test_a_crash_between_fact_and_decision_leaves_the_letter_open_and_repeats_one_fact() -> None:
    publisher = MemoryPublisher()
    verdicts = judged(letter(WRONG, 7))
    publisher.fail_after(1)
    with pytest.raises(RetryLater):
        replayed(publisher, verdicts)
    assert (len(publisher.records("facts")), publisher.records(DECISIONS)) == (1, [])
    replayed(publisher, verdicts)
    facts = [decode_fact(record.value or b"") for record in publisher.records("facts")]
    assert len(facts) == 2
    assert {(fact.source, fact.event_id) for fact in facts} == {(GOOD.source, GOOD.event_id)}
    assert len(publisher.records(DECISIONS)) == 1


def test_a_crash_before_the_fact_records_nothing() -> None:
    publisher = MemoryPublisher()
    publisher.fail_after(0)
    with pytest.raises(RetryLater):
        replayed(publisher, judged(letter(WRONG, 7)))
    assert (publisher.records("facts"), publisher.records(DECISIONS)) == ([], [])


def test_a_discard_is_recorded_and_appends_nothing() -> None:
    publisher = MemoryPublisher()
    desk = Desk(publisher, "ops", None, lambda: NOW)
    desk.discard([letter_of(stored(letter(RIGHT, n, CUT))) for n in (1, 2)])
    assert publisher.records("facts") == []
    said = [decode(record.value or b"")[1] for record in publisher.records(DECISIONS)]
    assert [(row["offset"], row["action"], row["note"]) for row in said] == [
        (1, "DISCARDED", None),
        (2, "DISCARDED", None),
    ]
