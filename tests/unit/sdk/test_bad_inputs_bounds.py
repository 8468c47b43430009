"""No input may take the machine: read in a process that ends when one takes seconds of CPU or hundreds of MiB."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.bad_inputs.catalogue import CATALOGUE

ROOT = Path(__file__).resolve().parents[3]
CLASSES = (7, 8, 19)
"""Large ones, bombs, and XML: no other can grow."""

MOST_MIB = 64.0

PLANTED = """
from tests.bad_inputs import measure
from tests.bad_inputs.case import Bad
measure.limit()
measure.through = {through}
measure.measure(Bad(8, "planted", "rest", bytes, "oversized"), 0.2)
"""


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=100)


def test_every_bad_input_is_read_within_bounds() -> None:
    done = python("-m", "tests.bad_inputs", *map(str, CLASSES))
    assert done.returncode == 0, f"{done.stdout[-200:]}\n{done.stderr[-2000:]}"
    measured = [line.split("\t") for line in done.stdout.splitlines()]
    assert [name for name, *_ in measured] == [str(bad) for bad in CATALOGUE if bad.number in CLASSES]
    assert {name: peak for name, _size, _seconds, peak in measured if float(peak) > MOST_MIB} == {}


def test_an_input_that_takes_the_processor_ends_the_process() -> None:
    done = python("-c", PLANTED.format(through="lambda bad, body: sum(iter(int, 1))"))
    assert done.returncode == -signal.SIGPROF
    assert "planted" in done.stdout


def test_an_input_that_takes_the_memory_ends_the_process() -> None:
    done = python("-c", PLANTED.format(through="lambda bad, body: bytes(2 << 30)"))
    assert done.returncode == 1
    assert "MemoryError" in done.stderr
