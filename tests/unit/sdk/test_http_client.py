import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from egovhub.errors import AuthenticationError, ConfigurationError, ContractError, RetryLater
from egovhub.http_auth import ApiKey, Basic, OAuth2, Tls
from egovhub.http_client import HttpClient, StatusError
from egovhub.loopback import Fault, LoopbackServer, Request, Response


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(
        lambda request: Response.of({"path": request.path, "query": dict(request.query)})
    ) as made:
        yield made


CLIENTS: list[HttpClient] = []


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    yield
    while CLIENTS:
        CLIENTS.pop().close()


def client(server: LoopbackServer, **options: Any) -> HttpClient:
    return at(server.url, **{"timeout_seconds": 5.0, **options})


def at(url: str, **options: Any) -> HttpClient:
    CLIENTS.append(HttpClient(url, **{"first_wait": 0.001, **options}))
    return CLIENTS[-1]


@pytest.mark.parametrize(
    "fault",
    [*(Fault("status", status) for status in (408, 429, 500, 502, 503, 504)), Fault("drop"), Fault("cut")],
    ids=lambda fault: f"{fault.kind} {fault.value}",
)
def test_what_may_pass_is_tried_again(server: LoopbackServer, fault: Fault) -> None:
    server.fail(fault, fault)
    assert client(server).call("GET", "/x", {"a": "1"}).body == b'{"path": "/x", "query": {"a": "1"}}'
    assert len(server.requests) == 3


def test_after_some_attempts_the_runner_is_asked_to_wait(server: LoopbackServer) -> None:
    server.fail(*[Fault("status", 503)] * 4)
    with pytest.raises(RetryLater, match=r"^source 127.0.0.1: status 503$"):
        client(server).call("GET", "/x")
    assert len(server.requests) == 4


def test_a_source_that_does_not_answer_in_time_is_tried_again(server: LoopbackServer) -> None:
    server.fail(Fault("slow", 0.5))
    assert client(server, timeout_seconds=0.2).call("GET", "/x").body
    assert len(server.requests) == 2


def test_a_source_that_is_away_is_a_retry() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(RetryLater, match="ConnectError"):
        at(f"http://127.0.0.1:{port}").call("GET", "/x")


def test_retry_after_is_waited_for(server: LoopbackServer) -> None:
    server.fail(Fault("status", 429, {"Retry-After": "1"}))
    start = time.monotonic()
    client(server).call("GET", "/x")
    assert time.monotonic() - start >= 1


@pytest.mark.parametrize("header", ["3600", "date"])
def test_a_long_retry_after_is_left_to_the_runner(server: LoopbackServer, header: str) -> None:
    text = format_datetime(datetime.now(UTC) + timedelta(hours=1)) if header == "date" else header
    server.fail(Fault("status", 503, {"Retry-After": text}))
    with pytest.raises(RetryLater) as error:
        client(server).call("GET", "/x")
    assert error.value.after_seconds == pytest.approx(3600, abs=30)
    assert len(server.requests) == 1


def test_a_retry_after_that_is_neither_number_nor_date_is_passed_over(server: LoopbackServer) -> None:
    server.fail(Fault("status", 503, {"Retry-After": "soon"}))
    assert client(server).call("GET", "/x").body


def test_a_stop_ends_the_pauses(server: LoopbackServer) -> None:
    stopping = threading.Event()
    stopping.set()
    server.fail(*[Fault("status", 503, {"Retry-After": "15"})] * 4)
    with pytest.raises(RetryLater):
        client(server, stopping=stopping).call("GET", "/x")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_source_that_refuses_us_is_not_asked_again(server: LoopbackServer, status: int) -> None:
    server.fail(Fault("status", status))
    with pytest.raises(AuthenticationError, match=f"refuses us with {status}; check auth"):
        client(server).call("GET", "/x")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 400, 404, 410, 422])
