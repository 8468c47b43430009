"""Places of the units of each group, kept by changes: a group is ranked again only if a share in it changed."""

from collections.abc import Iterator

from services.domain.figures import FigureKey, FigureRow, Rank, RankGroup, rank_group
from services.domain.organisations import ALL, Organisations, competition_ranks


class Ranking:
    """The shares of the units of each group, and their places."""

    def __init__(self, organisations: Organisations) -> None:
        self._organisations = organisations
        self._shares: dict[RankGroup, dict[str, tuple[int, int]]] = {}
        self._places: dict[RankGroup, dict[str, int]] = {}
        self._touched: set[RankGroup] = set()

    def put(self, row: FigureRow) -> None:
        """A unit has this share."""
        group = rank_group(row, self._organisations)
        if group is None:
            return
        shares = self._shares.setdefault(group, {})
        if shares.get(row.key.unit) != row.share:
            shares[row.key.unit] = row.share
            self._touched.add(group)

    def drop(self, key: FigureKey) -> None:
        """A unit has no such share any more."""
        name = self._organisations.group(key.unit)
        if name is not None:
            group = (name, key.indicator, key.period, key.policy, key.view)
            if self._shares.get(group, {}).pop(key.unit, None) is not None:
                self._touched.add(group)

    def settle(self) -> Iterator[FigureKey]:
        """Rank the touched groups again; the figures that stayed in them and have another place, or among others."""
        for group in self._touched:
            shares, before = self._shares[group], self._places.get(group, {})
            now = self._places[group] = competition_ranks(shares)
            _, indicator, period, policy, view = group
            for unit in shares:
                if len(now) != len(before) or now.get(unit) != before.get(unit):
                    yield FigureKey(indicator, unit, ALL, period, policy, view)
        self._touched.clear()

    def rank(self, row: FigureRow) -> Rank | None:
        """The place of a figure; None if it is in no ranking."""
        group = rank_group(row, self._organisations)
        if group is None:
            return None
        places = self._places.get(group, {})
        return Rank(group[0], places.get(row.key.unit), len(places))
