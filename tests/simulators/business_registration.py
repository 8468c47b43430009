"""The national business registration system: its three services over HTTP, with the faults such systems have.

Dossiers are drawn from a seed and happen by the clock. Of what happens, some is told late, some twice, some so that it
cannot be read. It keeps Vietnamese time; told another zone it writes offsets and cuts its days by that clock.
"""

import json
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from egovhub.connector import Payload
from egovhub.loopback import Request, Response

from tests.simulators.business_stories import Happening, Stories
from tests.simulators.journal import Journal
from tests.simulators.server import Chaos, PolledSystem, SourceServer
from tests.simulators.simulator import ROOT, Make

CITY: Final = "Asia/Ho_Chi_Minh"
MOST_DAYS: Final = 5
MOST_ROWS: Final = 500
MILD: Final = MappingProxyType({"status": 0.02, "slow": 0.02, "drop": 0.01, "cut": 0.01, "garbage": 0.002})

_SECONDS: Final = attrgetter("seconds")
_LATE_SECONDS: Final = {"register": 8 * 86_400, "today": 6 * 3_600}
"""How late a row may come, so that a feed that reads its days again must find it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: when it happened, the dossier, and how the services write it: `full` with reception and due day."""

    seconds: int
    number: str
    brief: bytes
    full: bytes


class BusinessRegistration(PolledSystem):
    """The system, for one feed of its connector; a `Simulator`.

    Args:
        seed: of all that happens and goes wrong.
        feed: of the connector, which reads it.
        rates: what goes wrong with answers; see `Chaos`.
        zone: that its clock shows.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        seed: int,
        feed: str = "register",
        *,
        rates: Mapping[str, float] | None = None,
        zone: str = CITY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.journal: Journal[Row] = Journal()
        """What it holds, the oldest first; `on_read` is called before each answer."""
        self._feed = feed
        self._zone = ZoneInfo(zone)
        self._clock = clock
        self._stories = Stories(seed, int(clock()), _LATE_SECONDS[feed])
        self._lock = Lock()
        services = {
            "/danhSachHoSo": self._days,
            "/danhSachHoSoTrongNgay": self._day,
            "/tinhTrangHoSo": self._one,
        }
        self.server = SourceServer(services, Chaos(seed, rates or {}))

    @property
    def connector(self) -> Path:
        """The folder of its connector."""
        return ROOT / "connectors" / "business_registration"

    @property
    def run_options(self) -> list[str]:
        """See `Simulator`."""
        return ["--feed", self._feed, "--url", self.server.url, "--poll-seconds", "0.5"]

    @property
    def said(self) -> Sequence[Payload]:
        """Every row, as the feed's service writes it."""
        return [Payload(self._written(row)) for row in list(self.journal.truth)]

    def produce(self, items: int) -> None:
        """Let some dossiers come to their next status."""
        with self._lock:
            for _ in range(items):
                happening = self._stories.next(int(self._clock()))
                row = self._row(happening)
                for _ in range(1 + happening.is_repeated):
                    self._enter(row)

    def _enter(self, row: Row) -> None:
        """Put a row where it belongs by its time; one that is late moves those behind it to later pages."""
        rows = list(self.journal) if row.seconds < self._stories.newest else []
        if rows:
            self.journal.insert(bisect_right(rows, row.seconds, key=_SECONDS), row)
        else:
            self.journal.add(row)

    def _row(self, happening: Happening) -> Row:
        form: dict[str, Any] = {
            "IN_JOURNAL_NO": happening.number,
            "DOCUMENT_TYPE": happening.document,
            "ENTERPRISE_GDT_CODE": happening.code,
            "NAME": happening.name,
            "SITE_ID": happening.site,
            "PROCESS_STATUS": happening.status,
            "PROCESSED_DATE": self._time(happening.seconds),
        }
        received = happening.received
        more = {
            "RECEIPT_DATE": None if received is None else self._time(received),
            "PLAN_DATE": happening.plan,
        }
        return Row(happening.seconds, happening.number, _json(form), _json(form | more))

    def _time(self, seconds: int) -> str:
        moment = datetime.fromtimestamp(seconds, self._zone)
        return f"{moment:%Y-%m-%d %H:%M:%S}" if self._zone.key == CITY else moment.isoformat()

    def _written(self, row: Row) -> bytes:
        return row.brief if self._feed == "today" else row.full

    def _day(self, request: Request) -> Response:
        try:
            start, end = int(request.query["from_ts"]), int(request.query["to_ts"])
            offset, limit = int(request.query["offset"]), int(request.query["limit"])
        except (KeyError, ValueError):
            return _refusal("from_ts, to_ts, offset, limit")
        found = self._between(start, end + 1)
        return _rows([row.brief for row in found[offset : offset + min(limit, MOST_ROWS)]])

    def _days(self, request: Request) -> Response:
        try:
            first, last = (self._midnight(request.query[name]) for name in ("from_date", "to_date"))
        except (KeyError, ValueError):
            return _refusal("from_date, to_date")
        behind = last + timedelta(1)
        if not timedelta(0) < behind - first <= timedelta(MOST_DAYS):
            return _refusal(f"at most {MOST_DAYS} days")
        found = self._between(int(first.timestamp()), int(behind.timestamp()))
        return _rows([row.full for row in found])

    def _one(self, request: Request) -> Response:
        number = request.query.get("in_journal_no", "")
        if not number:
            return _refusal("in_journal_no")
        return _rows([row.full for row in self.journal.read(lambda row: row.number == number)][-1:])

    def _midnight(self, text: str) -> datetime:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=self._zone)

    def _between(self, start: int, end: int) -> list[Row]:
        rows = self.journal.read()
        return rows[bisect_left(rows, start, key=_SECONDS) : bisect_left(rows, end, key=_SECONDS)]


def _json(form: Mapping[str, Any]) -> bytes:
    return json.dumps(form, ensure_ascii=False).encode()


def _rows(bodies: Sequence[bytes]) -> Response:
    return Response(b'{"data": [' + b", ".join(bodies) + b"]}")


def _refusal(what: str) -> Response:
    return Response.of({"error": what}, 400)


def _maker(feed: str) -> Make:
    return lambda seed, _folder: BusinessRegistration(seed, feed, rates=MILD)


FEEDS: Final[Mapping[str, Make]] = {feed: _maker(feed) for feed in _LATE_SECONDS}
"""See `tests.simulators.simulator`. `status` is asked for dossiers by name, so it reads no stream."""
