"""Folders of connectors for the tests of the conformance suite: a good one, and what is planted into it."""

import json
import sys
from pathlib import Path
from typing import Any

from egovhub.examples import example_payloads, load_folder
from egovhub.ndjson import fact_to_json
from egovhub.suite_subject import Subject

MAPPING = '''"""Permits: what a row says."""

import logging
import uuid
from datetime import UTC, datetime

from egovhub.errors import RejectedInput
from egovhub.events import Kind
from egovhub.origin import Origin

ORIGIN = Origin("permits", "onestop")
KINDS = {"new": Kind.RECEIVED, "done": Kind.PROCESSED, "returned": Kind.RETURNED}


def facts_of(payload):
    row = ORIGIN.read(payload)
    case = ORIGIN.case(row.text("id"))
    kind = row.choice("status", KINDS)
    yield ORIGIN.fact(
        Kind.REGISTERED, case, row.instant("received_at"), identity=(row.text("number"),), unit=row.optional("unit")
    )
    yield ORIGIN.fact(
        kind,
        case,
        row.instant("changed_at", "%Y-%m-%d %H:%M:%S"),
        identity=(row.text("number"), row.text("status")),
        unit=row.optional("unit"),
        due_at=row.optional_instant("due_at"),
    )
'''

CONNECTOR = '''"""Permits of the building department: a JSON list, polled."""

import json
from datetime import UTC, datetime

from egovhub.connector import Connector, Page, Payload
from egovhub.folder import Folder
from egovhub.http_auth import Basic, OAuth2
from egovhub.mailbox import Mailbox, MailboxSource
from egovhub.rest import ByCursor, ByLink, ByNumber, ByToken, Cursor, Rest, Windows
from egovhub.rest_source import RestSource
from egovhub.strict_json import elements

from {name}.mapping import ORIGIN, facts_of

{body}
connector = Connector(origin=ORIGIN, mapping=facts_of, feeds={{"feed": {feed}}}, personal=("applicant",))
'''

FEED = """Rest(
    path="/v1/permits", items="data", paging=ByNumber(), cursor=Cursor(parameter="since", field="updated_at")
)"""

ROW: dict[str, Any] = {
    "id": "P-0001",
    "number": "4711",
    "status": "new",
    "received_at": "2026-11-02T08:00:00+07:00",
    "changed_at": "2026-11-02 08:30:00",
    "due_at": "2026-11-05T08:00:00+07:00",
    "unit": "H24.1",
    "applicant": "somebody",
    "updated_at": "2026-11-02T08:30:00+07:00",
}


def write_connector(
    folder: Path, *, mapping: str = MAPPING, body: str = "", feed: str = FEED, is_message: bool = False
) -> Path:
    """A connector's folder, with an example as the good mapping has it; of an answer, or of one message."""
    given = [ROW, ROW | {"id": "P-0002", "status": "done", "changed_at": "2026-11-03 10:00:00"}]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text('"""Permits."""\n')
    (folder / "connector.py").write_text(CONNECTOR.format(name=folder.name, body=body, feed=feed))
    (folder / "mapping.py").write_text(mapping)
    examples = folder / "examples"
    examples.mkdir(exist_ok=True)
    (examples / "rows.input.json").write_text(json.dumps(ROW if is_message else {"data": given}))
    write_expected(folder)
    return folder


def write_expected(folder: Path) -> None:
    """Write what a connector gives for its examples, as if somebody had looked at it; without the ids."""
    connector = load_folder(folder)
    forms = []
    for file in sorted((folder / "examples").glob("*.input.*")):
        for payload in example_payloads(connector, file):  # type: ignore[arg-type]
            forms += [json.loads(fact_to_json(fact)) for fact in Subject(folder).facts(payload)]
        for form in forms:
            del form["event_id"]
        file.with_name(f"{file.name.partition('.input.')[0]}.events.json").write_text(json.dumps(forms))


def forget(name: str) -> None:
    """Let go of a package, so that the next test's is read."""
    for module in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[module]
