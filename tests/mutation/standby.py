"""A process that has imported the source and collected its tests, and forks a child for each mutant of a function.

Such a child only gives the function the code that the mutant has for it, so it costs no more than the tests that it
runs. What an import runs must be imported anew and is nothing for it (see `trial`).
"""

import functools
import gc
import json
import multiprocessing
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.trial import (
    ARGUMENTS,
    IMPORTED,
    MEMORY_BYTES,
    UNTOLD,
    Answer,
    examples_without_search_for_small_ones,
    forget_ours,
    fork,
    module_name,
    spare_the_collector,
    told,
)

UNFIT: Final = "unfit"
"""The mutant or its tests cannot be had this way."""
ALIVE_SECONDS: Final = 24 * 3600


class Standby:
    """The process, seen from the one that asks it for children."""

    def __init__(self, root: Path, source: str, tests: Sequence[str], log: int) -> None:
        self.connection, far = multiprocessing.Pipe()

        def work() -> Answer:
            self.connection.close()
            return wait_for_mutants(root, source, tests, far)

        self.pid, self._answer = fork(work, ALIVE_SECONDS, log)
        far.close()

    @property
    def is_ready(self) -> bool:
        """Whether the tests could be collected; waits until that is known."""
        try:
            return bool(self.connection.recv())
        except EOFError:
            return False

    def fork(self, mutant: Mutant | None, tests: Sequence[str], cpu_seconds: int) -> tuple[int, int]:
        """Run tests on a mutant, or on the source as it is, in a child of that process; see `trial.fork`."""
        answer, pen = os.pipe()
        change = None if mutant is None else (mutant.function, mutant.code)
        self.connection.send((change, list(tests), cpu_seconds))
        reduction.send_handle(self.connection, pen, self.pid)
        os.close(pen)
        return self.connection.recv(), answer

    def close(self) -> None:
        self.connection.close()
        told(self.pid, self._answer)


class Waiting:
    """pytest's plugin of the process: collects, and then waits for mutants instead of running the tests."""

    def __init__(self, source: str, connection: Connection) -> None:
        self.source, self.connection = source, connection
        self.failed = ""

    def pytest_configure(self) -> None:
        examples_without_search_for_small_ones()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        self.connection.send(not session.testsfailed)
        while request := self.request():
            change, tests, cpu_seconds, pen = request
            pid = os.fork()
            if pid == 0:
                self.run(items, change, tests, cpu_seconds, pen)
            os.close(pen)
            self.connection.send(pid)
        return True

    def request(self) -> tuple[tuple[str, str] | None, list[str], int, int] | None:
        """The change (function and text), the tests, the CPU time and where to write; None: nobody will ask again."""
        try:
            return (*self.connection.recv(), reduction.recv_handle(self.connection))
        except EOFError:
            return None

    def run(
        self,
        items: dict[str, pytest.Item],
        change: tuple[str, str] | None,
        tests: Sequence[str],
        cpu_seconds: int,
        pen: int,
    ) -> None:
        """What the child does; it ends here."""
        try:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
            spare_the_collector()
            answer = self.answer(items, change, tests)
        except BaseException:  # noqa: BLE001 -- a child must not return into its parent's code
            traceback.print_exc()
            answer = {"status": UNFIT, "by": ""}
        with os.fdopen(pen, "wb") as file:
            file.write(json.dumps(answer).encode())
        os._exit(0)

    def answer(
        self, items: dict[str, pytest.Item], change: tuple[str, str] | None, tests: Sequence[str]
    ) -> Answer:
        if change is not None and not put(sys.modules[module_name(self.source)], *change):
            return {"status": UNFIT, "by": ""}
        chosen = [items[test] for test in tests]
        for item, following in zip(chosen, [*chosen[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self.failed:
                break
        return {"status": int(bool(self.failed)), "by": self.failed}


def wait_for_mutants(root: Path, source: str, tests: Sequence[str], connection: Connection) -> Answer:
    """Collect the tests and serve mutants until the other end of the connection is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    forget_ours(root)
    # What is captured goes to memory: a file would be shared by all children.
    options = (*ARGUMENTS, *UNTOLD, "--capture=sys")
    return {"status": int(pytest.main([*options, *tests], plugins=[Waiting(source, connection)]))}


def is_for_standby(mutant: Mutant, source: str, lines: dict[int, list[str]]) -> bool:
    """Whether a mutant changes nothing but lines of one function's body that no import runs."""
    if not mutant.first or any(IMPORTED in lines.get(at, ()) for at in range(mutant.first, mutant.last + 1)):
        return False
    before, after = source.splitlines(), mutant.code.splitlines()
    below = len(before) - mutant.last
    return (
        before[: mutant.first - 1] == after[: mutant.first - 1]
        and before[len(before) - below :] == after[len(after) - below :]
    )


def put(module: ModuleType, function: str, text: str) -> bool:
    """Give a function of a module the code it has in another text; False if it is not plain which function that is.

    Args:
        function: its name after those of its classes; what follows it are functions within.
    """
    code: CodeType = compile(text, str(module.__file__), "exec", dont_inherit=True)
    place: Any = module
    for name in function.split("."):
        within = [one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name]
        if len(within) != 1 or name not in vars(place):
            return False
        [code], place = within, vars(place)[name]
        if not isinstance(place, type):
            break
    found = list(plain(place))
    if not found or found[-1].__code__.co_freevars != code.co_freevars:
        return False
    found[-1].__code__ = code
    return True


def plain(found: Any) -> Iterator[FunctionType]:
    """Yield the functions below decorators, the innermost last, and forget what they have kept."""
    while found is not None:
        if hasattr(found, "cache_clear"):
            found.cache_clear()
        if isinstance(found, FunctionType):
            yield found
        if isinstance(found, property):
            found = found.fget
        elif isinstance(found, functools.cached_property):
            found = found.func
        else:
            found = getattr(found, "__wrapped__", None)
