"""How a connector shows a source who it is. Secrets come from variables of the environment, never from a file."""

import os
import time
from collections.abc import Generator
from pathlib import Path
from ssl import CERT_NONE, SSLContext, SSLError, create_default_context
from typing import Annotated, Any, Final, Literal

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from egovhub.errors import AuthenticationError, ConfigurationError, ContractError, RejectedInput, RetryLater
from egovhub.strict_json import loads

_EARLIER_SECONDS: Final = 30.0
_DEFAULT_LIFETIME: Final = 300


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ApiKey(_Part):
    """A key in a header, or in a parameter of the query."""

    secret_env: str
    header: str = ""
    parameter: str = ""
    kind: Literal["api-key"] = "api-key"

    def problems(self) -> list[str]:
        """What cannot work."""
        one = bool(self.header) + bool(self.parameter) == 1
        return ([] if one else ["auth: an API key needs one of header and parameter"]) + _unset(
            self.secret_env
        )

    def flow(self) -> httpx2.Auth:
        """What httpx2 does with each request."""
        return _KeyFlow(self)


class Basic(_Part):
    """A name and a password."""

    username: str
    secret_env: str
    kind: Literal["basic"] = "basic"

    def problems(self) -> list[str]:
        """What cannot work."""
        return _unset(self.secret_env)

    def flow(self) -> httpx2.Auth:
        """What httpx2 does with each request."""
        return httpx2.BasicAuth(self.username, os.environ[self.secret_env])


class OAuth2(_Part):
    """Client credentials: a token is fetched, used until shortly before it expires, and fetched again once refused.

    Source: RFC 6749, 4.4.
    """

    token_url: str
    client_id: str
    secret_env: str
    scope: str = ""
    kind: Literal["oauth2"] = "oauth2"

    def problems(self) -> list[str]:
        """What cannot work."""
        return _unset(self.secret_env)

    def flow(self) -> httpx2.Auth:
        """What httpx2 does with each request."""
        return _TokenFlow(self)


Auth = Annotated[ApiKey | Basic | OAuth2, Field(discriminator="kind")]


class Tls(_Part):
    """Whom to trust, and the certificate of the connector where the source asks for one."""

    cafile: Path | None = None
    certfile: Path | None = None
    keyfile: Path | None = None
    key_secret_env: str = ""

    def context(self) -> SSLContext:
        """The context of connections, which always checks the source's certificate and name.

        Raises:
            ConfigurationError: a file cannot be used.
        """
        try:
            context = create_default_context(cafile=self.cafile)
            if self.certfile is not None:
                context.load_cert_chain(
                    self.certfile, self.keyfile, os.environ.get(self.key_secret_env) or None
                )
        except (OSError, SSLError) as error:
            raise ConfigurationError(f"tls: cannot be used ({error}); give PEM files that match") from None
        assert context.verify_mode != CERT_NONE
        return context


def _unset(variable: str) -> list[str]:
    return (
        [] if os.environ.get(variable) else [f"auth: the variable {variable} is not set; it holds the secret"]
    )


class _KeyFlow(httpx2.Auth):
    def __init__(self, settings: ApiKey) -> None:
        self._settings = settings
        self._key = os.environ[settings.secret_env]

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        if self._settings.header:
            request.headers[self._settings.header] = self._key
        else:
            request.url = request.url.copy_merge_params({self._settings.parameter: self._key})
        yield request


class _TokenFlow(httpx2.Auth):
    requires_response_body = False

    def __init__(self, settings: OAuth2) -> None:
        self._settings = settings
        self._secret = os.environ[settings.secret_env]
        self._token = ""
        self._until = 0.0

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        if time.monotonic() >= self._until:
            self._take((yield self._ask()))
        request.headers["Authorization"] = f"Bearer {self._token}"
        answer = yield request
        if answer.status_code == httpx2.codes.UNAUTHORIZED:
            self._take((yield self._ask()))
            request.headers["Authorization"] = f"Bearer {self._token}"
            yield request

    def _ask(self) -> httpx2.Request:
        form = {"grant_type": "client_credentials"} | (
            {"scope": self._settings.scope} if self._settings.scope else {}
        )
        basic = httpx2.BasicAuth(self._settings.client_id, self._secret)
        request = httpx2.Request(
            "POST", self._settings.token_url, data=form, headers={"Accept": "application/json"}
        )
        return next(basic.auth_flow(request))

    def _take(self, answer: httpx2.Response) -> None:
        if answer.status_code in (400, 401, 403):
            raise AuthenticationError(
                f"auth: the token service refuses us with {answer.status_code}; check client_id, scope and "
                f"{self._settings.secret_env}"
            )
        if answer.status_code != httpx2.codes.OK:
            raise RetryLater(f"token service: status {answer.status_code}")
        form = _form(answer.read()[:_LARGEST_TOKEN])
        token = form.get("access_token") if isinstance(form, dict) else None
        if not isinstance(token, str) or not token:
            raise ContractError("auth: the token service gives no access_token; check token_url")
        lifetime = form.get("expires_in")
        seconds = lifetime if type(lifetime) is int else _DEFAULT_LIFETIME
        self._token = token
        self._until = time.monotonic() + max(1.0, seconds - _EARLIER_SECONDS)


def _form(body: bytes) -> Any:
    try:
        return loads(body)
    except RejectedInput:
        return None


_LARGEST_TOKEN: Final = 1 << 20
