"""`python -m tests.bench.readers BOOTSTRAP EVENTS [--decode]`: what the client costs before anybody counts."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import NamedTuple

import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition
from egovhub.codec import decode_fact

from services.stream import RECORDS_PER_POLL
from tests.bench.facts import PARTITIONS


class Measured(NamedTuple):
    """What a process took for its events; its start-up counts in the memory alone.

    `load` is the machine's over the last minute: with two cores, above 2 somebody waits.
    """

    process: str
    events_per_second: float
    cpu_microseconds_per_event: float
    peak_megabytes: float
    load: float


class Watch:
    """Measures a process from now on. Linux only: nothing else keeps the peak of one process alone."""

    def __init__(self, name: str, pid: int) -> None:
        self._name, self._process = name, psutil.Process(pid)
        self._cpu, self._wall = self._cpu_seconds(), time.perf_counter()

    def _cpu_seconds(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def stop(self, events: int) -> Measured:
        wall, cpu = time.perf_counter() - self._wall, self._cpu_seconds() - self._cpu
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        peak_kilobytes = int(status.partition("VmHWM:")[2].split()[0])
        return Measured(
            self._name, events / wall, cpu / events * 1e6, peak_kilobytes / 1024, os.getloadavg()[0]
        )


async def read(bootstrap: str, events: int, *, decodes: bool) -> Measured:
    """Read all partitions of facts once, with the client of the worker as the worker sets it."""
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, auto_offset_reset="earliest", max_partition_fetch_bytes=4 << 20
    ) as consumer:
        watch = Watch("client and decode" if decodes else "client alone", os.getpid())
        consumer.assign([TopicPartition("facts", n) for n in range(PARTITIONS)])
        count = 0
        while count < events:
            for chunk in (await consumer.getmany(timeout_ms=500, max_records=RECORDS_PER_POLL)).values():
                count += len(chunk)
                if decodes:
                    for record in chunk:
                        decode_fact(record.value)
        return watch.stop(count)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(read(sys.argv[1], int(sys.argv[2]), decodes="--decode" in sys.argv))))
