"""Which mutants a process that waits may take, and that a function then has the other code."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.standby import UNFIT, Standby, is_for_standby, put
from tests.mutation.trial import IMPORTED, told

SOURCE = """\
from functools import cache, cached_property


def fee(pages, least=5):
    def more():
        return pages + 2
    return max(more(), least)


@cache
def kept(n):
    return n + 2


class Case:
    limit = 2

    def __init__(self):
        self.n = 2

    @property
    def late(self):
        return self.n > 2

    @cached_property
    def once(self):
        return self.n + 2

    @classmethod
    def made(cls):
        return cls.limit + 2

    @staticmethod
    def days():
        return 2

    @property
    def both(self):
        return 2

    @both.setter
    def both(self, value):
        self.n = value
"""


@pytest.fixture
def module() -> Iterator[ModuleType]:
    made = ModuleType("tariff")
    made.__file__ = "tariff.py"
    sys.modules["tariff"] = made
    exec(compile(SOURCE, "tariff.py", "exec"), vars(made))
    yield made
    del sys.modules["tariff"]


def changed(function: str, before: str, after: str) -> Mutant:
    mutants = [one for one in mutants_of(SOURCE) if one.function == function]
    [found] = [one for one in mutants if (one.before, one.after) == (before, after)]
    return found


def taken(module: ModuleType, function: str, before: str, after: str) -> bool:
    return put(module, function, changed(function, before, after).code)


def test_a_function_has_the_code_of_the_mutant(module: ModuleType) -> None:
    assert module.fee(9) == 11
    assert taken(module, "fee.more", "return pages + 2", "return pages - 2")
    assert module.fee(9) == 7


def test_what_a_decorated_function_kept_is_forgotten(module: ModuleType) -> None:
    assert module.kept(5) == 7
    assert taken(module, "kept", "return n + 2", "return n - 2")
    assert module.kept(5) == 3


def test_methods_are_found_below_their_decorators(module: ModuleType) -> None:
    assert taken(module, "Case.late", "return self.n > 2", "return self.n >= 2")
    assert taken(module, "Case.once", "return self.n + 2", "return self.n - 2")
    assert taken(module, "Case.made", "return cls.limit + 2", "return cls.limit - 2")
    assert taken(module, "Case.days", "return 2", "return 3")
    case = module.Case()
    assert (case.late, case.once, case.made(), case.days()) == (True, 0, 0, 3)


def test_of_two_functions_of_one_name_neither_is_taken(module: ModuleType) -> None:
    assert not taken(module, "Case.both", "return 2", "return 3")
    assert not put(module, "Case.unheard", SOURCE)
    assert module.Case().both == 2


def test_only_what_changes_lines_of_a_body_that_no_import_runs_is_for_the_process() -> None:
    body = changed("fee", "return max(more(), least)", "return min(more(), least)")
    assert is_for_standby(body, SOURCE, {7: ["a test"]})
    assert not is_for_standby(body, SOURCE, {5: ["a test", IMPORTED]})
    head = changed("fee", "def fee(pages, least=5):", "def fee(pages, least=6):")
    assert not is_for_standby(head, SOURCE, {7: ["a test"]})
    constant = changed("Case", "limit = 2", "limit = 3")
    assert not is_for_standby(constant, SOURCE, {})


def test_a_child_runs_tests_on_a_mutant_or_on_the_source_as_it_is(tmp_path: Path) -> None:
    for name, text in {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = ["--import-mode=importlib"]\n',
        "services/__init__.py": "",
        "services/tariff.py": SOURCE,
        "tests/test_tariff.py": "from services.tariff import fee\n\n\ndef test_fee():\n    assert fee(9) == 11\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    test, mutant = (
        "tests/test_tariff.py::test_fee",
        changed("fee.more", "return pages + 2", "return pages - 2"),
    )
    with (tmp_path / "log").open("wb") as log:
        standby = Standby(tmp_path, "services/tariff.py", ["tests/test_tariff.py"], log.fileno())
    try:
        assert standby.is_ready
        assert told(*standby.fork(mutant, [test], 60)) == {"status": 1, "by": test}
        assert told(*standby.fork(None, [test], 60)) == {"status": 0, "by": ""}
        assert told(*standby.fork(None, ["tests/test_tariff.py::test_unheard"], 60)) == {
            "status": UNFIT,
            "by": "",
        }
    finally:
        standby.close()


def test_a_process_whose_tests_cannot_be_collected_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text("import unheard\n")
    with (tmp_path / "log").open("wb") as log:
        standby = Standby(tmp_path, "services/tariff.py", ["test_broken.py"], log.fileno())
    assert not standby.is_ready
    standby.close()
