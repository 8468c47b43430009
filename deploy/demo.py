"""The hub on this machine, live: Kafka, a worker, the stage, what publishes, and their figures on the terminal.

Everything that runs is started here and stopped here, in order. Data, state and logs of the processes are
kept under .demo, so a second start goes on where the first ended.
"""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from egovhub.errors import ConfigurationError, RetryLater

from deploy.demo_figures import Reader
from deploy.demo_metrics import REFUSED, REMAINING, Scraper
from deploy.demo_processes import ROOT, Process, ProcessDied, Processes, foreign_settings
from deploy.demo_screen import Screen
from deploy.demo_sources import City, Log, Source, mapping_of, shown
from deploy.demo_systems import Readings, SystemsMissing
from deploy.embedded import BrokerFailed, EmbeddedKafka
from deploy.ports import claim_port
from services.settings import load_settings
from services.topics import create_topics

CITY_PORT: Final = 9092
LOG_PORT: Final = 9094
STOP_ORDER: Final = ("worker", "stage")
"""After all that publish."""
_EXAMPLES: Final = """
examples:
  make demo                                   a made-up city, and four simulated systems with their connectors
  make demo LOG=../shared/data/receipt.csv    a log, under a clock that runs over its span
  python -m deploy.demo --port 0              another port than 9092
  python -m deploy.demo --log calls.csv --mapping calls.toml --span-seconds 120

Ctrl-C stops everything; `rm -r .demo` forgets everything.
"""


