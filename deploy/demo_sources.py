"""What a demo shows: the generated city, or a log that is replayed; each with its publisher and its view."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from egovhub.errors import ConfigurationError
from egovhub.mapping import load_mapping

from deploy.demo_clock import ReplayClock, Span, span_of
from deploy.demo_figures import Board, Reader, instant_text
from deploy.demo_processes import ROOT, Process
from deploy.demo_screen import View
from deploy.demo_systems import Systems
from services.rules import load_rules

BACKLOG: Final = 20_000
CITY_ZONE: Final = "Asia/Ho_Chi_Minh"
CONNECTORS: Final = ROOT / "connectors"


class Source(Protocol):
    """One of the two demos."""

    @property
    def name(self) -> str:
        """Of the folder under .demo."""

    def prepare(self, folder: Path) -> None:
        """Whatever must be there before the first process starts."""

    def environment(self) -> Mapping[str, str]:
        """HUB_ variables of every process, besides the cluster's."""

    def publisher(self, logs: Path) -> Process:
        """The process that publishes facts."""

    def systems(self, folder: Path, logs: Path) -> Systems | None:
        """Simulated systems whose connectors publish besides; None: there are none."""

    @property
    def zone(self) -> ZoneInfo:
        """In which instants are shown."""

    def step(self, publisher: Process, reader: Reader, remaining: float) -> None:
        """Called several times a second."""

    def view(self, reader: Reader) -> View:
        """The moment, but for what runs."""

    def is_over(self, reader: Reader, /) -> bool:
        """Whether the figures will not move any more."""


@dataclass
class City:
    """A generated city, live, and simulated systems: the present month of the machine's clock."""

    backlog: int = BACKLOG
    rate: float = 30.0
    name: str = "city"

    def prepare(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)

    def environment(self) -> Mapping[str, str]:
        return {"HUB_ZONE": CITY_ZONE}

    def publisher(self, logs: Path) -> Process:
        command = [
            sys.executable,
            "-m",
            "deploy.demo_city",
            f"--backlog={self.backlog}",
            f"--rate={self.rate}",
        ]
        return Process("publisher", command, logs / "publisher.log")

    def systems(self, folder: Path, logs: Path) -> Systems | None:
        return Systems(folder, logs, int(time.time()))

    def step(self, publisher: Process, reader: Reader, remaining: float) -> None:
        """Time moves by itself."""

    def view(self, reader: Reader) -> View:
        board = reader.board
        month = board.month(self.zone)
        return View(
            title=f"City · {instant_text(time.time_ns() // 1_000_000, self.zone)} · month {month or '–'}",
            period=month,
            now=board.period(month),
            publishing=(reader.written, self.backlog),
            names=self._names,
        )

    def is_over(self, _reader: Reader) -> bool:
        return False

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(CITY_ZONE)

    @cached_property
    def _names(self) -> Mapping[str, str]:
        units = load_rules(CITY_ZONE).organisations.units
        return {code: unit.name for code, unit in units.items()}


class Log:
    """A file replayed through its connector, under a clock that runs over the file's span.

    Args:
        file: the log.
        mapping: of the connector.
        seconds: wall time for the whole span.

    Raises:
        ConfigurationError: the mapping cannot be used.
    """

    def __init__(self, file: Path, mapping: Path, seconds: float) -> None:
        self.name = stem(file)
        self._file = file.absolute()
        self._mapping_file = mapping.absolute()
        self._mapping = load_mapping(mapping)
        self._seconds = seconds
        self.zone = ZoneInfo(self._mapping.zone)
        self._span = Span(0, 0, 0)
        self._folder = Path()
        self._clock: ReplayClock | None = None

    def prepare(self, folder: Path) -> None:
        self._span = span_of(self._mapping, self._file)
        self._folder = folder
        self._clock = ReplayClock(folder / "clock", self._span, self._seconds)

    def environment(self) -> Mapping[str, str]:
        return {"HUB_ZONE": self._mapping.zone, "HUB_CLOCK": str(self._folder / "clock")}

    def publisher(self, logs: Path) -> Process:
        command = [sys.executable, "-m", "egovhub.cli", "run", str(self._mapping_file)]
        arguments = [*command, "--input", str(self._file), "--once"]
        return Process("publisher", arguments, logs / "publisher.log", may_end=True)

    def systems(self, folder: Path, logs: Path) -> Systems | None:  # noqa: ARG002 - a log has none
        return None

    def step(self, publisher: Process, reader: Reader, remaining: float) -> None:
        """Let the clock run once everything is published and read."""
        assert self._clock
        if publisher.has_ended and not remaining and reader.board.as_of is not None:
            self._clock.step()

    def view(self, reader: Reader) -> View:
        assert self._clock
        board = reader.board
        year = board.year(self.zone)
        now = instant_text(self._clock.now, self.zone)
        return View(
            title=f"{self._file.name} · clock {now} · {self._progress()}",
            period=year,
            now=board.period(year),
            ended=board.all_years(),
            publishing=(reader.written, self._span.facts),
        )

    def _progress(self) -> str:
        assert self._clock
        if self._clock.is_over:
            return f"at its last instant; delete {shown(self._folder)} to run it again"
        last = instant_text(self._span.last, self.zone)
        return f"{self._clock.done:.0%} of the way to {last}"

    def is_over(self, reader: Reader) -> bool:
        return reader.written == reader.board.counted and _at(reader.board) >= self._span.last


def _at(board: Board) -> int:
    return board.as_of if board.as_of is not None else -1


def shown(folder: Path) -> str:
    """A folder as a person would name it from here."""
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)


def stem(file: Path) -> str:
    """`receipt` for receipt.csv and receipt.csv.gz."""
    return file.name.partition(".")[0]


def mapping_of(file: Path) -> Path:
    """The mapping of the connector named like the file: connectors/receipt/receipt.toml for receipt.csv.

    Raises:
        ConfigurationError: naming the connectors there are.
    """
    folders = sorted(path.parent for path in CONNECTORS.glob("*/*.toml") if path.name != "pyproject.toml")
    fitting = [folder for folder in folders if stem(file).startswith(folder.name)]
    if not fitting:
        known = ", ".join(sorted({folder.name for folder in folders})) or "none"
        raise ConfigurationError(
            f"--log: {file.name}: no connector is named like it (there are: {known}); "
            "name its mapping: python -m deploy.demo --log FILE --mapping MAPPING.toml"
        )
    folder = max(fitting, key=lambda path: len(path.name))
    own = folder / f"{folder.name}.toml"
    return own if own.exists() else min(folder.glob("*.toml"))
