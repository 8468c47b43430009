"""A source system, its connector as a process, and a Kafka between the connector and us."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any, Final, Self

from confluent_kafka.admin import (  # type: ignore[attr-defined]  # the package lists no exports
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
)
from egovhub.connector import Connector
from egovhub.errors import HubError
from egovhub.starting import find_connector

from deploy.demo_processes import foreign_settings
from deploy.embedded import EmbeddedKafka
from services.rules import load_rules
from services.settings import Settings
from tests.faults.figures import rows_of
from tests.faults.log import LogReader
from tests.faults.truth import Truth
from tests.integration.process import Process
from tests.simulators.simulator import ROOT, Simulator

ZONE: Final = "Asia/Ho_Chi_Minh"
TICK_SECONDS: Final = 0.05
LOOK_SECONDS: Final = 0.05
POLL_SECONDS: Final = "0.1"
"""So short that a connector is seldom found idle, where nothing can be lost."""

FIRST_SECONDS: Final = 60.0
"""Longest wait for a connector that has something to do to store something."""

FINISH_SECONDS: Final = 900.0
STOP_SECONDS: Final = 60.0


class Failed(HubError):
    """The round cannot go on: a process ended that should run, or does nothing."""


@dataclass(slots=True)
class Findings:
    """What a round showed.

    Args:
        differences: between what is in the log and what must be; a round is good if there are none.
        counts: what happened, for people.
    """

    differences: list[str] = field(default_factory=list)
    counts: dict[str, float] = field(default_factory=dict)


class World:
    """One round; a context manager that ends whatever it started.

    Args:
        kafka: its nodes may be killed and paused.
        settings: of topics that are there and empty.
        simulator: open.
        folder: for the words of the connector's processes.
        random: when what happens.
        rate: inputs that the source has more each second.
        say: told what happens.
    """

    def __init__(
        self,
        kafka: EmbeddedKafka,
        settings: Settings,
        simulator: Simulator,
        folder: Path,
        random: Random,
        rate: float,
        say: Callable[[str], None],
    ) -> None:
        self.kafka = kafka
        self.random = random
        self.say = say
        self.findings = Findings()
        self.folder = folder
        found = find_connector(simulator.connector)
        assert isinstance(found, Connector), f"{simulator.connector}: has no feed"
        self._connector = found
        self._settings = settings
        self._simulator = simulator
        self._reader = LogReader(settings)
        self._load = Load(simulator, rate)
        self._processes: list[Process] = []

    def __enter__(self) -> Self:
        self._load.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            if process.is_running():
                process.kill()
        self._reader.close()
        self._load.stop()

    def start(self, *options: str) -> Process:
        """Start the connector's process."""
        own = ["run", str(self._simulator.connector), "--bootstrap", self._settings.kafka_bootstrap]
        command = [sys.executable, "-m", "egovhub.cli", *own]
        log = self.folder / f"connector-{len(self._processes) + 1}.log"
        with log.open("wb") as words:
            process = subprocess.Popen(
                [*command, *self._simulator.run_options, "--poll-seconds", POLL_SECONDS, *options],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd=ROOT,
                start_new_session=True,
            )
        self._processes.append(Process(process, log))
        return self._processes[-1]

    def await_more(self, process: Process, records: int = 1) -> None:
        """Wait until so many records of facts more are stored.

        Raises:
            Failed: the process ended, or stores nothing.
        """
        aim, deadline = self._reader.read().records + records, time.monotonic() + FIRST_SECONDS
        while self._reader.read().records < aim:
            self.check(process)
            if time.monotonic() > deadline:
                raise Failed(f"the connector stores nothing for {FIRST_SECONDS:.0f} s{_tail(process)}")
            time.sleep(LOOK_SECONDS)

    def demand(self, replicas: int) -> None:
        """Let a write of facts or positions need so many replicas from now on."""
        admin = AdminClient({"bootstrap.servers": self._settings.kafka_bootstrap})
        entry = ConfigEntry("min.insync.replicas", str(replicas), incremental_operation=AlterConfigOpType.SET)
        topics = [self._settings.topic(name) for name in ("facts", "hub.positions")]
        changes = [
            ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry]) for topic in topics
        ]
        for change in admin.incremental_alter_configs(changes).values():
            change.result(30)

    def check(self, process: Process) -> None:
        """Raise Failed if the connector has ended."""
        if not process.is_running():
            raise Failed(f"the connector has ended with {process.process.returncode}{_tail(process)}")

    def look(self, when: str) -> None:
        """Hold what the source was told to be stored against what is stored; the first difference is enough."""
        acknowledged = self._truth(self._simulator.acknowledged)
        log = self._reader.read()
        if not self.findings.differences:
            self.findings.differences += [f"{when}: {line}" for line in acknowledged.not_yet_in(log)]

    def finish(self) -> Findings:
        """Let nothing more happen, let a connector read to the end, and compare log and figures with the truth."""
        self._load.stop()
        self.say(f"{self._load.produced:,} inputs; reading to the end")
        process = self.start("--once")
        code = process.process.wait(FINISH_SECONDS)
        if code:
            raise Failed(f"the connector ended with {code}{_tail(process)}")
        self.look("at the end")
        log, truth = self._reader.read(), self._truth(self._simulator.said)
        self.findings.differences += truth.differences(log) or self._figures(truth)
        self.findings.counts |= {
            "inputs": len(self._simulator.said),
            "facts": truth.size,
            "refused": len(truth.refused),
            "acknowledged": len(self._simulator.acknowledged),
            "records": log.records,
            "repeats": log.records - sum(map(len, log.values.values())),
        }
        return self.findings

    def stop(self, process: Process) -> None:
        """Ask the connector to stop, which it must do well."""
        self.check(process)
        code = process.stop()
        if code:
            raise Failed(f"the connector stopped with {code}{_tail(process)}")

    def _figures(self, truth: Truth) -> list[str]:
        log, as_of, rules = self._reader.log, _now(), load_rules(ZONE)
        found, wanted = rows_of(log.facts, rules, as_of), rows_of(truth.facts(log), rules, as_of)
        self.findings.counts["figures"] = len(wanted)
        return [f"{len(found ^ wanted)} of {len(wanted)} figures are unequal"] if found != wanted else []

    def _truth(self, inputs: Any) -> Truth:
        return Truth.of(self._connector, list(inputs), _now())

    def _environment(self) -> Mapping[str, str]:
        foreign = foreign_settings()
        own = {name: value for name, value in os.environ.items() if name not in foreign}
        return own | dict(self._simulator.environment) | {"HUB_TOPIC_PREFIX": self._settings.topic_prefix}


