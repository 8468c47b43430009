"""The screen of the demo: a live one on a terminal, lines every few seconds elsewhere."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deploy.demo_figures import ALL, Figure

MOST_UNITS: Final = 20
LINE_SECONDS: Final = 3.0
_WIDTH: Final = 120
"""At least so wide where there is no terminal."""

_WIDE: Final = 106
"""Columns from which on every column of a replay has room."""

_LEAST_NAME: Final = 8
_LONGEST_NAME: Final = 36
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
        connectors: by their names, how each of them is.
    """

    title: str
    period: str
    now: Mapping[str, Figure]
    ended: Mapping[str, Figure] | None = None
    written: int = 0
    counted: int = 0
    publishing: tuple[int, int] | None = None
    running: Sequence[str] = ()
    connectors: Mapping[str, str] = field(default_factory=dict)
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


def screen_of(view: View, width: int, height: int) -> RenderableType:
    """The moment as a screen of so many columns and lines."""
    most = max(3, min(MOST_UNITS, height - _OTHER_LINES - len(view.connectors)))
    parts: list[RenderableType] = [Text(view.title, style="bold")]
    if view.publishing is not None and view.publishing[0] < view.publishing[1]:
        parts.append(_bar("published", *view.publishing))
    if view.counted < view.written - 1000:
        parts.append(_bar("counted", view.counted, view.written))
    else:
        parts.append(Text(f"facts: {view.counted:,} counted of {view.written:,}", style="dim"))
    table = _table(view, most, width)
    return Group(
        *parts,
        Text(),
        table,
        Text(),
        *(Text(f"{name:21}  {line}", overflow="ellipsis") for name, line in view.connectors.items()),
        *(Text(line, style="dim", overflow="ellipsis") for line in view.running),
    )


def _bar(name: str, done: int, of: int) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(f"{name:9}", ProgressBar(total=max(of, 1), completed=done, width=40), f"{done:,} of {of:,}")
    return grid


class Column(NamedTuple):
    """What a table says of each unit, from its figures of the period and of all years."""

    head: str
    text: Callable[[Figure, Figure], str]
    is_spare: bool = False
    style: str = ""


_SHARE: Final = Column("on-time share", lambda now, _: _share(now))
_CITY: Final = (
    Column("cases", lambda now, _: f"{now.cases:,}"),
    Column("early", lambda now, _: f"{now.early:,}"),
    Column("on time", lambda now, _: f"{now.on_time:,}"),
    Column("late", lambda now, _: f"{now.late:,}"),
    Column("open\nin time", lambda now, _: f"{now.open_in_time:,}"),
    Column("open\noverdue", lambda now, _: f"{now.overdue:,}"),
    Column("no dead-\nline", lambda now, _: f"{now.no_deadline:,}"),
    _SHARE,
)
_LOG: Final = (
    Column("cases", lambda now, _: f"{now.cases:,}", is_spare=True),
    Column("ended", lambda now, _: f"{now.finished:,}"),
    Column("on time", lambda now, _: f"{now.finished_on_time:,}"),
    Column("late", lambda now, _: f"{now.late:,}", is_spare=True),
    *_CITY[4:6],
    _CITY[6]._replace(is_spare=True),
    _SHARE,
    Column("all years\nended", lambda _, ended: f"{ended.finished:,}", style="cyan"),
    Column("on time", lambda _, ended: f"{ended.finished_on_time:,}", style="cyan"),
    Column(
        "of ended",
        lambda _, ended: share_text(ended.numerator, ended.denominator),
        is_spare=True,
        style="cyan",
    ),
)


def _table(view: View, most: int, width: int) -> Table:
    """The units in the order of their size; on a narrow screen without the spare columns."""
    ended = view.ended or {}
    columns = [c for c in (_CITY if view.ended is None else _LOG) if width >= _WIDE or not c.is_spare]
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0)
    table.add_column(f"{view.period}\nunit", no_wrap=True, overflow="ellipsis")
    for column in columns:
        table.add_column(column.head, justify="right", no_wrap=True, style=column.style)
    for unit in _largest(_together(view.now, ended), most):
        both = view.now.get(unit, Figure()), ended.get(unit, Figure())
        style = "bold" if unit == ALL else ""
        table.add_row(_name(view, unit), *(column.text(*both) for column in columns), style=style)
    return _fit(table, width)


def _fit(table: Table, width: int) -> Table:
    """Let the unit's name give way before any number does."""
    unit, *numbers = table.columns
    for column in numbers:
        texts = [str(column.header), *map(str, column.cells)]
        column.min_width = max(len(line) for text in texts for line in text.split("\n"))
    taken = sum((column.min_width or 0) + 1 for column in numbers)
    unit.max_width = max(_LEAST_NAME, min(_LONGEST_NAME, width - taken))
    return table


def _largest(figures: Mapping[str, Figure], most: int) -> list[str]:
    """`ALL`, then the units with most cases; units without any have only orphans."""
    units = sorted(figures.keys() - {ALL}, key=lambda unit: (-figures[unit].cases, unit))
    return [ALL, *(unit for unit in units[:most] if figures[unit].cases)]


def _together(now: Mapping[str, Figure], ended: Mapping[str, Figure]) -> dict[str, Figure]:
    """The units of both, by which their size can be compared."""
    none = Figure()
    return {
        unit: Figure(max(now.get(unit, none).cases, ended.get(unit, none).cases)) for unit in {*now, *ended}
    }


def _name(view: View, unit: str) -> str:
    return f"{view.names[unit]} ({unit})" if unit in view.names else unit


class Screen:
    """Shows one view after another on standard error.

    Args:
        console: another one, for tests.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        if not self._console.is_terminal:
            self._console.width = max(self._console.width, _WIDTH)
        self._live: Live | None = None
        self._line_at = 0.0
        self._last: View | None = None

    def say(self, text: str) -> None:
        """One line for the person."""
        self._console.print(text, markup=False, soft_wrap=True)

    def show(self, view: View) -> None:
        self._last = view
        if self._console.is_terminal:
            screen = screen_of(view, self._console.width, self._console.height)
            if self._live is None:
                self._live = Live(console=self._console, auto_refresh=False, vertical_overflow="ellipsis")
                self._live.start()
            self._live.update(screen, refresh=True)
        elif time.monotonic() >= self._line_at:
            self._line_at = time.monotonic() + LINE_SECONDS
            self.say(line_of(view))
            if view.connectors:
                self.say("; ".join(f"{name} {line}" for name, line in view.connectors.items()))

    def close(self) -> None:
        """Leave the last view where it stands."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        elif self._last is not None:
            self.say(line_of(self._last))
            screen = screen_of(self._last, self._console.width, MOST_UNITS + _OTHER_LINES)
            self._console.print(screen)
