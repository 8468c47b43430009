"""What one case adds to which counter of which month."""

from services.domain.law import Law

Point = tuple[str, str, int, str]
"""Unit id, procedure stem, month, counter."""


class Sums:
    """What one case adds to which counter of which month."""

    __slots__ = ("added", "month_of")

    def __init__(self, law: Law) -> None:
        self.added: dict[Point, int] = {}
        self.month_of = law.periods.month_of

    def add(self, unit: str, procedure: str, at: int, counter: str, n: int) -> None:
        """Add to the month that holds an instant."""
        self.add_month(unit, procedure, self.month_of(at), counter, n)

    def add_month(self, unit: str, procedure: str, month: int, counter: str, n: int) -> None:
        """Add to a month."""
        point = (unit, procedure, month, counter)
        self.added[point] = self.added.get(point, 0) + n
