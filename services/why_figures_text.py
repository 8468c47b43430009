"""Which figures a case is in, as lines for a person: what it adds to which counters and to which indicators."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from services.domain.explanation import Contribution
from services.domain.figures import AS_NOW, AS_WAS
from services.domain.membership import Membership
from services.domain.periods import GRAIN_MONTHS, Grain, label, month_of_label
from services.text_layout import columns, indented, prose
from services.why_course_text import UnitName, named


def counter_lines(added: Sequence[Contribution], units: Mapping[str, UnitName]) -> Iterator[str]:
    """What is added to the months of each unit and procedure; quarters and years are their sums."""
    for (unit, procedure), of_unit in groupby(added, lambda one: (one.unit, one.procedure)):
        yield from prose(f"{named(unit, units)}, procedure {procedure}", 2)
        for period, of_period in groupby(of_unit, lambda one: one.period):
            yield from prose(f"{period}  {', '.join(f'{one.counter} {one.n:+}' for one in of_period)}", 4, 9)


def figure_lines(figures: Sequence[Membership], units: Mapping[str, UnitName]) -> Iterator[str]:
    """What is added to the figures of each unit as was; as now only where that is something else."""
    was = [one for one in figures if one.view == AS_WAS]
    now = [one for one in figures if one.view == AS_NOW]
    per_policy = {one.indicator for one in now}
    yield from _view(was, per_policy, units)
    if not now:
        return
    if _place(now, units) == _place([one for one in was if one.indicator in per_policy], units):
        yield from prose("as now: the same, of the same units", 2)
    else:
        yield from _view(now, per_policy, units)


def _view(
    figures: Iterable[Membership], per_policy: Container[str], units: Mapping[str, UnitName]
) -> Iterator[str]:
    """A heading for each unit, and one for each set of periods in which it is in the same figures."""
    for (view, unit), found in groupby(figures, lambda one: (one.view, one.unit)):
        above = " and ".join(named(other, units) for other in _path(view, unit, units)[1:])
        yield from prose(f"{view}, of {named(unit, units)}, and so in those of {above}", 2)
        by_periods: dict[tuple[str, ...], list[Membership]] = {}
        for one in found:
            by_periods.setdefault(one.periods, []).append(one)
        for periods, same in by_periods.items():
            yield from prose(f"in {spans(periods)}", 4)
            rows = [("numerator", "denominator", "total", "")]
            rows += [
                (f"{n.numerator:,}", f"{n.denominator:,}", f"{n.total:,}", _name(n, per_policy)) for n in same
            ]
            yield from indented(columns(rows, right=(0, 1, 2)), 6)


def _name(one: Membership, per_policy: Container[str]) -> str:
    policy = f", {one.policy}" if one.indicator in per_policy else ""
    unit = ", in seconds" if one.value_unit == "seconds" else ""
    return f"{one.indicator} {one.name}{policy}{unit}"


def _path(view: str, unit: str, units: Mapping[str, UnitName]) -> Sequence[str]:
    known = units[unit]
    return known.path_now if view == AS_NOW else known.path


def _place(
    figures: Iterable[Membership], units: Mapping[str, UnitName]
) -> list[tuple[Membership, Sequence[str]]]:
    """The figures whatever their view, with the units in whose figures they are."""
    return [(replace(one, view=""), _path(one.view, one.unit, units)) for one in figures]


def spans(periods: Iterable[str]) -> str:
    """Months, quarters and years, those that follow one another as one span."""
    found: dict[Grain, list[list[int]]] = {grain: [] for grain in Grain}
    for period in periods:
        month = month_of_label(period)
        grain = next(grain for grain in Grain if label(month, grain) == period)
        ends = found[grain]
        if ends and month == ends[-1][1] + GRAIN_MONTHS[grain]:
            ends[-1][1] = month
        else:
            ends.append([month, month])
    return ", ".join(_span(since, until, grain) for grain, ends in found.items() for since, until in ends)


def _span(since: int, until: int, grain: Grain) -> str:
    if since == until:
        return label(since, grain)
    return f"{label(since, grain)} to {label(until, grain)}"
