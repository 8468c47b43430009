"""`python -m services why CASE`: one case explained, from its facts to the figures it is in.

The facts come from the partition of the case in the log, or from a file; the core that counts the case explains it.
Exit code 1 if nobody knows the case.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from functools import partial
from typing import Final

from egovhub.errors import ConfigurationError
from egovhub.events import is_case_id
from rich.console import Console
from rich.progress import Progress, TaskID

from services.canonical import canonical
from services.case_facts import CaseFacts, read_case
from services.dlq_text import plain
from services.domain.evaluation import evaluate
from services.domain.explanation import Explanation, explain
from services.domain.membership import memberships
from services.fact_lines import BadLines, lines_of, read_cases
from services.options import instant, instant_or_now, settings_in
from services.provenance import told
from services.recount import VIEWS
from services.rules import Rules, load_rules
from services.settings import Settings
from services.topics import check_topics
from services.why_course_text import UnitName
from services.why_text import Answer, lines_of_case

_EXAMPLES: Final = """
examples:
  python -m services why onestop:H24.1-260105-0001
  python -m services why onestop:H24.1-260105-0001 --as-of 2026-07-01T00:00+07:00 --json
  python -m services why receipt:case-9997 --facts facts.ndjson.gz --zone Europe/Amsterdam

Exit code 0: explained. 1: no fact of the case is known. 2: cannot be explained, and why.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read one case, explain, print."""
    given = _parser().parse_args(arguments)
    settings = settings_in(given.zone)
    as_of = instant_or_now("--as-of", given.as_of, settings)
    known_at = None if given.known_at is None else instant("--known-at", given.known_at)
    if not is_case_id(given.case):
        raise ConfigurationError(f"{plain(given.case[:80])!r} is no case id; write <namespace>:<native id>")
    rules = load_rules(settings.zone, settings.reference_dir).at(known_at)
    found = _from_log(settings, given.case) if given.facts is None else _from_file(given)
    if not found.known:
        print(_nobody_knows(given, found.refused), file=sys.stderr)
        return 1
    answer = answer_of(found, as_of, rules, known_at)
    zone = rules.periods.zone
    if given.json:
        print(canonical(answer, zone))
    else:
        print(*lines_of_case(answer, zone), sep="\n")
    return 0


def answer_of(found: CaseFacts, as_of: int, rules: Rules, known_at: int | None) -> Answer:
    """All that is told of a case of which something is known.

    Args:
        rules: as they were known at `known_at`.
    """
    known = told(found.known, known_at)
    case = explain(known, as_of, rules.law, known_at)
    points = evaluate(known, as_of, rules.law, known_at).contributions
    figures = [one for view in VIEWS for one in memberships(points, rules.maker(view), as_of)]
    return Answer(case, tuple(figures), _units(case, rules), found.refused, rules.code, rules.reference)


def _units(case: Explanation, rules: Rules) -> dict[str, UnitName]:
    """Every unit that held the case, and all in whose figures it is."""
    organisations = rules.organisations
    held = {one.unit for one in case.contributions}
    held |= {unit for one in case.course for unit in (one.unit, one.charged_unit)}
    paths = [path(unit) for unit in held for path in (organisations.path, organisations.path_now)]
    named = {unit: organisations.unit(unit) for path in paths for unit in path}
    return {
        unit: UnitName(
            unit, "" if row is None else row.name, organisations.path(unit), organisations.path_now(unit)
        )
        for unit, row in sorted(named.items())
    }


def _from_log(settings: Settings, case_id: str) -> CaseFacts:
    check_topics(settings)
    with _progress() as progress:
        task = progress.add_task("reading facts", total=None)
        report = partial(_report, progress, task)
        return asyncio.run(read_case(settings, case_id, report))


def _report(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)


def _from_file(given: argparse.Namespace) -> CaseFacts:
    bad = BadLines(given.facts, is_named=not given.skip_bad)
    with _progress() as progress:
        cases = read_cases(lines_of(given.facts, progress), bad, given.case)
    if bad.reasons and not given.skip_bad:
        raise ConfigurationError(
            f"{given.facts}: nothing is explained, {bad.reasons.total()} lines cannot be read;"
            " correct them, or leave them out with --skip-bad"
        )
    return CaseFacts(cases.get(given.case, []))


def _nobody_knows(given: argparse.Namespace, refused: int) -> str:
    case_id = plain(given.case)
    if given.facts is not None:
        return f"{case_id}: no line of {given.facts} is about this case; give the id as the facts spell it"
    letters = (
        f", and {refused} under its key were refused: see `python -m services dlq list`" if refused else ""
    )
    return (
        f"{case_id}: nobody knows this case: no fact of the log has its key{letters};"
        " give the id as the facts spell it, <namespace>:<native id>"
    )


def _progress() -> Progress:
    return Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services why",
        description="One case explained: facts, course, pauses, due instant, buckets, figures.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("case", metavar="CASE", help="id as the facts spell it, <namespace>:<native id>")
    parser.add_argument(
        "--facts", metavar="FILE", help="NDJSON, plain or gzip, - is standard input (the log of the hub)"
    )
    parser.add_argument(
        "--as-of", metavar="INSTANT", help="reporting instant, ISO 8601 with offset (now, by HUB_CLOCK)"
    )
    parser.add_argument(
        "--known-at", metavar="INSTANT", help="use only facts and reference data known then (everything)"
    )
    parser.add_argument("--zone", help="cuts months and shows instants (HUB_ZONE)")
    parser.add_argument("--json", action="store_true", help="one canonical object instead of text")
    parser.add_argument(
        "--skip-bad", action="store_true", help="with --facts: leave out lines that cannot be read"
    )
    return parser
