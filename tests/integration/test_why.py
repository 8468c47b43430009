"""A case is explained from the topics as from a file of the same facts, out of its own partition alone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from egovhub.events import partition_of
from egovhub.ndjson import fact_to_json

from services.__main__ import main
from services.settings import Settings
from tests.integration.hub import PARTITIONS, Hub
from tests.unit.domain.build import BIRTH, CASE, WARD, fact

AS_OF = ("--as-of", "2026-06-01T00:00+07:00")
FACTS = [
    fact("RECEIVED", "Tue 2026-04-21 15:30", "Fri 2026-04-24 17:00", unit=WARD, procedure=BIRTH),
    fact("SUPPLEMENT_REQUESTED", "Wed 2026-04-22 09:00"),
    fact("SUPPLEMENTED", "Thu 2026-04-23 09:00"),
    fact("PAID", "Thu 2026-04-23 10:00", source="payments"),
    fact("PROCESSED", "Tue 2026-04-28 10:00"),
]
HOME = partition_of(CASE.encode(), PARTITIONS)

Why = Callable[..., tuple[int, str, str]]


@pytest.fixture
def why(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Why:
    """Run the command against this test's hub: exit code, standard output, standard error."""
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", settings.kafka_bootstrap)
    monkeypatch.setenv("HUB_TOPIC_PREFIX", settings.topic_prefix)

    def run(case: str, *options: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["why", case, *AS_OF, *options])
        return (code, *capsys.readouterr())

    return run


def written(hub: Hub, path: Path) -> str:
    """The facts of the case as the log has them, with since when they are known."""
    known = [one for one in hub.facts[HOME] if one is not None and one.fact.case_id == CASE]
    rows = [{**json.loads(fact_to_json(one.fact)), "known_at": _utc(one.known_at)} for one in known]
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def _utc(millis: int | None) -> str:
    assert millis is not None
    seconds, rest = divmod(millis, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def test_topics_and_file_give_the_same_explanation(hub: Hub, why: Why, tmp_path: Path) -> None:
    neighbour = next(
        f"onestop:{number}"
        for number in range(999)
        if partition_of(f"onestop:{number}".encode(), PARTITIONS) == HOME
    )
    hub.publish([*FACTS, FACTS[0]._replace(case_id=neighbour, event_id="other"), *FACTS[:2]])
    path = written(hub, tmp_path / "facts.ndjson")
    for form in ((), ("--json",)):
        code, of_topics, err = why(CASE, *form)
        assert (code, err) == (0, "")
        assert why(CASE, "--facts", path, *form) == (0, of_topics, "")
        assert "PROCESSED" in of_topics
        assert neighbour not in of_topics


def test_a_case_that_nobody_knows_is_exit_code_1(hub: Hub, why: Why) -> None:
    hub.publish(FACTS)
    code, out, err = why("onestop:nobody")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "no fact of the log has its key" in err


def test_records_that_the_door_refused_are_named_and_say_nothing(hub: Hub, why: Why) -> None:
    hub.publish(FACTS)
    before = why(CASE, "--json")[1]
    hub.append([(CASE.encode(), b"no fact", None)])
    code, out, _ = why(CASE, "--json")
    assert code == 0
    assert {**json.loads(before), "refused": 1} == json.loads(out)
    assert "1 record under this key cannot be read" in " ".join(why(CASE)[1].split())


def test_a_key_with_nothing_but_refused_records_points_at_the_letters(hub: Hub, why: Why) -> None:
    hub.append([(CASE.encode(), b"no fact", None)])
    code, _, err = why(CASE)
    assert code == 1
    assert "1 under its key were refused: see `python -m services dlq list`" in err
