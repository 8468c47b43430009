"""What the demo learns from Prometheus endpoints: sums of the plumbing, asked as any scraper would."""

import asyncio
import urllib.request
from collections.abc import Mapping
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from deploy.demo_processes import Process

REMAINING: Final = "hub_processor_recovery_remaining_records"
REFUSED: Final = "hub_dlq_records_total"
EVERY_SECONDS: Final = 1.0
_ANSWER_SECONDS: Final = 2.0


def sums(text: str, names: frozenset[str]) -> dict[str, float]:
    """The value of each named sample, summed over its labels."""
    found = dict.fromkeys(names, 0.0)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in names:
                found[sample.name] += sample.value
    return found


class Scraper:
    """Asks one process again and again; `values` holds its last answer."""

    NAMES: Final = frozenset({REMAINING, REFUSED})

    def __init__(self, process: Process) -> None:
        self._process = process
        self.values: Mapping[str, float] = {}

    async def run(self) -> None:
        """Ask until cancelled; a process that does not answer now is asked again."""
        while True:
            if url := self._process.metrics:
                try:
                    self.values = sums(await asyncio.to_thread(scraped, url), self.NAMES)
                except OSError:
                    self.values = {}
            await asyncio.sleep(EVERY_SECONDS)


def scraped(url: str) -> str:
    """What a process answers to a scrape.

    Raises:
        OSError: nothing, or too late.
    """
    with urllib.request.urlopen(url, timeout=_ANSWER_SECONDS) as answer:  # noqa: S310 - our own, on loopback
        return str(answer.read(), "utf-8")
