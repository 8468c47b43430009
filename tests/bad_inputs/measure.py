"""What one bad input costs: CPU and memory of reading and mapping it, within the limits of the process.

Whatever takes seconds of CPU or hundreds of MiB ends the process, and its name was printed before.
"""

import resource
import signal
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from egovhub.connector import Context, Payload
from egovhub.errors import RejectedInput
from egovhub.mapped import facts_of

from tests.bad_inputs.case import Bad
from tests.bad_inputs.doors import DOORS, NOW

CPU_SECONDS = 5.0
"""Of one input; what is bounded takes a twentieth, what is not takes minutes."""

MEMORY = 768 << 20
"""Address space of the process beyond what it has at the start."""


def limit() -> None:
    """Bound the process itself."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def measure(bad: Bad, cpu_seconds: float = CPU_SECONDS) -> None:
    """Print name, bytes, seconds of CPU and the peak of memory in MiB; twice, for looking at memory costs time."""
    body = bad.make()
    print(f"{bad}\t{len(body)}", end="\t", flush=True)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    start = time.process_time()
    through(bad, body)
    seconds = time.process_time() - start
    signal.setitimer(signal.ITIMER_PROF, 10 * cpu_seconds)
    tracemalloc.start()
    through(bad, body)
    print(f"{seconds:.3f}\t{tracemalloc.get_traced_memory()[1] / (1 << 20):.1f}", flush=True)
    tracemalloc.stop()
    signal.setitimer(signal.ITIMER_PROF, 0)


def through(bad: Bad, body: bytes) -> None:
    """Read and map an input as its door does, without a broker and a network."""
    connector, _entrance = DOORS[bad.door]
    for payload in [Payload(body)] if bad.door == "mailbox" else _payloads(bad.door, body):
        try:
            facts_of(connector, payload, NOW)
        except RejectedInput:
            continue


def _payloads(door: str, body: bytes) -> Iterator[Payload]:
    """What the door's reader gives; of rows over HTTP that of a file with the same text."""
    _connector, entrance = DOORS["row" if door == "rest" else door]
    with tempfile.TemporaryDirectory() as folder, entrance([body], Path(folder)) as settings:
        source = settings.open(Context(lambda: NOW, Event(), once=True))
        for page in source.read(None):
            yield from page.payloads
        source.close()
