"""Bad inputs and identifiers of persons through connectors in processes of their own, a broker and a worker."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from egovhub.codec import decode, decode_fact
from egovhub.connector import Payload
from egovhub.errors import RejectedInput
from egovhub.events import Fact
from egovhub.loading import load_connector
from egovhub.mapped import facts_of
from egovhub.suite_subject import Subject, now

from services.__main__ import main
from tests.bad_inputs.catalogue import REFUSED
from tests.bad_inputs.forms import json_row
from tests.bad_inputs.persons import PERSONS, planted
from tests.integration.hub import Hub
from tests.integration.logs import everything_on
from tests.integration.process import WAIT_SECONDS
from tests.simulators.documents import KEY
from tests.simulators.mailbox import MailboxSimulator, Message
from tests.simulators.server import SourceServer

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "connectors" / "documents"

STRICT = """
from dataclasses import replace
from egovhub.errors import RejectedInput
from tests.bad_inputs.permits.connector import connector as permits

REFUSED = {refused!r}

def facts_of(payload):
    if permits.origin.read(payload).optional("unit") in REFUSED:
        raise RejectedInput("unknown-unit", "unit")
    yield from permits.mapping(payload)

connector = replace(permits, mapping=facts_of)
"""


@contextmanager
def connector(hub: Hub, folder: Path, *options: str, **variables: str) -> Iterator["subprocess.Popen[str]"]:
    """`egovhub run` against the broker of a hub; what it says goes to a file."""
    own = {"HUB_TOPIC_PREFIX": hub.settings.topic_prefix, "PYTHONPATH": str(ROOT), **variables}
    command = ["run", str(folder), "--bootstrap", hub.settings.kafka_bootstrap, "--keep-going", *options]
    with (hub.folder / "connector.log").open("w") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "egovhub.cli", *command],
            stderr=words, text=True, cwd=ROOT, env={**os.environ, **own},
        )  # fmt: skip
        yield process
        process.kill()
        process.wait()


def words_of(hub: Hub) -> str:
    return (hub.folder / "connector.log").read_text()


def wanted(payloads: dict[str, Payload]) -> tuple[list[Fact], dict[bytes, str]]:
    """The facts that must come of messages, and by its bytes why each of the others is refused."""
    mapping, facts, refused = load_connector(DOCUMENTS), list[Fact](), dict[bytes, str]()
    for payload in payloads.values():
        try:
            facts += (each for each in facts_of(mapping, payload, now()) if isinstance(each, Fact))
        except RejectedInput as error:
            refused[payload.body] = error.reason
    return facts, refused


def messages() -> dict[str, Payload]:
    """Good documents, such with an identifier of a person in each field, and what is no document at all."""
    subject = Subject(DOCUMENTS)
    bodies = [payload.body for payload in subject.good]
    bodies += [payload.body for *_, payload in planted(subject)][::2]
    bodies += [bad.make() for bad in REFUSED if bad.door == "mailbox" and bad.is_kept and bad.make()]
    return {f"m{number}": Payload(body, identity=f"m{number}") for number, body in enumerate(bodies)}


def test_no_identifier_of_a_person_gets_past_the_documents_of_a_mailbox(hub: Hub) -> None:
    payloads = messages()
    facts, refused = wanted(payloads)
    box = MailboxSimulator(listed=1_000)
    box.put(*(Message(name, payload.body) for name, payload in payloads.items()))
    with SourceServer(box.services) as server:
        options = ("--feed", "mailbox", "--url", server.url, "--poll-seconds", "0.2")
        with connector(hub, DOCUMENTS, *options, HUB_DOCUMENTS_KEY=KEY) as process:
            deadline = time.monotonic() + 2 * WAIT_SECONDS
            while box.waiting:
                assert process.poll() is None, words_of(hub)
                assert time.monotonic() < deadline, words_of(hub)
                time.sleep(0.2)
            [address] = [word for word in words_of(hub).split() if word.startswith("http://127.0.0.1")]
            with urlopen(address) as answer:
                metrics = answer.read().decode()
            process.send_signal(signal.SIGTERM)
            process.wait(WAIT_SECONDS)
    appended = hub.note_appended()
    hub.worker()
    hub.await_all_counted()
    hub.check()

    assert {(fact.source, fact.event_id) for _, fact, _ in appended} == {
        (f.source, f.event_id) for f in facts
    }
    letters = [decode(value or b"")[1] for _, _, value in everything_on(hub.settings, "hub.dead-letters")]
    assert Counter((letter["value"], letter["reason"]) for letter in letters) == Counter(
        (payload.body, refused[payload.body]) for payload in payloads.values() if payload.body in refused
    )
    for reason, n in Counter(letter["reason"] for letter in letters).items():
        assert f'hub_dlq_records_total{{at="connector",reason="{reason}"}} {float(n)}' in metrics
    looked = {
        "facts": repr(appended),
        "keys": repr(
            [
                key
                for topic in ("facts", "hub.dead-letters")
                for _, key, _ in everything_on(hub.settings, topic)
            ]
        ),
        "positions": repr(everything_on(hub.settings, "hub.positions")),
        "logs": words_of(hub),
        "metrics": metrics,
    }
    assert [(where, person) for where, text in looked.items() for person in PERSONS if person in text] == []
    assert any(PERSONS[0].encode() in (letter["value"] or b"") for letter in letters)


def rows() -> list[bytes]:
    units = ("H24.1", "H24.2", "H24.3")
    return [
        json_row(id=f"H24-{number}", unit=units[number % 3], status=status)
        for number in range(12)
        for status in ("1", "10")
    ]


def strict(folder: Path, *refused: str) -> Path:
    """A connector whose mapping refuses some units."""
    made = folder / "strict_permits"
    made.mkdir(exist_ok=True)
    (made / "__init__.py").touch()
    (made / "connector.py").write_text(STRICT.format(refused=refused))
    return made


def test_letters_replayed_by_a_mended_mapping_count_as_if_never_refused(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_KAFKA_BOOTSTRAP", hub.settings.kafka_bootstrap)
    monkeypatch.setenv("HUB_TOPIC_PREFIX", hub.settings.topic_prefix)
    drop, folder = tmp_path / "drop", strict(tmp_path, "H24.2")
    drop.mkdir()
    (drop / "a.ndjson").write_bytes(b"\n".join(rows()) + b"\n")
    with connector(hub, folder, "--input", str(drop), "--feed", "ndjson", "--once") as process:
        assert process.wait(WAIT_SECONDS) == 0, words_of(hub)
    assert len(hub.note_appended()) == 16
    hub.worker()
    hub.await_all_counted()
    hub.check()

    strict(tmp_path)
    chosen = ["dlq", "replay", "--connector", str(folder), "--yes", "--json"]
    monkeypatch.syspath_prepend(str(ROOT))
    assert main(chosen) == 0
    said = [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()]
    assert said == ["replayed"] * 8
    replayed = {fact for _, each, _ in hub.note_appended() for fact in [(each.source, each.event_id)]}
    never_refused = load_connector(strict(tmp_path))
    facts = [fact for body in rows() for fact in facts_of(never_refused, Payload(body), now())]
    assert replayed == {(f.source, f.event_id) for f in facts if isinstance(f, Fact) and f.unit == "H24.2"}
    hub.await_all_counted()
    hub.check()

    ends = hub.ends()
    assert main(chosen) == 0
    assert hub.note_appended() == []
    assert hub.ends() == ends
    counted = [decode_fact(value or b"") for _, _, value in everything_on(hub.settings, "facts")]
    assert sorted(map(repr, counted)) == sorted(map(repr, facts))
