"""A source that is polled over HTTP: which query comes next, and what a position says.

A position moves on only behind what it covers: at the end of a query, or of a window; in the middle of one only if the
source gave a token for it or sorts its rows. A row that becomes visible late may come on a page that was read already,
while later pages were still to come. Then it is farther behind the newest row of the query than late rows are, by as
much as the query lasts: so much farther back asks the next one.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from egovhub.connector import Context, Page, Payload
from egovhub.errors import ContractError
from egovhub.http_client import HttpClient, StatusError
from egovhub.rest_behind import Behind
from egovhub.rest_cursor import CursorValues, written
from egovhub.rest_pages import Pages, Rows
from egovhub.seen import Seen, at
from egovhub.strict_json import Element, loads

if TYPE_CHECKING:
    from egovhub.rest import Cursor, Rest, Windows

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_BEFORE_ALL: Final = date(2000, 1, 1)


class RestSource:
    """Reads rows; a `Source`.

    Args:
        settings: of the source.
        client: that calls it.
        context: of the process.
    """

    def __init__(self, settings: "Rest", client: HttpClient, context: Context) -> None:
        self._settings = settings
        self._client = client
        self._context = context
        self._pages = Pages(settings, client)
        self._seen = Seen(settings.identity, settings.remember)

    def read(self, position: str | None) -> Iterator[Page]:
        """The rows behind a position; see `Source`."""
        self._seen.restart()
        place = json.loads(position) if position else {}
        if self._settings.cursor:
            pages = self._by_cursor(self._settings.cursor, place)
        elif self._settings.windows:
            pages = self._by_windows(self._settings.windows, place)
        else:
            pages = self._whole_list()
        for page in pages:
            if page.payloads or page.position != position:
                yield page
            position = page.position
            self._seen.store()

    def acknowledge(self, position: str) -> None:
        """Nothing: it does not ask what became of its answers."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _by_cursor(self, cursor: "Cursor", place: dict[str, Any]) -> Iterator[Page]:
        clock = self._context.clock
        behind = Behind(CursorValues(cursor, self._settings.zone), cursor.first, place, clock())
        token = place.get("token", "")
        while True:
            asked = {cursor.parameter: behind.since} if behind.after else {}
            new, last = 0, Rows([], {})
            is_taken_up = bool(token)
            behind.begin(clock(), goes_on=is_taken_up)
            for rows in self._restartable(asked, token):
                payloads = self._payloads(rows)
                behind.meet(rows.elements, clock())
                new += len(payloads)
                is_last = self._is_last(rows)
                if cursor.is_sorted or is_last:
                    behind.move()
                yield Page(payloads, behind.end() if is_last else behind.text(rows.token or ""))
                last = rows
            token = ""
            behind.move()
            yield Page((), behind.end())
            # What came late on the pages before the token is not left to a next poll, for there may be none.
            if not (is_taken_up and cursor.overlap_seconds) and not self._goes_on(cursor, last, new):
                return

    def _is_last(self, rows: Rows) -> bool:
        """Whether a page is known to be the last one of its query."""
        paging = self._settings.paging
        return paging is None or paging.by == "cursor" or rows.token == ""

    def _goes_on(self, cursor: "Cursor", last: Rows, new: int) -> bool:
        """Whether pages by cursor have more; a full page without anything new cannot be passed."""
        paging = self._settings.paging
        if paging is None or paging.by != "cursor":
            return False
        if not new and len(last.elements) >= paging.size and not cursor.unique:
            raise ContractError(
                f"rest: {self._settings.path}: {len(last.elements)} rows have one value of {cursor.field!r} or are "
                "within its overlap, as many as a page has: what comes behind cannot be reached; ask for larger pages"
            )
        return bool(new)

    def _restartable(self, asked: dict[str, str], token: str) -> Iterator[Rows]:
        """The pages of a query, from a stored token on if the source still knows it."""
        if token:
            try:
                yield from self._pages.read(asked, token)
            except StatusError:
                pass
            else:
                return
        yield from self._pages.read(asked)

    def _by_windows(self, windows: "Windows", place: dict[str, Any]) -> Iterator[Page]:
        today = datetime.fromtimestamp(self._context.clock() / 1000, ZoneInfo(self._settings.zone)).date()
        settled = today - timedelta(windows.overlap_days)
        start = date.fromisoformat(place["from"]) if "from" in place else windows.first or settled
        start = stored = max(min(start, settled), _BEFORE_ALL)
        while start <= today:
            end = min(start + timedelta(windows.days - 1), today)
            for payloads in self._combinations(self._window(windows, start, end)):
                if payloads:
                    yield Page(payloads, _json({"from": stored.isoformat()}))
            following = max(stored, min(end + timedelta(1), settled))
            if following != stored or "from" not in place:
                yield Page((), _json({"from": following.isoformat()}))
            start, stored = end + timedelta(1), following

    def _window(self, windows: "Windows", start: date, end: date) -> dict[str, str]:
        behind = end + timedelta(1)
        edge = {"last-day": self._midnight(end), "next-day": self._midnight(behind)}
        edge["last-second"] = self._midnight(behind) - 1000
        asked = {windows.start_parameter: written(self._midnight(start), windows.format, self._settings.zone)}
        if windows.end_parameter:
            asked[windows.end_parameter] = written(edge[windows.end], windows.format, self._settings.zone)
        return asked

    def _midnight(self, day: date) -> int:
        midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self._settings.zone))
        return (midnight - _EPOCH) // _MILLISECOND

    def _whole_list(self) -> Iterator[Page]:
        for payloads in self._combinations({}):
            if payloads:
                yield Page(payloads, _json({}))

    def _combinations(self, asked: dict[str, str]) -> Iterator[tuple[Payload, ...]]:
        """The new rows of a query, page by page, for every combination of `each`."""
        names = list(self._settings.each)
        for combination in product(*self._settings.each.values()):
            for rows in self._pages.read(asked | dict(zip(names, combination, strict=True))):
                yield self._payloads(rows, dict(zip(names, combination, strict=True)))

    def _payloads(self, rows: Rows, asked: dict[str, str] | None = None) -> tuple[Payload, ...]:
        """The rows that are new; an answer that was asked for with values of `each` says with which."""
        made = []
        for number, element in enumerate(rows.elements, 1):
            if self._seen.is_new(element.value, element.body):
                context = rows.around | (asked or {}) | self._looked_up(element)
                made.append(
                    Payload(
                        element.body, f"row {number} of a page", "", element.value, context, element.refused
                    )
                )
        return tuple(made)

    def _looked_up(self, element: Element) -> dict[str, Any]:
        found = {}
        for lookup in self._settings.lookups:
            value = at(element.value, lookup.field)
            if isinstance(value, (str, int)) and str(value):
                try:
                    answer = self._client.call("GET", lookup.path, {lookup.parameter: str(value)})
                    found[lookup.into] = loads(answer.body)
                except StatusError as error:
                    if error.status not in (404, 410):
                        raise
        return found


def _json(form: dict[str, Any]) -> str:
    return json.dumps(form, separators=(",", ":"))
