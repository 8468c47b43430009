"""Tests run in a forked child of a process that has imported everything but them and what they test.

A child imports the tests and the services anew, so a mutant is the module itself, constants and class bodies
included, and it costs a tenth of a second where a new interpreter costs two.
"""

import contextlib
import gc
import importlib
import json
import os
import pickle
import resource
import signal
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final

import hypothesis
import pytest

OURS = frozenset({"services", "tests"})
BROKEN = "broken"
# What runs a line besides tests: an import, or a fixture of more than one test.
IMPORTED, SHARED = "", "shared fixture"
MEMORY_BYTES = 4 << 30
# No one reads why a mutant fails, so its assertions need not be rewritten to tell.
ARGUMENTS = ("-x", "-q", "--no-header", "--assert=plain", "-p", "no:cacheprovider")
UNTOLD = ("--tb=no", "--show-capture=no")
# Where a round ends: most mutants fall in the first, and the files of the other tests are then never imported.
ROUNDS = (25, 250)
Answer = dict[str, Any]
PARSE: Final = tomllib.loads
PARSED: Final[dict[str, bytes]] = {}


class OneText(SourceFileLoader):
    """Loads a module from a text instead of its file."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.get_filename(fullname), "exec", dont_inherit=True)


class OneModule(MetaPathFinder):
    """Finds one module, whose text it was given."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        self.name, self.path, self.text = name, path, text

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        loader = OneText(fullname, str(self.path), self.text)
        return spec_from_file_location(fullname, self.path, loader=loader)


class Chosen:
    """pytest's plugin of a trial: runs the named tests in their order and keeps the one that failed."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: at for at, test in enumerate(tests)}
        self.failed = ""

    def pytest_configure(self) -> None:
        examples_without_search_for_small_ones()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order), key=lambda item: self.order[item.nodeid]
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed = report.nodeid


def examples_without_search_for_small_ones() -> None:
    """The same examples in every trial, and none sought after a failure: that it failed is all that is asked."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=phases, print_blob=False
    )
    hypothesis.settings.load_profile("mutants")


def spare_the_collector() -> None:
    """Collect waste seldom: most trials end before there is much."""
    gc.set_threshold(100_000, 20, 20)


def module_name(source: str) -> str:
    return source.removesuffix(".py").replace("/", ".")


def forget_ours(root: Path) -> None:
    """Let whatever is the project's own be imported anew, from below `root`."""
    os.chdir(root)
    sys.dont_write_bytecode = False  # thousands of children compile the same files
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]
    sys.path.insert(0, str(root))


def trial(root: Path, source: str, text: str, tests: Sequence[str]) -> Answer:
    """Run the tests, in their order and in rounds, on another text of the source.

    Returns: `status` (pytest's, or "broken" if the text cannot even be imported) and `by`, the test that failed.
    """
    spare_the_collector()
    forget_ours(root)
    name = module_name(source)
    sys.meta_path.insert(0, OneModule(name, root / source, text))
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001 -- whatever a mutant raises
        return {"status": BROKEN, "by": ""}
    status, by = 0, ""
    for begin, end in pairwise((0, *ROUNDS, len(tests))):
        if (some := tests[begin:end]) and not status:
            chosen = Chosen(some)
            files = sorted({test.split("::")[0] for test in some})
            status, by = int(pytest.main([*ARGUMENTS, *UNTOLD, *files], plugins=[chosen])), chosen.failed
    return {"status": status, "by": by}


def parse_once(paths: Iterable[Path]) -> None:
    """Parse TOML files now, so that whoever parses one of their texts in this process or its children need not."""
    for path in paths:
        text = path.read_text(encoding="utf-8")
        PARSED[text] = pickle.dumps(PARSE(text))
    tomllib.loads = loads


def loads(text: str, /, **options: Any) -> dict[str, Any]:
    known = None if options else PARSED.get(text)
    return PARSE(text, **options) if known is None else pickle.loads(known)


def warm(modules: Sequence[str]) -> None:
    """Import in this process what its children will need, and keep their collectors of waste from going through it."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.freeze()


def fork(work: Callable[[], Answer], cpu_seconds: int, log: int) -> tuple[int, int]:
    """Do the work in a child that may use so much CPU time, its prints going to the file `log`.

    Returns: the child's process id and a file that holds its answer as JSON, nothing if it died.
    """
    answer, pen = os.pipe()
    pid = os.fork()
    if pid:
        os.close(pen)
        return pid, answer
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.dup2(log, 1)
        os.dup2(log, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        said = json.dumps(work()).encode()
        sys.stdout.flush()
        with os.fdopen(pen, "wb") as file:
            file.write(said)
    except BaseException:  # noqa: BLE001 -- a child must not return into its parent's code
        traceback.print_exc()
    finally:
        os._exit(0)


def told(pid: int, answer: int) -> Answer | None:
    """Wait for the child and return what it answered, None if it was stopped before it could."""
    with os.fdopen(answer, "rb") as file:
        said = file.read()
    with contextlib.suppress(ChildProcessError):  # another process started it
        os.waitpid(pid, 0)
    return json.loads(said) if said else None


def tests_of(
    lines: Mapping[int, Sequence[str]], seconds: Mapping[str, float], first: int, last: int
) -> list[str]:
    """Return the tests that run any of the lines first to last, the quickest first.

    All of them, if an import or a shared fixture runs one of the lines, or for line 0: what stands outside functions.
    """
    found = {test for line in range(first, last + 1) for test in lines.get(line, ())}
    everything = not first or not found.isdisjoint({IMPORTED, SHARED})
    return sorted(seconds if everything else found, key=lambda test: (test not in found, seconds[test], test))
