"""The system of the one-stop shops, where its messages to the national portal wait to be polled.

Lives of dossiers are drawn from a seed and told by the clock. Some rows become visible late, some are told twice, some
cannot be read. The clock that stamps the rows may show another zone than the dossiers are written in.
"""

import json
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from egovhub.connector import Payload
from egovhub.loopback import Request, Response

from tests.simulators.journal import Journal
from tests.simulators.onestop_courses import TIME, as_json
from tests.simulators.onestop_folder import FOLDER, OnestopFolder
from tests.simulators.onestop_lives import Lives
from tests.simulators.server import Chaos, PolledSystem, SourceServer
from tests.simulators.simulator import Make

CITY: Final = "Asia/Ho_Chi_Minh"
KEY: Final = "a-made-up-key"
PAGE: Final = 100
MILD: Final = MappingProxyType({"status": 0.02, "slow": 0.02, "drop": 0.01, "cut": 0.01, "garbage": 0.002})

_LATE_SECONDS: Final = 40
"""How late a row may come; with the few seconds that news of one dossier are spaced, less than the feed reads again."""


class Row(NamedTuple):
    """A message that waits: when it was written, its number, and its bytes."""

    seconds: int
    number: int
    body: bytes


class OnestopRest(PolledSystem):
    """The messages where they wait, for the feed `rest`; a `Simulator`.

    Args:
        seed: of all that happens and goes wrong.
        rates: what goes wrong with answers; see `Chaos`.
        zone: that the clock shows which stamps the rows.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        seed: int,
        *,
        rates: Mapping[str, float] | None = None,
        zone: str = CITY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.journal: Journal[Row] = Journal()
        """What waits, the oldest first; `on_read` is called before each answer."""
        self._zone = ZoneInfo(zone)
        self._clock = clock
        self._lives = Lives(seed, int(clock()))
        self._written: dict[str, int] = {}
        self._order: list[tuple[int, int]] = []
        self._lock = Lock()
        self.server = SourceServer({"/messages": self._messages}, Chaos(seed, rates or {}))

    @property
    def connector(self) -> Path:
        """The folder of its connector."""
        return FOLDER

    @property
    def run_options(self) -> list[str]:
        """See `Simulator`."""
        return ["--feed", "rest", "--url", self.server.url]

    @property
    def environment(self) -> Mapping[str, str]:
        """The key that it asks for."""
        return {"HUB_ONESTOP_KEY": KEY}

    @property
    def said(self) -> Sequence[Payload]:
        """Every row."""
        return [Payload(row.body) for row in list(self.journal.truth)]

    def produce(self, items: int) -> None:
        """Let some more messages be written."""
        with self._lock:
            for _ in range(items):
                row = self._row(int(self._clock()))
                for _ in range(1 + (self._lives.draw.random() < 0.02)):
                    self._enter(row)

    def _row(self, now: int) -> Row:
        """The next message; those of one dossier are written a second apart at least, in their order."""
        message, draw = self._lives.next(now), self._lives.draw
        late = draw.randrange(_LATE_SECONDS) if draw.random() < 0.03 else 0
        seconds = max(now - late, self._written.get(message.code, 0) + 1)
        self._written[message.code] = seconds
        stamp = f"{datetime.fromtimestamp(seconds, self._zone):{TIME}}"
        form = {"service": message.service, "madonvi": "H24", "NgayCapNhat": stamp, **message.form}
        return Row(seconds, len(self.journal.truth), as_json(form))

    def _enter(self, row: Row) -> None:
        """Put a row where it belongs by its stamp; one that is late moves those behind it to later pages."""
        place = bisect_right(self._order, row[:2])
        self._order.insert(place, row[:2])
        self.journal.insert(place, row)

    def _messages(self, request: Request) -> Response:
        if request.headers.get("x-api-key", request.headers.get("X-Api-Key")) != KEY:
            return Response(status=401)
        rows = self.journal.read()
        if "token" in request.query:
            seconds, number = map(int, request.query["token"].split("."))
            first = bisect_right(rows, (seconds, number, b"\xff"))
        else:
            first = bisect_left(rows, (self._since(request), -1, b""))
        page, behind = rows[first : first + PAGE], rows[first + PAGE : first + PAGE + 1]
        following = f"{page[-1].seconds}.{page[-1].number}" if behind else None
        head = json.dumps({"next": following}).encode().removesuffix(b"}")
        return Response(head + b', "data": [' + b", ".join(row.body for row in page) + b"]}")

    def _since(self, request: Request) -> int:
        text = request.query.get("since")
        if not text:
            return 0
        return int(datetime.strptime(text, TIME).replace(tzinfo=self._zone).timestamp())


FEEDS: Final[Mapping[str, Make]] = {
    "rest": lambda seed, _folder: OnestopRest(seed, rates=MILD),
    "folder": OnestopFolder,
}
"""See `tests.simulators.simulator`."""
