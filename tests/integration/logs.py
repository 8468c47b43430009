"""Topics as a client reads them that the SDK does not use."""

from confluent_kafka import Consumer, TopicPartition

from services.settings import Settings
from services.topics import load_topics

PARTITIONS = {topic.name: topic.partitions for topic in load_topics()}


def everything_on(settings: Settings, topic: str) -> list[tuple[int, bytes, bytes | None]]:
    """The records of a topic as partition, key and value, in order within each partition."""
    options = settings.librdkafka_options()
    consumer = Consumer({**options, "group.id": "reads", "enable.partition.eof": True})
    consumer.assign([TopicPartition(settings.topic(topic), each, 0) for each in range(PARTITIONS[topic])])
    found: list[tuple[int, bytes, bytes | None]] = []
    ends = 0
    while ends < PARTITIONS[topic]:
        message = consumer.poll(10.0)
        assert message is not None
        if message.error():
            ends += 1
        else:
            found.append((message.partition() or 0, message.key() or b"", message.value()))
    consumer.close()
    return sorted(found, key=lambda record: record[0])
