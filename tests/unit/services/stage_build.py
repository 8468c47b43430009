"""Flushes and rules for the tests of the stage."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from services.domain.case import COUNTERS
from services.domain.cells import CellKey
from services.domain.organisations import Organisations, Unit
from services.domain.periods import Grain, first_month, month_of_label
from services.rows import MARKER_KEY, LogIdentity, Marker, marker_value, tally_key, tally_value
from services.rules import Rules, load_rules

LOG: Final = LogIdentity("cluster", "topic")
OTHER_LOG: Final = LogIdentity("cluster", "topic made again")
UNITS: Final = (
    ("city", "city", None),
    ("health", "department", "city"),
    ("w1", "ward", "city"),
    ("w2", "ward", "city"),
)
RULES: Final[Rules] = replace(
    load_rules("Asia/Ho_Chi_Minh"),
    organisations=Organisations(
        Unit(code, code, kind, parent, "2025-07-01", "test") for code, kind, parent in UNITS
    ),
)

Cells = Mapping[tuple[str, str, str], Mapping[str, int]]
"""Unit, procedure and month (`2026-01`) to counters; none of them: the row is withdrawn."""


def month_row(
    unit: str, procedure: str, month: str, counters: Mapping[str, int]
) -> tuple[bytes, bytes | None]:
    key = CellKey(unit, procedure, Grain.MONTH, month_of_label(month))
    return tally_key(key), tally_value(key, [counters.get(name, 0) for name in COUNTERS])


def rows_of(cells: Cells) -> list[tuple[bytes, bytes | None]]:
    """The rows of a flush, with rows of the quarters too, which a reader of months has to pass over."""
    rows = [month_row(*key, counters) for key, counters in cells.items()]
    for unit, procedure, month in cells:
        quarter = CellKey(unit, procedure, Grain.QUARTER, first_month(month_of_label(month), Grain.QUARTER))
        rows.append((tally_key(quarter), tally_value(quarter, [7] * len(COUNTERS))))
    return rows


def marker(
    partition: int, as_of: int = 0, *, flush: int = 1, log: LogIdentity = LOG, rules: Rules = RULES
) -> tuple[bytes, bytes]:
    value = Marker(*log, partition, 10 * flush, as_of, "INJECTED", rules.code, rules.reference, flush)
    return MARKER_KEY, marker_value(value)
