import urllib.request

import pytest
from egovhub.errors import REASONS, ConfigurationError
from egovhub.runner_metrics import ConnectorMetrics
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families


def metrics() -> ConnectorMetrics:
    return ConnectorMetrics("log", "log-1", lambda: 5_000)


def test_every_name_of_the_contract_is_there_from_the_start() -> None:
    text = generate_latest(metrics().registry).decode()  # type: ignore[no-untyped-call]
    families = {family.name for family in text_string_to_metric_families(text)}  # type: ignore[no-untyped-call]
    assert families >= {
        "hub_connector_state",
        "hub_connector_restarts",
        "hub_connector_records_read",
        "hub_connector_records_sent",
        "hub_connector_errors",
        "hub_connector_retries",
        "hub_connector_last_error_timestamp_seconds",
        "hub_connector_poll_duration_seconds",
        "hub_connector_batch_records",
        "hub_connector_heartbeat_timestamp_seconds",
        "hub_connector_last_event_timestamp_seconds",
        "hub_connector_last_receive_timestamp_seconds",
        "hub_connector_source_lag_seconds",
        "hub_connector_bookmark_commit_timestamp_seconds",
        "hub_connector_bookmark_commit_failures",
        "hub_contract_violations",
        "hub_build_info",
    }


def test_every_known_label_set_is_there_from_the_start() -> None:
    samples = [sample for family in metrics().registry.collect() for sample in family.samples]
    states = {s.labels["state"]: s.value for s in samples if s.name == "hub_connector_state"}
    assert states == {"running": 0, "paused": 0, "stopped": 0, "failed": 0, "unassigned": 1}
    rules = {s.labels["rule"] for s in samples if s.name == "hub_contract_violations_total"}
    assert rules == REASONS


def test_scrapes_are_answered_on_a_free_port() -> None:
    address = metrics().serve("127.0.0.1", 0)
    with urllib.request.urlopen(address) as answer:
        assert b'hub_connector_state{connector="log-1",source="log",state="unassigned"} 1.0' in answer.read()


def test_a_port_that_is_taken_is_named_with_the_remedy() -> None:
    port = int(metrics().serve("127.0.0.1", 0).rpartition(":")[2].partition("/")[0])
    with pytest.raises(ConfigurationError, match=f"HUB_METRICS_PORT: 127.0.0.1:{port} cannot be used"):
        metrics().serve("127.0.0.1", port)