def test_any_other_status_is_against_the_contract(server: LoopbackServer, status: int) -> None:
    server.fail(Fault("status", status, {"Location": "http://127.0.0.1:1/"}))
    with pytest.raises(StatusError, match=f"status {status}; check url") as error:
        client(server).call("GET", "/x")
    assert error.value.status == status
    assert len(server.requests) == 1


def test_errors_hold_neither_path_nor_query(server: LoopbackServer) -> None:
    server.fail(Fault("status", 404))
    with pytest.raises(ContractError) as error:
        client(server).call("GET", "/cases/031099001234", {"name": "Nguyễn Văn An"})
    assert "031099001234" not in str(error.value)
    assert "Nguy" not in str(error.value)


@pytest.mark.parametrize("is_packed", [False, True])
def test_an_answer_is_bounded_packed_or_not(is_packed: bool) -> None:
    body = bytes(2_000_000)
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    answer = Response(gzip.compress(body) if is_packed else body, 200, headers)
    with (
        LoopbackServer(lambda _request: answer) as server,
        pytest.raises(ContractError, match="ask for smaller pages"),
    ):
        client(server).call("GET", "/x", largest=1_000_000)


def test_a_packed_answer_is_unpacked() -> None:
    with LoopbackServer(
        lambda _request: Response(gzip.compress(b"text"), 200, {"Content-Encoding": "gzip"})
    ) as server:
        assert client(server).call("GET", "/x").body == b"text"
        assert server.requests[0].headers["Accept-Encoding"] == "gzip"


def test_a_body_is_sent_as_json(server: LoopbackServer) -> None:
    client(server).call("POST", "/x", json={"a": 1})
    assert server.requests[0].json() == {"a": 1}


def test_links_are_resolved_and_may_not_lead_to_another_host(server: LoopbackServer) -> None:
    own = at(server.url + "/api")
    assert own.resolve("/v1/cases", "?page=2") == f"{server.url}/api/v1/cases?page=2"
    assert own.resolve("/v1/cases", "/api/v1/cases?page=2") == f"{server.url}/api/v1/cases?page=2"
    assert own.resolve("/v1/cases", f"{server.url}/x") == f"{server.url}/x"
    for elsewhere in ("http://evil.example/x", "https://127.0.0.1/x", "//evil.example/x"):
        with pytest.raises(ContractError, match="leads to another host"):
            own.resolve("/v1/cases", elsewhere)


def test_a_key_goes_into_a_header_or_the_query(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "s3cret")
    client(server, auth=ApiKey(header="X-Key", secret_env="KEY")).call("GET", "/x", {"a": "1"})
    client(server, auth=ApiKey(parameter="key", secret_env="KEY")).call("GET", "/x", {"a": "1"})
    first, second = server.requests
    assert first.headers["X-Key"] == "s3cret"
    assert second.query == {"a": "1", "key": "s3cret"}


