"""What a demo shows: the generated city, or a log that is replayed; each with its publisher and its view."""

import sys
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from egovhub.errors import ConfigurationError

from deploy.demo_clock import ReplayClock, Span, span_of
from deploy.demo_figures import Board, Reader, instant_text
from deploy.demo_processes import ROOT, Process
from deploy.demo_screen import View
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

    def step(self, publisher: Process, reader: Reader, remaining: float) -> None:
        """Called several times a second."""

    def view(self, reader: Reader) -> View:
        """The moment, but for what runs."""

    def is_over(self, reader: Reader, /) -> bool:
        """Whether the figures will not move any more."""


@dataclass
class City:
    """A generated city, live: the present month of the machine's clock."""

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

    def step(self, publisher: Process, reader: Reader, remaining: float) -> None:
        """Time moves by itself."""

    def view(self, reader: Reader) -> View:
        board = reader.board
        month = board.month(self._zone)
        return View(
            title=f"City · {instant_text(time.time_ns() // 1_000_000, self._zone)} · month {month or '–'}",
            period=month,
            now=board.period(month),
            publishing=(reader.written, self.backlog),
            names=self._names,
        )

    def is_over(self, _reader: Reader) -> bool:
        return False

    @cached_property
    def _zone(self) -> ZoneInfo:
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
    """

    def __init__(self, file: Path, mapping: Path, seconds: float) -> None:
        self.name = stem(file)
        self._file = file.absolute()
        self._mapping = mapping.absolute()
        self._seconds = seconds
        self._zone_name = zone_of(mapping)
        self._zone = ZoneInfo(self._zone_name)
        self._span = Span(0, 0, 0)
        self._clock_file = Path()
        self._clock: ReplayClock | None = None

    def prepare(self, folder: Path) -> None:
        self._span = span_of(self._mapping, self._file)
        self._clock_file = folder / "clock"
        self._clock = ReplayClock(self._clock_file, self._span, self._seconds)

    def environment(self) -> Mapping[str, str]:
        return {"HUB_ZONE": self._zone_name, "HUB_CLOCK": str(self._clock_file)}

    def publisher(self, logs: Path) -> Process:
        command = [sys.executable, "-m", "egovhub.cli", "run", str(self._mapping)]
        arguments = [*command, "--input", str(self._file), "--once"]
        return Process("publisher", arguments, logs / "publisher.log", may_end=True)

    def step(self, publisher: Process, reader: Reader, remaining: float) -> None:
        """Let the clock run once everything is published and read."""
        assert self._clock
        if publisher.has_ended and not remaining and reader.board.as_of is not None:
            self._clock.step()

    def view(self, reader: Reader) -> View:
        assert self._clock
        board = reader.board
        year = board.year(self._zone)
        now = instant_text(self._clock.now, self._zone)
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
            return f"stopped at the last instant of the file; delete .demo/{self.name} to see it run again"
        last = instant_text(self._span.last, self._zone)
        return f"{self._clock.done:.0%} of the way to {last}"

    def is_over(self, reader: Reader) -> bool:
        return reader.written == reader.board.counted and _at(reader.board) >= self._span.last


def _at(board: Board) -> int:
    return board.as_of if board.as_of is not None else -1


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


def zone_of(mapping: Path) -> str:
    """The zone a mapping reads its times in; it also cuts the periods of the replay.

    Raises:
        ConfigurationError: the mapping cannot be read.
    """
    try:
        with mapping.open("rb") as file:
            table = tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"--mapping: {mapping}: cannot be read ({error}); name a mapping") from None
    return _find_zone(table) or "UTC"


def _find_zone(table: Mapping[str, Any]) -> str | None:
    """The first value named `zone`, the outer tables first."""
    if isinstance(table.get("zone"), str):
        return str(table["zone"])
    inner = (_find_zone(value) for value in table.values() if isinstance(value, dict))
    return next((zone for zone in inner if zone), None)
