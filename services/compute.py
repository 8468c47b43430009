"""`python -m services compute`: the figures of a file of facts, by the core of the stream, without Kafka.

Facts are one JSON object a line, as `egovhub preview` prints them; a line may say in `known_at` since when it
is known. What is printed depends on the set of facts alone: shuffled or doubled lines give the same bytes. If
a line cannot be read there are no figures, unless they are asked for without it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from egovhub.errors import ConfigurationError
from rich.console import Console
from rich.progress import Progress

from services.clock import instant_of
from services.domain.case import CaseState, Point
from services.domain.cells import add
from services.domain.figures import FigureRow
from services.domain.organisations import ALL, Organisations
from services.domain.periods import FIRST_YEAR, LAST_YEAR
from services.domain.policy import BUCKETS
from services.fact_lines import BadLines, lines_of, read_cases
from services.indicators import on_time_share
from services.indicators.on_time_share import Figure
from services.recount import evaluations, figures, overall, pooled
from services.rules import Rules, load_rules
from services.settings import load_settings

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS: Final = {
    "cases": tuple(bucket for bucket in BUCKETS if bucket != "orphan"),
    "on time": ("early", "on_time"),
    "late": ("late",),
    "in time": ("in_time", "due_soon", "paused"),
    "overdue": ("overdue",),
    "no deadline": ("no_deadline",),
    "unjudged": ("refused", "withdrawn", "stopped", "unknown"),
    "orphans": ("orphan",),
}
"""Columns of the table and the buckets they sum."""

_EXAMPLES: Final = """
examples:
  python -m services compute --facts facts.ndjson.gz --as-of 2026-07-01T00:00+07:00
  python -m services compute --facts facts.ndjson --as-of 2026-07-01T00:00+07:00 --cases | grep overdue
  egovhub preview mapping.toml --input log.csv | python -m services compute --facts - --as-of ... --json
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, evaluate, print; exit code 2 without figures if a line is bad and may not be left out."""
    given = _parser().parse_args(arguments)
    as_of = _instant("--as-of", given.as_of)
    known_at = None if given.known_at is None else _instant("--known-at", given.known_at)
    rules = _rules(given.zone)
    bad = BadLines(given.facts, is_named=not given.skip_bad)
    points: dict[Point, int] = {}
    states: list[CaseState] = []
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        cases = read_cases(lines_of(given.facts, progress), bad)
        if bad.reasons and not given.skip_bad:
            raise ConfigurationError(
                f"{given.facts}: no figures, {bad.reasons.total()} lines cannot be read;"
                " correct them, or leave them out with --skip-bad"
            )
        for evaluation in progress.track(evaluations(cases, rules, as_of, known_at), len(cases)):
            add(points, evaluation.contributions)
            if given.cases and evaluation.state is not None:
                states.append(evaluation.state)
    _print(given, rules, as_of, points, states)
    if bad.reasons:
        by_reason = ", ".join(f"{n} {reason}" for reason, n in sorted(bad.reasons.items()))
        print(f"{given.facts}: {bad.reasons.total()} lines left out: {by_reason}", file=sys.stderr)
    return 0


def case_row(case: CaseState, rules: Rules) -> dict[str, Any]:
    """One case as it is printed."""
    zone = rules.periods.zone
    return {
        "case_id": case.case_id,
        "unit": case.unit,
        "procedure": case.procedure,
        "channel": case.channel,
        "received_at": _text(case.received_at, zone),
        "due_at": _text(case.due_at, zone),
        "ended_at": _text(case.ended_at, zone),
        "bucket": case.bucket,
        "policy": rules.policy.label,
    }


def figure_row(row: FigureRow, rules: Rules, as_of: int) -> dict[str, Any]:
    """One figure as it is printed; `all` stands for every unit or every procedure."""
    return {
        "indicator": row.key.indicator,
        "definition": on_time_share.DEFINITION,
        "policy": row.key.policy,
        "unit": row.key.unit,
        "procedure": row.key.procedure,
        "period": row.key.period,
        "as_of": _text(as_of, rules.periods.zone),
        "numerator": row.figure.numerator,
        "denominator": row.figure.denominator,
        "buckets": {bucket: row.figure.buckets[bucket] for bucket in BUCKETS},
    }


def table(units: Sequence[tuple[str, Figure]], organisations: Organisations) -> list[str]:
    """Lines for a person: the sum of all, then a unit each."""
    lines = [" ".join([f"{'unit':40}", *(f"{head:>11}" for head in _COLUMNS), "  on-time share"])]
    for unit, figure in sorted(units, key=lambda row: (row[0] != ALL, row[0])):
        registered = organisations.units.get(unit)
        name = f"{unit} {registered.name}" if registered else unit
        counts = [sum(figure.buckets[bucket] for bucket in buckets) for buckets in _COLUMNS.values()]
        if any(counts):
            lines.append(" ".join([f"{name[:40]:40}", *(f"{n:11,}" for n in counts), _share(figure)]))
    return lines


def _print(
    given: argparse.Namespace, rules: Rules, as_of: int, points: dict[Point, int], states: list[CaseState]
) -> None:
    if given.cases:
        for case in sorted(states, key=lambda case: case.case_id):
            print(_canonical(case_row(case, rules)))
        return
    pool = pooled(points, rules)
    if given.json:
        for row in figures(pool, rules, as_of):
            print(_canonical(figure_row(row, rules, as_of)))
        return
    print(f"ended in any period, open at {_text(as_of, rules.periods.zone)}, policy {rules.policy.label}")
    print(*table(overall(pool, rules), rules.organisations), sep="\n")


def _share(figure: Figure) -> str:
    if not figure.denominator:
        return "  no data"
    return f"  {figure.numerator / figure.denominator:7.2%}  {figure.numerator:,} / {figure.denominator:,}"


def _canonical(row: dict[str, Any]) -> str:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _text(instant: int | None, zone: tzinfo) -> str | int | None:
    """An instant in the zone; as the number it is if no calendar year holds it, which a due instant may."""
    if instant is None:
        return None
    try:
        return (_EPOCH + timedelta(milliseconds=instant)).astimezone(zone).isoformat(timespec="milliseconds")
    except OverflowError:
        return instant


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services compute",
        description="The figures of a file of facts at an instant, without Kafka.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--facts", required=True, metavar="FILE", help="NDJSON, plain or gzip; - is standard input"
    )
    parser.add_argument(
        "--as-of", required=True, metavar="INSTANT", help="reporting instant, ISO 8601 with offset"
    )
    parser.add_argument(
        "--known-at", metavar="INSTANT", help="use only what was known then; without it, everything"
    )
    parser.add_argument("--zone", help="cuts months and shows instants (HUB_ZONE)")
    parser.add_argument(
        "--json", action="store_true", help="one object a line and figure, instead of a table"
    )
    parser.add_argument("--cases", action="store_true", help="the cases instead: one object a line and case")
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave out lines that cannot be read, and count them"
    )
    return parser


def _instant(option: str, text: str) -> int:
    try:
        instant = instant_of(text)
    except ValueError as error:
        raise ConfigurationError(f"{option}: {text[:40]!r} {error}") from None
    if not FIRST_YEAR <= (_EPOCH + timedelta(milliseconds=instant)).year <= LAST_YEAR:
        raise ConfigurationError(
            f"{option}: {text!r} is out of range; the hub counts from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return instant


def _rules(zone: str | None) -> Rules:
    settings = load_settings()
    if zone is not None:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ConfigurationError(
                f"--zone: {zone!r} is not a time zone; use an IANA name such as Asia/Ho_Chi_Minh"
            ) from None
    return load_rules(zone or settings.zone, settings.reference_dir)
