"""Text for a person at a terminal of a hundred columns: instants with their weekday, durations, columns.

What a terminal would obey is spelt out: facts may hold anything.
"""

import textwrap
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from services.dlq_text import plain

WIDTH: Final = 100
"""Longer lines are broken."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def instant(millis: int | None, zone: tzinfo) -> str:
    """`Fri 2026-01-09 17:00`, with seconds and milliseconds only where there are any; `-` for none.

    An instant that no calendar year holds, which a due instant may be, is the number it is.
    """
    if millis is None:
        return "-"
    try:
        at = (_EPOCH + timedelta(milliseconds=millis)).astimezone(zone)
    except OverflowError:
        return str(millis)
    precise = "milliseconds" if at.microsecond else "seconds" if at.second else "minutes"
    clock = at.time().isoformat(timespec=precise)
    return f"{at:%a} {at.date()} {clock}"


def duration(seconds: int) -> str:
    """`49 h 30 min`; seconds only where there are any; `-` before a negative one."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours:,} h", f"{minutes} min"] + ([f"{rest} s"] if rest else [])
    return ("-" if seconds < 0 else "") + " ".join(parts)


def columns(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> Iterator[str]:
    """Rows of cells as aligned lines; the columns whose places are in `right` to the right."""
    shown = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def prose(text: str, indent: int = 0, hanging: int = 2) -> Iterator[str]:
    """A text broken into lines; those after the first stand further in by `hanging`."""
    yield from textwrap.wrap(
        _shown(text),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
        break_long_words=False,
    )


def indented(lines: Iterator[str], by: int = 2) -> Iterator[str]:
    """Lines that stand further in."""
    return (" " * by + line if line else line for line in lines)


def _shown(text: str) -> str:
    """A text that a terminal only shows, one character wide for each letter."""
    return plain(unicodedata.normalize("NFC", text))
