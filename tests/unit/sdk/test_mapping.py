from pathlib import Path

import pytest
from egovhub.errors import ConfigurationError
from egovhub.mapping import load_mapping

from tests.unit.sdk.draw import HEAD, RECEIVED, STEP, mapping

ROOT = Path(__file__).resolve().parents[3]


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as wrong:
        mapping(folder, text)
    prefix = f"{folder / 'mapping.toml'}: "
    assert all(problem.startswith(prefix) for problem in wrong.value.problems)
    return [problem.removeprefix(prefix) for problem in wrong.value.problems]


def test_the_mapping_of_the_other_tests_is_good(tmp_path: Path) -> None:
    assert [rule.label for rule in mapping(tmp_path, HEAD + RECEIVED + STEP).fact] == ["RECEIVED", "STEP"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD, "fact: is missing; add it"),
        (HEAD.replace("zone", "zoned") + STEP, "zone: is missing; add it"),
        (
            HEAD.replace("Europe/Amsterdam", "Europe/Amsterdem") + STEP,
            "zone: 'Europe/Amsterdem' is no time zone",
        ),
        (HEAD.replace("Europe/Amsterdam", "../etc/passwd") + STEP, "zone: '../etc/passwd' is no time zone"),
        (
            HEAD.replace("onestop", "onestopp") + STEP,
            "domain: 'onestopp' is no domain; choose one of documents",
        ),
        (HEAD.replace('"log"', '"a log"') + STEP, "source: 'a log' is no name"),
        (HEAD + STEP + 'colour = "red"', "fact.0.colour: is no field of a mapping; take it out"),
        (HEAD + STEP + 'proceduer = "p"', "fact.0.proceduer: is no field of a mapping; write procedure"),
        (HEAD + STEP.replace("STEP", "STEPP"), "fact.0.kind: 'STEPP' is none of REGISTERED, RECEIVED"),
        (HEAD + STEP + STEP, "fact.1.name: two facts are called 'STEP'; give one another name"),
        (
            HEAD + STEP + 'channel = { value = "PIGEON" }',
            "fact.0.channel: 'PIGEON' is none of UNKNOWN, ONLINE",
        ),
        (
            HEAD + STEP + 'unit = { column = "a", value = "b" }',
            "fact.0.unit: needs one of column, columns and value",
        ),
        (HEAD + STEP + "unit = {}", "fact.0.unit: needs one of column, columns and value"),
        (
            HEAD + STEP + 'unit = { column = "a", otherwise = "b" }',
            "fact.0.unit: has otherwise without values",
        ),
        (HEAD + STEP + 'unit = { column = "a", values = "b" }', "fact.0.unit: there is no table [values.b]"),
        (HEAD + STEP + 'per = "file"', "fact.0.per: 'file': Input should be 'row' or 'case'"),
        (
            HEAD + STEP + 'details.colour = "a"',
            "fact.0.details.colour: onestop has no such detail; it has fee_amount",
        ),
        (
            HEAD + STEP + 'details.online_payment = { value = "CASH" }',
            "fact.0.details.online_payment: 'CASH' is none of UNKNOWN, NONE",
        ),
        (HEAD + STEP + '[times]\nformats = ["%H:%M"]', "times.formats.0: '%H:%M' does not say year"),
        (HEAD + STEP + "[times]\nformats = []", "times.formats: is empty; give at least one"),
        (HEAD + STEP + '[times]\nambiguous = "both"', "times.ambiguous: 'both'"),
        (HEAD + STEP + '[csv]\ndelimiter = "::"', "csv.delimiter: '::'"),
        (HEAD + STEP + '[csv]\nencoding = "utf-16"', "csv.encoding: 'utf-16'"),
        ("source = ", "not TOML: "),
        ('source = "a"\nsource = "b"', "not TOML: "),
    ],
)
def test_a_wrong_mapping_names_field_value_and_remedy(tmp_path: Path, text: str, problem: str) -> None:
    found = problems(tmp_path, text)
    assert any(line.startswith(problem) for line in found), found


def test_symbols_of_a_table_are_checked_too(tmp_path: Path) -> None:
    text = HEAD + STEP + 'channel = { column = "c", values = "channel" }\n[values.channel]\nDesk = "COUNTER"'
    assert problems(tmp_path, text) == [
        "fact.0.channel: 'COUNTER' is none of UNKNOWN, ONLINE, IN_PERSON, PUBLIC_POST, EMAIL, INTERNAL"
    ]


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = HEAD.replace("Europe/Amsterdam", "Mars").replace("onestop", "mars") + STEP + "colour = 1"
    assert len(problems(tmp_path, text)) == 3


def test_a_missing_mapping_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nope\.toml: No such file or directory; name a mapping"):
        load_mapping(tmp_path / "nope.toml")


def test_each_column_is_known_with_the_field_that_reads_it(tmp_path: Path) -> None:
    text = (
        HEAD + STEP + 'when = ["done", { column = "state", equals = "x" }]\nunit = { columns = ["a", "b"] }'
    )
    assert mapping(tmp_path, text).columns() == {
        "case": "case_id",
        "at": "fact.0.occurred_at",
        "a": "fact.0.unit",
        "b": "fact.0.unit",
        "done": "fact.0.when",
        "state": "fact.0.when",
        "task": "fact.0.identity",
    }


def test_the_mapping_in_the_readme_is_good(tmp_path: Path) -> None:
    readme = (ROOT / "connectors" / "sdk" / "README.md").read_text(encoding="utf-8")
    mappings = readme.partition("## A connector of configuration")[2]
    text = mappings.partition("```toml\n")[2].partition("```")[0]
    assert [rule.label for rule in mapping(tmp_path, text).fact] == ["RECEIVED", "PROCESSED", "STEP"]


def test_the_python_in_the_readme_can_be_compiled() -> None:
    readme = (ROOT / "connectors" / "sdk" / "README.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in readme.split("```python\n")[1:]]
    assert len(blocks) == 3
    for block in blocks:
        compile(block, "README.md", "exec")
