"""The organisation tree: which units a unit's figures are pooled into, and who is ranked against whom.

A unit's figures are its own and all its descendants', by pooled counts: sums of numerators over sums of denominators,
never averages of shares. A unit the registry does not know still counts: in itself and in `ALL`.
Source: DESIGN 5 and 6; `domain/indicators.md`, 2.1.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final, NamedTuple

ALL: Final = "all"
"""Everything the hub counts: the root above every unit, and the sum over all procedures."""


COMMUNE_LEVEL: Final = frozenset({"commune", "ward", "special_zone"})
"""Kinds of the lower of the two tiers: they are ranked in one group."""


class Unit(NamedTuple):
    """One unit of the registry; `kind` is the group in which it is ranked among the children of its parent."""

    code: str
    name: str
    kind: str
    parent: str | None
    valid_from: str
    source: str


class Organisations:
    """The tree. The registry must have passed `problems`, else a path may not end."""

    def __init__(self, units: Iterable[Unit] = ()) -> None:
        self.units: Mapping[str, Unit] = {unit.code: unit for unit in units}
        self._paths: dict[str, tuple[str, ...]] = {ALL: (ALL,)}

    def path(self, unit: str) -> tuple[str, ...]:
        """The units whose figures include this one's: itself, its ancestors, `ALL`."""
        path = self._paths.get(unit)
        if path is None:
            row = self.units.get(unit)
            above = (ALL,) if row is None or row.parent is None else self.path(row.parent)
            path = self._paths[unit] = (unit, *above)
        return path

    def group(self, unit: str) -> str | None:
        """The name of the group a unit is ranked in: its kind below its parent; None if it is in no ranking."""
        row = self.units.get(unit)
        if row is None or row.parent is None:
            return None
        return f"{row.parent}/{'commune' if row.kind in COMMUNE_LEVEL else row.kind}"


def problems(units: Iterable[Unit]) -> list[str]:
    """Everything wrong with a registry: codes given twice or kept for the root, unknown parents, cycles."""
    found: list[str] = []
    by_code: dict[str, Unit] = {}
    for unit in units:
        if unit.code == ALL:
            found.append(f"unit {ALL}: is the name of the root above every unit; choose another code")
        if unit.code in by_code:
            found.append(f"unit {unit.code}: given twice; keep one row")
        by_code[unit.code] = unit
    found += [
        f"unit {unit.code}: parent {unit.parent} is not in the registry; add it or correct the code"
        for unit in by_code.values()
        if unit.parent is not None and unit.parent not in by_code
    ]
    for unit in by_code.values():
        seen: list[str] = []
        at: Unit | None = unit
        while at is not None and at.code not in seen:
            seen.append(at.code)
            at = by_code.get(at.parent) if at.parent is not None else None
        if at is not None and at.code == unit.code:
            found.append(f"unit {unit.code}: is its own ancestor ({' > '.join(seen)}); break the cycle")
    return found


def competition_ranks(shares: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Rank by exact fraction, greatest first, equals share a rank and the next is skipped (1 2 2 4).

    Args:
        shares: unit to (numerator, denominator); a unit whose denominator is 0 has no data and gets no rank.
    """
    ordered = sorted(
        ((unit, n, d) for unit, (n, d) in shares.items() if d > 0),
        key=lambda row: Fraction(row[1], row[2]),
        reverse=True,
    )
    ranks: dict[str, int] = {}
    before: tuple[int, int] | None = None
    rank = 0
    for place, (unit, n, d) in enumerate(ordered, 1):
        if before is None or n * before[1] != before[0] * d:
            rank = place
        before = (n, d)
        ranks[unit] = rank
    return ranks
