from pathlib import Path

import pytest

from tests.faults.__main__ import check
from tests.faults.results import Result, Round, digest_of, read, write
from tests.faults.world import Findings

ROUND = Round("documents", "mailbox", "kills")
ASKED = {"seed": 5}


def result(*differences: str) -> Result:
    return Result.of(ASKED, "digest", 12.34, Findings([*differences], {"kills": 20, "inputs": 1234}))


def test_a_kept_result_comes_back_as_it_was(tmp_path: Path) -> None:
    write(ROUND, result("1 facts are lost"), tmp_path)
    assert read(ROUND, tmp_path) == result("1 facts are lost")


def test_a_round_that_was_never_run_has_no_result(tmp_path: Path) -> None:
    assert read(ROUND, tmp_path) is None


def test_a_result_answers_its_own_question_alone() -> None:
    assert result().fits(ASKED, "digest")
    assert not result().fits({"seed": 6}, "digest")
    assert not result().fits(ASKED, "another")


def test_a_result_is_told_in_one_line_and_its_differences_below() -> None:
    assert result().line(ROUND) == "documents/mailbox kills: well; 20 kills, 1,234 inputs, 12 s"
    first, second = result("1 facts are lost").line(ROUND).splitlines()
    assert first.startswith("documents/mailbox kills: NOT WELL;")
    assert second == "  1 facts are lost"


def test_the_digest_changes_with_the_connector_and_not_with_another(tmp_path: Path) -> None:
    for name in ("documents", "onestop"):
        (tmp_path / "connectors" / name).mkdir(parents=True)
        (tmp_path / "connectors" / name / "mapping.py").write_text("one = 1\n")
    before = digest_of("documents", tmp_path)
    digest_of.cache_clear()
    (tmp_path / "connectors" / "onestop" / "mapping.py").write_text("one = 2\n")
    assert digest_of("documents", tmp_path) == before
    digest_of.cache_clear()
    (tmp_path / "connectors" / "documents" / "mapping.py").write_text("one = 2\n")
    assert digest_of("documents", tmp_path) != before


@pytest.mark.parametrize(
    ("kept", "asked", "well"),
    [
        (result(), ASKED, True),
        (result("1 facts are lost"), ASKED, False),
        (result(), {"seed": 6}, False),
        (None, ASKED, False),
    ],
)
def test_a_check_wants_every_round_well_and_of_these_sources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Result | None, asked: dict[str, int], well: bool
) -> None:
    monkeypatch.setattr("tests.faults.__main__.read", lambda of: kept)
    monkeypatch.setattr("tests.faults.__main__.digest_of", lambda connector: "digest")
    assert check([ROUND], asked) == well
