import gzip
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from egovhub.cli import main
from egovhub.cli_run import Progress, instance_name
from egovhub.errors import ConfigurationError
from egovhub.ndjson import fact_from_json
from egovhub.runner_metrics import ConnectorMetrics
from egovhub.runner_options import Totals

from deploy.ports import free_port
from tests.unit.sdk.draw import COLUMNS, HEAD, RECEIVED, STEP, log_file, mapping, row

ROOT = Path(__file__).resolve().parents[3]
GOOD = [row("1", 1), row("1", 2)]


@pytest.fixture(autouse=True)
def log_levels() -> Iterator[None]:
    """`run` silences the Kafka client for its process, which here goes on with other tests."""
    kafka = logging.getLogger("kafka")
    level = kafka.level
    yield
    kafka.setLevel(level)


@pytest.fixture
def toml(tmp_path: Path) -> str:
    mapping(tmp_path, HEAD + RECEIVED + STEP)
    return str(tmp_path / "mapping.toml")


def test_preview_prints_the_facts_as_lines_in_the_mapping_s_zone(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preview", toml, "--input", str(log_file(tmp_path, GOOD))]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["kind"], line["occurred_at"]) for line in lines] == [
        ("RECEIVED", "2024-01-01T00:00:00.000+01:00"),
        ("STEP", "2024-02-01T00:00:01.000+01:00"),
        ("STEP", "2024-02-01T00:00:02.000+01:00"),
    ]
    assert all(fact_from_json(line) for line in out.splitlines())


