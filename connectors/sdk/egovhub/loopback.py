"""A real HTTP server on the loopback, for tests: answers what it is told to, fails when it is told to.

What simulators of source systems and the conformance suite are built from.
"""

import json
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Lock, Thread
from typing import Any, Final, Self
from urllib.parse import parse_qsl, unquote, urlsplit

_LARGEST: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the server got it; of a parameter that stands twice the last.

    `target` is what was asked for as it was written, `path` the same without query and escapes.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    target: str = ""

    def json(self) -> Any:
        """The body as JSON; None without one."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class Response:
    """What the server answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Any, status: int = 200, **headers: str) -> Self:
        """An answer in JSON."""
        return cls(json.dumps(form, ensure_ascii=False).encode(), status, headers)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one answer.

    Args:
        kind: `status`: another one, with headers; `slow`: after some seconds; `drop`: the connection is closed without
            an answer; `cut`: in the middle of the body; `garbage`: bytes that are no answer of this service.
        value: the status, or the seconds.
        headers: of the answer.
    """

    kind: str
    value: float = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class LoopbackServer:
    """A server on a free port of 127.0.0.1; a context manager.

    Args:
        answer: what to answer a request; called by one thread at a time.
        tls: to speak https.
    """

    def __init__(self, answer: Callable[[Request], Response], tls: SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        """What was asked, in order; also what then failed."""
        self.faults: deque[Fault] = deque()
        """What goes wrong with the next answers."""
        self._answer = answer
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https" if tls else "http"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def fail(self, *faults: Fault) -> None:
        """Let the next answers go wrong."""
        self.faults.extend(faults)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def close(self) -> None:
        """Stop, and close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def answer(self, request: Request) -> tuple[Response | None, Fault | None]:
        """The answer to a request and what goes wrong with it."""
        with self._lock:
            self.requests.append(request)
            fault = self.faults.popleft() if self.faults else None
            if fault and fault.kind in ("drop", "status", "garbage"):
                return None, fault
        if fault and fault.kind == "slow":
            time.sleep(fault.value)
        with self._lock:
            return self._answer(request), fault


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are part of what is tested."""


def _handler(server: LoopbackServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        wbufsize = -1  # head and body in one segment: two of them wait for each other's acknowledgement
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(min(length, _LARGEST))
            request = Request(
                self.command,
                unquote(parts.path),
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                dict(self.headers.items()),
                body,
                self.path,
            )
            answer, fault = server.answer(request)
            match fault:
                case Fault("drop"):
                    self._hang_up()
                case Fault("status", value, headers):
                    self._send(Response(b"", int(value), headers))
                case Fault("garbage"):
                    self._send(Response(b"<html>gateway</html>"))
                case Fault("cut"):
                    assert answer
                    self._send(answer, len(answer.body) // 2)
                    self._hang_up()
                case _:
                    assert answer
                    self._send(answer)

        def _send(self, answer: Response, bytes_sent: int | None = None) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[:bytes_sent])

        def _hang_up(self) -> None:
            self.close_connection = True
            self.wfile.flush()
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            """Say nothing: what was asked stands in `requests`."""

    return Handler
