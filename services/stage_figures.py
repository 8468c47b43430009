"""The rows of hub.indicators: kept pooled, recomputed where something changed, published where they differ.

Changes of cells are added to the pool. A publication recomputes the touched series from the earliest touched
month on, for a changed level alters every later period; ranks the touched groups again; and yields the rows
that say something new. At a month's edge every series is touched: the levels of the new month are rows too.
The outcome equals the figures of all cells computed at once, whatever the order and size of the changes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from egovhub.codec import decode, encode
from egovhub.errors import RejectedInput

from services.domain.cells import Pool, SeriesKey
from services.domain.figures import AS_WAS, FigureKey, FigureRow, Rank, ranks, rows
from services.domain.organisations import ALL
from services.domain.periods import GRAIN_MONTHS, Grain, label, month_of_label
from services.indicators import on_time_share
from services.indicators.on_time_share import Figure
from services.rows import MARKER_KEY, Cut, figure_key, indicator_record
from services.rules import Rules
from services.stage_tallies import Change

SUBSTANCE: Final = (
    "definition",
    "grain",
    "numerator",
    "denominator",
    "total",
    "coverage_numerator",
    "coverage_denominator",
    "points_max",
    "rank",
    "ranked",
    "group",
    "reference",
)
"""Fields that, with the buckets, make a row a new one.

