"""Examples of a connector: inputs as the source sends them, beside the facts or the refusals they must give.

`examples/<what>.input.<ext>` stands beside `<what>.events.json`, the facts it must give as `egovhub preview` prints
them, in an array, and `<what>.rejected.json`, the inputs it must refuse, as `{"line": 3, "reason": "bad-row"}`. Either
may be missing: then there must be none. An `event_id` or a `field` that is left out may be any. `<what>.context.json`
holds what stands around each input, such as the answer of a second call.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from egovhub.configured import connector_of
from egovhub.connector import Connector, Page, Payload, Rejection
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact
from egovhub.files import FilesFeed
from egovhub.folder import Folder
from egovhub.folder_formats import Format, payloads_of
from egovhub.loading import is_code, load_connector, mapping_file
from egovhub.mapped import MappedFeed
from egovhub.mapping import Mapping, load_mapping
from egovhub.ndjson import fact_from_json
from egovhub.rest import Rest

INPUTS: Final = "*.input.*"
_FORMATS: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xes": "xes",
    ".json": "json",
}


def load_folder(folder: Path) -> Connector | Mapping:
    """The connector of a folder; its mapping if it is one that reads files."""
    return load_connector(folder) if is_code(folder) else load_mapping(mapping_file(folder))


def example_inputs(folder: Path) -> list[Path]:
    """The inputs of a connector's examples."""
    return sorted((folder / "examples").glob(INPUTS))


def check_folder(folder: Path) -> list[str]:
    """What is wrong with the examples of a connector's folder, a line each; nothing if all are as written.

    Raises:
        ConfigurationError: the connector or an example cannot be read.
    """
    found = load_folder(folder)
    inputs = example_inputs(folder)
    if not inputs:
        return [f"{folder / 'examples'}: no {INPUTS}; a connector shows what it does by examples"]
    return [problem for file in inputs for problem in _check(found, file)]


def example_payloads(connector: Connector, file: Path) -> list[Payload]:
    """The payloads of an example, numbered from 1, as the connector's feeds would give them.

    Raises:
        ConfigurationError: the file cannot be read as a whole.
    """
    context = _context(file)
    settings = _reading(connector, file)
    if not file.is_file():
        raise ConfigurationError(f"{file}: no such file; name a readable file")
    try:
        with file.open("rb") as stream:
            found = list(payloads_of(stream, settings, file.name))
    except RejectedInput as error:
        found = [Payload(file.read_bytes(), refused=error)]
    return [
        replace(
            payload, place=number, identity=f"{file.name}:{number}", context={**payload.context, **context}
        )
        for number, payload in enumerate(found, 1)
    ]


class Given:
    """A source of ready payloads, all in one page."""

    def __init__(self, payloads: list[Payload]) -> None:
        self._payloads = tuple(payloads)

    def read(self, _position: str | None) -> Iterator[Page]:
        """One page."""
        yield Page(self._payloads, "{}")

    def acknowledge(self, position: str) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def _reading(connector: Connector, file: Path) -> Folder:
    """How to read an example: by its ending, with the settings of the feeds that have one."""
    suffix = Path(file.name.removesuffix(".gz")).suffix
    folders = [feed for feed in connector.feeds.values() if isinstance(feed, Folder)]
    own = [feed for feed in folders if feed.format != "whole"]
    form = _FORMATS.get(suffix, "whole")
    fitting = [feed for feed in own if feed.format == form]
    if fitting:
        return fitting[0]
    if form == "json":
        if folders and not own and not any(isinstance(feed, Rest) for feed in connector.feeds.values()):
            return Folder(format="whole")
        items = [feed.items for feed in connector.feeds.values() if isinstance(feed, Rest)]
        return Folder(format="json", items=items[0] if items else "")
    return Folder(format=form)


def _context(file: Path) -> dict[str, Any]:
    beside = file.with_name(f"{_what(file)}.context.json")
    if not beside.exists():
        return {}
    form = _json(beside)
    if not isinstance(form, dict):
        raise ConfigurationError(f"{beside}: not an object; mend the example")
    return form


def _check(found: Connector | Mapping, file: Path) -> Iterator[str]:
    what = _what(file)
    facts_file, rejected_file = file.with_name(f"{what}.events.json"), file.with_name(f"{what}.rejected.json")
    if not facts_file.exists() and not rejected_file.exists():
        yield f"{file}: neither {facts_file.name} nor {rejected_file.name} says what it must give; write one"
        return
    facts, rejected = _given(found, file)
    yield from _fact_differences(facts_file, facts)
    yield from _rejection_differences(rejected_file, rejected)


def given(folder: Path, file: Path) -> tuple[list[Fact], list[Rejection]]:
    """What a connector gives for an input: facts and refusals.

    Raises:
        ConfigurationError: the connector or the input cannot be read.
    """
    return _given(load_folder(folder), file)


def _given(found: Connector | Mapping, file: Path) -> tuple[list[Fact], list[Rejection]]:
    connector = found
    if isinstance(found, Mapping):
        if not (found.rest or found.mailbox or found.folder):
            return _all(FilesFeed(found, file, _now))
        connector = connector_of(found, {})
    assert isinstance(connector, Connector)
    return _all(MappedFeed(connector, Given(example_payloads(connector, file)), _now))


def _all(feed: FilesFeed | MappedFeed) -> tuple[list[Fact], list[Rejection]]:
    batches = list(feed.read(None))
    facts = [fact for batch in batches for fact in batch.facts]
    return facts, [rejection for batch in batches for rejection in batch.rejected]


def _now() -> int:
    return time.time_ns() // 1_000_000


def _what(file: Path) -> str:
    return file.name.partition(".input.")[0]


def _fact_differences(file: Path, facts: list[Fact]) -> Iterator[str]:
    expected = _array(file)
    if len(expected) != len(facts):
        yield f"{file}: {len(expected)} facts written, {len(facts)} given"
    for number, (form, fact) in enumerate(zip(expected, facts, strict=False)):
        try:
            wanted, _known_at = fact_from_json(json.dumps({"event_id": fact.event_id, **form}))
        except RejectedInput as error:
            raise ConfigurationError(f"{file}: fact {number}: {error}; mend the example") from None
        for field, written, given in zip(Fact._fields, wanted, fact, strict=True):
            if written != given:
                yield f"{file}: fact {number}: {field}: {written!r} written, {given!r} given"


def _rejection_differences(file: Path, rejected: list[Rejection]) -> Iterator[str]:
    expected = _array(file)
    if len(expected) != len(rejected):
        yield f"{file}: {len(expected)} rejections written, {len(rejected)} given"
    for form, rejection in zip(expected, rejected, strict=False):
        given = {"line": rejection.place, "reason": rejection.reason, "field": rejection.field}
        for name, value in form.items():
            if given.get(name) != value:
                yield f"{file}: line {rejection.place}: {name}: {value!r} written, {given.get(name)!r} given"


def _array(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    form = _json(file)
    if not isinstance(form, list) or not all(isinstance(item, dict) for item in form):
        raise ConfigurationError(f"{file}: not an array of objects; mend the example")
    return form


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{file}: not JSON: {error}; mend the example") from None
