"""The command `egovhub run` as a process, against a real broker."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from egovhub.codec import decode, decode_fact
from egovhub.events import Fact, partition_of
from egovhub.files import FilesFeed
from egovhub.mapping import load_mapping

from deploy.embedded import EmbeddedKafka
from services.settings import Settings
from tests.integration.logs import everything_on
from tests.unit.sdk.draw import HEAD, NOW, RECEIVED, STEP, identities, log_file, mapping, read, row

ROOT = Path(__file__).resolve().parents[2]
RECEIPT = ROOT / "connectors" / "receipt" / "receipt.toml"


def facts_on(settings: Settings) -> list[Fact]:
    return [decode_fact(value or b"") for _, _, value in everything_on(settings, "facts")]


def command(settings: Settings, toml: Path, file: Path, *options: str) -> list[str]:
    own = ["run", str(toml), "--input", str(file), "--bootstrap", settings.kafka_bootstrap]
    return [sys.executable, "-m", "egovhub.cli", *own, *options]


@contextmanager
def running(settings: Settings, toml: Path, file: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {"HUB_TOPIC_PREFIX": settings.topic_prefix}
    with subprocess.Popen(
        command(settings, toml, file, *options), stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        process.kill()


def run(settings: Settings, toml: Path, file: Path, *options: str) -> str:
    """What the command says, once it has ended well."""
    with running(settings, toml, file, *options) as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    return str(said)


def wait_for_facts(settings: Settings, count: int, process: "subprocess.Popen[str]") -> None:
    while len(facts_on(settings)) < count:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    return log_file(tmp_path, [row(str(number // 4), number % 60) for number in range(4_000)])


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    mapping(tmp_path, HEAD + RECEIVED + STEP.replace('["task"]', '["task", "case"]'))
    return tmp_path / "mapping.toml"


def expected(toml: Path, file: Path) -> set[tuple[str, str]]:
    return identities(read(FilesFeed(load_mapping(toml), file, lambda: NOW))[0])


def test_the_whole_receipt_log_arrives_once_on_the_partitions_of_its_cases(
    settings: Settings, topics: None, shared_data: Path
) -> None:
    said = run(settings, RECEIPT, shared_data / "receipt.csv", "--once")
    assert "receipt: 8,577 inputs read, 11,340 facts published, 0 refused, 100 % of the source" in said
    records = everything_on(settings, "facts")
    assert len(records) == 11_340
    assert all(partition == partition_of(key, 12) for partition, key, _ in records)
    facts = [decode_fact(value or b"") for _, _, value in records]
    assert len(identities(facts)) == 11_340
    again = run(settings, RECEIPT, shared_data / "receipt.csv", "--once")
    assert "0 inputs read, 0 facts published" in again


def test_a_connector_killed_at_any_moment_goes_on_without_loss(
    settings: Settings, topics: None, toml: Path, many: Path
) -> None:
    wanted = expected(toml, many)
    for target in (1, 1_200, 2_500):
        with running(settings, toml, many, "--rate", "1500", "--quiet") as process:
            wait_for_facts(settings, target, process)
            process.kill()
    run(settings, toml, many, "--once")
    facts = facts_on(settings)
    assert identities(facts) == wanted
    assert len(facts) - len(wanted) < 3 * 4 * 500


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_connector_told_to_stop_ends_well_and_goes_on_without_repeats(
    settings: Settings, topics: None, toml: Path, many: Path, number: signal.Signals
) -> None:
    with running(settings, toml, many, "--rate", "1000") as process:
        wait_for_facts(settings, 100, process)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
    assert "facts published" in said.splitlines()[-1]
    run(settings, toml, many, "--once")
    facts = facts_on(settings)
    assert len(facts) == len(identities(facts)) == len(expected(toml, many))


def test_a_connector_survives_a_broker_that_is_killed_and_started_again(
    kafka: EmbeddedKafka, settings: Settings, topics: None, toml: Path, many: Path
) -> None:
    with running(settings, toml, many, "--rate", "1500", "--once") as process:
        wait_for_facts(settings, 500, process)
        kafka.kill()
        time.sleep(1)
        kafka.restart()
        _, said = process.communicate(timeout=90)
        assert process.returncode == 0, said
    assert identities(facts_on(settings)) == expected(toml, many)


def test_a_growing_file_is_followed_and_scraped(
    settings: Settings, topics: None, toml: Path, tmp_path: Path
) -> None:
    file = log_file(tmp_path, [row("1", 1)])
    with running(settings, toml, file) as process:
        assert process.stderr
        address = process.stderr.readline().rpartition(" ")[2].strip()
        wait_for_facts(settings, 2, process)
        with file.open("a") as writer:
            writer.write(row("2", 2) + "\n")
        wait_for_facts(settings, 4, process)
        with urllib.request.urlopen(address) as answer:
            scraped = answer.read().decode()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)
    assert 'hub_connector_state{connector="log",source="log",state="running"} 1.0' in scraped
    assert 'hub_connector_records_read_total{connector="log",source="log",topic="facts"}' in scraped


def test_the_position_names_connector_source_line_and_digest(
    settings: Settings, topics: None, toml: Path, tmp_path: Path
) -> None:
    run(settings, toml, log_file(tmp_path, [row("1", 1)]), "--once", "--name", "log-a")
    ((_, key, value),) = everything_on(settings, "hub.positions")
    subject, record = decode(value or b"")
    assert (key, subject, record["connector"], record["source"]) == (b"log-a", "position", "log-a", "log")
    assert record["position"].startswith('{"line":2,"sha256":"')


def test_a_cluster_without_the_topics_is_one_line(settings: Settings, toml: Path, tmp_path: Path) -> None:
    file = log_file(tmp_path, [row("1", 1)])
    with running(settings, toml, file, "--once") as process:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 2
    (line,) = said.splitlines()
    names = ", ".join(map(settings.topic, ("facts", "hub.dead-letters", "hub.positions")))
    assert line.startswith(f"egovhub: topic {names}: not on the cluster; create it with ")
