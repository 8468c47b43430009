"""The topics of the contract on a cluster: created as `schemas/topics.toml` says, and held against it.

Topics are never altered: a partition count cannot be, and a setting that differs is somebody's decision, so
it is reported with both values. Replication is the cluster's own default.
"""

import argparse
import socket
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from egovhub.contract import schemas_dir
from egovhub.errors import ConfigurationError, RetryLater
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaError, RetriableError, TopicAlreadyExistsError, for_code

from services.rows import LogIdentity
from services.settings import Settings, load_settings

CONNECT_SECONDS: Final = 5
"""A broker that has not accepted a connection by then is taken for absent."""
DELETE_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the contract, named without the installation's prefix; `config` under Kafka's names."""

    name: str
    partitions: int
    config: Mapping[str, str]


def load_topics(directory: Path | None = None) -> tuple[Topic, ...]:
    """The topics of the contract, in the order of the file."""
    file = (directory or schemas_dir()) / "topics.toml"
    with file.open("rb") as stream:
        table = tomllib.load(stream)["topics"]
    return tuple(
        Topic(name, row["partitions"], {key: str(value) for key, value in row["config"].items()})
        for name, row in table.items()
    )


def topic_named(name: str) -> Topic:
    """A topic of the contract, by its name there."""
    return next(topic for topic in load_topics() if topic.name == name)


def create_topics(settings: Settings) -> list[str]:
    """Create what is missing and check the rest; the names created.

    Raises:
        ConfigurationError: if the cluster refuses a topic, or one differs from the contract.
        RetryLater: if no broker answers.
    """
    with _admin(settings) as admin:
        existing = set(admin.list_topics())
        missing = [topic for topic in load_topics() if settings.topic(topic.name) not in existing]
        if missing:
            _create(admin, settings, missing)
        _raise_differences(admin, settings)
    return [settings.topic(topic.name) for topic in missing]


def check_topics(settings: Settings) -> None:
    """Hold every topic against the contract. A consumer of a missing topic would wait in silence.

    Raises:
        ConfigurationError: naming every difference at once.
        RetryLater: if no broker answers.
    """
    with _admin(settings) as admin:
        _raise_differences(admin, settings)


def log_identity(settings: Settings, topic: str) -> LogIdentity:
    """Identity of a topic's log, the topic being named as the contract does.

    Raises:
        ConfigurationError: if there is no such topic.
        RetryLater: if no broker answers.
    """
    name = settings.topic(topic)
    with _admin(settings) as admin:
        found = admin.describe_topics([name])[0]
        if found["error_code"]:
            raise ConfigurationError(_missing(name))
        return LogIdentity(str(admin.describe_cluster()["cluster_id"]), str(found["topic_id"]))


def delete_topics(settings: Settings, topics: Sequence[str] | None = None) -> None:
    """Delete topics with all they hold, those of the contract unless named, and wait until they are gone."""
    names = [settings.topic(name) for name in topics or [topic.name for topic in load_topics()]]
    with _admin(settings) as admin:
        existing = sorted(set(names) & set(admin.list_topics()))
        if existing:
            admin.delete_topics(existing)
            _await_gone(admin, existing)


def recreate_topic(settings: Settings, topic: str) -> None:
    """Put an empty log in the place of a topic's: same name, another identity."""
    delete_topics(settings, [topic])
    create_topics(settings)


