"""A mailbox that gives a message until it is told what became of it, and remembers what it was told."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from egovhub.loopback import Request, Response


@dataclass(slots=True)
class Message:
    """A message that waits.

    Args:
        name: what the mailbox calls it.
        body: of the message.
        sha256: what its item says; the true hash if left out.
        length: the same of its length.
        more: other fields of its item.
    """

    name: str
    body: bytes
    sha256: str | None = None
    length: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def item(self) -> dict[str, Any]:
        """The message as the list has it."""
        sha256 = hashlib.sha256(self.body).hexdigest() if self.sha256 is None else self.sha256
        length = len(self.body) if self.length is None else self.length
        return {"id": self.name, "contentSha256": sha256, "contentLength": length, **self.more}


class MailboxSimulator:
    """The services of a mailbox: `/messages`, `/messages/<id>` and `/messages/<id>/status`.

    Args:
        listed: most messages that the list shows at once.
    """

    def __init__(self, listed: int = 20) -> None:
        self.statuses: list[tuple[str, str]] = []
        """What was told, in order: message and status."""
        self._messages: dict[str, Message] = {}
        self._listed = listed
        self._lock = RLock()

    @property
    def services(self) -> dict[str, Any]:
        """For a `SourceServer`."""
        return {"/messages": self._list, "/messages/": self._one}

    @property
    def waiting(self) -> list[str]:
        """The messages that are neither done nor failed."""
        return list(self._messages)

    def told(self, status: str) -> list[str]:
        """The messages of which a status was told."""
        return [name for name, said in self.statuses if said == status]

    def put(self, *messages: Message) -> None:
        """Let messages wait."""
        with self._lock:
            self._messages |= {message.name: message for message in messages}

    def _list(self, _request: Request) -> Response:
        with self._lock:
            return Response.of(
                {"data": [each.item for each in list(self._messages.values())[: self._listed]]}
            )

    def _one(self, request: Request) -> Response:
        name, _, service = request.path.removeprefix("/messages/").partition("/")
        with self._lock:
            if name not in self._messages:
                return Response(status=404)
            if service != "status":
                return Response(self._messages[name].body)
            status = str(request.json()["status"])
            self.statuses.append((name, status))
            if status in ("done", "fail"):
                del self._messages[name]
            return Response()
