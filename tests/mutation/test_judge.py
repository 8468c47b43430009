"""What becomes of the mutants of a small source with tests of its own."""

from pathlib import Path

import pytest

from tests.mutation import trial
from tests.mutation.first_runs import CannotMeasure
from tests.mutation.judge import Judge
from tests.mutation.mutants import mutants_of
from tests.mutation.results import BROKEN, KILLED, SURVIVED, TIMEOUT, Verdict
from tests.mutation.subjects import Subject, subjects

SETTINGS = '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = ["--import-mode=importlib"]\n'
SOURCE = """\
ROWS = {"a": 1}
FIRST = min(ROWS)


def fee(pages):
    return 3 if pages > 10 else 5


def unused():
    return 7


def steps(n):
    found = 0
    while n > 0:
        n = n - 1
        found += 1
    return found
"""
TESTS = """\
from services.domain.tariff import FIRST, ROWS, fee, steps


def test_fee():
    assert (fee(11), fee(9)) == (3, 5)


def test_steps():
    assert steps(3) == 3


def test_rows():
    assert ROWS == {"a": 1} and FIRST == "a"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "pyproject.toml": SETTINGS,
        "services/__init__.py": "",
        "services/domain/__init__.py": "",
        "services/domain/tariff.py": SOURCE,
        "tests/unit/domain/test_tariff.py": TESTS,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def subject_of(root: Path) -> Subject:
    (subject,) = subjects(root)
    return subject


def test_each_mutant_is_killed_by_a_test_or_the_time_limit_or_survives_or_cannot_be_imported(
    root: Path,
) -> None:
    judge = Judge(root, subject_of(root), root / "log")
    found = {mutant.after: verdict for mutant, verdict in judge.verdicts(mutants_of(SOURCE), jobs=2)}
    test = "tests/unit/domain/test_tariff.py::test_"
    assert found["return 3 if pages > 11 else 5"] == Verdict(KILLED, f"{test}fee")
    assert found["return 3 if pages >= 10 else 5"] == Verdict(SURVIVED)
    assert found["n = n + 1"] == Verdict(TIMEOUT)
    assert found["FIRST = min(None)"] == Verdict(BROKEN)
    assert found['ROWS = {"XXaXX": 1}'] == Verdict(KILLED, f"{test}rows")
    assert found["return 8"] == Verdict(SURVIVED), "no test runs it"


def test_what_the_first_round_of_tests_misses_falls_in_another(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "ROUNDS", (1,))
    judge = Judge(root, subject_of(root), root / "log")
    found = {mutant.after: verdict for mutant, verdict in judge.verdicts(mutants_of(SOURCE), jobs=1)}
    assert found['ROWS = {"XXaXX": 1}'].outcome == KILLED
    assert found['ROWS = {"a": 2}'].outcome == KILLED
    assert found["return 3 if pages >= 10 else 5"] == Verdict(SURVIVED)


def test_quick_tests_that_killed_most_run_first(root: Path) -> None:
    judge = Judge(root, subject_of(root), root / "log")
    fee, steps, rows = (f"tests/unit/domain/test_tariff.py::test_{name}" for name in ("fee", "steps", "rows"))
    judge.seconds = {fee: 0.01, steps: 0.02, rows: 9.0}
    judge.kills.update({fee: 1, steps: 2, rows: 7})
    assert sorted([fee, steps, rows], key=judge.promise) == [steps, fee, rows]


def test_tests_that_fail_on_the_source_as_it_is_are_an_error(root: Path) -> None:
    (root / "tests/unit/domain/test_tariff.py").write_text("def test_no():\n    assert False\n")
    with pytest.raises(CannotMeasure, match="fail before anything is changed"):
        Judge(root, subject_of(root), root / "log")


def test_a_source_without_tests_is_an_error(root: Path) -> None:
    (root / "tests/unit/domain/test_tariff.py").unlink()
    with pytest.raises(CannotMeasure, match="no test bears its name"):
        Judge(root, subject_of(root), root / "log")
