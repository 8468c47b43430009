"""The runner: carries a feed's batches to the hub, so that nothing is lost and everything counts once.

The order is what makes it safe: what is known of the cases of snapshots, facts and dead letters, each confirmed; then
the position as a record; then the source's acknowledgement. A crash in between publishes some facts again under the
same event ids, which changes no figure. Of the source no more than one batch is held, however long the broker is away.
"""

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Final

from egovhub import dead_letters
from egovhub.breaker import Breaker
from egovhub.codec import encode_fact
from egovhub.connector import Batch, Feed, Rejection
from egovhub.errors import AuthenticationError, ConfigurationError, ContractError, RejectedInput, RetryLater
from egovhub.positions import Positions
from egovhub.publisher import Publisher, Record
from egovhub.runner_metrics import FACTS, Cause, ConnectorMetrics
from egovhub.runner_options import Options, Totals
from egovhub.writable import LARGEST_FACT, check_writable

log = logging.getLogger(__name__)

_SHOWN_REJECTIONS: Final = 20
_BEAT_SECONDS: Final = 15.0


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
        self._breaker = Breaker()
        self._totals = Totals()
        self._position: str | None = None
        self._knows_position = False
        self._failures = 0
        self._cause: Cause = "broker"
        self._failed_at: Cause = "broker"

    @property
    def totals(self) -> Totals:
        """What was done since the start."""
        return self._totals

    def run(self) -> Totals:
        """Read and publish until the source ends (`once`) or the runner is told to stop.

        Raises:
            ConfigurationError: the source or the cluster is not what the settings say; a retry cannot help.
        """
        self._metrics.enter("running")
        try:
            while not self._stopping.is_set():
                if self._options.is_paused:
                    self._pause()
                    continue
                try:
                    self._read_to_end()
                except RetryLater as error:
                    self._back_off(error)
                    continue
                if self._options.once:
                    break
                self._wait(self._options.poll_seconds)
        except Exception as error:
            self._metrics.failed(cause_of(error), retried=False)
            self._metrics.enter("failed")
            raise
        self._metrics.enter("stopped")
        return self._totals

    def _read_to_end(self) -> None:
        """Deliver what the source has behind the last stored position."""
        self._metrics.beat()
        self._cause = "broker"
        if not self._knows_position:
            stored = self._positions.load(self._feed.recall)
            self._position = None if self._options.from_start else stored
            self._knows_position = True
        batches = self._feed.read(self._position)
        try:
            self._deliver_all(batches)
        finally:
            if isinstance(batches, Generator):
                batches.close()

    def _deliver_all(self, batches: Iterator[Batch]) -> None:
        while not self._stopping.is_set() and not self._options.is_paused:
            self._cause = "source"
            with self._metrics.polling():
                batch = next(batches, None)
            if batch is None:
                self._metrics.reached_end()
                return
            self._deliver(batch)
            self._metrics.beat()

    def _deliver(self, batch: Batch) -> None:
        if not self._options.keep_going:
            self._breaker.check(batch)
        if self._options.pace:
            self._options.pace.wait(len(batch.facts), self._stopping)
        self._cause = "broker"
        rejected = list(batch.rejected)
        records = list(self._records(batch, rejected))
        if batch.states:
            self._positions.keep(batch.states)
        self._publisher.publish(records)
        self._publish_letters(rejected)
        try:
            self._positions.save(batch.position, batch.digest)
        except RetryLater:
            self._metrics.bookmark_failed()
            raise
        self._position = batch.position
        self._count(batch, len(records), rejected)
        self._cause = "source"
        self._feed.acknowledge(batch.position)
        self._options.report(self._totals)

    def _publish_letters(self, rejected: list[Rejection]) -> None:
        headers = self._options.headers
        letters = [dead_letters.letter(self._name, self._feed.source, each, headers) for each in rejected]
        try:
            self._publisher.publish(letters)
        except RetryLater:
            self._metrics.letters_failed(rejected)
            raise

    def _records(self, batch: Batch, rejected: list[Rejection]) -> Iterator[Record]:
        """The records of facts; one that cannot be written joins the rejected, with no place of its own."""
        headers = self._options.headers
        if batch.values:
            for fact, value in zip(batch.facts, batch.values, strict=True):
                yield Record(FACTS, fact.case_id.encode(), value, headers)
            return
        for fact in batch.facts:
            try:
                check_writable(fact, self._clock())
                value = encode_fact(fact)
                if len(value) > LARGEST_FACT:
                    raise RejectedInput("oversized", "encoded fact")
            except RejectedInput as error:
                rejected.append(Rejection(0, error.reason, error.detail, None, fact.event_id))
            else:
                yield Record(FACTS, fact.case_id.encode(), value, headers)

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
        self._totals.last_event_at = self._metrics.newest_event_at
        if self._failures:
            self._metrics.restarted(self._failed_at)
            self._failures = 0

    def _back_off(self, error: RetryLater) -> None:
        """Wait, longer after each failure in a row; then the source is read from the stored position."""
        self._failures += 1
        self._failed_at = self._cause
        self._metrics.failed(self._cause, retried=True)
        seconds = max(self._options.backoff.seconds(self._failures), error.after_seconds or 0)
        log.warning("%s: %s; trying again in %.1f s", self._name, error, seconds)
        self._wait(seconds)

    def _pause(self) -> None:
        self._metrics.enter("paused")
        while self._options.is_paused and not self._stopping.is_set():
            self._wait(min(self._options.poll_seconds, 1.0))
        self._metrics.enter("running")

    def _wait(self, seconds: float) -> None:
        """Wait until the time has passed or the runner is to stop, and show meanwhile that it lives."""
        end = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := end - time.monotonic()) > 0:
            self._stopping.wait(min(left, _BEAT_SECONDS))
            self._metrics.beat()


def cause_of(error: Exception) -> Cause:
    """What an error that ended a runner is counted as."""
    match error:
        case AuthenticationError():
            return "authentication"
        case ContractError():
            return "contract"
        case ConfigurationError():
            return "configuration"
        case _:
            return "bug"
