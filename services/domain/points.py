"""Points of an indicator from its share, sums by group, and the total; exact, in fractions.

Thresholds and maxima follow the phases of a government plan, so they are dated rows. What could not be computed is
named and left out of the sum together with its maximum; it is never counted as zero.
Source: Decision 766/QD-TTg; `domain/indicators.md` 1 and 2.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from math import floor
from typing import Final, NamedTuple

from services.domain.dated import Dated, in_force, known

DECISION_766: Final = "766"
PAR_INDEX: Final = "par-index"
INDICATORS: Final[Mapping[str, tuple[str, ...]]] = {
    DECISION_766: (
        *("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "3.1", "3.2", "3.3", "3.5a", "3.5b", "3.6"),
        *("4.1", "4.2", "4.3", "4.4", "4.5a", "4.5b", "4.6", "5.2", "5.3", "5.4"),
    ),
    PAR_INDEX: ("par.on-time.department", "par.on-time.district", "par.on-time.commune"),
}
"""The indicators of each table, in its order."""
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    DECISION_766: (
        *("publicity", "progress", "online-service"),
        *("online-payment", "digitisation", "satisfaction"),
    ),
    PAR_INDEX: ("on-time",),
}
"""The groups of each table, in its order."""
FULL_TOTAL: Final = 100
"""What the maxima of Decision 766 sum to on every day."""


class Rule(StrEnum):
    """How a share becomes points; `threshold` is in whole per cent."""

    LINEAR = "linear"
    """Maximum x share."""
    CAP = "cap"
    """The maximum from the threshold on, below it maximum x share / threshold."""
    FLOOR = "floor"
    """Maximum x share from the threshold on, below it nothing."""


class Threshold(NamedTuple):
    """How many points an indicator can give, and how its share becomes points; one dated row.

    Args:
        table: `DECISION_766` or `PAR_INDEX`.
        group: one of `GROUPS` of the table.
        max_points: what the full share gives; 0 = shown only.
        threshold: per cent, for `cap` and `floor`.
        without_data: points if there was nothing to judge (denominator 0); None = not computed.
        valid_to: exclusive.
        known_from: milliseconds since the epoch.
    """

    table: str
    indicator: str
    group: str
    max_points: int
    rule: Rule
    threshold: int | None
    without_data: int | None
    valid_from: date
    valid_to: date | None
    known_from: int | None
    source: str
    verified: str
    note: str


class Allowance(NamedTuple):
    """The working days that an indicator allows for one step; one dated row. `valid_to` is exclusive."""

    indicator: str
    step: str
    working_days: int
    valid_from: date
    valid_to: date | None
    known_from: int | None
    source: str
    verified: str


class GroupSum(NamedTuple):
    """One group of a table; fields as in `Total`."""

    group: str
    points: Fraction | None
    of_max: int
    max_points: int
    missing: tuple[str, ...]


class Total(NamedTuple):
    """What a unit has of a table.

    Args:
        points: sum over what was computed; None if nothing was.
        of_max: what these could have given at most; `of_max == max_points` says that nothing is missing.
        max_points: what the whole table gives at most.
        missing: the indicators without points, in the order of the table.
        groups: the same for each group.
    """

    points: Fraction | None
    of_max: int
    max_points: int
    missing: tuple[str, ...]
    groups: tuple[GroupSum, ...]


class Thresholds:
    """The dated rows, looked up by indicator and day; the rows of one key must not contradict each other."""

    def __init__(self, rows: Iterable[Threshold], allowances: Iterable[Allowance] = ()) -> None:
        self._rows: dict[str, list[Threshold]] = {}
        for row in rows:
            self._rows.setdefault(row.indicator, []).append(row)
        self._allowances: dict[tuple[str, str], list[Allowance]] = {}
        for allowance in allowances:
            self._allowances.setdefault((allowance.indicator, allowance.step), []).append(allowance)

    def at(self, known_at: int | None) -> "Thresholds":
        """The same, as far as it was known at an instant (milliseconds since the epoch); None = everything."""
        return Thresholds(
            [row for rows in self._rows.values() for row in known(rows, known_at)],
            [row for rows in self._allowances.values() for row in known(rows, known_at)],
        )

    def edges(self, day_start: Callable[[date], int]) -> tuple[int, ...]:
        """The instants at which a row begins or ceases to hold, ascending.

        Args:
            day_start: the first instant of a day.
        """
        rows: list[Dated] = [row for some in self._rows.values() for row in some]
        rows += [row for some in self._allowances.values() for row in some]
        days = {day for row in rows for day in (row.valid_from, row.valid_to) if day is not None}
        return tuple(day_start(day) for day in sorted(days))

    def of(self, indicator: str, day: date) -> Threshold | None:
        """The row of an indicator in force on the reporting day; None if it has none."""
        return in_force(self._rows.get(indicator, ()), day)

    def table(self, name: str, day: date) -> tuple[Threshold, ...]:
        """The rows of a table in force on the reporting day, in the order of the table."""
        rows = (self.of(indicator, day) for indicator in INDICATORS[name])
        return tuple(row for row in rows if row is not None)

    def allowance(self, indicator: str, step: str, day: date) -> Allowance | None:
        """The working days allowed for a step on a day; None if no row says."""
        return in_force(self._allowances.get((indicator, step), ()), day)


def points(threshold: Threshold, numerator: int | None, denominator: int | None) -> Fraction | None:
    """The exact points of a share; None if it was not computed.

    A denominator of 0 says that there was nothing to judge: then the row says what that gives. None says that
    nobody knows, and gives no points whatever the row says.

    Raises:
        ValueError: if the share does not lie between 0 and 1; an indicator counted two different things.
    """
    if numerator is None or denominator is None:
        return None
    if not 0 <= numerator <= denominator:
        raise ValueError(
            f"{threshold.indicator}: {numerator} of {denominator} is no share; count the same cases in both"
        )
    if denominator == 0:
        return None if threshold.without_data is None else Fraction(threshold.without_data)
    return threshold.max_points * _credit(threshold, Fraction(numerator, denominator))


def _credit(threshold: Threshold, share: Fraction) -> Fraction:
    limit = Fraction(threshold.threshold or 0, 100)
    match threshold.rule:
        case Rule.LINEAR:
            return share
        case Rule.CAP:
            return Fraction(1) if share >= limit else share / limit
        case Rule.FLOOR:
            return share if share >= limit else Fraction(0)


def hundredths(exact: Fraction) -> int:
    """Points in hundredths of a point for the wire, a half rounded up: 1/200 point is 1, 1/201 is 0.

    Only shown numbers are rounded. A sum is rounded after adding, so it may differ from the sum of what is shown.
    """
    return floor(exact * 100 + Fraction(1, 2))


def total(table: Sequence[Threshold], points_by_indicator: Mapping[str, Fraction | None]) -> Total:
    """The sum over a table and over each of its groups, and the names of what could not be computed.

    Indicators that give no points at all (maximum 0) are neither summed nor missing; points of an indicator
    outside the table are not its business.

    Args:
        table: the rows in force, as `Thresholds.table` gives them.
        points_by_indicator: None, or no entry, for what was not computed.
    """
    rows = [row for row in table if row.max_points > 0]
    groups = tuple(
        GroupSum(group, *_sum(list(members), points_by_indicator))
        for group, members in groupby(sorted(rows, key=_group_order), key=lambda row: row.group)
    )
    return Total(*_sum(rows, points_by_indicator), groups)


def _group_order(row: Threshold) -> int:
    return GROUPS[row.table].index(row.group)


def _sum(
    rows: Sequence[Threshold], given: Mapping[str, Fraction | None]
) -> tuple[Fraction | None, int, int, tuple[str, ...]]:
    computed = {row: exact for row in rows if (exact := given.get(row.indicator)) is not None}
    return (
        sum(computed.values(), Fraction(0)) if computed else None,
        sum(row.max_points for row in computed),
        sum(row.max_points for row in rows),
        tuple(row.indicator for row in rows if row not in computed),
    )
