"""The rule on examples: every version has some that pass and some that fail, and they do."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from fastavro import parse_schema, schemaless_reader

from egovhub.codec import plain
from egovhub.contract import FACT_SUBJECTS
from egovhub.contract_folder import Folder, Key, strict_json
from egovhub.decoder import compile_decoder
from egovhub.errors import REASONS, ConfigurationError, RejectedInput
from egovhub.json_form import compile_reader
from egovhub.writer import compile_writer

_GOOD: Final = ".pass.json"
_BAD: Final = ".fail.json"
_UNUSABLE: Final = (AttributeError, ConfigurationError, KeyError, TypeError, ValueError)
"""What comes of a schema that other rules refuse, and of an example that is none."""


def exemplified(folder: Folder) -> Iterator[str]:
    """The problems of all examples, and of versions without any."""
    for key in folder.schemas:
        at = f"{key[0]}/examples/{key[1]}"
        files = sorted((folder.path / at).glob("*"))
        for kind in (_GOOD, _BAD):
            if not any(file.name.endswith(kind) for file in files):
                yield f"{at}: no *{kind}; write one at least"
        for file in files:
            if problem := _judge(file, folder, key):
                yield f"{at}/{file.name}: {problem}"
    for stray in sorted(folder.path.glob("*/examples/*")):
        subject, number = stray.parent.parent.name, stray.name
        if f"{subject}/{number}" not in {f"{name}/{n}" for name, n in folder.files}:
            yield f"{subject}/examples/{number}: there is no such version; remove or renumber it"


def _judge(file: Path, folder: Folder, key: Key) -> str | None:
    """What is wrong with one example."""
    try:
        example = strict_json(file.read_bytes())
        if file.name.endswith(_GOOD):
            return _judge_pass(example, folder, key)
        if file.name.endswith(_BAD):
            return _judge_fail(example, folder, key)
    except _UNUSABLE as error:
        return f"it cannot be judged ({error!r}); correct the example or the schema"
    return f"the name does not say what it is; call it *{_GOOD} or *{_BAD}"


def _judge_pass(example: Any, folder: Folder, key: Key) -> str | None:
    try:
        _try(example, folder, key)
    except RejectedInput as rejected:
        return f"it should pass but is refused for {rejected}; correct it or call it *{_BAD}"
    return None


def _judge_fail(example: Any, folder: Folder, key: Key) -> str | None:
    reason, field = example["reason"], example["field"]
    if reason not in REASONS:
        return f"{reason} is no reason; name one of egovhub.errors.REASONS"
    try:
        _try(example["record"], folder, key)
    except RejectedInput as rejected:
        if (rejected.reason, rejected.detail.split(" ")[0]) == (reason, field):
            return None
        return f"it should be refused for {reason}: {field} but is for {rejected}; correct it"
    return f"it should be refused for {reason}: {field} but passes; correct it or call it *{_GOOD}"


def _try(form: Any, folder: Folder, key: Key) -> None:
    """Write a record, read it back by fastavro and, if it is a fact, by our decoder."""
    subject, schema = key[0], folder.schemas[key]
    body = compile_writer(subject, schema)(compile_reader(schema)(form))
    schemaless_reader(BytesIO(body), parse_schema(plain(schema)), None)
    if subject in FACT_SUBJECTS:
        compile_decoder(subject, schema, folder.schemas[folder.latest[subject]])(body, 0, len(body))
