"""What the suite's server answers to a feed that polls: the protocol that its settings describe, kept to the letter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from egovhub.connector import Payload
from egovhub.loopback import Request, Response
from egovhub.mapping_times import instants
from egovhub.rest import Cursor, Rest
from egovhub.rest_cursor import CursorValues, written
from egovhub.strict_json import loads
from egovhub.suite_files import nested, put_at
from egovhub.suite_forms import to_json
from egovhub.suite_reach import TOKEN_PATH
from egovhub.suite_subject import Row, now

PAGE: Final = 10
"""Most rows of an answer, whatever is asked for: real servers have such a bound, and some do not say so."""

_STEP_MS: Final = 60_000
_TOKEN: Final = "suite-token"  # noqa: S105 - a parameter, no secret


@dataclass(slots=True)
class _Entry:
    number: int
    key: int
    day: date
    asked: dict[str, str]
    body: bytes
    around: dict[str, Any]


class RestAnswers:
    """A service with rows.

    Args:
        protocol: settings of the feed it speaks with.
    """

    def __init__(self, protocol: Rest) -> None:
        self.handed_out = 0
        self.page = PAGE
        self.before_answer: Callable[[Request], None] = lambda _request: None
        """Called before each answer with rows; to let rows go while they are read."""
        self._protocol = protocol
        self._entries: list[_Entry] = []
        self._next_key = 1
        self._values = CursorValues(protocol.cursor, protocol.zone) if protocol.cursor else None
        self._start = now() // _STEP_MS * _STEP_MS - 3 * 86_400_000
        self._combinations = [
            dict(zip(protocol.each, values, strict=True)) for values in product(*protocol.each.values())
        ]
        self._today = datetime.fromtimestamp(now() / 1000, ZoneInfo(protocol.zone)).date()

    def put(self, rows: Sequence[Row], *, same_key: bool = False) -> list[Payload]:
        """Add rows; the payloads as the feed will give them."""
        given = []
        for row in rows:
            if not same_key:
                self._next_key += 1
            asked = self._combinations[row.number % len(self._combinations)]
            payload = self._keyed(row.payload, self._next_key)
            into = {lookup.into for lookup in self._protocol.lookups}
            around = {name: value for name, value in payload.context.items() if name not in into}
            day = self._today - timedelta(row.number % 2 if self._protocol.windows else 0)
            self._entries.append(_Entry(row.number, self._next_key, day, asked, payload.body, around))
            given.append(replace(payload, identity="", context={**payload.context, **asked}))
        return given

    def remove(self, number: int) -> None:
        """Let a row be gone."""
        self._entries = [entry for entry in self._entries if entry.number != number]

    def answer(self, request: Request) -> Response:
        """The answer to a request."""
        if request.path == TOKEN_PATH:
            return Response.of({"access_token": "suite", "token_type": "Bearer", "expires_in": 3600})
        for lookup in self._protocol.lookups:
            if request.path.endswith(lookup.path) and lookup.parameter in request.query:
                return Response.of({})
        self.before_answer(request)
        asked = {**request.query, **(request.json() or {} if request.method == "POST" else {})}
        found = [entry for entry in self._entries if self._matches(entry, asked)]
        return self._page(request, found, asked)

    def _keyed(self, payload: Payload, key: int) -> Payload:
        """A payload with its cursor value."""
        cursor = self._protocol.cursor
        if cursor is None:
            return payload
        value = loads(payload.body)
        *above, last = cursor.field.split(".")
        inner = value
        for name in above:
            inner = inner.setdefault(name, {})
        inner[last] = (
            int(self._text(cursor, key)) if isinstance(inner.get(last), int) else self._text(cursor, key)
        )
        return Payload(to_json(value), payload.place, payload.identity, value, payload.context)

    def _text(self, cursor: Cursor, key: int) -> str:
        match cursor.format:
            case "integer":
                return str(1_000 + key)
            case "text":
                return f"{key:012}"
            case form:
                return written(self._start + key * _STEP_MS, form, self._protocol.zone)

    def _matches(self, entry: _Entry, asked: dict[str, str]) -> bool:
        if any(asked.get(name) != value for name, value in entry.asked.items()):
            return False
        cursor, windows = self._protocol.cursor, self._protocol.windows
        if cursor and self._values and asked.get(cursor.parameter):
            own = self._values.key(self._text(cursor, entry.key))
            since = self._values.key(asked[cursor.parameter])
            return own >= since if cursor.inclusive else own > since
        if windows and asked.get(windows.start_parameter):
            first = self._day(asked[windows.start_parameter], windows.format)
            last = first
            if windows.end_parameter:
                last = self._day(asked[windows.end_parameter], windows.format)
                last -= timedelta(windows.end == "next-day")
            return first <= entry.day <= last
        return True

    def _day(self, text: str, form: str) -> date:
        instant = instants(self._protocol.zone, (form,)).read(text, "window")
        return datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(self._protocol.zone)).date()

    def _page(self, request: Request, found: list[_Entry], asked: dict[str, str]) -> Response:
        found = sorted(found, key=lambda entry: (entry.key, entry.number))
        paging = self._protocol.paging
        if paging is None:
            return self._rows(found, {})
        size = min(self.page, int(asked.get(getattr(paging, "size_parameter", ""), self.page)))
        match paging.by:
            case "number":
                number = int(asked.get(paging.parameter, paging.first))
                start = number - paging.first if paging.counts == "rows" else (number - paging.first) * size
                return self._rows(found[start : start + size], {})
            case "cursor":
                return self._rows(found[:size], {})
            case "token":
                rows, following = _behind(found, asked.get(paging.parameter, ""), size)
                return self._rows(rows, {paging.token: following} if following else {})
            case "link":
                return self._linked(request, found, size)

    def _linked(self, request: Request, found: list[_Entry], size: int) -> Response:
        rows, token = _behind(found, request.query.get(_TOKEN, ""), size)
        query = {name: value for name, value in request.query.items() if name != _TOKEN}
        following = f"{request.path}?{urlencode({**query, _TOKEN: token})}" if token else ""
        paging = self._protocol.paging
        assert paging
        assert paging.by == "link"
        if paging.link:
            return self._rows(rows, {paging.link: following} if following else {})
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        return replace(self._rows(rows, {}), headers=headers)

    def _rows(self, found: list[_Entry], around: dict[str, Any]) -> Response:
        self.handed_out += len(found)
        rows = [loads(entry.body) for entry in found]
        form = nested(self._protocol.items, rows, found[0].around if found else {})
        for path, value in around.items():
            put_at(form, path, value)
        return Response(to_json(form))


def _behind(found: list[_Entry], token: str, size: int) -> tuple[list[_Entry], str]:
    """The rows behind a token, and the token of the next ones; it names a row, so rows that go move nothing."""
    if token:
        key, number = map(int, token.split("."))
        found = [entry for entry in found if (entry.key, entry.number) > (key, number)]
    rows = found[:size]
    return rows, f"{rows[-1].key}.{rows[-1].number}" if len(found) > size else ""
