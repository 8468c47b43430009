"""The screen of the demo: a live one on a terminal, lines every few seconds elsewhere."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deploy.demo_figures import ALL, Figure

MOST_UNITS: Final = 20
LINE_SECONDS: Final = 5.0
_OTHER_LINES: Final = 14
"""Lines of the screen that are not units."""


@dataclass(frozen=True, slots=True)
class View:
    """One moment of the demo.

    Args:
        title: what is shown, and of when.
        now: figures of the present period by unit, `period` its name.
        ended: figures of all years by unit, where they are shown beside.
        written, counted: records of `facts` that exist, and those that the figures rest on.
        publishing: how far the first pass of a publisher is, as (done, of).
        running: a line for each process.
    """

    title: str
    period: str
    now: Mapping[str, Figure]
    ended: Mapping[str, Figure] | None = None
    written: int = 0
    counted: int = 0
    publishing: tuple[int, int] | None = None
    running: Sequence[str] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def share_text(numerator: int, denominator: int) -> str:
    """`88.9 %`; no data is neither 0 % nor 100 %."""
    return f"{100 * numerator / denominator:.1f} %" if denominator else "no data"


def _share(figure: Figure) -> str:
    return f"{share_text(figure.numerator, figure.denominator)} ({figure.numerator:,}/{figure.denominator:,})"


def line_of(view: View) -> str:
    """The moment in one line, for a log."""
    figure = view.now.get(ALL, Figure())
    parts = [
        view.title,
        f"facts {view.counted:,} counted of {view.written:,}",
        f"{view.period or 'no figures yet'}: cases {figure.cases:,}",
        f"early/on time/late {figure.early:,}/{figure.on_time:,}/{figure.late:,}",
        f"open in time/overdue {figure.open_in_time:,}/{figure.overdue:,}",
        f"no deadline {figure.no_deadline:,}",
        f"share {_share(figure)}",
    ]
    if view.ended is not None:
        ended = view.ended.get(ALL, Figure())
        parts.append(f"all years: finished {ended.finished:,} on time {ended.finished_on_time:,}")
    return " · ".join(parts)


def screen_of(view: View, height: int) -> RenderableType:
    """The moment as a screen of so many lines."""
    most = max(3, min(MOST_UNITS, height - _OTHER_LINES))
    parts: list[RenderableType] = [Text(view.title, style="bold")]
    if view.publishing is not None and view.publishing[0] < view.publishing[1]:
        parts.append(_bar("published", *view.publishing))
    if view.counted < view.written - 1000:
        parts.append(_bar("counted", view.counted, view.written))
    else:
        parts.append(Text(f"facts: {view.counted:,} counted of {view.written:,}", style="dim"))
    table = _city_table(view, most) if view.ended is None else _log_table(view, most)
    return Group(*parts, table, *(Text(line, style="dim", overflow="ellipsis") for line in view.running))


def _bar(name: str, done: int, of: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(f"{name:9}", ProgressBar(total=max(of, 1), completed=done, width=40), f"{done:,} of {of:,}")
    return grid


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("unit", no_wrap=True, overflow="ellipsis", max_width=34)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _largest(figures: Mapping[str, Figure], most: int) -> list[str]:
    """`ALL`, then the units with most cases."""
    units = sorted(figures.keys() - {ALL}, key=lambda unit: (-figures[unit].cases, unit))
    return [ALL, *units[:most]]


def _city_table(view: View, most: int) -> RenderableType:
    heads = ("cases", "early", "on time", "late", "open in time", "overdue", "no deadline", "share")
    table = _table(*heads, "of")
    for unit in _largest(view.now, most):
        figure = view.now.get(unit, Figure())
        table.add_row(
            _name(view, unit),
            *(f"{n:,}" for n in figure[:7]),
            share_text(figure.numerator, figure.denominator),
            f"{figure.numerator:,}/{figure.denominator:,}",
            style="bold" if unit == ALL else "",
        )
    return table


def _log_table(view: View, most: int) -> RenderableType:
    assert view.ended is not None
    year = view.period or "year"
    table = _table(f"{year}: ended", "on time", "late", "open", "overdue", "no deadline", "share", "of")
    for column in ("all years: ended", "on time", "late", "share"):
        table.add_column(column, justify="right", no_wrap=True, style="cyan")
    both = {
        unit: Figure(view.ended.get(unit, Figure()).cases + view.now.get(unit, Figure()).cases)
        for unit in {*view.ended, *view.now}
    }
    for unit in _largest(both, most):
        now, ended = view.now.get(unit, Figure()), view.ended.get(unit, Figure())
        levels = (now.open_in_time, now.overdue, now.no_deadline)
        table.add_row(
            _name(view, unit),
            *(f"{n:,}" for n in (now.finished, now.finished_on_time, now.late, *levels)),
            share_text(now.numerator, now.denominator),
            f"{now.numerator:,}/{now.denominator:,}",
            *(f"{n:,}" for n in (ended.finished, ended.finished_on_time, ended.late)),
            share_text(ended.numerator, ended.denominator),
            style="bold" if unit == ALL else "",
        )
    return table


def _name(view: View, unit: str) -> str:
    return f"{view.names[unit]} ({unit})" if unit in view.names else unit


class Screen:
    """Shows one view after another on standard error.

    Args:
        console: another one, for tests.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._live: Live | None = None
        self._line_at = 0.0
        self._last: View | None = None

    def say(self, text: str) -> None:
        """One line for the person."""
        self._console.print(text, markup=False, soft_wrap=True)

    def show(self, view: View) -> None:
        self._last = view
        if self._console.is_terminal:
            screen = screen_of(view, self._console.height)
            if self._live is None:
                self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="ellipsis")
                self._live.start()
            self._live.update(screen, refresh=True)
        elif time.monotonic() >= self._line_at:
            self._line_at = time.monotonic() + LINE_SECONDS
            self.say(line_of(view))

    def close(self) -> None:
        """Leave the last view where it stands."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        elif self._last is not None:
            self.say(line_of(self._last))
            self._console.print(screen_of(self._last, MOST_UNITS + _OTHER_LINES))
