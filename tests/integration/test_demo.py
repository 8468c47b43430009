"""The demo as a person starts it: a process with a cluster, state and logs of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT

STOP_SECONDS = 10
SYSTEMS = {"documents", "onestop", "civil_status", "business_registration"}
START_SECONDS = 150


class Demo:
    """A running demo and what it has said so far."""

    def __init__(self, process: "subprocess.Popen[str]", output: Path, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self._output = output

    @property
    def output(self) -> str:
        return self._output.read_text()

    def await_output(self, pattern: str) -> str:
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.search(pattern, self.output)):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.1)
        return found[1] if found.re.groups else found[0]

    def started(self) -> list[psutil.Process]:
        """What it started, the broker first."""
        found: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return found

    def service(self, name: str) -> psutil.Process:
        """The process of a service, by its command or by the title that Faust gives it once it runs."""
        told = {process: " ".join(process.cmdline()) for process in self.started()}
        return next(p for p, line in told.items() if line.endswith(f" {name}") or f" hub-{name} " in line)


@contextmanager
def demo(folder: Path, *arguments: str) -> Iterator[Demo]:
    output = folder / "output"
    command = [sys.executable, "-m", "deploy.demo", "--port", "0", "--data-dir", str(folder), *arguments]
    with output.open("w") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=file, stderr=file, text=True, env={**os.environ, "COLUMNS": "120"}
        )
    running = Demo(process, output, folder)
    children: list[psutil.Process] = []
    try:
        yield running
    finally:
        if process.poll() is None:
            children = running.started()
            process.kill()
            process.wait()
        for child in children:
            child.kill()


def assert_all_gone(processes: list[psutil.Process]) -> None:
    gone, alive = psutil.wait_procs(processes, timeout=1)
    assert not alive
    assert gone


def counted(running: Demo) -> int:
    """Waits until the backlog is counted; the records that are."""
    return as_number(running.await_output(r"facts (2\d,\d{3}) counted"))


@pytest.mark.timeout(400)  # two starts; how long they take is the machine's business
def test_the_city_and_its_connectors_stop_at_ctrl_c_go_on_at_the_next_start_and_name_who_died(
    tmp_path: Path,
) -> None:
    with demo(tmp_path) as running:
        first = counted(running)
        for system in SYSTEMS:
            running.await_output(
                rf"\b{system} running · [\d,]+ facts · last event \w+ \d{{4}}-.* · lag [\d,]+ s"
            )
        started = running.started()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(STOP_SECONDS) == 0
        assert_all_gone(started)
    stopped = re.findall(r"(?m)^(\w+) stopped \(", running.output)
    assert set(stopped[:-2]) == {"publisher", "systems", *SYSTEMS}
    assert stopped[-2:] == ["worker", "stage"]
    assert as_number(running.await_output(r"\d{4}-\d\d: cases ([\d,]*\d{3})")) > 1_000
    with demo(tmp_path) as running:
        assert first <= counted(running) < 30_000
        started = running.started()
        running.service("worker").kill()
        assert running.process.wait(STOP_SECONDS + 5) == 1
        assert_all_gone(started)
    assert re.search(r"worker has ended \(signal 9\); \S+worker\.log:", running.output)


def as_number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.timeout(200)
def test_a_log_runs_to_its_last_instant(tmp_path: Path, shared_data: Path) -> None:
    log = shared_data / "receipt.csv"
    with demo(tmp_path, "--log", str(log), "--span-seconds", "5", "--once") as running:
        assert running.process.wait(START_SECONDS) == 0, running.output
    assert "all years: finished 1,329 on time 952" in running.output
    assert "at its last instant" in running.output
    assert re.search(r"clock \w+ 2012-01-\d\d", running.output)


@pytest.mark.parametrize("arguments", [["--log", "nowhere.csv"], ["--once"]])
def test_what_cannot_start_says_so_in_a_line(tmp_path: Path, arguments: list[str]) -> None:
    with demo(tmp_path, *arguments) as running:
        assert running.process.wait(START_SECONDS) == 2
    assert len(running.output.splitlines()) == 1
