"""How a runner behaves: pauses, pace, and what it says of itself."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SANDBOX_HEADER: Final = "hub-sandbox"
"""Header of a record of `facts` that must count nowhere; its value is `1`."""

BACKFILL_HEADER: Final = "hub-backfill"
"""Header of a record of `facts` that is history; its value is the name of the run."""


@dataclass(slots=True)
class Totals:
    """What a runner has done since it started.

    `done` is the part of the source read, if that is known; `last_event_at` when the newest fact happened.
    """

    read: int = 0
    published: int = 0
    rejected: int = 0
    done: float | None = None
    last_event_at: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between attempts: they double from the first to the longest, and are spread at random."""

    first_seconds: float = 0.5
    longest_seconds: float = 30.0

    def seconds(self, failures: int) -> float:
        """The pause after so many failures in a row, from half of it to all of it."""
        longest = min(self.longest_seconds, self.first_seconds * 2.0 ** min(failures - 1, 30))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


class Pace:
    """Holds publishing down to a rate, for demonstrations.

    Args:
        rate: facts a second.
    """

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._next_at = time.monotonic()

    def wait(self, facts: int, stopping: threading.Event) -> None:
        """Return when so many facts may follow those before, or the runner is to stop."""
        stopping.wait(max(0.0, self._next_at - time.monotonic()))
        self._next_at = max(self._next_at, time.monotonic() - 1) + facts / self._rate


@dataclass(slots=True)
class Options:
    """How a runner behaves.

    Args:
        once: end when the source has nothing more, instead of waiting for more.
        from_start: read the source from its beginning, whatever the stored position.
        poll_seconds: pause before the source is asked again.
        pace: the rate to keep.
        backoff: the pauses after failures.
        report: told after each batch.
        sandbox: the facts count nowhere.
        backfill: name of the run, if what it publishes is history and not news.
        pause_file: while there is such a file, nothing is read.
        keep_going: never stop for too many refused inputs.
    """

    once: bool = False
    from_start: bool = False
    poll_seconds: float = 1.0
    pace: Pace | None = None
    backoff: Backoff = Backoff()
    report: Callable[[Totals], None] = lambda _totals: None
    sandbox: bool = False
    backfill: str = ""
    pause_file: Path | None = None
    keep_going: bool = False

    @property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """What the records of facts say of how they came: their provenance."""
        said = [(SANDBOX_HEADER, b"1")] if self.sandbox else []
        return tuple(said + ([(BACKFILL_HEADER, self.backfill.encode())] if self.backfill else []))

    @property
    def is_paused(self) -> bool:
        """Whether somebody wants the connector to pause."""
        return self.pause_file is not None and self.pause_file.exists()
