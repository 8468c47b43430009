"""The embedded Kafka's folder and command line, without starting a broker."""

import os
from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError

from deploy.embedded import EmbeddedKafka, main
from deploy.folder import cluster_id, lock_folder, new_cluster_id


def test_a_folder_serves_one_cluster_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "kafka"
    lock = lock_folder(folder)
    with pytest.raises(ConfigurationError, match=f"started by process {os.getpid()}; stop it"):
        lock_folder(folder)
    lock.close()
    lock_folder(folder).close()


def test_a_folder_keeps_its_cluster_id(tmp_path: Path) -> None:
    assert cluster_id(tmp_path) == cluster_id(tmp_path)


def test_no_cluster_id_looks_like_an_option() -> None:
    assert not any(new_cluster_id().startswith("-") for _ in range(2_000))


def test_an_unstarted_cluster_can_be_stopped(tmp_path: Path) -> None:
    EmbeddedKafka(tmp_path).stop()


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert "--data-dir" in capsys.readouterr().out
