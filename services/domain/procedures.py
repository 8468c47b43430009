"""Administrative procedures: the limit of a case, and how it is counted, by the stem of the procedure's code.

Limits are dated reference data. A case keeps the rule in force on the day it was accepted, whatever changes later.
Source: `domain/deadlines.md`, 1; the table of procedures and its notes (`reference/procedures.toml`).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Final, NamedTuple

from services.domain.calendar import Limit

AFTER_15H: Final = "after_15h_next_working_day"
RESTART: Final = "restart"
EXTEND: Final = "extend"

_STEM: Final = re.compile(r"(\d\.\d{6})(?:\.[0-9A-Z]{1,3})*")
_KEPT_ANSWERS: Final = 20_000


class Procedure(NamedTuple):
    """One row of the table: the rule of a procedure at some levels, for some time.

    Args:
        limit: None if it is not known: the case has no deadline, and is never on time for that.
        is_same_day: the limit is the day of reception.
        after_15h: what is received after 15:00 counts as received on the next working day (same-day limits alone).
        supplement: "restart": the limit begins anew with a completed supplement; "extend": the waiting is added.
        fee: whether it costs something; None if the provincial council sets the fee, which may be 0.
        document_result: whether a paper is the result; False if a register alone changes.
        subject_is_person: whether a person is the subject; None if nobody has said so.
        notes: what else the row says of the count; it changes nothing by itself.
        valid_from, valid_to: first and last day; None: not established, or no end known.
        known_from: the day from which the row could be known; None: from the beginning.
        scope: the unit that set this limit for itself and all below it; None: the national limit.
    """

    stem: str
    levels: tuple[str, ...]
    limit: Limit | None
    source: str
    verified: str
    name: str = ""
    name_en: str = ""
    field: str = ""
    legal_basis: str = ""
    is_same_day: bool = False
    after_15h: bool = False
    supplement: str = EXTEND
    fee: bool | None = None
    document_result: bool | None = None
    subject_is_person: bool | None = None
    notes: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    known_from: date | None = None
    scope: str | None = None

    @property
    def is_dated(self) -> bool:
        """Whether the day it came into force is established."""
        return self.valid_from is not None

    def is_in_force(self, day: date) -> bool:
        """Whether the row rules a case accepted on this day; first and last day included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class LocalLimit(NamedTuple):
    """A limit that a unit set for itself and all units below it; everything else stays as in the national row.

    Args:
        scope: unit id or code.
        levels: the executing levels it holds for; empty: all.
    """

    scope: str
    stem: str
    limit: Limit
    source: str
    verified: str
    is_same_day: bool = False
    levels: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    known_from: date | None = None

    @property
    def is_dated(self) -> bool:
        """Whether the day it came into force is established."""
        return self.valid_from is not None

    def applies(self, level: str | None, day: date) -> bool:
        """Whether it holds for a case of this level accepted on this day."""
        return (
            (not self.levels or level in self.levels)
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )


class Procedures:
    """The table of procedures, looked up by stem, level and day. The rows must have passed `problems`."""

    def __init__(self, rows: Iterable[Procedure] = (), local: Iterable[LocalLimit] = ()) -> None:
        self.rows: tuple[Procedure, ...] = tuple(rows)
        self.local: tuple[LocalLimit, ...] = tuple(local)
        self._by_stem: dict[str, list[Procedure]] = {}
        self._local_by_stem: dict[str, list[LocalLimit]] = {}
        for row in self.rows:
            self._by_stem.setdefault(row.stem, []).append(row)
        for limit in self.local:
            self._local_by_stem.setdefault(limit.stem, []).append(limit)
        self._answers: dict[tuple[str, str | None, date], Procedure | None] = {}

    def at(self, known_on: date | None) -> "Procedures":
        """The table as it was known on a day; None: everything."""
        if known_on is None:
            return self
        return Procedures(
            [row for row in self.rows if row.known_from is None or row.known_from <= known_on],
            [row for row in self.local if row.known_from is None or row.known_from <= known_on],
        )

    def rule(
        self, stem: str, level: str | None, day: date, unit_path: Sequence[str] = ()
    ) -> Procedure | None:
        """The rule of a case accepted on `day`; None if the table has none, or several and the level does not say.

        Of the rows in force a dated one wins over an undated one of the same code, whatever its level; then the
        level chooses. Without a row of the level the only row there is holds: a case that moved from a district
        to a commune keeps the district's rule. A row known later replaces the one of the same levels.

        Args:
            stem: as `stem_of` gives it.
            level: of the executing unit: commune, district, department or ministry.
            unit_path: the executing unit and the units above it, nearest first; the nearest local limit wins.
        """
        key = (stem, level, day)
        try:
            found = self._answers[key]
        except KeyError:
            found = _choose([row for row in self._by_stem.get(stem, ()) if row.is_in_force(day)], level)
            if len(self._answers) >= _KEPT_ANSWERS:
                self._answers.clear()
            self._answers[key] = found
        if found is None or stem not in self._local_by_stem:
            return found
        return self._shortened(found, level, day, unit_path)

    def _shortened(
        self, rule: Procedure, level: str | None, day: date, unit_path: Sequence[str]
    ) -> Procedure:
        rows = [row for row in self._local_by_stem[rule.stem] if row.applies(level, day)]
        for unit in unit_path:
            names = (unit, unit.partition("@")[0])
            here = [row for row in rows if row.scope in names]
            if here:
                return _with_limit(rule, max(here, key=_local_precedence))
        return rule


