"""What a connector's own tests need: its examples, held against what it really gives.

`examples/<what>.input.csv` stands beside `<what>.events.json`, the facts it must give as `egovhub preview`
prints them, in an array, and `<what>.rejected.json`, the rows it must refuse, as
`{"line": 3, "reason": "bad-row"}`. Either may be missing: then there must be none. An `event_id` or a `field`
that is left out may be any.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from egovhub.connector import Rejection
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact
from egovhub.files import FilesFeed
from egovhub.mapping import Mapping, load_mapping
from egovhub.ndjson import fact_from_json

INPUTS: Final = ("*.input.csv", "*.input.csv.gz")


def mapping_file(path: Path) -> Path:
    """The mapping a path names: the file itself, or the only `.toml` of a folder.

    Raises:
        ConfigurationError: the folder has none, or several.
    """
    if not path.is_dir():
        return path
    found = sorted(path.glob("*.toml"))
    if len(found) != 1:
        what = ", ".join(file.name for file in found) or "none"
        raise ConfigurationError(
            f"{path}: a connector's folder has one .toml, this one has {what}; name the file"
        )
    return found[0]


def check_examples(connector: Path) -> list[str]:
    """What is wrong with the examples of a connector's folder, a line each; nothing if all are as written.

    Raises:
        ConfigurationError: the mapping or an example cannot be read.
    """
    mapping = load_mapping(mapping_file(connector))
    inputs = example_inputs(connector)
    if not inputs:
        return [f"{connector / 'examples'}: no {INPUTS[0]}; a connector shows what it does by examples"]
    return [problem for file in inputs for problem in _check(mapping, file)]


def assert_examples(connector: Path) -> None:
    """Fail with every difference: one line in an agency's own test.

    Raises:
        AssertionError: an example is not as written.
    """
    if problems := check_examples(connector):
        raise AssertionError("\n".join(problems))


def example_inputs(connector: Path) -> list[Path]:
    """The inputs of a connector's examples."""
    return sorted(file for pattern in INPUTS for file in (connector / "examples").glob(pattern))


def _check(mapping: Mapping, file: Path) -> Iterator[str]:
    what = file.name.partition(".input.")[0]
    facts_file, rejected_file = file.with_name(f"{what}.events.json"), file.with_name(f"{what}.rejected.json")
    if not facts_file.exists() and not rejected_file.exists():
        yield f"{file}: neither {facts_file.name} nor {rejected_file.name} says what it must give; write one"
        return
    batches = list(FilesFeed(mapping, file, lambda: time.time_ns() // 1_000_000).read(None))
    facts = [fact for batch in batches for fact in batch.facts]
    rejected = [rejection for batch in batches for rejection in batch.rejected]
    yield from _fact_differences(facts_file, facts)
    yield from _rejection_differences(rejected_file, rejected)


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
    try:
        form = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{file}: not JSON: {error}; mend the example") from None
    if not isinstance(form, list) or not all(isinstance(item, dict) for item in form):
        raise ConfigurationError(f"{file}: not an array of objects; mend the example")
    return form
