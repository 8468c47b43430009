"""Keys and values of the topics the hub publishes: the one place where counts become records.

Keys are canonical JSON (no spaces, UTF-8), values Avro in the hub's frame; the same counts always give the same bytes.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

import msgspec
from egovhub.codec import decode, encode

from services.domain.case import CaseState
from services.domain.cells import Cell, CellKey
from services.domain.figures import FigureKey, FigureRow, Rank
from services.domain.periods import GRAIN_MONTHS, Grain, Periods, label, month_of_label
from services.domain.points import hundredths
from services.rules import Rules

MARKER_KEY: Final = b'"marker"'
"""Key of the marker in a partition of hub.tallies, and of the stage's in hub.indicators."""


FACTS: Final = "facts"
"""Cause of a row that facts, or time alone, changed."""


class LogIdentity(NamedTuple):
    """Which log a state, marker or row rests on; both ids as Kafka spells them."""

    cluster_id: str
    topic_id: str


@dataclass(frozen=True, slots=True)
class Marker:
    """The last record of a flush: what the cells before it rest on. Instants in milliseconds."""

    cluster_id: str
    topic_id: str
    partition: int
    position: int
    as_of: int
    clock: str
    code: str
    reference: str
    flush: int

    @property
    def log(self) -> LogIdentity:
        """The log this flush counted."""
        return LogIdentity(self.cluster_id, self.topic_id)


class Cut(NamedTuple):
    """What a row of hub.indicators rests on in one partition."""

    partition: int
    position: int
    as_of: int
    flush: int


_json: Final = msgspec.json.encode


def json_key(*parts: str) -> bytes:
    """A key of several parts as canonical JSON."""
    return _json(parts)


def tally_key(key: CellKey) -> bytes:
    """`["<unit>","<procedure>","month","2026-11"]`."""
    return json_key(key.unit, key.procedure, key.grain, label(key.month, key.grain))


def cell_key(key: bytes) -> CellKey:
    """The cell a key of hub.tallies names.

    Raises:
        ValueError: if it is not such a key.
    """
    unit, procedure, grain, period = json.loads(key)
    return CellKey(unit, procedure, Grain(grain), month_of_label(period))


def tally_value(key: CellKey, cell: Cell) -> bytes | None:
    """The row of a cell; None (a tombstone) if all its counters are zero."""
    if not cell:
        return None
    return encode(
        "tally",
        {
            "unit": key.unit,
            "procedure": key.procedure,
            "grain": key.grain.value,
            "period": label(key.month, key.grain),
            "counters": dict(sorted(cell.items())),
        },
    )


def marker_value(marker: Marker) -> bytes:
    """The bytes of a marker."""
    return encode("marker", asdict(marker))


def read_marker(value: bytes) -> Marker:
    """The marker in a value of hub.tallies.

    Raises:
        RejectedInput: if the bytes are no marker.
    """
    return Marker(**decode(value)[1])


def case_value(state: CaseState, rules: Rules, *, position: int, as_of: int) -> bytes:
    """The row of one case in hub.cases; `position` is the offset of the next fact not yet counted."""
    return encode(
        "case",
        {
            "case_id": state.case_id,
            "unit": state.unit,
            "procedure": state.procedure,
            "channel": state.channel,
            "receiving_unit": state.receiving_unit,
            "received_at": state.received_at,
            "due_at": state.due_at,
            "due_source": state.due_source,
            "due_computed": state.due_computed,
            "ended_at": state.ended_at,
            "bucket": state.bucket,
            "buckets": buckets_of(state, rules),
            "reason": state.reason,
            "policy": rules.policy.label,
            "position": position,
            "as_of": as_of,
            "code": rules.code,
            "reference": rules.reference,
        },
    )


def buckets_of(state: CaseState, rules: Rules) -> dict[str, str]:
    """The bucket of a case under each policy; an orphan is one under all of them."""
    labels = rules.labels
    return dict(sorted(zip(labels, state.buckets or (state.bucket,) * len(labels), strict=True)))


def figure_key(key: FigureKey) -> bytes:
    """`["2.1","<unit>","<procedure>","2026-11","national-portal@1","as-was"]`."""
    return json_key(*key)


def reporting_instant(row: FigureRow, periods: Periods, as_of: int) -> int:
    """The instant the levels of a row hold at: the last millisecond of its period, or `as_of` if that is earlier."""
    return min(periods.start_of(row.month + GRAIN_MONTHS[row.grain]) - 1, as_of)


def indicator_record(
    row: FigureRow, rank: Rank | None, rules: Rules, as_of: int, cut: Iterable[Cut], cause: str = FACTS
) -> dict[str, Any]:
    """The self-describing row of one figure.

    Args:
        as_of: the least of the cut.
        cause: what made it say something else than before.
    """
    key, figure = row.key, row.figure
    return {
        "indicator": key.indicator,
        "definition": row.definition.label,
        "policy": key.policy,
        "unit": key.unit,
        "procedure": key.procedure,
        "grain": row.grain.value,
        "period": key.period,
        "view": key.view,
        "as_of": as_of,
        "evaluated_at": reporting_instant(row, rules.periods, as_of),
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "total": figure.total,
        "value_unit": row.definition.unit,
        "coverage_numerator": figure.denominator,
        "coverage_denominator": figure.total,
        "points_max": row.points_max,
        "points_hundredths": None if row.points is None else hundredths(row.points),
        "missing": list(row.missing),
        "rank": rank.rank if rank else None,
        "ranked": rank.ranked if rank else None,
        "group": rank.group if rank else None,
        "buckets": dict(sorted(figure.parts.items())),
        "code": rules.code,
        "reference": rules.reference,
        "cause": cause,
        "cut": [c._asdict() for c in cut],
    }