class Load:
    """Lets a source have more at a rate, until it is stopped."""

    def __init__(self, simulator: Simulator, rate: float) -> None:
        self._simulator = simulator
        self._rate = rate
        self._stopping = Event()
        self._thread = Thread(target=self._produce, daemon=True)
        self._error: Exception | None = None
        self.produced = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Return when nothing more happens; raises what went wrong while it did."""
        self._stopping.set()
        self._thread.join()
        if self._error:
            error, self._error = self._error, None
            raise error

    def _produce(self) -> None:
        since = time.monotonic()
        try:
            while not self._stopping.wait(TICK_SECONDS):
                due = int((time.monotonic() - since) * self._rate) - self.produced
                if due:
                    self._simulator.produce(due)
                    self.produced += due
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            self._error = error


@contextmanager
def watched(process: Process) -> Iterator[Callable[[], float]]:
    """The most memory a process took since, in megabytes, looked at five times a second."""
    ending, peak = Event(), [resident(process)]

    def look() -> None:
        while not ending.wait(0.2) and process.is_running():
            peak.append(max(peak.pop(), resident(process)))

    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lambda: peak[-1]
    finally:
        ending.set()
        thread.join()


def resident(process: Process) -> float:
    """Memory of a process now, in megabytes."""
    status = Path(f"/proc/{process.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _now() -> int:
    return time.time_ns() // 1_000_000


def _tail(process: Process) -> str:
    lines = process.words.splitlines()[-8:]
    return "\n".join([f"; {process.log}:", *lines])
