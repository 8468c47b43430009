"""`egovhub run`: one connector instance as a process."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from types import FrameType
from typing import Final, TextIO

from egovhub.errors import ConfigurationError
from egovhub.files import BATCH_ROWS, FilesFeed
from egovhub.kafka_publisher import KafkaPublisher
from egovhub.kafka_settings import KafkaSettings
from egovhub.mapping import load_mapping
from egovhub.positions import TOPIC as POSITIONS
from egovhub.runner import Options, Pace, Runner, Totals
from egovhub.runner_metrics import FACTS, ConnectorMetrics
from egovhub.testing import mapping_file

_BATCHES_A_SECOND: Final = 4
_REDRAW_SECONDS: Final = 0.2


def run(chosen: argparse.Namespace) -> int:
    """Publish until the source ends or a signal comes; see `egovhub run --help`.

    Raises:
        ConfigurationError: mapping, input, settings or cluster are not as they must be.
    """
    _log(chosen.verbose)
    stopping = threading.Event()
    mapping = load_mapping(mapping_file(chosen.mapping))
    rows = min(BATCH_ROWS, max(1, chosen.rate // _BATCHES_A_SECOND)) if chosen.rate else BATCH_ROWS
    feed = FilesFeed(mapping, chosen.input, _now, batch_rows=rows, growing=not chosen.once)
    feed.check()
    name = chosen.name or mapping.source
    settings = KafkaSettings.from_environment(kafka_bootstrap=chosen.bootstrap or "")
    host, port = _metrics_address(chosen.metrics_port)
    publisher = KafkaPublisher(settings, stopping)
    metrics = ConnectorMetrics(mapping.source, name, _now)
    progress = Progress(name, sys.stderr, quiet=chosen.quiet)
    options = Options(
        once=chosen.once,
        from_start=chosen.from_start,
        pace=Pace(chosen.rate) if chosen.rate else None,
        report=progress.show,
    )
    _stop_on_signals(stopping)
    try:
        publisher.connect([FACTS, POSITIONS])
        progress.say(f"{name}: metrics on {metrics.serve(host, port)}")
        totals = Runner(name, feed, publisher, metrics, _now, stopping, options).run()
    finally:
        publisher.close()
    progress.end(totals)
    return 0


class Progress:
    """What a person sees of a runner: one line that is drawn again on a terminal, a summary at the end.

    Args:
        name: of the instance.
        stream: where to write.
        quiet: write nothing.
    """

    def __init__(self, name: str, stream: TextIO, *, quiet: bool) -> None:
        self._name = name
        self._stream = stream
        self._quiet = quiet
        self._draws = stream.isatty() and not quiet
        self._next_at = 0.0

    def show(self, totals: Totals) -> None:
        """Draw the line, unless it was drawn just now."""
        if self._draws and time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + _REDRAW_SECONDS
            self._stream.write(f"\r\x1b[2K{self._line(totals)}")
            self._stream.flush()

    def end(self, totals: Totals) -> None:
        """Write the summary."""
        if self._draws:
            self._stream.write("\r\x1b[2K")
        self.say(self._line(totals))

    def say(self, line: str) -> None:
        """Write a line."""
        if not self._quiet:
            print(line, file=self._stream, flush=True)

    def _line(self, totals: Totals) -> str:
        share = "" if totals.done is None else f", {int(totals.done * 100)} % of the source"
        return (
            f"{self._name}: {totals.read:,} inputs read, {totals.published:,} facts published, "
            f"{totals.rejected:,} refused{share}"
        )


def _log(verbose: bool) -> None:
    """Log to stderr; the Kafka client, which logs every reconnection as an error, only if asked."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
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
