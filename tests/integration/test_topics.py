"""Creating and checking the topics of the contract on a real broker."""

from uuid import UUID

import pytest
from egovhub.errors import ConfigurationError, RetryLater
from kafka import KafkaAdminClient

from services.settings import Settings, load_settings
from services.topics import (
    check_topics,
    create_topics,
    delete_topics,
    load_topics,
    log_identity,
    main,
    recreate_topic,
)


def test_created_topics_agree_and_a_second_creation_changes_nothing(settings: Settings) -> None:
    assert create_topics(settings) == [settings.topic(topic.name) for topic in load_topics()]
    check_topics(settings)
    assert create_topics(settings) == []
    delete_topics(settings)
    delete_topics(settings)


def test_every_difference_is_named_at_once(settings: Settings) -> None:
    with KafkaAdminClient(**settings.kafka_options()) as admin:
        admin.create_topics(
            {settings.topic("facts"): {"num_partitions": 3, "configs": {"retention.ms": "1000"}}},
            wait_for_metadata=True,
        )
    with pytest.raises(ConfigurationError) as refused:
        check_topics(settings)
    problems = refused.value.problems
    facts = [line for line in problems if line.startswith(f"topic {settings.topic('facts')}:")]
    assert len(facts) == 3
    assert "3 partitions, the contract says 12" in facts[0]
    assert any("retention.ms is 1000, the contract says -1" in line for line in facts)
    assert any("message.timestamp.type is CreateTime" in line for line in facts)
    assert f"topic {settings.topic('hub.cases')}: missing" in "\n".join(problems)
    delete_topics(settings)


def test_a_recreated_topic_is_another_log(settings: Settings, topics: None) -> None:
    first = log_identity(settings, "facts")
    assert log_identity(settings, "facts") == first
    recreate_topic(settings, "facts")
    second = log_identity(settings, "facts")
    assert second.cluster_id == first.cluster_id
    assert second.topic_id != first.topic_id
    assert str(UUID(second.topic_id)) == second.topic_id


def test_the_identity_of_a_missing_topic_is_refused(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="missing; create it"):
        log_identity(settings, "facts")


def test_an_absent_broker_is_named_with_its_setting() -> None:
    absent = load_settings(kafka_bootstrap="127.0.0.1:1")
    with pytest.raises(
        RetryLater, match=r"HUB_KAFKA_BOOTSTRAP: '127.0.0.1:1': no broker answers \(Connection refused\)"
    ):
        check_topics(absent)


def test_the_commands_print_what_they_did(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", settings.kafka_bootstrap)
    monkeypatch.setenv("HUB_TOPIC_PREFIX", settings.topic_prefix)
    with pytest.raises(ConfigurationError, match="missing"):
        main(["check"])
    assert main(["create"]) == 0
    assert capsys.readouterr().out.startswith(f"created: {settings.topic('facts')}")
    assert main(["check"]) == 0
    assert "agree with the contract" in capsys.readouterr().out
    assert main(["describe"]) == 0
    assert log_identity(settings, "facts").topic_id in capsys.readouterr().out
    delete_topics(settings)
