"""`python -m services`: one line per problem, exit codes that scripts can use."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from egovhub.errors import ConfigurationError, RetryLater

from services.__main__ import COMMANDS, main


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Sequence[str]], int]], None]:
    """Put another function in the place of `compute`."""

    def replace(run: Callable[[Sequence[str]], int]) -> None:
        module = ModuleType("services.compute")
        module.main = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "services.compute", module)

    return replace


def raising(error: BaseException) -> Callable[[Sequence[str]], int]:
    def run(arguments: Sequence[str]) -> int:
        raise error

    return run


Command = Callable[[Callable[[Sequence[str]], int]], None]


def test_arguments_and_exit_code_are_the_commands_own(command: Command) -> None:
    seen: list[Sequence[str]] = []

    def run(arguments: Sequence[str]) -> int:
        seen.append(arguments)
        return 1

    command(run)
    assert main(["compute", "--facts", "-", "--help"]) == 1
    assert seen == [["--facts", "-", "--help"]]


@pytest.mark.parametrize(
    ("error", "code", "err"),
    [
        (
            ConfigurationError(["HUB_ZONE: wrong", "HUB_CLOCK: wrong"]),
            2,
            "HUB_ZONE: wrong\nHUB_CLOCK: wrong\n",
        ),
        (RetryLater("no broker answers; start it"), 2, "no broker answers; start it\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_a_person_can_put_right_is_one_line_each(
    command: Command, capsys: pytest.CaptureFixture[str], error: BaseException, code: int, err: str
) -> None:
    command(raising(error))
    assert main(["compute"]) == code
    assert capsys.readouterr() == ("", err)


def test_a_bug_is_not_hidden(command: Command) -> None:
    command(raising(RuntimeError("bug")))
    with pytest.raises(RuntimeError, match="bug"):
        main(["compute"])


def test_help_names_every_command_and_imports_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["--help"])
    assert leaving.value.code == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in COMMANDS)
    assert "python -m services compute --facts" in out


@pytest.mark.parametrize("arguments", [[], ["no-such-command"]])
def test_a_command_that_does_not_exist_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    assert leaving.value.code == 2


def test_a_reader_that_leaves_early_is_no_error() -> None:
    script = "import sys; from services.__main__ import main; from types import ModuleType;"
    script += "m = sys.modules['services.compute'] = ModuleType('m');"
    script += "m.main = lambda _: print('x' * 10**6) or 0; sys.exit(main(['compute']))"
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stderr is not None
    writer.stdout.close()
    assert writer.stderr.read() == b""
    writer.stderr.close()
    assert writer.wait(20) == 0


def test_output_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    fact = '{"event_id":"1","source":"a","case_id":"a:1","kind":"RECEIVED","occurred_at":"2026-01-05T08:00Z"'
    (tmp_path / "facts").write_text(fact + ',"unit":"Phường"}', encoding="utf-8")
    command = [sys.executable, "-m", "services", "compute", "--facts", str(tmp_path / "facts"), "--cases"]
    done = subprocess.run(
        [*command, "--as-of", "2026-02-01T00:00Z"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert '"unit":"Phường"'.encode() in done.stdout
