from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError
from egovhub.kafka_settings import KafkaSettings

SASL = {
    "HUB_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "HUB_KAFKA_SASL_USERNAME": "connector",
    "HUB_KAFKA_SASL_PASSWORD": "hidden",
}


def test_without_variables_the_broker_of_this_machine_is_used() -> None:
    assert KafkaSettings.from_environment({}).options() == {
        "bootstrap_servers": ["127.0.0.1:9092"],
        "security_protocol": "PLAINTEXT",
    }


def test_what_is_chosen_goes_before_the_environment_unless_it_is_empty() -> None:
    environment = {"HUB_KAFKA_BOOTSTRAP": "a:1, b:2"}
    assert KafkaSettings.from_environment(environment, kafka_bootstrap="").servers() == ["a:1", "b:2"]
    assert KafkaSettings.from_environment(environment, kafka_bootstrap="c:3").servers() == ["c:3"]


def test_a_secured_cluster_gets_mechanism_name_and_password() -> None:
    settings = KafkaSettings.from_environment(SASL)
    assert settings.options() == {
        "bootstrap_servers": ["127.0.0.1:9092"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "connector",
        "sasl_plain_password": "hidden",
    }
    assert "hidden" not in repr(settings)


def test_certificates_are_passed_on(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.touch()
    settings = KafkaSettings.from_environment({"HUB_KAFKA_SSL_CAFILE": str(file)})
    assert settings.options()["ssl_cafile"] == str(file)


def test_a_prefix_stands_before_every_topic() -> None:
    assert KafkaSettings.from_environment({"HUB_TOPIC_PREFIX": "t1."}).topic("facts") == "t1.facts"


def test_all_problems_are_told_at_once_and_secrets_never() -> None:
    environment = SASL | {
        "HUB_KAFKA_BOOTSTRAP": "kafka,b:99999",
        "HUB_KAFKA_SASL_MECHANISM": "MAGIC",
        "HUB_KAFKA_SASL_USERNAME": "",
        "HUB_KAFKA_SSL_CAFILE": "/nope.pem",
    }
    with pytest.raises(ConfigurationError) as wrong:
        KafkaSettings.from_environment(environment)
    assert wrong.value.problems == [
        "HUB_KAFKA_BOOTSTRAP: 'kafka' is not host:port; write it like kafka-1:9092",
        "HUB_KAFKA_BOOTSTRAP: 'b:99999' is not host:port; write it like kafka-1:9092",
        "HUB_KAFKA_SASL_MECHANISM: 'MAGIC' is none of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512; choose one",
        "HUB_KAFKA_SASL_USERNAME, HUB_KAFKA_SASL_PASSWORD: SASL_SSL needs both; set them",
        "HUB_KAFKA_SSL_CAFILE: '/nope.pem' is no file; name a PEM file",
    ]
