"""`python -m services compute`: the figures of a file of facts, by the core of the stream, without Kafka.

Facts are one JSON object a line, as `egovhub preview` prints them; a line may say in `known_at` since when it
is known. What is printed depends on the set of facts alone: shuffled or doubled lines give the same bytes. If
a line cannot be read there are no figures, unless they are asked for without it. `--known-at` leaves out facts and
rows of reference data that became known later, and says what those rows would change.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, NamedTuple

from egovhub.errors import ConfigurationError
from rich.console import Console
from rich.progress import Progress

from services.canonical import canonical, spelt
from services.domain.case import CaseState
from services.domain.cells import add
from services.domain.figures import FigureRow
from services.domain.indicator import Figure
from services.domain.organisations import ALL, Organisations
from services.domain.points import hundredths
from services.domain.policy import BUCKETS
from services.domain.sums import Point
from services.fact_lines import BadLines, lines_of, read_cases
from services.hindsight import evaluations, left_out
from services.options import instant, policy, settings_in
from services.recount import figures, overall
from services.rows import buckets_of
from services.rules import Rules, load_rules

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


class Judged(NamedTuple):
    """A case, and what the law of today says of it if that is something else."""

    state: CaseState
    today: CaseState | None


class Hindsight(NamedTuple):
    """What the reference data that became known later would change: rows by file, and how many cases."""

    known_at: int
    left_out: Mapping[str, int]
    cases: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, evaluate, print; exit code 2 without figures if a line is bad and may not be left out."""
    given = _parser().parse_args(arguments)
    as_of = instant("--as-of", given.as_of)
    known_at = None if given.known_at is None else instant("--known-at", given.known_at)
    settings = settings_in(given.zone)
    today = load_rules(settings.zone, settings.reference_dir)
    judge = policy("--policy", given.policy, today)
    rules, later = today.at(known_at), {}
    if known_at is not None:
        later = left_out(settings.reference_dir, today.periods.zone, known_at)
    bad = BadLines(given.facts, is_named=not given.skip_bad)
    points: dict[Point, int] = {}
    judged: list[Judged] = []
    differing = 0
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        cases = read_cases(lines_of(given.facts, progress), bad)
        if bad.reasons and not given.skip_bad:
            raise ConfigurationError(
                f"{given.facts}: no figures, {bad.reasons.total()} lines cannot be read;"
                " correct them, or leave them out with --skip-bad"
            )
        found = evaluations(cases, rules, today if later else None, as_of, known_at)
        for evaluation, otherwise in progress.track(found, len(cases)):
            add(points, evaluation.contributions)
            differing += otherwise is not None
            if given.cases and evaluation.state is not None:
                judged.append(Judged(evaluation.state, otherwise))
    if given.cases:
        _print_cases(judged, rules)
    elif given.json:
        for row in figures(points, rules, as_of):
            print(canonical(figure_row(row, rules, as_of), rules.periods.zone))
    else:
        print(f"ended in any period, open at {_text(as_of, rules.periods.zone)}, policy {judge.label}")
        print(*table(overall(points, rules, judge), rules.organisations), sep="\n")
    if known_at is not None:
        _print_hindsight(given, Hindsight(known_at, later, differing), rules)
    if bad.reasons:
        by_reason = ", ".join(f"{n} {reason}" for reason, n in sorted(bad.reasons.items()))
        print(f"{given.facts}: {bad.reasons.total()} lines left out: {by_reason}", file=sys.stderr)
    return 0


def case_row(case: CaseState, rules: Rules, today: CaseState | None = None) -> dict[str, Any]:
    """One case as it is printed; what the law of today says of it only where that is something else."""
    zone = rules.periods.zone
    row = {
        "case_id": case.case_id,
        "unit": case.unit,
        "procedure": case.procedure,
        "channel": case.channel,
        "received_at": _text(case.received_at, zone),
        "due_at": _text(case.due_at, zone),
        "due_source": _text(case.due_source, zone),
        "due_computed": _text(case.due_computed, zone),
        "ended_at": _text(case.ended_at, zone),
        "bucket": case.bucket,
        "buckets": buckets_of(case, rules),
        "reason": case.reason,
        "policy": rules.policy.label,
    }
    if today is None:
        return row
    return {**row, "by_law_of_today": {"due_at": _text(today.due_at, zone), "bucket": today.bucket}}


def figure_row(row: FigureRow, rules: Rules, as_of: int) -> dict[str, Any]:
    """One figure as it is printed; `all` stands for every unit or every procedure."""
    return {
        "indicator": row.key.indicator,
        "definition": row.definition.label,
        "policy": row.key.policy,
        "view": row.key.view,
        "unit": row.key.unit,
        "procedure": row.key.procedure,
        "period": row.key.period,
        "as_of": _text(as_of, rules.periods.zone),
        "numerator": row.figure.numerator,
        "denominator": row.figure.denominator,
        "total": row.figure.total,
        "value_unit": row.definition.unit,
        "points_hundredths": None if row.points is None else hundredths(row.points),
        "points_max": row.points_max,
        "missing": list(row.missing),
        "buckets": dict(row.figure.parts),
    }


def table(units: Sequence[tuple[str, Figure]], organisations: Organisations) -> list[str]:
    """Lines for a person: the sum of all, then a unit each."""
    lines = [" ".join([f"{'unit':40}", *(f"{head:>11}" for head in _COLUMNS), "  on-time share"])]
    for unit, figure in sorted(units, key=lambda row: (row[0] != ALL, row[0])):
        registered = organisations.units.get(unit)
        name = f"{unit} {registered.name}" if registered else unit
        counts = [sum(figure.parts[bucket] for bucket in buckets) for buckets in _COLUMNS.values()]
        if any(counts):
            lines.append(" ".join([f"{name[:40]:40}", *(f"{n:11,}" for n in counts), _share(figure)]))
    return lines


def _print_cases(judged: Sequence[Judged], rules: Rules) -> None:
    for case in sorted(judged, key=lambda case: case.state.case_id):
        print(canonical(case_row(case.state, rules, case.today), rules.periods.zone))


def _print_hindsight(given: argparse.Namespace, hindsight: Hindsight, rules: Rules) -> None:
    """What was left out because it became known later, and what it would change: last, in the form of the rest."""
    known_at, rows, cases = _text(hindsight.known_at, rules.periods.zone), hindsight.left_out, hindsight.cases
    if given.json or given.cases:
        note = {"known_at": known_at, "reference_rows_left_out": dict(rows), "cases_judged_otherwise": cases}
        print(canonical({"note": note}, rules.periods.zone))
        return
    files = ", ".join(f"{name} {n}" for name, n in rows.items()) or "none"
    print(f"known at {known_at}; rows of reference data known only later, and left out: {files}")
    print(
        f"cases that the same facts judge otherwise by everything known today: {cases:,} (--cases says which)"
    )


def _text(instant: int | None, zone: tzinfo) -> str | int | None:
    return None if instant is None else spelt(instant, zone)


def _share(figure: Figure) -> str:
    if not figure.denominator:
        return "  no data"
    return f"  {figure.numerator / figure.denominator:7.2%}  {figure.numerator:,} / {figure.denominator:,}"


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
        "--known-at",
        metavar="INSTANT",
        help="use only facts and reference data known then, and say what is left out; without it, everything",
    )
    parser.add_argument(
        "--policy", metavar="LABEL", help="of the table, such as by-day@1 (the national portal's)"
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
