"""The processes of the demo: started with a log file each, watched, and stopped in order and in time."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from egovhub.errors import HubError

ROOT: Final = Path(__file__).resolve().parent.parent
TAIL_LINES: Final = 15
STOP_SECONDS: Final = 5.4
"""For all processes together; with the broker's 4 s below 10 s. Who has not stopped in time is killed."""

LEAST_SECONDS: Final = 0.9
"""Kept for each process that is still to stop."""

_METRICS: Final = re.compile(r"\bmetrics (?:on )?(http://\S+)$", re.MULTILINE)
_KEPT: Final = "HUB_CACHE_DIR"


def foreign_settings() -> list[str]:
    """HUB_ variables of whoever starts the demo: meant for another hub, they would change this one."""
    return [name for name in os.environ if name.startswith("HUB_") and name != _KEPT]


class ProcessDied(HubError):
    """A process of the demo ended by itself; the message ends with the tail of its log."""


@dataclass(slots=True)
class Process:
    """One process of the demo.

    Args:
        name: as the screen shows it.
        arguments: the command.
        log: where its output goes; begun anew at each start.
        may_end: whether an end with exit code 0 is its aim.
        environment: variables of its own, besides those of all.
    """

    name: str
    arguments: Sequence[str]
    log: Path
    may_end: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    running: "subprocess.Popen[bytes] | None" = field(default=None)
    _metrics: str = field(default="")

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it only through `stop`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.running = subprocess.Popen(
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env={**environment, **self.environment},
                start_new_session=True,
            )

    @property
    def has_ended(self) -> bool:
        return self.running is not None and self.running.poll() is not None

    @property
    def metrics(self) -> str:
        """The address Prometheus scrapes, as the process printed it; empty until it has."""
        if not self._metrics and self.running is not None:
            found = _METRICS.search(self.log.read_text(errors="replace"))
            self._metrics = found[1] if found else ""
        return self._metrics

    def check(self) -> None:
        """Raise ProcessDied if it has ended and was not to."""
        if not self.has_ended:
            return
        assert self.running
        code = self.running.returncode
        if not (self.may_end and code == 0):
            lines = self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
            raise ProcessDied("\n".join([f"{self.name} has ended ({_ending(code)}); {self.log}:", *lines]))

    def ask_to_stop(self) -> None:
        """Ask it to stop, if it runs."""
        if self.running is not None and self.running.poll() is None:
            self.running.terminate()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Ask it to stop, and kill it after so long, with whatever it started."""
        process = self.running
        if process is None or process.poll() is not None:
            return
        self.ask_to_stop()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


class Processes:
    """All processes of a demo, in the order of their start.

    Args:
        environment: their HUB_ variables; none is inherited but where fetched jars are kept.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        foreign = foreign_settings()
        own = {name: value for name, value in os.environ.items() if name not in foreign}
        self._environment = own | {"PYTHONUNBUFFERED": "1"} | dict(environment)
        self._started: list[Process] = []

    def __iter__(self) -> Iterator[Process]:
        return iter(self._started)

    @property
    def environment(self) -> Mapping[str, str]:
        return self._environment

    def start(self, process: Process) -> Process:
        process.start(self._environment)
        self._started.append(process)
        return process

    def check(self) -> None:
        """Raise ProcessDied for the first that has ended and was not to."""
        for process in self._started:
            process.check()

    def stop(self, order: Sequence[str]) -> list[str]:
        """Stop those that run; a line for each, with the seconds it took.

        First all that `order` does not name, together: they publish. Then the others in its order, one after the other.
        """
        lines = []
        deadline = time.monotonic() + STOP_SECONDS
        running = [process for process in self._started if not process.has_ended]
        first = [process for process in running if process.name not in order]
        later = sorted((p for p in running if p.name in order), key=lambda p: order.index(p.name))
        asked_at = time.monotonic()
        for process in first:
            process.ask_to_stop()
        for process in first:
            process.stop(max(deadline - time.monotonic() - len(later) * LEAST_SECONDS, 0))
            lines.append(f"{process.name} stopped ({time.monotonic() - asked_at:.1f} s)")
        for left, process in zip(reversed(range(len(later))), later, strict=True):
            since = time.monotonic()
            process.stop(deadline - since - left * LEAST_SECONDS)
            lines.append(f"{process.name} stopped ({time.monotonic() - since:.1f} s)")
        return lines
