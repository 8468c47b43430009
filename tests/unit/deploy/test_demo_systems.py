"""The simulated systems of the demo: started once they serve, and shown by what their connectors' metrics say."""

import asyncio
import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from egovhub.runner_metrics import ConnectorMetrics

from deploy import demo_metrics, demo_systems
from deploy.demo_processes import Process, ProcessDied, Processes
from deploy.demo_systems import Reading, Readings, Systems, SystemsMissing

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SLEEPS = "import time; time.sleep(60)"


@pytest.fixture
def systems(tmp_path: Path) -> Iterator[Systems]:
    found = Systems(tmp_path, tmp_path / "logs", 7)
    yield found
    found.serving.stop()


def serve(systems: Systems, code: str) -> None:
    systems.serving.arguments = [sys.executable, "-c", code]
    Processes({}).start(systems.serving)


def test_a_connector_says_its_state_its_facts_its_last_event_and_its_lag() -> None:
    text = """
# TYPE hub_connector_state gauge
hub_connector_state{connector="documents",source="documents",state="running"} 1.0
hub_connector_state{connector="documents",source="documents",state="failed"} 0.0
# TYPE hub_connector_records_sent counter
hub_connector_records_sent_total{connector="documents",source="documents",topic="facts"} 1234.0
# TYPE hub_dlq_records counter
hub_dlq_records_total{at="connector",reason="bad-row"} 2.0
hub_dlq_records_total{at="connector",reason="bad-value"} 1.0
# TYPE hub_connector_last_event_timestamp_seconds gauge
hub_connector_last_event_timestamp_seconds{connector="documents",source="documents"} 1767578400.0
# TYPE hub_connector_source_lag_seconds gauge
hub_connector_source_lag_seconds{connector="documents",source="documents"} 4.6
"""
    reading = Reading.of(text)
    assert reading == Reading("running", 1234, 3, 1767578400.0, 4.6)
    assert (
        reading.line(ZONE) == "running · 1,234 facts · last event Mon 2026-01-05 09:00 · lag 5 s · 3 refused"
    )


def test_a_connector_that_has_stored_nothing_has_no_last_event() -> None:
    assert Reading("running").line(ZONE) == "running · 0 facts · last event none yet · lag 0 s"


def test_a_connector_that_has_not_answered_is_starting() -> None:
    assert Reading().line(ZONE) == "starting"


def test_a_connector_answers_with_the_names_that_are_read() -> None:
    metrics = ConnectorMetrics("documents", "documents", lambda: 1_767_578_400_000)
    metrics.enter("paused")
    address = metrics.serve("127.0.0.1", 0)
    assert Reading.of(demo_metrics.scraped(address)) == Reading("paused")


def test_each_system_gets_a_connector_under_a_name_of_this_run(systems: Systems, tmp_path: Path) -> None:
    serve(systems, SLEEPS)
    told = {
        "connector": "connectors/documents",
        "options": ["--url", "http://x"],
        "environment": {"KEY": "k"},
    }
    (tmp_path / "systems.json").write_text(json.dumps({"documents": told}))
    [connector] = systems.connectors()
    assert connector.name == "documents"
    assert connector.environment == {"KEY": "k"}
    words = ["run", "connectors/documents", "--url", "http://x", "--name", "documents-7"]
    assert list(connector.arguments)[-len(words) :] == words


def test_what_an_earlier_run_said_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    (tmp_path / "systems.json").write_text("{}")
    Systems(tmp_path, tmp_path / "logs", 7)
    assert not (tmp_path / "systems.json").exists()


def test_systems_that_end_are_named(systems: Systems) -> None:
    serve(systems, "print('no such system')")
    with pytest.raises(ProcessDied, match=r"systems has ended \(exit code 0\)(.|\n)*no such system"):
        list(systems.connectors())


def test_systems_that_do_not_serve_in_time_are_named(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo_systems, "_START_SECONDS", 0.0)
    serve(systems, SLEEPS)
    with pytest.raises(SystemsMissing, match=r"systems.log: the systems do not serve after 0 s"):
        list(systems.connectors())


def test_the_readings_are_what_the_connectors_said_last(tmp_path: Path) -> None:
    metrics = ConnectorMetrics("documents", "documents", lambda: 1_767_578_400_000)
    metrics.enter("running")
    said = {"one": metrics.serve("127.0.0.1", 0), "gone": "http://127.0.0.1:1/metrics"}
    one, gone = (
        Process(name, [sys.executable, "-c", f"print('metrics on {at}')"], tmp_path / f"{name}.log")
        for name, at in said.items()
    )
    for process in (one, gone):
        Processes({}).start(process)
        assert process.running
        process.running.wait(10)
    readings = Readings([one, gone])

    async def ask() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(readings.run(), 0.5)

    asyncio.run(ask())
    assert readings.by_name == {"one": Reading("running"), "gone": Reading()}
