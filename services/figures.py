"""`python -m services figures`: the table of Decision 766 of one unit and period, and its form II.06a or II.07a.

The counts come from a file of facts or from what the workers published; both give the same figures.
"""

import argparse
import asyncio
import dataclasses
import sys
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from egovhub.errors import ConfigurationError
from rich.console import Console
from rich.progress import Progress

from services.canonical import canonical, spelt
from services.domain.cells import add
from services.domain.figures import AS_NOW, AS_WAS
from services.domain.organisations import ALL
from services.domain.sums import Point
from services.fact_lines import BadLines, lines_of, read_cases
from services.figures_text import lines_of_figures
from services.options import instant, period, policy, settings_in
from services.published_counts import Counts, read_counts
from services.recount import evaluations
from services.rules import Rules, load_rules
from services.settings import Settings
from services.unit_figures import Asked, UnitFigures, figures_of

_EXAMPLES: Final = """
examples:
  python -m services figures --unit 31 --period 2026-11
  python -m services figures --unit 10507 --period 2026-Q4 --view as-now --policy by-day@1
  python -m services figures --unit all --period 2026 --facts facts.ndjson --as-of 2026-11-27T17:00+07:00

Without --facts the published counts are read. A code means the unit that it means at the reporting instant;
an older one is named by code and first day, such as 10507@2025-07-01.
Exit code 1: an identity of the form does not hold.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read or count, measure, print."""
    given = _parser().parse_args(arguments)
    settings = settings_in(given.zone)
    rules = load_rules(settings.zone, settings.reference_dir)
    counts = _from_topics(given, settings, rules)
    if given.facts is not None:
        rules, counts = _from_facts(given, rules)
    asked = _asked(given, rules, counts)
    found = figures_of(rules.pool(asked.view).fill(counts.points), rules, asked)
    if given.json:
        print(canonical(as_json(found, given.form), rules.periods.zone))
    else:
        print(*lines_of_figures(found, rules, given.form), sep="\n")
    return 1 if found.violations else 0


def as_json(found: UnitFigures, form: str) -> dict[str, Any]:
    """The figures as one object; of the two forms the one asked for."""
    row = dataclasses.asdict(found)
    return {**row, "form": row["form"]["main"]} if form == "06a" else row


def _from_topics(given: argparse.Namespace, settings: Settings, rules: Rules) -> Counts:
    if given.facts is not None:
        return Counts({}, 0)
    for option in ("as_of", "known_at"):
        if getattr(given, option) is not None:
            name = f"--{option.replace('_', '-')}"
            raise ConfigurationError(
                f"{name}: goes with --facts; what the workers published is of their own instant"
            )
    with _progress() as progress:
        task = progress.add_task(settings.topic("hub.tallies"), total=None)
        return asyncio.run(
            read_counts(settings, rules, lambda done, of: progress.update(task, completed=done, total=of))
        )


def _from_facts(given: argparse.Namespace, rules: Rules) -> tuple[Rules, Counts]:
    """The counts of a file, by the rules as they were known."""
    if given.as_of is None:
        raise ConfigurationError("--as-of: is needed with --facts; give the reporting instant")
    as_of = instant("--as-of", given.as_of)
    known_at = None if given.known_at is None else instant("--known-at", given.known_at)
    rules, points, bad = rules.at(known_at), dict[Point, int](), BadLines(given.facts, is_named=True)
    with _progress() as progress:
        cases = read_cases(lines_of(given.facts, progress), bad)
        if bad.reasons:
            raise ConfigurationError(
                f"{given.facts}: no figures, {bad.reasons.total()} lines cannot be read; correct them"
            )
        for evaluation in progress.track(evaluations(cases, rules, as_of, known_at), len(cases)):
            add(points, evaluation.contributions)
    return rules, Counts(points, as_of)


def _asked(given: argparse.Namespace, rules: Rules, counts: Counts) -> Asked:
    grain, month = period("--period", given.period)
    if rules.periods.start_of(month) > counts.as_of:
        at = spelt(counts.as_of, rules.periods.zone)
        raise ConfigurationError(f"--period: {given.period} has not begun at the reporting instant {at}")
    unit = unit_of(given.unit, rules, counts.as_of, {point[0] for point in counts.points})
    return Asked(unit, grain, month, policy("--policy", given.policy, rules), given.view, counts.as_of)


def unit_of(text: str, rules: Rules, as_of: int, seen: set[str]) -> str:
    """The id that a text means: `all`, an id, a code on the day of the instant, or a unit that facts alone name.

    Raises:
        ConfigurationError: with the names that come nearest.
    """
    organisations = rules.organisations
    meant = organisations.unit_at(text, as_of)
    if text == ALL or meant != text:
        return meant if text != ALL else ALL
    if organisations.unit(text) is not None or text in seen:
        return text
    names = {**{id_: id_ for id_ in organisations.units}, **_by_name(organisations.units)}
    near = {names[name] for name in get_close_matches(text.lower(), names, 5, 0.6)}
    options = ", ".join(f"{unit} {organisations.units[unit].name}" for unit in sorted(near))
    raise ConfigurationError(
        f"--unit: {text[:40]!r} is no unit of the registry; "
        + (f"near: {options}" if near else "give its code")
    )


def _by_name(units: Mapping[str, Any]) -> dict[str, str]:
    return {unit.name.lower(): id_ for id_, unit in units.items()}


def _progress() -> Progress:
    return Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services figures",
        description="The table of Decision 766 of one unit and period, and its monthly form.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--unit", required=True, help="id or code of the unit; all: everything")
    parser.add_argument("--period", required=True, help="2026-11, 2026-Q4 or 2026")
    parser.add_argument("--view", choices=(AS_WAS, AS_NOW), default=AS_WAS, help="as-was is the default")
    parser.add_argument("--policy", metavar="LABEL", help="such as by-day@1 (the national portal's)")
    parser.add_argument("--form", choices=("06a", "07a"), default="06a", help="06a is the default")
    parser.add_argument("--facts", metavar="FILE", help="NDJSON, plain or gzip; - is standard input")
    parser.add_argument("--as-of", metavar="INSTANT", help="with --facts: the reporting instant")
    parser.add_argument("--known-at", metavar="INSTANT", help="with --facts: use only what was known then")
    parser.add_argument("--zone", help="cuts months and shows instants (HUB_ZONE)")
    parser.add_argument("--json", action="store_true", help="one object instead of text")
    return parser
