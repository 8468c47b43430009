"""The rows of hub.indicators: kept pooled, recomputed where something changed, published where they differ.

Changes of cells are added to a pool per view. A publication recomputes the touched series from the earliest touched
month on, for a changed level alters every later period; ranks the touched groups again; and yields the rows
that say something new. At a month's edge every series is touched, for the levels of the new month are rows too, and
so it is where dated reference data changes. The outcome equals the figures of all cells computed at
once, whatever the order and size of the changes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

from egovhub.codec import decode, encode
from egovhub.errors import RejectedInput

from services.domain.figures import AS_WAS, FigureKey, FigureRow
from services.domain.organisations import ALL
from services.domain.periods import Grain, label
from services.recount import VIEWS
from services.rows import FACTS, MARKER_KEY, Cut, figure_key, indicator_record
from services.rules import Rules
from services.stage_ranks import Ranking
from services.stage_standing import Standing, ViewSeries, last_month
from services.stage_tallies import Change

Record = tuple[bytes, bytes | None]
Current = Mapping[str, Mapping[str, FigureRow]]
"""Unit to indicator to row: over all procedures, as was, under the first policy, in the month at hand."""


_at: Final = attrgetter("at")


class _Origin(NamedTuple):
    """Why rows of the next publication may differ: what stood was made by other rules, at an instant."""

    cause: str
    as_of: int


class IndicatorRows:
    """What stands in hub.indicators, and what has to follow it."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._views = {view: (rules.pool(view), rules.maker(view)) for view in VIEWS}
        self._edges = rules.edges
        self._dirty: dict[ViewSeries, int] = {}
        self._forget()

    def _forget(self) -> None:
        self._as_of: int | None = None
        self._standing = Standing()
        self._withdrawn: list[bytes] = []
        self._ranking = Ranking(self._rules.organisations)
        self._recent: dict[FigureKey, FigureRow] = {}
        self._current: dict[str, dict[str, FigureRow]] = {}
        self._origin: _Origin | None = None

    def add(self, changes: Iterable[Change]) -> None:
        """Take the changes of one flush into account."""
        for unit, procedure, month, difference in changes:
            for view, (pool, _) in self._views.items():
                for counter, n in difference.items():
                    for series in pool.add(unit, procedure, month, counter, n):
                        self._touch(ViewSeries(view, *series), month)

    def _touch(self, series: ViewSeries, month: int) -> None:
        since = self._dirty.get(series)
        if since is None or month < since:
            self._dirty[series] = month

    def resume(self, stored: Mapping[bytes, bytes]) -> None:
        """Forget what was published; what stands is this, and the next publication yields the differences.

        Args:
            stored: the topic as read back. Keys that no figure of these rules can have are withdrawn.
        """
        self._forget()
        self._withdrawn = self._standing.read(stored)
        self._origin = self._origin_of(stored.get(MARKER_KEY))

    def _origin_of(self, marker: bytes | None) -> _Origin | None:
        """Whether the marker that stands was set by other code or reference data than this stage's, and which."""
        try:
            record = decode(marker or b"")[1]
            before, as_of, code = dict(record["reference_files"]), int(record["as_of"]), record["code"]
        except (RejectedInput, KeyError):
            return None
        why = ["code"] if code != self._rules.code else []
        if files := self._rules.changed_files(before):
            why.append(f"reference: {', '.join(files)}")
        return _Origin("; ".join(why), as_of) if why else None

    def has_news(self, as_of: int) -> bool:
        """Whether a publication at `as_of` may have rows; False is certain."""
        return bool(self._dirty or self._withdrawn) or self._stale_since(as_of) is not None

    def _stale_since(self, as_of: int) -> int | None:
        """The month from which on time alone alters rows since the last publication; None: nothing is altered."""
        until, before = self._rules.periods.month_of(as_of), self._as_of
        if before is None:
            return 0
        shown, edges = self._rules.periods.month_of(before), self._edges
        earlier, later = sorted((before, as_of))
        crossed = edges[bisect_right(edges, earlier, key=_at) : bisect_right(edges, later, key=_at)]
        months = [edge.since for edge in crossed] + ([min(shown, until)] if shown != until else [])
        return min(months, default=None)

    def publication(self, as_of: int, cut: Sequence[Cut]) -> list[Record]:
        """Keys and values to publish, in this order; from then on they count as published.

        If publishing them fails, `resume` must follow.

        Args:
            as_of: the least of the cut; rows reach to its month.
            cut: what the rows rest on.
        """
        self._let_time_pass(as_of)
        until = self._rules.periods.month_of(as_of)
        rests_on = [marker._asdict() for marker in cut]
        records: list[Record] = [(key, None) for key in self._withdrawn]
        draft: dict[FigureKey, FigureRow] = {}
        for series, since in self._dirty.items():
            now = self._recompute(series, min(since, until), until, as_of)
            gone = self._standing.withdraw(series, min(since, until), (row.key for row in now))
            records += [(figure_key(key), None) for key in gone]
            if series.procedure == ALL:
                draft.update((row.key, row) for row in now)
                self._remember(series, now, gone, until)
            else:
                records += self._news(now, as_of, rests_on)
        moved = [key for key in self._ranking.settle() if key not in draft]
        draft.update((row.key, row) for row in self._again(moved, until, as_of))
        records += self._news(draft.values(), as_of, rests_on)
        self._dirty, self._withdrawn, self._origin = {}, [], None
        return records

    def _let_time_pass(self, as_of: int) -> None:
        """Touch every series from the month on from which time alone alters it, in either direction."""
        since = self._stale_since(as_of)
        self._as_of = as_of
        if since is None:
            return
        for view, (pool, _) in self._views.items():
            for series in pool.series:
                self._touch(ViewSeries(view, *series), since)
        for stood in self._standing.series:
            self._touch(stood, since)
        self._recent, self._current = {}, {}

    def _recompute(self, series: ViewSeries, since: int, until: int, as_of: int) -> list[FigureRow]:
        """The rows of one series from `since` on."""
        pool, maker = self._views[series.view]
        if series[1:] not in pool.series:
            return []
        return list(maker.rows(pool, [series[1:]], since, until, as_of))

    def _remember(
        self, series: ViewSeries, now: Sequence[FigureRow], gone: Iterable[FigureKey], until: int
    ) -> None:
        """Keep the shares to rank by, and the rows of the periods at hand, which are asked for again and again."""
        for key in gone:
            self._ranking.drop(key)
            self._recent.pop(key, None)
        for row in now:
            self._ranking.put(row)
            if last_month(row.key.period) >= until:
                self._recent[row.key] = row
        if series.view == AS_WAS:
            first, period = self._rules.policy.label, label(until, Grain.MONTH)
            shown = {r.key.indicator: r for r in now if (r.key.policy, r.key.period) == (first, period)}
            self._current[series.unit] = shown
            if not shown:
                del self._current[series.unit]

    def _again(self, keys: Iterable[FigureKey], until: int, as_of: int) -> Iterator[FigureRow]:
        """The rows of figures of which only the place changed."""
        wanted: dict[tuple[str, str], set[FigureKey]] = {}
        for key in keys:
            if (row := self._recent.get(key)) is not None:
                yield row
            else:
                wanted.setdefault((key.view, key.unit), set()).add(key)
        for (view, unit), some in wanted.items():
            pool, maker = self._views[view]
            periods = {key.period for key in some}
            for counts in pool.series[unit, ALL].periods(min(map(last_month, periods)), until):
                if label(counts.month, counts.grain) in periods:
                    made = maker.of(pool, unit, ALL, counts, as_of)
                    yield from (row for row in made if row.key in some)

    def _news(
        self, found: Iterable[FigureRow], as_of: int, rests_on: Sequence[dict[str, Any]]
    ) -> list[Record]:
        """The rows that say something else than what stands."""
        records: list[Record] = []
        for row in found:
            record = indicator_record(
                row, self._ranking.rank(row), self._rules, as_of, (), self._cause_of(row)
            )
            if self._standing.put(row.key, record):
                record["cut"] = rests_on
                records.append((figure_key(row.key), encode("indicator", record)))
        return records

    def _cause_of(self, row: FigureRow) -> str:
        """What changed a row: other rules than those that made what stood; a period begun since is time's doing."""
        origin = self._origin
        if origin is None or self._rules.periods.start_of(row.month) > origin.as_of:
            return FACTS
        return origin.cause

    @property
    def current(self) -> Current:
        """The figures of each unit in the month of the last publication; a copy."""
        return dict(self._current)
