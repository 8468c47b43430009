import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from egovhub.errors import ConfigurationError, RetryLater
from egovhub.kafka_publisher import KafkaPublisher
from egovhub.kafka_settings import KafkaSettings
from egovhub.publisher import Record
from kafka import errors as kafka_errors

from deploy.embedded import EmbeddedKafka
from deploy.ports import free_port
from services.settings import Settings
from tests.integration.logs import everything_on
from tests.unit.sdk.publisher_suite import TOPIC, PublisherSuite, Stored, record


@pytest.fixture
def cluster(settings: Settings) -> KafkaSettings:
    return KafkaSettings(kafka_bootstrap=settings.kafka_bootstrap, topic_prefix=settings.topic_prefix)


@pytest.fixture
def publisher(cluster: KafkaSettings, topics: None) -> Iterator[KafkaPublisher]:
    publisher = KafkaPublisher(cluster)
    yield publisher
    publisher.close()


@pytest.fixture
def stored(settings: Settings) -> Stored:
    return lambda topic: everything_on(settings, topic)


class TestKafkaPublisher(PublisherSuite):
    @pytest.fixture
    def failing(self, publisher: KafkaPublisher, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
        """The producer fails once, in the middle of a call, and would fail for ever if it were kept."""

        def break_producer() -> None:
            producer = publisher._producer
            assert producer
            send, numbers = producer.send, count()

            def broken(*arguments: object) -> object:
                if next(numbers) >= 5:
                    raise kafka_errors.KafkaTimeoutError("broken")
                return send(*arguments)

            monkeypatch.setattr(producer, "send", broken)

        return break_producer


def test_a_publisher_thrown_away_after_a_failure_leaves_no_thread(publisher: KafkaPublisher) -> None:
    before = threading.active_count()
    publisher.publish([record("a", "x")])
    assert threading.active_count() > before
    publisher.close()
    assert threading.active_count() == before


@pytest.mark.logs_errors("kafka.producer|kafka.net|kafka.cluster")
def test_a_frozen_broker_makes_publishing_fail_and_a_thawed_one_stores_it(
    kafka: EmbeddedKafka, publisher: KafkaPublisher, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egovhub.kafka_publisher._DELIVERY_SECONDS", 3.0)
    monkeypatch.setattr("egovhub.kafka_publisher._REQUEST_SECONDS", 1.0)
    publisher.publish([record("n:1", "before")])
    kafka.pause()
    try:
        with pytest.raises(RetryLater):
            publisher.publish([record("n:1", "after")])
    finally:
        kafka.resume()
    publisher.publish([record("n:1", "after")])
    values = [value for _, _, value in stored(TOPIC)]
    assert values[0] == b"before"
    assert values[-1] == b"after"


@pytest.mark.logs_errors("kafka.producer|kafka.net|kafka.cluster")
def test_a_stop_cuts_short_a_publishing_that_hangs(
    kafka: EmbeddedKafka, cluster: KafkaSettings, topics: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unnoticed, the stop would leave the call to its own deadline, which here is beyond the test's."""
    monkeypatch.setattr("egovhub.kafka_publisher._DELIVERY_SECONDS", 3600.0)
    stopping = threading.Event()
    publisher = KafkaPublisher(cluster, stopping)
    publisher.publish([record("n:1", "before")])
    kafka.pause()
    try:
        stopping.set()
        with pytest.raises(RetryLater):
            publisher.publish([record("n:1", "after")])
    finally:
        kafka.resume()
        publisher.close()


def test_connecting_without_a_broker_names_the_setting_and_the_remedy() -> None:
    address = f"127.0.0.1:{free_port()}"
    with pytest.raises(ConfigurationError, match=f"HUB_KAFKA_BOOTSTRAP: '{address}'.*start Kafka"):
        KafkaPublisher(KafkaSettings(kafka_bootstrap=address)).connect([TOPIC])


def test_connecting_to_a_cluster_without_the_topics_names_the_topic(
    cluster: KafkaSettings,
) -> None:
    publisher = KafkaPublisher(cluster)
    with pytest.raises(ConfigurationError, match=f"topic {cluster.topic_prefix}facts: .*topics create"):
        publisher.connect([TOPIC])


def test_a_record_the_broker_refuses_for_its_size_is_not_tried_again(
    cluster: KafkaSettings, topics: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("egovhub.publisher.LARGEST_RECORD", 2_000_000)
    publisher = KafkaPublisher(cluster)
    with pytest.raises(ConfigurationError, match="MessageSizeTooLarge"):
        publisher.publish([Record(TOPIC, b"k", bytes(1_100_000))])
    publisher.close()
