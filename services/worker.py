"""The worker: owns partitions of facts, keeps their cells, publishes them in flushes whole or not at all.

`python -m services worker`. At each assignment a partition is read from the offset in its own state; then the
owner fences whoever published before, reads back what stands, catches up at least to the last marker, and
publishes the differences. From then on a flush a second covers all new facts and all instants that passed.
Source: DESIGN 5.
"""

import argparse
import asyncio
import fcntl
import gc
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

from egovhub.errors import ConfigurationError, HubError, RetryLater

from services import stream
from services.clock import parse_clock
from services.door import Door
from services.metrics import WorkerMetrics, served
from services.owner import Owner
from services.partition import Partition
from services.rows import LogIdentity
from services.rules import Rules, load_rules
from services.settings import Settings, load_settings
from services.state import Store
from services.topics import check_topics, log_identity, topic_named
from services.transactions import InDoubt

log = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 1.0
OFFSETS_SECONDS: Final = 5.0
IDENTITY_SECONDS: Final = 30.0
FACTS: Final = "facts"

_EPILOG: Final = """
examples:
  python -m services worker
  HUB_WORKER_ID=worker-1 HUB_STATE_DIR=/var/lib/hub/worker-1 python -m services worker
  HUB_CLOCK=2011-07-01T00:00+02:00 HUB_ZONE=Europe/Amsterdam python -m services worker

Several workers share the partitions; each needs a state folder of its own.
Settings are variables HUB_..., see README.md.
"""


