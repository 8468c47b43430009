"""The clock of a replay: a file that all processes of the demo read, moved over the span of a log."""

import time
from pathlib import Path
from typing import Final, NamedTuple

from egovhub.errors import ConfigurationError
from egovhub.files import FilesFeed
from egovhub.mapping import Mapping

from services.clock import instant_of, step_to

STEPS_PER_SECOND: Final = 2


class Span(NamedTuple):
    """From the first to the last `occurred_at` of a log, in milliseconds since the epoch."""

    first: int
    last: int
    facts: int


def span_of(mapping: Mapping, file: Path) -> Span:
    """The span of the facts that a file becomes through its mapping.

    Raises:
        ConfigurationError: the file cannot be used, or no row of it becomes a fact.
    """
    feed = FilesFeed(mapping, file, lambda: time.time_ns() // 1_000_000)
    instants = [fact.occurred_at for batch in feed.read(None) for fact in batch.facts]
    if not instants:
        raise ConfigurationError(f"--log: {file}: no row of it becomes a fact; see `egovhub preview`")
    return Span(min(instants), max(instants), len(instants))


class ReplayClock:
    """Moves the instant in a file from the start of a span to its end, and stops there.

    A file of an earlier start is gone on with: the hub's clock never goes back.

    Args:
        file: made if it is not there.
        span: what to run over.
        seconds: wall time for the whole span.
    """

    def __init__(self, file: Path, span: Span, seconds: float) -> None:
        self._file = file
        self._span = span
        self._rate = (span.last - span.first) / max(seconds, 0.001)
        self._started: float | None = None
        self._from = self._read()
        self.now = self._from
        file.parent.mkdir(parents=True, exist_ok=True)
        step_to(file, self.now)

    @property
    def is_over(self) -> bool:
        return self.now >= self._span.last

    @property
    def done(self) -> float:
        """Part of the span that is over, 0 to 1."""
        length = self._span.last - self._span.first
        return (self.now - self._span.first) / length if length else 1.0

    def step(self) -> None:
        """Move the file to where the clock is now; the first call lets it run."""
        at = time.monotonic()
        self._started = at if self._started is None else self._started
        ticks = int((at - self._started) * STEPS_PER_SECOND)
        now = min(self._span.last, self._from + int(ticks / STEPS_PER_SECOND * self._rate))
        if now > self.now:
            step_to(self._file, now)
            self.now = now

    def _read(self) -> int:
        if not self._file.exists():
            return self._span.first
        return max(self._span.first, instant_of(self._file.read_text(encoding="ascii").strip()))
