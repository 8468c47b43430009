"""What `services/stream.py` takes for granted of Faust's and aiokafka's insides, held against the installed release.

When this fails after an upgrade, read what the named part does now before changing the table.
"""

import ast
import asyncio
import inspect
from importlib.metadata import version
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.consumer.fetcher import Fetcher as AIOKafkaFetcher
from aiokafka.errors import IllegalStateError, KafkaError
from faust.app.base import App
from faust.transport.consumer import Fetcher, ThreadDelegateConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types.settings import Settings as FaustSettings
from faust.worker import Worker

from services import stream
from services.settings import load_settings

Thread = driver.AIOKafkaConsumerThread

CALLED: dict[tuple[type, str], list[str]] = {
    (driver.Consumer, "subscribe"): ["topics"],
    (driver.Consumer, "on_partitions_revoked"): ["revoked"],
    (driver.Consumer, "on_partitions_assigned"): ["assigned", "generation_id"],
    (driver.Consumer, "perform_seek"): [],
    (driver.Consumer, "seek_to_committed"): [],
    (driver.Consumer, "_getmany"): ["active_partitions", "timeout"],
    (driver.Consumer, "_drain_messages"): ["fetcher"],
    (driver.Consumer, "_wait_next_records"): ["timeout"],
    (Thread, "seek_wait"): ["partitions"],
    (Thread, "call_thread"): ["fun", "args", "kwargs"],
    (Thread, "_ensure_consumer"): [],
    (App, "_new_transport"): [],
    (App, "_create_directories"): [],
    (App, "crash"): ["reason"],
    (App, "on_stop"): [],
    (App, "is_leader"): [],
    (Worker, "execute_from_commandline"): [],
    (AIOKafkaConsumer, "commit"): ["offsets"],
    (AIOKafkaConsumer, "end_offsets"): ["partitions"],
}
"""Functions called or replaced, and their parameters."""

READ: dict[str, type] = {"_thread": ThreadDelegateConsumer, "_consumer": Thread}
"""Private attributes read, and the class that declares them."""

OWN = {"_lane", "_client", "_drain_once", "_seek_to"}
"""Private names that are the stream shell's own."""

BEHAVIOUR = [
    (
        Fetcher._fetcher.fun,
        "consumer._drain_messages(self)",
        "the fetcher runs the drain loop, and nothing else",
    ),
    (driver.Consumer._getmany, "self._thread.getmany(", "records come from the thread of the consumer"),
    (
        driver.ConsumerRebalanceListener.on_partitions_assigned,
        "app.consumer_generation_id =",
        "where a generation begins",
    ),
    (
        ThreadDelegateConsumer.threadsafe_partitions_assigned,
        "self.on_partitions_assigned",
        "where the seek has its place",
    ),
    (App._on_partitions_revoked, "consumer.stop_flow", "a revocation stops the flow"),
    (Thread.seek_wait, "self._seek_wait", "seeks happen in the thread of the consumer"),
    (AIOKafkaFetcher.fetched_records, "del self._records[tp]", "an error of a partition is raised once"),
]


def parameters(owner: type, name: str) -> list[str]:
    return [name for name in inspect.signature(getattr(owner, name)).parameters if name != "self"]


def test_the_releases_are_the_ones_that_were_read() -> None:
    assert version("faust-streaming") == "0.15.3"


@pytest.mark.parametrize(("owner", "name"), CALLED, ids=lambda part: getattr(part, "__name__", part))
def test_a_function_that_is_called_or_replaced_has_its_parameters(owner: type, name: str) -> None:
    assert parameters(owner, name) == CALLED[owner, name]


@pytest.mark.parametrize("name", READ)
def test_a_private_attribute_that_is_read_is_declared(name: str) -> None:
    assert name in READ[name].__annotations__


@pytest.mark.parametrize(
    ("function", "does", "why"), BEHAVIOUR, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_behaviour_that_the_lane_rests_on_is_there(function: Any, does: str, why: str) -> None:
    assert does in inspect.getsource(function), why


def test_what_the_lane_replaces_exists_and_is_a_coroutine_on_both_sides() -> None:
    for ours, theirs in ((stream.LaneConsumer, driver.Consumer), (stream.LaneApp, App), (stream.HubApp, App)):
        for name, function in vars(ours).items():
            if inspect.isfunction(function) and hasattr(theirs, name) and name != "__init__":
                replaced = inspect.unwrap(getattr(theirs, name))
                assert inspect.iscoroutinefunction(function) == inspect.iscoroutinefunction(replaced), name


def test_every_private_name_that_the_shell_touches_is_held_here() -> None:
    tree = ast.parse(inspect.getsource(stream))
    touched = {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and is_private(node.attr)
    }
    touched |= {
        node.name
        for parent in ast.walk(tree)
        if isinstance(parent, ast.ClassDef)
        for node in parent.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_private(node.name)
    }
    assert touched - OWN == {name for _, name in CALLED if is_private(name)} | READ.keys()


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def test_the_state_that_the_lane_reads_is_there() -> None:
    assert driver.Consumer.flow_active is True
    assert App.consumer_generation_id == 0
    assert [type(inspect.getattr_static(each, "should_stop")) for each in (App, Fetcher)] == [property] * 2
    assert driver.Consumer.consumer_stopped_errors
    assert driver.Transport.Consumer is driver.Consumer
    assert issubclass(IllegalStateError, KafkaError)


def test_faust_knows_every_setting_it_is_given() -> None:
    assert stream._configuration(load_settings()).keys() <= FaustSettings.SETTINGS.keys()


def test_the_apps_take_their_transport_and_switch_off_what_is_not_used() -> None:
    settings = load_settings(topic_prefix="t.", worker_id="w")
    app = stream.LaneApp(settings, "hub-worker", "facts", handler=None)  # type: ignore[arg-type]
    assert isinstance(app._new_transport(), stream.LaneTransport)
    assert app.conf.id == "t.hub-worker"
    assert app.conf.consumer_group_instance_id == "w"
    assert app.conf.consumer_auto_offset_reset == "none"
    assert app.conf.web_enabled is False
    assert app.conf.topic_disable_leader is True
    assert stream.LeaderApp(settings, "hub-stage").is_active() is False


def test_a_worker_that_owns_nothing_commits_nothing() -> None:
    app = stream.LaneApp(load_settings(), "hub-worker", "facts", handler=None)  # type: ignore[arg-type]
    asyncio.run(app.commit_for_display({}))
    assert app._consumer is None


def test_the_worker_has_a_spinner_to_switch_off() -> None:
    assert Worker(faust.App("spins", store="memory://", web_enabled=False)).spinner is not None