@lru_cache(4096)
def stem_of(text: str) -> str:
    """The national stem of a procedure's code: one digit, a dot, six digits.

    An organisation's suffix and a service's are dropped: "1.010708.000.00.00.H56" is 1.010708, "1.001193.02" is
    1.001193. A text that is no such code stays as it is.
    """
    match = _STEM.fullmatch(text)
    return match[1] if match else text


def problems(rows: Iterable[Procedure], local: Iterable[LocalLimit] = ()) -> list[str]:
    """Everything wrong between the rows: two that rule the same case on the same day, and limits of nothing."""
    found: list[str] = []
    by_stem: dict[str, list[Procedure]] = {}
    for row in rows:
        by_stem.setdefault(row.stem, []).append(row)
    for same in by_stem.values():
        found += [
            f"{_named(one)} and {_named(other)}: both in force; end one, or date one of them"
            for one, other in combinations(same, 2)
            if one.is_dated == other.is_dated and set(one.levels) & set(other.levels) and _collide(one, other)
        ]
    by_scope: dict[tuple[str, str], list[LocalLimit]] = {}
    for limit in local:
        by_scope.setdefault((limit.scope, limit.stem), []).append(limit)
        if limit.stem not in by_stem:
            found.append(f"local limit of {limit.scope} for {limit.stem}: no such procedure; add its row")
    for (scope, stem), limits in by_scope.items():
        found += [
            f"local limit of {scope} for {stem}: two rows in force {_span(one)} and {_span(other)}; end one"
            for one, other in combinations(limits, 2)
            if one.is_dated == other.is_dated and _share_levels(one, other) and _collide(one, other)
        ]
    return found


def _choose(rows: list[Procedure], level: str | None) -> Procedure | None:
    """The row that rules, of those in force on a day."""
    rows = [row for row in rows if row.is_dated] or rows
    rows = [row for row in rows if level in row.levels] or rows
    if len(rows) > 1:
        rows = [row for row in rows if not any(_replaces(other, row) for other in rows)]
    return rows[0] if len(rows) == 1 else None


def _replaces(other: Procedure, row: Procedure) -> bool:
    return bool(set(other.levels) & set(row.levels)) and _known(other) > _known(row)


def _with_limit(rule: Procedure, local: LocalLimit) -> Procedure:
    """The national rule with a local limit; a same-day limit brings the 15:00 rule with it, which is general."""
    return rule._replace(
        limit=local.limit,
        is_same_day=local.is_same_day,
        after_15h=local.is_same_day or rule.after_15h,
        source=local.source,
        verified=local.verified,
        valid_from=local.valid_from,
        valid_to=local.valid_to,
        known_from=local.known_from,
        scope=local.scope,
    )


def _known(row: Procedure | LocalLimit) -> date:
    return row.known_from or date.min


def _local_precedence(row: LocalLimit) -> tuple[bool, bool, date]:
    return row.is_dated, bool(row.levels), _known(row)


def _share_levels(one: LocalLimit, other: LocalLimit) -> bool:
    if not one.levels or not other.levels:
        return bool(one.levels) == bool(other.levels)
    return bool(set(one.levels) & set(other.levels))


def _collide(one: Procedure | LocalLimit, other: Procedure | LocalLimit) -> bool:
    """Whether two rows are in force on the same day and neither was known later than the other."""
    starts = max(one.valid_from or date.min, other.valid_from or date.min)
    ends = min(one.valid_to or date.max, other.valid_to or date.max)
    return starts <= ends and _known(one) == _known(other)


def _named(row: Procedure) -> str:
    return f"{row.stem} ({', '.join(row.levels)}, {_span(row)})"


def _span(row: Procedure | LocalLimit) -> str:
    return f"{row.valid_from or 'undated'} to {row.valid_to or 'open'}"
