"""Connectors of configuration alone that are fed by a feed, and how folders and settings are found."""

import json
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from egovhub.configured import connector_of, feeds_of
from egovhub.connector import Connector, Context, Payload
from egovhub.errors import ConfigurationError, RejectedInput
from egovhub.events import Fact, Kind
from egovhub.examples import check_folder
from egovhub.folder import Folder
from egovhub.loading import changed, load_connector, read_settings, with_settings
from egovhub.mailbox import Mailbox
from egovhub.mapped import MappedFeed
from egovhub.mapping import load_mapping
from egovhub.rest import ByNumber, Rest
from egovhub.scaffold import new
from egovhub.starting import Chosen, find_connector, start
from egovhub.suite import Suite

from tests.simulators.dropper import Dropper
from tests.unit.sdk.draw import HEAD, NOW, log_file, mapping, row
from tests.unit.sdk.suite_build import write_connector

FACT = """
[[fact]]
kind = "STEP"
occurred_at = "times.at"
unit = "unit"
source_status = "state"
"""
STATES = HEAD + 'states = true\nversion = "version"\n' + FACT


def facts(folder: Path, text: str, *values: Any) -> list[Fact]:
    made = connector_of(mapping(folder, text), {})
    found: list[Fact] = []
    for value in values:
        for each in made.mapping(Payload(json.dumps(value).encode())):
            found += [each] if isinstance(each, Fact) else each.facts
    return found


def value(**fields: Any) -> dict[str, Any]:
    return {"case": 7, "times": {"at": "2024-01-01T00:00:00Z"}, "state": True, **fields}


def test_columns_are_paths_and_numbers_and_truth_values_are_texts(tmp_path: Path) -> None:
    (fact,) = facts(tmp_path, HEAD + FACT, value(unit=None))
    assert (fact.case_id, fact.source_status, fact.unit) == ("log:7", "true", None)
    assert fact.occurred_at == 1_704_067_200_000


@pytest.mark.parametrize("wrong", [{"unit": ["x"]}, {"unit": {}}, {"times": 3}, {"case": None}])
def test_what_is_no_text_refuses_the_row(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(RejectedInput):
        facts(tmp_path, HEAD + FACT, value(**wrong))


def test_a_column_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    (fact,) = facts(tmp_path, HEAD + FACT, {"case": "1", "times.at": "2024-01-01T00:00:00Z"})
    assert fact.case_id == "log:1"


def test_rows_that_are_states_become_snapshots_with_a_version(tmp_path: Path) -> None:
    made = connector_of(mapping(tmp_path, STATES), {})
    (snapshot,) = made.mapping(Payload(json.dumps(value(version=5)).encode()))
    assert not isinstance(snapshot, Fact)
    assert (snapshot.case_id, snapshot.version, len(snapshot.facts)) == ("log:7", 5, 1)


def feeds(folder: Path, text: str) -> Any:
    return feeds_of(mapping(folder, text), "mapping.toml")


def test_feeds_stand_in_tables_and_know_what_the_mapping_says_already(tmp_path: Path) -> None:
    text = (
        HEAD
        + '[rest]\nurl = "http://x"\nidentity = ["case"]\n[folder]\npatterns = ["*.csv"]\n[mailbox]\n'
        + FACT
    )
    made = feeds(tmp_path, text)
    assert isinstance(made["rest"], Rest)
    assert made["rest"].zone == "Europe/Amsterdam"
    assert isinstance(made["folder"], Folder)
    assert made["folder"].format == "csv"
    assert isinstance(made["mailbox"], Mailbox)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[rest]\npath = "/x"\n' + FACT, "mapping.toml: rest.feed: needs identity"),
        ('[folder]\npattern = ["*"]\n' + FACT, "mapping.toml: folder.pattern: is no setting of the feed"),
        ("[folder]\n" + FACT + 'per = "case"\n', "fact.per: 'case' needs a whole file"),
    ],
)
def test_feeds_that_cannot_work_are_told_by_table_and_field(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        feeds(tmp_path, HEAD + text)


def context(*, once: bool = True) -> Context:
    return Context(lambda: NOW, Event(), once=once)


def published(chosen: Chosen) -> list[str]:
    started = start(chosen, context())
    try:
        return [fact.case_id for batch in started.feed.read(None) for fact in batch.facts]
    finally:
        started.close()


def test_a_mapping_without_a_feed_reads_a_file_or_the_files_of_a_folder(tmp_path: Path) -> None:
    mapping(tmp_path, HEAD + '[[fact]]\nkind = "STEP"\noccurred_at = "at"\n')
    file = log_file(tmp_path, [row("1", 1), row("2", 2)])
    assert published(Chosen(tmp_path / "mapping.toml", input=file)) == ["log:1", "log:2"]
    dropper = Dropper(tmp_path / "in")
    dropper.drop("a.csv", file.read_bytes(), packed=True)
    assert published(Chosen(tmp_path / "mapping.toml", input=dropper.folder)) == ["log:1", "log:2"]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({}, "has no feed of its own; name a file or a folder with --input"),
        ({"input": Path("nope.csv")}, "nope.csv: No such file or directory"),
    ],
)
def test_a_mapping_without_anything_to_read_is_told(
    tmp_path: Path, chosen: dict[str, Any], says: str
) -> None:
    mapping(tmp_path, HEAD + FACT)
    with pytest.raises(ConfigurationError, match=says):
        start(Chosen(tmp_path, **chosen), context())


