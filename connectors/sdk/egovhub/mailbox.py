"""A mailbox that is emptied by hand: list, get, publish, and only then say that a message is done.

The mailbox gives a message again until it is told, so delivery is at least once, and a message that was stored and not
acknowledged is published again under the same ids. What it says of length and hash is checked: a message that came
damaged is fetched again, and is a dead letter if it stays so.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from egovhub.connector import Context, Page, Payload
from egovhub.errors import ConfigurationError, ContractError, RejectedInput
from egovhub.http_auth import Auth, Tls
from egovhub.http_client import HttpClient, StatusError, UnreadableError
from egovhub.seen import at
from egovhub.strict_json import elements

_FETCHES: Final = 3
_GONE: Final = (404, 410)


class Mailbox(BaseModel):
    """Settings of a mailbox.

    Args:
        url: of the system; from `--url` if it is left out.
        list_path: of the service that lists what waits.
        items: path to the array in its answer.
        parameters: of the list, always the same.
        id_field: of an item: what the mailbox calls the message.
        sha256_field: of an item: its hash in hex; "" if there is none.
        length_field: of an item: its bytes; "" if there is none.
        get_path: of the service that gives a message; `{id}` is replaced.
        acknowledge_path: of the service that is told; `{id}` is replaced, and `{status}` if it stands there.
        status_field: of the object that it is told; "" if the path says all.
        done: the status of a message whose facts are stored.
        fail: of one that became a dead letter.
        processing: of one that is being read; "" to say nothing then.
        largest_message: in bytes; a larger one is not kept and becomes a dead letter without its bytes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = ""
    list_path: str = "/messages"
    items: str = "data"
    parameters: dict[str, str] = {}
    id_field: str = "id"
    sha256_field: str = "contentSha256"
    length_field: str = "contentLength"
    get_path: str = "/messages/{id}"
    acknowledge_path: str = "/messages/{id}/status"
    status_field: str = "status"
    done: str = "done"
    fail: str = "fail"
    processing: str = ""
    largest_message: int = 50 << 20
    batch_messages: Annotated[int, Field(gt=0)] = 50
    batch_bytes: int = 8 << 20
    auth: Auth | None = None
    tls: Tls | None = None
    poll_seconds: float = 5.0
    timeout_seconds: float = 30.0
    attempts: Annotated[int, Field(gt=0)] = 4
    first_wait_seconds: float = 0.5
    kind: Literal["mailbox"] = "mailbox"

    def open(self, context: Context) -> "MailboxSource":
        """The mailbox, not yet asked anything.

        Raises:
            ConfigurationError: url, auth or tls cannot work.
        """
        problems = self.auth.problems() if self.auth else []
        if not self.url.startswith(("http://", "https://")):
            problems.append(f"mailbox: url: {self.url!r} is no address; write https://..., or give --url")
        if problems:
            raise ConfigurationError(problems)
        client = HttpClient(
            self.url,
            self.auth,
            self.tls,
            context.stopping,
            timeout_seconds=self.timeout_seconds,
            attempts=self.attempts,
            first_wait=self.first_wait_seconds,
        )
        return MailboxSource(self, client, context)


class MailboxSource:
    """Empties a mailbox; a `Source`.

    Args:
        settings: of the mailbox.
        client: that calls it.
        context: of the process.
    """

    def __init__(self, settings: Mailbox, client: HttpClient, context: Context) -> None:
        self._settings = settings
        self._client = client
        self._context = context
        self._told: dict[str, str] = {}

    def read(self, position: str | None) -> Iterator[Page]:
        """What waits; see `Source`. The position says what is stored and may not have been acknowledged yet."""
        if position:
            self.acknowledge(position)
        while items := self._waiting():
            payloads: list[Payload] = []
            for item in items:
                payloads.append(self._message(item))
                size = sum(len(payload.body) for payload in payloads)
                if len(payloads) >= self._settings.batch_messages or size >= self._settings.batch_bytes:
                    yield self._page(payloads)
                    payloads = []
                if self._context.stopping.is_set():
                    return
            if payloads:
                yield self._page(payloads)

    def acknowledge(self, position: str) -> None:
        """Tell the mailbox what is done and what failed."""
        place = json.loads(position)
        refused = set(place.get("refused", ()))
        for name in place["stored"]:
            status = self._settings.fail if name in refused else self._settings.done
            if self._told.get(name) != status:
                self._tell(name, status)
                self._told[name] = status

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _page(self, payloads: list[Payload]) -> Page:
        stored = [payload.identity for payload in payloads]
        return Page(
            tuple(replace(each, ticket=each.identity) for each in payloads),
            json.dumps({"stored": stored}, separators=(",", ":")),
        )

    def _list(self) -> list[Any]:
        settings = self._settings
        answer = self._client.call("GET", settings.list_path, settings.parameters)
        try:
            found, _around = elements(answer.body, settings.items)
        except RejectedInput as error:
            raise ContractError(
                f"mailbox: {settings.list_path}: the list is not what the feed expects ({error})"
            ) from None
        return [element.value for element in found]

    def _waiting(self) -> list[Any]:
        """What is listed and was not read yet; of the rest the mailbox is told again what became of it."""
        listed = {_id(item, self._settings): item for item in self._list()}
        self._told = {name: status for name, status in self._told.items() if name in listed}
        for name, status in self._told.items():
            self._tell(name, status)
        return [item for name, item in listed.items() if name not in self._told]

    def _message(self, item: Any) -> Payload:
        settings = self._settings
        name = _id(item, settings)
        place = f"message {name}"
        length = at(item, settings.length_field) if settings.length_field else None
        sha256 = at(item, settings.sha256_field) if settings.sha256_field else None
        if isinstance(length, int) and length > settings.largest_message:
            return Payload(b"", place, name, context=item, refused=RejectedInput("oversized", "message"))
        if settings.processing:
            self._tell(name, settings.processing)
        body = b""
        for _ in range(_FETCHES):
            try:
                body = self._get(name)
            except UnreadableError as error:
                return Payload(b"", place, name, context=item, refused=error.refusal)
            if _is_whole(body, length, sha256):
                return Payload(body, place, name, context=item)
        return Payload(body, place, name, context=item, refused=RejectedInput("hash-mismatch", "message"))

    def _get(self, name: str) -> bytes:
        path = self._settings.get_path.format(id=quote(name, safe=""))
        return self._client.call("GET", path, largest=self._settings.largest_message).body

    def _tell(self, name: str, status: str) -> None:
        settings = self._settings
        path = settings.acknowledge_path.format(id=quote(name, safe=""), status=status)
        try:
            self._client.call(
                "POST", path, json={settings.status_field: status} if settings.status_field else None
            )
        except StatusError as error:
            if error.status not in _GONE:
                raise


def _id(item: Any, settings: Mailbox) -> str:
    name = at(item, settings.id_field)
    if not isinstance(name, (str, int)) or isinstance(name, bool) or not str(name):
        raise ContractError(
            f"mailbox: {settings.list_path}: an item has no {settings.id_field!r}; correct id_field"
        )
    return str(name)


def _is_whole(body: bytes, length: Any, sha256: Any) -> bool:
    """Whether a message is what its item says; an item that says nothing of it is believed."""
    if length not in (None, "") and str(length) != str(len(body)):
        return False
    return not sha256 or str(sha256).lower() == hashlib.sha256(body).hexdigest()
