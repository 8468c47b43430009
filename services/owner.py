"""The owner of one partition of facts: taking over, catching up, flushing, checkpointing.

Source: DESIGN 5, "Publishing".
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from egovhub.errors import ConfigurationError, HubError

from services.clock import Clock
from services.partition import Flush, Partition
from services.rows import MARKER_KEY, Marker, marker_value, read_marker
from services.rules import Rules
from services.settings import Settings
from services.transactions import Fenced, InDoubt, TransactionalPublisher, read_back

log = logging.getLogger(__name__)

MARKER_SECONDS: Final = 8.0
"""At most this long between two markers, with room for the flush itself: they are promised every 10 s."""

CHECKPOINT_SECONDS: Final = 5.0
CHECKPOINT_FACTS: Final = 200_000
"""Facts in memory of one partition that force a checkpoint; some 300 MB. One partition at a time catches up."""

CLOCK_TOLERANCE_MS: Final = 60_000
PATIENCE_SECONDS: Final = 4.0
"""After a flush in doubt, how long to wait for the group's word on who owns the partition: some heartbeats."""

FENCED_SECONDS: Final = 12.0
"""After being fenced, how long: past the session of a rival that the group has dropped."""


class ClockOff(HubError):
    """The clock differs from the broker's by more than a minute; nothing may be published by it."""


class Metrics(Protocol):
    """What an owner reports (`services.metrics.WorkerMetrics`)."""

    def dead_letter(self, reason: str) -> None: ...
    def dead_letter_failed(self, reason: str) -> None: ...


