"""What was refused by a rule and is replayed counts as if it had never been refused; what is still wrong stays open."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.request import urlopen

import pytest
from egovhub.codec import encode_fact
from egovhub.events import Fact, partition_of
from prometheus_client.parser import text_string_to_metric_families

from services.__main__ import main
from services.domain.standing import Known
from services.settings import Settings
from tests.bad_inputs.records import GOOD, KEY, VALUE
from tests.integration import expected
from tests.integration.hub import PARTITIONS, Header, Hub
from tests.integration.process import Process
from tests.integration.test_bad_bytes import letter_key, standing_letters

RIGHT = partition_of(KEY, PARTITIONS)
WRONG = (RIGHT + 1) % PARTITIONS
SECOND = GOOD._replace(event_id="second", occurred_at=GOOD.occurred_at + 1)
RESTORED: tuple[Header, ...] = (("trace", b"\0"), ("hub-known-at", str(GOOD.occurred_at + 7).encode()))

Run = Callable[..., tuple[int, dict[str, dict[str, Any]]]]


@pytest.fixture
def dlq(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command against this test's hub: exit code, and what it says of each letter."""
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", settings.kafka_bootstrap)
    monkeypatch.setenv("HUB_TOPIC_PREFIX", settings.topic_prefix)

    def run(command: str, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
        capsys.readouterr()
        code = main(["dlq", command, "--json", *options])
        said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return code, {row["key"]: row for row in said}

    return run


def refuse(hub: Hub, partition: int, value: bytes, fact: Fact, headers: tuple[Header, ...] = ()) -> str:
    """Append a record that the door refuses; the key of its letter."""
    future = hub.send(partition, fact.case_id.encode(), value, headers)
    hub.flush()
    stored = future.get(timeout=10)
    hub.expect(stored, None)
    return letter_key(hub, stored.partition, stored.offset).decode()


def check_as_if_never_wrong(hub: Hub, facts: Mapping[int, list[Known | None]]) -> None:
    """Hold what was published against a recount in which the replayed facts were never refused."""
    for p, marker in hub.markers().items():
        rows = {key: row for key, row in hub.standing["hub.tallies", p].items() if key != b'"marker"'}
        expected.assert_tallies(rows, expected.tallies(facts[p], marker.as_of), f"tallies of partition {p}")
        cases = expected.judgements(facts[p], marker.as_of)
        expected.assert_equal(hub.judgements(p), cases, f"cases of partition {p}")


def scraped(stage: Process) -> dict[str, dict[tuple[str, ...], float]]:
    """The metrics about dead letters, but for zeros of open letters."""
    [url] = [line.split()[1] for line in stage.words.splitlines() if line.startswith("metrics http")]
    with urlopen(url) as answer:
        text = answer.read().decode()
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.startswith("hub_dlq") and (sample.value or not sample.labels):
                found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def test_what_is_replayed_counts_as_if_it_had_never_been_refused(hub: Hub, dlq: Run) -> None:
    hub.publish(expected.drawn_facts(20, seed=12))
    hub.worker()
    stage = hub.stage()
    hub.await_all_counted()
    as_if: dict[int, list[Known | None]] = {p: list(hub.facts[p]) for p in range(PARTITIONS)}
    moved = refuse(hub, WRONG, VALUE, GOOD)
    restored = refuse(hub, WRONG, encode_fact(SECOND), SECOND, RESTORED)
    broken = refuse(hub, RIGHT, VALUE[:-1], GOOD)
    hub.until(lambda: len(standing_letters(hub)) == 3)
    hub.await_indicators()

    code, listed = dlq("list")
    assert code == 0
    assert {key: row["reason"] for key, row in listed.items()} == {
        moved: "wrong-partition",
        restored: "wrong-partition",
        broken: "malformed-body",
    }
    both = {("worker", "wrong-partition"): 2.0, ("worker", "malformed-body"): 1.0}
    hub.until(lambda: scraped(stage).get("hub_dlq_open_records") == both)
    found = scraped(stage)
    assert set(found["hub_dlq_oldest_timestamp_seconds"]) == set(both)
    assert (found["hub_dlq_replayed_total"], found["hub_dlq_discarded_total"]) == ({(): 0}, {(): 0})

    code, replayed = dlq("replay", "--yes", "--by", "ops", "--note", "partitioner set")
    assert code == 1
    assert {key: row["outcome"] for key, row in replayed.items()} == {
        moved: "replayed",
        restored: "replayed",
        broken: "refused again",
    }
    appended = hub.note_appended()
    assert appended == [(RIGHT, GOOD, []), (RIGHT, SECOND, list(RESTORED))]
    as_if[RIGHT] += [Known(GOOD, hub.facts[RIGHT][-2].known_at), Known(SECOND, GOOD.occurred_at + 7)]  # type: ignore[union-attr]
    hub.await_indicators()
    hub.check()
    check_as_if_never_wrong(hub, as_if)
    hub.check_indicators()
    hub.verify()

    ends = hub.ends()
    code, again = dlq("replay", moved, restored, broken, "--yes")
    assert code == 1
    assert {key: row["outcome"] for key, row in again.items()} == {
        moved: "decided before",
        restored: "decided before",
        broken: "refused again",
    }
    assert hub.note_appended() == []
    assert hub.ends() == ends

    code, _ = dlq("discard", broken, "--note", "cut off on the way, sent again by its source")
    assert code == 0
    hub.until(lambda: scraped(stage).get("hub_dlq_discarded_total") == {(): 1})
    found = scraped(stage)
    assert "hub_dlq_open_records" not in found
    assert found["hub_dlq_replayed_total"] == {(): 2}
    code, listed = dlq("list", "--state", "all")
    assert {key: row["decision"]["action"] for key, row in listed.items()} == {
        moved: "REPLAYED",
        restored: "REPLAYED",
        broken: "DISCARDED",
    }
    assert dlq("list") == (0, {})