The others are in the key, or say what the row rested on when it was published (`as_of`, `evaluated_at`,
`cut`, `code`): an unchanged row stands for later cuts.
"""

Place = tuple[Grain, int]
"""A period: its grain and first month."""

Substance = tuple[Any, ...]
Record = tuple[bytes, bytes | None]


def substance(record: Mapping[str, Any]) -> Substance:
    """What a row says, apart from what it rests on."""
    return (*(record[name] for name in SUBSTANCE), *(n for _, n in sorted(record["buckets"].items())))


@dataclass(slots=True)
class _Draft:
    """The rows over all procedures of one publication, which wait for their ranks, and the groups to rank."""

    rows: dict[FigureKey, FigureRow] = field(default_factory=dict)
    groups: set[tuple[str, str]] = field(default_factory=set)


class IndicatorRows:
    """What stands in hub.indicators, and what has to follow it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._pool = Pool(rules.organisations)
        self._dirty: dict[SeriesKey, int] = {}
        self._until: int | None = None
        self._standing: dict[SeriesKey, dict[Place, Substance]] = {}
        self._withdrawn: list[bytes] = []
        self._groups: dict[tuple[str, str], dict[str, FigureRow]] = {}
        self._ranks: dict[FigureKey, Rank] = {}
        self._current: dict[str, Figure] = {}

    def add(self, changes: Iterable[Change]) -> None:
        """Take the changes of one flush into account."""
        for unit, procedure, month, difference in changes:
            for counter, n in enumerate(difference):
                if n:
                    for series in self._pool.add(unit, procedure, month, counter, n):
                        self._touch(series, month)

    def _touch(self, series: SeriesKey, month: int) -> None:
        since = self._dirty.get(series)
        if since is None or month < since:
            self._dirty[series] = month

    def resume(self, stored: Mapping[bytes, bytes]) -> None:
        """Forget what was published; what stands is this, and the next publication yields the differences.

        Args:
            stored: the topic as read back. Keys that no figure of these rules can have are withdrawn.
        """
        self._until = None
        self._standing = {}
        self._withdrawn = []
        self._groups.clear()
        self._ranks.clear()
        for key, value in stored.items():
            if key == MARKER_KEY:
                continue
            row = self._own(key, value)
            if row is None:
                self._withdrawn.append(key)
            else:
                series, place, said = row
                self._standing.setdefault(series, {})[place] = said

    def _own(self, key: bytes, value: bytes) -> tuple[SeriesKey, Place, Substance] | None:
        """A stored row as these rules would make it; None if they never would."""
        try:
            _, unit, procedure, period, _, _ = json.loads(key)
            record = decode(value)[1]
            place = Grain(record["grain"]), month_of_label(period)
        except (ValueError, KeyError, RejectedInput):
            return None
        series = (unit, procedure)
        if key != figure_key(self._key(series, place)):
            return None
        return series, place, substance(record)

    def _key(self, series: SeriesKey, place: Place) -> FigureKey:
        grain, month = place
        return FigureKey(
            on_time_share.INDICATOR, *series, label(month, grain), self._rules.policy.label, AS_WAS
        )

    def has_news(self, as_of: int) -> bool:
        """Whether a publication at `as_of` may have rows; False is certain."""
        return bool(self._dirty or self._withdrawn) or self._rules.periods.month_of(as_of) != self._until

    def publication(self, as_of: int, cut: Sequence[Cut]) -> list[Record]:
        """Keys and values to publish, in this order; from then on they count as published.

        If publishing them fails, `resume` must follow.

        Args:
            as_of: the least of the cut; rows reach to its month.
            cut: what the rows rest on.
        """
        until = self._rules.periods.month_of(as_of)
        self._cross_edge(until)
        rests_on = [marker._asdict() for marker in cut]
        records: list[Record] = [(key, None) for key in self._withdrawn]
        draft = _Draft()
        for series, since in self._dirty.items():
            now, gone = self._recompute(series, min(since, until), until)
            records += [(figure_key(key), None) for key in gone]
            if series[1] == ALL:
                self._regroup(series[0], now, gone, draft)
                self._show(series[0], now.get((Grain.MONTH, until)))
            else:
                records += self._news(now.values(), as_of, rests_on)
        self._dirty, self._withdrawn = {}, []
        self._rank(draft)
        return records + self._news(draft.rows.values(), as_of, rests_on)

    def _cross_edge(self, until: int) -> None:
        """Touch every series when the month of `as_of` is another than last time, in either direction."""
        if until == self._until:
            return
        since = 0 if self._until is None else min(until, self._until)
        for series in {*self._pool.series, *self._standing}:
            self._touch(series, since)
        self._until = until
        self._current = {}

    def _recompute(
        self, series: SeriesKey, since: int, until: int
    ) -> tuple[dict[Place, FigureRow], list[FigureKey]]:
        """The rows of one series from `since` on, and those that stand and are no more."""
        now: dict[Place, FigureRow] = {}
        if series in self._pool.series:
            found = rows(self._pool, self._rules.policy, [series], since, until)
            now = {(row.grain, row.month): row for row in found}
        standing = self._standing.get(series, {})
        lost = [place for place in standing if _end(place) >= since and place not in now]
        for place in lost:
            del standing[place]
        return now, [self._key(series, place) for place in lost]

    def _regroup(
        self, unit: str, now: Mapping[Place, FigureRow], gone: Iterable[FigureKey], draft: _Draft
    ) -> None:
        draft.rows.update((row.key, row) for row in now.values())
        group = self._rules.organisations.group(unit)
        if group is None:
            return
        for row in now.values():
            self._groups.setdefault((group, row.key.period), {})[unit] = row
            draft.groups.add((group, row.key.period))
        for key in gone:
            self._groups.get((group, key.period), {}).pop(unit, None)
            self._ranks.pop(key, None)
            draft.groups.add((group, key.period))

    def _rank(self, draft: _Draft) -> None:
        """Rank the touched groups again, and draft the row of whoever's rank changed."""
        for group in draft.groups:
            members = self._groups.get(group, {})
            for key, rank in ranks(members.values(), self._rules.organisations).items():
                if self._ranks.get(key) != rank:
                    self._ranks[key] = rank
                    draft.rows[key] = members[key.unit]

    def _news(
        self, found: Iterable[FigureRow], as_of: int, rests_on: Sequence[dict[str, Any]]
    ) -> list[Record]:
        """The rows that say something else than what stands."""
        records: list[Record] = []
        for row in found:
            record = indicator_record(row, self._ranks.get(row.key), self._rules, as_of, ())
            said, place = substance(record), (row.grain, row.month)
            standing = self._standing.setdefault((row.key.unit, row.key.procedure), {})
            if standing.get(place) != said:
                standing[place] = said
                record["cut"] = rests_on
                records.append((figure_key(row.key), encode("indicator", record)))
        return records

    def _show(self, unit: str, row: FigureRow | None) -> None:
        if row is None:
            self._current.pop(unit, None)
        else:
            self._current[unit] = row.figure

    @property
    def current(self) -> dict[str, Figure]:
        """The figure of each unit in the month of the last publication, over all procedures; a copy."""
        return dict(self._current)


def _end(place: Place) -> int:
    """The last month of a period."""
    grain, month = place
    return month + GRAIN_MONTHS[grain] - 1