class Demo:
    """Everything a demo starts, for the length of `run`.

    Args:
        source: what is shown.
        folder: keeps cluster, state and logs.
        port: of Kafka.
        screen: where it is shown.
    """

    def __init__(self, source: Source, folder: Path, port: int, screen: Screen) -> None:
        self._source = source
        self._folder = folder
        self._screen = screen
        self._kafka = EmbeddedKafka(folder / "kafka", port=port, progress=screen.say)
        self._processes: Processes | None = None
        self._connectors: list[Process] = []

    def run(self, seconds: float | None, *, once: bool) -> None:
        """Start, show until the time is over or Ctrl-C, and stop."""
        self._kafka.start()
        try:
            publisher, worker = self._start()
            asyncio.run(self._show(publisher, worker, seconds, once=once))
        finally:
            self._stop()

    def _start(self) -> tuple[Process, Process]:
        self._source.prepare(self._folder)
        environment = {
            **self._source.environment(),
            "HUB_KAFKA_BOOTSTRAP": self._kafka.bootstrap,
            "HUB_STATE_DIR": str(self._folder / "state"),
            "HUB_METRICS_PORT": "0",
        }
        create_topics(load_settings(kafka_bootstrap=self._kafka.bootstrap))
        processes = self._processes = Processes(environment)
        logs = self._folder / "logs"
        worker, _ = (processes.start(_service(name, logs)) for name in ("worker", "stage"))
        publisher = processes.start(self._source.publisher(logs))
        if (systems := self._source.systems(self._folder, logs)) is not None:
            processes.start(systems.serving)
            self._connectors = [processes.start(connector) for connector in systems.connectors()]
        return publisher, worker

    async def _show(self, publisher: Process, worker: Process, seconds: float | None, *, once: bool) -> None:
        """Redraw several times a second; ends by itself, by a signal, or with ProcessDied."""
        task = asyncio.current_task()
        assert task
        assert self._processes
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        until = time.monotonic() + seconds if seconds is not None else float("inf")
        scraper = Scraper(worker)
        readings = Readings(self._connectors)
        scraping = [asyncio.create_task(asks.run()) for asks in (scraper, readings)]
        try:
            async with Reader(self._kafka.bootstrap) as reader:
                while time.monotonic() < until and not (once and self._source.is_over(reader)):
                    self._kafka.check()
                    self._processes.check()
                    await reader.read()
                    self._source.step(publisher, reader, scraper.values.get(REMAINING, 0.0))
                    self._show_moment(reader, scraper, readings)
        finally:
            for task in scraping:
                task.cancel()
            self._screen.close()

    def _show_moment(self, reader: Reader, scraper: Scraper, readings: Readings) -> None:
        read = reader.board.counted
        if remaining := int(scraper.values.get(REMAINING, 0.0)):
            read = max(read, reader.written - remaining)
        view = self._source.view(reader)
        running = self._running(scraper, readings)
        connectors = {name: reading.line(self._source.zone) for name, reading in readings.by_name.items()}
        view = replace(view, written=reader.written, counted=read, running=running, connectors=connectors)
        self._screen.show(view)

    def _running(self, scraper: Scraper, readings: Readings) -> list[str]:
        assert self._processes
        refused = int(scraper.values.get(REFUSED, 0.0))
        lines = [f"kafka      {self._kafka.bootstrap} · {shown(self._folder)} keeps data, state and logs"]
        for process in self._processes:
            if process.name in readings.by_name:
                continue
            state = "done" if process.has_ended else process.metrics or "running"
            note = f" · {refused:,} records refused since its start" if process.name == "worker" else ""
            lines.append(f"{process.name:9}  {state}{note}")
        return [*lines, "Ctrl-C stops everything"]

    def _stop(self) -> None:
        """Stop everything that runs, in order; a second Ctrl-C changes nothing, for this ends in time."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        since = time.monotonic()
        self._screen.say("stopping what publishes, worker, stage and Kafka …")
        for line in self._processes.stop(STOP_ORDER) if self._processes else ():
            self._screen.say(line)
        self._kafka.stop()
        self._screen.say(f"everything has stopped ({time.monotonic() - since:.1f} s)")


def _service(name: str, logs: Path) -> Process:
    return Process(name, [sys.executable, "-m", "services", name], logs / f"{name}.log")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.demo",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--log", type=Path, metavar="FILE", help="replay this file instead of the generated city")
    add("--mapping", type=Path, metavar="TOML", help="of the log; default: the connector named like the file")
    add("--span-seconds", type=float, default=60.0, help="wall time for the log's span; default: 60")
    add("--once", action="store_true", help="with --log: leave when the end of the file is counted")
    add("--seconds", type=float, help="stop by itself after so long")
    add("--port", type=int, help=f"of Kafka, 0 = a free one; default: {CITY_PORT}, with --log {LOG_PORT}")
    add("--data-dir", type=Path, help="instead of .demo/city, or .demo/<name of the log>")
    return parser


def _source(given: argparse.Namespace) -> Source:
    """The demo that was asked for.

    Raises:
        ConfigurationError: naming option, value and remedy.
    """
    if given.log is None:
        if given.mapping is not None or given.once:
            raise ConfigurationError("--mapping, --once: belong to a log; add --log FILE")
        return City()
    if not given.log.is_file():
        raise ConfigurationError(f"--log: {str(given.log)!r} is no file; name a log such as receipt.csv")
    if given.span_seconds <= 0:
        raise ConfigurationError(
            f"--span-seconds: {given.span_seconds:g} is not above 0; leave it out for 60"
        )
    return Log(given.log, given.mapping or mapping_of(given.log), given.span_seconds)


def _claim(chosen: int | None, default: int) -> int:
    """The port to use; 0, which picks one, is always free."""
    try:
        return claim_port(default if chosen is None else chosen)
    except ConfigurationError as error:
        raise ConfigurationError(f"{error}: python -m deploy.demo --port 0") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes: 0 stopped as asked, 1 something died, 2 it could not start as asked."""
    given = _parser().parse_args(arguments)
    # A shell that starts it in the background has Ctrl-C ignored; kill -INT is to work there too.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    for name in foreign_settings():
        del os.environ[name]
    screen = Screen()
    try:
        source = _source(given)
        folder = (given.data_dir or ROOT / ".demo" / source.name).absolute()
        port = _claim(given.port, CITY_PORT if given.log is None else LOG_PORT)
        _log_to(folder / "logs" / "demo.log")
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            Demo(source, folder, port, screen).run(given.seconds, once=given.once)
    except ConfigurationError as error:
        for problem in error.problems:
            screen.say(problem)
        return 2
    except (BrokerFailed, ProcessDied, RetryLater, SystemsMissing) as error:
        screen.say(str(error))
        return 1
    return 0


def _log_to(file: Path) -> None:
    """What this process's clients log goes to a file, not across the screen."""
    file.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=file, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


if __name__ == "__main__":
    sys.exit(main())
