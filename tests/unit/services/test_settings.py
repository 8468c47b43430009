"""Settings: defaults, problems all at once, secrets masked, arguments of the clients."""

from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError
from pydantic import ValidationError

from services.settings import load_settings


def test_a_hub_without_settings_talks_to_the_broker_of_this_machine() -> None:
    settings = load_settings()
    assert settings.kafka_options() == {
        "bootstrap_servers": ["127.0.0.1:9092"],
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
    }
    assert settings.librdkafka_options() == {
        "bootstrap.servers": "127.0.0.1:9092",
        "security.protocol": "PLAINTEXT",
    }
    assert settings.zone == "Asia/Ho_Chi_Minh"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_METRICS_PORT", "")
    assert load_settings().metrics_port == 0


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load_settings().zone = "UTC"  # type: ignore[misc]


def test_the_prefix_stands_before_topics_groups_and_transactional_ids() -> None:
    settings = load_settings(topic_prefix="t1.")
    assert settings.topic("facts") == "t1.facts"
    assert settings.group("hub-worker") == "t1.hub-worker"
    assert settings.transactional_id("hub-worker-3") == "t1.hub-worker-3"


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("HUB_KAFKA_BOOTSTRAP", "kafka-1", "write it like kafka-1:9092"),
        ("HUB_KAFKA_BOOTSTRAP", "kafka-1:0", "write it like kafka-1:9092"),
        ("HUB_KAFKA_BOOTSTRAP", "kafka-1:9092,", "write it like kafka-1:9092"),
        ("HUB_KAFKA_BOOTSTRAP", "kafka-1:٩٠٩٢", "write it like kafka-1:9092"),
        ("HUB_KAFKA_SECURITY_PROTOCOL", "TLS", "'SSL'"),
        ("HUB_KAFKA_SASL_MECHANISM", "GSSAPI", "'SCRAM-SHA-512'"),
        ("HUB_KAFKA_SSL_CAFILE", "no/such.pem", "does not point to a file"),
        ("HUB_TOPIC_PREFIX", "a b", "should match pattern"),
        ("HUB_ZONE", "Asia/Hanoi", "use an IANA name"),
        ("HUB_ZONE", "../etc", "use an IANA name"),
        ("HUB_CLOCK", "2026-02-30T00:00Z", "no possible date"),
        ("HUB_REFERENCE_DIR", "no/such", "name the one that holds owners.toml"),
        ("HUB_METRICS_PORT", "65536", "less than or equal to 65535"),
        ("HUB_WORKER_ID", "a/b", "should match pattern"),
    ],
)
def test_a_bad_value_is_named_with_its_variable_and_a_remedy(
    variable: str, value: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    [problem] = refused.value.problems
    assert problem.startswith(f"{variable}: {value!r} ")
    assert remedy in problem


def test_all_problems_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_ZONE", "nowhere")
    monkeypatch.setenv("HUB_METRICS_PORT", "x")
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRP", "kafka-1:9092")
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    named = [problem.partition(":")[0] for problem in refused.value.problems]
    assert named == ["HUB_KAFKA_BOOTSTRP", "HUB_ZONE", "HUB_METRICS_PORT"]
    assert "did you mean HUB_KAFKA_BOOTSTRAP?" in refused.value.problems[0]


def test_variables_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CACHE_DIR", "elsewhere")
    assert load_settings().state_dir == Path(".state")


def test_sasl_needs_a_name_and_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT")
    with pytest.raises(ConfigurationError) as refused:
        load_settings()
    assert refused.value.problems == [
        "HUB_KAFKA_SASL_USERNAME: is needed by HUB_KAFKA_SECURITY_PROTOCOL; set it",
        "HUB_KAFKA_SASL_PASSWORD: is needed by HUB_KAFKA_SECURITY_PROTOCOL; set it",
    ]


def test_a_password_reaches_the_clients_and_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_KAFKA_SASL_PASSWORD", "s3cret")
    settings = load_settings(kafka_security_protocol="SASL_PLAINTEXT", kafka_sasl_username="hub")
    assert settings.kafka_options()["sasl_plain_password"] == "s3cret"
    assert settings.librdkafka_options()["sasl.password"] == "s3cret"
    assert "s3cret" not in f"{settings!r} {settings} {settings.model_dump()}"


def test_tls_trusts_the_system_unless_told_otherwise(tmp_path: Path) -> None:
    assert load_settings(kafka_security_protocol="SSL").ssl_context() is not None
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")
    with pytest.raises(ConfigurationError, match="HUB_KAFKA_SSL_CAFILE"):
        load_settings(kafka_security_protocol="SSL", kafka_ssl_cafile=broken).ssl_context()
