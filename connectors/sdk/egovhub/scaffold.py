"""`egovhub new`: a folder that is a connector at once, to be changed until it is the connector one needs."""

import json
import re
from pathlib import Path
from typing import Final

from egovhub.errors import ConfigurationError
from egovhub.examples import given
from egovhub.ndjson import fact_to_json

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")

_CONNECTOR: Final = '''"""{title}: a list in JSON, polled; or files of it in a folder."""

from egovhub.connector import Connector
from egovhub.folder import Folder
from egovhub.rest import ByNumber, Cursor, Rest

from {package}.mapping import ORIGIN, facts_of

connector = Connector(
    origin=ORIGIN,
    mapping=facts_of,
    feeds={{
        "rest": Rest(
            path="/cases",
            items="data",
            paging=ByNumber(),
            cursor=Cursor(parameter="since", field="updated_at"),
        ),
        "folder": Folder(patterns=("*.json",), format="json", items="data"),
    }},
    personal=("applicant",),
)
'''

_MAPPING: Final = '''"""What a case of {title} says: received, and ended or not."""

from collections.abc import Iterator

from egovhub.connector import Payload
from egovhub.events import Fact, Kind
from egovhub.origin import Origin

ORIGIN = Origin(source="{source}", domain="onestop")

ENDS = {{"done": Kind.PROCESSED, "refused": Kind.REFUSED, "open": Kind.RECEIVED}}


def facts_of(payload: Payload) -> Iterator[Fact]:
    """The facts of one case; raises RejectedInput for what cannot be read, naming the field."""
    row = ORIGIN.read(payload)
    case = ORIGIN.case(row.text("id"))
    unit, procedure = row.optional("unit"), row.optional("procedure")
    yield ORIGIN.fact(
        Kind.RECEIVED,
        case,
        row.instant("received_at"),
        unit=unit,
        procedure=procedure,
        due_at=row.optional_instant("due_at"),
    )
    end = row.choice("state", ENDS)
    if end is not Kind.RECEIVED:
        yield ORIGIN.fact(
            end, case, row.instant("ended_at"), unit=unit, procedure=procedure, source_status=row.text("state")
        )
'''

_README: Final = """# {source}

{title}. Owner: (who answers for the source system). System: (its name and version).

- **Facts.** RECEIVED at `received_at`, and PROCESSED or REFUSED at `ended_at`.
- **Cases** `{source}:<id>`, **unit** `unit`, **procedure** `procedure`, **due instant** `due_at`.
- **Times** carry their offset.
- **Left out**: `applicant` (a person).
- **Known defects**: (what the source does that it should not).

```
egovhub check {folder}
egovhub run {folder} {run}
```
"""

_TEST: Final = '''"""The connector loses nothing: every check of the conformance suite."""

from pathlib import Path

from egovhub.testing import connector_suite

test_the_connector = connector_suite(Path(__file__).parent)
'''

_TOML: Final = """# {title}: a list in JSON, polled.

source = "{source}"
domain = "onestop"
namespace = "{source}"
zone = "Asia/Ho_Chi_Minh"
case_id = "id"
personal = ["applicant"]

[rest]
path = "/cases"
items = "data"
paging = {{ by = "number" }}
cursor = {{ parameter = "since", field = "updated_at" }}

[values.end]
done = "PROCESSED"
refused = "REFUSED"

[every]
unit = "unit"
procedure = "procedure"

[[fact]]
kind = "RECEIVED"
occurred_at = "received_at"
due_at = "due_at"

[[fact]]
name = "end"
kind = {{ column = "state", values = "end" }}
when = {{ column = "state", differs = "open" }}
occurred_at = "ended_at"
source_status = "state"
"""

_ROWS: Final[list[dict[str, str | None]]] = [
    {
        "id": "C-0001",
        "received_at": "2026-11-02T08:00:00+07:00",
        "due_at": "2026-11-05T08:00:00+07:00",
        "ended_at": None,
        "state": "open",
        "unit": "H24.1",
        "procedure": "1.000001",
        "applicant": "(left out)",
        "updated_at": "2026-11-02T08:00:05+07:00",
    },
    {
        "id": "C-0002",
        "received_at": "2026-11-02T09:10:00+07:00",
        "due_at": "2026-11-05T09:10:00+07:00",
        "ended_at": "2026-11-04T15:30:00+07:00",
        "state": "done",
        "unit": "H24.1",
        "procedure": "1.000001",
        "applicant": "(left out)",
        "updated_at": "2026-11-04T15:30:05+07:00",
    },
]
_BROKEN: Final[list[dict[str, str | None]]] = [
    {**_ROWS[0], "received_at": "31/02/2026"},
    {**_ROWS[0], "id": None},
    {"note": "not a case"},
]


def new(name: str, parent: Path, *, toml: bool = False) -> Path:
    """Write a connector's folder.

    Args:
        name: of the source, in a-z, 0-9 and -.
        parent: folder to write it into.
        toml: of configuration alone, without code.

    Returns: the folder.

    Raises:
        ConfigurationError: the name cannot be one, or the folder is there.
    """
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} is no name of a connector; use a-z, 0-9 and -, beginning with a letter"
        )
    source = name.replace("_", "-")
    folder = parent / (source if toml else source.replace("-", "_"))
    if folder.exists():
        raise ConfigurationError(f"{folder}: is there already; choose another name")
    words = {
        "title": source.replace("-", " ").capitalize(),
        "source": source,
        "package": folder.name,
        "folder": folder.name,
        "run": "--url http://localhost:8080",
    }
    files = {"README.md": _README, f"test_{folder.name.replace('-', '_')}.py": _TEST}
    if toml:
        files[f"{folder.name}.toml"] = _TOML
    else:
        files |= {"__init__.py": '"""{title}."""\n', "connector.py": _CONNECTOR, "mapping.py": _MAPPING}
    (folder / "examples").mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text.format(**words), encoding="utf-8")
    _write_examples(folder)
    return folder


def _write_examples(folder: Path) -> None:
    """Inputs, and what they give now; without the ids, which are nobody's to write by hand."""
    for what, rows in (("cases", _ROWS), ("broken", _BROKEN)):
        file = folder / "examples" / f"{what}.input.json"
        file.write_text(json.dumps({"data": rows}, indent=2) + "\n", encoding="utf-8")
        facts, rejected = given(folder, file)
        forms = [json.loads(fact_to_json(fact)) for fact in facts]
        for form in forms:
            del form["event_id"]
        refusals = [{"line": each.place, "reason": each.reason, "field": each.field} for each in rejected]
        if forms:
            _write(file.with_name(f"{what}.events.json"), forms)
        if refusals:
            _write(file.with_name(f"{what}.rejected.json"), refusals)


def _write(file: Path, form: object) -> None:
    file.write_text(json.dumps(form, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
