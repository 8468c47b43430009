"""Flushes and rules for the tests of the stage."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from services.domain.cells import CellKey
from services.domain.imports import Imports
from services.domain.organisations import Organisations, Unit
from services.domain.periods import Grain, first_month, month_of_label
from services.domain.points import DECISION_766, Rule, Threshold, Thresholds
from services.domain.policy import Stands
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
EDGE: Final = date(2026, 2, 15)
"""From this day on 2.1 gives more points."""


def threshold(
    indicator: str, points: int, since: date = date(2022, 1, 1), until: date | None = None
) -> Threshold:
    group = "progress" if indicator == "2.1" else "publicity"
    return Threshold(
        DECISION_766, indicator, group, points, Rule.LINEAR, None, None, since, until, None, "s", "v", ""
    )


EVERYTHING: Final[Rules] = load_rules("Asia/Ho_Chi_Minh")
RULES: Final[Rules] = replace(
    EVERYTHING,
    law=replace(
        EVERYTHING.law,
        organisations=Organisations(
            [Unit(code, code, kind, parent, None, "test", jurisdiction="VN") for code, kind, parent in UNITS],
            zone=EVERYTHING.periods.zone,
        ),
        thresholds=Thresholds(
            [threshold("2.1", 20, until=EDGE), threshold("2.1", 30, EDGE), threshold("1.4", 6)]
        ),
    ),
    imports=Imports(),
    indicators=tuple(i for i in EVERYTHING.indicators if i.DEFINITION.id == "2.1"),
)
"""A city of four units with one indicator, which gives points; another is missing."""

Cells = Mapping[tuple[str, str, str], Mapping[str, int]]
"""Unit, procedure and month (`2026-01`) to counters; none of them: the row is withdrawn."""


def joint(counter: str) -> str:
    """`ended.late` as the workers spell it: one bucket for each policy of the track, here the same for all."""
    state, _, bucket = counter.rpartition(".")
    stands = Stands.HAND_OVER if state.startswith("handover") else Stands.PROCESSING
    return f"{state}.{'/'.join([bucket] * len(RULES.law.track(stands)))}" if state else counter


def month_row(
    unit: str, procedure: str, month: str, counters: Mapping[str, int]
) -> tuple[bytes, bytes | None]:
    key = CellKey(unit, procedure, Grain.MONTH, month_of_label(month))
    return tally_key(key), tally_value(key, {joint(name): n for name, n in counters.items() if n})


def rows_of(cells: Cells) -> list[tuple[bytes, bytes | None]]:
    """The rows of a flush, with rows of the quarters too, which a reader of months has to pass over."""
    rows = [month_row(*key, counters) for key, counters in cells.items()]
    for unit, procedure, month in cells:
        quarter = CellKey(unit, procedure, Grain.QUARTER, first_month(month_of_label(month), Grain.QUARTER))
        rows.append((tally_key(quarter), tally_value(quarter, {joint("ended.late"): 7})))
    return rows


def marker(
    partition: int, as_of: int = 0, *, flush: int = 1, log: LogIdentity = LOG, rules: Rules = RULES
) -> tuple[bytes, bytes]:
    value = Marker(*log, partition, 10 * flush, as_of, "INJECTED", rules.code, rules.reference, flush)
    return MARKER_KEY, marker_value(value)
