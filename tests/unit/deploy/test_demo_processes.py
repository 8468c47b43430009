"""The processes of the demo: watched, named when they die, stopped in order and in time."""

import os
import sys
import time
from pathlib import Path

import pytest

from deploy import demo_processes
from deploy.demo_processes import Process, ProcessDied, Processes

SLEEPS = "import time; print('metrics http://127.0.0.1:1/metrics', flush=True); time.sleep(60)"
IGNORES = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


def process(tmp_path: Path, name: str, code: str, *, may_end: bool = False) -> Process:
    return Process(name, [sys.executable, "-c", code], tmp_path / f"{name}.log", may_end=may_end)


def await_metrics(started: Process) -> str:
    deadline = time.monotonic() + 10
    while not started.metrics and time.monotonic() < deadline:
        time.sleep(0.02)
    return started.metrics


def await_end(started: Process) -> None:
    assert started.running
    started.running.wait(10)


@pytest.mark.parametrize("code", [SLEEPS, SLEEPS.replace("metrics ", "receipt: metrics on ")])
def test_the_metrics_address_is_what_the_process_printed(tmp_path: Path, code: str) -> None:
    started = Processes({}).start(process(tmp_path, "worker", code))
    try:
        assert await_metrics(started) == "http://127.0.0.1:1/metrics"
    finally:
        started.stop()


def test_a_dead_process_is_named_with_the_tail_of_its_log(tmp_path: Path) -> None:
    processes = Processes({})
    await_end(processes.start(process(tmp_path, "stage", "print('no such topic'); raise SystemExit(2)")))
    with pytest.raises(ProcessDied, match=r"stage has ended \(exit code 2\)(.|\n)*no such topic"):
        processes.check()


def test_a_process_killed_from_outside_is_named_with_its_signal(tmp_path: Path) -> None:
    processes = Processes({})
    started = processes.start(process(tmp_path, "worker", SLEEPS))
    assert started.running
    started.running.kill()
    await_end(started)
    with pytest.raises(ProcessDied, match="signal 9"):
        processes.check()


@pytest.mark.parametrize(("code", "dies"), [("pass", False), ("raise SystemExit(1)", True)])
def test_a_process_that_may_end_must_end_well(tmp_path: Path, code: str, dies: bool) -> None:
    processes = Processes({})
    await_end(processes.start(process(tmp_path, "publisher", code, may_end=True)))
    if dies:
        with pytest.raises(ProcessDied):
            processes.check()
    else:
        processes.check()


def test_processes_stop_in_the_order_asked_for(tmp_path: Path) -> None:
    processes = Processes({})
    for name in ("worker", "stage", "publisher"):
        await_metrics(processes.start(process(tmp_path, name, SLEEPS)))
    lines = processes.stop(["publisher", "worker", "stage"])
    assert [line.split()[0] for line in lines] == ["publisher", "worker", "stage"]
    assert all(started.has_ended for started in processes)


def test_those_without_a_place_in_the_order_stop_first_and_together(tmp_path: Path) -> None:
    processes = Processes({})
    for name in ("worker", "documents", "onestop"):
        await_metrics(processes.start(process(tmp_path, name, SLEEPS)))
    lines = processes.stop(["worker", "stage"])
    assert [line.split()[0] for line in lines] == ["documents", "onestop", "worker"]
    assert all(started.has_ended for started in processes)


def test_a_process_has_variables_of_its_own(tmp_path: Path) -> None:
    shows = "import os; print(os.environ['KEY'], os.environ['HUB_ZONE'])"
    own = process(tmp_path, "documents", shows)
    own.environment = {"KEY": "k"}
    await_end(Processes({"HUB_ZONE": "UTC"}).start(own))
    assert own.log.read_text() == "k UTC\n"


def test_processes_that_do_not_stop_are_killed_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_processes, "STOP_SECONDS", 0.4)
    monkeypatch.setattr(demo_processes, "LEAST_SECONDS", 0.1)
    processes = Processes({})
    for name in ("worker", "stage"):
        await_metrics(processes.start(process(tmp_path, name, IGNORES)))
    processes.stop(["worker", "stage"])
    assert [started.running.returncode for started in processes if started.running] == [-9, -9]


def test_processes_inherit_no_setting_of_whoever_starts_the_demo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_CLOCK", "+2h")
    monkeypatch.setenv("HUB_CACHE_DIR", "jars")
    environment = Processes({"HUB_ZONE": "UTC"}).environment
    assert {n: v for n, v in environment.items() if n.startswith("HUB_")} == {
        "HUB_CACHE_DIR": "jars",
        "HUB_ZONE": "UTC",
    }
    assert environment["PATH"] == os.environ["PATH"]
