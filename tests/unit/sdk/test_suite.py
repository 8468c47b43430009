"""The conformance suite: a good connector passes, and each planted defect is caught by the check meant for it."""

import json
from pathlib import Path

import pytest
from egovhub.connector import Payload
from egovhub.mailbox import Mailbox
from egovhub.rest import Rest
from egovhub.suite import CHECKS, NAMES, Suite
from egovhub.testing import connector_suite, run_suite

from tests.unit.sdk.suite_build import FEED, MAPPING, ROW, write_connector
from tests.unit.sdk.suite_defects import DEFECTS, Defect

FEEDS = {
    "token": FEED.replace("ByNumber()", "ByToken()"),
    "link": FEED.replace("ByNumber()", "ByLink()"),
    "cursor": FEED.replace("ByNumber()", "ByCursor(size=10)"),
    "one_answer": FEED.replace("paging=ByNumber(), ", ""),
    "exclusive": FEED.replace('"updated_at"', '"updated_at", inclusive=False'),
    "windows": (
        'Rest(path="/p", items="data", paging=ByNumber(), identity=("id",), auth=Basic(username="u", secret_env="P"),'
        ' windows=Windows(start_parameter="from", end_parameter="to", days=5))'
    ),
    "list": (
        'Rest(path="/p", items="data", paging=ByNumber(), identity=("id",), each={"module": ("KS", "KT")},'
        ' method="POST", send="json", auth=OAuth2(token_url="http://x/t", client_id="c", secret_env="S"))'
    ),
    "mailbox": "Mailbox()",
    "folder": 'Folder(patterns=("*.json",), format="json", items="data")',
    "lines": 'Folder(patterns=("*.ndjson",), format="ndjson")',
    "documents": 'Folder(patterns=("*.json",), format="whole")',
}


def outcomes(folder: Path, protocol: Rest | Mailbox | None = None) -> dict[str, str]:
    return {
        result.check: f"{result.outcome}: {result.text}"
        for result in Suite(folder, protocol=protocol).results()
    }


def test_a_good_connector_passes(tmp_path: Path) -> None:
    results = run_suite(write_connector(tmp_path / "good_permits"))
    assert [result.check for result in results] == list(NAMES)
    assert {result.outcome for result in results if result.check != "exclusive"} == {"passed"}, [
        *map(str, results)
    ]


@pytest.mark.parametrize("name", FEEDS)
def test_a_good_connector_passes_on_every_feed_of_the_kit(name: str, tmp_path: Path) -> None:
    is_message = name in ("mailbox", "documents", "lines")
    folder = write_connector(tmp_path / f"good_{name}", feed=FEEDS[name], is_message=is_message)
    failed = [
        str(result) for result in run_suite(folder) if result.outcome not in ("passed", "not applicable")
    ]
    assert failed == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_planted_defect_is_caught_by_the_check_meant_for_it(defect: Defect, tmp_path: Path) -> None:
    mapping = MAPPING
    for before, after in defect.changes:
        assert before in mapping
        mapping = mapping.replace(before, after)
    folder = write_connector(
        tmp_path / defect.name,
        mapping=mapping,
        body=defect.body,
        feed=defect.feed,
        is_message=defect.is_message,
    )
    found = outcomes(folder, defect.protocol)
    assert defect.says in found[defect.check]
    assert [check for check, outcome in found.items() if outcome.startswith("failed")] == [defect.check]


def test_every_check_has_a_defect_that_it_finds(tmp_path: Path) -> None:
    assert {defect.check for defect in DEFECTS} == set(NAMES) - {"examples"}
    folder = write_connector(tmp_path / "wrong_example")
    (folder / "examples" / "rows.events.json").write_text("[]")
    assert "0 facts written, 4 given" in outcomes(folder)["examples"]


def test_a_check_that_presupposes_a_failed_one_is_not_run(tmp_path: Path) -> None:
    folder = write_connector(tmp_path / "no_example")
    (folder / "examples" / "rows.input.json").unlink()
    found = outcomes(folder)
    assert found.pop("examples").startswith("failed: ")
    assert set(found.values()) == {"not run: needs examples"}
    for place, check in enumerate(CHECKS):
        assert set(check.needs) <= set(NAMES[:place])


def test_a_connector_whose_examples_cannot_be_varied_gives_its_own_rows(tmp_path: Path) -> None:
    check = (
        '    native = row.text("id")[2:]\n'
        "    if not (native.isascii() and native.isdigit() and int(native) % 97 in (1, 2)):\n"
        '        raise RejectedInput("check-digit", "id")\n'
    )
    mapping = MAPPING.replace("    kind = row", check + "    kind = row")
    folder = write_connector(tmp_path / "check_digit", mapping=mapping)
    assert "give them by connector_suite(..., row=...)" in outcomes(folder)["unique-ids"]

    def row(number: int) -> Payload:
        value = ROW | {"id": f"P-{97 * number + 1}"}
        return Payload(json.dumps(value).encode(), value=value)

    failed = [str(result) for result in run_suite(folder, row=row) if result.outcome in ("failed", "not run")]
    assert failed == []


def test_an_agency_s_test_is_one_line(pytester: pytest.Pytester) -> None:
    folder = write_connector(pytester.path / "one_line")
    (folder / "test_it.py").write_text(
        "from pathlib import Path\n"
        "from egovhub.testing import connector_suite\n"
        "test_the_connector = connector_suite(Path(__file__).parent)\n"
    )
    pytester.runpytest_inprocess(folder, "-p", "no:cacheprovider").assert_outcomes(passed=len(NAMES))


def test_a_failed_check_fails_its_test_with_what_it_says(tmp_path: Path) -> None:
    folder = write_connector(
        tmp_path / "failing",
        mapping=MAPPING.replace("identity=(", "name=payload.place and str(payload.place), identity=("),
    )
    test = connector_suite(folder)
    with pytest.raises(AssertionError, match=r"failed: stable-ids: .*Make event ids by"):
        test("stable-ids")


def test_a_feed_the_suite_cannot_serve_is_told(tmp_path: Path) -> None:
    body = "class Own:\n    def open(self, context):\n        raise NotImplementedError\n\n"
    folder = write_connector(tmp_path / "own_feed", body=body, feed="Own()", is_message=True)
    assert "say what it speaks by connector_suite(..., protocol=Rest(...))" in outcomes(folder)["everything"]
    examples, *others = run_suite(tmp_path / "nowhere")
    assert (examples.outcome, {each.outcome for each in others}) == ("failed", {"not run"})