class Worker:
    """Owns what the group assigns to this process.

    Args:
        settings: connection, names, clock, state folder.
        rules: what facts are judged by.
    """

    def __init__(self, settings: Settings, rules: Rules, metrics: WorkerMetrics) -> None:
        self._settings, self._rules, self._metrics = settings, rules, metrics
        self._clock = parse_clock(settings.clock)
        self._door = Door(topic_named(FACTS).partitions)
        self._owners: dict[int, Owner] = {}
        self._log: LogIdentity | None = None
        self._is_stopping = False
        self.app = stream.LaneApp(settings, "hub-worker", FACTS, self)
        self.app.work(self._run)

    async def on_assigned(self, partitions: set[int]) -> Mapping[int, int]:
        """Give up what went elsewhere, keep what stayed, open what is new.

        Raises: HubError, if facts is another log than before, or gone: then the group hands out nothing for minutes.
        """
        self._log = await self._present_log()
        for number in self._owners.keys() - partitions:
            await self._owners.pop(number).close(checkpoint=True)
        for owner in self._owners.values():
            owner.assigned_again()
        new = sorted(partitions - self._owners.keys())
        self._owners |= {number: self._open(number, self._log) for number in new}
        log.warning("worker: owns %d partitions: %s", len(partitions), sorted(partitions))
        return self.positions()

    def positions(self) -> Mapping[int, int]:
        """The offset after the last fact of each partition."""
        return {number: owner.partition.position for number, owner in self._owners.items()}

    async def on_revoked(self, partitions: set[int]) -> None:
        """Nothing to do: fencing keeps a flush that is under way from standing beside the next owner's."""

    def wanted(self, partitions: set[int]) -> set[int]:
        """All that are caught up, and one of those that are not: its facts are judged before the next is read.

        So a worker that rebuilds holds the facts of one partition in memory, not of all.
        """
        behind = sorted(n for n in partitions if n in self._owners and self._owners[n].is_behind)
        return partitions - set(behind[1:])

    async def on_records(
        self, partition: int, records: Sequence[Any], is_current: Callable[[], bool]
    ) -> None:
        """Take the next facts of a partition."""
        owner = self._owners.get(partition)
        if owner is None:
            return
        await owner.append(records, is_current)
        self._metrics.events(len(records))
        self._metrics.delay(max(time.time() - records[-1].timestamp / 1000, 0.0))

    async def on_stop(self) -> None:
        """Leave a checkpoint of everything, so that the next start replays nothing."""
        self._is_stopping = True
        for number in list(self._owners):
            await self._owners.pop(number).close(checkpoint=True)

    def _open(self, number: int, identity: LogIdentity) -> Owner:
        store = Store(self._settings.state_dir / f"partition-{number}")
        topic = self._settings.topic(FACTS)
        partition = Partition(number, topic, store, identity, self._rules, self._door, self._metrics)
        if partition.rebuilt_because is not None:
            log.warning("worker: partition %d is rebuilt from facts: %s", number, partition.rebuilt_because)
        if partition.reassessment is not None:
            log.warning(
                "worker: partition %d: changed since its state: %s; all its %d cases are evaluated anew",
                number,
                ", ".join(partition.reassessment.why),
                partition.reassessment.cases,
            )
        return Owner(partition, self._settings, self._rules, self._clock, self._metrics)

    async def _run(self) -> None:
        """Flush every second until the process stops."""
        displayed = checked = time.monotonic()
        while not (self._is_stopping or self.app.should_stop):
            began = time.monotonic()
            await asyncio.gather(*(self._tend(owner, began) for owner in list(self._owners.values())))
            if began - checked >= IDENTITY_SECONDS:
                checked = began
                await self._check_log()
            if began - displayed >= OFFSETS_SECONDS:
                displayed = began
                await self.app.commit_for_display(self.positions())
            self._show()
            await asyncio.sleep(max(FLUSH_SECONDS - (time.monotonic() - began), 0.05))

    async def _tend(self, owner: Owner, now: float) -> None:
        if not owner.needs_take_over(now):
            await owner.tick(now)
            return
        number = owner.partition.number

        async def end() -> int:
            return (await self.app.end_offsets([number]))[number]

        try:
            await owner.take_over(end)
        except (RetryLater, InDoubt) as error:
            owner.obstacle = f"taking over: {error}"
            log.warning("worker: partition %d: %s", number, owner.obstacle)

    async def _check_log(self) -> None:
        try:
            self._log = await self._present_log()
        except (RetryLater, ConfigurationError) as error:
            log.warning("worker: %s", error)

    async def _present_log(self) -> LogIdentity:
        """The one log this process counts: were facts made again while it runs, no position would mean anything.

        Raises: HubError, to start again and rebuild.
        """
        present = await asyncio.to_thread(log_identity, self._settings, FACTS)
        if self._log not in (None, present):
            raise HubError(
                "facts is another log than this process has counted; start again, and it is rebuilt"
            )
        return present

    def _show(self) -> None:
        owners = self._owners.values()
        remaining = sum(max(o.catch_up_to - o.partition.position, 0) for o in owners)
        entries = {
            "cases": sum(o.partition.cases_in_memory for o in owners),
            "cells": sum(o.partition.cells_in_memory for o in owners),
            "due": sum(o.partition.due_entries for o in owners),
        }
        self._metrics.table(entries, remaining)
        self._metrics.ready(is_ready=bool(owners) and all(o.is_live and o.obstacle is None for o in owners))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a worker until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="python -m services worker",
        description="Counts the facts of some partitions and publishes the cells, live.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    settings = load_settings()
    rules = load_rules(settings.zone, settings.reference_dir)
    check_topics(settings)
    metrics = WorkerMetrics(rules.code, rules.reference)
    with (
        _lock(settings.state_dir),
        served(metrics.registry, settings.metrics_host, settings.metrics_port),
    ):
        gc.freeze()
        gc.set_threshold(100_000, 20, 50)
        worker = Worker(settings, rules, metrics)
        code = stream.run(worker.app)
    return stream.outcome(code, worker.app.failure)


def _lock(folder: Path) -> TextIO:
    """Keep a second worker out of the state folder while this process lives.

    Raises: ConfigurationError, if another has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise ConfigurationError(
            f"HUB_STATE_DIR: {folder} cannot be written ({error.strerror}); name another folder"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise ConfigurationError(
            f"HUB_STATE_DIR: another worker uses {folder}; give each a folder of its own"
        ) from None
    return lock
