"""The jars of the embedded Kafka: pinned, verified, and clear about what is wrong."""

import hashlib
from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError
from jgo.maven import Artifact
from requests import ConnectionError as NoConnection

from deploy import kafka_jars

NAME = "org/example/thing/1.0/thing-1.0.jar"
GOOD = b"the jar"


@pytest.fixture
def jar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the only pinned jar belongs; it is not there yet."""
    pins = tmp_path / "pins"
    pins.write_text(f"{hashlib.sha256(GOOD).hexdigest()}  {NAME}\n")
    monkeypatch.setattr(kafka_jars, "PINS", pins)
    monkeypatch.setenv("HUB_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "kafka" / NAME


def serve(monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    """Let every download bring this content, or fail for want of a network."""

    def resolve(artifact: Artifact) -> Path:
        if content is None:
            raise NoConnection("host unreachable")
        path = artifact.cached_path
        assert path
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path

    monkeypatch.setattr(Artifact, "resolve", resolve)


def silent(_text: str) -> None:
    pass


def test_every_pin_is_a_hash_and_a_place_in_a_maven_repository() -> None:
    pins = kafka_jars._read_pins()
    assert len(pins) > 40
    for name, sha in pins.items():
        *group, artifact, version, file = name.split("/")
        assert group
        assert file == f"{artifact}-{version}.jar"
        assert len(bytes.fromhex(sha)) == 32
    assert any(f"/{kafka_jars.KAFKA_VERSION}/kafka_2.13-" in name for name in pins)


def test_a_missing_jar_is_fetched_once(jar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, GOOD)
    steps: list[str] = []
    assert kafka_jars.class_path(steps.append) == [jar]
    assert len(steps) == 1
    assert "1 of 1 jars" in steps[0]
    serve(monkeypatch, None)
    assert kafka_jars.class_path(steps.append) == [jar]
    assert len(steps) == 1


def test_without_a_network_the_error_says_what_to_do(jar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, None)
    with pytest.raises(ConfigurationError, match=r"cannot be fetched .* set HUB_CACHE_DIR"):
        kafka_jars.class_path(silent)
    assert not jar.exists()


def test_another_jar_than_the_pinned_one_is_never_kept(jar: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, b"another jar")
    with pytest.raises(ConfigurationError, match="another file than the pinned one"):
        kafka_jars.class_path(silent)
    assert not jar.exists()


def test_a_jar_changed_since_is_refused_before_the_start(jar: Path) -> None:
    jar.parent.mkdir(parents=True)
    jar.write_bytes(b"changed")
    with pytest.raises(ConfigurationError, match="delete it and start again") as refused:
        kafka_jars.class_path(silent)
    assert str(jar) in str(refused.value)
