"""Follows the hub's indicators: a line for each figure that changes. To be copied: it needs SDK and aiokafka.

A key is `[indicator, unit, procedure, period, policy, view]`; unit and procedure may be `all`. The last
committed record of a key stands; one without a value withdraws the figure. Under the key `"marker"` the stage
says that all before it is complete. `value_unit` says what numerator / denominator is: a `share`, `points` in
hundredths, `seconds` on average; a denominator of 0 is no data, neither 0 % nor 100 %. A `count` is the numerator
alone. `as_of` and `cut` say what a row rests on, `evaluated_at` when it holds, `cause` what changed it; a row that
did not change is not sent again.
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
            yield f"{' '.join(key)}: {said(record.value)}"


def said(value: bytes | None) -> str:
    """What a record says."""
    if value is None:
        return "withdrawn"
    row = decode(value)[1]
    if row["value_unit"] == "count":
        return f"{row['numerator']}"
    if row["denominator"] == 0:
        return f"no data, {row['total']} cases"
    return f"{row['value_unit']} {row['numerator']}/{row['denominator']}"


async def main(bootstrap: str = "127.0.0.1:9092", topic: str = "hub.indicators") -> None:
    """`python -m services.follow_indicators [HOST:PORT [TOPIC]]`."""
    async for line in follow(bootstrap, topic):
        print(line, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
