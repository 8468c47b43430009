"""Sources that share files of tests: each file runs once, and says of each source which tests run its lines."""

from pathlib import Path

import pytest

from tests.mutation.first_runs import FirstRuns
from tests.mutation.subjects import Subject

FILES = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = ["--import-mode=importlib"]\n',
    "services/__init__.py": "",
    "services/fee.py": "def fee(pages):\n    return pages + 2\n",
    "services/due.py": "def due(day):\n    return day + 3\n",
    "tests/test_both.py": (
        "from pathlib import Path\n\nfrom services.due import due\nfrom services.fee import fee\n\n\n"
        "def test_both():\n    with Path('runs').open('a') as file:\n        file.write('+')\n"
        "    assert fee(1) == due(0)\n"
    ),
    "tests/test_due.py": "from services.due import due\n\n\ndef test_due():\n    assert due(4) == 7\n",
}
FEE = Subject("services/fee.py", ("tests/test_both.py",))
DUE = Subject("services/due.py", ("tests/test_both.py", "tests/test_due.py"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_tests_that_two_sources_share_run_once_and_tell_of_both(root: Path) -> None:
    runs = FirstRuns(root, [FEE, DUE], root / "log")
    both, due = "tests/test_both.py::test_both", "tests/test_due.py::test_due"
    fee_run, due_run = runs.of(FEE), runs.of(DUE)
    assert (fee_run.lines[2], due_run.lines[2]) == ([both], [both, due])
    assert (set(fee_run.seconds), set(due_run.seconds)) == ({both}, {both, due})
    assert "pathlib" in fee_run.modules
    assert (root / "runs").read_text() == "+"
