"""`egovhub run`: one connector instance as a process."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Final, TextIO

from egovhub.connector import Context
from egovhub.dead_letters import TOPIC as LETTERS
from egovhub.errors import ConfigurationError
from egovhub.files import BATCH_ROWS
from egovhub.kafka_publisher import KafkaPublisher
from egovhub.kafka_settings import KafkaSettings
from egovhub.lifecycle import supervise
from egovhub.positions import TOPIC as POSITIONS
from egovhub.runner import Runner
from egovhub.runner_metrics import FACTS, ConnectorMetrics
from egovhub.runner_options import Options, Pace, Totals
from egovhub.starting import Chosen, Started, start

_BATCHES_A_SECOND: Final = 4
_REDRAW_SECONDS: Final = 0.2
_JSON_SECONDS: Final = 1.0


def run(chosen: argparse.Namespace) -> int:
    """Publish until the source ends or a signal comes; see `egovhub run --help`.

    Raises:
        ConfigurationError: connector, input, settings or cluster are not as they must be.
        Bug: the connector's code is wrong.
    """
    _log(chosen.verbose)
    stopping = threading.Event()
    context = Context(_now, stopping, chosen.once)
    started = start(_chosen(chosen), context)
    try:
        return _run(chosen, started, stopping)
    finally:
        started.close()


def _run(chosen: argparse.Namespace, started: Started, stopping: threading.Event) -> int:
    source = started.feed.source
    name = instance_name(chosen.name or source, sandbox=started.sandbox, backfill=chosen.backfill)
    settings = KafkaSettings.from_environment(kafka_bootstrap=chosen.bootstrap or "")
    host, port = _metrics_address(chosen.metrics_port)
    publisher = KafkaPublisher(settings, stopping)
    metrics = ConnectorMetrics(source, name, _now)
    stream = sys.stdout if chosen.json else sys.stderr
    progress = Progress(name, source, stream, metrics, quiet=chosen.quiet, as_json=chosen.json)
    options = Options(
        once=chosen.once,
        from_start=chosen.from_start,
        poll_seconds=chosen.poll_seconds or started.poll_seconds,
        pace=Pace(chosen.rate) if chosen.rate else None,
        report=progress.show,
        sandbox=started.sandbox,
        backfill=chosen.backfill,
        pause_file=chosen.pause_file,
        keep_going=chosen.keep_going,
    )
    _stop_on_signals(stopping)
    try:
        publisher.connect([FACTS, POSITIONS, LETTERS])
        progress.say(f"{name}: metrics on {metrics.serve(host, port)}")
        runner = Runner(name, started.feed, publisher, metrics, _now, stopping, options)
        totals = supervise(runner, metrics, stopping, once=chosen.once, say=progress.fail)
    finally:
        publisher.close()
    progress.end(totals)
    return 0


def _chosen(chosen: argparse.Namespace) -> Chosen:
    rows = min(BATCH_ROWS, max(1, chosen.rate // _BATCHES_A_SECOND)) if chosen.rate else BATCH_ROWS
    return Chosen(
        chosen.mapping, chosen.feed, chosen.input, chosen.url, chosen.settings, chosen.sandbox, rows
    )


def instance_name(name: str, *, sandbox: bool, backfill: str) -> str:
    """The key of a position: trying and catching up have their own, so they never move that of the daily run.

    Raises:
        ConfigurationError: the name holds what separates it from the cases of its snapshots.
    """
    if "/" in name or not name.isprintable():
        raise ConfigurationError(f"--name: {name!r} holds a / or an invisible character; choose another")
    return name + (".sandbox" if sandbox else "") + (f".{backfill}" if backfill else "")


class Progress:
    """What a person sees of a runner: one line that is drawn again on a terminal, a summary at the end.

    Args:
        name: of the instance.
        source: it reads.
        stream: where to write.
        metrics: with its state.
        quiet: write nothing.
        as_json: write lines of JSON, one a second at most and one at the end.
    """

    def __init__(
        self,
        name: str,
        source: str,
        stream: TextIO,
        metrics: ConnectorMetrics,
        *,
        quiet: bool = False,
        as_json: bool = False,
    ) -> None:
        self._name = name
        self._source = source
        self._stream = stream
        self._metrics = metrics
        self._quiet = quiet
        self._as_json = as_json
        self._draws = stream.isatty() and not quiet and not as_json
        self._next_at = 0.0

    def show(self, totals: Totals) -> None:
        """Draw the line, unless it was drawn just now."""
        if time.monotonic() < self._next_at or not (self._draws or self._as_json):
            return
        self._next_at = time.monotonic() + (_JSON_SECONDS if self._as_json else _REDRAW_SECONDS)
        if self._as_json:
            self._write_json(totals)
        else:
            self._stream.write(f"\r\x1b[2K{self._line(totals)}")
            self._stream.flush()

    def end(self, totals: Totals) -> None:
        """Write the summary."""
        if self._as_json:
            self._write_json(totals)
            return
        self._clear()
        self.say(self._line(totals))

    def fail(self, line: str) -> None:
        """Write that the connector failed."""
        self._clear()
        self.say(f"{self._name}: {line}")

    def say(self, line: str) -> None:
        """Write a line; with JSON to the errors, for the output is read by a program."""
        if not self._quiet:
            print(line, file=sys.stderr if self._as_json else self._stream, flush=True)

    def _clear(self) -> None:
        if self._draws:
            self._stream.write("\r\x1b[2K")

    def _line(self, totals: Totals) -> str:
        share = "" if totals.done is None else f", {int(totals.done * 100)} % of the source"
        return (
            f"{self._name}: {totals.read:,} inputs read, {totals.published:,} facts published, "
            f"{totals.rejected:,} refused{share}"
        )

    def _write_json(self, totals: Totals) -> None:
        form = {
            "connector": self._name,
            "source": self._source,
            "state": self._metrics.state,
            "read": totals.read,
            "published": totals.published,
            "refused": totals.rejected,
            "done": totals.done,
            "last_event_at": totals.last_event_at,
            "lag_seconds": self._metrics.lag_seconds,
        }
        print(json.dumps(form), file=self._stream, flush=True)


def _log(verbose: bool) -> None:
    """Log to stderr; the Kafka client, which logs every reconnection as an error, only if asked.

    What the HTTP client logs has the whole address in it, and so whatever a query may hold: that is never shown.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if not verbose:
        logging.getLogger("kafka").setLevel(logging.CRITICAL)


def _stop_on_signals(stopping: threading.Event) -> None:
    """Let the first signal ask the runner to stop, and the second end the process as it would anyway."""

    def ask(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)


def _metrics_address(chosen: str | None) -> tuple[str, int]:
    text = chosen or os.environ.get("HUB_METRICS_PORT") or "0"
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 65_535):
        raise ConfigurationError(f"HUB_METRICS_PORT: {text!r} is no port; write 0 to 65535")
    return os.environ.get("HUB_METRICS_HOST") or "127.0.0.1", int(text)


def _now() -> int:
    return time.time_ns() // 1_000_000
