"""The SDK's connection settings."""

import pytest
from egovhub.errors import ConfigurationError
from egovhub.kafka_settings import KafkaSettings


def test_a_choice_that_is_empty_leaves_the_variable_in_force() -> None:
    environment = {"HUB_KAFKA_BOOTSTRAP": "kafka-1:9092", "HUB_TOPIC_PREFIX": "t."}
    settings = KafkaSettings.from_environment(environment, kafka_bootstrap="")
    assert settings.servers() == ["kafka-1:9092"]
    assert settings.topic("facts") == "t.facts"


def test_a_choice_goes_before_the_variable() -> None:
    settings = KafkaSettings.from_environment({"HUB_KAFKA_BOOTSTRAP": "a:1"}, kafka_bootstrap="b:2")
    assert settings.servers() == ["b:2"]


def test_every_problem_is_named_at_once_and_no_secret() -> None:
    environment = {
        "HUB_KAFKA_BOOTSTRAP": "kafka-1",
        "HUB_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "HUB_KAFKA_SASL_PASSWORD": "hidden",
    }
    with pytest.raises(ConfigurationError) as caught:
        KafkaSettings.from_environment(environment)
    assert [problem.split(":")[0] for problem in caught.value.problems] == [
        "HUB_KAFKA_BOOTSTRAP",
        "HUB_KAFKA_SASL_USERNAME, HUB_KAFKA_SASL_PASSWORD",
    ]
    assert "hidden" not in str(caught.value)
