from collections.abc import Callable

import pytest
from egovhub.publisher import MemoryPublisher

from tests.unit.sdk.publisher_suite import PARTITIONS, PublisherSuite, Stored


class TestMemoryPublisher(PublisherSuite):
    @pytest.fixture
    def publisher(self) -> MemoryPublisher:
        return MemoryPublisher(PARTITIONS)

    @pytest.fixture
    def stored(self, publisher: MemoryPublisher) -> Stored:
        return lambda topic: [
            (partition, record.key, record.value)
            for partition in range(PARTITIONS)
            for record in publisher.records(topic, partition)
        ]

    @pytest.fixture
    def failing(self, publisher: MemoryPublisher) -> Callable[[], None]:
        return lambda: publisher.fail_after(5)
