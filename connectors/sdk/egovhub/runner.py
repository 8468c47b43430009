"""The runner: carries a feed's batches to the hub, so that nothing is lost and everything counts once.

The order is what makes it safe: facts stored, each confirmed; then the position as a record; then the
source's acknowledgement. A crash in between publishes some facts again under the same event ids, which
changes no figure.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from egovhub.codec import encode_fact
from egovhub.connector import LARGEST_FACT, Batch, Feed, Rejection, check_writable
from egovhub.errors import ConfigurationError, RejectedInput, RetryLater
from egovhub.events import Fact
from egovhub.positions import Positions
from egovhub.publisher import Publisher, Record
from egovhub.runner_metrics import FACTS, Cause, ConnectorMetrics

log = logging.getLogger(__name__)

_SHOWN_REJECTIONS: Final = 20


@dataclass(slots=True)
class Totals:
    """What a runner has done since it started; `done` is the part of the source read, if that is known."""

    read: int = 0
    published: int = 0
    rejected: int = 0
    done: float | None = None


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between attempts: they double from the first to the longest, and are spread at random."""

    first_seconds: float = 0.5
    longest_seconds: float = 30.0

    def seconds(self, failures: int) -> float:
        """The pause after so many failures in a row, from half of it to all of it."""
        longest = min(self.longest_seconds, self.first_seconds * 2.0 ** min(failures - 1, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


class Pace:
    """Holds publishing down to a rate, for demonstrations.

    Args:
        rate: facts a second.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._next_at = time.monotonic()

    def wait(self, facts: int, stopping: threading.Event) -> None:
        """Return when so many facts may follow those before, or the runner is to stop."""
        stopping.wait(max(0.0, self._next_at - time.monotonic()))
        self._next_at = max(self._next_at, time.monotonic() - 1) + facts / self._rate


@dataclass(slots=True)
class Options:
    """How a runner behaves.

    Args:
        once: end when the source has nothing more, instead of waiting for more.
        from_start: read the source from its beginning, whatever the stored position.
        poll_seconds: pause before the source is asked again.
        pace: the rate to keep.
        backoff: the pauses after failures.
        report: told after each batch.
    """

    once: bool = False
    from_start: bool = False
    poll_seconds: float = 1.0
    pace: Pace | None = None
    backoff: Backoff = Backoff()
    report: Callable[[Totals], None] = lambda _totals: None


class Runner:
    """Runs one connector instance.

    Args:
        name: of the instance, the key of its position.
        feed: its source.
        publisher: where facts and position go.
        metrics: what ops sees.
        clock: milliseconds since the epoch.
        stopping: once set, the runner ends behind the batch it is at.
        options: how it behaves.
    """

    def __init__(
        self,
        name: str,
        feed: Feed,
        publisher: Publisher,
        metrics: ConnectorMetrics,
        clock: Callable[[], int],
        stopping: threading.Event,
        options: Options,
    ) -> None:
        self._name = name
        self._feed = feed
        self._publisher = publisher
        self._positions = Positions(publisher, name, feed.source, clock)
        self._metrics = metrics
        self._clock = clock
        self._stopping = stopping
        self._options = options
        self._totals = Totals()
        self._position: str | None = None
        self._knows_position = options.from_start
        self._failures = 0
        self._cause: Cause = "broker"
        self._failed_at: Cause = "broker"

    def run(self) -> Totals:
        """Read and publish until the source ends (`once`) or the runner is told to stop.

        Raises:
            ConfigurationError: the source or the cluster is not what the settings say; a retry cannot help.
        """
        self._metrics.enter("running")
        try:
            while not self._stopping.is_set():
                try:
                    self._read_to_end()
                except RetryLater as error:
                    self._back_off(error)
                    continue
                if self._options.once:
                    break
                self._stopping.wait(self._options.poll_seconds)
        except Exception as error:
            cause: Cause = "configuration" if isinstance(error, ConfigurationError) else "bug"
            self._metrics.failed(cause, retried=False)
            self._metrics.enter("failed")
            raise
        self._metrics.enter("stopped")
        return self._totals

    def _read_to_end(self) -> None:
        """Deliver what the source has behind the last stored position."""
        self._metrics.beat()
        self._cause = "broker"
        if not self._knows_position:
            self._position = self._positions.load()
            self._knows_position = True
        batches = self._feed.read(self._position)
        while not self._stopping.is_set():
            self._cause = "source"
            with self._metrics.polling():
                batch = next(batches, None)
            if batch is None:
                return
            self._deliver(batch)
            self._metrics.beat()

    def _deliver(self, batch: Batch) -> None:
        if self._options.pace:
            self._options.pace.wait(len(batch.facts), self._stopping)
        self._cause = "broker"
        rejected = list(batch.rejected)
        records = list(self._records(batch.facts, rejected))
        self._publisher.publish(records)
        try:
            self._positions.save(batch.position, batch.digest)
        except RetryLater:
            self._metrics.bookmark_failed()
            raise
        self._position = batch.position
        self._feed.acknowledge(batch.position)
        self._count(batch, len(records), rejected)

    def _records(self, facts: tuple[Fact, ...], rejected: list[Rejection]) -> Iterator[Record]:
        """The records of facts; one that cannot be written joins the rejected, with no place of its own."""
        for fact in facts:
            try:
                check_writable(fact, self._clock())
                value = encode_fact(fact)
                if len(value) > LARGEST_FACT:
                    raise RejectedInput("oversized", "encoded fact")
            except RejectedInput as error:
                rejected.append(Rejection(0, error.reason, error.detail))
            else:
                yield Record(FACTS, fact.case_id.encode(), value)

    def _count(self, batch: Batch, published: int, rejected: list[Rejection]) -> None:
        self._metrics.bookmarked()
        self._metrics.stored(batch, published)
        self._metrics.refused(rejected)
        for number, rejection in enumerate(rejected, self._totals.rejected):
            if number < _SHOWN_REJECTIONS:
                log.warning("%s: refused %s", self._name, rejection)
            elif number == _SHOWN_REJECTIONS:
                log.warning("%s: further refusals are only counted", self._name)
        self._totals.read += batch.read
        self._totals.published += published
        self._totals.rejected += len(rejected)
        self._totals.done = batch.done
        if self._failures:
            self._metrics.restarted(self._failed_at)
            self._failures = 0
        self._options.report(self._totals)

    def _back_off(self, error: RetryLater) -> None:
        """Wait, longer after each failure in a row; then the source is read from the stored position."""
        self._failures += 1
        self._failed_at = self._cause
        self._metrics.failed(self._cause, retried=True)
        seconds = self._options.backoff.seconds(self._failures)
        log.warning("%s: %s; trying again in %.1f s", self._name, error, seconds)
        self._stopping.wait(seconds)
