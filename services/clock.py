"""The clock of a process: the machine's own, a shifted one, or one that is injected from outside.

`HUB_CLOCK` empty: the machine's clock. `+2h`, `-30m`, `+90s`: the machine's clock, shifted; it still says
REAL and is still held against the broker's, because it serves to test just that. An instant
(`2011-07-01T00:00+02:00`): it stands still. A path: the instant in that file, read at every question, so
that several processes can be stepped together.
"""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from egovhub import json_form
from egovhub.errors import ConfigurationError, RejectedInput

REAL: Final = "REAL"
INJECTED: Final = "INJECTED"

_SHIFT: Final = re.compile(r"([+-])(\d{1,9})([hms])", re.ASCII)
_SECONDS: Final = {"h": 3600, "m": 60, "s": 1}
_LIKE_DATE: Final = re.compile(r"\d{4}-?\d\d", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORMS: Final = (
    "leave it empty, or give an instant with offset, a shift such as +2h or a file with an instant"
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time, in milliseconds since the epoch.

    Args:
        kind: `REAL` or `INJECTED`, as every marker says.
        read: the time now.
    """

    kind: str
    read: Callable[[], int]

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return self.read()

    @property
    def checks_broker(self) -> bool:
        """Whether this clock must agree with the broker's; an injected one cannot."""
        return self.kind == REAL


def parse_clock(text: str) -> Clock:
    """The clock `HUB_CLOCK` asks for.

    Raises:
        ConfigurationError: if the text is none of the four forms, or the file cannot be read.
    """
    if not text:
        return Clock(REAL, _machine_now)
    if shift := _SHIFT.fullmatch(text):
        sign, number, unit = shift.groups()
        shift_ms = int(sign + number) * _SECONDS[unit] * 1000
        return Clock(REAL, lambda: _machine_now() + shift_ms)
    if _LIKE_DATE.match(text):
        instant = _configured("HUB_CLOCK", text)
        return Clock(INJECTED, lambda: instant)
    path = Path(text)
    _read(path)
    return Clock(INJECTED, lambda: _read(path))


def instant_of(text: str) -> int:
    """Milliseconds since the epoch of an ISO 8601 instant with offset, such as `2011-07-01T00:00+02:00`.

    Raises:
        ValueError: saying what is wrong, without the text.
    """
    try:
        return json_form.instant_of(text, "it")
    except RejectedInput as error:
        if error.reason == "no-such-date":
            raise ValueError("is no possible date and time; correct it") from None
        raise ValueError("is not an instant with offset; write it like 2011-07-01T00:00+02:00") from None


def step_to(path: Path, instant: int) -> None:
    """Set the clock of every process that reads this file, in one step: no reader sees half an instant."""
    text = (_EPOCH + timedelta(milliseconds=instant)).isoformat(timespec="milliseconds")
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(text + "\n", encoding="ascii")
    beside.replace(path)


def _machine_now() -> int:
    return time.time_ns() // 1_000_000


def _read(path: Path) -> int:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ConfigurationError(
            f"HUB_CLOCK: file {str(path)!r} cannot be read ({reason}); {_FORMS}"
        ) from None
    return _configured(f"HUB_CLOCK: file {str(path)!r}", text)


def _configured(where: str, text: str) -> int:
    try:
        return instant_of(text)
    except ValueError as error:
        raise ConfigurationError(f"{where}: {text[:40]!r} {error}") from None