def test_the_feed_is_the_one_that_fits_what_is_given(tmp_path: Path) -> None:
    folder = new("my-system", tmp_path)
    dropper = Dropper(tmp_path / "in")
    dropper.drop("a.json", (folder / "examples" / "cases.input.json").read_bytes())
    assert published(Chosen(folder, input=dropper.folder)) == ["my-system:C-0001"] + ["my-system:C-0002"] * 2
    with pytest.raises(ConfigurationError, match=r"rest: url: '' is no address"):
        start(Chosen(folder), context())
    with pytest.raises(ConfigurationError, match="--feed: 'mailbox' is no feed of it; it has rest, folder"):
        start(Chosen(folder, feed="mailbox"), context())
    started = start(Chosen(folder, url="http://127.0.0.1:1", sandbox=True), context())
    assert (started.sandbox, started.poll_seconds) == (True, 10)
    started.close()


def test_settings_of_an_instance_change_its_feeds(tmp_path: Path) -> None:
    connector = load_connector(new("my-system", tmp_path))
    file = tmp_path / "hp.toml"
    file.write_text('sandbox = true\n[rest]\nurl = "http://hp"\ncursor = { parameter = "p", field = "f" }\n')
    made = with_settings(connector, read_settings(file), str(file))
    assert made.sandbox
    rest = made.feeds["rest"]
    assert isinstance(rest, Rest)
    assert rest.cursor
    assert (rest.url, rest.path, rest.cursor.parameter) == ("http://hp", "/cases", "p")
    assert isinstance(rest.paging, ByNumber)
    assert not connector.sandbox


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('sandbox = "yes"', "sandbox: is neither sandbox nor a feed"),
        ("[mail]\n", "mail: is neither sandbox nor a feed; the connector has rest, folder"),
        ('[rest]\ncolour = "x"', r"hp.toml: rest.colour: is no setting of the feed"),
        ("[rest", "not TOML"),
    ],
)
def test_settings_that_cannot_work_are_told(tmp_path: Path, text: str, says: str) -> None:
    connector = load_connector(new("my-system", tmp_path))
    file = tmp_path / "hp.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=says):
        with_settings(connector, read_settings(file), str(file))


def test_a_missing_settings_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file or directory; name a settings file"):
        read_settings(tmp_path / "nope.toml")


def test_settings_are_changed_without_forgetting_the_others() -> None:
    rest = Rest(identity=("n",), paging=ByNumber(size=7))
    assert changed(rest, {"url": "http://x"}) == Rest(
        identity=("n",), paging=ByNumber(size=7), url="http://x"
    )


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("no_object", "", "has no Connector called `connector`"),
        ("other_object", "connector = 1", "has no Connector called `connector`"),
        ("not-a-package", "connector = 1", "is no name of a Python package"),
        ("no_feeds", None, "the connector has no feeds"),
    ],
)
def test_a_folder_that_is_no_connector_is_told(
    tmp_path: Path, name: str, text: str | None, says: str
) -> None:
    folder = tmp_path / name
    if text is None:
        text = (
            "from egovhub.connector import Connector\nfrom egovhub.origin import Origin\n"
            "connector = Connector(Origin('a', 'onestop'), lambda payload: (), {})\n"
        )
    folder.mkdir()
    (folder / "connector.py").write_text(text)
    with pytest.raises(ConfigurationError, match=says):
        load_connector(folder)


def test_two_connectors_of_one_name_are_each_their_own(tmp_path: Path) -> None:
    one, other = (write_connector(tmp_path / place / "same_name") for place in ("a", "b"))
    text = (other / "mapping.py").read_text().replace('Origin("permits"', 'Origin("others"')
    (other / "mapping.py").write_text(text)
    sys.modules.pop("same_name.mapping", None)
    sys.modules.pop("same_name.connector", None)
    assert load_connector(other).origin.source == "others"
    assert load_connector(one).origin.source == "permits"
    assert load_connector(other).origin.source == "others"


@pytest.mark.parametrize("toml", [False, True])
def test_a_new_connector_passes_its_suite_at_once(tmp_path: Path, toml: bool) -> None:
    folder = new("my-system", tmp_path, toml=toml)
    assert check_folder(folder) == []
    assert {result.outcome for result in Suite(folder).results()} == {"passed", "not applicable"}
    assert (folder / "README.md").read_text().startswith("# my-system\n")
    if not toml:
        assert len((folder / "connector.py").read_text().splitlines()) <= 25


@pytest.mark.parametrize("name", ["", "My", "1a", "a b", "a/b", "../a", "a-"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="is no name of a connector"):
        new(name, tmp_path)


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    new("a", tmp_path)
    with pytest.raises(ConfigurationError, match="is there already"):
        new("a", tmp_path)


def test_a_connector_of_either_kind_is_found(tmp_path: Path) -> None:
    assert isinstance(find_connector(new("code", tmp_path)), Connector)
    assert isinstance(find_connector(new("conf", tmp_path, toml=True)), Connector)
    mapping(tmp_path, HEAD + FACT)
    assert find_connector(tmp_path / "mapping.toml") == load_mapping(tmp_path / "mapping.toml")


def test_a_configured_state_that_changes_is_retracted(tmp_path: Path) -> None:
    made = connector_of(mapping(tmp_path, STATES), feeds(tmp_path, STATES + "[folder]\nformat = 'ndjson'\n"))
    dropper = Dropper(tmp_path / "in")
    lines = [value(state="a", version=1), value(state="b", version=2), value(state="a", version=1)]
    dropper.drop("a.ndjson", "\n".join(map(json.dumps, lines)))
    settings = Folder(path=dropper.folder, format="ndjson")
    feed = MappedFeed(made, settings.open(context()), lambda: NOW)
    kinds = [fact.kind for batch in feed.read(None) for fact in batch.facts]
    assert kinds == [Kind.STEP, Kind.RETRACTED, Kind.STEP]
    feed.close()