def test_a_name_and_a_password_are_shown(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSWORD", "p")
    client(server, auth=Basic(username="u", secret_env="PASSWORD")).call("GET", "/x")
    assert server.requests[0].headers["Authorization"] == "Basic dTpw"


class TokenService:
    """Gives tokens `t1`, `t2`, ... and takes the last one alone."""

    def __init__(self, lifetime: int = 3600) -> None:
        self.tokens = 0
        self.lifetime = lifetime
        self.refuses = 0

    def answer(self, request: Request) -> Response:
        if request.path == "/token":
            if request.headers["Authorization"] != "Basic Yzpz":
                return Response(status=401)
            assert request.body == b"grant_type=client_credentials&scope=read"
            self.tokens += 1
            return Response.of({"access_token": f"t{self.tokens}", "expires_in": self.lifetime})
        if request.headers.get("Authorization") != f"Bearer t{self.tokens}" or self.refuses:
            self.refuses = max(0, self.refuses - 1)
            return Response(status=401)
        return Response(b"ok")


def oauth(server: LoopbackServer) -> HttpClient:
    auth = OAuth2(token_url=f"{server.url}/token", client_id="c", secret_env="SECRET", scope="read")
    return client(server, auth=auth)


def test_a_token_is_fetched_once_and_again_when_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    service = TokenService()
    with LoopbackServer(service.answer) as server:
        made = oauth(server)
        assert [made.call("GET", "/x").body for _ in range(3)] == [b"ok"] * 3
        assert service.tokens == 1
        service.refuses = 1
        assert made.call("GET", "/x").body == b"ok"
        assert service.tokens == 2


def test_a_token_that_expires_is_fetched_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    now = [1_000.0]
    monkeypatch.setattr("egovhub.http_auth.time.monotonic", lambda: now[0])
    service = TokenService(lifetime=100)
    with LoopbackServer(service.answer) as server:
        made = oauth(server)
        for at, tokens in ((1_000, 1), (1_069, 1), (1_070, 2), (1_139, 2)):
            now[0] = at
            made.call("GET", "/x")
            assert service.tokens == tokens


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        (Fault("status", 401), AuthenticationError, "check client_id, scope and SECRET"),
        (Fault("status", 400), AuthenticationError, "check client_id"),
        (Fault("garbage"), ContractError, "gives no access_token"),
    ],
)
def test_a_token_service_that_refuses_is_named(
    monkeypatch: pytest.MonkeyPatch, fault: Fault, error: type[Exception], says: str
) -> None:
    monkeypatch.setenv("SECRET", "s")
    with LoopbackServer(TokenService().answer) as server:
        server.fail(fault)
        with pytest.raises(error, match=says):
            oauth(server).call("GET", "/x")


def test_a_source_that_refuses_a_fresh_token_refuses_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s")
    service = TokenService()
    with LoopbackServer(service.answer) as server:
        service.refuses = 9
        with pytest.raises(AuthenticationError):
            oauth(server).call("GET", "/x")
        assert service.tokens == 2


@pytest.mark.parametrize(
    ("auth", "says"),
    [
        (ApiKey(header="X", secret_env="NOT_SET"), "the variable NOT_SET is not set"),
        (ApiKey(secret_env="NOT_SET"), "needs one of header and parameter"),
        (Basic(username="u", secret_env="NOT_SET"), "the variable NOT_SET is not set"),
    ],
)
def test_a_secret_that_is_missing_is_named_by_its_variable(auth: ApiKey | Basic, says: str) -> None:
    assert says in "\n".join(auth.problems())


class Certificates:
    """An authority, and certificates it made, as PEM files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.authority = self._write("authority", self._name, self._key, is_authority=True)[0]

    def make(self, name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        return self._write(name, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key)

    def _write(
        self, name: str, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False
    ) -> tuple[Path, Path]:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        files = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


@pytest.fixture
def secure(certificates: Certificates) -> Iterator[LoopbackServer]:
    """A server that asks for a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificates.make("server"))
    context.load_verify_locations(certificates.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    with LoopbackServer(lambda _request: Response(b"ok"), context) as server:
        yield server


def test_both_sides_show_their_certificates(secure: LoopbackServer, certificates: Certificates) -> None:
    certfile, keyfile = certificates.make("connector")
    tls = Tls(cafile=certificates.authority, certfile=certfile, keyfile=keyfile)
    assert client(secure, tls=tls).call("GET", "/x").body == b"ok"


def test_without_its_certificate_the_connector_is_not_let_in(
    secure: LoopbackServer, certificates: Certificates
) -> None:
    with pytest.raises(RetryLater):
        client(secure, tls=Tls(cafile=certificates.authority)).call("GET", "/x")


def test_a_source_that_nobody_vouches_for_is_not_asked(
    secure: LoopbackServer, certificates: Certificates
) -> None:
    certfile, keyfile = certificates.make("connector")
    with pytest.raises(RetryLater, match="ConnectError"):
        client(secure, tls=Tls(certfile=certfile, keyfile=keyfile)).call("GET", "/x")
    assert secure.requests == []


def test_pem_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for tls in (Tls(cafile=tmp_path / "nope.pem"), Tls(certfile=tmp_path / "empty.pem")):
        with pytest.raises(ConfigurationError, match=r"tls: cannot be used .*; give PEM files that match"):
            tls.context()
