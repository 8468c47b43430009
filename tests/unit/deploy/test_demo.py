"""Starting a demo: what cannot work is said in one line, before anything runs."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import demo_sources
from deploy.demo import main
from deploy.demo_sources import mapping_of
from deploy.folder import lock_folder
from deploy.ports import HOST, free_port


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """The demo sets handlers of the whole process."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def connectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("receipt/receipt.toml", "boston311/mapping.toml", "sdk/pyproject.toml"):
        file = tmp_path / name
        file.parent.mkdir()
        file.touch()
    monkeypatch.setattr(demo_sources, "CONNECTORS", tmp_path)
    return tmp_path


def test_a_taken_port_is_named_with_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert main(["--port", str(port), "--data-dir", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert f"port {port}" in error
    assert "--port 0" in error
    assert len(error.splitlines()) == 1


def test_a_folder_in_use_is_named_with_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lock_folder(tmp_path / "kafka"):
        assert main(["--port", str(free_port()), "--data-dir", str(tmp_path)]) == 2
    assert "a Kafka runs here" in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--log", "nowhere.csv"], "'nowhere.csv' is no file"),
        (["--once"], "add --log FILE"),
        (["--log", __file__, "--span-seconds", "0"], "0 is not above 0"),
        (["--log", __file__, "--mapping", "nowhere.toml"], "nowhere.toml: No such file"),
        (["--log", __file__], "--mapping MAPPING.toml"),
    ],
)
def test_a_wrong_option_gives_one_line_with_the_remedy(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert says in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    ("log", "mapping"),
    [
        ("receipt.csv", "receipt/receipt.toml"),
        ("receipt.csv.gz", "receipt/receipt.toml"),
        ("boston311_100.csv", "boston311/mapping.toml"),
    ],
)
def test_a_log_finds_the_connector_named_like_it(connectors: Path, log: str, mapping: str) -> None:
    assert mapping_of(Path(log)) == connectors / mapping
