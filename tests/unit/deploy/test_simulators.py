"""The simulated systems as a process: they say how each is read, and refuse what they do not know."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.simulators.__main__ import main
from tests.simulators.simulator import CONNECTORS


def test_each_system_says_by_which_command_its_connector_reads_it(tmp_path: Path) -> None:
    told, words = tmp_path / "systems.json", tmp_path / "words"
    command = [sys.executable, "-m", "tests.simulators", "--items", "3", "--json", str(told)]
    with words.open("w") as out, subprocess.Popen(command, cwd=ROOT, stdout=out) as process:
        try:
            deadline = time.monotonic() + 60
            while not told.exists():
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()
    systems = json.loads(told.read_text())
    lines = dict(line.split(": ", 1) for line in words.read_text().splitlines())
    assert tuple(systems) == tuple(lines) == CONNECTORS
    for name, system in systems.items():
        assert (ROOT / system["connector"] / "connector.py").is_file()
        assert f"egovhub run connectors/{name} " in lines[name]
        assert all(option in lines[name] for option in system["options"])


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("judicial", "judicial: no such system; there are documents, onestop"),
        ("documents:ftp", "documents:ftp: no such feed; documents has mailbox, folder"),
    ],
)
def test_what_is_not_simulated_is_named_with_what_is(
    name: str, says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main([name]) == 2
    assert says in capsys.readouterr().err
