import json
from pathlib import Path
from typing import Any

import pytest
from egovhub.errors import ConfigurationError
from egovhub.testing import assert_examples, check_examples

from tests.unit.sdk.draw import COLUMNS, HEAD, STEP, mapping, row

FACT = {
    "source": "log",
    "domain": "ONESTOP",
    "case_id": "log:1",
    "kind": "STEP",
    "occurred_at": "2024-01-31T23:00:01Z",
}
REJECTED = {"line": 3, "reason": "bad-row"}


@pytest.fixture
def connector(tmp_path: Path) -> Path:
    """A folder with one example of a good row and a broken one, as written."""
    mapping(tmp_path, HEAD + STEP)
    examples = tmp_path / "examples"
    examples.mkdir()
    (examples / "one.input.csv").write_text(f"{COLUMNS}\n{row('1', 1)}\nbroken\n")
    write(tmp_path, "events", [FACT])
    write(tmp_path, "rejected", [REJECTED])
    return tmp_path


def write(connector: Path, what: str, content: Any) -> None:
    (connector / "examples" / f"one.{what}.json").write_text(json.dumps(content))


def test_examples_that_are_as_written_pass(connector: Path) -> None:
    assert_examples(connector)


@pytest.mark.parametrize(
    ("what", "content", "problem"),
    [
        ("events", [], "one.events.json: 0 facts written, 1 given"),
        ("events", [FACT, FACT], "one.events.json: 2 facts written, 1 given"),
        ("events", [FACT | {"unit": "u"}], "one.events.json: fact 0: unit: 'u' written, None given"),
        ("events", [FACT | {"event_id": "e"}], "one.events.json: fact 0: event_id: 'e' written, "),
        ("events", [FACT | {"kind": "RECEIVED"}], "one.events.json: fact 0: kind: "),
        ("rejected", [], "one.rejected.json: 0 rejections written, 1 given"),
        ("rejected", [REJECTED | {"line": 4}], "one.rejected.json: line 3: line: 4 written, 3 given"),
        (
            "rejected",
            [REJECTED | {"reason": "bad-text"}],
            "one.rejected.json: line 3: reason: 'bad-text' written",
        ),
        ("rejected", [REJECTED | {"field": "x"}], "one.rejected.json: line 3: field: 'x' written"),
    ],
)
def test_an_example_that_is_not_as_written_is_told(
    connector: Path, what: str, content: Any, problem: str
) -> None:
    write(connector, what, content)
    (found,) = check_examples(connector)
    assert problem in found
    with pytest.raises(AssertionError, match="examples"):
        assert_examples(connector)


def test_without_a_file_of_rejections_there_must_be_none(connector: Path) -> None:
    (connector / "examples" / "one.rejected.json").unlink()
    assert "0 rejections written, 1 given" in check_examples(connector)[0]


def test_an_example_without_expectation_is_told(connector: Path) -> None:
    (connector / "examples" / "one.rejected.json").unlink()
    (connector / "examples" / "one.events.json").unlink()
    assert "neither one.events.json nor one.rejected.json" in check_examples(connector)[0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not JSON"),
        ("{}", "not an array of objects"),
        ('[{"kind": 1}]', "fact 0: missing-value|fact 0: bad-value"),
    ],
)
def test_an_expectation_that_cannot_be_read_is_named(connector: Path, content: str, message: str) -> None:
    (connector / "examples" / "one.events.json").write_text(content)
    with pytest.raises(ConfigurationError, match=f"one.events.json: ({message})"):
        check_examples(connector)