def test_preview_tells_refused_rows_by_line_and_column_and_never_by_value(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = log_file(tmp_path, [GOOD[0], "2,031099001234,u,x,t", "3", GOOD[1]])
    assert main(["preview", toml, "--input", str(file)]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 3
    assert err.splitlines() == [
        f"{file}:3: bad-value: RECEIVED.occurred_at, column start is not an instant in a format of the mapping",
        f"{file}:4: bad-row: 1 fields, the header has 5",
    ]


def test_preview_reads_gzip_and_stops_at_a_limit(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(log_file(tmp_path, GOOD).read_bytes()))
    assert main(["preview", str(tmp_path), "--input", str(packed), "--limit", "2"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_preview_reads_standard_input(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = log_file(tmp_path, GOOD).read_bytes()
    with (tmp_path / "stdin").open("w+b") as file:
        file.write(data)
        file.seek(0)
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(file))
        assert main(["preview", toml, "--input", "-"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_preview_needs_no_kafka_client(tmp_path: Path, toml: str) -> None:
    code = (
        "import sys; sys.modules.update(kafka=None, prometheus_client=None);"
        "from egovhub.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, "preview", toml, "--input", str(log_file(tmp_path, GOOD))]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.splitlines()) == 3


def test_preview_shows_what_a_connector_in_code_makes_of_an_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "code-system", "--into", str(tmp_path)]) == 0
    folder = tmp_path / "code_system"
    capsys.readouterr()
    assert main(["preview", str(folder), "--input", str(folder / "examples" / "cases.input.json")]) == 0
    out, _ = capsys.readouterr()
    assert [json.loads(line)["kind"] for line in out.splitlines()] == ["RECEIVED", "RECEIVED", "PROCESSED"]
    broken = folder / "examples" / "broken.input.json"
    assert main(["preview", str(folder), "--input", str(broken)]) == 0
    assert capsys.readouterr().err.splitlines()[1] == f"{broken}:2: missing-value: id"
    assert "no such file" in line_of(["preview", str(folder), "--input", str(tmp_path / "nope")], capsys)


def test_preview_into_a_pipe_that_closes_early_is_no_failure(tmp_path: Path, toml: str) -> None:
    file = log_file(tmp_path, [row(str(number), number % 60) for number in range(20_000)])
    command = [sys.executable, "-m", "egovhub.cli", "preview", toml, "--input", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_check_says_what_holds(capsys: pytest.CaptureFixture[str]) -> None:
    folder = ROOT / "connectors" / "receipt"
    assert main(["check", str(folder), "--examples"]) == 0
    assert capsys.readouterr().out == f"{folder}: 2 examples are as written\n"


def test_check_runs_the_suite_and_counts_its_outcomes(capsys: pytest.CaptureFixture[str]) -> None:
    folder = ROOT / "connectors" / "receipt"
    assert main(["check", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert out == f"{folder}: 2 examples are as written\n{folder}: 13 passed, 3 not applicable\n"
    assert err == ""


def test_check_says_what_is_lost_and_how_to_mend_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "my-system", "--into", str(tmp_path)]) == 0
    folder = tmp_path / "my_system"
    text = (folder / "mapping.py").read_text()
    (folder / "mapping.py").write_text(text.replace('row.choice("state", ENDS)', "ENDS[row.text('state')]"))
    capsys.readouterr()
    for name in [name for name in sys.modules if name.startswith("my_system")]:
        del sys.modules[name]
    assert main(["check", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[-1].endswith("14 passed, 1 failed, 1 not applicable")
    (line,) = err.splitlines()
    assert line.startswith(f"{folder}: failed: wrong-types: the mapping crashes if state is")
    assert main(["check", str(folder), "--json"]) == 1
    (checked,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert [each["check"] for each in checked["checks"] if each["outcome"] == "failed"] == ["wrong-types"]


def test_a_new_connector_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = line_of(["new", "My System", "--into", str(tmp_path)], capsys)
    assert line.startswith("egovhub: 'My System' is no name of a connector")


def test_a_run_without_anything_to_read_is_one_line(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = line_of(["run", toml], capsys)
    assert line.endswith("has no feed of its own; name a file or a folder with --input")


def test_trying_and_catching_up_have_positions_of_their_own() -> None:
    assert instance_name("a", sandbox=False, backfill="") == "a"
    assert instance_name("a", sandbox=True, backfill="") == "a.sandbox"
    assert instance_name("a", sandbox=True, backfill="y2025") == "a.sandbox.y2025"
    for name in ("a/b", "a\n"):
        with pytest.raises(ConfigurationError, match="--name"):
            instance_name(name, sandbox=False, backfill="")


def test_progress_as_json_says_state_and_lag_once_a_second_and_at_the_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics = ConnectorMetrics("log", "log-1", lambda: 0)
    progress = Progress("log-1", "log", sys.stdout, metrics, as_json=True)
    metrics.enter("running")
    for read in (1, 2):
        progress.show(Totals(read=read))
    progress.say("log-1: metrics on http://x")
    metrics.enter("stopped")
    progress.end(Totals(read=3, published=4, rejected=1, done=1.0, last_event_at=5))
    out, err = capsys.readouterr()
    first, last = map(json.loads, out.splitlines())
    assert (first["state"], first["read"]) == ("running", 1)
    assert last == {
        "connector": "log-1",
        "source": "log",
        "state": "stopped",
        "read": 3,
        "published": 4,
        "refused": 1,
        "done": 1.0,
        "last_event_at": 5,
        "lag_seconds": 0.0,
    }
    assert err == "log-1: metrics on http://x\n"


def test_check_says_what_differs_and_ends_with_one(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"{tmp_path / 'examples'}: no *.input.*")


def test_describe_says_the_mapping_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(ROOT / "connectors" / "boston311")]) == 0
    words = capsys.readouterr().out
    assert "a case is boston311:<column case_enquiry_id>" in words
    assert "PROCESSED, for each row, if column closed_dt is not empty" in words
    assert "Citizens Connect App → ONLINE" in words


def line_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line a command that cannot run leaves behind."""
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    (line,) = err.splitlines()
    return line


def test_a_missing_input_is_one_line(tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = line_of(["preview", toml, "--input", str(tmp_path / "nope.csv")], capsys)
    assert line == f"egovhub: {tmp_path}/nope.csv: No such file or directory; name a readable file"


def test_a_missing_mapping_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = line_of(["describe", str(tmp_path / "nope.toml")], capsys)
    assert line == f"egovhub: {tmp_path}/nope.toml: No such file or directory; name a mapping, a .toml file"


def test_a_folder_with_two_mappings_is_one_line(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.toml").touch()
    line = line_of(["describe", str(tmp_path)], capsys)
    assert line.endswith("this one has mapping.toml, other.toml; name the file")


def test_an_impossible_zone_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text(HEAD.replace("Europe/Amsterdam", "Europe/Nowhere") + STEP)
    line = line_of(["describe", str(file)], capsys)
    assert line == (
        f"egovhub: {file}: zone: 'Europe/Nowhere' is no time zone; write an IANA name like Europe/Amsterdam"
    )


def test_an_unknown_column_is_one_line(tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = log_file(tmp_path, [], COLUMNS.replace("start", "begin"))
    line = line_of(["preview", toml, "--input", str(file)], capsys)
    assert line == (
        f"egovhub: {file}: the mapping reads columns that are not in the file: 'start' (fact.0.occurred_at); "
        "take from its own: case, begin, unit, at, task"
    )


def test_a_missing_input_is_told_before_a_broker_is_asked(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = line_of(["run", toml, "--input", str(tmp_path / "nope.csv"), "--bootstrap", "127.0.0.1:1"], capsys)
    assert line == f"egovhub: {tmp_path}/nope.csv: No such file or directory; name a readable file"


def test_an_absent_broker_is_one_line(tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]) -> None:
    address = f"127.0.0.1:{free_port()}"
    file = str(log_file(tmp_path, GOOD))
    line = line_of(["run", toml, "--input", file, "--once", "--bootstrap", address], capsys)
    assert line.startswith(f"egovhub: HUB_KAFKA_BOOTSTRAP: '{address}': no broker answers there; start Kafka")


def test_a_port_that_is_none_is_one_line(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(log_file(tmp_path, GOOD))
    line = line_of(["run", toml, "--input", file, "--metrics-port", "http"], capsys)
    assert line == "egovhub: HUB_METRICS_PORT: 'http' is no port; write 0 to 65535"


@pytest.mark.parametrize(
    "arguments", [[], ["fly"], ["preview"], ["run", "m.toml", "--input", "x", "--rate", "-1"]]
)
def test_a_command_that_is_none_ends_with_two(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: egovhub" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon"])
def test_a_pause_before_the_next_poll_is_a_number_above_zero(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["run", "m.toml", "--input", "x", "--poll-seconds", text])
    assert f"--poll-seconds: '{text}' is not a number above 0" in capsys.readouterr().err


def test_a_pause_before_the_next_poll_may_be_half_a_second(
    tmp_path: Path, toml: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(log_file(tmp_path, GOOD))
    line = line_of(["run", toml, "--input", file, "--poll-seconds", "0.5", "--metrics-port", "http"], capsys)
    assert "HUB_METRICS_PORT" in line


@pytest.mark.parametrize("command", [[], ["run"], ["preview"], ["check"], ["describe"], ["new"]])
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert "usage: egovhub" in capsys.readouterr().out


def test_preview_writes_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    mapping(tmp_path, HEAD + STEP + 'unit = "unit"')
    file = log_file(tmp_path, [row("1", 1, unit="Phường Hải Dương")])
    command = [sys.executable, "-m", "egovhub.cli", "preview", str(tmp_path), "--input", str(file)]
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    assert "Phường Hải Dương" in done.stdout.decode()


def test_progress_is_drawn_on_a_terminal_only() -> None:
    class Terminal(TextIOWrapper):
        def isatty(self) -> bool:
            return self.is_terminal

        is_terminal = True

    for is_terminal, quiet, expected in ((True, False, "\r"), (False, False, "log: 2,000"), (True, True, "")):
        stream = Terminal(BytesIO(), write_through=True)
        stream.is_terminal = is_terminal
        metrics = ConnectorMetrics("log", "log", lambda: 0)
        progress = Progress("log", "log", stream, metrics, quiet=quiet)
        progress.show(Totals(read=1_000, done=0.25))
        progress.end(Totals(read=2_000, published=3_000, rejected=1, done=1.0))
        buffer = stream.buffer
        assert isinstance(buffer, BytesIO)
        text = buffer.getvalue().decode()
        assert text.startswith(expected)
        assert (
            "2,000 inputs read, 3,000 facts published, 1 refused, 100 % of the source" in text
        ) is not quiet
