"""Administrative procedures: the limit of a case, and how it is counted, by the stem of the procedure's code.

Limits are dated reference data. A case keeps the rule in force on the day it was accepted, whatever changes later.
Source: `domain/deadlines.md`, 1; the table of procedures and its notes (`reference/procedures.toml`).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from services.domain.calendar import Limit
from services.domain.dated import contradictions, in_force, known

AFTER_15H: Final = "after_15h_next_working_day"
RESTART: Final = "restart"
EXTEND: Final = "extend"

_STEM: Final = re.compile(r"(\d\.\d{6})(?:\.[0-9A-Z]{1,3})*")
_KEPT_ANSWERS: Final = 20_000
_SAME_LEVEL: Final = {"province": "department"}
"""The table calls everything at province level `department`."""


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
        valid_from: the first day; `date.min` if it is not established.
        valid_to: the first day on which it no longer holds; None: no end known.
        known_from: since when the row is known, in milliseconds since the epoch; None: from the beginning.
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
    valid_from: date = date.min
    valid_to: date | None = None
    known_from: int | None = None
    scope: str | None = None


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
    valid_from: date = date.min
    valid_to: date | None = None
    known_from: int | None = None


AnyRow = TypeVar("AnyRow", Procedure, LocalLimit)


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

    def at(self, known_at: int | None) -> "Procedures":
        """The table as it was known at an instant; None: everything."""
        return Procedures(known(self.rows, known_at), known(self.local, known_at))

    def knows(self, stem: str) -> bool:
        """Whether the table has a row of the procedure, in force or not."""
        return stem in self._by_stem

    def rule(
        self, stem: str, level: str | None, day: date, unit_path: Sequence[str] = ()
    ) -> Procedure | None:
        """The rule of a case accepted on `day`; None if the table has none, or several and the level does not say.

        Of the rows in force a dated one wins over an undated one of the same code, whatever its level; then the
        level chooses. Without a row of the level the only row there is holds: a case that moved from a district
        to a commune keeps the district's rule.

        Args:
            stem: as `stem_of` gives it.
            level: of the executing unit: commune, district, department (or province) or ministry.
            unit_path: the executing unit and the units above it, nearest first; the nearest local limit wins.
        """
        key = (stem, level, day)
        try:
            found = self._answers[key]
        except KeyError:
            found = _choose(self._by_stem.get(stem, ()), _SAME_LEVEL.get(level or "", level), day)
            if len(self._answers) >= _KEPT_ANSWERS:
                self._answers.clear()
            self._answers[key] = found
        if found is None or stem not in self._local_by_stem:
            return found
        local = _nearest(self._local_by_stem[stem], _SAME_LEVEL.get(level or "", level), day, unit_path)
        return found if local is None else _with_limit(found, local)


@lru_cache(4096)
def stem_of(text: str) -> str:
    """The national stem of a procedure's code: one digit, a dot, six digits.

    An organisation's suffix and a service's are dropped: "1.010708.000.00.00.H56" is 1.010708, "1.001193.02" is
    1.001193. A text that is no such code stays as it is.
    """
    match = _STEM.fullmatch(text)
    return match[1] if match else text


def problems(rows: Iterable[Procedure], local: Sequence[LocalLimit] = ()) -> list[str]:
    """Everything wrong between the rows: two that rule the same case on the same day, and limits of nothing."""
    groups: dict[tuple[str, ...], list[Procedure]] = {}
    local_groups: dict[tuple[str, ...], list[LocalLimit]] = {}
    stems = set()
    for row in rows:
        stems.add(row.stem)
        for level in row.levels:
            groups.setdefault((row.stem, level), []).append(row)
    found = [
        f"local limit of {limit.scope} for {limit.stem}: no such procedure; add its row or correct the code"
        for limit in local
        if limit.stem not in stems
    ]
    for limit in local:
        for level in limit.levels or ("every level",):
            local_groups.setdefault((limit.stem, limit.scope, level), []).append(limit)
    return [*found, *_collisions(groups), *_collisions(local_groups)]


def _collisions(groups: dict[tuple[str, ...], list[AnyRow]]) -> list[str]:
    """The pairs of rows of one key that hold on one day, a dated one over an undated one apart."""
    return [
        f"{' '.join(key)}: two rows in force together, {_span(one)} and {_span(other)}; end or date one of them"
        for key, rows in groups.items()
        for some in (_dated(rows), _undated(rows))
        for one, other in contradictions(some)
    ]


def _choose(rows: Iterable[Procedure], level: str | None, day: date) -> Procedure | None:
    """The row that rules a level on a day, of all rows of a stem."""
    by_level: dict[str, list[Procedure]] = {}
    for row in rows:
        for at_level in row.levels:
            by_level.setdefault(at_level, []).append(row)
    for some in (_dated, _undated):
        ruling = {name: in_force(some(same), day) for name, same in by_level.items()}
        there = list(dict.fromkeys(row for row in ruling.values() if row is not None))
        if there:
            return ruling.get(level or "") or (there[0] if len(there) == 1 else None)
    return None


def _nearest(
    rows: Iterable[LocalLimit], level: str | None, day: date, unit_path: Sequence[str]
) -> LocalLimit | None:
    """The local limit of the nearest unit that has one; one for the level wins over one for every level."""
    for unit in unit_path:
        here = [row for row in rows if row.scope in (unit, unit.partition("@")[0])]
        for same in ([row for row in here if level in row.levels], [row for row in here if not row.levels]):
            found = in_force(_dated(same), day) or in_force(_undated(same), day)
            if found is not None:
                return found
    return None


def _dated(rows: Iterable[AnyRow]) -> list[AnyRow]:
    return [row for row in rows if row.valid_from > date.min]


def _undated(rows: Iterable[AnyRow]) -> list[AnyRow]:
    return [row for row in rows if row.valid_from == date.min]


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


def _span(row: Procedure | LocalLimit) -> str:
    since = "undated" if row.valid_from == date.min else f"from {row.valid_from}"
    return since if row.valid_to is None else f"{since} until {row.valid_to}"
