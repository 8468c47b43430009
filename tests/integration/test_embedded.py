"""The embedded Kafka is a Kafka: transactions, crashes that lose nothing, and errors with a remedy."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from egovhub.errors import ConfigurationError

from deploy.embedded import BrokerFailed, EmbeddedKafka, main
from deploy.folder import lock_folder
from deploy.ports import HOST
from services.settings import Settings, load_settings
from services.topics import create_topics


@asynccontextmanager
async def producer(settings: Settings, **options: str) -> AsyncIterator[AIOKafkaProducer]:
    started = AIOKafkaProducer(**settings.kafka_options(), **options)
    await started.start()
    try:
        yield started
    finally:
        await started.stop()


async def read(settings: Settings, count: int) -> list[bytes]:
    """The first committed values of partition 0 of the positions."""
    consumer = AIOKafkaConsumer(
        **settings.kafka_options(), isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        consumer.assign([TopicPartition(settings.topic("hub.positions"), 0)])
        return [(await asyncio.wait_for(consumer.getone(), 10)).value for _ in range(count)]
    finally:
        await consumer.stop()


def test_a_reader_sees_committed_transactions_only(settings: Settings, topics: None) -> None:
    topic = settings.topic("hub.positions")

    async def write() -> None:
        async with producer(settings, transactional_id=settings.transactional_id("test")) as writer:
            for value, end in [
                (b"aborted", writer.abort_transaction),
                (b"committed", writer.commit_transaction),
            ]:
                await writer.begin_transaction()
                await writer.send_and_wait(topic, value, key=value)
                await end()

    async def run() -> list[bytes]:
        await write()
        return await read(settings, 1)

    assert asyncio.run(run()) == [b"committed"]


@pytest.mark.parametrize("codec", ["lz4", "snappy", "zstd", "gzip"])
def test_every_compression_can_be_written_and_read(settings: Settings, topics: None, codec: str) -> None:
    async def run() -> list[bytes]:
        async with producer(settings, compression_type=codec) as writer:
            await writer.send_and_wait(settings.topic("hub.positions"), b"value" * 100, key=b"key")
        return await read(settings, 1)

    assert asyncio.run(run()) == [b"value" * 100]


def test_a_killed_broker_comes_back_on_its_port_with_its_data(
    kafka: EmbeddedKafka, settings: Settings, topics: None
) -> None:
    async def write(value: bytes) -> None:
        async with producer(settings) as writer:
            await writer.send_and_wait(settings.topic("hub.positions"), value, key=b"key")

    asyncio.run(write(b"before"))
    kafka.kill()
    with pytest.raises(BrokerFailed, match="has ended"):
        kafka.check()
    with pytest.raises(BrokerFailed, match="not running"):
        kafka.pause()
    kafka.restart()
    kafka.check()
    asyncio.run(write(b"after"))
    assert asyncio.run(read(settings, 2)) == [b"before", b"after"]


def test_a_paused_broker_answers_when_it_is_resumed(
    kafka: EmbeddedKafka, settings: Settings, topics: None
) -> None:
    topic = settings.topic("hub.positions")

    async def run() -> bool:
        async with producer(settings) as writer:
            await writer.partitions_for(topic)
            kafka.pause()
            sending = asyncio.ensure_future(writer.send_and_wait(topic, b"", key=b"k"))
            silent = not (await asyncio.wait([sending], timeout=1))[0]
            kafka.resume()
            await asyncio.wait_for(sending, 20)
            return silent

    assert asyncio.run(run())


def test_a_broker_that_cannot_start_shows_the_end_of_its_log(tmp_path: Path) -> None:
    broken = EmbeddedKafka(tmp_path, settings={"num.io.threads": "none"})
    with pytest.raises(BrokerFailed, match=r"(?s)server\.log:.*num\.io\.threads"):
        broken.start()


def test_a_taken_port_ends_the_command_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server((HOST, 0)) as server:
        port = str(server.getsockname()[1])
        assert main(["--port", port, "--data-dir", str(tmp_path)]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"port {port} ")


def test_a_terminated_command_leaves_no_broker(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.embedded", "--port", "0", "--data-dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert b"accepts clients on 127.0.0.1:" in process.stdout.readline()
        process.terminate()
        assert process.wait(10) == 0
    lock_folder(tmp_path).close()


@pytest.mark.logs_errors("aiokafka: Unable connect to ")
def test_three_nodes_go_on_without_one(tmp_path: Path) -> None:
    with EmbeddedKafka(tmp_path, nodes=3) as cluster:
        settings = load_settings(kafka_bootstrap=cluster.bootstrap)
        create_topics(settings)
        cluster.kill(2)

        async def run() -> list[bytes]:
            async with producer(settings, acks="all") as writer:
                await writer.send_and_wait(settings.topic("hub.positions"), b"value", key=b"key")
            return await read(settings, 1)

        assert asyncio.run(run()) == [b"value"]
        cluster.restart(2)
        cluster.check()


def test_a_folder_whose_broker_still_runs_is_refused(kafka: EmbeddedKafka) -> None:
    with pytest.raises(ConfigurationError, match="a Kafka runs here"):
        EmbeddedKafka(kafka.data_dir).start()
