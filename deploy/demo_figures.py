"""What the demo knows: the rows of hub.indicators as they stand, and how far the facts are counted.

Read as any third party would: read_committed, last wins, a tombstone withdraws.
"""

import contextlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from egovhub.codec import decode

ALL: Final = "all"
MARKER_KEY: Final = b'"marker"'
FACTS: Final = "facts"
INDICATORS: Final = "hub.indicators"
ON_TIME_SHARE: Final = "2.1"
POLICY: Final = "national-portal"
VIEW: Final = "as-was"
_READ_MS: Final = 250


class Figure(NamedTuple):
    """One unit in one period, or the sum of several periods. Open cases are a level, so sums leave them 0."""

    cases: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    open_in_time: int = 0
    overdue: int = 0
    no_deadline: int = 0
    numerator: int = 0
    denominator: int = 0

    @classmethod
    def of(cls, record: dict[str, Any]) -> Self:
        """What a row of hub.indicators says."""
        buckets = record["buckets"]
        return cls(
            record["total"],
            buckets["early"],
            buckets["on_time"],
            buckets["late"],
            buckets["in_time"] + buckets["due_soon"] + buckets["paused"],
            buckets["overdue"],
            buckets["no_deadline"],
            record["numerator"],
            record["denominator"],
        )

    @property
    def finished(self) -> int:
        """Cases that ended and had a deadline."""
        return self.early + self.on_time + self.late

    @property
    def finished_on_time(self) -> int:
        return self.early + self.on_time


def sum_of_flows(figures: Iterable[Figure]) -> Figure:
    """Several periods as one: ended cases add up, open ones do not."""
    found = list(figures)
    early, on_time, late = (sum(column) for column in list(zip(*found, strict=True))[1:4] or [(), (), ()])
    total = early + on_time + late
    return Figure(total, early, on_time, late, numerator=early + on_time, denominator=total)


class Board:
    """The rows of 2.1 over all procedures, by period and unit, and the cut they rest on."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Figure]] = {}
        self.as_of: int | None = None
        """The instant of the figures, milliseconds since the epoch; None before the first."""
        self.counted = 0
        """Records of `facts` that the figures rest on."""

    def take(self, key: bytes, value: bytes | None) -> None:
        """Apply one record of hub.indicators."""
        if key == MARKER_KEY:
            if value is not None:
                marker = decode(value)[1]
                self.as_of = marker["as_of"]
                self.counted = sum(mark["position"] for mark in marker["cut"])
            return
        indicator, unit, procedure, period, policy, view = json.loads(key)
        shown = (ON_TIME_SHARE, ALL, POLICY, VIEW)
        if (indicator, procedure, policy.partition("@")[0], view) != shown:
            return
        rows = self._rows.setdefault(period, {})
        if value is None:
            rows.pop(unit, None)
        else:
            rows[unit] = Figure.of(decode(value)[1])

    def month(self, zone: ZoneInfo) -> str:
        """The month of the figures, `2026-11`; empty before the first."""
        return f"{self._day(zone):%Y-%m}" if self.as_of is not None else ""

    def year(self, zone: ZoneInfo) -> str:
        """The year of the figures, `2026`; empty before the first."""
        return f"{self._day(zone):%Y}" if self.as_of is not None else ""

    def period(self, name: str) -> dict[str, Figure]:
        """The figure of each unit in one period."""
        return self._rows.get(name, {})

    def all_years(self) -> dict[str, Figure]:
        """The ended cases of each unit, all years together."""
        years = [rows for period, rows in self._rows.items() if period.isdigit()]
        units = {unit for rows in years for unit in rows}
        return {unit: sum_of_flows(rows[unit] for rows in years if unit in rows) for unit in units}

    def _day(self, zone: ZoneInfo) -> datetime:
        return datetime.fromtimestamp((self.as_of or 0) / 1000, zone)


class Reader:
    """Keeps a board current from a cluster.

    Args:
        bootstrap: of the demo's cluster.
        partitions: of `facts`.
    """

    def __init__(self, bootstrap: str, partitions: int = 12) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            request_timeout_ms=5_000,
        )
        self._facts = [TopicPartition(FACTS, n) for n in range(partitions)]
        self.board = Board()
        self.written = 0
        """Records that `facts` holds."""

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.assign([TopicPartition(INDICATORS, 0)])
        await self._consumer.seek_to_beginning()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def read(self) -> None:
        """Take what has come; returns after a quarter of a second if nothing has, or the broker is away."""
        read = await self._consumer.getmany(timeout_ms=_READ_MS)
        for record in _records(read.values()):
            self.board.take(record.key, record.value)
        with contextlib.suppress(KafkaError):
            self.written = sum((await self._consumer.end_offsets(self._facts)).values())


def _records(read: Iterable[Sequence[Any]]) -> Iterable[Any]:
    return (record for records in read for record in records)


def instant_text(instant: int, zone: ZoneInfo) -> str:
    """An instant as a person reads it, in one zone."""
    return datetime.fromtimestamp(instant / 1000, UTC).astimezone(zone).strftime("%a %Y-%m-%d %H:%M")
