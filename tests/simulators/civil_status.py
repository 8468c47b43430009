"""The civil status register: its change feed over HTTP, a list for each module and day, and faults of such systems.

Registrations are drawn from a seed and happen by the clock. Of what happens, some is told up to two days late, some
twice, some names a dossier only later or what is none. It keeps Vietnamese time; told another zone it writes its times
and cuts its days by that clock. It gives a day's list whole, or in pages.
"""

import json
import time
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from pathlib import Path
from threading import RLock
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from egovhub.connector import Payload
from egovhub.loopback import Request, Response

from tests.simulators.civil_stories import PROCEDURES, Happening, Stories
from tests.simulators.journal import Journal, page
from tests.simulators.server import Chaos, PolledSystem, SourceServer
from tests.simulators.simulator import ROOT, Make

CITY: Final = "Asia/Ho_Chi_Minh"
MILD: Final = MappingProxyType({"status": 0.01, "slow": 0.01, "drop": 0.005, "cut": 0.005, "garbage": 0.001})

_SECONDS: Final = attrgetter("seconds")


@dataclass(frozen=True, slots=True)
class Row:
    """A row: when it happened, and how the service writes it."""

    seconds: int
    body: bytes


class CivilStatus(PolledSystem):
    """The register; a `Simulator`.

    Args:
        seed: of all that happens and goes wrong.
        rates: what goes wrong with answers; see `Chaos`.
        zone: that its clock shows.
        most: rows of an answer, if it gives pages; 0: lists are whole.
        clock: seconds since the epoch.
    """

    connector: Path = ROOT / "connectors" / "civil_status"

    def __init__(
        self,
        seed: int,
        *,
        rates: Mapping[str, float] | None = None,
        zone: str = CITY,
        most: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.before_answer: Callable[[], None] = lambda: None
        """Called before each answer, to change lists while they are read."""
        self._most = most
        self._zone = ZoneInfo(zone)
        self._clock = clock
        self._stories = Stories(seed)
        self._lists: dict[tuple[str, date], Journal[Row]] = {}
        self._said: list[Payload] = []
        self._lock = RLock()
        self.server = SourceServer({"/dsHoSoDangKy": self._changes}, Chaos(seed, rates or {}))

    @property
    def run_options(self) -> list[str]:
        """See `Simulator`."""
        return ["--feed", "rest", "--url", self.server.url, "--poll-seconds", "1"]

    @property
    def said(self) -> Sequence[Payload]:
        """Every row, in the order in which it was told."""
        with self._lock:
            return list(self._said)

    def produce(self, items: int) -> None:
        """Let some registrations come to their next status."""
        with self._lock:
            for _ in range(items):
                self._enter(self._stories.next(int(self._clock())))

    def _enter(self, happening: Happening) -> None:
        """Put a row where it belongs by its time: one that is late moves those behind it to later pages."""
        body = json.dumps(happening.form(self._time), ensure_ascii=False).encode()
        row = Row(happening.seconds, body)
        day = datetime.fromtimestamp(row.seconds, self._zone).date()
        entries = self._lists.setdefault((happening.listed, day), Journal())
        place = len(entries)
        if happening.is_late:
            place = bisect_right(list(entries), row.seconds, key=_SECONDS)
        entries.insert(place, row)
        if happening.is_repeated:
            entries.repeat(place)
        self._said.append(Payload(body))

    def _time(self, seconds: int) -> str:
        return f"{datetime.fromtimestamp(seconds, self._zone):%d/%m/%Y %H:%M:%S}"

    def _changes(self, request: Request) -> Response:
        try:
            asked = request.json()
            day = datetime.strptime(asked["ngayCapNhat"], "%d/%m/%Y").replace(tzinfo=self._zone).date()
            number, size = (int(asked["trang"]), int(asked["soDong"])) if self._most else (1, 0)
        except (KeyError, TypeError, ValueError):
            return _refusal("module, ngayCapNhat" + (", trang, soDong" if self._most else ""))
        if asked["module"] not in PROCEDURES:
            return _refusal("module")
        self.before_answer()
        with self._lock:
            entries = self._lists.get((asked["module"], day), Journal[Row]())
            rows = entries.read()
        found = page(rows, number, min(size, self._most)) if self._most else rows
        return Response(b'{"data": [' + b", ".join(row.body for row in found) + b"]}")


def _refusal(what: str) -> Response:
    return Response.of({"error": what}, 400)


def _make(seed: int, _folder: Path) -> Any:
    return CivilStatus(seed, rates=MILD)


FEEDS: Final[Mapping[str, Make]] = MappingProxyType({"rest": _make})
"""See `tests.simulators.simulator`."""
