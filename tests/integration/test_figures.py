"""The figures of a unit are the same from the topics as from a file of the same facts at the same instant."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from egovhub.events import Fact
from egovhub.ndjson import fact_to_json

from services.__main__ import main
from services.settings import Settings
from tests.integration.expected import drawn_facts
from tests.integration.hub import Hub

EVERYTHING = ("--unit", "all", "--form", "07a", "--json")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    code = main(["figures", *arguments])
    out, err = capsys.readouterr()
    assert code == 0, err
    return json.loads(out)


def written(path: Path, facts: list[Fact]) -> str:
    path.write_text("".join(f"{fact_to_json(fact)}\n" for fact in facts), encoding="utf-8")
    return str(path)


def test_topics_and_file_give_the_same_figures(
    hub: Hub,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", settings.kafka_bootstrap)
    monkeypatch.setenv("HUB_TOPIC_PREFIX", settings.topic_prefix)
    facts = drawn_facts(200, seed=7)
    worker = hub.worker()
    hub.publish(facts)
    hub.await_all_counted()
    worker.stop()
    months = sorted({month_of(fact.occurred_at) for fact in facts})
    asked = [*EVERYTHING, "--period", months[len(months) // 2]]
    of_topics = printed(capsys, *asked)
    of_file = printed(
        capsys, *asked, "--facts", written(tmp_path / "facts.ndjson", facts), "--as-of", of_topics["as_of"]
    )
    late = {line["indicator"] for line in of_file["others"] if line["indicator"].startswith("trust.")}
    for figures in (of_file, of_topics):  # a file does not say when its facts became known
        figures["others"] = [line for line in figures["others"] if line["indicator"] not in late]
    assert of_topics == of_file
    assert of_topics["form"]["main"]["received"] > 0


def month_of(millis: int) -> str:
    return f"{datetime.fromtimestamp(millis / 1000, UTC):%Y-%m}"
