"""The facts that are measured with: the generated city's over the reform of 2025-07-01, without broken records."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final

from egovhub.codec import encode_fact
from egovhub.events import partition_of
from egovhub.kafka_publisher import KafkaPublisher
from egovhub.kafka_settings import KafkaSettings
from egovhub.publisher import Record

from services.generator import FACTS_PER_CASE, Publication, city_of

PARTITIONS: Final = 12
SILENT: Final = 30
"""Per cent of the dossiers whose due instant the law has to compute."""

AS_OF: Final = "2026-01-01T00:00+07:00"
"""The injected instant of every evaluation: after all facts, so that one seed gives one result."""


def publications(events: int) -> Iterator[Publication]:
    """So many facts in the order of publication; the cases that begin last are cut short."""
    cases = math.ceil(events / FACTS_PER_CASE * 1.1)
    return islice(city_of(766, cases, date(2025, 1, 1), date(2025, 7, 1), SILENT).publications(), events)


def publish(events: int, bootstrap: str) -> Mapping[int, int]:
    """Append so many facts as any connector would; the end offset of each partition."""
    publisher, ends = KafkaPublisher(KafkaSettings(bootstrap)), Counter[int]()
    facts = (publication.fact for publication in publications(events))
    while batch := [
        Record("facts", fact.case_id.encode(), encode_fact(fact)) for fact in islice(facts, 20_000)
    ]:
        publisher.publish(batch)
        ends.update(partition_of(record.key, PARTITIONS) for record in batch)
    publisher.close()
    return {partition: ends[partition] for partition in range(PARTITIONS)}
