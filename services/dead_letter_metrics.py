"""Open dead letters and their age for Prometheus, from the topics themselves.

What stands in hub.dead-letters and hub.dead-letter-decisions is followed by every stage and shown by the active
one, or each letter would be open twice. Nothing is shown before all of it has been read: a counter that began at
zero at every start would look like as many decisions.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from egovhub.errors import REASONS, RejectedInput, RetryLater
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from services.dead_letter_reader import places
from services.dead_letters import DISCARDED, LETTERS, REPLAYED, Stored, decision_of, letter_of
from services.settings import Settings
from services.topic_reads import consumer_of
from services.topics import topic_named

log = logging.getLogger(__name__)

STAGES: Final = ("worker", "connector")
"""Steps that have zeros from the start."""

OTHER: Final = "other"
"""The label of a step or reason that is in no closed list; a letter is no place to make labels."""

SHOW_SECONDS: Final = 5.0
RETRY_SECONDS: Final = 10.0
_POLL_MS: Final = 1_000
_READ: Final = 2_000

Label = tuple[str, str]
"""Step and reason."""


class _Kept(NamedTuple):
    """What is kept of a letter."""

    label: Label
    refused_at: int
    written_at: int


class Summary(NamedTuple):
    """Open letters and the oldest of them by label, and how many letters are decided how. Instants in milliseconds."""

    open: Mapping[Label, int]
    oldest: Mapping[Label, int]
    decided: Mapping[str, int]


class OpenLetters:
    """Letters and decisions by key, as little of each as the metrics need."""

    def __init__(self) -> None:
        self._letters: dict[bytes, _Kept] = {}
        self._decided: dict[bytes, str] = {}
        self._counts: Counter[str] = Counter()
        self._labels: dict[Label, Label] = {}

    def take(self, stored: Stored, *, is_letter: bool) -> None:
        """A record of one of the topics; one that cannot be read is left out, and the log says which."""
        key = stored.key or b""
        if stored.value is None:
            (self._letters if is_letter else self._decided).pop(key, None)
            return
        try:
            if is_letter:
                self._letters[key] = self._kept(stored)
            else:
                self._decide(key, decision_of(stored).action)
        except RejectedInput as error:
            log.warning("dlq: %s/%d/%d is left out: %s", stored.topic, stored.partition, stored.offset, error)

    def _kept(self, stored: Stored) -> _Kept:
        letter = letter_of(stored)
        label = (
            letter.at if letter.at in STAGES else OTHER,
            letter.reason if letter.reason in REASONS else OTHER,
        )
        return _Kept(self._labels.setdefault(label, label), letter.refused_at, letter.written_at)

    def _decide(self, key: bytes, action: str) -> None:
        """Count a letter once for each thing that was decided about it; the same again is no news."""
        if self._decided.get(key) != action:
            self._counts[action] += 1
        self._decided[key] = action

    def forget(self, written_before: int) -> None:
        """Let go of letters that their topic no longer keeps."""
        gone = [key for key, kept in self._letters.items() if kept.written_at < written_before]
        for key in gone:
            del self._letters[key]

    def summary(self) -> Summary:
        """What stands."""
        count: Counter[Label] = Counter()
        oldest: dict[Label, int] = {}
        for key, (label, refused_at, _) in self._letters.items():
            if key not in self._decided:
                count[label] += 1
                oldest[label] = min(refused_at, oldest.get(label, refused_at))
        return Summary(count, oldest, Counter(self._counts))


class LetterMetrics(Collector):
    """Shows the last summary, while this process is the one to show it.

    Args:
        is_shown: asked at every scrape.
    """

    def __init__(self, is_shown: Callable[[], bool]) -> None:
        self._is_shown = is_shown
        self._metrics: tuple[Metric, ...] = ()

    def show(self, summary: Summary) -> None:
        """Answer the scrapes from now on with this summary."""
        labels = ["at", "reason"]
        count = GaugeMetricFamily("hub_dlq_open_records", "Letters without a decision.", labels=labels)
        text = "When the record of the oldest open letter was refused; absent: none is open."
        oldest = GaugeMetricFamily("hub_dlq_oldest_timestamp_seconds", text, labels=labels)
        zeros = dict.fromkeys(((stage, reason) for stage in STAGES for reason in sorted(REASONS)), 0)
        for label, n in {**zeros, **summary.open}.items():
            count.add_metric(label, n)
        for label, at in summary.oldest.items():
            oldest.add_metric(label, at / 1000)
        replayed = CounterMetricFamily(
            "hub_dlq_replayed", "Letters decided so.", value=summary.decided.get(REPLAYED, 0)
        )
        discarded = CounterMetricFamily(
            "hub_dlq_discarded", "Letters decided so.", value=summary.decided.get(DISCARDED, 0)
        )
        self._metrics = (count, oldest, replayed, discarded)

    def collect(self) -> Iterator[Metric]:
        """The metrics of one summary; called by every scrape, in the scrape's thread."""
        if self._is_shown():
            yield from self._metrics


class App(Protocol):
    """What runs beside a stage (`services.stream.LeaderApp`)."""

    def work(self, run: Callable[[], Any]) -> None: ...


def plug_in(app: App, settings: Settings, registry: CollectorRegistry, is_shown: Callable[[], bool]) -> None:
    """Let an app follow the letters, and a registry show them while `is_shown`."""
    metrics = LetterMetrics(is_shown)
    registry.register(metrics)

    async def watch() -> None:
        while True:
            try:
                await follow(settings, metrics)
            except RetryLater as error:
                log.warning("dlq: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    app.work(watch)


async def follow(settings: Settings, metrics: LetterMetrics) -> None:
    """Read both topics from the beginning and go on, showing what stands.

    Raises:
        RetryLater: the broker refuses or is gone; what was shown last stays.
    """
    letters, topic, tps = OpenLetters(), settings.topic(LETTERS), places(settings)
    kept_ms = int(topic_named(LETTERS).config["retention.ms"])
    show_at, is_complete = 0.0, False
    async with consumer_of(settings, LETTERS) as consumer:
        consumer.assign(tps)
        while True:
            read = await consumer.getmany(timeout_ms=_POLL_MS, max_records=_READ)
            await asyncio.to_thread(_take, letters, topic, read)
            is_complete = is_complete or await _has_read_all(consumer, tps)
            if is_complete and time.monotonic() >= show_at:
                letters.forget(int(time.time() * 1000) - kept_ms)
                metrics.show(await asyncio.to_thread(letters.summary))
                show_at = time.monotonic() + SHOW_SECONDS


def _take(letters: OpenLetters, topic: str, read: Mapping[Any, Sequence[Stored]]) -> None:
    for tp, records in read.items():
        for record in records:
            letters.take(record, is_letter=tp.topic == topic)


async def _has_read_all(consumer: Any, tps: Sequence[Any]) -> bool:
    for tp in tps:
        end = consumer.last_stable_offset(tp)
        if end is None or await consumer.position(tp) < end:
            return False
    return True
