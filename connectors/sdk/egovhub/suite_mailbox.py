"""The suite's mailbox: a server that gives messages until it is told that they are done."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import Any

from egovhub.connector import Connector, Context, Feed, FeedSettings, Payload
from egovhub.loopback import LoopbackServer, Request, Response
from egovhub.mailbox import Mailbox
from egovhub.mapped import MappedFeed
from egovhub.suite_files import nested, put_at
from egovhub.suite_reach import TOKEN_PATH, reaching
from egovhub.suite_subject import Row, now


class MailboxFixture:
    """A mailbox.

    Args:
        settings: of the feed.
        protocol: what it speaks.
    """

    volume = (130, 110)

    def __init__(self, settings: FeedSettings, protocol: Mailbox) -> None:
        self.protocol = protocol
        self.handed_out = 0
        self._messages: dict[str, tuple[Row, bytes, dict[str, Any]]] = {}
        self._promised: set[int] = set()
        self._server = LoopbackServer(self._answer)
        self._server.start()
        self._settings = reaching(settings, self._server.url)

    def put(self, rows: Sequence[Row], *, same_key: bool = False) -> list[Payload]:  # noqa: ARG002
        """Let messages wait; see `Fixture`."""
        given = []
        for row in rows:
            name, body = f"m{row.number:08}", row.payload.body
            item: dict[str, Any] = dict(row.payload.context)
            put_at(item, self.protocol.id_field, name)
            if self.protocol.sha256_field:
                put_at(item, self.protocol.sha256_field, hashlib.sha256(body).hexdigest())
            if self.protocol.length_field:
                put_at(item, self.protocol.length_field, len(body))
            self._messages[name] = (row, body, item)
            given.append(replace(row.payload, identity=name, place=f"message {name}", context=item))
        return given

    def remove(self, number: int) -> None:
        """Take a message away, as another reader would."""
        self._messages.pop(f"m{number:08}", None)

    def promised(self) -> set[int]:
        """The messages that were acknowledged as done."""
        return self._promised

    def start(self, connector: Connector, stopping: Event) -> Feed:
        """A new process's feed."""
        return MappedFeed(connector, self._settings.open(Context(now, stopping, once=True)), now)

    def close(self) -> None:
        """Stop the server."""
        self._server.close()

    def _answer(self, request: Request) -> Response:
        if request.path == TOKEN_PATH:
            return Response.of({"access_token": "suite", "token_type": "Bearer", "expires_in": 3600})
        if request.path == self.protocol.list_path:
            items = [item for _row, _body, item in self._messages.values()]
            return Response.of(nested(self.protocol.items, items[:20], {}))
        for name, (row, body, _item) in self._messages.items():
            if request.path == self.protocol.get_path.format(id=name):
                self.handed_out += 1
                return Response(body)
            status = self._status(request, name)
            if status == self.protocol.processing and status:
                return Response()
            if status in (self.protocol.done, self.protocol.fail):
                if status == self.protocol.done:
                    self._promised.add(row.number)
                del self._messages[name]
                return Response()
        return Response(status=404)

    def _status(self, request: Request, name: str) -> str | None:
        """The status that a request tells of a message; None if it tells none."""
        if self.protocol.status_field:
            if request.path != self.protocol.acknowledge_path.format(id=name, status=""):
                return None
            return str(request.json()[self.protocol.status_field])
        for status in (self.protocol.done, self.protocol.fail, self.protocol.processing):
            if status and request.path == self.protocol.acknowledge_path.format(id=name, status=status):
                return status
        return None
