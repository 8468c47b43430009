"""The exported tree is a schema registry to Confluent's own reader, which reads the messages of our codec."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from egovhub.codec import encode
from egovhub.contract import installed, schemas_dir
from egovhub.json_form import compile_reader
from egovhub.registry import export, main

EXAMPLES = sorted(schemas_dir().glob("*/examples/*/*.pass.json"))


class Quiet(SimpleHTTPRequestHandler):
    """A plain file server that writes no log."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    export(installed(), folder)
    return folder


@pytest.fixture(scope="module")
def address(tree: Path) -> Iterator[str]:
    """Address of a file server over the tree, on loopback and a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tree)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def foreign(address: str) -> Iterator[AvroDeserializer]:
    with SchemaRegistryClient({"url": address}) as client:
        yield AvroDeserializer(client)


def instants(schema: Any, value: Any) -> Any:
    """A record with its instants as the datetimes a foreign reader makes of them."""
    match schema:
        case ["null", some]:
            return None if value is None else instants(some, value)
        case {"logicalType": "timestamp-millis"}:
            return datetime.fromtimestamp(value / 1000, UTC)
        case {"type": "record", "fields": fields}:
            return {f["name"]: instants(f["type"], value.get(f["name"], f.get("default"))) for f in fields}
        case {"type": "array", "items": items}:
            return [instants(items, one) for one in value]
        case _:
            return value


@pytest.mark.parametrize(
    "file",
    [file for file in EXAMPLES if "no-calendar" not in file.name],
    ids=lambda file: str(file.relative_to(schemas_dir())),
)
def test_a_message_of_our_codec_is_read_by_confluents_reader(file: Path, foreign: AvroDeserializer) -> None:
    version = installed().version(file.parts[-4])
    record = compile_reader(version.schema)(json.loads(file.read_text(encoding="utf-8")))
    message = encode(version.subject, record)
    assert foreign(message, SerializationContext("facts", MessageField.VALUE)) == instants(
        version.schema, record
    )


def test_a_schema_is_found_by_name_and_version(address: str) -> None:
    with SchemaRegistryClient({"url": address}) as client:
        latest = client.get_latest_version("civil-status")
        first = client.get_version("civil-status", 1)
    assert latest.schema_id == 1003
    assert first.schema is not None
    assert json.loads(first.schema.schema_str or "") == installed().by_id[1003].schema


def test_the_tree_holds_every_version_and_the_lists(tree: Path) -> None:
    assert {int(file.name) for file in (tree / "schemas" / "ids").iterdir()} == set(installed().by_id)
    subjects = json.loads((tree / "subjects" / "index.json").read_text(encoding="utf-8"))
    assert subjects == sorted(installed().latest)
    for subject in subjects:
        numbers = json.loads(
            (tree / "subjects" / subject / "versions" / "index.json").read_text(encoding="utf-8")
        )
        assert all((tree / "subjects" / subject / "versions" / str(number)).is_file() for number in numbers)


def test_the_same_contract_gives_the_same_files(tree: Path, tmp_path: Path) -> None:
    assert main([str(tmp_path / "again")]) == 0
    for file in export(installed(), tmp_path / "other"):
        path = file.relative_to(tmp_path / "other")
        assert file.read_bytes() == (tmp_path / "again" / path).read_bytes() == (tree / path).read_bytes()


def test_a_target_that_is_a_file_is_named_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    assert main([str(tmp_path / "file")]) == 2
    assert "give a folder that can be written to" in capsys.readouterr().err


def test_a_contract_without_its_schemas_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ids.json").write_text('{"1000": "documents/1", "1001": "onestop/1"}', encoding="ascii")
    assert main([str(tmp_path / "tree"), "--schemas", str(tmp_path)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in said] == ["documents/1.avsc", "onestop/1.avsc"]
