"""The figures of a unit as lines for a person: aligned, exact, and "no data" where there is none."""

import dataclasses
from collections.abc import Iterator
from typing import Final

from services.canonical import spelt
from services.domain.figures import GROUPS_766
from services.domain.forms import NUMBERS
from services.domain.points import GROUPS
from services.rules import Rules
from services.unit_figures import Line, UnitFigures

NO_DATA: Final = "no data"
_HOUR: Final = 3600
_ID: Final = 23
_WIDTH: Final = 44
_COLUMNS: Final = f"{'numerator / denominator':>25} {'share':>9} {'points':>12} {'coverage':>9}  rule, origin"
_HEAD: Final = f"{'Decision 766':{_ID + _WIDTH + 1}} {_COLUMNS}"


def lines_of_figures(found: UnitFigures, rules: Rules, form: str) -> Iterator[str]:
    """The whole answer."""
    at = spelt(found.as_of, rules.periods.zone)
    yield f"{found.unit}  {found.name}  {found.period}  {found.view}  policy {found.policy}"
    yield f"at {at}, reference {found.reference}, code {found.code}"
    yield ""
    yield from _decision_766(found)
    yield ""
    yield "other indicators"
    yield from (_row(line) for line in found.others)
    yield ""
    yield from _form(found, form)


def _decision_766(found: UnitFigures) -> Iterator[str]:
    yield _HEAD
    groups = dict(zip(GROUPS["766"], found.groups, strict=True))
    for group in GROUPS_766:
        yield from (_row(line) for line in found.table if line.group == group)
        yield _sum(groups[group])
    yield _sum(found.total)


def _row(line: Line) -> str:
    return (
        f"{line.indicator:{_ID}} {line.name:{_WIDTH}.{_WIDTH}} {fraction(line):>25} {share(line):>9}"
        f" {points(line):>12} {coverage(line):>9}  {', '.join(filter(None, (line.rule, line.origin, rank(line))))}"
    ).rstrip()


def _sum(line: Line) -> str:
    missing = f"without {', '.join(line.missing)}" if line.missing else ""
    notes = ", ".join(filter(None, (missing, rank(line))))
    return (
        f"{'':{_ID}} {line.name.upper():{_WIDTH}} {'':25} {'':9} {points(line):>12} {'':9}  {notes}".rstrip()
    )


def fraction(line: Line) -> str:
    """Numerator and denominator as they are."""
    if line.numerator is None:
        return ""
    if line.unit == "count":
        return f"{line.numerator:,}"
    return f"{line.numerator:,} / {line.denominator:,}"


def share(line: Line) -> str:
    """A share in per cent, or a mean time in working hours, with two decimals; half a hundredth is rounded up."""
    if not line.denominator or line.numerator is None:
        return "" if line.unit == "count" and line.numerator is not None else NO_DATA
    if line.unit == "seconds":
        return f"{_decimals(line.numerator, line.denominator * _HOUR)} h"
    return f"{_decimals(line.numerator * 100, line.denominator)} %"


def points(line: Line) -> str:
    """Points of the maximum."""
    if line.points_max is None:
        return ""
    got = "–" if line.points_hundredths is None else _decimals(line.points_hundredths, 100)
    return f"{got} / {line.points_max}"


def coverage(line: Line) -> str:
    """How much of what could be judged was judged."""
    if not line.total or line.denominator is None or line.unit == "count":
        return ""
    return f"{_decimals(line.denominator * 100, line.total)} %"


def rank(line: Line) -> str:
    """The place in the group of the unit."""
    return "" if line.rank is None else f"rank {line.rank} of {line.ranked}"


def _decimals(numerator: int, denominator: int) -> str:
    hundredths = (numerator * 200 + denominator) // (2 * denominator)
    return f"{hundredths // 100:,}.{hundredths % 100:02}"


def _form(found: UnitFigures, form: str) -> Iterator[str]:
    yield f"form II.{form}, {found.period}, policy {found.form.main.policy}"
    main, added = dataclasses.asdict(found.form.main), dataclasses.asdict(found.form)
    columns = dict(main) if form == "06a" else {**main, **{k: v for k, v in added.items() if k != "main"}}
    del columns["policy"]
    for name, value in columns.items():
        number = f"({NUMBERS[name]})" if name in NUMBERS else ""
        yield f"  {number:>5} {name.replace('_', ' '):24} {'–' if value is None else f'{value:,}':>12}"
    broken = ", ".join(found.violations)
    yield f"identities that do not hold: {broken}" if broken else "all identities hold"