@contextmanager
def _admin(settings: Settings) -> Iterator[KafkaAdminClient]:
    """An admin client whose failures are classed by what the caller does next.

    The client alone would log a dozen errors about an absent broker, for 30 s.
    """
    where = f"HUB_KAFKA_BOOTSTRAP: {settings.kafka_bootstrap!r}"
    try:
        _await_any(settings.bootstrap_servers)
        with KafkaAdminClient(**settings.kafka_options()) as admin:
            yield admin
    except (OSError, RetriableError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise RetryLater(
            f"{where}: no broker answers ({reason}); start it, or correct the address"
        ) from error
    except KafkaError as error:
        raise ConfigurationError(
            f"{where}: the cluster refuses ({type(error).__name__}); correct HUB_KAFKA_* or the user's rights"
        ) from error


def _await_any(servers: Sequence[str]) -> None:
    """Return if one of the servers accepts a connection.

    Raises: OSError, the last server's.
    """
    for position, server in enumerate(servers, 1):
        host, _, port = server.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
        except OSError:
            if position == len(servers):
                raise
        else:
            return


def _create(admin: KafkaAdminClient, settings: Settings, topics: Sequence[Topic]) -> None:
    wanted = {
        settings.topic(topic.name): {"num_partitions": topic.partitions, "configs": dict(topic.config)}
        for topic in topics
    }
    answer = admin.create_topics(wanted, raise_errors=False)
    failed = {row["name"]: for_code(row["error_code"]) for row in answer["topics"] if row["error_code"]}
    refused = [
        row for row in answer["topics"] if failed.get(row["name"]) not in (None, TopicAlreadyExistsError)
    ]
    if any(issubclass(failed[row["name"]], RetriableError) for row in refused):
        raise RetryLater("the cluster's controller cannot create topics now; try again")
    if refused:
        raise ConfigurationError(
            [f"topic {row['name']}: cannot be created: {row['error_message']}" for row in refused]
        )
    admin.wait_for_topics(list(wanted))


def _raise_differences(admin: KafkaAdminClient, settings: Settings) -> None:
    topics = {settings.topic(topic.name): topic for topic in load_topics()}
    found = {row["name"]: row for row in admin.describe_topics(list(topics)) if not row["error_code"]}
    configs = _configs(admin, list(found))
    problems = [_missing(name) for name in topics if name not in found]
    for name, row in found.items():
        problems += _differences(name, topics[name], len(row["partitions"]), configs[name])
    if problems:
        raise ConfigurationError(problems)


def _missing(name: str) -> str:
    return f"topic {name}: missing; create it with `python -m services topics create`"


def _differences(name: str, topic: Topic, partitions: int, config: Mapping[str, str]) -> list[str]:
    """What differs between the contract and a topic of the cluster, a line each."""
    lines = []
    if partitions != topic.partitions:
        lines.append(
            f"topic {name}: {partitions} partitions, the contract says {topic.partitions}; copy the topic"
        )
    lines += [
        f"topic {name}: {key} is {config.get(key)}, the contract says {value}; alter its configuration"
        for key, value in topic.config.items()
        if _as_set(config.get(key, "")) != _as_set(value)
    ]
    return lines


def _as_set(value: str) -> set[str]:
    """Kafka's lists, such as `compact,delete`, have no order; any other value is a list of one."""
    return set(value.split(","))


def _configs(admin: KafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found: dict[str, dict[str, dict[str, Any]]] = admin.describe_configs(resources, config_filter="all")[
        "topic"
    ]
    return {name: {key: row["value"] for key, row in rows.items()} for name, rows in found.items()}


def _await_gone(admin: KafkaAdminClient, names: Sequence[str]) -> None:
    deadline = time.monotonic() + DELETE_SECONDS
    while any(not row["error_code"] for row in admin.describe_topics(names)):
        if time.monotonic() > deadline:
            raise RetryLater(f"topics {', '.join(names)}: not gone {DELETE_SECONDS} s after their deletion")
        time.sleep(0.05)


def _run_create(settings: Settings) -> None:
    created = create_topics(settings)
    print(f"created: {', '.join(created)}" if created else "nothing to create: every topic exists and agrees")


def _run_check(settings: Settings) -> None:
    check_topics(settings)
    print(f"{len(load_topics())} topics exist and agree with the contract")


def _run_describe(settings: Settings) -> None:
    names = [settings.topic(topic.name) for topic in load_topics()]
    with _admin(settings) as admin:
        cluster, rows = admin.describe_cluster()["cluster_id"], admin.describe_topics(names)
    print(f"cluster {cluster}")
    for row in rows:
        print(f"{row['name']:40} {len(row['partitions']):3} partitions  id {row['topic_id'] or 'missing'}")


ACTIONS: Final[Mapping[str, tuple[Callable[[Settings], None], str]]] = {
    "create": (_run_create, "create what is missing, check the rest"),
    "check": (_run_check, "name every difference from the contract; exit code 2 if there is one"),
    "describe": (_run_describe, "list the topics with their identities"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m services topics create|check|describe`."""
    parser = argparse.ArgumentParser(
        prog="python -m services topics", description="The topics of the contract."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    for name, (_, purpose) in ACTIONS.items():
        actions.add_parser(name, help=purpose, description=purpose)
    run, _ = ACTIONS[parser.parse_args(arguments).action]
    run(load_settings())
    return 0
