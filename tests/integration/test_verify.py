"""Verify agrees with what the hub publishes, and names every kind of difference."""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from egovhub.codec import decode, encode
from kafka import KafkaProducer

from services.__main__ import main
from services.generator import broken
from services.settings import Settings
from tests.integration.expected import drawn_facts
from tests.integration.hub import PARTITIONS, Hub

Verify = Callable[..., tuple[int, Any, str]]


@pytest.fixture
def verify(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Run the command against this test's hub: exit code, report, standard error."""
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", settings.kafka_bootstrap)
    monkeypatch.setenv("HUB_TOPIC_PREFIX", settings.topic_prefix)

    def run(*options: str) -> tuple[int, Any, str]:
        capsys.readouterr()
        code = main(["verify", "--json", *options])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return run


def differing(report: dict[str, Any]) -> dict[str, list[str]]:
    """{"hub.cases missing": keys} of all that is not equal."""
    return {
        f"{topic} {kind}": found[kind]["keys"]
        for topic, found in report["topics"].items()
        for kind in ("missing", "surplus", "unequal")
        if found[kind]["count"]
    }


def overwrite(hub: Hub, topic: str, partition: int, key: bytes, value: bytes | None) -> None:
    """Put a row into a topic as no process of the hub would."""
    producer = KafkaProducer(**hub.settings.kafka_options())
    producer.send(hub.settings.topic(topic), value, key, partition=partition)
    producer.close()


def counted(hub: Hub) -> Hub:
    """A hub that has counted facts and refused records, and whose processes have stopped."""
    worker, stage = hub.worker(), hub.stage()
    facts = drawn_facts(200, seed=3)
    hub.publish(facts)
    hub.append([(bad.key, bad.value, None) for bad in islice(broken(1, facts[0]), 22)])
    hub.await_indicators()
    stage.stop()
    worker.stop()
    return hub


def test_everything_is_equal_and_every_difference_is_named(hub: Hub, verify: Verify) -> None:
    counted(hub)
    code, report, err = verify()
    assert (code, err, differing(report)) == (0, "", {})
    assert report["facts"] == sum(hub.ends().values())
    assert report["refused"] == report["topics"]["hub.dead-letters"]["rows"] == 22
    assert all(found["rows"] > 0 for found in report["topics"].values())

    tallies = [
        (p, key) for p in range(PARTITIONS) for key in hub.standing["hub.tallies", p] if key != b'"marker"'
    ]
    cases = [
        (p, key, value) for p in range(PARTITIONS) for key, value in hub.standing["hub.cases", p].items()
    ]
    letters = [(p, key) for p in range(PARTITIONS) for key in hub.standing["hub.dead-letters", p]]
    figures = [key for key in hub.standing["hub.indicators", 0] if key != b'"marker"']
    (p, lost), (q, changed), (r, _) = tallies[0], tallies[-1], tallies[1]
    overwrite(hub, "hub.tallies", p, lost, None)
    overwrite(hub, "hub.tallies", q, changed, hub.standing["hub.tallies", r][tallies[1][1]])
    overwrite(
        hub, "hub.tallies", r, b'["haunt","p","month","2001-01"]', hub.standing["hub.tallies", q][changed]
    )
    p, case, value = cases[0]
    overwrite(
        hub, "hub.cases", p, case, encode("case", {**decode(value)[1], "bucket": "on_time", "unit": "?"})
    )
    overwrite(hub, "hub.dead-letters", letters[0][0], letters[0][1], None)
    overwrite(hub, "hub.indicators", 0, figures[0], None)
    overwrite(hub, "hub.indicators", 0, b'"marker"', hub.standing["hub.indicators", 0][b'"marker"'])
    code, report, err = verify()
    assert (code, err) == (1, "")
    assert differing(report) == {
        "hub.tallies missing": [lost.decode()],
        "hub.tallies surplus": ['["haunt","p","month","2001-01"]'],
        "hub.tallies unequal": [changed.decode()],
        "hub.cases unequal": [case.decode()],
        "hub.dead-letters missing": [letters[0][1].decode()],
        "hub.indicators missing": [figures[0].decode()],
    }
    assert verify("--without-stage")[1]["topics"].keys() == {"hub.tallies", "hub.cases", "hub.dead-letters"}


def test_a_running_hub_is_equal_at_every_look(hub: Hub, verify: Verify) -> None:
    hub.worker(clock="+0s")
    hub.stage()
    for seed in range(3):
        hub.publish(drawn_facts(150, seed=seed, prefix=f"C{seed}-"))
        hub.until(
            lambda: len(hub.markers()) == PARTITIONS and b'"marker"' in hub.standing["hub.indicators", 0]
        )
        code, report, err = verify()
        assert (code, err, differing(report)) == (0, "", {})


def test_before_anything_is_published_there_is_nothing_to_compare(hub: Hub, verify: Verify) -> None:
    code, report, err = verify()
    assert (code, report) == (2, None)
    assert "hub.indicators: no marker yet; start a stage" in err
    code, report, err = verify("--without-stage")
    assert (code, report) == (2, None)
    assert "hub.tallies: no marker yet in partitions 0, 1, 2" in err


def test_other_rules_and_another_log_are_not_compared(
    hub: Hub, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = hub.worker()
    hub.publish(drawn_facts(20, seed=5))
    hub.await_all_counted()
    worker.stop()
    code, _, err = verify("--without-stage")
    assert (code, err) == (0, "")
    monkeypatch.setenv("HUB_ZONE", "Europe/Amsterdam")
    code, _, err = verify("--without-stage")
    assert (code, len(err.splitlines())) == (2, PARTITIONS)
    assert "verify with the workers' HUB_ZONE" in err
    monkeypatch.delenv("HUB_ZONE")
    hub.recreate_facts()
    code, _, err = verify("--without-stage")
    assert (code, len(err.splitlines())) == (2, PARTITIONS)
    assert "counts another log of facts" in err


def test_without_a_broker_it_says_so(monkeypatch: pytest.MonkeyPatch, verify: Verify) -> None:
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", "127.0.0.1:1")
    code, report, err = verify()
    assert (code, report, len(err.splitlines())) == (2, None, 1)
    assert "no broker answers" in err
