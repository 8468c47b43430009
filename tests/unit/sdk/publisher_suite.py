"""What every publisher does; the tests of each inherit from this suite."""

from collections.abc import Callable

import pytest
from egovhub.errors import RejectedInput, RetryLater
from egovhub.events import partition_of
from egovhub.publisher import LARGEST_RECORD, Publisher, Record

TOPIC = "facts"
PARTITIONS = 12

Stored = Callable[[str], list[tuple[int, bytes, bytes | None]]]
"""What a topic holds as (partition, key, value), in order within each partition."""


def record(key: str, value: str) -> Record:
    return Record(TOPIC, key.encode(), value.encode())


class PublisherSuite:
    """A subclass gives the fixtures `publisher`, `stored` and `failing`, which breaks the next publishing."""

    def test_what_was_published_is_stored_in_order(self, publisher: Publisher, stored: Stored) -> None:
        publisher.publish([record("n:1", "a"), record("n:1", "b")])
        publisher.publish([record("n:1", "c")])
        assert [value for _, _, value in stored(TOPIC)] == [b"a", b"b", b"c"]

    def test_a_record_lies_on_the_partition_of_its_key(self, publisher: Publisher, stored: Stored) -> None:
        publisher.publish([record(f"n:{number}", "x") for number in range(100)])
        found = stored(TOPIC)
        assert len({partition for partition, _, _ in found}) == PARTITIONS
        assert all(partition == partition_of(key, PARTITIONS) for partition, key, _ in found)

    def test_more_records_than_may_be_in_flight_are_stored_all(
        self, publisher: Publisher, stored: Stored
    ) -> None:
        publisher.publish([record(f"n:{number}", str(number)) for number in range(4_500)])
        assert {value for _, _, value in stored(TOPIC)} == {str(n).encode() for n in range(4_500)}

    def test_publishing_nothing_is_no_failure(self, publisher: Publisher, stored: Stored) -> None:
        publisher.publish([])
        assert stored(TOPIC) == []

    def test_the_latest_record_of_a_key_is_found_among_others(self, publisher: Publisher) -> None:
        publisher.publish([record("a", "old"), record("b", "other"), record("a", "new"), record("b", "z")])
        assert publisher.latest(TOPIC, b"a") == b"new"

    def test_a_key_without_a_record_has_no_latest_value(self, publisher: Publisher) -> None:
        publisher.publish([record("a", "x")])
        assert publisher.latest(TOPIC, b"b") is None

    def test_a_tombstone_takes_the_latest_value_away(self, publisher: Publisher) -> None:
        publisher.publish([record("a", "x"), Record(TOPIC, b"a", None)])
        assert publisher.latest(TOPIC, b"a") is None

    def test_records_are_found_by_the_beginning_of_their_keys_the_last_of_each_counting(
        self, publisher: Publisher
    ) -> None:
        publisher.publish(
            [record("a/1", "old"), record("b/1", "x"), record("a/2", "y"), record("a/1", "new")]
        )
        publisher.publish([Record(TOPIC, b"a/2", None)])
        assert dict(publisher.each(TOPIC, b"a/")) == {b"a/1": b"new", b"a/2": None}

    def test_the_largest_record_is_stored(self, publisher: Publisher, stored: Stored) -> None:
        publisher.publish([Record(TOPIC, b"k", bytes(LARGEST_RECORD - 1))])
        assert [len(value or b"") for _, _, value in stored(TOPIC)] == [LARGEST_RECORD - 1]

    def test_an_oversized_record_is_refused_and_nothing_of_the_call_is_stored(
        self, publisher: Publisher, stored: Stored
    ) -> None:
        with pytest.raises(RejectedInput, match="oversized"):
            publisher.publish([record("a", "x"), Record(TOPIC, b"k", bytes(LARGEST_RECORD))])
        publisher.publish([record("b", "y")])
        assert [value for _, _, value in stored(TOPIC)] == [b"y"]

    def test_after_a_failure_the_same_call_again_stores_everything(
        self, publisher: Publisher, stored: Stored, failing: Callable[[], None]
    ) -> None:
        records = [record(f"n:{number}", str(number)) for number in range(50)]
        publisher.publish(records[:10])
        failing()
        with pytest.raises(RetryLater):
            publisher.publish(records[10:])
        publisher.publish(records[10:])
        assert {value for _, _, value in stored(TOPIC)} == {item.value for item in records}
