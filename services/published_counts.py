"""The counts that stand in hub.tallies: whole flushes of all partitions, read once to their present ends."""

from typing import Any, Final, NamedTuple

from aiokafka import TopicPartition
from egovhub.errors import RetryLater

from services.domain.sums import Point
from services.rules import Rules
from services.settings import Settings
from services.stage_tallies import Tallies
from services.topic_reads import Report, consumer_of, read_to_end
from services.topics import log_identity, topic_named

TALLIES: Final = "hub.tallies"


class Counts(NamedTuple):
    """What the cases of all partitions add up to, and the instant at which they were counted."""

    points: dict[Point, int]
    as_of: int


async def read_counts(settings: Settings, rules: Rules, report: Report) -> Counts:
    """Everything committed so far.

    Raises:
        ConfigurationError: the topics are not there.
        RetryLater: the broker does not answer, or the flushes of the partitions do not belong together.
    """
    partitions = topic_named(TALLIES).partitions
    tallies, points = Tallies(partitions), dict[Point, int]()

    def take(record: Any) -> None:
        for change in tallies.take(record.partition, record.key, record.value, record.timestamp):
            for counter, n in change.difference.items():
                point = (change.unit, change.procedure, change.month, counter)
                points[point] = points.get(point, 0) + n

    places = [TopicPartition(settings.topic(TALLIES), n) for n in range(partitions)]
    async with consumer_of(settings, TALLIES) as consumer:
        await read_to_end(consumer, places, take, report)
    obstacle = tallies.obstacle(log_identity(settings, "facts"), rules)
    if obstacle is not None:
        raise RetryLater(
            f"{TALLIES}: {obstacle}; wait for the workers, and use their release and reference data"
        )
    return Counts(points, min(marker.as_of for marker in tallies.cut))
