"""What stands in hub.indicators: the keys of the rows of each series, and a digest of what each row says.

There may be half a million rows, so of a row nothing else is kept; what it says is compared by its digest.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

import msgspec
from egovhub.codec import decode
from egovhub.errors import RejectedInput

from services.domain.figures import FigureKey
from services.domain.periods import GRAIN_MONTHS, Grain, label, month_of_label
from services.recount import VIEWS
from services.rows import MARKER_KEY, figure_key

SUBSTANCE: Final = (
    "definition",
    "grain",
    "numerator",
    "denominator",
    "total",
    "value_unit",
    "coverage_numerator",
    "coverage_denominator",
    "points_max",
    "points_hundredths",
    "missing",
    "rank",
    "ranked",
    "group",
)
"""Fields that, with the buckets, make a row a new one.

The others are in the key, or say what the row rested on when it was published (`as_of`, `evaluated_at`,
`cut`, `code`, `reference`, `cause`): an unchanged row stands for later cuts, and the stage's marker says what those
rest on.
"""

_DIGEST_BYTES: Final = 8
_encode: Final = msgspec.msgpack.Encoder().encode


class ViewSeries(NamedTuple):
    """A unit and a procedure, either of which may be `ALL`, in one view."""

    view: str
    unit: str
    procedure: str


class _RowKey(NamedTuple):
    """Which row of a series."""

    indicator: str
    period: str
    policy: str


def substance(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a row says, apart from what it rests on."""
    return (*(record[name] for name in SUBSTANCE), *sorted(record["buckets"].items()))


def series_of(key: FigureKey) -> ViewSeries:
    """The series a figure belongs to."""
    return ViewSeries(key.view, key.unit, key.procedure)


@cache
def last_month(period: str) -> int:
    """The last month of a named period.

    Raises:
        ValueError: if it names none as the hub spells it.
    """
    month = month_of_label(period)
    for grain, months in GRAIN_MONTHS.items():
        if label(month, grain) == period:
            return month + months - 1
    raise ValueError(f"{period!r} is no period")


class Standing:
    """The rows that were published last, by series."""

    def __init__(self) -> None:
        self._series: dict[ViewSeries, dict[_RowKey, bytes]] = defaultdict(dict)
        self._row_keys: dict[_RowKey, _RowKey] = {}

    @property
    def series(self) -> Iterable[ViewSeries]:
        """The series that have rows, or had."""
        return self._series.keys()

    def read(self, stored: Mapping[bytes, bytes]) -> list[bytes]:
        """Let the rows of the topic stand; returns the keys of those that no hub of this release spells so."""
        strange = []
        for key, value in stored.items():
            if key == MARKER_KEY:
                continue
            try:
                figure, record = _own(key), decode(value)[1]
                Grain(record["grain"])
                self.put(figure, record)
            except (ValueError, KeyError, TypeError, RejectedInput):
                strange.append(key)
        return strange

    def put(self, key: FigureKey, record: Mapping[str, Any]) -> bool:
        """Let a row stand; whether it says something else than what stood."""
        said = hashlib.blake2b(_encode(substance(record)), digest_size=_DIGEST_BYTES).digest()
        rows, row_key = self._series[series_of(key)], _RowKey(key.indicator, key.period, key.policy)
        if rows.get(row_key) == said:
            return False
        rows[self._row_keys.setdefault(row_key, row_key)] = said
        return True

    def withdraw(self, series: ViewSeries, since: int, now: Iterable[FigureKey]) -> list[FigureKey]:
        """Forget the rows of a series whose period ends in or after `since` and that are not among those of now."""
        rows = self._series.get(series)
        if not rows:
            return []
        made = {_RowKey(key.indicator, key.period, key.policy) for key in now}
        lost = [key for key in rows if key not in made and last_month(key.period) >= since]
        for key in lost:
            del rows[key]
        view, unit, procedure = series
        return [FigureKey(key.indicator, unit, procedure, key.period, key.policy, view) for key in lost]


def _own(key: bytes) -> FigureKey:
    """The figure of a key.

    Raises:
        ValueError, TypeError: if the hub would not spell it so.
    """
    parts = json.loads(key)
    figure = FigureKey(*parts)
    if not all(isinstance(part, str) for part in parts):
        raise ValueError("a part that is no text")
    last_month(figure.period)
    if figure_key(figure) != key or figure.view not in VIEWS:
        raise ValueError("another spelling, or an unknown view")
    return figure
