"""One embedded Kafka for the session; each test has topics, groups and state of its own, by a prefix."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer

from deploy.embedded import EmbeddedKafka
from services.settings import Settings, load_settings
from services.topics import create_topics, delete_topics
from tests.integration.hub import NOW, Hub

HERE = Path(__file__).parent
PREFIXES = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.integration)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker on free ports. Whoever pauses or kills it leaves it running."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka"), progress=print) as cluster:
        asyncio.run(_find_coordinator(cluster.bootstrap))
        yield cluster


@pytest.fixture
def settings(kafka: EmbeddedKafka, tmp_path: Path) -> Settings:
    """Settings of a hub of this test alone; it has no topics yet."""
    return load_settings(
        kafka_bootstrap=kafka.bootstrap, topic_prefix=f"t{next(PREFIXES)}.", state_dir=tmp_path / "state"
    )


@pytest.fixture
def topics(settings: Settings) -> Iterator[None]:
    """All topics of the contract, under this test's prefix."""
    create_topics(settings)
    yield
    delete_topics(settings)


@pytest.fixture
def hub(settings: Settings, topics: None, tmp_path: Path) -> Iterator[Hub]:
    """A hub of processes whose clock stands at `NOW`; it ends whatever was started."""
    with Hub(settings, tmp_path) as hub:
        hub.step(NOW)
        yield hub


async def _find_coordinator(bootstrap: str) -> None:
    """Let the broker make the topic of group offsets, which it does at the first question for it.

    aiokafka logs an ERROR each time it asks before that topic is there.
    """
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id="first")
    await consumer.start()
    await consumer.stop()
