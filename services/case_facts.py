"""Reads the facts of one case from the log: its partition alone, through the door; dead letters are no facts."""

from typing import Any, Final, NamedTuple

from aiokafka import TopicPartition
from egovhub.errors import RejectedInput
from egovhub.events import partition_of

from services.domain.standing import Known
from services.door import Door
from services.provenance import is_trial
from services.settings import Settings
from services.topic_reads import Report, consumer_of, read_to_end
from services.topics import topic_named

FACTS: Final = "facts"


class CaseFacts(NamedTuple):
    """What is known of a case; `refused` counts the records under its key that the door turned away."""

    known: list[Known]
    refused: int = 0


async def read_case(settings: Settings, case_id: str, report: Report) -> CaseFacts:
    """Everything of a case that lies in the log now.

    Args:
        report: told how many offsets of the partition are read.

    Raises:
        RetryLater: the broker does not answer.
    """
    key, partitions = case_id.encode(), topic_named(FACTS).partitions
    number, door = partition_of(key, partitions), Door(partitions)
    known: list[Known] = []
    refused = 0

    def take(record: Any) -> None:
        nonlocal refused
        if record.key != key:
            return
        try:
            fact = door.admit(number, key, record.value, record.timestamp, record.headers)
        except RejectedInput:
            refused += 1
        else:
            if not is_trial(record.headers):
                known.append(fact)

    async with consumer_of(settings, FACTS) as consumer:
        await read_to_end(consumer, [TopicPartition(settings.topic(FACTS), number)], take, report)
    return CaseFacts(known, refused)