class Owner:
    """Owns one partition from an assignment to the next.

    Args:
        partition: its facts and cells.
    """

    def __init__(
        self, partition: Partition, settings: Settings, rules: Rules, clock: Clock, metrics: Metrics
    ) -> None:
        self.partition = partition
        self.lock = asyncio.Lock()
        self.obstacle: str | None = "taking over"
        self.catch_up_to = partition.position
        self._settings, self._rules, self._clock, self._metrics = settings, rules, clock, metrics
        self._publisher: TransactionalPublisher | None = None
        self._floor = partition.as_of
        self._flushes = 0
        self._marker_at = self._checkpoint_at = self._take_over_at = 0.0
        self._is_closed = self._must_take_over = False

    @property
    def is_live(self) -> bool:
        """Whether the partition has caught up and publishes."""
        return self._publisher is not None and self.partition.position >= self.catch_up_to

    @property
    def is_behind(self) -> bool:
        """Whether facts that were there at the assignment have yet to be read."""
        return self.partition.position < self.catch_up_to

    async def append(self, records: Sequence[Any], is_current: Callable[[], bool]) -> None:
        """Take the records that follow those in the state, whichever assignment they were fetched under.

        Records beyond are left if they may be from before the last assignment: its seek brings those in between.

        Raises:
            HubError: if the log has a gap before them; it never has, unless somebody deleted facts.
        """
        async with self.lock:
            if self._is_closed:
                return
            position = self.partition.position
            if records[0].offset > position:
                if not is_current():
                    return
                raise HubError(
                    f"facts, partition {self.partition.number}: offset {position} is gone, the next is "
                    f"{records[0].offset}; facts are kept for ever, restore the log"
                )
            if records[0].offset < position:
                records = [record for record in records if record.offset >= position]
            if records:
                self.partition.append(records)
            if self.partition.fresh_facts >= CHECKPOINT_FACTS:
                self.partition.checkpoint()

    async def take_over(self, end: Callable[[], Any]) -> None:
        """Fence whoever published before, read back what stands, and say how far to catch up.

        Raises:
            ConfigurationError: if clock kinds differ, or a marker lies beyond the end of the same log.
            RetryLater, InDoubt: try again.
        """
        async with self.lock:
            await self._drop_publisher()
            number, client = self.partition.number, self._settings.kafka_options()
            publisher = TransactionalPublisher(
                client, self._settings.transactional_id(f"hub-worker-{number}")
            )
            await publisher.start()
            try:
                published = await read_back(client, self._settings.topic("hub.tallies"), number)
                marker_bytes = published.pop(MARKER_KEY, None)
                marker = None if marker_bytes is None else read_marker(marker_bytes)
                cases: Sequence[bytes] = ()
                if marker is None or marker.log != self.partition.log:
                    cases = list(await read_back(client, self._settings.topic("hub.cases"), number))
                self.catch_up_to = self._target(marker, await end())
            except BaseException:
                await publisher.stop()
                raise
            self.partition.reconcile(published, cases)
            self._publisher, self._must_take_over = publisher, False
            self._marker_at = -MARKER_SECONDS
            self.obstacle = None

    def _target(self, marker: Marker | None, end: int) -> int:
        """The offset to reach before anything is published."""
        number = self.partition.number
        if marker is None:
            return end
        if marker.log != self.partition.log:
            log.warning(
                "worker: partition %d: hub.tallies counted another log of facts; it is rebuilt", number
            )
            return end
        if marker.clock != self._clock.kind:
            raise ConfigurationError(
                f"HUB_CLOCK: this log was counted by clocks of the kind {marker.clock.lower()}, this process's is "
                f"{self._clock.kind.lower()}; start it with the same kind, or on topics of its own"
            )
        if marker.position > end:
            raise ConfigurationError(
                f"facts, partition {number}: ends at {end}, but {marker.position} was counted of the same log; "
                "facts were cut off: restore them"
            )
        self._floor = max(self._floor, marker.as_of)
        self._flushes = max(self._flushes, marker.flush)
        return end

    async def tick(self, now: float) -> None:
        """Flush if there is something to, and checkpoint if it is time.

        Args:
            now: seconds of a clock that never steps; says only how long ago something was.
        """
        async with self.lock:
            if self._is_closed or self._must_take_over or not self.is_live:
                return
            await self._flush(now)
            if now - self._checkpoint_at >= CHECKPOINT_SECONDS and not self._is_closed:
                self._checkpoint_at = now
                if self.partition.has_news:
                    self.partition.checkpoint()

    async def _flush(self, now: float) -> None:
        try:
            as_of = max(self._clock.now(), self._floor)
        except ConfigurationError as error:
            self.obstacle = str(error)
            return
        for _ in self.partition.evaluate(as_of):
            await asyncio.sleep(0)
        flush = self.partition.flush()
        if flush.is_empty and now - self._marker_at < MARKER_SECONDS:
            self.partition.committed()
            return
        try:
            await self._publish(flush, as_of)
        except ClockOff as error:
            self._hold(str(error), flush)
        except InDoubt as error:
            self._hold(f"the outcome of a flush is unknown ({error}); reading back", flush)
            self._take_over_at = now + PATIENCE_SECONDS
            await self._drop_publisher()
        except Fenced:
            self._hold("another worker owns the partition", flush)
            self._take_over_at = now + FENCED_SECONDS
            await self._drop_publisher()
        else:
            self._marker_at = now
            self._floor = as_of
            self.obstacle = None
            self.partition.committed()
            self._tell_differences()
            for reason in flush.reasons:
                self._metrics.dead_letter(reason)

    def _hold(self, obstacle: str, flush: Flush) -> None:
        """Nothing was published; all of it stays to be said."""
        if self.obstacle != obstacle:
            log.error("worker: partition %d publishes nothing: %s", self.partition.number, obstacle)
        self.obstacle = obstacle
        self.partition.not_committed()
        self.partition.rewind(self._floor)
        for reason in flush.reasons:
            self._metrics.dead_letter_failed(reason)

    def _tell_differences(self) -> None:
        """Once: what another code or reference came to."""
        told, self.partition.reassessment = self.partition.reassessment, None
        if told is not None:
            log.warning(
                "worker: partition %d: by the new %s the contributions of %s of %d cases differ",
                self.partition.number,
                ", ".join(told.why),
                told.differing,
                told.cases,
            )

    async def _publish(self, flush: Flush, as_of: int) -> None:
        assert self._publisher is not None
        number, topic = self.partition.number, self._settings.topic
        marker = Marker(
            *self.partition.log,
            partition=number,
            position=self.partition.position,
            as_of=as_of,
            clock=self._clock.kind,
            code=self._rules.code,
            reference=self._rules.reference,
            flush=self._flushes + 1,
        )
        groups = [
            (topic("hub.cases"), number, flush.cases),
            (topic("hub.dead-letters"), number, flush.letters),
            (topic("hub.tallies"), number, [*flush.tallies, (MARKER_KEY, marker_value(marker))]),
        ]
        await self._publisher.publish(groups, self._check_clock if self._clock.checks_broker else None)
        self._flushes += 1

    def _check_clock(self, appended_at: int) -> None:
        ahead = self._clock.now() - appended_at
        if abs(ahead) > CLOCK_TOLERANCE_MS:
            raise ClockOff(
                f"the clock is {abs(ahead) // 1000} s {'ahead of' if ahead > 0 else 'behind'} the broker's; "
                "set the machine's clock (NTP), or HUB_CLOCK"
            )

    async def _drop_publisher(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            await publisher.stop()

    def assigned_again(self) -> None:
        """The group met and the partition stayed here; somebody else may have owned it in between."""
        self._must_take_over = True
        self._take_over_at = 0.0

    def needs_take_over(self, now: float) -> bool:
        """Whether to fence and read back before anything else may be published."""
        is_due = now >= self._take_over_at
        return is_due and not self._is_closed and (self._publisher is None or self._must_take_over)

    async def close(self, *, checkpoint: bool) -> None:
        """Give the partition up: no more flush, and the folder is free."""
        self._is_closed = True
        async with self.lock:
            await self._drop_publisher()
            if checkpoint:
                self.partition.checkpoint()
            self.partition.close()
