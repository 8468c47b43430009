"""The source systems of the demo: simulated, each read by its connector, which runs as it would at an agency."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from egovhub.errors import HubError
from prometheus_client.parser import text_string_to_metric_families

from deploy.demo_figures import instant_text
from deploy.demo_metrics import EVERY_SECONDS, scraped
from deploy.demo_processes import Process

RATE: Final = 2.0
"""Things that happen in each system a second."""

ITEMS: Final = 200
"""Things that have happened in each before the demo begins."""

_START_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.1


class SystemsMissing(HubError):
    """The simulated systems do not serve; the message ends with what they said."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a connector's metrics say of it.

    Args:
        state: one of those of METRICS; empty until it answers.
        sent, refused: facts stored and inputs refused since its start.
        newest_at: when the newest fact happened, seconds since the epoch; None: none yet.
        lag_seconds: age of the newest fact while the source has more, 0 at its end.
    """

    state: str = ""
    sent: int = 0
    refused: int = 0
    newest_at: float | None = None
    lag_seconds: float = 0.0

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Read the answer to a scrape."""
        state, found = "", dict.fromkeys(_SUMS, 0.0)
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if sample.name == "hub_connector_state" and sample.value:
                    state = sample.labels["state"]
                elif sample.name in found:
                    found[sample.name] += sample.value
        sent, refused, newest, lag = (found[name] for name in _SUMS)
        return cls(state, int(sent), int(refused), newest or None, lag)

    def line(self, zone: ZoneInfo) -> str:
        """The state, what it stored, its last event and its lag, for a person."""
        if not self.state:
            return "starting"
        newest = "none yet" if self.newest_at is None else instant_text(int(self.newest_at * 1000), zone)
        refused = f" · {self.refused:,} refused" if self.refused else ""
        return f"{self.state} · {self.sent:,} facts · last event {newest} · lag {self.lag_seconds:,.0f} s{refused}"


_SUMS: Final = (
    "hub_connector_records_sent_total",
    "hub_dlq_records_total",
    "hub_connector_last_event_timestamp_seconds",
    "hub_connector_source_lag_seconds",
)


class Systems:
    """Four simulated systems in one process, and a connector for each in a process of its own.

    What the systems of one run say is new to the hub: they begin with another seed, their connectors with no position.

    Args:
        folder: where the systems say how they are read.
        logs: for the words of the processes.
        seed: of what they say.
    """

    def __init__(self, folder: Path, logs: Path, seed: int) -> None:
        self._told = folder / "systems.json"
        self._logs = logs
        self._seed = seed
        self._told.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "tests.simulators",
            f"--items={ITEMS}",
            f"--rate={RATE}",
            f"--seed={seed}",
        ]
        self.serving = Process("systems", [*command, "--json", str(self._told)], logs / "systems.log")
        """The systems, to be started first."""

    def connectors(self) -> Iterator[Process]:
        """The connectors, to be started once the systems serve.

        Raises:
            ProcessDied: the systems ended.
            SystemsMissing: they do not begin to serve.
        """
        for name, told in self._await().items():
            command = [sys.executable, "-m", "egovhub.cli", "run", told["connector"], *told["options"]]
            own = [*command, "--name", f"{name}-{self._seed}"]
            yield Process(name, own, self._logs / f"{name}.log", environment=told["environment"])

    def _await(self) -> Mapping[str, Mapping[str, Any]]:
        deadline = time.monotonic() + _START_SECONDS
        while not self._told.exists():
            self.serving.check()
            if time.monotonic() > deadline:
                raise SystemsMissing(
                    f"{self.serving.log}: the systems do not serve after {_START_SECONDS:.0f} s"
                )
            time.sleep(_LOOK_SECONDS)
        found: Mapping[str, Mapping[str, Any]] = json.loads(self._told.read_text(encoding="utf-8"))
        return found


class Readings:
    """Asks the connectors again and again; `by_name` holds what each said last."""

    def __init__(self, connectors: Iterable[Process]) -> None:
        self.by_name = {connector.name: Reading() for connector in connectors}
        self._connectors = tuple(connectors)

    async def run(self) -> None:
        """Ask until cancelled; one that does not answer now is asked again."""
        while True:
            for connector in self._connectors:
                if url := connector.metrics:
                    with contextlib.suppress(OSError):
                        self.by_name[connector.name] = Reading.of(await asyncio.to_thread(scraped, url))
            await asyncio.sleep(EVERY_SECONDS)
