"""A process of the hub that a test starts, watches and ends."""

import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

WAIT_SECONDS: Final = 40
"""Longest wait for another process's doing, on a machine that is busy."""


@dataclass
class Process:
    """A worker or stage in a process of its own; its words go to a file."""

    process: "subprocess.Popen[bytes]"
    log: Path

    @property
    def words(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def endpoint(self) -> str:
        """Of its metrics; empty until it has said so."""
        found = re.search(r"^metrics (\S+)$", self.words, re.MULTILINE)
        return found[1] if found else ""

    def shows(self, sample: str) -> bool:
        """Whether its metrics hold this line now."""
        if not self.endpoint:
            return False
        with urlopen(self.endpoint) as answer:
            return sample in answer.read().decode().splitlines()

    def values(self, name: str) -> dict[str, float]:
        """The samples of one metric that are not zero, by their labels as they are written."""
        with urlopen(self.endpoint) as answer:
            lines = [line for line in answer.read().decode().splitlines() if line.startswith(name + "{")]
        found = {line[len(name) : line.rindex(" ")]: float(line.rpartition(" ")[2]) for line in lines}
        return {labels: value for labels, value in found.items() if value}

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(WAIT_SECONDS)

    def exit_code(self) -> int:
        """Of a process that ends by itself."""
        return self.process.wait(WAIT_SECONDS)
