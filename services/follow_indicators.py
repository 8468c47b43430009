"""Follows the hub's indicators: a line for each figure that changes. To be copied: it needs SDK and aiokafka.

A key is `[indicator, unit, procedure, period, policy, view]`; unit and procedure may be `all`. The last
committed record of a key stands; one without a value withdraws the figure. Under the key `"marker"` the stage
says that all before it is complete. A share is numerator / denominator, and a denominator of 0 is no data:
neither 0 % nor 100 %. `as_of` and `cut` say what a row rests on, `evaluated_at` when it holds; a row that did
not change is not sent again.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator

from aiokafka import AIOKafkaConsumer, TopicPartition
from egovhub.codec import decode


async def follow(bootstrap: str, topic: str) -> AsyncIterator[str]:
    """A line for every change, from the beginning of the topic and then for ever."""
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", auto_offset_reset="earliest"
    ) as consumer:
        consumer.assign([TopicPartition(topic, 0)])
        await consumer.seek_to_beginning()
        async for record in consumer:
            key = json.loads(record.key)
            if key == "marker":
                continue
            indicator, unit, procedure, period, *_ = key
            figure = f"{indicator} {unit} {procedure} {period}:"
            if record.value is None:
                yield f"{figure} withdrawn"
            elif (row := decode(record.value)[1])["denominator"] == 0:
                yield f"{figure} no data, {row['total']} cases"
            else:
                yield f"{figure} {row['numerator']}/{row['denominator']} on time"


async def main(bootstrap: str = "127.0.0.1:9092", topic: str = "hub.indicators") -> None:
    """`python -m services.follow_indicators [HOST:PORT [TOPIC]]`."""
    async for line in follow(bootstrap, topic):
        print(line, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
