"""The rules on schemas: alone, against other versions of their subject, and against other subjects.

Fastavro and the official `avro` package are both asked: each accepts what the other refuses.
"""

import json
import warnings
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from typing import Any, Final

import fastavro
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.errors import AvroException
from avro.schema import Schema
from avro.schema import parse as parse_official
from fastavro.schema import SchemaParseException, UnknownType

from egovhub.contract import FACT_SUBJECTS
from egovhub.contract_folder import Folder
from egovhub.decoder import compile_decoder
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.schema_lint import definitions, lint, lint_pair
from egovhub.writer import compile_writer

_NO_SCHEMA: Final = (AttributeError, KeyError, TypeError, ValueError)
"""What code that expects a schema raises for JSON that is none."""


def parsed_by_both(folder: Folder) -> Iterator[str]:
    """Both Avro libraries parse every schema, without as much as a warning."""
    for (subject, number), schema in folder.schemas.items():
        for library, parse in (("fastavro", _parse_fastavro), ("avro", _parse_official)):
            try:
                parse(schema)
            except (SchemaParseException, UnknownType, AvroException, Warning, *_NO_SCHEMA) as error:
                what = " ".join(str(error).split())
                yield f"{subject}/{number}.avsc: {library} refuses it ({what}); correct the schema"


def linted(folder: Folder) -> Iterator[str]:
    """What no parser minds, on each schema alone."""
    for (subject, number), schema in folder.schemas.items():
        try:
            yield from [f"{subject}/{number}.avsc: {problem}" for problem in lint(schema)]
        except _NO_SCHEMA as error:
            yield f"{subject}/{number}.avsc: it has not the shape of a schema ({error!r}); correct it"


def compatible(folder: Folder) -> Iterator[str]:
    """FULL_TRANSITIVE: of all versions of a subject, each reads what each other wrote."""
    for subject in folder.latest:
        for older, newer in combinations(folder.versions(subject), 2):
            file = f"{subject}/{newer}.avsc"
            old, new = folder.schemas[subject, older], folder.schemas[subject, newer]
            try:
                found = [f"{problem} (against version {older})" for problem in lint_pair(old, new)]
                found += _incompatible(old, new, older, newer)
            except (AvroException, Warning, *_NO_SCHEMA):
                found = [f"it cannot be held against version {older}; correct what is said of either"]
            yield from (f"{file}: {problem}" for problem in found)


def _incompatible(old: Any, new: Any, older: int, newer: int) -> Iterator[str]:
    for reader, writer, who, whose in ((new, old, newer, older), (old, new, older, newer)):
        checker = ReaderWriterCompatibilityChecker()  # type: ignore[no-untyped-call]
        result = checker.get_compatibility(_parse_official(reader), _parse_official(writer))
        if result.compatibility is not SchemaCompatibilityType.compatible:
            what, where = ", ".join(sorted(result.messages)), ", ".join(sorted(result.locations))
            yield (
                f"version {who} cannot read version {whose} ({what}, at {where}); "
                "each must read the other, so only add fields with a default"
            )


def named_once(folder: Folder) -> Iterator[str]:
    """A name stands for one thing in the latest versions together: other languages make one class of it."""
    meanings: dict[str, dict[str, str]] = defaultdict(dict)
    spellings: dict[str, set[str]] = defaultdict(set)
    for subject, key in folder.latest.items():
        for name, text in definitions(folder.schemas[key]):
            meanings[name].setdefault(text, f"{subject}/{key[1]}.avsc")
            spellings[name.lower()].add(name)
    for name, files in meanings.items():
        first, *others = files.values()
        for other in others:
            yield f"{other}: {name} is not what it is in {first}; define it alike or name it otherwise"
    for names in spellings.values():
        if len(names) > 1:
            yield f"{', '.join(sorted(names))}: names that differ in letter case only; give them other names"


def usable(folder: Folder) -> Iterator[str]:
    """The SDK's own writer and decoder can be made from every version."""
    for (subject, number), schema in folder.schemas.items():
        try:
            compile_writer(subject, schema)
            if subject in FACT_SUBJECTS:
                compile_decoder(subject, schema, folder.schemas[folder.latest[subject]])
        except ConfigurationError as error:
            yield f"{subject}/{number}.avsc: {error}; use what the SDK can read and write"
        except (RejectedInput, *_NO_SCHEMA) as error:
            yield f"{subject}/{number}.avsc: the SDK cannot use it ({error!r}); correct the schema"


def _parse_fastavro(schema: Any) -> Any:
    return fastavro.parse_schema(json.loads(json.dumps(schema)))


def _parse_official(schema: Any) -> Schema:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return parse_official(json.dumps(schema))
