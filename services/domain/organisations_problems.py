"""What is wrong with a registry of units: everything at once, each problem with the id of its row or edge.

Units may end, begin and succeed each other only so that every code means one unit a day, every path ends at a root, and
every chain of successors goes forward in time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from services.domain import succession
from services.domain.organisations import ALL, DAY, Unit, first_day, holding_row, parent_id, rows_by_code
from services.domain.succession import BEGINNING, Succession, as_known, learned


def problems(units: Iterable[Unit], successions: Iterable[Succession] = ()) -> list[str]:
    """Everything wrong with a registry, at whatever time it was or will be known: one line each.

    Codes that cannot be told from other names, rows and edges given twice, ends before beginnings, overlapping rows of
    one code, unknown parents, cycles, and successions that do not fit the rows.
    """
    rows, edges = list(units), list(successions)
    found = [*_bad_rows(rows), *succession.repeated(edges)]
    for known_at in (BEGINNING, *sorted(learned(rows) | learned(edges))):
        by_code = rows_by_code(as_known(rows, known_at))
        found += [*_overlaps(by_code), *_parent_problems(by_code)]
        ended = {(row.code, row.valid_to) for of_code in by_code.values() for row in of_code if row.valid_to}
        found += succession.problems(
            as_known(edges, known_at), by_code.keys(), ended, partial(_is_holding, by_code)
        )
    return list(dict.fromkeys(found))


def _bad_rows(rows: Sequence[Unit]) -> list[str]:
    times = Counter((row.code, row.valid_from, row.known_from) for row in rows)
    found: list[str] = []
    for row in rows:
        if row.code == ALL:
            found.append(f"unit {ALL}: is the name of the root above every unit; choose another code")
        if "@" in row.code:
            found.append(f"unit {row.id}: '@' parts code and first day in an id; write a code without it")
        if row.valid_to is not None and first_day(row) >= row.valid_to:
            found.append(
                f"unit {row.id}: valid_to {row.valid_to} is not after valid_from; correct one of them"
            )
        if times[row.code, row.valid_from, row.known_from] > 1:
            found.append(f"unit {row.id}: given twice; keep one row")
    return found


def _overlaps(by_code: Mapping[str, Sequence[Unit]]) -> list[str]:
    return [
        f"unit {after.id}: begins before {before.id} ends; end the earlier row on the day the later one begins"
        for rows in by_code.values()
        for before, after in pairwise(rows)
        if before.valid_to is None or before.valid_to > first_day(after)
    ]


def _parent_problems(by_code: Mapping[str, Sequence[Unit]]) -> list[str]:
    found: list[str] = []
    above: dict[str, str | None] = {}
    for row in (row for rows in by_code.values() for row in rows):
        above[row.id] = parent_id(row, by_code)
        if row.parent is None or above[row.id] is not None:
            continue
        if row.parent in by_code:
            last = "today" if row.valid_to is None else f"on {row.valid_to - DAY}"
            found.append(f"unit {row.id}: parent {row.parent} does not hold {last}, the unit's last day")
        else:
            found.append(
                f"unit {row.id}: parent {row.parent} is not in the registry; add it or correct the code"
            )
    for unit in above:
        seen: list[str] = []
        at: str | None = unit
        while at is not None and at not in seen:
            seen.append(at)
            at = above.get(at)
        if at == unit:
            found.append(f"unit {unit}: is its own ancestor ({' > '.join(seen)}); break the cycle")
    return found


def _is_holding(by_code: Mapping[str, Sequence[Unit]], code: str, day: date) -> bool:
    return holding_row(by_code[code], day) is not None
