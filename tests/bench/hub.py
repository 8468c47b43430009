"""The hub under measurement: its own commands in processes of their own, as in production."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from egovhub.codec import decode
from egovhub.errors import RetryLater

from deploy.demo_metrics import sums
from deploy.demo_processes import Process, Processes
from services.rows import MARKER_KEY
from services.settings import Settings
from services.verify import TopicReader
from tests.bench.facts import AS_OF, PARTITIONS
from tests.bench.readers import Measured, Watch

ASSIGNED: Final = "worker: owns "
"""What a worker logs once it knows its partitions, before it reads the first fact."""

STOP_SECONDS: Final = 60


class Hub:
    """Worker, stage and verify on one cluster.

    Args:
        folder: of logs and state.
        ends: of the partitions of facts.
        patience: seconds after which a step is taken for stuck.
    """

    def __init__(self, settings: Settings, folder: Path, ends: Mapping[int, int], patience: float) -> None:
        self._settings, self._folder, self._ends, self._patience = settings, folder, ends, patience
        bootstrap, state = settings.kafka_bootstrap, str(folder / "state")
        self._processes = Processes(
            {"HUB_KAFKA_BOOTSTRAP": bootstrap, "HUB_STATE_DIR": state, "HUB_CLOCK": AS_OF}
        )

    def close(self) -> None:
        for process in self._processes:
            process.stop()

    def catch_up(self) -> Measured:
        """Let a worker that has nothing but the log count all of it: from its assignment to its last marker."""
        worker = self._start("worker")
        assert worker.running
        self._until(lambda: ASSIGNED in worker.log.read_text(), worker, every=0.01)
        watch = Watch("worker catching up", worker.running.pid)
        self._until(lambda: _is_ready(worker), worker, every=0.25)
        self._await_markers("hub.tallies", PARTITIONS, worker, lambda marker: [marker])
        measured = watch.stop(sum(self._ends.values()))
        worker.stop(STOP_SECONDS)
        return measured

    def publish_indicators(self) -> None:
        """Let a stage publish the indicators of all that the worker counted."""
        stage = self._start("stage")
        self._await_markers("hub.indicators", 1, stage, lambda marker: marker["cut"])
        stage.stop(STOP_SECONDS)

    def verify(self) -> "subprocess.CompletedProcess[str]":
        """Hold all that was published against the batch: exit code and words of `services verify`."""
        command = [sys.executable, "-m", "services", "verify"]
        return subprocess.run(command, env=self._processes.environment, stdout=subprocess.PIPE, text=True)

    def _start(self, command: str) -> Process:
        arguments = [sys.executable, "-m", "services", command]
        return self._processes.start(Process(command, arguments, self._folder / f"{command}.log"))

    def _await_markers(
        self, topic: str, partitions: int, process: Process, cuts: Callable[[dict[str, Any]], Any]
    ) -> None:
        """Wait until the markers in a topic stand at the ends of facts."""
        positions: dict[int, int] = {}

        def are_at_the_ends() -> bool:
            for message in reader.read():
                value = message.value()
                if message.key() == MARKER_KEY and value is not None:
                    positions.update((c["partition"], c["position"]) for c in cuts(decode(value)[1]))
            return positions == self._ends

        with closing(TopicReader(self._settings, topic, partitions)) as reader:
            self._until(are_at_the_ends, process, every=0.1)

    def _until(self, holds: Callable[[], bool], process: Process, *, every: float) -> None:
        """Wait for what a process brings about.

        Raises: ProcessDied, or RetryLater if it takes too long.
        """
        deadline = time.monotonic() + self._patience
        while not holds():
            process.check()
            if time.monotonic() > deadline:
                raise RetryLater(f"{process.name}: not done after {self._patience:.0f} s; see --keep")
            time.sleep(every)


def _is_ready(worker: Process) -> bool:
    ready = "hub_processor_ready"
    try:
        with urllib.request.urlopen(worker.metrics, timeout=10) as answer:
            return sums(str(answer.read(), "utf-8"), frozenset({ready}))[ready] == 1
    except OSError:
        return False
