"""Calls to a source over HTTP, with deadlines, bounds and retries; every outcome is classed by what to do next.

Answered: the body. 429, 408 and 5xx, and connections that fail: tried again with growing pauses and jitter, not
before `Retry-After`, then `RetryLater`. 401 and 403: `AuthenticationError`. Any other status, and redirections:
`ContractError`. Errors name the source's host and the status, never a query or a body.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from threading import Event
from typing import Any, Final

import httpx2
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    stop_after_attempt,
    stop_any,
    stop_when_event_set,
)
from tenacity.wait import wait_random_exponential

from egovhub.bounded import joined
from egovhub.errors import AuthenticationError, ContractError, RejectedInput, RetryLater
from egovhub.http_auth import ApiKey, Basic, OAuth2, Tls

LARGEST_ANSWER: Final = 16 << 20
"""Most bytes of an answer, unpacked, unless the caller says how much it can hold."""

ATTEMPTS: Final = 4
LONGEST_WAIT: Final = 20.0
"""Longest pause between two attempts in seconds; a source that asks for more is left to the runner."""

_TRY_AGAIN: Final = (408, 425, 429, 500, 502, 503, 504, 507)


class HttpClient:
    """Calls one source.

    Args:
        url: of the source, without the paths of its services.
        auth: who we are.
        tls: whom we trust.
        stopping: set when the process is to end; pauses end with it.
        timeout_seconds: for each of connecting, and waiting for the next bytes.
        attempts: most calls for one answer.
        first_wait: the shortest pause between two.
    """

    def __init__(
        self,
        url: str,
        auth: ApiKey | Basic | OAuth2 | None = None,
        tls: Tls | None = None,
        stopping: Event | None = None,
        *,
        timeout_seconds: float = 30.0,
        attempts: int = ATTEMPTS,
        first_wait: float = 0.5,
    ) -> None:
        self._host = httpx2.URL(url).host
        self._stopping = stopping or Event()
        self._client = httpx2.Client(
            base_url=url,
            auth=auth.flow() if auth else None,
            verify=(tls or Tls()).context() if url.startswith("https:") else SSLContext(PROTOCOL_TLS_CLIENT),
            timeout=httpx2.Timeout(timeout_seconds, connect=min(10.0, timeout_seconds)),
            headers={"Accept-Encoding": "gzip", "User-Agent": "egovhub"},
            follow_redirects=False,
            trust_env=False,
        )
        self._longest_call = 4 * timeout_seconds
        self._waits = wait_random_exponential(multiplier=first_wait, max=LONGEST_WAIT)
        self._attempts = attempts

    def call(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, str] | None = None,
        json: Any = None,
        largest: int = LARGEST_ANSWER,
    ) -> "Answer":
        """The answer to a call.

        Args:
            method: such as GET.
            path: of the service, below the source's URL; or an address that `resolve` gave.
            parameters: of the query.
            json: sent as the body.
            largest: most bytes of the answer, unpacked.

        Raises:
            RetryLater: it did not answer, several times.
            AuthenticationError: it refuses who we are.
            ContractError: it answers otherwise than its contract says.
        """
        retrying = Retrying(
            retry=retry_if_exception(_is_worth_waiting),
            stop=stop_any(stop_after_attempt(self._attempts), stop_when_event_set(self._stopping)),
            wait=self._pause,
            sleep=sleep_using_event(self._stopping),
            reraise=True,
        )
        return retrying(self._call_once, method, path, parameters, json, largest)

    def resolve(self, path: str, link: str) -> str:
        """The address of a link in an answer of a service.

        Raises:
            ContractError: it leads to another host, which may not have our secret.
        """
        own = self._client.base_url
        url = own.join(own.path.rstrip("/") + "/" + path.lstrip("/")).join(link)
        if (url.scheme, url.netloc) != (own.scheme, own.netloc):
            raise ContractError(f"source {self._host}: its answer leads to another host; it may not")
        return str(url)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _call_once(
        self, method: str, path: str, parameters: Mapping[str, str] | None, json: Any, largest: int
    ) -> "Answer":
        try:
            with self._client.stream(
                method, path, params=dict(parameters or {}) or None, json=json
            ) as answer:
                self._check(answer)
                return Answer(self._body(answer, largest), answer.headers.get("Link", ""))
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
            raise ContractError(f"source {self._host}: {type(error).__name__}; check its url") from None
        except httpx2.TransportError as error:
            raise RetryLater(f"source {self._host}: {type(error).__name__}") from None

    def _body(self, answer: httpx2.Response, largest: int) -> bytes:
        end = time.monotonic() + self._longest_call
        try:
            chunks = _until(answer.iter_raw(1 << 16), end, self._host)
            return joined(chunks, is_gzip=answer.headers.get("Content-Encoding") == "gzip", largest=largest)
        except RejectedInput as error:
            raise UnreadableError(self._host, error) from None

    def _check(self, answer: httpx2.Response) -> None:
        status = answer.status_code
        if status in (401, 403):
            raise AuthenticationError(
                f"source {self._host}: refuses us with {status}; check auth and its secret"
            )
        if status in _TRY_AGAIN:
            raise RetryLater(
                f"source {self._host}: status {status}", _after(answer.headers.get("Retry-After"))
            )
        if not 200 <= status < 300:
            raise StatusError(self._host, status)

    def _pause(self, state: RetryCallState) -> float:
        return max(self._waits(state), _asked(state))


class Answer:
    """What a source answered: the body, and its header `Link`."""

    def __init__(self, body: bytes, link: str) -> None:
        self.body = body
        self.link = link


class StatusError(ContractError):
    """A status that no retry changes."""

    def __init__(self, host: str, status: int) -> None:
        super().__init__(f"source {host}: status {status}; check url, path and parameters")
        self.status = status


class UnreadableError(ContractError):
    """An answer that is too large, or packed in a way that cannot be unpacked; `refusal` says which."""

    def __init__(self, host: str, refusal: RejectedInput) -> None:
        super().__init__(f"source {host}: an answer that cannot be read ({refusal}); ask for smaller pages")
        self.refusal = refusal


def _until(chunks: Any, end: float, host: str) -> Any:
    """Chunks, as long as there is time: a source that sends a byte a second never runs into a timeout."""
    for chunk in chunks:
        if time.monotonic() > end:
            raise RetryLater(f"source {host}: an answer took too long")
        yield chunk


def _asked(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return (error.after_seconds or 0.0) if isinstance(error, RetryLater) else 0.0


def _is_worth_waiting(error: BaseException) -> bool:
    return isinstance(error, RetryLater) and (error.after_seconds or 0.0) <= LONGEST_WAIT


def _after(header: str | None) -> float | None:
    """The seconds of `Retry-After`, which are a number or a date; None if it is neither."""
    if not header:
        return None
    if header.isascii() and header.isdigit():
        return float(header[:6])
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError):
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())
